// layer_norm.c: layer normalisation, forward and backward side by side.
#include "kernels/layer_norm.h"

#include "kernels/elementwise.h"

// sum += x
VEC_INLINE void add_element_at(vec *sum, const real *x, size_t j, size_t lanes) {
  *sum = vec_add(*sum, vec_load_part(x + j, lanes));
}

// x = x - mean,  squares += (x - mean)^2
VEC_INLINE void centre_at(vec *squares, real *x, vec mean, size_t j, size_t lanes) {
  vec_store_part(x + j, vec_sub(vec_load_part(x + j, lanes), mean), lanes);
  const vec centred = vec_load_part(x + j, lanes);  // read again: 0 in lanes past the end
  *squares = vec_madd(*squares, centred, centred);
}

// normal = x * inverse,  y += weight * normal. x holds x - mean and becomes normal.
VEC_INLINE void add_normal_at(real *y, real *x, const real *weight, vec inverse, size_t j, size_t lanes) {
  const vec normal = vec_mul(vec_load_part(x + j, lanes), inverse);
  const vec sum = vec_load_part(y + j, lanes);
  vec_store_part(x + j, normal, lanes);
  vec_store_part(y + j, vec_madd(sum, vec_load_part(weight + j, lanes), normal), lanes);
}

real layer_norm_add(real *y, real *x, const real *weight, size_t n) {
  vec sum = vec_splat(0), squares = vec_splat(0);
  VEC_FOR(n, add_element_at, &sum, x);
  const vec mean = vec_splat(vec_sum(sum) / (real)n);
  VEC_FOR(n, centre_at, &squares, x, mean);
  // In double only where the square of a float overflows, so that saved models predict as they did, to the last bit.
  const double in_floats = (double)vec_sum(squares), total = isfinite(in_floats) ? in_floats : sum_of_squares(x, n);
  const real inverse = (real)(1 / sqrt(total / (double)n + LAYER_NORM_EPSILON));
  const vec inverses = vec_splat(inverse);
  VEC_FOR(n, add_normal_at, y, x, weight, inverses);
  return inverse;
}

// dnormal = dy * weight,  dweight += dy * normal; and what the means are taken of:
// sum += dnormal,  products += dnormal * normal
VEC_INLINE void means_at(vec *sum, vec *products, real *dweight, const real *normal, const real *dy, const real *weight,
                         size_t j, size_t lanes) {
  const vec n = vec_load_part(normal + j, lanes), d = vec_load_part(dy + j, lanes);
  const vec dnormal = vec_mul(d, vec_load_part(weight + j, lanes));
  const vec dweight_so_far = vec_load_part(dweight + j, lanes);
  *sum = vec_add(*sum, dnormal);
  *products = vec_madd(*products, dnormal, n);
  vec_store_part(dweight + j, vec_madd(dweight_so_far, d, n), lanes);
}

// dx = (dnormal - mean - normal * slope) * inverse. dx may be normal or dy.
VEC_INLINE void normal_backward_at(real *dx, const real *normal, const real *dy, const real *weight, vec mean,
                                   vec minus_slope, vec inverse, size_t j, size_t lanes) {
  const vec dnormal = vec_mul(vec_load_part(dy + j, lanes), vec_load_part(weight + j, lanes));
  const vec centred = vec_sub(dnormal, mean);
  const vec turned = vec_madd(centred, minus_slope, vec_load_part(normal + j, lanes));
  vec_store_part(dx + j, vec_flush(vec_mul(inverse, turned)), lanes);
}

void layer_norm_backward(real *normal, real *dweight, const real *dy, const real *weight, real inverse, size_t n) {
  vec sum = vec_splat(0), products = vec_splat(0);
  VEC_FOR(n, means_at, &sum, &products, dweight, normal, dy, weight);
  const vec mean = vec_splat(vec_sum(sum) / (real)n), minus_slope = vec_splat(-vec_sum(products) / (real)n);
  const vec inverses = vec_splat(inverse);
  VEC_FOR(n, normal_backward_at, normal, normal, dy, weight, mean, minus_slope, inverses);
}

// ---------------------------------------------------------------- in fewer passes

// Sums of d = x - pivot and of its squares.
typedef struct {
  vec d, squares;
} ShiftedSums;

