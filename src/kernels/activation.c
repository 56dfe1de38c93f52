// activation.c: the row and array forms of activation.h.
#include "kernels/activation.h"

#define EXP_BODY(at, lanes) vec_store_part(y + (at), vec_exp(vec_load_part(x + (at), lanes)), lanes)
void exp_all(real *y, const real *x, size_t n) { VEC_FOR(n, EXP_BODY); }

#define SIGMOID_BODY(at, lanes) vec_store_part(y + (at), vec_sigmoid(vec_load_part(x + (at), lanes)), lanes)
void sigmoid_all(real *y, const real *x, size_t n) { VEC_FOR(n, SIGMOID_BODY); }

#define TANH_BODY(at, lanes) vec_store_part(y + (at), vec_tanh(vec_load_part(x + (at), lanes)), lanes)
void tanh_all(real *y, const real *x, size_t n) { VEC_FOR(n, TANH_BODY); }

double softmax(real *p, const real *z, real scale, size_t n) {
  real largest = z[0];
  for (size_t k = 1; k < n; k++) largest = z[k] > largest ? z[k] : largest;
  for (size_t k = 0; k < n; k++) p[k] = (z[k] - largest) * scale;
  exp_all(p, p, n);
  real sum = 0;
  for (size_t k = 0; k < n; k++) sum += p[k];
  const real inverse = 1 / sum;
  for (size_t k = 0; k < n; k++) p[k] *= inverse;
  return (double)(scale * largest) + log((double)sum);
}

double softmax_cross_entropy(real *z, const int32_t *targets, size_t rows, size_t n) {
  const real mean = (real)1 / (real)rows;
  double loss = 0;
  for (size_t row = 0; row < rows; row++, z += n) {
    const size_t target = (size_t)targets[row];
    const double logit = (double)z[target];
    loss += softmax(z, z, 1, n) - logit;
    z[target] -= 1;
    for (size_t k = 0; k < n; k++) z[k] *= mean;
  }
  return loss;
}
