// parts_test.c: parts of a batch that train together do what one trainer of the whole batch does, to the last bit: every kind
// of cell and output, with all that a window can have.
#include "training/dropout.h"
#include "training/given.h"
#include "training/parts.h"
#include "training/stacks.h"

#define EVERYTHING CELL_PEEPHOLE_FULL | CELL_FULL_GATE_RECURRENCE | CELL_LAYER_NORM
#define MULTIPLICATIVE CELL_LAYER_NORM_PRODUCTS | CELL_MULTIPLICATIVE_DIAGONAL

typedef struct {
  Stack stack;
  size_t embedding;
  bool tied;
  AttentionKind attention;
  size_t summary;
} Case;

static const Case others[] = {
    {.stack = {"lstm with peepholes", -3, {CELL(lstm, 5, .options = CELL_PEEPHOLE_DIAGONAL)}, OUTPUT_CLASSES, 3, 0}},
    {.stack = {"lstm with nearly everything", 6,
               {CELL(lstm, 5, .projection = 3, .options = EVERYTHING), CELL(gru, 4, .options = CELL_RESET_AFTER)},
               OUTPUT_CLASSES, 6, 0}},
    {.stack = {"lstm, its products normalised, multiplicative, few tokens", 3, {CELL(lstm, 5, .options = MULTIPLICATIVE)},
               OUTPUT_CLASSES, 3, 0}},
    {.stack = {"the same with more tokens than rows, twice", 40,
               {CELL(lstm, 5, .options = MULTIPLICATIVE), CELL(lstm, 4, .options = MULTIPLICATIVE | CELL_PEEPHOLE_FULL)},
               OUTPUT_CLASSES, 3, 0}},
    {.stack = {"the same of vectors, without bias", -3,
               {{.kind = &lstm_cell, .hidden_size = 5, .projection = 3, .options = MULTIPLICATIVE}}, OUTPUT_VALUES, 2, 0}},
    {.stack = {"rnn, feedforward, tdnn of vectors", -3,
               {CELL(rnn, 4), CELL(feedforward, 3), CELL(tdnn, 4, .delays = 3)}, OUTPUT_VALUES, 2, 0}},
    {.stack = {"without bias", 5, {{.kind = &lstm_cell, .hidden_size = 4}, {.kind = &gru_cell, .hidden_size = 3}},
               OUTPUT_VALUES, 2, 0}},
    {.stack = {"embedded", 6, {CELL(lstm, 5)}, OUTPUT_VALUES, 2, 0}, .embedding = 3},
    {.stack = {"embedded, tied", 6, {CELL(four_gate, 3), CELL(lstm, 5)}, OUTPUT_CLASSES, 6, 0}, .embedding = 5, .tied = true},
    {.stack = {"additive attention, summary", 4, {CELL(gru, 3), CELL(lstm, 4)}, OUTPUT_CLASSES, 4, 0},
     .attention = ATTENTION_ADDITIVE, .summary = 3},
    {.stack = {"product attention", -2, {CELL(lstm, 4)}, OUTPUT_CLASSES, 4, 0}, .attention = ATTENTION_PRODUCT},
    {.stack = {"many rows", 5, {CELL(lstm, 9)}, OUTPUT_CLASSES, 5, 0}},
};
enum { OTHERS = sizeof others / sizeof others[0], S = 3, M = 2, MOST_PARTS = 8 };

static Network *network_of(const Case *k) {
  size_t count = 0;
  while (count < 4 && k->stack.layers[count].kind) count++;
  Network *network = network_create(&(NetworkConfig){.tokens = k->stack.input > 0,
                                                     .input_size = (size_t)abs(k->stack.input),
                                                     .embedding = k->embedding,
                                                     .tied = k->tied,
                                                     .layer_count = count,
                                                     .layers = k->stack.layers,
                                                     .output = k->stack.output,
                                                     .output_size = k->stack.output_size,
                                                     .components = k->stack.components,
                                                     .attention = k->attention,
                                                     .memory_size = k->attention ? M : 0,
                                                     .summary_size = k->summary,
                                                     .seed = 3});
  if (!network) abort();
  return network;
}

