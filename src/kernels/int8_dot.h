// int8_dot.h: 16 weights of 8 bits by 16 inputs, with the product of integers that each build has. Only this file and vec.h
// look at the target.
#ifndef LSTM_KERNELS_INT8_DOT_H
#define LSTM_KERNELS_INT8_DOT_H

#include "kernels/vec.h"

// 16 weights w in [-128, 127] by 16 inputs x in [-DOT_INPUT_MAX, DOT_INPUT_MAX], each 16 packed once as the
// engine's product wants them. ivec_dot adds
//   sum of w x + DOT_INPUT_OFFSET * sum of w + DOT_WEIGHT_OFFSET * sum of x[0], x[2], ...
// and ivec_sum adds up what came together, modulo 2^32. Whole numbers, so the order does not matter.
enum { DOT_LANES = 16 };

#if defined(__wasm_simd128__)

typedef v128_t ivec;
VEC_INLINE ivec ivec_zero(void) { return wasm_i32x4_splat(0); }
VEC_INLINE uint32_t ivec_sum(ivec a) {
  return (wasm_u32x4_extract_lane(a, 0) + wasm_u32x4_extract_lane(a, 2)) +
         (wasm_u32x4_extract_lane(a, 1) + wasm_u32x4_extract_lane(a, 3));
}
#if defined(__wasm_relaxed_simd__)
// One operand of the relaxed product has 7 bits and no sign: x + 64.
typedef uint8_t dot_input;
enum { DOT_INPUT_MAX = 63, DOT_INPUT_OFFSET = 64, DOT_WEIGHT_OFFSET = 0 };
VEC_INLINE void dot_pack_weights(int8_t *w) { (void)w; }
VEC_INLINE void dot_pack_inputs(dot_input *packed, const int32_t *x) {
  for (int i = 0; i < 16; i++) packed[i] = (dot_input)(x[i] + DOT_INPUT_OFFSET);
}
VEC_INLINE ivec ivec_dot(ivec sum, const int8_t *w, const dot_input *x) {
  return wasm_i32x4_relaxed_dot_i8x16_i7x16_add(wasm_v128_load(w), wasm_v128_load(x), sum);
}
#else
// Eight pairs of weights are 16-bit numbers v = 256 w1 + u0, u0 = w0 + 128 without a sign, and v >> 8 = w1. So
//   v x0 + (v >> 8) (x1 - 256 x0) = u0 x0 + w1 x1
// which takes one operation less than widening the weights to 16 bits.
typedef int16_t dot_input;
enum { DOT_INPUT_MAX = 127, DOT_INPUT_OFFSET = 0, DOT_WEIGHT_OFFSET = 128 };
VEC_INLINE void dot_pack_weights(int8_t *w) {
  for (int i = 0; i < 16; i += 2) w[i] = (int8_t)(w[i] ^ -128);
}
VEC_INLINE void dot_pack_inputs(dot_input *packed, const int32_t *x) {
  for (int i = 0; i < 8; i++) {
    packed[i] = (dot_input)x[2 * i];
    packed[8 + i] = (dot_input)(x[2 * i + 1] - 256 * x[2 * i]);
  }
}
VEC_INLINE ivec ivec_dot(ivec sum, const int8_t *w, const dot_input *x) {
  const v128_t pairs = wasm_v128_load(w), odd = wasm_i16x8_shr(pairs, 8);
  sum = wasm_i32x4_add(sum, wasm_i32x4_dot_i16x8(pairs, wasm_v128_load(x)));
  return wasm_i32x4_add(sum, wasm_i32x4_dot_i16x8(odd, wasm_v128_load(x + 8)));
}
#endif

#else  // scalar

typedef uint32_t ivec;
typedef int16_t dot_input;
enum { DOT_INPUT_MAX = 127, DOT_INPUT_OFFSET = 0, DOT_WEIGHT_OFFSET = 0 };
VEC_INLINE ivec ivec_zero(void) { return 0; }
VEC_INLINE uint32_t ivec_sum(ivec a) { return a; }
VEC_INLINE void dot_pack_weights(int8_t *w) { (void)w; }
VEC_INLINE void dot_pack_inputs(dot_input *packed, const int32_t *x) {
  for (int i = 0; i < 16; i++) packed[i] = (dot_input)x[i];
}
VEC_INLINE ivec ivec_dot(ivec sum, const int8_t *w, const dot_input *x) {
  for (int i = 0; i < 16; i++) sum += (uint32_t)(w[i] * x[i]);
  return sum;
}

#endif

#endif
