// network.h: a stack of cells with a head: its parameters, its state, one step at a time.
//
//   token or x -> layer 0 -> h -> layer 1 -> h -> ... -> head -> logits or values
//
// With an embedding, the input of layer 0 is the token's vector. Tied, the weight of the head is the embedding (Press &
// Wolf 2017; Inan, Khosravi & Socher 2017) and has only a bias of its own.
//
// A bidirectional layer has two directions, a cell each: one reads the sequence from its end; their h lie side by side.
// It is for whole sequences (training/trainer.h): a single step cannot read from the end.
//
// A network may be given a memory (attention.h), which its head reads with the last h, and a summary (bridge.h), which it
// starts from: the outputs and the last state of another network, the encoder of which it is the decoder (Cho et al. 2014;
// Sutskever, Vinyals & Le 2014).
//
// Memory, in reals: the parameters; for the step: per direction G H and the step's scratch (see its cell), h and c;
// D, and V twice, and the N of a summary. One allocation; what a memory takes is the caller's (attention_memory_size).
// Quantised, besides: a byte a weight of each matrix that a step multiplies by, 8 bytes a row, 2 bytes an input.
#ifndef LSTM_NETWORK_NETWORK_H
#define LSTM_NETWORK_NETWORK_H

#include "cells/cell.h"
#include "network/arena.h"
#include "network/attention.h"
#include "network/bridge.h"
#include "network/embedding.h"
#include "network/head.h"
#include "network/random.h"

// The largest sizes that are taken: with them no count of one cell's numbers overflows 64 bits, and sums of them stay at
// the largest (kernels/sizes.h).
enum {
  NETWORK_MAX_INPUT = 1 << 20,  // D, and V
  NETWORK_MAX_HIDDEN = 1 << 16,
  NETWORK_MAX_LAYERS = 1 << 10,
  NETWORK_MAX_DELAYS = 1 << 10,
  NETWORK_MAX_COMPONENTS = 1 << 10,
};

typedef struct {
  const CellKind *kind;
  size_t hidden_size;
  bool bias;
  // As in CellConfig; each is 0 where the kind does not take it.
  uint32_t options;
  size_t projection, delays;
  real clip, forget_bias, initial_gain;
  bool bidirectional;
  bool trainable_state;  // the state that a sequence starts from is trained too: parameters h0 and c0
} LayerConfig;

typedef struct {
  bool tokens;
  size_t input_size;
  size_t embedding;  // E of an embedding for tokens; 0: none
  size_t layer_count;
  const LayerConfig *layers;  // only read while the network is created
  OutputKind output;
  size_t output_size;  // V, or n of a mixture; not read for OUTPUT_HIDDEN, where it is the last hidden_size
  size_t components;   // K of a mixture, else 0
  bool tied;  // the head's weight is the embedding: for as many classes as tokens, with E equal to the head's input size
  AttentionKind attention;
  size_t memory_size;   // M; 0 without attention
  size_t summary_size;  // N; 0: sequences start from no summary
  uint32_t seed;
} NetworkConfig;

// One row of the parameter table: where a parameter is, and what its name and shape are.
typedef struct {
  char name[32];         // PyTorch's: weight_ih_l0, ..., weight_ih_l0_reverse, ..., head.weight
  size_t rows, columns;  // columns = 0: a vector
  bool column_major;     // stored column by column
  size_t offset, count;  // in reals, in `values` and in every array of the same layout (gradients, moments)
} Parameter;

// One way through a layer, from its start or from its end: one cell.
typedef struct {
  const CellKind *kind;
  CellConfig config;
  size_t layer;  // which layer of the stack, from 0; the two directions of a layer follow each other
  bool reverse;  // reads the sequence from its end
  real *parameters[CELL_MAX_PARAMETERS];  // into Network.values, in the cell's places; NULL where it has none
  real *h0, *c0;                          // the state to start from, likewise; NULL where it is not trained
  real *bridge[BRIDGE_PARAMETERS];        // likewise; NULL where there is none
  real *h, *c;  // (P) and (C), into Network.state; c NULL for kinds without a cell state
  real *gates;  // (G, H) of the last step, and the step's scratch
  const Int8Matrix *int8;  // as CellKind.step takes it; NULL before network_quantize
} Direction;

typedef struct {
  Arena arena;
  size_t layer_count;
  size_t direction_count;  // one or two for each layer
  Direction *directions;
  bool is_bidirectional;  // has a bidirectional layer: cannot step
  Embedding embedding;
  Attention attention;
  Head head;
  size_t parameter_count;
  Parameter *table;
  size_t value_count;
  real *values;  // all parameters, flat
  size_t state_size;
  real *state;   // all directions: h, then c where there is one
  real *input;   // (D): where a vector is put before a step
  real *output;  // (V): after a step, what head_answer makes of it
  real *logits;  // (V): what `output` was computed from
  AttentionMemory memory;  // to step with; see network_use_memory
  size_t summary_size;
  real *summary;  // (N): what network_initial_state starts from
  Random random;
  Arena int8_arena;  // of what network_quantize makes
} Network;

// The number of parameters, counted singly, of a network of this description; false where a size or option is not valid.
bool network_count_values(uint64_t *count, const NetworkConfig *config);

// A network with fresh parameters, or NULL where there is not enough memory or a size is 0 or above its largest.
// The caller frees it.
Network *network_create(const NetworkConfig *config);
void network_free(Network *network);

// Whether it reads a memory.
static inline bool has_attention(const Network *network) { return network->attention.kind != ATTENTION_NONE; }

// The output size of layer `layer` of the stack: P, or 2 P of both directions.
size_t network_layer_size(const Network *network, size_t layer);

// The steps that follow read this memory: of `reals`, attention_memory_size of them, whose first S M are its values. They
// have to last as long as they are read. Nothing of them was read yet: the weights are 0. Once more where its parameters
// change.
void network_use_memory(Network *network, real *reals, size_t steps);

// Puts the state that sequences start from into `state`: zeros, or what was trained, or what the summary gives.
void network_initial_state(Network *network);

// One step from `state` and the input (`token`, or network->input): fills logits and `state`; not `output`.
// Not for networks that are bidirectional.
void network_step(Network *network, size_t token);

// Rounds every matrix to 8 bits a weight, a scale a row, and lets steps use the rounded ones: a quarter of the bytes.
// `values` become the rounded weights; a second call changes nothing. The network must not be trained
// after it. False where there is not enough memory; nothing has changed then.
// With `scales`, one for each row of each matrix in the order of the table, the values are multiples of them already, up
// to 128 of each, and stay as they are; NULL: the largest magnitude of a row gives its scale.
bool network_quantize(Network *network, const real *scales);

#endif
