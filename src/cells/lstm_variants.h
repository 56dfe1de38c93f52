// lstm_variants.h: the LSTM with options, an idea a file. The equations stand at the head of lstm_variants.c.
//
//   lstm_variants.c    the order in which the ideas act, on a step and back; one step, and a batch over a window
//   lstm_shape.c       which gates, parameters, products and memory the options make
//   lstm_sums.c        what x and h_prev add to the sums of the gates
//   lstm_gates.c       i, f, g and c; o and m: gates that are missing or coupled, activations that are missing, clipping
//   lstm_peephole.c    what c adds to the sums of the gates
//   lstm_recurrence.c  what the gates of the step before add to them
//   lstm_norm.c        layer normalisation, of sums and of c
//   lstm_norm_products.c   that of sums alone
//   lstm_multiplicative.c  h_prev times a gate of x
//   lstm_projection.c  h from m
//
// Each function takes one step of a batch, and stands beside its backward, which takes the same. Letters as in cell.h,
// and R = rows of all gates, S = rows of those in the state (full gate recurrence) or 0, C = H + S.
#ifndef LSTM_CELLS_LSTM_VARIANTS_H
#define LSTM_CELLS_LSTM_VARIANTS_H

#include "cells/clip.h"
#include "cells/window.h"

enum { LSTM_I, LSTM_F, LSTM_G, LSTM_O, LSTM_GATES };

// The places of the parameters; the first four as in lstm.c.
enum {
  LSTM_WEIGHT_IH,
  LSTM_WEIGHT_HH,
  LSTM_BIAS_IH,
  LSTM_BIAS_HH,
  LSTM_WEIGHT_CH,
  LSTM_WEIGHT_GH,
  LSTM_WEIGHT_HR,
  LSTM_NORM_IH_WEIGHT,
  LSTM_NORM_HH_WEIGHT,
  LSTM_NORM_C_WEIGHT,
  LSTM_NORM_C_BIAS,
  LSTM_WEIGHT_MX,
};

// The products. Those with the input are packed by themselves, before and after the steps; the others, IN_STEP, together. Those
// of full peepholes and gate recurrence are cut into the early gates, i and f, whose rows lie before c is known, and the
// late one, o.
enum { LSTM_IH, LSTM_MX, LSTM_HH, LSTM_CH_EARLY, LSTM_CH_LATE, LSTM_GH_EARLY, LSTM_GH_LATE, LSTM_HR, LSTM_PRODUCTS };
enum { LSTM_FIRST_IN_STEP = LSTM_HH, LSTM_IN_STEP = LSTM_PRODUCTS - LSTM_FIRST_IN_STEP };

// ---------------------------------------------------------------- shape

// What the options make of the gates. A gate that the cell does not have takes no rows. i, f and g lie side by side.
typedef struct {
  uint32_t options;
  real clip;                 // 0: none
  size_t H, P;
  size_t tokens;             // how many different ones there are, or 0 where inputs are vectors
  bool projected;
  size_t rows;               // R: all gates that it has, in the order i, f, g, o
  bool standard;             // the gates are those of lstm.c, and what they make of z too
  bool has[LSTM_GATES];
  size_t first[LSTM_GATES];  // the first row of a gate
  size_t early, late;        // rows of the sigmoid gates that come before c (i, f), and of that which comes after (o)
  size_t recurrent;          // S: early + late, or 0
} LstmShape;

LstmShape lstm_shape(const CellConfig *config);
VEC_INLINE size_t lstm_c_size(const LstmShape *s) { return s->H + s->recurrent; }

void lstm_parameters(CellParameter *list, const CellConfig *config);
void lstm_initialise(real *const *p, const CellConfig *config);
void lstm_products(Product *list, const LstmShape *s, const CellConfig *config);

