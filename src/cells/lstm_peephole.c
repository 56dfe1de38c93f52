// lstm_peephole.c: peepholes: what the cell state adds to the sums of the sigmoid gates.
//
//   diagonal  P_k(c) = w_ck * c       P_k^T dz = w_ck * dz       dw_ck = sum over steps and batch of dz * c
//   full      P_k(c) = W_ck c         P_k^T dz = W_ck^T dz       dW_ck = sum over steps and batch of dz c^T
//
// The early gates, i and f, are given c_prev; the late one, o, the new c.
#include "cells/lstm_variants.h"
#include "kernels/elementwise.h"

static bool is_diagonal(const LstmCell *cell) {
  return cell->s.options & CELL_PEEPHOLE_DIAGONAL && cell->p[LSTM_WEIGHT_CH] != NULL;
}

// z_k += w_ck * c, of some gates one after another: z and w (gates H), c (H).
static void add_diagonal(real *z, const real *w, const real *c, size_t gates, size_t H) {
  for (size_t k = 0; k < gates; k++) add_multiplied(z + k * H, w + k * H, c, H);
}

// dc += w_ck * dz_k
static void add_diagonal_backward(const real *dz, const real *w, real *dc, size_t gates, size_t H) {
  for (size_t k = 0; k < gates; k++) add_multiplied(dc, w + k * H, dz + k * H, H);
}

// z += P + R of n rows of a gate and those behind it, where the two were added up apart.
static void add_state_sums(const LstmCell *cell, const LstmStep *step, int gate, size_t n) {
  const RowsOut sums = lstm_state_sums(cell, step, gate), z = lstm_gate_rows(cell, step, gate);
  for (size_t b = 0; step->tape.from_state && b < step->batch; b++) {
    add(z.first + b * z.stride, sums.first + b * sums.stride, n);
  }
}

// z_i += P_i(c_prev),  z_f += P_f(c_prev)
void lstm_peephole_early(const LstmCell *cell, const LstmStep *step) {
  const LstmShape *s = &cell->s;
  const size_t H = s->H, C = lstm_c_size(s);
  cell->multiply(lstm_state_sums(cell, step, LSTM_I), MATMUL_ADD, cell, LSTM_CH_EARLY, (Rows){step->c_prev, C}, step->batch);
  add_state_sums(cell, step, LSTM_I, s->early);
  for (size_t b = 0; is_diagonal(cell) && b < step->batch; b++) {
    real *z = step->tape.gates + b * s->rows;
    if (!lstm_is_over(step, b)) add_diagonal(z, cell->p[LSTM_WEIGHT_CH], step->c_prev + b * C, s->early / H, H);
  }
}

// dc_prev += P_i^T dz_i + P_f^T dz_f
void lstm_peephole_early_backward(const LstmCell *cell, const LstmStep *step) {
  const LstmShape *s = &cell->s;
  const size_t H = s->H, C = lstm_c_size(s);
  for (size_t b = 0; is_diagonal(cell) && b < step->batch; b++) {
    const real *dz = step->tape.gates + b * s->rows;
    if (lstm_is_over(step, b)) continue;
    add_diagonal_backward(dz, cell->p[LSTM_WEIGHT_CH], step->dc + b * C, s->early / H, H);
  }
  lstm_product_backward((RowsOut){step->dc, C}, MATMUL_ADD, cell, LSTM_CH_EARLY, lstm_dz_rows(cell, step, LSTM_I), step->batch);
}

// z_o += P_o(c)
void lstm_peephole_late(const LstmCell *cell, const LstmStep *step) {
  const LstmShape *s = &cell->s;
  const size_t H = s->H, C = lstm_c_size(s);
  cell->multiply(lstm_state_sums(cell, step, LSTM_O), MATMUL_ADD, cell, LSTM_CH_LATE, (Rows){step->c, C}, step->batch);
  add_state_sums(cell, step, LSTM_O, s->late);
  for (size_t b = 0; is_diagonal(cell) && b < step->batch; b++) {
    real *z_o = lstm_gate(cell, step, LSTM_O, b);
    if (lstm_is_over(step, b)) continue;
    add_diagonal(z_o, cell->p[LSTM_WEIGHT_CH] + s->early, step->c + b * C, s->late / H, H);
  }
}

// dc += P_o^T dz_o
void lstm_peephole_late_backward(const LstmCell *cell, const LstmStep *step) {
  const LstmShape *s = &cell->s;
  const size_t H = s->H, C = lstm_c_size(s);
  for (size_t b = 0; is_diagonal(cell) && b < step->batch; b++) {
    const real *dz_o = lstm_gate(cell, step, LSTM_O, b);
    if (lstm_is_over(step, b)) continue;
    add_diagonal_backward(dz_o, cell->p[LSTM_WEIGHT_CH] + s->early, step->dc + b * C, s->late / H, H);
  }
  lstm_product_backward((RowsOut){step->dc, C}, MATMUL_ADD, cell, LSTM_CH_LATE, lstm_dz_rows(cell, step, LSTM_O), step->batch);
}

// dw_ck = sum over steps and batch of dz_k * c, of some gates one after another.
static void diagonal_gradients(real *dw, const CellWindow *w, Rows dz, Rows c, size_t gates, size_t H) {
  for (size_t k = 0; k < gates; k++) {
    const LeafTerms terms = {.x = {dz.first + k * H, dz.stride}, .times = c};
    leaves_sum(dw + k * H, w->leaves, terms, w->window, H);
  }
}

void lstm_peephole_gradients(const LstmCell *cell, const LstmTape *tape, const CellWindow *w) {
  const LstmShape *s = &cell->s;
  const size_t H = s->H, C = lstm_c_size(s), B = w->batch;
  const Rows dz_early = {tape->gates, s->rows}, dz_late = {tape->gates + s->first[LSTM_O], s->rows};
  const Rows c_prev = {w->c, C}, c = {w->c + B * C, C};
  if (is_diagonal(cell)) {
    diagonal_gradients(cell->dp[LSTM_WEIGHT_CH], w, dz_early, c_prev, s->early / H, H);
    diagonal_gradients(cell->dp[LSTM_WEIGHT_CH] + s->early, w, dz_late, c, s->late / H, H);
  }
  window_gradient(w, &cell->products[LSTM_CH_EARLY], dz_early, c_prev, cell->scratch);
  window_gradient(w, &cell->products[LSTM_CH_LATE], dz_late, c, cell->scratch);
}
