// stacks.h: stacks of every kind, with every output, and trainers of them with all that a window can have.
#ifndef LSTM_TESTS_STACKS_H
#define LSTM_TESTS_STACKS_H

#include "training/trainers.h"

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

static inline Network *make_stack(const Stack *k, uint32_t seed) {
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

static inline Trainer *make(const Stack *k, size_t B, size_t T, Parts parts) {
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
static inline void round_tokens(Trainer *trainer) {
  for (size_t d = 0; d < trainer->network->direction_count; d++) {
    const CellConfig *config = &trainer->network->directions[d].config;
    if (!config->delays || !config->tokens) continue;
    real *c = trainer_c(trainer, d);
    for (size_t i = 0; i < c_count(trainer, d); i++) c[i] = (real)test_random_below(config->input_size + 1);
  }
}

#endif
