// lstm_norm_products.c: layer normalisation of the two products, and not of c:
//
//   z = b + g_ih * N(W_ih x) + g_hh * N(W_hh u)        N over the rows of all gates (kernels/layer_norm.h)
//
// Of tokens W_ih x is a column of W_ih, and the first two terms a row for each token: where the alphabet is smaller than a
// window's rows, they are made once for each of its tokens. N is linear in what comes back, for a fixed token: the dz of a
// token are added up before they go back through N, those of each leaf by themselves, so that gradients are the same
// however the batch is cut into parts (kernels/leaves.h).
#include "cells/lstm_variants.h"
#include "cells/window.h"
#include "kernels/elementwise.h"
#include "kernels/layer_norm.h"

// The first two terms, of n rows of W_ih x that lie in normal_ih. sums (n, R).
static void norm_input_sums(real *sums, const LstmCell *cell, const LstmTape *tape, const real *bias, size_t n) {
  const size_t R = cell->s.rows;
  for (size_t row = 0; row < n; row++) {
    tape->inverse_ih[row] = layer_norm_onto(sums + row * R, tape->normal_ih + row * R, bias, cell->p[LSTM_NORM_IH_WEIGHT], R);
  }
}

void lstm_norm_products_input(LstmCell *cell, const LstmTape *tape, const CellWindow *w, const real *bias) {
  const size_t D = w->config.input_size;
  if (tape->of_tokens) {
    copy(tape->normal_ih, cell->p[LSTM_WEIGHT_IH], D * cell->s.rows);
    norm_input_sums(tape->of_tokens, cell, tape, bias, D);
  } else {
    window_input_sums(tape->normal_ih, w, &cell->products[LSTM_IH], NULL, cell->scratch);
    norm_input_sums(tape->gates, cell, tape, bias, w->window * w->batch);
  }
}

void lstm_norm_products_input_of_step(const LstmCell *cell, const LstmTape *tape) {
  norm_input_sums(tape->gates, cell, tape, tape->gates, 1);
}

// z of a step, from W_hh u in normal_hh.
void lstm_norm_products_hidden(const LstmCell *cell, const LstmStep *step) {
  const LstmTape *tape = &step->tape;
  const size_t R = cell->s.rows;
  for (size_t b = 0; b < step->batch; b++) {
    real *z = tape->gates + b * R;
    const real *from_x = tape->of_tokens ? tape->of_tokens + (size_t)step->tokens[b] * R : z;
    tape->inverse_hh[b] = layer_norm_onto(z, tape->normal_hh + b * R, from_x, cell->p[LSTM_NORM_HH_WEIGHT], R);
  }
}

// normal_hh becomes da_hh.
void lstm_norm_products_hidden_backward(const LstmCell *cell, const LstmStep *step) {
  const LstmTape *tape = &step->tape;
  const size_t R = cell->s.rows;
  for (size_t b = 0; b < step->batch; b++) {
    real *normal = tape->normal_hh + b * R, *dgain = tape->dgain_hh + leaf_of(step->leaves, b) * R;
    layer_norm_onto_backward(normal, dgain, normal, tape->gates + b * R, cell->p[LSTM_NORM_HH_WEIGHT], tape->inverse_hh[b],
                             R);
  }
}

// dW_ih, db and dg_ih: dz become their sums over the tokens of a leaf, and these da_ih.
static void token_gradients(LstmCell *cell, const LstmTape *tape, const CellWindow *w) {
  const size_t R = cell->s.rows, N = w->window * w->batch, D = w->config.input_size;
  const Leaves *leaves = w->leaves;
  int32_t *firsts = leaves->next_row;
  leaves_gather_tokens(firsts, (RowsOut){tape->gates, R}, leaves, w->tokens, D, w->window, R);
  for (size_t row = 0; row < N; row++) {
    if (firsts[row] < 0) continue;
    const size_t leaf = leaf_of(leaves, row % w->batch), made = tape->of_tokens ? (size_t)firsts[row] : row;
    real *dz = tape->gates + row * R;
    add(tape->dbias + leaf * R, dz, R);
    layer_norm_onto_backward(dz, tape->dgain_ih + leaf * R, tape->normal_ih + made * R, dz, cell->p[LSTM_NORM_IH_WEIGHT],
                             tape->inverse_ih[made], R);
  }
  window_bias_sums(w, LSTM_BIAS_IH, LSTM_BIAS_HH, tape->dbias, R);
  leaves_sum_tokens(cell->dp[LSTM_WEIGHT_IH], leaves, firsts, D, (Rows){tape->gates, R}, w->window, R);
}

// The same of vectors, and dx. normal_ih becomes da_ih.
static void vector_gradients(LstmCell *cell, const LstmTape *tape, const CellWindow *w) {
  const size_t R = cell->s.rows, N = w->window * w->batch;
  for (size_t row = 0; row < N; row++) {
    real *normal = tape->normal_ih + row * R, *dgain = tape->dgain_ih + leaf_of(w->leaves, row % w->batch) * R;
    layer_norm_onto_backward(normal, dgain, normal, tape->gates + row * R, cell->p[LSTM_NORM_IH_WEIGHT],
                             tape->inverse_ih[row], R);
  }
  window_bias_gradients(w, LSTM_BIAS_IH, LSTM_BIAS_HH, (Rows){tape->gates, R}, R);
  window_input_gradients(w, &cell->products[LSTM_IH], tape->normal_ih, cell->scratch);
}

void lstm_norm_products_start(const LstmCell *cell, const LstmTape *tape, size_t batch) {
  if (tape->dgain_ih) fill_zero(tape->dgain_ih, LSTM_LEAF_SUMS * lstm_leaf_rows(batch) * cell->s.rows);
}

void lstm_norm_products_input_backward(LstmCell *cell, const LstmTape *tape, const CellWindow *w) {
  if (w->config.tokens) {
    token_gradients(cell, tape, w);
  } else {
    vector_gradients(cell, tape, w);
  }
  leaves_sum_up(cell->dp[LSTM_NORM_IH_WEIGHT], w->leaves, tape->dgain_ih, cell->s.rows);
  leaves_sum_up(cell->dp[LSTM_NORM_HH_WEIGHT], w->leaves, tape->dgain_hh, cell->s.rows);
}
