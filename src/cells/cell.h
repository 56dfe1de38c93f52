// cell.h: what every kind of cell offers, and what it is given.
//
// A cell knows its equations and nothing of networks: it is handed pointers to its parameters, to the states and to the
// memory for a window, and computes. Shapes: B = batch, T = window (steps), D = input_size, H = hidden_size,
// G = number of gates.
#ifndef LSTM_CELLS_CELL_H
#define LSTM_CELLS_CELL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernels/int8.h"
#include "kernels/vec.h"

enum { CELL_MAX_PARAMETERS = 8, CELL_MAX_GATES = 4 };

typedef struct {
  size_t input_size;   // D: length of an input vector, or number of different tokens
  size_t hidden_size;  // H
  bool tokens;         // inputs are tokens: whole numbers in [0, D), standing for one-hot vectors
  bool bias;
} CellSize;

// One parameter in PyTorch's name and shape. columns = 0: a vector of `rows`.
// column_major: stored column by column. A token reads one column of its matrix, which is then contiguous.
typedef struct {
  const char *name;
  size_t rows, columns;
  bool column_major;
} CellParameter;

// A batch of sequences going through one cell, forward and backward. The owner provides all memory.
typedef struct {
  CellSize size;
  size_t window;  // T
  size_t batch;   // B
  // Parameters and their gradients, in the order of CellKind.parameters.
  real *parameters[CELL_MAX_PARAMETERS];
  real *dparameters[CELL_MAX_PARAMETERS];
  // Input: one of the two.
  const int32_t *tokens;  // (T, B), or NULL
  const real *x;          // (T, B, D), or NULL
  // States: step 0 is the state before the window, step t + 1 the state after step t.
  real *h;  // (T + 1, B, H)
  real *c;  // (T + 1, B, H); NULL for kinds without a cell state
  // Gradients. dh comes in as dLoss/dh of each step from above, and is overwritten.
  real *dh;   // (T, B, H)
  real *dx;   // (T, B, D), or NULL where nobody asks
  real *dh0;  // (B, H): gradient with respect to the state before the window
  real *dc0;  // (B, H)
  real *tape;     // CellKind.tape_size reals: what forward leaves for backward
  real *scratch;  // CellKind.scratch_size reals, contents lost between calls; may be shared between cells
} CellWindow;

typedef struct {
  const char *name;
  bool has_cell_state;
  size_t gate_count;  // G
  const char *gate_names[CELL_MAX_GATES];

  // Writes the list of parameters; returns how many.
  size_t (*parameters)(CellParameter *list, const CellSize *size);
  // Sets the values that do not start at random. The others are drawn from U(-1/sqrt(H), 1/sqrt(H)) before.
  void (*initialise)(real *const *parameters, const CellSize *size);

  // One step of one sequence: h (H) and c (H) become the state after the step; gates (G, H) are left to be looked at.
  // The input is `token`, or x (D) where x is not NULL. Where int8 is not NULL it has the matrices of `parameters`, in the
  // same places, to be used instead.
  void (*step)(real *h, real *c, real *gates, real *const *parameters, const Int8Matrix *int8, const real *x,
               size_t token, const CellSize *size);

  uint64_t (*tape_size)(const CellSize *size, size_t window, size_t batch);
  uint64_t (*scratch_size)(const CellSize *size);
  void (*forward)(CellWindow *w);
  void (*backward)(CellWindow *w);
} CellKind;

extern const CellKind lstm_cell;

// The kinds in the order of their numbers in the ABI.
extern const CellKind *const cell_kinds[];
extern const size_t cell_kind_count;

#endif
