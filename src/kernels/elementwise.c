// elementwise.c: sums, norms and copies over flat arrays.
#include "kernels/elementwise.h"

#include <string.h>

void fill_zero(real *y, size_t n) { memset(y, 0, n * sizeof(real)); }

void copy(real *y, const real *x, size_t n) { memcpy(y, x, n * sizeof(real)); }

void add(real *y, const real *x, size_t n) { add_to(y, y, x, n); }

// y = a + b
VEC_INLINE void add_at(real *y, const real *a, const real *b, size_t j, size_t lanes) {
  vec_store_part(y + j, vec_add(vec_load_part(a + j, lanes), vec_load_part(b + j, lanes)), lanes);
}
void add_to(real *y, const real *a, const real *b, size_t n) { VEC_FOR(n, add_at, y, a, b); }

// y = a * b
VEC_INLINE void multiply_at(real *y, const real *a, const real *b, size_t j, size_t lanes) {
  vec_store_part(y + j, vec_mul(vec_load_part(a + j, lanes), vec_load_part(b + j, lanes)), lanes);
}
void multiply_to(real *y, const real *a, const real *b, size_t n) { VEC_FOR(n, multiply_at, y, a, b); }

// y += a * b
VEC_INLINE void add_multiplied_at(real *y, const real *a, const real *b, size_t j, size_t lanes) {
  const vec sum = vec_load_part(y + j, lanes);
  vec_store_part(y + j, vec_madd(sum, vec_load_part(a + j, lanes), vec_load_part(b + j, lanes)), lanes);
}
void add_multiplied(real *y, const real *a, const real *b, size_t n) { VEC_FOR(n, add_multiplied_at, y, a, b); }

// y = factor y
VEC_INLINE void scale_at(real *y, vec factor, size_t j, size_t lanes) {
  vec_store_part(y + j, vec_mul(factor, vec_load_part(y + j, lanes)), lanes);
}
void multiply(real *y, real factor, size_t n) {
  const vec factors = vec_splat(factor);
  VEC_FOR(n, scale_at, y, factors);
}

void fill_rows(real *y, const real *bias, size_t rows, size_t n) {
  for (size_t row = 0; row < rows; row++) copy(y + row * n, bias, n);
}

void sum_rows(real *y, const real *x, size_t rows, size_t n) {
  fill_zero(y, n);
  for (size_t row = 0; row < rows; row++) add(y, x + row * n, n);
}

// sum += x^2
VEC_INLINE void add_square_at(wide *sum, const real *x, size_t j, size_t lanes) {
  *sum = wide_add_square(*sum, vec_load_part(x + j, lanes));
}

double sum_of_squares(const real *x, size_t n) {
  wide sum = wide_zero();
  VEC_FOR(n, add_square_at, &sum, x);
  return wide_sum(sum);
}

// x - x is 0 for a number, else NaN.
VEC_SMALL bool are_finite(const real *x, size_t n) {
  vec sums = vec_splat(0);
  size_t j = 0;
  for (; j + VEC_LANES <= n; j += VEC_LANES) sums = vec_add(sums, vec_sub(vec_load(x + j), vec_load(x + j)));
  real sum = vec_sum(sums);
  for (; j < n; j++) sum += x[j] - x[j];
  return sum == 0;
}

double squared_error(real *y, const real *targets, double scale, size_t n) {
  double loss = 0;
  for (size_t i = 0; i < n; i++) {
    const double difference = (double)y[i] - (double)targets[i];
    loss += difference * difference;
    y[i] = (real)(2 * scale * difference);
  }
  return loss;
}
