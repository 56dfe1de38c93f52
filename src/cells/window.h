// window.h: what cells of every kind do with a window: the product with the input and its gradients, for all steps at
// once, and the steps after the end of a sequence. Letters as in cell.h; R = rows of weight_ih (G H for most kinds).
#ifndef LSTM_CELLS_WINDOW_H
#define LSTM_CELLS_WINDOW_H

#include "cells/product.h"

// The product with the input, of weight_ih (R, D) at a place among the parameters. Of tokens there is none: they take a
// column of the matrix.
Product window_input_product(const CellConfig *config, size_t place, size_t rows);

// z (T, B, R) = weight_ih x + bias, with bias (R) or NULL. Packs the product into the scratch.
void window_input_sums(real *z, const CellWindow *w, Product *input, const real *bias, real *scratch);

// dweight_ih (R, D) and, where it is asked for, w->dx, from dz (T, B, R).
void window_input_gradients(const CellWindow *w, Product *input, const real *dz, real *scratch);

// dW of a product from dy (T, B, R) and x (T, B, K).
void window_gradient(const CellWindow *w, const Product *product, Rows dy, Rows x, real *scratch);

// dbias (n), of the parameter at a place, from dz (T, B, n); and of a second place the same: nothing where there is no bias.
void window_bias_gradient(const CellWindow *w, size_t place, Rows dz, size_t n);
void window_bias_gradients(const CellWindow *w, size_t place, size_t second, Rows dz, size_t n);
// The same from sums that are there for each leaf of the part, (count, n).
void window_bias_sums(const CellWindow *w, size_t place, size_t second, const real *sums, size_t n);

// One step's input product of one sequence: sums (R) += weight_ih x, or the token's column.
void step_input_sums(real *sums, const Product *input, real *const *parameters, const Int8Matrix *int8, const real *x,
                     size_t token, const CellConfig *config);

// bias_ih + bias_hh (R), or zeros where there are none: what a step's sums start from.
void start_sums(real *sums, const real *bias_ih, const real *bias_hh, size_t rows);

// True where step t lies after the end of sequence b.
VEC_INLINE bool window_is_over(const CellWindow *w, size_t t, size_t b) {
  return w->lengths && t >= (size_t)w->lengths[b];
}

// What such a step does: the state stays. `c_size` as in cell.h.
void window_hold(CellWindow *w, size_t t, size_t b, size_t c_size);

// The gradient of h before step t: (B, P). For t = 0, that of the state before the window.
VEC_INLINE real *window_dh_before(const CellWindow *w, size_t t) {
  return t > 0 ? w->dh + (t - 1) * w->batch * cell_h_size(&w->config) : w->dh0;
}

// False where that is not asked for: the products of step t need not be made.
VEC_INLINE bool window_wants_dh_before(const CellWindow *w, size_t t) { return t > 0 || !w->skips_dh0; }

// h_prev as the products of step t are given it, (B, P): times w->h_mask where there is one. In the forward pass; and all
// steps' after it, (T, B, P).
const real *window_mask_h(CellWindow *w, size_t t);
VEC_INLINE const real *window_masked_h(const CellWindow *w) { return w->h_mask ? w->masked_h : w->h; }

// Backward begins: dh0 is 0, and dc0, which goes back through the steps, the gradient of the c behind the window.
void window_start_backward(CellWindow *w, size_t c_size);

// Backward: the products of step t add the gradient of their h_prev to the first, (B, P); the second adds it, times the
// mask, to window_dh_before.
real *window_dmasked_h(CellWindow *w, size_t t);
void window_mask_h_backward(CellWindow *w, size_t t);

// Backward of window_hold: the gradient of h after the step is that before it too. The caller adds nothing else for this
// row, and leaves its dc as it is.
void window_hold_backward(CellWindow *w, size_t t, size_t b);

#endif
