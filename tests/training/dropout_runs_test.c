// dropout_runs_test.c: runs with dropout repeat themselves, evaluation leaves nothing out, memory and bad rates.
#include "training/dropouts.h"

static const OptimizerOptions usual = ADAM(1e-2);

// Both make an update.
static void step_both(Trainer *a, Trainer *b) {
  CHECK(trainer_step(a, &usual, clipped, true) == TRAINER_OK);
  CHECK(trainer_step(b, &usual, clipped, true) == TRAINER_OK);
}

static void test_stream(void) {
  test_start("a network and the trainer of it draw different numbers from the same seed");
  Trainer *trainer = make_with(&dropout_stacks[0], 1, 1, all_rates, 9);
  Random of_network;
  random_seed(&of_network, 9, RANDOM_NETWORK);
  for (int i = 0; i < 100; i++) {
    const uint32_t word = random_bits(&of_network), other = random_bits(&trainer->random);
    check(word != other, "word %d: both are %u", i, word);
  }
  free_trainer(trainer);
  test_end();
}

static void test_repeats(const Stack *k) {
  test_start("the same seed gives the same run, another another: %s", k->name);
  Trainer *trainer = make_with(k, 3, 4, all_rates, 9), *twin = make_with(k, 3, 4, all_rates, 9);
  Trainer *other = make_with(k, 3, 4, all_rates, 10), *list[] = {trainer, twin, other};
  const size_t bytes = trainer->network->value_count * sizeof(real);
  double losses[12];
  for (size_t i = 0; i < 3; i++) {
    test.random = 77;
    fill_window(list[i]);
    for (size_t s = 0; s < 12; s++) {
      CHECK(trainer_step(list[i], &usual, clipped, true) == TRAINER_OK);
      if (i == 1) check_near(list[i]->loss, losses[s], 0, "loss of step %zu", s);
      losses[s] = list[i]->loss;
    }
  }
  check_same(trainer->network->values, twin->network->values, bytes, "values");
  check_same(&trainer->random, &twin->random, sizeof trainer->random, "generator");
  check(memcmp(trainer->network->values, other->network->values, bytes) != 0, "another seed: expected other values");
  // A generator that is put back repeats what it drew.
  trainer->random = other->random;
  twin->random = other->random;
  step_both(trainer, twin);
  check_same(trainer->network->values, twin->network->values, bytes, "values after the same generator");
  for (size_t i = 0; i < 3; i++) free_trainer(list[i]);
  test_end();
}

// Only trainer_step leaves anything out.
static void test_evaluation(const Stack *k) {
  test_start("evaluation sees all: %s", k->name);
  enum { B = 3, T = 4 };
  Trainer *trainer = make_with(k, B, T, all_rates, 9), *none = make_with(k, B, T, (DropoutRates){0}, 4);
  Trainer *twin = make(k, B, T), *list[] = {trainer, none, twin};
  const size_t n = twin->network->value_count, outputs = B * T * twin->network->head.output_size;
  CHECK(trainer->dropout && !none->dropout);
  for (size_t i = 0; i < 3; i++) {
    test.random = 77;
    fill_window(list[i]);
  }
  // Rates of 0 are no dropout, bit for bit.
  for (size_t s = 0; s < 5; s++) {
    step_both(none, twin);
    check_near(none->loss, twin->loss, 0, "loss of step %zu with rates of 0", s);
  }
  check_same(none->network->values, twin->network->values, n * sizeof(real), "values with rates of 0");
  // With the same parameters and states.
  CHECK(trainer_step(trainer, &usual, clipped, true) == TRAINER_OK);
  memcpy(trainer->network->values, twin->network->values, n * sizeof(real));
  trainer_reset(trainer);
  trainer_reset(twin);
  const Random before = trainer->random;
  CHECK(trainer_backward(trainer) == TRAINER_OK && trainer_backward(twin) == TRAINER_OK);
  check_near(trainer->loss, twin->loss, 0, "loss");
  check_same(trainer->gradients, twin->gradients, n * sizeof(real), "gradients");
  const size_t flow = 2 * twin->network->direction_count * (T + 1);
  double *norms = test_block(flow * sizeof(double)), *expected = test_block(flow * sizeof(double));
  trainer_predict(trainer);
  trainer_predict(twin);
  check_same(trainer->outputs, twin->outputs, outputs * sizeof(real), "outputs");
  CHECK(trainer_gradient_flow(trainer, norms) == TRAINER_OK && trainer_gradient_flow(twin, expected) == TRAINER_OK);
  check_same(norms, expected, flow * sizeof(double), "gradient flow");
  check_same(&trainer->random, &before, sizeof before, "the generator");
  for (size_t i = 0; i < 3; i++) free_trainer(list[i]);
  test_end();
}

