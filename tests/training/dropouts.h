// dropouts.h: trainers with dropout, of every kind of cell.
#ifndef LSTM_TESTS_DROPOUTS_H
#define LSTM_TESTS_DROPOUTS_H

#include "training/dropout.h"
#include "training/trainers.h"

#define CELL(name, size, ...) {.kind = &name##_cell, .hidden_size = size, .bias = true, __VA_ARGS__}

typedef struct {
  const char *name;
  int input;         // +V for V tokens, -D for vectors of D
  size_t embedding;
  LayerConfig layers[4];
  OutputKind output;
  size_t output_size;
  bool tied;
} Stack;

static const Stack dropout_stacks[] = {
    {"lstm", -3, 0, {CELL(lstm, 5)}, OUTPUT_VALUES, 2, false},
    {"rnn", -3, 0, {CELL(rnn, 5)}, OUTPUT_CLASSES, 4, false},
    {"gru", 6, 0, {CELL(gru, 5)}, OUTPUT_CLASSES, 6, false},
    {"gru, reset after", -2, 0, {CELL(gru, 5, .options = CELL_RESET_AFTER)}, OUTPUT_VALUES, 1, false},
    {"four-gate", -3, 0, {CELL(four_gate, 5)}, OUTPUT_CLASSES, 3, false},
    {"lstm with nearly everything", -3, 0,
     {CELL(lstm, 5, .forget_bias = 1, .projection = 3,
           .options = CELL_PEEPHOLE_FULL | CELL_FULL_GATE_RECURRENCE | CELL_LAYER_NORM)}, OUTPUT_VALUES, 2, false},
    {"lstm, clipped, coupled", 5, 0, {CELL(lstm, 4, .options = CELL_COUPLED, .clip = 0.75)}, OUTPUT_CLASSES, 5, false},
    {"lstm, its products normalised, multiplicative", 5, 0,
     {CELL(lstm, 4, .options = CELL_LAYER_NORM_PRODUCTS | CELL_MULTIPLICATIVE_DIAGONAL)}, OUTPUT_CLASSES, 5, false},
    {"the same of vectors", -3, 0,
     {CELL(lstm, 4, .options = CELL_LAYER_NORM_PRODUCTS | CELL_MULTIPLICATIVE_DIAGONAL)}, OUTPUT_CLASSES, 5, false},
    // Those above have a single cell, and all of it sees h.
    {"tdnn, feedforward, gru", 5, 0, {CELL(tdnn, 3, .delays = 2), CELL(feedforward, 4), CELL(gru, 3)},
     OUTPUT_CLASSES, 5, false},
    {"both ways, no head", -3, 0, {CELL(lstm, 3, .bidirectional = true), CELL(gru, 2, .bidirectional = true)},
     OUTPUT_HIDDEN, 0, false},
    {"trained start", -3, 0, {CELL(rnn, 3, .trainable_state = true), CELL(lstm, 4, .trainable_state = true)},
     OUTPUT_VALUES, 2, false},
    {"embedded, tied", 6, 5, {CELL(four_gate, 3), CELL(lstm, 5)}, OUTPUT_CLASSES, 6, true},
};
enum { STACKS = sizeof dropout_stacks / sizeof dropout_stacks[0], SINGLE = 9 };

static const DropoutRates all_rates = {0.3, 0.4, 0.25};

static inline Trainer *make(const Stack *k, size_t B, size_t T) {
  size_t count = 0;
  while (count < 4 && k->layers[count].kind) count++;
  const NetworkConfig config = {.tokens = k->input > 0,
                                .input_size = (size_t)abs(k->input),
                                .embedding = k->embedding,
                                .layer_count = count,
                                .layers = k->layers,
                                .output = k->output,
                                .output_size = k->output_size,
                                .tied = k->tied,
                                .seed = 3};
  Trainer *trainer = trainer_create(network_create(&config), B, T, true);
  if (!trainer) abort();
  fill_window(trainer);
  return trainer;
}

static inline Trainer *make_with(const Stack *k, size_t B, size_t T, DropoutRates rates, uint32_t seed) {
  Trainer *trainer = make(k, B, T);
  if (!trainer_use_dropout(trainer, rates, seed)) abort();
  return trainer;
}

#endif
