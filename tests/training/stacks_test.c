// stacks_test.c: what a trainer does beside a stack of LSTMs: kinds in any mix, layers that read both ways, sequences of
// different length, outputs that do not count.
#include "network/run.h"
#include "training/gradients.h"
#include "training/stacks.h"

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

int main(void) {
  for (int k = 0; k < STACKS; k++) test_run(&stacks[k]);
  for (size_t k = 0; k < STACKS; k++) {
    test_padding(&stacks[k], 1, 5);
    test_padding(&stacks[k], 4, 6);
  }
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
  return test_exit();
}
