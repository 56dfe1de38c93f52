// network.h: a stack of cells with a head: its parameters, its state, one step at a time, sampling.
//
//   token or x -> layer 0 -> h -> layer 1 -> h -> ... -> head -> logits or values
//
// Memory, in reals: the parameters P; for the step: per layer (G + 2) H (gates and state), D + 2 V. One allocation.
// Quantised, besides: a byte a weight of each matrix that a step multiplies by, 8 bytes a row, 2 bytes an input.
#ifndef LSTM_NETWORK_NETWORK_H
#define LSTM_NETWORK_NETWORK_H

#include "cells/cell.h"
#include "network/arena.h"
#include "network/head.h"
#include "network/random.h"

// The largest sizes that are taken: with them no count of bytes overflows 64 bits.
enum {
  NETWORK_MAX_INPUT = 1 << 20,  // D, and V
  NETWORK_MAX_HIDDEN = 1 << 16,
  NETWORK_MAX_LAYERS = 1 << 10,
};

typedef struct {
  const CellKind *kind;
  size_t hidden_size;
  bool bias;
} LayerConfig;

typedef struct {
  bool tokens;
  size_t input_size;
  size_t layer_count;
  const LayerConfig *layers;  // only read while the network is created
  OutputKind output;
  size_t output_size;  // V; not read for OUTPUT_HIDDEN, where it is the last hidden_size
  uint32_t seed;
} NetworkConfig;

// One row of the parameter table: where a parameter is, and what its name and shape are.
typedef struct {
  char name[32];         // PyTorch's: weight_ih_l0, ..., head.weight
  size_t rows, columns;  // columns = 0: a vector
  bool column_major;     // stored column by column
  size_t offset, count;  // in reals, in `values` and in every array of the same layout (gradients, moments)
} Parameter;

typedef struct {
  const CellKind *kind;
  CellSize size;
  real *parameters[CELL_MAX_PARAMETERS];  // into Network.values
  size_t first_parameter;                 // its rows in the table
  size_t parameter_count;
  real *h, *c;  // (H) each, into Network.state; c NULL for kinds without a cell state
  real *gates;  // (G, H) of the last step
  const Int8Matrix *int8;  // as CellKind.step takes it; NULL before network_quantize
} Layer;

typedef struct {
  Arena arena;
  size_t layer_count;
  Layer *layers;
  Head head;
  size_t parameter_count;
  Parameter *table;
  size_t value_count;
  real *values;  // all parameters, flat
  size_t state_size;
  real *state;   // all layers: h, then c where there is one
  real *input;   // (D): where a vector is put before a step
  real *output;  // (V): after a step, probabilities for classes, else the values
  real *logits;  // (V): what `output` was computed from
  Random random;
  Arena int8_arena;  // of what network_quantize makes
} Network;

// A network with fresh parameters, or NULL where there is not enough memory or a size is 0 or above its largest.
// The caller frees it.
Network *network_create(const NetworkConfig *config);
void network_free(Network *network);

// One step from `state` and the input (`token`, or network->input): fills logits and `state`; not `output`.
void network_step(Network *network, size_t token);

// Rounds every matrix to 8 bits a weight, a scale a row, and lets steps use the rounded ones: a quarter of the bytes.
// `values` become what the rounded weights stand for; a second call changes nothing. The network must not be trained
// after it. False where there is not enough memory; nothing has changed then.
bool network_quantize(Network *network);

// Fills `output` from `logits`: the softmax of logits / temperature for classes, else a copy. temperature > 0.
void network_output(Network *network, real temperature);

// Draws a token from softmax(logits / temperature); temperature 0 takes the most probable.
size_t network_sample(Network *network, real temperature);

// Feeds `token`, samples, feeds what was sampled, ...: writes `length` tokens and leaves the state behind the last but
// one fed, so that feeding tokens[length - 1] continues.
void network_generate(uint32_t *tokens, Network *network, size_t token, size_t length, real temperature);

// Feeds tokens[0 .. count - 2] and returns the sum of -log p(tokens[t + 1]) in nats; `state` is carried.
double network_score(Network *network, const int32_t *tokens, size_t count);

#endif
