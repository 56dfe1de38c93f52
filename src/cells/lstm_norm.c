// lstm_norm.c: layer normalisation (kernels/layer_norm.h): of the sums W_ih x and W_hh h over the rows of all gates at
// once, and of c before tanh.
//
//   z = b + LN(W_ih x; w_ih, 0) + LN(W_hh h_prev; w_hh, 0)        m = o * tanh(LN(c; w_c, b_c))
#include "kernels/layer_norm.h"

#include "cells/lstm_variants.h"
#include "kernels/elementwise.h"

// z (N, R) += LN(sums; weight, 0). The sums (N, R) become normal; inverses (N).
void lstm_norm_sums(real *z, real *sums, real *inverses, const LstmCell *cell, int weight, size_t n) {
  const size_t R = cell->s.rows;
  for (size_t row = 0; row < n; row++) {
    inverses[row] = layer_norm_add(z + row * R, sums + row * R, cell->p[weight], R);
  }
}

// The gradient of a weight or of the bias, (R) or (H), of sequence b.
static real *norm_gradient(const LstmCell *cell, const LstmTape *tape, int place, size_t b) {
  const size_t R = cell->s.rows, H = cell->s.H;
  const size_t before = place == LSTM_NORM_IH_WEIGHT ? 0 : place == LSTM_NORM_HH_WEIGHT ? R : 2 * R;
  return tape->dnorms + b * 2 * (R + H) + before + (place == LSTM_NORM_C_BIAS ? H : 0);
}

// The sums (steps, B, R), normal by now, become their gradients. Adds to the gradient of the weight.
void lstm_norm_sums_backward(const LstmCell *cell, const LstmTape *tape, const real *dz, real *sums, const real *inverses,
                             int weight, size_t steps, size_t batch) {
  const size_t R = cell->s.rows;
  for (size_t row = 0; row < steps * batch; row++) {
    real *dweight = norm_gradient(cell, tape, weight, row % batch);
    layer_norm_backward(sums + row * R, dweight, dz + row * R, cell->p[weight], inverses[row], R);
  }
}

// a = LN(c; w_c, b_c). Only called with layer normalisation, as its backward.
void lstm_norm_c(const LstmCell *cell, const LstmStep *step) {
  const size_t H = cell->s.H, C = lstm_c_size(&cell->s);
  const LstmTape *tape = &step->tape;
  for (size_t b = 0; b < step->batch; b++) {
    real *a = tape->a + b * H, *normal = tape->normal_c + b * H;
    if (lstm_is_over(step, b)) continue;
    copy(normal, step->c + b * C, H);
    copy(a, cell->p[LSTM_NORM_C_BIAS], H);
    tape->inverse_c[b] = layer_norm_add(a, normal, cell->p[LSTM_NORM_C_WEIGHT], H);
  }
}

// dc += what goes back through LN(c), whose gradient a holds by now.
void lstm_norm_c_backward(const LstmCell *cell, const LstmStep *step) {
  const size_t H = cell->s.H, C = lstm_c_size(&cell->s);
  const LstmTape *tape = &step->tape;
  real *const *p = cell->p;
  for (size_t b = 0; b < step->batch; b++) {
    const real *da = tape->a + b * H;
    real *normal = tape->normal_c + b * H;
    if (lstm_is_over(step, b)) continue;
    add(norm_gradient(cell, tape, LSTM_NORM_C_BIAS, b), da, H);
    layer_norm_backward(normal, norm_gradient(cell, tape, LSTM_NORM_C_WEIGHT, b), da, p[LSTM_NORM_C_WEIGHT],
                        tape->inverse_c[b], H);
    add(step->dc + b * C, normal, H);
  }
}

// The gradients of weights and bias are added up row by row, for each sequence.
void lstm_norm_start_gradients(const LstmCell *cell, const LstmTape *tape, size_t batch) {
  if (tape->dnorms) fill_zero(tape->dnorms, batch * 2 * (cell->s.rows + cell->s.H));
}

void lstm_norm_gradients(const LstmCell *cell, const LstmTape *tape, const CellWindow *w) {
  if (!tape->dnorms) return;
  for (int place = LSTM_NORM_IH_WEIGHT; place <= LSTM_NORM_C_BIAS; place++) {
    const LeafTerms terms = {.x = {norm_gradient(cell, tape, place, 0), 2 * (cell->s.rows + cell->s.H)}};
    leaves_sum(cell->dp[place], w->leaves, terms, 1, place <= LSTM_NORM_HH_WEIGHT ? cell->s.rows : cell->s.H);
  }
}
