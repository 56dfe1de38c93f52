// precision_test.c: trainers whose cells multiply integers, beside trainers of floats: near in loss and gradients, for every
// kind and option that has products; the same bits however the batch is cut into parts; learning as well.
#include "training/stacks.h"

#define MULTIPLICATIVE CELL_LAYER_NORM_PRODUCTS | CELL_MULTIPLICATIVE_DIAGONAL

static const Stack kinds[] = {
    {"lstm", 9, {CELL(lstm, 24)}, OUTPUT_CLASSES, 9, 0},
    {"lstm, two layers", 9, {CELL(lstm, 21), CELL(lstm, 17)}, OUTPUT_CLASSES, 9, 0},
    {"lstm of vectors", -5, {CELL(lstm, 21), CELL(lstm, 17)}, OUTPUT_VALUES, 3, 0},
    {"lstm with a projection", 9, {CELL(lstm, 24, .projection = 11)}, OUTPUT_CLASSES, 9, 0},
    {"lstm with full peepholes", 9, {CELL(lstm, 20, .options = CELL_PEEPHOLE_FULL)}, OUTPUT_CLASSES, 9, 0},
    {"lstm with gate recurrence", 9, {CELL(lstm, 20, .options = CELL_FULL_GATE_RECURRENCE)}, OUTPUT_CLASSES, 9, 0},
    {"lstm with layer normalisation", 9, {CELL(lstm, 24, .options = CELL_LAYER_NORM)}, OUTPUT_CLASSES, 9, 0},
    {"lstm, its products normalised, multiplicative", 9,
     {CELL(lstm, 24, .options = MULTIPLICATIVE), CELL(lstm, 20, .options = MULTIPLICATIVE)}, OUTPUT_CLASSES, 9, 0},
    {"lstm, clipped", 9, {CELL(lstm, 24, .clip = 2)}, OUTPUT_CLASSES, 9, 0},
    {"rnn", 9, {CELL(rnn, 24), CELL(rnn, 18)}, OUTPUT_CLASSES, 9, 0},
    {"rnn with relu", 9, {CELL(rnn, 24, .options = CELL_RELU)}, OUTPUT_CLASSES, 9, 0},
    {"gru", 9, {CELL(gru, 24), CELL(gru, 18)}, OUTPUT_CLASSES, 9, 0},
    {"gru, reset after", 9, {CELL(gru, 24, .options = CELL_RESET_AFTER)}, OUTPUT_CLASSES, 9, 0},
    {"four-gate", 9, {CELL(four_gate, 24)}, OUTPUT_CLASSES, 9, 0},
    {"feedforward and tdnn", 9, {CELL(rnn, 20), CELL(tdnn, 18, .delays = 3), CELL(feedforward, 17)}, OUTPUT_CLASSES, 9, 0},
    {"both ways", 9, {CELL(lstm, 14, .bidirectional = true), CELL(gru, 13, .bidirectional = true)}, OUTPUT_CLASSES, 9, 0},
    {"trained start", 9, {CELL(lstm, 20, .trainable_state = true)}, OUTPUT_CLASSES, 9, 0},
};
enum { KINDS = sizeof kinds / sizeof kinds[0], B = 11, T = 8 };

static const char *const names[] = {"float32", "int16", "int8"};

// Part `first` to first + count - 1 of the leaves of a batch, its window filled from that of a whole one.
static Trainer *make_part(const Stack *k, size_t first, size_t count, Precision precision, const Trainer *whole) {
  Trainer *trainer = trainer_create_with_precision(make_stack(k, 3), B, T, 0, first, count, precision);
  if (!trainer) abort();
  const size_t start = leaf_start(B, first), D = trainer->network->directions[0].config.input_size;
  const size_t V = trainer->network->head.target_size;
  memcpy(trainer->network->values, whole->network->values, whole->network->value_count * sizeof(real));
  for (size_t t = 0; t < T; t++) {
    for (size_t b = 0; b < trainer->batch; b++) {
      const size_t to = t * trainer->batch + b, from = t * B + start + b;
      if (trainer->input_tokens) trainer->input_tokens[to] = whole->input_tokens[from];
      if (trainer->target_classes) trainer->target_classes[to] = whole->target_classes[from];
      trainer->weights[to] = whole->weights[from];
      if (trainer->input_vectors) memcpy(trainer->input_vectors + to * D, whole->input_vectors + from * D, D * sizeof(real));
      if (trainer->target_values) memcpy(trainer->target_values + to * V, whole->target_values + from * V, V * sizeof(real));
    }
  }
  memcpy(trainer->lengths, whole->lengths + start, trainer->batch * sizeof(int32_t));
  trainer_use(trainer, true, true);
  trainer_reset(trainer);
  return trainer;
}