static void take_window(Trainer *part, const Trainer *whole, size_t first, bool lengths, bool weights) {
  const size_t T = whole->window, from = whole->batch, to = part->batch, D = whole->network->directions[0].config.input_size;
  take(part->input_tokens, to, whole->input_tokens, from, first, T, sizeof(int32_t));
  take(part->input_vectors, to, whole->input_vectors, from, first, T, D * sizeof(real));
  take(part->target_classes, to, whole->target_classes, from, first, T, sizeof(int32_t));
  take(part->target_values, to, whole->target_values, from, first, T, whole->network->head.target_size * sizeof(real));
  take(part->lengths, to, whole->lengths, from, first, 1, sizeof(int32_t));
  take(part->weights, to, whole->weights, from, first, T, sizeof(real));
  if (whole->given) {
    const GivenMemory *given = whole->given;
    const size_t N = whole->network->summary_size;
    take(part->given->summary, to, given->summary, from, first, 1, N * sizeof(real));
    if (given->attention.memory) {
      take(part->given->attention.memory, to, given->attention.memory, from, first, S, M * sizeof(real));
      take(part->given->attention.lengths, to, given->attention.lengths, from, first, 1, sizeof(int32_t));
    }
  }
  trainer_use(part, lengths, weights);
}

static void draw_window(Trainer *whole, size_t step) {
  const size_t B = whole->batch, T = whole->window;
  fill_window(whole);
  for (size_t b = 0; b < B; b++) whole->lengths[b] = (int32_t)(1 + test_random_below(T));
  if (step == 0) whole->lengths[B - 1] = (int32_t)T;
  for (size_t i = 0; i < T * B; i++) whole->weights[i] = i > 0 && test_random() > 0.7 ? 0 : (real)(1.5 + test_random());
  if (!whole->given) return;
  fill_random(whole->given->summary, B * whole->network->summary_size, 1);
  if (!whole->given->attention.memory) return;
  fill_random(whole->given->attention.memory, S * B * M, 1);
  for (size_t b = 0; b < B; b++) whole->given->attention.lengths[b] = (int32_t)(1 + test_random_below(S));
}

typedef struct {
  bool lengths, weights, dropout, carry, accumulate, class_weights;
} With;

static void set_up(Trainer *trainer, const With *with) {
  if (with->dropout && !trainer_use_dropout(trainer, (DropoutRates){0.3, 0.4, 0.25}, 7)) abort();
  if (with->accumulate && !trainer_use_accumulation(trainer)) abort();
  if (with->class_weights && trainer->class_weights) {
    for (size_t v = 0; v < trainer->network->head.output_size; v++) trainer->class_weights[v] = (real)(0.7 + 0.2 * (double)v);
    trainer->has_class_weights = true;
  }
}

static void check_parts(Trainer *const *parts, size_t count, const Trainer *whole, const size_t *cuts) {
  const Network *network = whole->network;
  for (size_t p = 0; p < count; p++) {
    const size_t first = leaf_start(whole->batch, cuts[p]);
    check_same(parts[p]->network->values, network->values, network->value_count * sizeof(real), "values");
    check_same(&parts[p]->loss, &whole->loss, sizeof(double), "loss");
    check_same(&parts[p]->gradient_norm, &whole->gradient_norm, sizeof(double), "gradient norm");
    check_same(parts[p]->random.state, whole->random.state, sizeof whole->random.state, "the generator");
    for (size_t d = 0; d < network->direction_count; d++) {
      const size_t P = cell_h_size(&network->directions[d].config) * sizeof(real);
      check_same(trainer_h(parts[p], d), (char *)trainer_h((Trainer *)whole, d) + first * P, parts[p]->batch * P, "h");
    }
  }
}

static void step_all(Trainer *whole, Trainer **parts, size_t count, const size_t *cuts, size_t step, const With *with) {
  const OptimizerOptions options = ADAM(0.01);
  draw_window(whole, step);
  for (size_t p = 0; p < count; p++) {
    take_window(parts[p], whole, leaf_start(whole->batch, cuts[p]), with->lengths, with->weights);
    trainer_pass(parts[p]);
  }
  trainer_use(whole, with->lengths, with->weights);
  exchange(parts, count);
  const bool is_kept = with->accumulate && step % 2 == 0;
  trainer_pass(whole);
  const TrainerStatus status =
      is_kept ? trainer_accumulate(whole, with->carry) : trainer_finish(whole, &options, clipped, with->carry);
  CHECK(status == TRAINER_OK);
  for (size_t p = 0; p < count; p++) {
    const TrainerStatus same =
        is_kept ? trainer_accumulate(parts[p], with->carry) : trainer_finish(parts[p], &options, clipped, with->carry);
    CHECK(same == status);
  }
  check_parts(parts, count, whole, cuts);
}

