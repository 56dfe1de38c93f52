// optimizer.c: updates in one pass over flat arrays.
#include "training/optimizer.h"

#include "kernels/elementwise.h"
#include "kernels/sizes.h"

void optimizer_reset(Optimizer *optimizer, size_t n) {
  fill_zero(optimizer->m, n);
  fill_zero(optimizer->v, n);
  optimizer->steps = 0;
  optimizer->beta1_power = optimizer->beta2_power = 1;
}

void optimizer_copy(Optimizer *to, const Optimizer *from, size_t n) {
  copy(to->m, from->m, n);
  copy(to->v, from->v, n);
  to->steps = from->steps;
  to->beta1_power = from->beta1_power;
  to->beta2_power = from->beta2_power;
}

// What an update is made of.
typedef struct {
  vec scale, decay;         // g = scale * gradient + decay * value
  vec keep_m, take_m;       // m = keep_m m + take_m * (g or u)
  vec keep_v, take_v;       // v = keep_v v + take_v g^2
  vec correction, epsilon;  // size = correction sqrt(v) + epsilon
  vec shrink, step;         // value = value + shrink * value + step * direction
  bool has_m, has_v, nesterov;
} Factors;

// The moment of the gradient by its size: direction = m / size.
VEC_INLINE void adam_at(real *values, real *all_m, real *all_v, const real *gradients, const Factors *f, size_t j,
                        size_t lanes) {
  const vec old = vec_load_part(values + j, lanes);
  const vec old_m = vec_load_part(all_m + j, lanes), old_v = vec_load_part(all_v + j, lanes);
  // g = scale * gradient + decay * value
  const vec g = vec_madd(vec_mul(f->scale, vec_load_part(gradients + j, lanes)), f->decay, old);
  // m = take_m g + keep_m m
  const vec m = vec_flush(vec_madd(vec_mul(f->take_m, g), f->keep_m, old_m));
  // v = take_v g^2 + keep_v v
  const vec v = vec_flush(vec_madd(vec_mul(f->take_v, vec_mul(g, g)), f->keep_v, old_v));
  // size = epsilon + sqrt(v) * correction
  const vec size = vec_madd(f->epsilon, vec_sqrt(v), f->correction);
  // value = value + shrink * value + step * m / size
  const vec value = vec_madd(vec_madd(old, f->shrink, old), f->step, vec_div(m, size));
  vec_store_part(all_m + j, m, lanes);
  vec_store_part(all_v + j, v, lanes);
  vec_store_part(values + j, value, lanes);
}

// The gradient by its size, and the moment of that: u = g / size; direction = u, or m, or of Nesterov u + beta1 m.
VEC_INLINE void others_at(real *values, real *all_m, real *all_v, const real *gradients, const Factors *f, size_t j,
                          size_t lanes) {
  const vec old = vec_load_part(values + j, lanes);
  // g = scale * gradient + decay * value
  const vec g = vec_madd(vec_mul(f->scale, vec_load_part(gradients + j, lanes)), f->decay, old);
  vec direction = g;
  if (f->has_v) {
    // v = take_v g^2 + keep_v v
    const vec old_v = vec_load_part(all_v + j, lanes);
    const vec v = vec_flush(vec_madd(vec_mul(f->take_v, vec_mul(g, g)), f->keep_v, old_v));
    vec_store_part(all_v + j, v, lanes);
    // u = g / (epsilon + sqrt(v) * correction)
    direction = vec_div(g, vec_madd(f->epsilon, vec_sqrt(v), f->correction));
  }
  if (f->has_m) {
    // m = take_m u + keep_m m
    const vec old_m = vec_load_part(all_m + j, lanes), u = direction;
    const vec m = vec_flush(vec_madd(vec_mul(f->take_m, u), f->keep_m, old_m));
    vec_store_part(all_m + j, m, lanes);
    direction = f->nesterov ? vec_madd(u, f->keep_m, m) : m;
  }
  // value = value + step * direction
  vec_store_part(values + j, vec_madd(old, f->step, direction), lanes);
}

// Those of the next update, which is counted.
static Factors factors_of(Optimizer *optimizer, real scale, const OptimizerOptions *options) {
  const OptimizerKind kind = options->kind;
  const double beta1 = options->beta1, beta2 = options->beta2;
  double rate = options->learning_rate, decay = options->weight_decay, shrink = 0;
  double take_m = 1, keep_v = beta2, take_v = 1 - beta2, correction = 1;
  optimizer->steps += 1;
  if (kind == OPTIMIZER_ADAMW) {
    shrink = -rate * decay;
    decay = 0;
  }
  if (kind <= OPTIMIZER_ADAMW) {
    optimizer->beta1_power *= beta1;
    optimizer->beta2_power *= beta2;
    rate /= 1 - optimizer->beta1_power;
    correction = 1 / sqrt(1 - optimizer->beta2_power);
    take_m = 1 - beta1;
  } else if (kind == OPTIMIZER_SGD && optimizer->steps > 1) {
    take_m = 1 - options->dampening;
  } else if (kind == OPTIMIZER_ADAGRAD) {
    keep_v = take_v = 1;
    rate /= 1 + (optimizer->steps - 1) * options->rate_decay;
  }
  return (Factors){
      .scale = vec_splat(scale),
      .decay = vec_splat((real)decay),
      .keep_m = vec_splat((real)beta1),
      .take_m = vec_splat((real)take_m),
      .keep_v = vec_splat((real)keep_v),
      .take_v = vec_splat((real)take_v),
      .correction = vec_splat((real)correction),
      .epsilon = vec_splat((real)options->epsilon),
      .shrink = vec_splat((real)shrink),
      .step = vec_splat((real)-rate),
      .has_m = beta1 > 0,
      .has_v = kind != OPTIMIZER_SGD,
      .nesterov = options->nesterov,
  };
}

static __attribute__((noinline)) void update(real *values, real *m, real *v, const real *gradients, OptimizerKind kind,
                                             const Factors *f, size_t n) {
  if (kind <= OPTIMIZER_ADAMW) {
    VEC_FOR(n, adam_at, values, m, v, gradients, f);
  } else {
    VEC_FOR(n, others_at, values, m, v, gradients, f);
  }
}

void optimizer_update(real *values, Optimizer *optimizer, const real *gradients, real scale,
                      const OptimizerOptions *options, size_t n) {
  const Factors f = factors_of(optimizer, scale, options);
  update(values, optimizer->m, optimizer->v, gradients, options->kind, &f, n);
}

bool optimizer_stays_finite(const real *values, const Optimizer *optimizer, const real *gradients, real scale,
                            const OptimizerOptions *options, size_t n) {
  enum { PART = 64 };
  Optimizer next = *optimizer;
  const Factors f = factors_of(&next, scale, options);
  for (size_t at = 0; at < n; at += PART) {
    real parts[3][PART];
    const real *from[3] = {values + at, optimizer->m + at, optimizer->v + at};
    const size_t part = smaller(PART, n - at);
    for (size_t k = 0; k < 3; k++) copy(parts[k], from[k], part);
    update(parts[0], parts[1], parts[2], gradients + at, options->kind, &f, part);
    for (size_t k = 0; k < 3; k++) {
      if (!are_finite(parts[k], part)) return false;
    }
  }
  return true;
}
