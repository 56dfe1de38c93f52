// lstm_multiplicative.c: h_prev is multiplied by a gate of x before W_hh is: the multiplicative LSTM of Krause, Murray,
// Renals & Lu 2016 with a diagonal in the place of W_mh, or a round of a Mogrifier (Melis, Kocisky & Blunsom 2020).
//
//   w = W_mx x                  u = h_prev * (1 + w)
//   dw = du * h_prev            dh_prev = du * (1 + w)          du = W_hh^T da_hh
//   dW_mx = sum over steps and batch of dw x^T                  dx += W_mx^T dw
//
// W_mx is 0 at first, and u is h_prev. Of tokens w is a column of W_mx. Where a mask is dropped on h_prev, that comes first.
#include "cells/lstm_variants.h"
#include "cells/window.h"
#include "kernels/elementwise.h"

VEC_INLINE bool is_multiplicative(const LstmCell *cell) { return cell->s.options & CELL_MULTIPLICATIVE_DIAGONAL; }

// w (P) of sequence b.
VEC_INLINE const real *gate_of(const LstmCell *cell, const LstmStep *step, size_t b) {
  const size_t P = cell->s.P;
  if (step->tape.from_x) return step->tape.from_x + b * P;
  return cell->p[LSTM_WEIGHT_MX] + (size_t)step->tokens[b] * P;
}

// W_mx x of all steps, where x are vectors.
void lstm_multiplicative_sums(LstmCell *cell, const LstmTape *tape, const CellWindow *w) {
  if (tape->from_x) window_input_sums(tape->from_x, w, &cell->products[LSTM_MX], NULL, cell->scratch);
}

// The same of one step of one sequence.
void lstm_multiplicative_sums_of_step(const LstmCell *cell, const LstmStep *step, const real *x, const CellConfig *config) {
  if (!step->tape.from_x) return;
  fill_zero(step->tape.from_x, cell->s.P);
  step_input_sums(step->tape.from_x, &cell->products[LSTM_MX], cell->p, cell->int8, x, 0, config);
}

VEC_INLINE void modulate_at(real *u, const real *h_prev, const real *w, size_t j, size_t lanes) {
  // u = h_prev + h_prev * w
  const vec h = vec_load_part(h_prev + j, lanes);
  vec_store_part(u + j, vec_madd(h, h, vec_load_part(w + j, lanes)), lanes);
}

// What W_hh is multiplied by, (B, P): u, or h_prev.
const real *lstm_modulated_h(const LstmCell *cell, const LstmStep *step) {
  if (!is_multiplicative(cell)) return step->h_prev;
  const size_t P = cell->s.P;
  for (size_t b = 0; b < step->batch; b++) {
    VEC_FOR(P, modulate_at, step->tape.u + b * P, step->h_prev + b * P, gate_of(cell, step, b));
  }
  return step->tape.u;
}

VEC_INLINE void modulate_backward_at(real *dw, real *dh_prev, const real *du, const real *h_prev, const real *w, size_t j,
                                     size_t lanes) {
  const vec du_j = vec_load_part(du + j, lanes);
  // dw = du * h_prev
  vec_store_part(dw + j, vec_flush(vec_mul(du_j, vec_load_part(h_prev + j, lanes))), lanes);
  if (!dh_prev) return;
  // dh_prev += du + du * w
  const vec dh = vec_madd(du_j, du_j, vec_load_part(w + j, lanes));
  vec_store_part(dh_prev + j, vec_add(vec_load_part(dh_prev + j, lanes), vec_flush(dh)), lanes);
}

// dw, and dh_prev where it is asked for, from da (B, R).
void lstm_modulated_h_backward(const LstmCell *cell, const LstmStep *step, Rows da) {
  const size_t P = cell->s.P, B = step->batch;
  if (!is_multiplicative(cell)) {
    if (step->dh_prev) lstm_product_backward((RowsOut){step->dh_prev, P}, MATMUL_ADD, cell, LSTM_HH, da, B);
    return;
  }
  real *du = step->tape.du;
  lstm_product_backward((RowsOut){du, P}, MATMUL_SET, cell, LSTM_HH, da, B);
  for (size_t b = 0; b < B; b++) {
    real *dh_prev = step->dh_prev ? step->dh_prev + b * P : NULL;
    VEC_FOR(P, modulate_backward_at, step->tape.dw + b * P, dh_prev, du + b * P, step->h_prev + b * P,
            gate_of(cell, step, b));
  }
}

// dW_mx, and what it adds to dx.
void lstm_multiplicative_gradients(LstmCell *cell, const LstmTape *tape, const CellWindow *w) {
  if (!is_multiplicative(cell)) return;
  const size_t P = cell->s.P, D = w->config.input_size;
  const Rows dw = {tape->dw, P};
  Product *product = &cell->products[LSTM_MX];
  if (w->config.tokens) {
    leaves_sum_tokens(cell->dp[LSTM_WEIGHT_MX], w->leaves, w->tokens, D, dw, w->window, P);
    return;
  }
  window_gradient(w, product, dw, (Rows){w->x, D}, cell->scratch);
  if (!w->dx) return;
  products_pack(product, 1, PRODUCT_BACKWARD, w->parameters, cell->scratch);
  product_backward((RowsOut){w->dx, D}, MATMUL_ADD, product, dw, cell->scratch, w->window * w->batch);
}