// cuts: the first leaf of each part, and the number of leaves.
static void test_split(const Case *k, size_t B, size_t T, const size_t *cuts, size_t count, With with) {
  test_start("%s, batch %zu, window %zu, %zu parts, the second from leaf %zu%s%s%s%s%s%s", k->stack.name, B, T, count, cuts[1],
             with.lengths ? ", lengths" : "", with.weights ? ", weights" : "", with.dropout ? ", dropout" : "",
             with.carry ? ", carried on" : "", with.accumulate ? ", accumulated" : "",
             with.class_weights ? ", class weights" : "");
  const size_t steps = k->attention ? S : 0;
  Trainer *whole = trainer_create_with_memory(network_of(k), B, T, steps, true), *parts[MOST_PARTS];
  if (!whole) abort();
  set_up(whole, &with);
  for (size_t p = 0; p < count; p++) {
    parts[p] = trainer_create_part(network_of(k), B, T, steps, cuts[p], cuts[p + 1] - cuts[p]);
    if (!parts[p]) abort();
    set_up(parts[p], &with);
    CHECK(parts[p]->batch == leaf_start(B, cuts[p + 1]) - leaf_start(B, cuts[p]));
  }
  for (size_t step = 0; step < 4; step++) step_all(whole, parts, count, cuts, step, &with);
  for (size_t p = 0; p < count; p++) free_trainer(parts[p]);
  free_trainer(whole);
  test_end();
}

static void test_splits(const Case *k, size_t B, size_t T, With with) {
  const size_t leaves = leaf_count(B);
  const size_t ones[] = {0, 1, 2, 3, 4, 5, 6, 7, 8}, thirds[] = {0, 3, 6, 8}, fifths[] = {0, 1, 2, 5, 7, 8};
  for (size_t cut = 1; cut < leaves; cut += leaves > 4 ? 2 : 1) test_split(k, B, T, (size_t[]){0, cut, leaves}, 2, with);
  test_split(k, B, T, ones, leaves, with);
  if (leaves == 8) test_split(k, B, T, thirds, 3, with);
  if (leaves == 8) test_split(k, B, T, fifths, 5, with);
}

static void test_refused(void) {
  test_start("parts that there are not give NULL");
  Network *network = network_of(&others[0]);
  const size_t wrong[][3] = {{0, 0, 1}, {5, 0, 0}, {5, 4, 1}, {5, 2, 3}, {5, SIZE_MAX, 2}, {TRAINER_MAX_BATCH + 1, 0, 1}};
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
    CHECK(trainer_create_part(network, wrong[i][0], 2, 0, wrong[i][1], wrong[i][2]) == NULL);
  }
  network_free(network);
  test_end();
}

int main(void) {
  const With all = {true, true, true, true, true, true};
  for (size_t k = 0; k < STACKS + OTHERS; k++) {
    const Case c = k < STACKS ? (Case){.stack = stacks[k]} : others[k - STACKS];
    test_splits(&c, 2, 3, (With){.carry = true});
    test_splits(&c, 5, 4, all);
    test_splits(&c, 11, 3, k % 2 ? all : (With){.lengths = true, .dropout = true});
    test_splits(&c, 8, 2, (With){.weights = true, .class_weights = true, .carry = true});
  }
  // Leaves of more rows than a product sums at once, and some leaves at once.
  test_splits(&others[OTHERS - 1], 9, 300, (With){.carry = true});
  test_splits(&others[OTHERS - 1], 8, 65, (With){.carry = true, .lengths = true});
  test_splits(&others[OTHERS - 1], 8, 130, (With){.carry = true});
  // Outputs that do not lie in memory at once: of the whole, and of no part.
  const Case wide = {.stack = {"many classes", 4, {CELL(lstm, 3)}, OUTPUT_CLASSES, 3000, 0}};
  test_split(&wide, 8, 70, (size_t[]){0, 3, 8}, 2, (With){.weights = true});
  test_refused();
  return test_exit();
}
