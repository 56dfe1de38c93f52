// pairs.h: encoders and decoders of every kind of cell.
#ifndef LSTM_TESTS_PAIRS_H
#define LSTM_TESTS_PAIRS_H

#include "training/pair.h"
#include "training/trainers.h"

typedef struct {
  const char *name;
  const CellKind *kind;
  uint32_t options;
  size_t projection, delays;
} End;

typedef struct {
  End encoder, decoder;
  AttentionKind attention;
  bool summary, bidirectional, lengths, tokens;
  size_t layers;  // of each
} PairCase;

enum { M_LAYER = 3, H_LAYER = 4, TOKENS = 6, CLASSES = 5, D = 2 };

static inline LayerConfig layer_of(const End *end, size_t hidden_size, bool bidirectional) {
  return (LayerConfig){
      .kind = end->kind, .hidden_size = hidden_size, .bias = true, .options = end->options,
      .projection = end->projection, .delays = end->delays, .bidirectional = bidirectional,
  };
}

static inline Network *make_encoder(const PairCase *k) {
  LayerConfig layers[2];
  for (size_t l = 0; l < k->layers; l++) layers[l] = layer_of(&k->encoder, M_LAYER + l, k->bidirectional);
  return network_create(&(NetworkConfig){.tokens = k->tokens, .input_size = k->tokens ? TOKENS : D,
                                         .embedding = k->tokens ? 3 : 0, .layer_count = k->layers, .layers = layers,
                                         .output = OUTPUT_HIDDEN, .seed = 3});
}

static inline Network *make_decoder(const PairCase *k, const Network *encoder) {
  LayerConfig layers[2];
  for (size_t l = 0; l < k->layers; l++) layers[l] = layer_of(&k->decoder, H_LAYER + l, false);
  return network_create(&(NetworkConfig){
      .tokens = k->tokens, .input_size = k->tokens ? CLASSES : D, .embedding = k->tokens ? 3 : 0,
      .layer_count = k->layers, .layers = layers, .output = OUTPUT_CLASSES, .output_size = CLASSES, .seed = 4,
      .attention = k->attention, .memory_size = k->attention ? encoder->head.output_size : 0,
      .summary_size = k->summary ? pair_summary_size(encoder) : 0});
}

static const End ends[] = {
    {"lstm", &lstm_cell, 0, 0, 0},
    {"gru", &gru_cell, 0, 0, 0},
    {"rnn", &rnn_cell, 0, 0, 0},
    {"four-gate", &four_gate_cell, 0, 0, 0},
    {"projected lstm with full gate recurrence", &lstm_cell, CELL_FULL_GATE_RECURRENCE | CELL_PEEPHOLE_FULL, 2, 0},
    {"feedforward", &feedforward_cell, 0, 0, 0},
    {"tdnn", &tdnn_cell, 0, 0, 2},
};
enum { ENDS = sizeof ends / sizeof ends[0] };

#endif
