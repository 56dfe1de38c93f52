// lstm_sums.c: what x and h_prev add to the sums of all gates.
//
//   z = b_ih + b_hh + W_ih x + W_hh h_prev        or LN(W_ih x) and LN(W_hh h_prev) of these (lstm_norm.c,
//                                                 lstm_norm_products.c), or u for h_prev (lstm_multiplicative.c)
//
//   dx = W_ih^T da_ih,  dh_prev = W_hh^T da_hh        da = dz, or what of it goes back through LN
//   dW_ih = sum over steps and batch of da_ih x^T,  dW_hh of da_hh h_prev^T,  db_ih = db_hh of dz
#include "cells/lstm_variants.h"
#include "cells/window.h"
#include "kernels/elementwise.h"

static bool norms_products(const LstmCell *cell) { return cell->s.options & CELL_LAYER_NORM_PRODUCTS; }

// z = b + W_ih x
void lstm_input_sums(LstmCell *cell, const LstmTape *tape, const CellWindow *w) {
  const size_t R = cell->s.rows, N = w->window * w->batch;
  real *bias = w->scratch;
  Product *input = &cell->products[LSTM_IH];
  start_sums(bias, cell->p[LSTM_BIAS_IH], cell->p[LSTM_BIAS_HH], R);
  if (norms_products(cell)) {
    lstm_norm_products_input(cell, tape, w, bias);
    return;
  }
  if (!tape->normal_ih) {
    window_input_sums(tape->gates, w, input, bias, cell->scratch);
    return;
  }
  window_input_sums(tape->normal_ih, w, input, NULL, cell->scratch);
  fill_rows(tape->gates, bias, N, R);
  lstm_norm_sums(tape->gates, tape->normal_ih, tape->inverse_ih, cell, LSTM_NORM_IH_WEIGHT, N);
}

// dW_ih, db and dx
void lstm_input_sums_backward(LstmCell *cell, const LstmTape *tape, const CellWindow *w) {
  const size_t R = cell->s.rows;
  const real *da = tape->gates;
  if (norms_products(cell)) {
    lstm_norm_products_input_backward(cell, tape, w);
    return;
  }
  if (tape->normal_ih) {
    lstm_norm_sums_backward(cell, tape, da, tape->normal_ih, tape->inverse_ih, LSTM_NORM_IH_WEIGHT, w->window, w->batch);
    da = tape->normal_ih;
  }
  window_bias_gradients(w, LSTM_BIAS_IH, LSTM_BIAS_HH, (Rows){tape->gates, R}, R);
  window_input_gradients(w, &cell->products[LSTM_IH], da, cell->scratch);
}

// The same as lstm_input_sums, for one step of one sequence.
void lstm_input_sums_of_step(const LstmCell *cell, const LstmStep *step, const real *x, size_t token,
                             const CellConfig *config) {
  const LstmTape *tape = &step->tape;
  const size_t R = cell->s.rows;
  const Product *input = &cell->products[LSTM_IH];
  start_sums(tape->gates, cell->p[LSTM_BIAS_IH], cell->p[LSTM_BIAS_HH], R);
  if (!tape->normal_ih) {
    step_input_sums(tape->gates, input, cell->p, cell->int8, x, token, config);
    return;
  }
  fill_zero(tape->normal_ih, R);
  step_input_sums(tape->normal_ih, input, cell->p, cell->int8, x, token, config);
  if (norms_products(cell)) {
    lstm_norm_products_input_of_step(cell, tape);
    return;
  }
  lstm_norm_sums(tape->gates, tape->normal_ih, tape->inverse_ih, cell, LSTM_NORM_IH_WEIGHT, 1);
}

// z += W_hh h_prev
void lstm_hidden_sums(const LstmCell *cell, const LstmStep *step) {
  const LstmTape *tape = &step->tape;
  const size_t R = cell->s.rows, B = step->batch;
  const Rows h_prev = {lstm_modulated_h(cell, step), cell->s.P};
  if (!tape->normal_hh) {
    cell->multiply((RowsOut){tape->gates, R}, MATMUL_ADD, cell, LSTM_HH, h_prev, B);
    return;
  }
  cell->multiply((RowsOut){tape->normal_hh, R}, MATMUL_SET, cell, LSTM_HH, h_prev, B);
  if (norms_products(cell)) {
    lstm_norm_products_hidden(cell, step);
  } else {
    lstm_norm_sums(tape->gates, tape->normal_hh, tape->inverse_hh, cell, LSTM_NORM_HH_WEIGHT, B);
  }
}

// dh_prev += W_hh^T da_hh
void lstm_hidden_sums_backward(const LstmCell *cell, const LstmStep *step) {
  const LstmTape *tape = &step->tape;
  const size_t R = cell->s.rows, B = step->batch;
  if (norms_products(cell)) {
    lstm_norm_products_hidden_backward(cell, step);
  } else if (tape->normal_hh) {
    lstm_norm_sums_backward(cell, tape, tape->gates, tape->normal_hh, tape->inverse_hh, LSTM_NORM_HH_WEIGHT, 1, B);
  }
  lstm_modulated_h_backward(cell, step, (Rows){tape->normal_hh ? tape->normal_hh : tape->gates, R});
}

// dW_hh
void lstm_hidden_gradient(const LstmCell *cell, const LstmTape *tape, const CellWindow *w) {
  const Rows da = {tape->normal_hh ? tape->normal_hh : tape->gates, cell->s.rows};
  const Rows h_prev = {tape->u ? tape->u : window_masked_h(w), cell->s.P};
  window_gradient(w, &cell->products[LSTM_HH], da, h_prev, cell->scratch);
}
