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
void clip_all(real *y, const real *z, real clip, size_t n);

// What sigmoid and tanh make of -clip and clip. The sum behind a value that is one of these was clipped.
typedef struct {
  vec sigmoid_low, sigmoid_high, tanh_low, tanh_high;
} ClipRange;

ClipRange clip_range(real clip);

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
