// stacks_test.c: what a trainer does beside a stack of LSTMs: kinds in any mix, layers that read both ways, sequences of
// different length, outputs that do not count, a trained start, and how far gradients reach back.
#include "network/run.h"
#include "training/gradients.h"

typedef struct {
  const char *name;
  int input;  // +V for V tokens, -D for vectors of D
  LayerConfig layers[4];
  OutputKind output;
  size_t output_size;
  size_t components;
} Stack;

#define CELL(name, size, ...) {.kind = &name##_cell, .hidden_size = size, .bias = true, __VA_ARGS__}

static const Stack stacks[] = {
    {"gru over lstm over rnn", -3, {CELL(rnn, 5), CELL(lstm, 4), CELL(gru, 3)}, OUTPUT_VALUES, 2, 0},
    {"every kind", 7, {CELL(tdnn, 3, .delays = 3), CELL(feedforward, 5), CELL(four_gate, 4), CELL(gru, 2)},
     OUTPUT_CLASSES, 7, 0},
    {"both ways", -3, {CELL(lstm, 3, .bidirectional = true)}, OUTPUT_CLASSES, 4, 0},
    {"both ways, twice", 5, {CELL(gru, 4, .bidirectional = true), CELL(lstm, 3, .bidirectional = true)},
     OUTPUT_VALUES, 2, 0},
    {"both ways in the middle", -2, {CELL(rnn, 3), CELL(lstm, 2, .bidirectional = true, .projection = 1), CELL(gru, 4)},
     OUTPUT_HIDDEN, 0, 0},
    {"trained start", -2, {CELL(lstm, 3, .trainable_state = true), CELL(gru, 2, .trainable_state = true)},
     OUTPUT_VALUES, 2, 0},
    {"labels", -3, {CELL(lstm, 4)}, OUTPUT_LABELS, 5, 0},
    {"labels of tokens, both ways", 4, {CELL(gru, 3, .bidirectional = true)}, OUTPUT_LABELS, 2, 0},
    {"one density", -2, {CELL(lstm, 3)}, OUTPUT_MIXTURE, 1, 1},
    {"three densities of two values", 4, {CELL(gru, 4)}, OUTPUT_MIXTURE, 2, 3},
    {"trained start, both ways", 4, {CELL(lstm, 3, .trainable_state = true, .bidirectional = true)}, OUTPUT_CLASSES, 4, 0},
};
enum { STACKS = sizeof stacks / sizeof stacks[0] };

static Network *make_stack(const Stack *k, uint32_t seed) {
  size_t count = 0;
  while (count < 4 && k->layers[count].kind) count++;
  const NetworkConfig config = {.tokens = k->input > 0,
                                .input_size = (size_t)abs(k->input),
                                .layer_count = count,
                                .layers = k->layers,
                                .output = k->output,
                                .output_size = k->output_size,
                                .components = k->components,
                                .seed = seed};
  return network_create(&config);
}

// What of a window is there.
typedef struct {
  bool lengths, mask, given_state;
  bool weights, class_weights;  // numbers; without `mask`, `weights` stands for it
  bool is_short;                // no sequence is as long as the window
} Parts;

static Trainer *make(const Stack *k, size_t B, size_t T, Parts parts) {
  Trainer *trainer = trainer_create(make_stack(k, 3), B, T, true);
  if (!trainer) abort();
  Network *network = trainer->network;
  // A start that is not zero, where it is trained.
  for (size_t d = 0; d < network->direction_count; d++) {
    const Direction *direction = &network->directions[d];
    if (direction->h0) fill_random(direction->h0, cell_h_size(&direction->config), 0.9);
    if (direction->c0) fill_random(direction->c0, cell_c_size(direction->kind, &direction->config), 0.9);
  }
  fill_window(trainer);
  const size_t longest = parts.is_short ? T - 2 : T;
  for (size_t b = 0; b < B; b++) trainer->lengths[b] = (int32_t)(b == 0 ? longest : 1 + test_random_below(longest));
  for (size_t i = 0; i < T * B; i++) {
    trainer->weights[i] = i == 0 || test_random() > 0;
    if (parts.weights) trainer->weights[i] *= (real)(1.5 + test_random());
  }
  trainer_use(trainer, parts.lengths, parts.mask || parts.weights);
  for (size_t v = 0; parts.class_weights && v < network->head.output_size; v++) {
    trainer->class_weights[v] = (real)(1.2 + test_random());
  }
  trainer->has_class_weights = parts.class_weights;
  if (parts.given_state) fill_states(trainer);
  return trainer;
}

