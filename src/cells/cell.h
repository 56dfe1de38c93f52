// cell.h: what every kind of cell offers, and what it is given.
//
// A cell knows its equations and nothing of networks: it is handed pointers to its parameters, to the states and to the
// memory for a window, and computes. Shapes: B = batch, T = window (steps), D = input_size, H = hidden_size,
// G = number of gates, P = length of h (H, unless h is projected), C = length of c.
#ifndef LSTM_CELLS_CELL_H
#define LSTM_CELLS_CELL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernels/int8.h"
#include "kernels/integers.h"
#include "kernels/leaves.h"

enum { CELL_MAX_PARAMETERS = 12, CELL_MAX_GATES = 5 };

// What may be asked of a cell beside its sizes. A kind takes those in CellKind.options; what each means stands at the
// head of the kind's file.
typedef enum {
  CELL_RELU = 1 << 0,                  // rnn, feedforward, tdnn: relu instead of tanh
  CELL_RESET_AFTER = 1 << 1,           // gru: the reset gate acts on the product with h
  CELL_PEEPHOLE_DIAGONAL = 1 << 2,     // lstm: each gate gets its own unit of c
  CELL_PEEPHOLE_FULL = 1 << 3,         // lstm: each gate gets all of c
  CELL_COUPLED = 1 << 4,               // lstm: f = 1 - i
  CELL_NO_INPUT_GATE = 1 << 5,         // lstm: i = 1
  CELL_NO_FORGET_GATE = 1 << 6,        // lstm: f = 1
  CELL_NO_OUTPUT_GATE = 1 << 7,        // lstm: o = 1
  CELL_NO_INPUT_ACTIVATION = 1 << 8,   // lstm: g is not squashed
  CELL_NO_OUTPUT_ACTIVATION = 1 << 9,  // lstm: h = o * c
  CELL_FULL_GATE_RECURRENCE = 1 << 10, // lstm: the gates get those of the step before
  CELL_LAYER_NORM = 1 << 11,           // lstm: layer normalisation
  CELL_LAYER_NORM_PRODUCTS = 1 << 12,      // lstm: layer normalisation of the products alone
  CELL_MULTIPLICATIVE_DIAGONAL = 1 << 13,  // lstm: h is multiplied by a gate of x before W_hh
  CELL_LSTM_OPTIONS = (1 << 14) - CELL_PEEPHOLE_DIAGONAL,  // all of the lstm's
  CELL_LAYER_NORMS = CELL_LAYER_NORM | CELL_LAYER_NORM_PRODUCTS,
} CellOption;

typedef struct {
  size_t input_size;   // D: length of an input vector, or number of different tokens
  size_t hidden_size;  // H
  bool tokens;         // inputs are tokens: whole numbers in [0, D), standing for one-hot vectors
  bool bias;
  uint32_t options;    // CellOptions
  size_t projection;   // P, for kinds that have one; 0: none
  size_t delays;       // N, for tdnn: how many inputs a step reads; else 0
  real clip;           // what goes into the gates' sigmoid and tanh is kept in [-clip, clip]; 0: it is not
  // Of the products with x and of all others, over a window: a trainer's, that of a network is of floats.
  Precision input_precision, precision;
  real forget_bias;    // what the two biases of the forget gate sum to at first, for kinds that have one; else 0
  real initial_gain;   // what the weights of layer normalisation are at first; 0: what is usual
} CellConfig;

// P, the length of h.
VEC_INLINE size_t cell_h_size(const CellConfig *config) {
  return config->projection ? config->projection : config->hidden_size;
}

// One parameter in PyTorch's name and shape. rows = 0: this cell has none. columns = 0: a vector of `rows`.
// column_major: stored column by column. A token reads one column of its matrix, which is then contiguous.
typedef struct {
  const char *name;
  size_t rows, columns;
  bool column_major;
} CellParameter;

