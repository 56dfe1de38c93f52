// adam.c: Adam in one pass over flat arrays.
#include "training/adam.h"

#include "kernels/elementwise.h"

void adam_reset(Adam *adam, size_t n) {
  fill_zero(adam->m, n);
  fill_zero(adam->v, n);
  adam->steps = 0;
  adam->beta1_power = adam->beta2_power = 1;
}

void adam_copy(Adam *to, const Adam *from, size_t n) {
  copy(to->m, from->m, n);
  copy(to->v, from->v, n);
  to->steps = from->steps;
  to->beta1_power = from->beta1_power;
  to->beta2_power = from->beta2_power;
}

void adam_update(real *values, Adam *adam, const real *gradients, real scale, const AdamOptions *options, size_t n) {
  adam->steps += 1;
  adam->beta1_power *= options->beta1;
  adam->beta2_power *= options->beta2;
  const vec g_scale = vec_splat(scale), epsilon = vec_splat((real)options->epsilon);
  const vec keep_m = vec_splat((real)options->beta1), take_m = vec_splat((real)(1 - options->beta1));
  const vec keep_v = vec_splat((real)options->beta2), take_v = vec_splat((real)(1 - options->beta2));
  const vec step = vec_splat((real)(-options->learning_rate / (1 - adam->beta1_power)));
  const vec correction = vec_splat((real)(1 / sqrt(1 - adam->beta2_power)));
  real *all_m = adam->m, *all_v = adam->v;
#define ADAM_BODY(at, lanes)                                                                          \
  do {                                                                                                \
    const vec g = vec_mul(g_scale, vec_load_part(gradients + (at), lanes));                           \
    const vec old_m = vec_load_part(all_m + (at), lanes), old_v = vec_load_part(all_v + (at), lanes); \
    const vec m = vec_flush(vec_madd(vec_mul(take_m, g), keep_m, old_m));                             \
    const vec v = vec_flush(vec_madd(vec_mul(take_v, vec_mul(g, g)), keep_v, old_v));                 \
    const vec size = vec_madd(epsilon, vec_sqrt(v), correction);                                      \
    const vec value = vec_madd(vec_load_part(values + (at), lanes), step, vec_div(m, size));          \
    vec_store_part(all_m + (at), m, lanes);                                                           \
    vec_store_part(all_v + (at), v, lanes);                                                           \
    vec_store_part(values + (at), value, lanes);                                                      \
  } while (0)
  VEC_FOR(n, ADAM_BODY);
}
