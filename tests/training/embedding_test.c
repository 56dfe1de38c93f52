// embedding_test.c: an embedding of tokens, by itself and tied to the head. Values of PyTorch's are in tests/reference.
#include "training/dropouts.h"
#include "training/gradients.h"

static const Stack embedded[] = {
    {"embedding", 6, 5, {CELL(lstm, 4)}, OUTPUT_CLASSES, 6, false},
    {"embedding of 1 to values", 3, 1, {CELL(gru, 3)}, OUTPUT_VALUES, 2, false},
    {"embedding, both ways, no head", 6, 2, {CELL(rnn, 3, .bidirectional = true)}, OUTPUT_HIDDEN, 0, false},
    {"tied", 6, 5, {CELL(gru, 3), CELL(lstm, 5)}, OUTPUT_CLASSES, 6, true},
    {"tied, both ways", 7, 6, {CELL(lstm, 3, .bidirectional = true)}, OUTPUT_CLASSES, 7, true},
    {"tied, projected", 4, 2, {CELL(lstm, 5, .projection = 2)}, OUTPUT_CLASSES, 4, true},
    {"tied tdnn", 5, 4, {CELL(tdnn, 4, .delays = 3)}, OUTPUT_CLASSES, 5, true},
    {"tied feedforward", 5, 4, {CELL(feedforward, 4)}, OUTPUT_CLASSES, 5, true},
};
enum { EMBEDDED = sizeof embedded / sizeof embedded[0] };

static void test_gradients_of(const Stack *k, bool lengths) {
  test_start("gradients: %s%s", k->name, lengths ? ", lengths" : "");
  enum { B = 3, T = 4 };
  Trainer *trainer = make(k, B, T);
  for (size_t b = 0; b < B; b++) trainer->lengths[b] = (int32_t)(T - b);
  trainer_use(trainer, lengths, false);
  fill_states(trainer);
  Checked list[LISTS];
  const size_t lists = list_all(list, trainer);
  Worst worst;
  count_wrong(&worst, trainer, list, lists, true);
  free_trainer(trainer);
  test_end();
}

// The names that PyTorch's modules give, tied without a weight of the head's own; and where the parameters start.
static void test_table(void) {
  test_start("the table has embedding.weight first, and tied no head.weight");
  static const char *names[2][7] = {
      {"embedding.weight", "weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0", "head.weight", "head.bias"},
      {"embedding.weight", "weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0", "head.bias", NULL}};
  for (int tied = 0; tied < 2; tied++) {
    const Stack k = {"wide", 50, 40, {CELL(lstm, 40)}, OUTPUT_CLASSES, 50, tied};
    Trainer *trainer = make(&k, 1, 1);
    const Network *network = trainer->network;
    const Parameter *row = &network->table[0];
    const size_t count = tied ? 6 : 7;
    CHECK(network->parameter_count == count && row->rows == 50 && row->columns == 40 && !row->column_major);
    for (size_t p = 0; p < count; p++) {
      check(strcmp(network->table[p].name, names[tied][p]) == 0, "row %zu: expected %s, got %s", p, names[tied][p],
            network->table[p].name);
    }
    CHECK(network->value_count == 2000 + 4 * 40 * (40 + 40 + 2) + (tied ? 0 : 2000) + 50);
    CHECK((network->head.weight == network->embedding.weight) == tied);
    double squares = 0, largest = 0;
    for (size_t i = 0; i < 2000; i++) {
      const double value = network->embedding.weight[i];
      squares += value * value;
      largest = fmax(largest, fabs(value));
    }
    const double bound = tied ? 1 / sqrt(40) : sqrt(3);
    check(largest <= bound * (1 + REAL_EPSILON), "largest: expected at most %g, got %g", bound, largest);
    check_near(squares / 2000, bound * bound / 3, 0.1 * bound * bound / 3, "variance");
    free_trainer(trainer);
  }
  test_end();
}