VEC_INLINE void add_shifted_at(ShiftedSums *sums, const real *x, vec pivot, size_t j) {
  const vec d = vec_sub(vec_load(x + j), pivot);
  sums->d = vec_add(sums->d, d);
  sums->squares = vec_madd(sums->squares, d, d);
}

// The last numbers, fewer than a vec: in lanes past the end d is 0.
static void add_shifted_rest(ShiftedSums *sums, const real *x, size_t n, real pivot) {
  real lanes[VEC_LANES];
  for (size_t i = 0; i < VEC_LANES; i++) lanes[i] = i < n ? x[i] : pivot;
  add_shifted_at(sums, lanes, vec_splat(pivot), 0);
}

typedef struct {
  double mean, variance;
} Moments;

// In double: of numbers whose squares no float holds.
VEC_SMALL Moments moments_in_double(const real *x, size_t n) {
  Moments m = {0};
  for (size_t i = 0; i < n; i++) m.mean += (double)x[i] / (double)n;
  for (size_t i = 0; i < n; i++) {
    const double d = (double)x[i] - m.mean;
    m.variance += d * d / (double)n;
  }
  return m;
}

// Every second vec is added to a sum of its own, so that no addition waits for the one before.
static Moments moments_of(const real *x, size_t n) {
  const real pivot = x[0];
  const vec pivots = vec_splat(pivot), zero = vec_splat(0);
  ShiftedSums even = {zero, zero}, odd = {zero, zero};
  size_t j = 0;
  for (; j + 2 * VEC_LANES <= n; j += 2 * VEC_LANES) {
    add_shifted_at(&even, x, pivots, j);
    add_shifted_at(&odd, x, pivots, j + VEC_LANES);
  }
  for (; j + VEC_LANES <= n; j += VEC_LANES) add_shifted_at(&even, x, pivots, j);
  if (j < n) add_shifted_rest(&odd, x + j, n - j, pivot);
  const double d = (double)vec_sum(vec_add(even.d, odd.d)) / (double)n;
  const double squares = (double)vec_sum(vec_add(even.squares, odd.squares)) / (double)n;
  if (!isfinite(squares)) return moments_in_double(x, n);
  return (Moments){(double)pivot + d, fmax(0, squares - d * d)};
}

// normal = (x - mean) * inverse,  y = base + weight * normal
VEC_INLINE void normal_onto_at(real *y, real *x, const real *base, const real *weight, vec mean, vec inverse, size_t j,
                               size_t lanes) {
  const vec normal = vec_mul(vec_sub(vec_load_part(x + j, lanes), mean), inverse);
  vec_store_part(x + j, normal, lanes);
  vec_store_part(y + j, vec_madd(vec_load_part(base + j, lanes), vec_load_part(weight + j, lanes), normal), lanes);
}

real layer_norm_onto(real *y, real *x, const real *base, const real *weight, size_t n) {
  const Moments m = moments_of(x, n);
  const real inverse = (real)(1 / sqrt(m.variance + LAYER_NORM_EPSILON));
  const vec mean = vec_splat((real)m.mean), inverses = vec_splat(inverse);
  VEC_FOR(n, normal_onto_at, y, x, base, weight, mean, inverses);
  return inverse;
}

void layer_norm_onto_backward(real *dx, real *dweight, const real *normal, const real *dy, const real *weight, real inverse,
                              size_t n) {
  const vec zero = vec_splat(0);
  vec sum = zero, products = zero, odd_sum = zero, odd_products = zero;
  size_t j = 0;
  for (; j + 2 * VEC_LANES <= n; j += 2 * VEC_LANES) {
    means_at(&sum, &products, dweight, normal, dy, weight, j, VEC_LANES);
    means_at(&odd_sum, &odd_products, dweight, normal, dy, weight, j + VEC_LANES, VEC_LANES);
  }
  VEC_FOR(n - j, means_at, &sum, &products, dweight + j, normal + j, dy + j, weight + j);
  sum = vec_add(sum, odd_sum);
  products = vec_add(products, odd_products);
  const vec mean = vec_splat(vec_sum(sum) / (real)n), minus_slope = vec_splat(-vec_sum(products) / (real)n);
  const vec inverses = vec_splat(inverse);
  VEC_FOR(n, normal_backward_at, dx, normal, dy, weight, mean, minus_slope, inverses);
}
