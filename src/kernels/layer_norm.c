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

// dx = (dnormal - mean - normal * slope) * inverse. normal becomes dx.
VEC_INLINE void normal_backward_at(real *normal, const real *dy, const real *weight, vec mean, vec minus_slope,
                                   vec inverse, size_t j, size_t lanes) {
  const vec dnormal = vec_mul(vec_load_part(dy + j, lanes), vec_load_part(weight + j, lanes));
  const vec centred = vec_sub(dnormal, mean);
  const vec dx = vec_madd(centred, minus_slope, vec_load_part(normal + j, lanes));
  vec_store_part(normal + j, vec_flush(vec_mul(inverse, dx)), lanes);
}

void layer_norm_backward(real *normal, real *dweight, const real *dy, const real *weight, real inverse, size_t n) {
  vec sum = vec_splat(0), products = vec_splat(0);
  VEC_FOR(n, means_at, &sum, &products, dweight, normal, dy, weight);
  const vec mean = vec_splat(vec_sum(sum) / (real)n), minus_slope = vec_splat(-vec_sum(products) / (real)n);
  const vec inverses = vec_splat(inverse);
  VEC_FOR(n, normal_backward_at, normal, dy, weight, mean, minus_slope, inverses);
}