// A tdnn's memory of tokens is made of whole numbers.
static void round_tokens(Trainer *trainer) {
  for (size_t d = 0; d < trainer->network->direction_count; d++) {
    const CellConfig *config = &trainer->network->directions[d].config;
    if (!config->delays || !config->tokens) continue;
    real *c = trainer_c(trainer, d);
    for (size_t i = 0; i < c_count(trainer, d); i++) c[i] = (real)test_random_below(config->input_size + 1);
  }
}

// Steps alone give what a window gives, outputs and states, to the last bit.
static void test_run(const Stack *k) {
  test_start("run by steps: %s", k->name);
  const size_t T = 9;
  Trainer *trainer = make(k, 1, T, (Parts){.given_state = true});
  Network *network = trainer->network;
  round_tokens(trainer);
  real *memory = test_reals(2 * T * network_run_width(network));
  for (size_t d = 0; d < network->direction_count; d++) {
    const Direction *direction = &network->directions[d];
    memcpy(direction->h, trainer_h(trainer, d), h_count(trainer, d) * sizeof(real));
    if (direction->c) memcpy(direction->c, trainer_c(trainer, d), c_count(trainer, d) * sizeof(real));
  }
  if (trainer->input_vectors) {
    memcpy(memory, trainer->input_vectors, T * network->directions[0].config.input_size * sizeof(real));
  }
  const real *outputs = network_run(network, memory, trainer->input_tokens, T);
  trainer_predict(trainer);
  check_same(outputs, trainer->outputs, T * network->head.output_size * sizeof(real), "outputs");
  for (size_t d = 0; d < network->direction_count; d++) {
    const size_t h = h_count(trainer, d), c = c_count(trainer, d);
    check_same(network->directions[d].h, trainer_h(trainer, d) + T * h, h * sizeof(real), "h");
    if (c > 0) check_same(network->directions[d].c, trainer_c(trainer, d) + T * c, c * sizeof(real), "c");
  }
  free_trainer(trainer);
  test_end();
}

static void test_gradients(const Stack *k, size_t B, size_t T, Parts parts) {
  test_start("gradients: %s, batch %zu, window %zu%s%s%s%s%s%s", k->name, B, T, parts.lengths ? ", lengths" : "",
             parts.mask ? ", mask" : "", parts.given_state ? ", state given" : "", parts.weights ? ", weights" : "",
             parts.class_weights ? ", weights of classes" : "", parts.is_short ? ", short" : "");
  Trainer *trainer = make(k, B, T, parts);
  round_tokens(trainer);
  Checked list[LISTS];
  const size_t lists = list_all(list, trainer);
  Worst worst;
  count_wrong(&worst, trainer, list, lists, true);
  printf("# largest error %.2g, relative %.2g\n", worst.absolute, worst.relative);
  free_trainer(trainer);
  test_end();
}

