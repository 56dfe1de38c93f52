// integer_vec.h: four words of 32 bits and the operations that products of integers are written in (integers.c). Beside
// vec.h and int8_dot.h the only file that looks at the target. All numbers are whole and exact, so that every build gives the
// same: a word that is too large wraps around.
#ifndef LSTM_KERNELS_INTEGER_VEC_H
#define LSTM_KERNELS_INTEGER_VEC_H

#include <string.h>

#include "kernels/vec.h"

#if defined(__wasm_simd128__)

typedef v128_t words;
VEC_INLINE words words_load(const uint32_t *p) { return wasm_v128_load(p); }
VEC_INLINE words words_load_splat(const uint32_t *p) { return wasm_v128_load32_splat(p); }
VEC_INLINE void words_store(uint32_t *p, words a) { wasm_v128_store(p, a); }
VEC_INLINE words words_splat(uint32_t x) { return wasm_u32x4_splat(x); }
VEC_INLINE words words_add(words a, words b) { return wasm_i32x4_add(a, b); }
VEC_INLINE words words_times(words a, uint32_t n) { return wasm_i32x4_mul(a, wasm_u32x4_splat(n)); }
VEC_INLINE words words_and(words a, words b) { return wasm_v128_and(a, b); }
VEC_INLINE words words_or(words a, words b) { return wasm_v128_or(a, b); }
VEC_INLINE words words_shift_left(words a, int bits) { return wasm_i32x4_shl(a, (uint32_t)bits); }
VEC_INLINE words words_dot_pairs(words sum, words a, words b) { return wasm_i32x4_add(sum, wasm_i32x4_dot_i16x8(a, b)); }
VEC_INLINE vec words_to_vec(words a) { return wasm_f32x4_convert_i32x4(a); }
VEC_INLINE words words_of_sum(vec x, vec magic) { return wasm_f32x4_add(x, magic); }
VEC_INLINE vec vec_larger_magnitude(vec most, vec x) {
  return wasm_i32x4_max(most, wasm_v128_andnot(x, vec_sign_bits()));
}

#else  // scalar

typedef struct {
  uint32_t lane[VEC_LANES];
} words;
VEC_INLINE words words_load(const uint32_t *p) {
  words r;
  for (int i = 0; i < VEC_LANES; i++) r.lane[i] = p[i];
  return r;
}
VEC_INLINE void words_store(uint32_t *p, words a) {
  for (int i = 0; i < VEC_LANES; i++) p[i] = a.lane[i];
}
VEC_INLINE words words_splat(uint32_t x) {
  words r;
  for (int i = 0; i < VEC_LANES; i++) r.lane[i] = x;
  return r;
}
VEC_INLINE words words_load_splat(const uint32_t *p) { return words_splat(*p); }
VEC_INLINE words words_add(words a, words b) {
  for (int i = 0; i < VEC_LANES; i++) a.lane[i] += b.lane[i];
  return a;
}
VEC_INLINE words words_times(words a, uint32_t n) {
  for (int i = 0; i < VEC_LANES; i++) a.lane[i] *= n;
  return a;
}
VEC_INLINE words words_and(words a, words b) {
  for (int i = 0; i < VEC_LANES; i++) a.lane[i] &= b.lane[i];
  return a;
}
VEC_INLINE words words_or(words a, words b) {
  for (int i = 0; i < VEC_LANES; i++) a.lane[i] |= b.lane[i];
  return a;
}
VEC_INLINE words words_shift_left(words a, int bits) {
  for (int i = 0; i < VEC_LANES; i++) a.lane[i] <<= bits;
  return a;
}
VEC_INLINE uint32_t word_dot_pairs(uint32_t a, uint32_t b) {
  return (uint32_t)((int16_t)a * (int16_t)b) + (uint32_t)((int16_t)(a >> 16) * (int16_t)(b >> 16));
}
VEC_INLINE words words_dot_pairs(words sum, words a, words b) {
  for (int i = 0; i < VEC_LANES; i++) sum.lane[i] += word_dot_pairs(a.lane[i], b.lane[i]);
  return sum;
}
VEC_INLINE vec words_to_vec(words a) {
  vec r;
  for (int i = 0; i < VEC_LANES; i++) r.lane[i] = (real)(int32_t)a.lane[i];
  return r;
}
VEC_INLINE words words_of_sum(vec x, vec magic) {
  words r;
  for (int i = 0; i < VEC_LANES; i++) {
    const float sum = (float)x.lane[i] + (float)magic.lane[i];
    memcpy(&r.lane[i], &sum, sizeof sum);
  }
  return r;
}
VEC_INLINE vec vec_larger_magnitude(vec most, vec x) {
  for (int i = 0; i < VEC_LANES; i++) {
    const real size = (real)fabs(x.lane[i]);
    if (!(size <= most.lane[i]) && !isnan(most.lane[i])) most.lane[i] = size;
  }
  return most;
}

#endif

#if defined(__wasm_relaxed_simd__)
enum { HAS_DOT_BYTES = 1 };
VEC_INLINE words words_dot_bytes(words sum, words a, words b) { return wasm_i32x4_relaxed_dot_i8x16_i7x16_add(a, b, sum); }
VEC_INLINE words words_dot_bytes_twice(words sum, words a, words b, words c, words d, words ones) {
  const words first = wasm_i16x8_relaxed_dot_i8x16_i7x16(a, b), second = wasm_i16x8_relaxed_dot_i8x16_i7x16(c, d);
  return wasm_i32x4_add(sum, wasm_i32x4_dot_i16x8(wasm_i16x8_add(first, second), ones));
}
VEC_INLINE words words_ones(void) {
  static const uint32_t ones = 0x00010001;
  return vec_hidden(&ones);
}
VEC_INLINE int words_dot_bytes_saturates(void) {
  static const uint32_t most = 0x7f7f7f7f, all = 0xffffffff;
  return wasm_i32x4_extract_lane(words_dot_bytes(wasm_i32x4_splat(0), vec_hidden(&most), vec_hidden(&all)), 0) == 2 * INT16_MAX;
}
#else
enum { HAS_DOT_BYTES = 0 };
VEC_INLINE words words_ones(void) { return words_splat(1); }
VEC_INLINE int words_dot_bytes_saturates(void) { return 0; }
#define words_dot_bytes(sum, a, b) (sum)
#define words_dot_bytes_twice(sum, a, b, c, d, ones) ((void)(c), (void)(ones), sum)
#endif

// words_load_splat(p)              *p in all lanes
// words_dot_pairs(sum, a, b)       sum + the product of the two 16-bit integers of each lane
// Only where HAS_DOT_BYTES, of bytes in [-63, 63] (a, c) and [0, 127] (b, d):
// words_dot_bytes(sum, a, b)       sum + the product of the four bytes of each lane
// words_dot_bytes_twice(sum, a, b, c, d, ones)    sum + a b + c d
// words_dot_bytes_saturates()      the processor has no instruction for the first: it takes five, the second takes five too
//
// words_to_vec(a)                  the signed integers as reals
// words_of_sum(x, magic)           the bits of the floats x + magic: of 1.5 * 2^23 + n the lowest 16 hold the nearest whole
//                                  number to x, plus n
// vec_larger_magnitude(most, x)    the larger of most and |x|; NaN is the largest of all

#endif
