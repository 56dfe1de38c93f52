// pair_test.c: an encoder and its decoder: every gradient of both against numbers, each kind of cell at both ends, both
// kinds of attention; steps equal windows; and both networks are updated or neither.
#include "kernels/activation.h"
#include "kernels/elementwise.h"
#include "training/gradients.h"
#include "training/pairs.h"
#include "training/pass.h"

enum { B = 3, S = 5, T = 4 };

static void use_lengths(Trainer *trainer) {
  const size_t longest = trainer->window - 1;
  for (size_t b = 0; b < B; b++) trainer->lengths[b] = (int32_t)(1 + test_random_below(longest));
  trainer->lengths[1] = (int32_t)longest;
  trainer_use(trainer, true, false);
}

static Trainer *encoder_of_case;

static TrainerStatus forward(Trainer *decoder) { return pair_forward(encoder_of_case, decoder); }

static void make_pair(const PairCase *k, Trainer **encoder, Trainer **decoder) {
  Network *first = make_encoder(k), *second = make_decoder(k, first);
  if (!first || !second) abort();
  *encoder = trainer_create(first, B, S, true);
  *decoder = trainer_create_with_memory(second, B, T, S, true);
  if (!*encoder || !*decoder) abort();
  fill_window(*encoder);
  fill_window(*decoder);
  // What a longer window has left must not be looked at.
  pair_backward(*encoder, *decoder);
  if (k->lengths) use_lengths(*encoder);
  if (k->lengths) use_lengths(*decoder);
  encoder_of_case = *encoder;
}

static void free_pair(Trainer *encoder, Trainer *decoder) {
  free_trainer(decoder);
  free_trainer(encoder);
}

static size_t list_of(Checked *list, Trainer *trainer) {
  const Network *network = trainer->network;
  size_t n = 0;
  for (size_t p = 0; p < network->parameter_count; p++) {
    const Parameter *row = &network->table[p];
    list[n++] = (Checked){row->name, network->values + row->offset,
                          test_copy(trainer->gradients + row->offset, row->count), row->count};
  }
  const real *dinputs = trainer_input_gradients(trainer);
  const size_t inputs = trainer->steps * trainer->batch * D;
  if (dinputs) list[n++] = (Checked){"inputs", trainer->input_vectors, test_copy(dinputs, inputs), inputs};
  return n;
}

static void start(const char *what, const PairCase *k) {
  static const char *attentions[] = {"no attention", "additive", "product"};
  test_start("%s: %s to %s, %s%s%s%s, %zu layers, %s", what, k->encoder.name, k->decoder.name, attentions[k->attention],
             k->summary ? ", summary" : "", k->bidirectional ? ", bidirectional" : "", k->lengths ? ", lengths" : "",
             k->layers, k->tokens ? "tokens" : "vectors");
}

static void test_gradients(const PairCase *k) {
  if (!REAL_IS_DOUBLE) return;
  start("gradients", k);
  Trainer *encoder, *decoder;
  make_pair(k, &encoder, &decoder);
  CHECK(pair_backward(encoder, decoder) == TRAINER_OK);
  double squares = sum_of_squares(encoder->gradients, encoder->network->value_count);
  squares += sum_of_squares(decoder->gradients, decoder->network->value_count);
  check_near(decoder->gradient_norm, sqrt(squares), 1e-12, "the norm of both");
  Checked list[2 * LISTS];
  size_t lists = list_of(list, encoder);
  lists += list_of(list + lists, decoder);
  Worst worst;
  gradient_forward = forward;
  count_wrong(&worst, decoder, list, lists, true);
  free_pair(encoder, decoder);
  test_end();
}

