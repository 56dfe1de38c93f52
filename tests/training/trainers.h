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

// Reals in the h and in the c of cell l before the window.
static inline size_t h_count(const Trainer *trainer, size_t l) {
  return trainer->batch * cell_h_size(&trainer->network->layers[l].config);
}

static inline size_t c_count(const Trainer *trainer, size_t l) {
  const Layer *layer = &trainer->network->layers[l];
  return trainer->batch * cell_c_size(layer->kind, &layer->config);
}

static inline void fill_window(Trainer *trainer) {
  const size_t count = trainer->batch * trainer->window;
  const Embedding *embedding = &trainer->network->embedding;
  const size_t D = embedding->weight ? embedding->count : trainer->network->layers[0].config.input_size;
  const size_t V = trainer->network->head.output_size;
  for (size_t i = 0; i < count; i++) {
    if (trainer->input_tokens) trainer->input_tokens[i] = (int32_t)test_random_below(D);
    if (trainer->target_classes) trainer->target_classes[i] = (int32_t)test_random_below(V);
  }
  if (trainer->input_vectors) fill_random(trainer->input_vectors, count * D, 1);
  if (trainer->target_values) fill_random(trainer->target_values, count * V, 1);
}

// States before the window, as a caller gives them.
static inline void fill_states(Trainer *trainer) {
  for (size_t l = 0; l < trainer->network->layer_count; l++) {
    fill_random(trainer_h(trainer, l), h_count(trainer, l), 0.9);
    if (trainer_c(trainer, l)) fill_random(trainer_c(trainer, l), c_count(trainer, l), 1.5);
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