static double squares(const real *x, const real *y, size_t n) {
  double sum = 0;
  for (size_t i = 0; i < n; i++) sum += pow((double)x[i] - (y ? (double)y[i] : 0), 2);
  return sum;
}

// Of a gradient, and of each parameter's, the error is so much of the whole at most: of int16 a thousandth, of int8 2 %. Layer
// normalisation divides the sums of the first steps, whose h is small, by as small a deviation, and their errors too.
static void test_gradients(const Stack *k, Precision precision) {
  const double of_rounding = precision == PRECISION_INT16 ? 0.001 : 0.02;
  const double bound = of_rounding * (k->layers[0].options & CELL_LAYER_NORMS ? 20 : 1);
  test_start("gradients of %s: %s", names[precision], k->name);
  Trainer *whole = make(k, B, T, (Parts){.lengths = true, .mask = true});
  Trainer *trainer = make_part(k, 0, leaf_count(B), precision, whole);
  trainer_reset(whole);
  const Network *network = whole->network;
  CHECK(trainer_backward(whole) == TRAINER_OK);
  CHECK(trainer_backward(trainer) == TRAINER_OK);
  check_near(trainer->loss, whole->loss, bound * whole->loss / 4, "loss");
  CHECK(trainer->loss != whole->loss || k->layers[0].kind == &feedforward_cell);
  const double all = squares(whole->gradients, NULL, network->value_count);
  const double error = squares(trainer->gradients, whole->gradients, network->value_count);
  check_near(sqrt(error / all), 0, bound, "the whole gradient");
  for (const Parameter *p = network->table; p < network->table + network->parameter_count; p++) {
    const double size = squares(whole->gradients + p->offset, NULL, p->count);
    const double wrong = squares(trainer->gradients + p->offset, whole->gradients + p->offset, p->count);
    check_near(sqrt(wrong), 0, 4 * bound * sqrt(size) + bound * 1e-3 * sqrt(all), "gradient of %s", p->name);
  }
  printf("# relative error %.2g\n", sqrt(error / all));
  free_trainer(whole);
  free_trainer(trainer);
  test_end();
}

// Two or three parts give what one trainer does, to the last bit, though their windows are of other lengths.
static void test_parts(const Stack *k, Precision precision, const size_t *counts) {
  test_start("parts of %zu, %zu, %zu leaves, %s: %s", counts[0], counts[1], counts[2], names[precision], k->name);
  const OptimizerOptions options = ADAM(0.01);
  Trainer *model = make(k, B, T, (Parts){.lengths = true, .mask = true});
  Trainer *whole = make_part(k, 0, leaf_count(B), precision, model), *parts[3];
  size_t count = 0, first = 0;
  for (; count < 3 && counts[count]; first += counts[count++]) {
    parts[count] = make_part(k, first, counts[count], precision, model);
  }
  for (size_t step = 0; step < 2; step++) {
    const void *nodes[LEAVES_MOST];
    int32_t leaves[LEAVES_MOST];
    size_t node_count = 0;
    CHECK(trainer_step(whole, &options, clipped, true) == TRAINER_OK);
    for (size_t p = 0; p < count; p++) {
      trainer_pass(parts[p]);
      for (size_t n = 0; n < trainer_node_count(parts[p]); n++, node_count++) {
        const size_t bytes = trainer_node_bytes(parts[p]);
        nodes[node_count] = memcpy(test_block(bytes), trainer_node(parts[p], n), bytes);
        leaves[node_count] = (int32_t)trainer_node_leaves(parts[p], n);
      }
    }
    for (size_t p = 0; p < count; p++) {
      trainer_sum(parts[p], nodes, leaves, node_count);
      CHECK(trainer_finish(parts[p], &options, clipped, true) == TRAINER_OK);
      check_near(parts[p]->loss, whole->loss, 0, "loss of part %zu", p);
      check_near(parts[p]->gradient_norm, whole->gradient_norm, 0, "norm of part %zu", p);
      check_same(parts[p]->network->values, whole->network->values, whole->network->value_count * sizeof(real), "values");
    }
  }
  for (size_t p = 0; p < count; p++) free_trainer(parts[p]);
  free_trainer(whole);
  free_trainer(model);
  test_end();
}

