// predict_only_test.c: trainers that only predict, which have no gradients and nothing to train with: the outputs and states of
// those that can train, to the last bit, for every stack.
#include "training/stacks.h"

static void test_predicts(const Stack *k, size_t B, size_t T, bool lengths) {
  test_start("only predicts: %s, batch %zu, window %zu%s", k->name, B, T, lengths ? ", lengths" : "");
  Trainer *trainer = make(k, B, T, (Parts){.lengths = lengths});
  Network *network = trainer->network;
  round_tokens(trainer);
  trainer_reset(trainer);
  Trainer *predictor = trainer_create(network, B, T, false);
  CHECK(predictor != NULL);
  if (predictor) {
    if (trainer->input_tokens) memcpy(predictor->input_tokens, trainer->input_tokens, B * T * sizeof(int32_t));
    if (trainer->input_vectors) {
      memcpy(predictor->input_vectors, trainer->input_vectors, B * T * network->directions[0].config.input_size * sizeof(real));
    }
    memcpy(predictor->lengths, trainer->lengths, B * sizeof(int32_t));
    trainer_use(predictor, lengths, false);
    trainer_use(trainer, lengths, false);
    trainer_predict(trainer);
    trainer_predict(predictor);
    check_same(predictor->outputs, trainer->outputs, B * network->head.output_size * sizeof(real), "outputs of the first step");
    for (size_t d = 0; d < network->direction_count; d++) {
      const size_t h = h_count(trainer, d), c = c_count(trainer, d);
      check_same(trainer_h(predictor, d) + trainer->steps * h, trainer_h(trainer, d) + trainer->steps * h, h * sizeof(real), "h");
      if (c > 0) check_same(trainer_c(predictor, d) + trainer->steps * c, trainer_c(trainer, d) + trainer->steps * c, c * sizeof(real), "c");
    }
    trainer_free(predictor);
  }
  free_trainer(trainer);
  test_end();
}

// An option of the LSTM, some of them with a projection; many at once last.
static const uint32_t options[] = {
    CELL_PEEPHOLE_DIAGONAL, CELL_PEEPHOLE_FULL, CELL_COUPLED, CELL_NO_INPUT_GATE, CELL_NO_FORGET_GATE, CELL_NO_OUTPUT_GATE,
    CELL_NO_INPUT_ACTIVATION, CELL_NO_OUTPUT_ACTIVATION, CELL_FULL_GATE_RECURRENCE, CELL_LAYER_NORM,
    CELL_PEEPHOLE_DIAGONAL | CELL_FULL_GATE_RECURRENCE, CELL_PEEPHOLE_FULL | CELL_FULL_GATE_RECURRENCE | CELL_COUPLED};

int main(void) {
  for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
    for (size_t projection = 0; projection < 3; projection += 2) {
      char name[40];
      snprintf(name, sizeof name, "lstm, options %x, projection %zu", (unsigned)options[i], projection);
      const Stack k = {name, -3, {CELL(lstm, 4, .options = options[i], .projection = projection)}, OUTPUT_VALUES, 2, 0};
      test_predicts(&k, 1, 4, false);
      test_predicts(&k, 3, 5, true);
    }
  }
  for (size_t k = 0; k < STACKS; k++) {
    test_predicts(&stacks[k], 1, 4, false);
    test_predicts(&stacks[k], 3, 5, true);
  }
  return test_exit();
}