// The decoder alone, step by step from the encoder's outputs and last state, gives what the window does.
static void test_steps(const PairCase *k) {
  start("steps equal windows", k);
  Trainer *encoder, *decoder;
  make_pair(k, &encoder, &decoder);
  pair_predict(encoder, decoder);
  Network *network = decoder->network;
  const size_t M = encoder->network->head.output_size, N = network->summary_size;
  for (size_t b = 0; b < B; b++) {
    const size_t steps = k->lengths ? (size_t)encoder->lengths[b] : S;
    const size_t length = k->lengths ? (size_t)decoder->lengths[b] : T;
    if (k->attention) {
      real *memory = test_reals((size_t)attention_memory_size(&network->attention, steps));
      for (size_t s = 0; s < steps; s++) copy(memory + s * M, pass_hidden(encoder) + (s * B + b) * M, M);
      network_use_memory(network, memory, steps);
    }
    if (N) copy(network->summary, decoder->given->summary + b * N, N);
    network_initial_state(network);
    for (size_t t = 0; t < length; t++) {
      if (decoder->input_vectors) copy(network->input, decoder->input_vectors + (t * B + b) * D, D);
      network_step(network, decoder->input_tokens ? (size_t)decoder->input_tokens[t * B + b] : 0);
      real p[CLASSES];
      softmax(p, network->logits, 1, CLASSES);
      for (size_t v = 0; v < CLASSES; v++) {
        check_near(p[v], decoder->outputs[(t * B + b) * CLASSES + v], 100 * REAL_EPSILON, "p[%zu]", v);
      }
      double sum = 0;
      for (size_t s = 0; k->attention && s < steps; s++) sum += network->memory.weights[s];
      if (k->attention) check_near(sum, 1, 100 * REAL_EPSILON, "the sum of what is read");
    }
  }
  free_pair(encoder, decoder);
  test_end();
}

// A step that cannot be made changes neither network.
static void test_both_or_neither(void) {
  const PairCase k = {{"lstm", &lstm_cell, 0, 0, 0}, {"gru", &gru_cell, 0, 0, 0}, ATTENTION_ADDITIVE, true, true, true,
                      true, 1};
  start("both are updated or neither", &k);
  Trainer *encoder, *decoder;
  make_pair(&k, &encoder, &decoder);
  Network *networks[] = {encoder->network, decoder->network};
  const OptimizerOptions options = ADAM(0.01);
  real *before[2];
  for (int i = 0; i < 2; i++) before[i] = test_copy(networks[i]->values, networks[i]->value_count);
  for (int broken = 0; broken < 2; broken++) {
    real *value = networks[broken]->values + networks[broken]->value_count - 1;
    const real was = *value;
    *value = NAN;
    CHECK(pair_step(encoder, decoder, &options, clipped) == TRAINER_NOT_FINITE);
    *value = was;
    for (int i = 0; i < 2; i++) {
      check_same(networks[i]->values, before[i], networks[i]->value_count * sizeof(real), "values of a network");
    }
  }
  CHECK(encoder->optimizer.steps == 0 && decoder->optimizer.steps == 0);
  CHECK(pair_step(encoder, decoder, &options, clipped) == TRAINER_OK);
  for (int i = 0; i < 2; i++) CHECK(memcmp(networks[i]->values, before[i], networks[i]->value_count * sizeof(real)) != 0);
  free_pair(encoder, decoder);
  test_end();
}

// A decoder alone, of which sequences 0 and 2 start from their summaries and 1 goes on, and one of which all go on: the
// gradients of its bridges are those of the sequences that start.
static void test_bridges_of_some(const CellKind *kind, size_t projection) {
  test_start("bridges of some sequences: %s", kind->name);
  const LayerConfig layer = {.kind = kind, .hidden_size = 4, .projection = projection};
  Network *network = network_create(&(NetworkConfig){.input_size = D, .layer_count = 1, .layers = &layer, .seed = 5,
                                                     .output = OUTPUT_CLASSES, .output_size = CLASSES, .summary_size = 3});
  Trainer *trainer = trainer_create(network, B, T, true);
  fill_window(trainer);
  fill_random(trainer->given->summary, B * 3, 1);
  fill_states(trainer);
  for (int some = 0; some < 2; some++) {
    if (some) trainer_begin(trainer, 0);
    if (some) trainer_begin(trainer, 2);
    // What was there must not stay.
    for (size_t i = 0; i < network->value_count; i++) trainer->gradients[i] = 77;
    CHECK(trainer_backward(trainer) == TRAINER_OK);
    for (size_t n = 0; n < 3; n++) check_near(trainer->given->dsummary[3 + n], 0, 0, "the gradient of a summary not used");
    Checked list[LISTS];
    size_t lists = 0;
    for (size_t p = 0; p < network->parameter_count; p++) {
      const Parameter *row = &network->table[p];
      const real *gradients = test_copy(trainer->gradients + row->offset, row->count);
      list[lists++] = (Checked){row->name, network->values + row->offset, gradients, row->count};
      if (some || strncmp(row->name, "bridge.", 7) != 0) continue;
      for (size_t i = 0; i < row->count; i++) check_near(gradients[i], 0, 0, "%s[%zu]", row->name, i);
    }
    const real *dsummary = test_copy(trainer->given->dsummary, B * 3);
    list[lists++] = (Checked){"summary", trainer->given->summary, dsummary, B * 3};
    Worst worst;
    gradient_forward = trainer_forward;
    if (REAL_IS_DOUBLE) count_wrong(&worst, trainer, list, lists, true);
  }
  free_trainer(trainer);
  test_end();
}

