// windows_test.c: where windows of a trainer start, how long they are, blocks of their outputs, and how far gradients reach
// back in them.
#include "training/gradients.h"
#include "training/stacks.h"

// A head that is computed in blocks of rows gives what it gives of all rows at once.
static void test_blocks(const Stack *k, size_t block) {
  test_start("blocks of %zu rows: %s", block, k->name);
  enum { B = 3, T = 5 };
  const Parts parts = {.lengths = true, .weights = true};
  Trainer *whole = make(k, B, T, parts), *cut = trainer_create(whole->network, B, T, true);
  const Head *head = &whole->network->head;
  const size_t V = head->output_size, D = whole->network->directions[0].config.input_size;
  if (whole->input_tokens) memcpy(cut->input_tokens, whole->input_tokens, T * B * sizeof(int32_t));
  if (whole->input_vectors) memcpy(cut->input_vectors, whole->input_vectors, T * B * D * sizeof(real));
  if (whole->target_classes) memcpy(cut->target_classes, whole->target_classes, T * B * sizeof(int32_t));
  if (whole->target_values) memcpy(cut->target_values, whole->target_values, T * B * head->target_size * sizeof(real));
  memcpy(cut->lengths, whole->lengths, B * sizeof(int32_t));
  memcpy(cut->weights, whole->weights, T * B * sizeof(real));
  trainer_use(cut, true, true);
  // As where these are all that there is room for.
  cut->block = block;
  cut->head_scratch = test_reals((size_t)head_scratch_size(head));
  const size_t H = head->input_size;
  cut->head_block = (HeadBlock){test_reals(block * H), test_reals(block * H), test_reals(LEAVES_MOST * V)};
  cut->leaves.spare = test_reals(LEAVES_LEVELS * cut->leaves.spare_size);
  CHECK(trainer_backward(whole) == TRAINER_OK && trainer_backward(cut) == TRAINER_OK);
  check_near(cut->loss, whole->loss, 10 * REAL_EPSILON * whole->loss, "loss");
  for (size_t i = 0; i < whole->network->value_count; i++) {
    check_near(cut->gradients[i], whole->gradients[i], 20 * REAL_EPSILON, "gradient[%zu]", i);
  }
  trainer_predict(whole);
  trainer_predict(cut);
  const real *all = test_copy(whole->outputs, T * B * V);
  for (size_t first = 0; first < cut->steps * B; first += block) {
    if (first > 0) trainer_predict_from(cut, first);
    const size_t rows = cut->steps * B - first < block ? cut->steps * B - first : block;
    check_same(cut->outputs, all + first * V, rows * V * sizeof(real), "outputs");
  }
  trainer_free(cut);
  free_trainer(whole);
  test_end();
}

// Windows of which nothing is behind the longest sequence: those steps are not computed, and change nothing.
static void test_short(const Stack *k) {
  test_start("a window as long as its longest sequence: %s", k->name);
  enum { B = 4, T = 7 };
  Trainer *trainer = make(k, B, T, (Parts){.lengths = true, .weights = true, .is_short = true});
  const size_t steps = trainer->steps;
  check(steps == T - 2, "expected %d steps, got %zu", T - 2, steps);
  Trainer *fits = trainer_create(trainer->network, B, steps, true);
  const Head *head = &trainer->network->head;
  const size_t D = trainer->network->directions[0].config.input_size;
  if (fits->input_tokens) memcpy(fits->input_tokens, trainer->input_tokens, steps * B * sizeof(int32_t));
  if (fits->input_vectors) memcpy(fits->input_vectors, trainer->input_vectors, steps * B * D * sizeof(real));
  if (fits->target_classes) memcpy(fits->target_classes, trainer->target_classes, steps * B * sizeof(int32_t));
  if (fits->target_values) {
    memcpy(fits->target_values, trainer->target_values, steps * B * head->target_size * sizeof(real));
  }
  memcpy(fits->lengths, trainer->lengths, B * sizeof(int32_t));
  memcpy(fits->weights, trainer->weights, steps * B * sizeof(real));
  trainer_use(fits, true, true);
  const OptimizerOptions still = ADAM(1e-300);
  CHECK(trainer_step(trainer, &still, unclipped, true) == TRAINER_OK);
  CHECK(trainer_step(fits, &still, unclipped, true) == TRAINER_OK);
  check_near(trainer->loss, fits->loss, 0, "loss");
  trainer_mean(trainer);
  trainer_mean(fits);
  check_same(trainer->gradients, fits->gradients, fits->network->value_count * sizeof(real), "gradients");
  for (size_t d = 0; d < fits->network->direction_count; d++) {
    check_same(trainer_h(trainer, d), trainer_h(fits, d), h_count(fits, d) * sizeof(real), "h carried on");
  }
  const size_t lags = steps + 1, rows = 2 * fits->network->direction_count;
  double *norms = test_block(rows * (T + 1) * sizeof(double)), *expected = test_block(rows * lags * sizeof(double));
  CHECK(trainer_gradient_flow(trainer, norms) == TRAINER_OK && trainer_gradient_flow(fits, expected) == TRAINER_OK);
  for (size_t row = 0; row < rows; row++) {
    check_same(norms + row * (T + 1), expected + row * lags, lags * sizeof(double), "gradient flow");
    for (size_t lag = lags; lag <= T; lag++) check_near(norms[row * (T + 1) + lag], 0, 0, "flow at lag %zu", lag);
  }
  trainer_free(fits);
  free_trainer(trainer);
  test_end();
}

