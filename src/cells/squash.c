// squash.c: tanh or relu, forward and backward.
#include "cells/squash.h"

#include "cells/clip.h"
#include "kernels/elementwise.h"

void squash(real *h, const real *z, size_t n, const CellConfig *config) {
  if (config->clip > 0) {
    clip_all(h, z, config->clip, n);
    z = h;
  }
  const vec zero = vec_splat(0);
#define SQUASH_TANH(at, lanes) vec_store_part(h + (at), vec_flush(vec_tanh(vec_load_part(z + (at), lanes))), lanes)
#define SQUASH_RELU(at, lanes) vec_store_part(h + (at), vec_flush(vec_max(vec_load_part(z + (at), lanes), zero)), lanes)
  if (config->options & CELL_RELU) {
    VEC_FOR(n, SQUASH_RELU);
  } else {
    VEC_FOR(n, SQUASH_TANH);
  }
}

// dz = 0 where h is not strictly between low and high.
static void stop_outside(real *dz, const real *h, vec low, vec high, size_t n) {
#define STOP_BODY(at, lanes)                                                                              \
  vec_store_part(dz + (at),                                                                               \
                 slope_within(vec_load_part(dz + (at), lanes), vec_load_part(h + (at), lanes), low, high), lanes)
  VEC_FOR(n, STOP_BODY);
}

void squash_backward(real *dz, const real *dh, const real *h, size_t n, const CellConfig *config) {
  const vec zero = vec_splat(0);
#define TANH_BACKWARD(at, lanes)                                                          \
  vec_store_part(dz + (at), vec_flush(vec_mul(vec_load_part(dh + (at), lanes),            \
                                              tanh_slope(vec_load_part(h + (at), lanes), NULL))), lanes)
#define RELU_BACKWARD(at, lanes)                                                          \
  vec_store_part(dz + (at), vec_select_negative(vec_sub(zero, vec_load_part(h + (at), lanes)),  \
                                                vec_flush(vec_load_part(dh + (at), lanes)), zero), lanes)
  if (config->options & CELL_RELU) {
    VEC_FOR(n, RELU_BACKWARD);
    if (config->clip > 0) stop_outside(dz, h, zero, vec_splat(config->clip), n);
  } else {
    VEC_FOR(n, TANH_BACKWARD);
    if (config->clip > 0) {
      const ClipRange range = clip_range(config->clip);
      stop_outside(dz, h, range.tanh_low, range.tanh_high, n);
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
