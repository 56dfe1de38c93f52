// learning_test.c: all of it together learns.
#include "c/check.h"
#include "training/trainers.h"

// A wheel: each token is followed by the next. And the mean of the last two inputs, which takes memory.
static void test_learns_tokens(void) {
  test_start("the loss falls: tokens on a wheel");
  const NetworkCase k = {6, {5, 3}, true, OUTPUT_CLASSES, 6, 1};
  const OptimizerOptions options = ADAM(0.02);
  Trainer *trainer = make_trainer(&k, 4, 6);
  for (int i = 0; i < 24; i++) {
    trainer->input_tokens[i] = (i / 4 + i % 4) % 6;
    trainer->target_classes[i] = (i / 4 + i % 4 + 1) % 6;
  }
  CHECK(trainer_forward(trainer) == TRAINER_OK);
  check_near(trainer->loss, log(6), 0.3, "loss of the untrained network, in nats");
  for (int step = 0; step < 300; step++) CHECK(trainer_step(trainer, &options, clipped, true) == TRAINER_OK);
  check(trainer->loss < 0.03, "expected a loss below 0.03, got %g", trainer->loss);
  free_trainer(trainer);
  test_end();
}

static void test_learns_values(void) {
  test_start("the loss falls: the mean of the last two inputs");
  const NetworkCase k = {-1, {8}, true, OUTPUT_VALUES, 1, 2};
  Trainer *trainer = make_trainer(&k, 8, 10);
  const OptimizerOptions options = ADAM(0.01);
  double first = 0, last = 0;
  for (int step = 0; step < 400; step++) {
    fill_random(trainer->input_vectors, 80, 1);
    for (int i = 0; i < 80; i++) {
      const real before = i < 8 ? 0 : trainer->input_vectors[i - 8];
      trainer->target_values[i] = (trainer->input_vectors[i] + before) / 2;
    }
    CHECK(trainer_step(trainer, &options, clipped, false) == TRAINER_OK);
    if (step < 10) first += trainer->loss / 10;
    if (step >= 390) last += trainer->loss / 10;
  }
  check(last < 0.02 * first, "expected a loss below 0.02 of %g, got %g", first, last);
  free_trainer(trainer);
  test_end();
}

int main(void) {
  test_learns_tokens();
  test_learns_values();
  return test_exit();
}
