// lstm_projection.c: projection (Sak, Senior & Beaufays 2014): h = W_hr m, of length P. Without it h is m.
//
//   dm = W_hr^T dh        dW_hr = sum over steps and batch of dh m^T
#include "cells/lstm_variants.h"
#include "kernels/elementwise.h"

VEC_INLINE void flush_at(real *h, size_t j, size_t lanes) {
  vec_store_part(h + j, vec_flush(vec_load_part(h + j, lanes)), lanes);
}

// h = W_hr m
void lstm_projection(const LstmCell *cell, const LstmStep *step) {
  const size_t H = cell->s.H, P = cell->s.P, B = step->batch;
  if (!step->tape.m) return;
  fill_zero(step->h, B * P);
  cell->multiply((RowsOut){step->h, P}, MATMUL_ADD, cell, LSTM_HR, (Rows){step->tape.m, H}, B);
  VEC_FOR(B * P, flush_at, step->h);
}

// dm = W_hr^T dh
void lstm_projection_backward(const LstmCell *cell, const LstmStep *step) {
  const size_t H = cell->s.H, P = cell->s.P, B = step->batch;
  real *dm = step->tape.dm;
  if (!dm) return;
  fill_zero(dm, B * H);
  lstm_product_backward((RowsOut){dm, H}, MATMUL_ADD, cell, LSTM_HR, (Rows){step->dh, P}, B);
}

void lstm_projection_gradient(const LstmCell *cell, const LstmTape *tape, const CellWindow *w) {
  const Rows dh = {w->dh, cell->s.P}, m = {tape->m, cell->s.H};
  window_gradient(w, &cell->products[LSTM_HR], dh, m, cell->scratch);
}