// A vector a token is what the columns of a wider weight_ih say: weight_ih' = weight_ih embedding^T.
static void test_one_hot(void) {
  test_start("an embedding does what one-hot vectors do with the product of both matrices");
  enum { V = 7, E = 3, H = 5, T = 6 };
  const Stack k = {"embedding", V, E, {CELL(lstm, H)}, OUTPUT_CLASSES, V, false};
  const Stack one_hot = {"one-hot", V, 0, {CELL(lstm, H)}, OUTPUT_CLASSES, V, false};
  Trainer *trainer = make(&k, 1, T), *twin = make(&one_hot, 1, T);
  Network *network = trainer->network, *wide = twin->network;
  const real *weight_ih = network->directions[0].parameters[0];
  for (size_t token = 0; token < V; token++) {
    for (size_t row = 0; row < 4 * H; row++) {
      real sum = 0;
      for (size_t e = 0; e < E; e++) sum += weight_ih[row * E + e] * network->embedding.weight[token * E + e];
      wide->directions[0].parameters[0][token * 4 * H + row] = sum;  // column-major
    }
  }
  for (size_t p = 1; p < 4; p++) {
    memcpy(wide->directions[0].parameters[p], network->directions[0].parameters[p], (p == 1 ? H : 1) * 4 * H * sizeof(real));
  }
  memcpy(wide->head.weight, network->head.weight, (V * H + V) * sizeof(real));
  memcpy(twin->input_tokens, trainer->input_tokens, T * sizeof(int32_t));
  trainer_predict(trainer);
  trainer_predict(twin);
  for (size_t i = 0; i < T * V; i++) {
    check_near(trainer->outputs[i], twin->outputs[i], 20 * REAL_EPSILON, "output[%zu]", i);
  }
  // Steps read the same rows.
  for (size_t t = 0; t < T; t++) {
    network_step(network, (size_t)trainer->input_tokens[t]);
    network_step(wide, (size_t)trainer->input_tokens[t]);
    for (size_t i = 0; i < V; i++) check_near(network->logits[i], wide->logits[i], 50 * REAL_EPSILON, "step %zu", t);
  }
  CHECK(trainer_input_gradients(trainer) == NULL);
  free_trainer(trainer);
  free_trainer(twin);
  test_end();
}

// Rows of 8 bits: the values are rounded, and a step reads what they became; tied, the head multiplies by the same.
static void test_quantize(const Stack *k) {
  test_start("quantised steps use the rounded values: %s", k->name);
  Trainer *trainer = make(k, 1, 1), *twin = make(k, 1, 1);
  Network *network = trainer->network, *floats = twin->network;
  CHECK(network_quantize(network, NULL));
  CHECK(memcmp(network->embedding.weight, floats->embedding.weight, sizeof(real)) != 0);
  memcpy(floats->values, network->values, network->value_count * sizeof(real));
  CHECK(network->head.kind == OUTPUT_HIDDEN || network->head.int8->q);
  for (size_t t = 0; t < 5; t++) {
    network_step(network, t % network->embedding.count);
    network_step(floats, t % network->embedding.count);
    for (size_t i = 0; i < network->head.output_size; i++) {
      check_near(network->logits[i], floats->logits[i], 0.03, "step %zu, logit %zu", t, i);
    }
  }
  free_trainer(trainer);
  free_trainer(twin);
  test_end();
}

// T B E for the embedded tokens, as for vectors.
static void test_memory(void) {
  test_start("a trainer of embedded tokens takes what one of vectors takes, and the tokens");
  enum { B = 5, T = 8, E = 24 };
  const Stack k = {"embedding", 7, E, {CELL(feedforward, E)}, OUTPUT_CLASSES, 7, true};
  const Stack vectors = {"vectors", -E, 0, {CELL(feedforward, E)}, OUTPUT_CLASSES, 7, false};
  Trainer *trainer = make(&k, B, T), *twin = make(&vectors, B, T);
  CHECK(trainer->network->value_count == twin->network->value_count);
  // The tokens, their rows by token, and the embedding's own sum.
  const size_t expected = 2 * ((B * T * sizeof(int32_t) + 63) / 64 * 64) + 64 + 7 * E * sizeof(real);
  const size_t more = (size_t)(trainer->arena.used - twin->arena.used);
  // Under AddressSanitizer each of three more blocks has a red zone behind it.
  check(more > expected - 64 && more < expected + 64 + 3 * ARENA_ALIGNMENT,
        "expected the tokens more than with vectors, got %zu bytes", more);
  free_trainer(trainer);
  free_trainer(twin);
  test_end();
}

int main(void) {
  for (size_t k = 0; REAL_IS_DOUBLE && k < EMBEDDED; k++) {
    test_gradients_of(&embedded[k], false);
    test_gradients_of(&embedded[k], true);
  }
  test_table();
  test_one_hot();
  for (size_t k = 0; k < EMBEDDED; k++) {
    if (!embedded[k].layers[0].bidirectional) test_quantize(&embedded[k]);
  }
  test_memory();
  return test_exit();
}
