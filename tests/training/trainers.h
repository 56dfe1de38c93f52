// trainers.h: trainers for tests, each with its own network, inputs and targets filled at random.
#ifndef LSTM_TESTS_TRAINERS_H
#define LSTM_TESTS_TRAINERS_H

#include "c/check.h"
#include "network/networks.h"
#include "training/trainer.h"

// Options of Adam as torch.optim has them, but for the rate.
#define ADAM(rate) \
  { .kind = OPTIMIZER_ADAM, .learning_rate = (rate), .beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-8 }

static const Clipping clipped = {5, INFINITY}, unclipped = {INFINITY, INFINITY};

// Reals in the h and in the c of direction d before the window.
static inline size_t h_count(const Trainer *trainer, size_t d) {
  return trainer->batch * cell_h_size(&trainer->network->directions[d].config);
}

static inline size_t c_count(const Trainer *trainer, size_t d) {
  const Direction *direction = &trainer->network->directions[d];
  return trainer->batch * cell_c_size(direction->kind, &direction->config);
}

static inline void fill_window(Trainer *trainer) {
  const size_t count = trainer->batch * trainer->window;
  const Embedding *embedding = &trainer->network->embedding;
  const size_t D = embedding->weight ? embedding->count : trainer->network->directions[0].config.input_size;
  const size_t V = trainer->network->head.output_size;
  for (size_t i = 0; i < count; i++) {
    if (trainer->input_tokens) trainer->input_tokens[i] = (int32_t)test_random_below(D);
    if (trainer->target_classes) trainer->target_classes[i] = (int32_t)test_random_below(V);
  }
  if (trainer->input_vectors) fill_random(trainer->input_vectors, count * D, 1);
  if (trainer->target_values) fill_random(trainer->target_values, count * trainer->network->head.target_size, 1);
}

// States before the window, as a caller gives them.
static inline void fill_states(Trainer *trainer) {
  for (size_t d = 0; d < trainer->network->direction_count; d++) {
    fill_random(trainer_h(trainer, d), h_count(trainer, d), 0.9);
    if (trainer_c(trainer, d)) fill_random(trainer_c(trainer, d), c_count(trainer, d), 1.5);
  }
  trainer_state_given(trainer);
}

static inline Trainer *make_trainer(const NetworkCase *k, size_t batch, size_t window) {
  Trainer *trainer = trainer_create(make_network(k), batch, window, true);
  if (!trainer) abort();
  fill_window(trainer);
  return trainer;
}

static inline void free_trainer(Trainer *trainer) {
  Network *network = trainer->network;
  trainer_free(trainer);
  network_free(network);
}

#endif