// One generator draws the keys of both, one after the other: masks of two would go together where these do.
static void test_one_generator(void) {
  const PairCase k = {{"lstm", &lstm_cell, 0, 0, 0}, {"gru", &gru_cell, 0, 0, 0}, ATTENTION_PRODUCT, true, true, false,
                      true, 2};
  start("one generator for the dropout of both", &k);
  Trainer *encoder, *decoder;
  make_pair(&k, &encoder, &decoder);
  CHECK(trainer_use_dropout(encoder, (DropoutRates){.between = 0.5}, 3));
  CHECK(trainer_use_dropout(decoder, (DropoutRates){.between = 0.5}, 3));
  const OptimizerOptions options = ADAM(0.01);
  Random random = decoder->random;
  CHECK(pair_step(encoder, decoder, &options, clipped) == TRAINER_OK);
  for (size_t i = 0; i < 2; i++) random_bits(&random);
  check_same(decoder->random.state, random.state, sizeof random.state, "the generator after both");
  free_pair(encoder, decoder);
  test_end();
}

static void test_sizes(void) {
  test_start("sizes that do not fit give NULL");
  const LayerConfig layer = {.kind = &lstm_cell, .hidden_size = 2};
  LayerConfig trained = layer;
  trained.trainable_state = true;
  const NetworkConfig good = {.input_size = 2, .layer_count = 1, .layers = &layer, .attention = ATTENTION_PRODUCT,
                              .memory_size = 3, .summary_size = 4};
  NetworkConfig config[5] = {good, good, good, good, good};
  config[0].memory_size = 0;
  config[1].attention = ATTENTION_NONE;
  config[2].attention = ATTENTION_KINDS;
  config[3].summary_size = NETWORK_MAX_INPUT + 1;
  config[4].layers = &trained;
  for (size_t i = 0; i < 5; i++) CHECK(network_create(&config[i]) == NULL);
  Network *network = network_create(&good);
  CHECK(network != NULL);
  CHECK(trainer_create(network, 1, 1, true) == NULL);
  CHECK(trainer_create_with_memory(network, 1, 1, TRAINER_MAX_WINDOW + 1, true) == NULL);
  network_free(network);
  test_end();
}

int main(void) {
  for (size_t e = 0; e < ENDS; e++) {
    for (int attention = 0; attention < ATTENTION_KINDS; attention++) {
      const PairCase k = {ends[e], ends[(e + (size_t)attention) % ENDS], (AttentionKind)attention, true,
                          (e + (size_t)attention) % 2, e % 3 != 0, e % 2, 1 + e % 2};
      test_gradients(&k);
      test_steps(&k);
    }
  }
  for (int attention = 1; attention < ATTENTION_KINDS; attention++) {
    const PairCase k = {ends[0], ends[1], (AttentionKind)attention, false, true, true, true, 2};
    test_gradients(&k);
    test_steps(&k);
  }
  test_bridges_of_some(&lstm_cell, 0);
  test_bridges_of_some(&lstm_cell, 2);
  test_bridges_of_some(&gru_cell, 0);
  test_one_generator();
  test_both_or_neither();
  test_sizes();
  return test_exit();
}