// A window starts with what was trained, and a step without carrying returns there, with the values of now.
static void test_start_of_windows(void) {
  test_start("windows start from the trained start, or go on");
  Trainer *trainer = make(&stacks[5], 3, 4, (Parts){.lengths = false});
  const Direction *direction = &trainer->network->directions[0];
  const OptimizerOptions options = ADAM(0.1);
  const real *before = test_copy(direction->h0, 3);
  CHECK(trainer_step(trainer, &options, clipped, false) == TRAINER_OK);
  for (size_t j = 0; j < 3; j++) check(direction->h0[j] != before[j], "h0[%zu] was not trained", j);
  for (size_t b = 0; b < 3; b++) check_same(trainer_h(trainer, 0) + b * 3, direction->h0, 3 * sizeof(real), "h");
  direction->h0[1] = (real)0.25;
  CHECK(trainer_forward(trainer) == TRAINER_OK);
  check_near(trainer_h(trainer, 0)[3 + 1], 0.25, 0, "h");
  CHECK(trainer_step(trainer, &options, clipped, true) == TRAINER_OK);
  const real *last = trainer->windows[0].h + 4 * 9;
  check_same(trainer_h(trainer, 0), last, 9 * sizeof(real), "carried h");
  // A window that goes on says nothing of the start.
  CHECK(trainer_backward(trainer) == TRAINER_OK);
  for (size_t j = 0; j < 3; j++) {
    check_near(trainer->gradients[direction->h0 - trainer->network->values + (ptrdiff_t)j], 0, 0, "gradient of h0[%zu]", j);
  }
  free_trainer(trainer);
  test_end();
}

// Some sequences start from what is trained, others go on: the gradients of that are those of the first.
static void test_some_begin(const Stack *k) {
  enum { B = 4 };
  test_start("some sequences begin, others go on: %s", k->name);
  Trainer *trainer = make(k, B, 3, (Parts){.given_state = true});
  const Network *network = trainer->network;
  const real *others = test_copy(trainer_h(trainer, 0), h_count(trainer, 0));
  trainer_begin(trainer, 1);
  CHECK(!trainer_is_fresh(trainer));
  trainer_begin(trainer, 2);
  const size_t P = h_count(trainer, 0) / B;
  for (size_t b = 0; b < B; b++) {
    const bool begins = b == 1 || b == 2;
    check_same(trainer_h(trainer, 0) + b * P, begins ? network->directions[0].h0 : others + b * P, P * sizeof(real), "h");
  }
  CHECK(trainer_backward(trainer) == TRAINER_OK);
  Checked list[LISTS];
  size_t lists = 0;
  for (size_t p = 0; p < network->parameter_count; p++) {
    const Parameter *row = &network->table[p];
    list[lists++] = (Checked){row->name, network->values + row->offset,
                              test_copy(trainer->gradients + row->offset, row->count), row->count};
  }
  Worst worst;
  if (REAL_IS_DOUBLE) count_wrong(&worst, trainer, list, lists, true);
  for (size_t b = 0; b < B; b++) trainer_begin(trainer, b);
  CHECK(trainer_is_fresh(trainer));
  free_trainer(trainer);
  test_end();
}