// What lies behind the end of a sequence, and what does not count, has no part in loss, gradients or state.
static void test_padding(const Stack *k, size_t B, size_t T) {
  test_start("padding has no part in anything: %s, batch %zu, window %zu", k->name, B, T);
  Trainer *trainer = make(k, B, T, (Parts){.lengths = true, .mask = true});
  const Network *network = trainer->network;
  const size_t D = network->directions[0].config.input_size, V = network->head.target_size;
  CHECK(trainer_backward(trainer) == TRAINER_OK);
  const double loss = trainer->loss;
  const real *gradients = test_copy(trainer->gradients, network->value_count);
  for (size_t t = 0; t < T; t++) {
    for (size_t b = 0; b < B; b++) {
      const size_t row = t * B + b;
      const bool is_over = t >= (size_t)trainer->lengths[b];
      if (is_over && trainer->input_tokens) trainer->input_tokens[row] = (int32_t)test_random_below(D);
      if (is_over && trainer->input_vectors) fill_random(trainer->input_vectors + row * D, D, 1);
      if (trainer->weights[row] > 0) continue;
      if (trainer->target_classes) trainer->target_classes[row] = -1;
      if (trainer->target_values) fill_random(trainer->target_values + row * V, V, 100);
    }
  }
  CHECK(trainer_backward(trainer) == TRAINER_OK);
  check_near(trainer->loss, loss, 0, "loss");
  for (size_t i = 0; i < network->value_count; i++) {
    check_near(trainer->gradients[i], gradients[i], 10 * REAL_EPSILON, "gradient[%zu]", i);
  }
  for (size_t d = 0; d < network->direction_count; d++) {
    const size_t n = h_count(trainer, d), P = n / B;
    const real *h = trainer->windows[d].h;
    for (size_t b = 0; b < B; b++) {
      const size_t end = (size_t)trainer->lengths[b];
      check_same(h + T * n + b * P, h + end * n + b * P, P * sizeof(real), "h behind the end");
    }
  }
  free_trainer(trainer);
  test_end();
}

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
  CHECK(trainer_step(trainer, &still, unclipped, true) == TRAINER_OK && trainer_step(fits, &still, unclipped, true) == TRAINER_OK);
  check_near(trainer->loss, fits->loss, 0, "loss");
  check_same(trainer->gradients, fits->gradients, fits->network->value_count * sizeof(real), "gradients");
  for (size_t d = 0; d < fits->network->direction_count; d++) {
    check_same(trainer_h(trainer, d), trainer_h(fits, d), h_count(fits, d) * sizeof(real), "h carried on");
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
  for (int k = 0; k < STACKS; k++) test_run(&stacks[k]);
  for (size_t k = 0; k < STACKS; k++) {
    test_padding(&stacks[k], 1, 5);
    test_padding(&stacks[k], 4, 6);
  }
  for (size_t k = 0; k < STACKS; k++) {
    if (stacks[k].output != OUTPUT_HIDDEN) test_blocks(&stacks[k], 4);
    test_short(&stacks[k]);
  }
  test_start_of_windows();
  if (!REAL_IS_DOUBLE) {
    test_skip("gradients against differences of the loss", "a difference of floats has no digits to compare");
    return test_exit();
  }
  for (size_t k = 0; k < STACKS; k++) {
    test_gradients(&stacks[k], 3, 4, (Parts){.lengths = false});
    test_gradients(&stacks[k], 3, 4, (Parts){.given_state = true});
    test_gradients(&stacks[k], 4, 5, (Parts){.lengths = true, .given_state = true});
    test_gradients(&stacks[k], 2, 3, (Parts){.mask = true});
    test_gradients(&stacks[k], 3, 4, (Parts){.lengths = true, .mask = true});
    test_gradients(&stacks[k], 3, 4, (Parts){.weights = true, .given_state = true});
    test_gradients(&stacks[k], 3, 5, (Parts){.lengths = true, .weights = true, .is_short = true});
    const bool has_classes = stacks[k].output == OUTPUT_CLASSES || stacks[k].output == OUTPUT_LABELS;
    if (has_classes) test_gradients(&stacks[k], 3, 4, (Parts){.class_weights = true});
    if (has_classes) test_gradients(&stacks[k], 3, 4, (Parts){.weights = true, .class_weights = true});
  }
  test_flow(&(Stack){"gru", -2, {CELL(gru, 3)}, OUTPUT_VALUES, 2, 0}, 2, 6);
  test_flow(&(Stack){"rnn", -2, {CELL(rnn, 4)}, OUTPUT_VALUES, 1, 0}, 3, 5);
  return test_exit();
}