// A batch of sequences going through one cell, forward and backward. The owner provides all memory.
typedef struct {
  CellConfig config;
  size_t window;  // T
  size_t batch;   // B
  // How gradients of parameters are summed over the batch: dparameters are those of its first node.
  const Leaves *leaves;
  // The number of steps of each sequence, (B), or NULL where all have T. The steps after its end change no state, and
  // nothing flows through them but the gradient of the state that they hold. See window.h.
  const int32_t *lengths;
  // Parameters and their gradients, in the places of CellKind.parameters. NULL where the cell has none.
  real *parameters[CELL_MAX_PARAMETERS];
  real *dparameters[CELL_MAX_PARAMETERS];
  // Input: one of the two.
  const int32_t *tokens;  // (T, B), or NULL
  const real *x;          // (T, B, D), or NULL
  // States: step 0 is the state before the window, step t + 1 the state after step t.
  real *h;  // (T + 1, B, P)
  real *c;  // (T + 1, B, C); NULL for kinds without a cell state
  // Gradients. dh comes in as dLoss/dh of each step from the layer above, and becomes the whole gradient of each step's
  // h: with that from later steps.
  real *dh;   // (T, B, P)
  real *dx;   // (T, B, D), or NULL where it is not wanted
  real *dh0;  // (B, P): gradient with respect to the state before the window
  bool skips_dh0;  // nobody reads dh0 and dc0: a cell may leave anything there
  real *dc0;  // (B, C)
  // Where not NULL: (B, C), the gradient of the c behind the window, from what reads that state; else it is 0. That of the
  // h behind the window is a part of dh's last step.
  const real *dc_end;
  // Where not NULL: (T + 1), the sum over the batch of the squares of dLoss/dc after each step, index 0 being the state
  // before the window. The whole gradient, through h too, as for dh. Only for kinds with a cell state.
  double *dc_squares;
  // Where not NULL: (B, P), what the h before a step is multiplied by for the products with matrices, the same for all
  // steps (training/dropout.h). And memory for it: h times the mask (T, B, P), and the gradient of one step's (B, P).
  const real *h_mask;
  real *masked_h, *dmasked_h;
  real *tape;     // CellPass.tape_size reals: what forward leaves for backward
  real *scratch;  // CellPass.scratch_size reals, contents lost between calls; may be shared between cells
} CellWindow;

// The kinds in the order of their numbers in the ABI; and behind them those that take the place of one of them.
typedef enum {
  CELL_LSTM,
  CELL_RNN,
  CELL_GRU,
  CELL_FOUR_GATE,
  CELL_FEEDFORWARD,
  CELL_TDNN,
  CELL_KINDS,
  CELL_LSTM_VARIANT = CELL_KINDS,  // computes an lstm with options
} CellNumber;

// What a kind is, and one step of it. What it does with windows stands apart (CellPass), so that the linker leaves it out
// of a module that only steps.
typedef struct {
  CellNumber number;
  const char *name;
  uint32_t options;  // the CellOptions that it takes
  bool takes_clip, takes_projection, takes_delays, takes_forget_bias;
  size_t weight_hh;   // the place of the matrix that is multiplied with the h before; 0: the kind has none
  size_t gate_count;  // G
  const char *gate_names[CELL_MAX_GATES];

  // C, the length of c. NULL for kinds without a cell state.
  size_t (*c_size)(const CellConfig *config);
  // Fills list[0 .. CELL_MAX_PARAMETERS - 1], which comes in as zeros: each parameter has a place of its own, and those
  // that this cell does not have stay zero.
  void (*parameters)(CellParameter *list, const CellConfig *config);
  // Sets the values that do not start at random. The others are drawn from U(-1/sqrt(H), 1/sqrt(H)) before.
  void (*initialise)(real *const *parameters, const CellConfig *config);

  // One step of one sequence: h (P) and c (C) become the state after the step. gates holds G H reals, left to be looked
  // at (a gate that this cell does not have is 1), and behind them step_scratch_size reals whose contents are lost.
  // The input is `token`, or x (D) where x is not NULL. Where int8 is not NULL it has the matrices of `parameters`, in the
  // same places, to be used instead.
  void (*step)(real *h, real *c, real *gates, real *const *parameters, const Int8Matrix *int8, const real *x,
               size_t token, const CellConfig *config);
  uint64_t (*step_scratch_size)(const CellConfig *config);  // NULL: 0
} CellKind;

// A window, forward and backward.
typedef struct {
  uint64_t (*tape_size)(const CellConfig *config, size_t window, size_t batch);
  uint64_t (*scratch_size)(const CellConfig *config);
  void (*forward)(CellWindow *w);
  void (*backward)(CellWindow *w);
} CellPass;

extern const CellKind lstm_cell, lstm_variant_cell, rnn_cell, gru_cell, four_gate_cell, feedforward_cell, tdnn_cell;
extern const CellPass lstm_pass, lstm_variant_pass, rnn_pass, gru_pass, four_gate_pass, feedforward_pass, tdnn_pass;

// By their numbers: kinds.c, passes.c.
extern const CellKind *const cell_kinds[];
extern const CellPass *const cell_passes[];

VEC_INLINE const CellPass *cell_pass(const CellKind *kind) { return cell_passes[kind->number]; }

// The kind that computes a cell: `kind`, or the one that takes its place where there are options.
const CellKind *cell_kind_for(const CellKind *kind, const CellConfig *config);

// C, or 0 for kinds without a cell state.
VEC_INLINE size_t cell_c_size(const CellKind *kind, const CellConfig *config) {
  return kind->c_size ? kind->c_size(config) : 0;
}

#endif
