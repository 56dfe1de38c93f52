// layer_norm.c: layer normalisation, forward and backward side by side.
#include "kernels/layer_norm.h"

real layer_norm_add(real *y, real *x, const real *weight, size_t n) {
  vec sum = vec_splat(0), squares = vec_splat(0);
#define SUM_BODY(at, lanes) sum = vec_add(sum, vec_load_part(x + (at), lanes))
  VEC_FOR(n, SUM_BODY);
  const vec mean = vec_splat(vec_sum(sum) / (real)n);
#define SQUARES_BODY(at, lanes)                                                                        \
  do {                                                                                                 \
    vec_store_part(x + (at), vec_sub(vec_load_part(x + (at), lanes), mean), lanes);                    \
    const vec centred = vec_load_part(x + (at), lanes); /* 0 in lanes past the end */                  \
    squares = vec_madd(squares, centred, centred);                                                     \
  } while (0)
  VEC_FOR(n, SQUARES_BODY);
  const real inverse = (real)(1 / sqrt((double)vec_sum(squares) / (double)n + LAYER_NORM_EPSILON));
  const vec scale = vec_splat(inverse);
#define ADD_BODY(at, lanes)                                                                            \
  do {                                                                                                 \
    const vec normal = vec_mul(vec_load_part(x + (at), lanes), scale);                                 \
    const vec sums = vec_load_part(y + (at), lanes);                                                   \
    vec_store_part(x + (at), normal, lanes);                                                           \
    vec_store_part(y + (at), vec_madd(sums, vec_load_part(weight + (at), lanes), normal), lanes);      \
  } while (0)
  VEC_FOR(n, ADD_BODY);
  return inverse;
}

void layer_norm_backward(real *normal, real *dweight, const real *dy, const real *weight, real inverse, size_t n) {
  vec sum = vec_splat(0), products = vec_splat(0);
#define MEANS_BODY(at, lanes)                                                                          \
  do {                                                                                                 \
    const vec part = vec_load_part(normal + (at), lanes), d = vec_load_part(dy + (at), lanes);         \
    const vec dnormal = vec_mul(d, vec_load_part(weight + (at), lanes));                               \
    const vec sum_so_far = vec_load_part(dweight + (at), lanes);                                       \
    sum = vec_add(sum, dnormal);                                                                       \
    products = vec_madd(products, dnormal, part);                                                      \
    vec_store_part(dweight + (at), vec_madd(sum_so_far, d, part), lanes);                              \
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