// What a window keeps for backward, one after another. NULL where the options do not ask for it.
typedef struct {
  real *gates;                                // (T, B, R): z, then i f g o, then dz
  real *a;                                    // (T, B, H): act(c), or act(LN(c)); then the gradient of LN(c)
  real *from_state;                           // (B, S), full peepholes with full gate recurrence: P + R of one step
  real *m, *dm;                               // (T, B, H) and of one step (B, H), projection: o * a
  real *normal_ih, *normal_hh;                // (T, B, R), layer norm: W_ih x and W_hh h normalised, then their gradients
  real *normal_c;                             // (T, B, H), layer norm: c normalised, then its gradient
  real *inverse_ih, *inverse_hh, *inverse_c;  // (T, B), layer norm: what layer_norm_add returned
  real *dnorms;                               // (B, 2 R + 2 H), layer norm: gradients of its weights and bias, of each sequence
  // Layer norm of the products has normal_ih and inverse_ih for each row, or as many as there are tokens. Sums of each leaf:
  real *dgain_ih, *dgain_hh, *dbias;          // (min(B, 8), R)
  real *of_tokens;                            // (tokens, R), where these are less than T B: b + g_ih * N(W_ih x)
  real *u, *dw, *du;                          // (T, B, P), and of one step (B, P), multiplicative: as in lstm_multiplicative.c
  real *from_x;                               // (T, B, P), multiplicative with vectors: W_mx x
} LstmTape;

enum { LSTM_LEAF_SUMS = 3 };
VEC_INLINE size_t lstm_leaf_rows(size_t batch) { return batch < LEAVES_MOST ? batch : LEAVES_MOST; }

// Lays the tape out from `at` on. Returns its size in reals.
uint64_t lstm_tape(LstmTape *tape, real *at, const LstmShape *s, size_t window, size_t batch);

// ---------------------------------------------------------------- a step

// A cell at work.
typedef struct LstmCell LstmCell;
struct LstmCell {
  LstmShape s;
  real *const *p, *const *dp;
  Product products[LSTM_PRODUCTS];
  // y (B, ...) = or += W x. Of a window, packed in the scratch; of one step of one sequence, with the matrices as they are, or
  // with others in their place, as CellKind.step takes them.
  void (*multiply)(RowsOut y, MatmulInto into, const LstmCell *cell, int product, Rows x, size_t batch);
  real *scratch;
  const Int8Matrix *int8;
  ClipRange range;  // of clip, where there is one. Backward only
};

// Step t of a batch. The parts of the tape begin at this step.
typedef struct {
  size_t t, batch;
  const int32_t *lengths;  // as in CellWindow
  const int32_t *tokens;   // (B), or NULL where inputs are vectors
  LstmTape tape;
  const real *h_prev;      // (B, P), as the products are given it
  const real *c_prev;      // (B, C): c, and behind it i, f, o with full gate recurrence
  real *h, *c;             // may be h_prev and c_prev
  real *m;                 // (B, H): in the tape, or h
  // Backward only.
  const Leaves *leaves;
  const real *dh;          // (B, P)
  const real *dm;          // (B, H): in the tape, or dh
  real *dh_prev;           // (B, P): added to; NULL: not asked for
  real *dc;                // (B, C): from later steps; becomes that of c_prev
  double *dc_squares;      // where not NULL: the sum of squares of dLoss/dc after this step
} LstmStep;

// True where the step lies after the end of sequence b: it changes no state, and its dz are 0.
VEC_INLINE bool lstm_is_over(const LstmStep *step, size_t b) {
  return step->lengths && step->t >= (size_t)step->lengths[b];
}

// A gate of sequence b, (H), or NULL where the cell does not have it.
VEC_INLINE real *lstm_gate(const LstmCell *cell, const LstmStep *step, int gate, size_t b) {
  return cell->s.has[gate] ? step->tape.gates + b * cell->s.rows + cell->s.first[gate] : NULL;
}

// The rows of the gates from one on, of all sequences.
VEC_INLINE RowsOut lstm_gate_rows(const LstmCell *cell, const LstmStep *step, int gate) {
  return (RowsOut){step->tape.gates + cell->s.first[gate], cell->s.rows};
}
VEC_INLINE Rows lstm_dz_rows(const LstmCell *cell, const LstmStep *step, int gate) {
  return (Rows){step->tape.gates + cell->s.first[gate], cell->s.rows};
}

// Where the products with the state before a step, for the rows of a gate and those behind it, are added up: in z; or
// apart, where P and R both are matrices, to come to z as one number as they always have.
VEC_INLINE RowsOut lstm_state_sums(const LstmCell *cell, const LstmStep *step, int gate) {
  if (!step->tape.from_state) return lstm_gate_rows(cell, step, gate);
  return (RowsOut){step->tape.from_state + (gate == LSTM_O ? cell->s.early : 0), cell->s.recurrent};
}

// dx (B, ...) = or += W^T dy.
void lstm_product_backward(RowsOut dx, MatmulInto into, const LstmCell *cell, int product, Rows dy, size_t batch);

