// layer_norm.c: layer normalisation, forward and backward side by side.
#include "kernels/layer_norm.h"

#include "kernels/elementwise.h"

real normalise(real *x, size_t n) {
  vec sum = vec_splat(0);
#define SUM_BODY(at, lanes) sum = vec_add(sum, vec_load_part(x + (at), lanes))
  VEC_FOR(n, SUM_BODY);
  const vec mean = vec_splat(vec_sum(sum) / (real)n);
#define CENTRE_BODY(at, lanes) vec_store_part(x + (at), vec_sub(vec_load_part(x + (at), lanes), mean), lanes)
  VEC_FOR(n, CENTRE_BODY);
  const real inverse = (real)(1 / sqrt(sum_of_squares(x, n) / (double)n + LAYER_NORM_EPSILON));
  multiply(x, inverse, n);
  return inverse;
}

void normalise_backward(real *normal, const real *dy, const real *weight, real inverse, size_t n) {
  vec sum = vec_splat(0), products = vec_splat(0);
#define MEANS_BODY(at, lanes)                                                                          \
  do {                                                                                                 \
    const vec dnormal = vec_mul(vec_load_part(dy + (at), lanes), vec_load_part(weight + (at), lanes)); \
    sum = vec_add(sum, dnormal);                                                                       \
    products = vec_madd(products, dnormal, vec_load_part(normal + (at), lanes));                       \
  } while (0)
  VEC_FOR(n, MEANS_BODY);
  const vec mean = vec_splat(vec_sum(sum) / (real)n), minus_slope = vec_splat(-vec_sum(products) / (real)n);
  const vec scale = vec_splat(inverse);
#define BACKWARD_BODY(at, lanes)                                                                       \
  do {                                                                                                 \
    const vec dnormal = vec_mul(vec_load_part(dy + (at), lanes), vec_load_part(weight + (at), lanes)); \
    const vec centred = vec_sub(dnormal, mean);                                                        \
    const vec dx = vec_madd(centred, minus_slope, vec_load_part(normal + (at), lanes));                \
    vec_store_part(normal + (at), vec_flush(vec_mul(scale, dx)), lanes);                               \
  } while (0)
  VEC_FOR(n, BACKWARD_BODY);
}

#define PRODUCTS_BODY(at, lanes)                                                                      \
  vec_store_part(y + (at),                                                                            \
                 vec_madd(vec_load_part(y + (at), lanes), vec_load_part(a + (at), lanes),             \
                          vec_load_part(b + (at), lanes)),                                            \
                 lanes)
void add_products(real *y, const real *a, const real *b, size_t n) { VEC_FOR(n, PRODUCTS_BODY); }