// 300 steps of tokens that follow from the two before.
static double loss_after(Precision precision) {
  const Stack k = {"lstm", 6, {CELL(lstm, 20)}, OUTPUT_CLASSES, 6, 0};
  Trainer *trainer = trainer_create_with_precision(make_stack(&k, 3), 8, 12, 0, 0, 8, precision);
  const OptimizerOptions options = ADAM(0.01);
  double last = 0;
  test.random = 7;
  for (int step = 0; step < 300; step++) {
    for (int b = 0; b < 8; b++) {
      int32_t before = (int32_t)test_random_below(6), now = (int32_t)test_random_below(6);
      for (int t = 0; t < 12; t++) {
        const int32_t next = (2 * now + before + 1) % 6;
        trainer->input_tokens[t * 8 + b] = now;
        trainer->target_classes[t * 8 + b] = next;
        before = now;
        now = next;
      }
    }
    CHECK(trainer_step(trainer, &options, clipped, false) == TRAINER_OK);
    if (step >= 280) last += trainer->loss / 20;
  }
  free_trainer(trainer);
  return last;
}

static void test_learning(void) {
  test_start("each learns as well");
  const double expected = loss_after(PRECISION_FLOAT32), int16 = loss_after(PRECISION_INT16), int8 = loss_after(PRECISION_INT8);
  printf("# loss %.4f, int16 %.4f, int8 %.4f\n", expected, int16, int8);
  CHECK(expected < 0.4);
  check_near(int16, expected, 0.01, "int16");
  check_near(int8, expected, 0.03, "int8");
  test_end();
}

// A weight that is not finite is told, and nothing is updated.
static void test_divergence(Precision precision) {
  test_start("%s, a weight that is not finite", names[precision]);
  const OptimizerOptions options = ADAM(0.01);
  Trainer *model = make(&kinds[1], B, T, (Parts){.lengths = false});
  Trainer *trainer = make_part(&kinds[1], 0, leaf_count(B), precision, model);
  const Parameter *p = &trainer->network->table[1];
  const real before = trainer->network->values[p->offset + 5];
  const size_t n = trainer->network->value_count;
  for (int i = 0; i < 2; i++) {
    trainer->network->values[p->offset + 5] = i ? NAN : INFINITY;
    real *values = test_copy(trainer->network->values, n);
    CHECK(trainer_step(trainer, &options, clipped, true) == TRAINER_NOT_FINITE);
    check_same(trainer->network->values, values, n * sizeof(real), "values");
  }
  trainer->network->values[p->offset + 5] = before;
  CHECK(trainer_step(trainer, &options, clipped, true) == TRAINER_OK);
  free_trainer(trainer);
  free_trainer(model);
  test_end();
}

static void test_no_precision(void) {
  test_start("another precision is refused");
  Network *network = make_stack(&kinds[0], 3);
  CHECK(!trainer_create_with_precision(network, 8, 4, 0, 0, 8, PRECISIONS));
  CHECK(!trainer_create_with_precision(network, 8, 4, 0, 0, 8, (Precision)-1));
  network_free(network);
  test_end();
}

int main(void) {
  static const size_t cuts[][3] = {{3, 5}, {1, 4, 3}, {4, 4}};
  for (size_t k = 0; k < KINDS; k++) {
    test_gradients(&kinds[k], PRECISION_INT16);
    test_gradients(&kinds[k], PRECISION_INT8);
    test_parts(&kinds[k], k % 2 ? PRECISION_INT16 : PRECISION_INT8, cuts[k % 3]);
  }
  test_learning();
  test_divergence(PRECISION_INT16);
  test_divergence(PRECISION_INT8);
  test_no_precision();
  return test_exit();
}
