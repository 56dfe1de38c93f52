// int8.c: rounding to 8 bits, and products with rounded matrices.
#include "kernels/int8.h"

#include <stdbool.h>
#include <string.h>

enum { INT8_MAX_MAGNITUDE = 127, INT8_ROWS = 6 };

// What is smaller counts as 0: its steps would be denormal numbers, or their inverse infinite.
static const real NEGLIGIBLE = (real)1e-30;

size_t int8_row_length(size_t k) { return (k + DOT_LANES - 1) / DOT_LANES * DOT_LANES; }

float int8_scale(float largest) {
  if (largest <= (float)NEGLIGIBLE) return 0;
  if (!isfinite(largest)) return largest;
  uint32_t bits;
  float scale = largest / INT8_MAX_MAGNITUDE;
  memcpy(&bits, &scale, sizeof bits);
  bits = (bits + 0xffu) & ~0xffu;
  memcpy(&scale, &bits, sizeof bits);
  return scale;
}

// The nearest whole number, for |x| < 2^22: adding 1.5 * 2^23 leaves it in the low bits.
static int32_t nearest(real x) {
  const float shifted = (float)x + 0x1.8p23f;
  int32_t bits;
  memcpy(&bits, &shifted, sizeof bits);
  return bits - 0x4b400000;
}

static real magnitude(real x) { return x < 0 ? -x : x; }

// NaN or infinite for a row that has such a weight.
static VEC_SMALL float scale_of_row(const real *w, size_t column_stride, size_t k) {
  real largest = 0, zero_or_nan = 0;
  for (size_t i = 0; i < k; i++) {
    const real weight = w[i * column_stride], size = magnitude(weight);
    largest = size > largest ? size : largest;
    zero_or_nan += 0 * weight;
  }
  return int8_scale((float)(largest + zero_or_nan));
}

VEC_SMALL void int8_round(real *w, size_t row_stride, size_t column_stride, size_t m, size_t k) {
  for (size_t row = 0; row < m; row++, w += row_stride) {
    const real scale = (real)scale_of_row(w, column_stride, k);
    if (!isfinite(scale)) continue;
    for (size_t i = 0; i < k; i++) {
      real *weight = w + i * column_stride;
      *weight = scale == 0 ? 0 : (real)nearest(*weight / scale) * scale;
    }
  }
}

VEC_SMALL void int8_pack(Int8Matrix *packed, const real *w, const real *scales, size_t m, size_t k) {
  const size_t length = int8_row_length(k);
  for (size_t row = 0; row < m; row++, w += k) {
    int8_t *q = packed->q + row * length;
    const real scale = scales ? scales[row] : (real)scale_of_row(w, 1, k);
    const bool has_numbers = scale != 0 && isfinite(scale);
    int32_t sum = 0;
    for (size_t i = 0; i < length; i++) {
      q[i] = (int8_t)(i < k && has_numbers ? nearest(w[i] / scale) : 0);
      sum += q[i];
    }
    for (size_t i = 0; i < length; i += DOT_LANES) dot_pack_weights(q + i);
    packed->scale[row] = scale;
    packed->sum[row] = sum;
  }
}

// most = max(most, |x|), and zero_or_nan stays 0 as long as x is finite.
VEC_INLINE void magnitude_at(vec *most, vec *zero_or_nan, const real *x, size_t j, size_t lanes) {
  const vec part = vec_load_part(x + j, lanes);
  *most = vec_max(*most, vec_sub(vec_splat(0), vec_negative_abs(part)));
  *zero_or_nan = vec_add(*zero_or_nan, vec_mul(part, vec_splat(0)));
}

// NaN where an element is NaN or infinite.
static real largest_magnitude(const real *x, size_t k) {
  vec most = vec_splat(0), zero_or_nan = vec_splat(0);
  VEC_FOR(k, magnitude_at, &most, &zero_or_nan, x);
  real lanes[VEC_LANES], largest = 0;
  vec_store(lanes, most);
  for (int i = 0; i < VEC_LANES; i++) largest = lanes[i] > largest ? lanes[i] : largest;
  return largest + vec_sum(zero_or_nan);
}

// What was made of x: packed in Int8Matrix.x, and
typedef struct {
  real step;         // what 1 stands for
  uint32_t even_sum; // of elements 0, 2, 4, ...
} RoundedInput;

static RoundedInput round_input(dot_input *packed, const real *x, real largest, size_t k) {
  const real per_step = largest > NEGLIGIBLE ? (real)DOT_INPUT_MAX / largest : 0;
  RoundedInput input = {.step = largest / DOT_INPUT_MAX};
  for (size_t i = 0; i < k; i += DOT_LANES) {
    int32_t whole[DOT_LANES] = {0};
    const size_t count = k - i < DOT_LANES ? k - i : DOT_LANES;
    for (size_t j = 0; j < count; j++) whole[j] = nearest(x[i + j] * per_step);
    for (size_t j = 0; j < DOT_LANES; j += 2) input.even_sum += (uint32_t)whole[j];
    dot_pack_inputs(packed + i, whole);
  }
  return input;
}

VEC_INLINE void dot_rows(real *y, const Int8Matrix *w, RoundedInput input, size_t row, size_t length, const int rows) {
  const int8_t *q = w->q + row * length;
  ivec sum[INT8_ROWS];
  VEC_UNROLL
  for (int r = 0; r < rows; r++) sum[r] = ivec_zero();
  for (size_t i = 0; i < length; i += DOT_LANES) {
    VEC_UNROLL
    for (int r = 0; r < rows; r++) sum[r] = ivec_dot(sum[r], q + (size_t)r * length + i, w->x + i);
  }
  VEC_UNROLL
  for (int r = 0; r < rows; r++, row++) {
    const uint32_t offset = DOT_INPUT_OFFSET * (uint32_t)w->sum[row] + DOT_WEIGHT_OFFSET * input.even_sum;
    y[row] += (real)(int32_t)(ivec_sum(sum[r]) - offset) * (w->scale[row] * input.step);
  }
}

void int8_matvec_add(real *y, const Int8Matrix *w, const real *x, size_t m, size_t k) {
  const size_t length = int8_row_length(k);
  const real largest = largest_magnitude(x, k);
  if (isnan(largest)) {
    for (size_t row = 0; row < m; row++) y[row] = largest;
    return;
  }
  const RoundedInput input = round_input(w->x, x, largest, k);
  size_t row = 0;
  for (; row + INT8_ROWS <= m; row += INT8_ROWS) dot_rows(y, w, input, row, length, INT8_ROWS);
  for (; row < m; row++) dot_rows(y, w, input, row, length, 1);
}