// The mean loss of the last step when the window starts at step `first` from the given states of a network with one cell.
static double last_loss(Trainer *short_trainer, const real *h, const real *c, size_t n_h, size_t n_c) {
  memcpy(trainer_h(short_trainer, 0), h, n_h * sizeof(real));
  if (n_c > 0) memcpy(trainer_c(short_trainer, 0), c, n_c * sizeof(real));
  trainer_state_given(short_trainer);
  if (trainer_forward(short_trainer) != TRAINER_OK) check(false, "the loss is not finite");
  return short_trainer->loss;
}

// |dLoss_T/dh_t| by differences: the rest of the window runs from a state that was changed a little. With c, that is the
// gradient where c stays: so only kinds without c are compared here; the whole of c is compared with PyTorch's.
static void test_flow(const Stack *k, size_t B, size_t T) {
  test_start("gradient flow against differences: %s, batch %zu, window %zu", k->name, B, T);
  Trainer *trainer = make(k, B, T, (Parts){.given_state = true});
  const size_t n = h_count(trainer, 0), D = trainer->network->directions[0].config.input_size, V = k->output_size;
  const OptimizerOptions still = ADAM(1e-300);
  CHECK(trainer_step(trainer, &still, clipped, true) == TRAINER_OK);
  const real *carried = test_copy(trainer_h(trainer, 0), n);
  double *norms = test_block(2 * (T + 1) * sizeof(double));
  CHECK(trainer_gradient_flow(trainer, norms) == TRAINER_OK);
  check_same(trainer_h(trainer, 0), carried, n * sizeof(real), "the carried h");
  for (size_t t = 0; t < T; t++) {
    Trainer *rest = trainer_create(trainer->network, B, T - t, true);
    memcpy(rest->input_vectors, trainer->input_vectors + t * B * D, (T - t) * B * D * sizeof(real));
    memcpy(rest->target_values, trainer->target_values + t * B * V, (T - t) * B * V * sizeof(real));
    for (size_t i = 0; i < (T - t) * B; i++) rest->weights[i] = i >= (T - t - 1) * B;
    trainer_use(rest, false, true);
    // The states of the window lie behind the state before it; step 0's was carried away and is kept apart.
    real *h = t == 0 ? test_copy(trainer->starts[0].h, n) : test_copy(trainer->windows[0].h + t * n, n);
    double squares = 0;
    for (size_t i = 0; i < n; i++) {
      const real value = h[i];
      h[i] = (real)(value + STEP);
      const double above = last_loss(rest, h, NULL, n, 0);
      h[i] = (real)(value - STEP);
      const double below = last_loss(rest, h, NULL, n, 0);
      h[i] = value;
      squares += (above - below) / (2 * STEP) * (above - below) / (2 * STEP);
    }
    check_near(norms[T - t], sqrt(squares), 1e-4 * sqrt(squares), "norm at lag %zu", T - t);
    trainer_free(rest);
  }
  check(norms[0] > 0, "lag 0: expected a gradient, got %g", norms[0]);
  free_trainer(trainer);
  test_end();
}

int main(void) {
  for (size_t k = 0; k < STACKS; k++) {
    if (stacks[k].output != OUTPUT_HIDDEN) test_blocks(&stacks[k], 4);
    test_short(&stacks[k]);
  }
  test_start_of_windows();
  for (size_t k = 0; k < STACKS; k++) {
    if (stacks[k].layers[0].trainable_state) test_some_begin(&stacks[k]);
  }
  if (!REAL_IS_DOUBLE) {
    test_skip("gradient flow against differences of the loss", "a difference of floats has no digits to compare");
    return test_exit();
  }
  test_flow(&(Stack){"gru", -2, {CELL(gru, 3)}, OUTPUT_VALUES, 2, 0}, 2, 6);
  test_flow(&(Stack){"rnn", -2, {CELL(rnn, 4)}, OUTPUT_VALUES, 1, 0}, 3, 5);
  return test_exit();
}