static void test_not_finite(void) {
  test_start("a step that is refused leaves the generator, and later ones go on as if it had not been");
  Trainer *trainer = make_with(&dropout_stacks[0], 3, 4, all_rates, 9);
  Trainer *twin = make_with(&dropout_stacks[0], 3, 4, all_rates, 9);
  memcpy(twin->input_vectors, trainer->input_vectors, 36 * sizeof(real));
  memcpy(twin->target_values, trainer->target_values, 24 * sizeof(real));
  const real good = trainer->target_values[5];
  trainer->target_values[5] = NAN;
  CHECK(trainer_step(trainer, &usual, clipped, true) == TRAINER_NOT_FINITE);
  trainer->target_values[5] = good;
  step_both(trainer, twin);
  check_same(trainer->network->values, twin->network->values, twin->network->value_count * sizeof(real), "values");
  free_trainer(trainer);
  free_trainer(twin);
  test_end();
}

// What the head of dropout.h says, up to the padding of a block to a line, and the two lists.
static void check_memory(Trainer *trainer, DropoutRates rates, size_t reals, const char *what) {
  const size_t used = (size_t)trainer->arena.used;
  CHECK(trainer_use_dropout(trainer, rates, 1));
  const Arena *arena = (const Arena *)trainer->dropout;  // its first member
  const Network *network = trainer->network;
  const size_t blocks = 3 + 2 * network->layer_count + 5 * network->direction_count;
  check(arena->used == arena->capacity, "%s: expected all used", what);
  check(arena->used >= reals * sizeof(real) && arena->used < reals * sizeof(real) + blocks * (ARENA_ALIGNMENT + ARENA_RED_ZONE + 40),
        "%s: expected %zu reals, got %zu bytes", what, reals, (size_t)arena->used);
  check(trainer->arena.used == used, "the trainer's own memory stays");
}

static void test_memory(void) {
  test_start("memory is what dropout.h says, and only of what is asked for");
  enum { B = 20, T = 30 };
  const Stack k = {"wide", 4, 0,
                   {CELL(lstm, 40, .projection = 20), CELL(feedforward, 30), CELL(gru, 50, .bidirectional = true)},
                   OUTPUT_CLASSES, 4, false};
  Trainer *trainer = make(&k, B, T);
  CHECK(trainer->dropout == NULL);
  const size_t between = 2 * T * B * (20 + 30 + 100), recurrent = (T + 2) * B * (20 + 100);
  const size_t weights = 2 * (160 * 20 + 2 * 150 * 50);
  check_memory(trainer, (DropoutRates){0.5, 0, 0}, between, "between");
  check_memory(trainer, (DropoutRates){0, 0.5, 0}, recurrent, "recurrent");
  check_memory(trainer, (DropoutRates){0, 0, 0.5}, weights, "weights");
  check_memory(trainer, (DropoutRates){0.5, 0.5, 0.5}, between + recurrent + weights, "all");
  // Without a head, nothing goes on from the last layer.
  Trainer *headless = make(&dropout_stacks[10], B, T);
  check_memory(headless, (DropoutRates){0.5, 0, 0}, 2 * T * B * 6, "without a head");
  free_trainer(headless);
  free_trainer(trainer);
  test_end();
}

static void test_bad_rates(void) {
  test_start("rates that are no probabilities below 1 are refused, and what was in use stays");
  Trainer *trainer = make_with(&dropout_stacks[0], 2, 3, all_rates, 9);
  const Dropout *before = trainer->dropout;
  const Random random = trainer->random;
  const double bad[] = {-0.1, 1, 1.5, NAN, INFINITY, -INFINITY};
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    CHECK(!trainer_use_dropout(trainer, (DropoutRates){bad[i], 0, 0}, 1));
    CHECK(!trainer_use_dropout(trainer, (DropoutRates){0, bad[i], 0}, 1));
    CHECK(!trainer_use_dropout(trainer, (DropoutRates){0, 0, bad[i]}, 1));
  }
  CHECK(trainer->dropout == before && memcmp(&trainer->random, &random, sizeof random) == 0);
  // As near to 1 as a number comes.
  CHECK(trainer_use_dropout(trainer, (DropoutRates){1 - 0x1p-53, 1 - 0x1p-53, 1 - 0x1p-53}, 1));
  CHECK(trainer_step(trainer, &usual, clipped, true) == TRAINER_OK);
  free_trainer(trainer);
  test_end();
}

int main(void) {
  test_stream();
  for (size_t k = 0; k < STACKS; k++) {
    test_repeats(&dropout_stacks[k]);
    test_evaluation(&dropout_stacks[k]);
  }
  test_not_finite();
  test_memory();
  test_bad_rates();
  return test_exit();
}
