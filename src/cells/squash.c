// squash.c: tanh or relu, forward and backward.
#include "cells/squash.h"

#include "cells/clip.h"
#include "kernels/elementwise.h"

// h = tanh(z)
VEC_INLINE void squash_tanh_at(real *h, const real *z, size_t j, size_t lanes) {
  vec_store_part(h + j, vec_flush(vec_tanh(vec_load_part(z + j, lanes))), lanes);
}

// h = max(z, 0)
VEC_INLINE void squash_relu_at(real *h, const real *z, vec zero, size_t j, size_t lanes) {
  vec_store_part(h + j, vec_flush(vec_max(vec_load_part(z + j, lanes), zero)), lanes);
}

void squash(real *h, const real *z, size_t n, const CellConfig *config) {
  if (config->clip > 0) {
    clip_all(h, z, config->clip, n);
    z = h;
  }
  if (config->options & CELL_RELU) {
    const vec zero = vec_splat(0);
    VEC_FOR(n, squash_relu_at, h, z, zero);
  } else {
    VEC_FOR(n, squash_tanh_at, h, z);
  }
}

// dz = dh (1 - h^2)
VEC_INLINE void tanh_backward_at(real *dz, const real *dh, const real *h, size_t j, size_t lanes) {
  const vec slope = tanh_slope(vec_load_part(h + j, lanes), NULL);
  vec_store_part(dz + j, vec_flush(vec_mul(vec_load_part(dh + j, lanes), slope)), lanes);
}

void tanh_backward(real *dz, const real *dh, const real *h, size_t n) { VEC_FOR(n, tanh_backward_at, dz, dh, h); }

// dz = dh where h > 0, else 0
VEC_INLINE void relu_backward_at(real *dz, const real *dh, const real *h, vec zero, size_t j, size_t lanes) {
  const vec minus_h = vec_sub(zero, vec_load_part(h + j, lanes)), d = vec_flush(vec_load_part(dh + j, lanes));
  vec_store_part(dz + j, vec_select_negative(minus_h, d, zero), lanes);
}

// dz = 0 where h is not strictly between low and high
VEC_INLINE void stop_outside_at(real *dz, const real *h, vec low, vec high, size_t j, size_t lanes) {
  const vec within = slope_within(vec_load_part(dz + j, lanes), vec_load_part(h + j, lanes), low, high);
  vec_store_part(dz + j, within, lanes);
}

void squash_backward(real *dz, const real *dh, const real *h, size_t n, const CellConfig *config) {
  const vec zero = vec_splat(0);
  if (config->options & CELL_RELU) {
    VEC_FOR(n, relu_backward_at, dz, dh, h, zero);
    if (config->clip > 0) {
      const vec high = vec_splat(config->clip);
      VEC_FOR(n, stop_outside_at, dz, h, zero, high);
    }
  } else {
    tanh_backward(dz, dh, h, n);
    if (config->clip > 0) {
      const ClipRange range = clip_range(config->clip);
      VEC_FOR(n, stop_outside_at, dz, h, range.tanh_low, range.tanh_high);
    }
  }
}

void squash_step(CellWindow *w, size_t t, const real *z) {
  const size_t H = w->config.hidden_size, B = w->batch;
  for (size_t b = 0; b < B; b++) {
    if (window_is_over(w, t, b)) {
      window_hold(w, t, b, 0);
    } else {
      squash(w->h + ((t + 1) * B + b) * H, z + b * H, H, &w->config);
    }
  }
}

void squash_step_backward(real *dz, CellWindow *w, size_t t) {
  const size_t H = w->config.hidden_size, B = w->batch;
  for (size_t b = 0; b < B; b++) {
    const size_t row = t * B + b;
    if (window_is_over(w, t, b)) {
      fill_zero(dz + b * H, H);
      window_hold_backward(w, t, b);
    } else {
      squash_backward(dz + b * H, w->dh + row * H, w->h + (row + B) * H, H, &w->config);
    }
  }
}