// lstm_sums.c. Those of x for all steps at once, or for one.
void lstm_input_sums(LstmCell *cell, const LstmTape *tape, const CellWindow *w);
void lstm_input_sums_backward(LstmCell *cell, const LstmTape *tape, const CellWindow *w);
void lstm_input_sums_of_step(const LstmCell *cell, const LstmStep *step, const real *x, size_t token,
                             const CellConfig *config);
void lstm_hidden_sums(const LstmCell *cell, const LstmStep *step);
void lstm_hidden_sums_backward(const LstmCell *cell, const LstmStep *step);
void lstm_hidden_gradient(const LstmCell *cell, const LstmTape *tape, const CellWindow *w);

// lstm_gates.c. Cell state: i, f, g and c. Hidden state: o and m.
void lstm_cell_state(const LstmCell *cell, const LstmStep *step);
void lstm_cell_state_backward(const LstmCell *cell, const LstmStep *step);
void lstm_hidden_state(const LstmCell *cell, const LstmStep *step);
void lstm_hidden_state_backward(const LstmCell *cell, const LstmStep *step);
// Both at once, where the gates are the standard ones.
void lstm_standard_state(const LstmCell *cell, const LstmStep *step);
void lstm_standard_state_backward(const LstmCell *cell, const LstmStep *step);

// lstm_peephole.c. Early: c_prev to i and f. Late: c to o.
void lstm_peephole_early(const LstmCell *cell, const LstmStep *step);
void lstm_peephole_early_backward(const LstmCell *cell, const LstmStep *step);
void lstm_peephole_late(const LstmCell *cell, const LstmStep *step);
void lstm_peephole_late_backward(const LstmCell *cell, const LstmStep *step);
void lstm_peephole_gradients(const LstmCell *cell, const LstmTape *tape, const CellWindow *w);

// lstm_recurrence.c
void lstm_recurrence(const LstmCell *cell, const LstmStep *step);
void lstm_recurrence_backward(const LstmCell *cell, const LstmStep *step);
void lstm_recurrence_keep(const LstmCell *cell, const LstmStep *step);
void lstm_recurrence_gradients(const LstmCell *cell, const LstmTape *tape, const CellWindow *w);

// lstm_norm.c
void lstm_norm_sums(real *z, real *sums, real *inverses, const LstmCell *cell, int weight, size_t n);
void lstm_norm_sums_backward(const LstmCell *cell, const LstmTape *tape, const real *dz, real *sums, const real *inverses,
                             int weight, size_t steps, size_t batch);
void lstm_norm_c(const LstmCell *cell, const LstmStep *step);
void lstm_norm_c_backward(const LstmCell *cell, const LstmStep *step);
void lstm_norm_start_gradients(const LstmCell *cell, const LstmTape *tape, size_t batch);
void lstm_norm_gradients(const LstmCell *cell, const LstmTape *tape, const CellWindow *w);

// lstm_norm_products.c. Only called with layer normalisation of the products, but for start. bias (R).
void lstm_norm_products_input(LstmCell *cell, const LstmTape *tape, const CellWindow *w, const real *bias);
void lstm_norm_products_input_backward(LstmCell *cell, const LstmTape *tape, const CellWindow *w);
void lstm_norm_products_input_of_step(const LstmCell *cell, const LstmTape *tape);
void lstm_norm_products_hidden(const LstmCell *cell, const LstmStep *step);
void lstm_norm_products_hidden_backward(const LstmCell *cell, const LstmStep *step);
void lstm_norm_products_start(const LstmCell *cell, const LstmTape *tape, size_t batch);

// lstm_multiplicative.c
void lstm_multiplicative_sums(LstmCell *cell, const LstmTape *tape, const CellWindow *w);
void lstm_multiplicative_sums_of_step(const LstmCell *cell, const LstmStep *step, const real *x, const CellConfig *config);
const real *lstm_modulated_h(const LstmCell *cell, const LstmStep *step);
void lstm_modulated_h_backward(const LstmCell *cell, const LstmStep *step, Rows da);
void lstm_multiplicative_gradients(LstmCell *cell, const LstmTape *tape, const CellWindow *w);

// lstm_projection.c
void lstm_projection(const LstmCell *cell, const LstmStep *step);
void lstm_projection_backward(const LstmCell *cell, const LstmStep *step);
void lstm_projection_gradient(const LstmCell *cell, const LstmTape *tape, const CellWindow *w);

#endif
