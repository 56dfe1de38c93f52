// clip.h: sums that are kept in [-clip, clip] before sigmoid and tanh, as ONNX's operators do; the slopes of the two.
#ifndef LSTM_CELLS_CLIP_H
#define LSTM_CELLS_CLIP_H

#include "kernels/activation.h"

// z kept in [-clip, clip], clip > 0. A NaN stays.
VEC_INLINE vec vec_clip(vec z, vec clip) {
  const vec zero = vec_constant(0), lowest = vec_sub(zero, clip);
  return vec_sub(zero, vec_max(vec_sub(zero, vec_max(z, lowest)), lowest));
}

// y (n) = z (n) kept in [-clip, clip]; y may be z.
VEC_INLINE void clip_at(real *y, const real *z, vec clip, size_t j, size_t lanes) {
  vec_store_part(y + j, vec_clip(vec_load_part(z + j, lanes), clip), lanes);
}
static inline void clip_all(real *y, const real *z, real clip, size_t n) {
  const vec limit = vec_splat(clip);
  VEC_FOR(n, clip_at, y, z, limit);
}

// What sigmoid and tanh make of -clip and clip. The sum behind a value that is one of these was clipped.
typedef struct {
  vec sigmoid_low, sigmoid_high, tanh_low, tanh_high;
} ClipRange;

static inline ClipRange clip_range(real clip) {
  const vec low = vec_splat(-clip), high = vec_splat(clip);
  return (ClipRange){vec_sigmoid(low), vec_sigmoid(high), vec_tanh(low), vec_tanh(high)};
}

// `slope` where low < y < high, else 0.
VEC_INLINE vec slope_within(vec slope, vec y, vec low, vec high) {
  const vec zero = vec_constant(0);
  slope = vec_select_negative(vec_sub(y, high), slope, zero);
  return vec_select_negative(vec_sub(low, y), slope, zero);
}

// dy/dz of y = sigmoid(z), and of y = tanh(z). range is NULL where nothing is clipped.
VEC_INLINE vec sigmoid_slope(vec y, const ClipRange *range) {
  const vec slope = vec_mul(y, vec_sub(vec_constant(1), y));
  return range ? slope_within(slope, y, range->sigmoid_low, range->sigmoid_high) : slope;
}
VEC_INLINE vec tanh_slope(vec y, const ClipRange *range) {
  const vec slope = vec_sub(vec_constant(1), vec_mul(y, y));
  return range ? slope_within(slope, y, range->tanh_low, range->tanh_high) : slope;
}

#endif
