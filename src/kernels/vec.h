// vec.h: four lanes of `real` and the operations that every kernel is written in.
//
//   real   lane 0 | lane 1 | lane 2 | lane 3      one vec
//
// Three spellings of the same operations, chosen by what the compiler is asked to build for:
//   scalar   four plain numbers; also `double`, for gradient checks on the build machine
//   simd     WebAssembly SIMD128
//   relaxed  the same, with multiply-add left free to fuse (relaxed SIMD)
// Scalar and simd do the same operations on the same lanes in the same order, so that their results are equal bit
// for bit. No other file looks at the target, but int8_dot.h and integer_vec.h.
#ifndef LSTM_KERNELS_VEC_H
#define LSTM_KERNELS_VEC_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>

#ifndef LSTM_REAL
#define LSTM_REAL float
#endif
typedef LSTM_REAL real;

// 1 where real is double, else 0: LSTM_REAL pasted behind LSTM_IS_.
#define LSTM_IS_float 0
#define LSTM_IS_double 1
#define LSTM_PASTE(a, b) a##b
#define LSTM_IS(type) LSTM_PASTE(LSTM_IS_, type)
#define REAL_IS_DOUBLE LSTM_IS(LSTM_REAL)

#define VEC_INLINE static inline __attribute__((always_inline))

// A function whose bytes count, and whose time does not.
#if defined(__clang__)
#define VEC_SMALL __attribute__((cold, minsize))
#else
#define VEC_SMALL __attribute__((cold))
#endif

enum { VEC_LANES = 4 };

// Before a loop whose number of rounds is known when it is compiled, and whose vecs are to be kept in registers. Not of
// scalar, where four times as many numbers would not fit in these.
#if defined(__wasm_simd128__)
#define VEC_UNROLL _Pragma("clang loop unroll(full)")
#else
#define VEC_UNROLL
#endif

// Which of the three this is.
#if defined(__wasm_relaxed_simd__)
#define LSTM_VARIANT "relaxed"
#elif defined(__wasm_simd128__)
#define LSTM_VARIANT "simd"
#else
#define LSTM_VARIANT "scalar"
#endif

#if defined(__wasm_simd128__)
#include <wasm_simd128.h>

typedef v128_t vec;

VEC_INLINE vec vec_load(const real *p) { return wasm_v128_load(p); }
VEC_INLINE void vec_store(real *p, vec a) { wasm_v128_store(p, a); }
VEC_INLINE vec vec_splat(real x) { return wasm_f32x4_splat(x); }
// V8 builds a constant anew in every round of a loop, in four instructions. The empty asm hides where this one comes from,
// so that it is loaded once and kept.
VEC_INLINE vec vec_hidden(const void *bits) {
  __asm__("" : "+r"(bits));
  return wasm_v128_load32_splat(bits);
}
#define vec_constant(x)              \
  ({                                 \
    static const real value = (x);   \
    vec_hidden(&value);              \
  })
VEC_INLINE vec vec_sign_bits(void) {
  static const uint32_t bits = 0x80000000u;
  return vec_hidden(&bits);
}
VEC_INLINE vec vec_add(vec a, vec b) { return wasm_f32x4_add(a, b); }
VEC_INLINE vec vec_sub(vec a, vec b) { return wasm_f32x4_sub(a, b); }
VEC_INLINE vec vec_mul(vec a, vec b) { return wasm_f32x4_mul(a, b); }
VEC_INLINE vec vec_div(vec a, vec b) { return wasm_f32x4_div(a, b); }
VEC_INLINE vec vec_sqrt(vec a) { return wasm_f32x4_sqrt(a); }
VEC_INLINE vec vec_negative_abs(vec a) { return wasm_v128_or(a, vec_sign_bits()); }
VEC_INLINE vec vec_max(vec a, vec b) { return wasm_f32x4_pmax(a, b); }
VEC_INLINE vec vec_copy_sign(vec magnitude, vec sign) {
  return wasm_v128_bitselect(sign, magnitude, vec_sign_bits());
}
VEC_INLINE vec vec_power_of_two(vec rounded) { return wasm_i32x4_shl(rounded, 23); }
VEC_INLINE void vec_transpose(vec row[VEC_LANES]) {
  const vec low_01 = wasm_i32x4_shuffle(row[0], row[1], 0, 4, 1, 5);
  const vec low_23 = wasm_i32x4_shuffle(row[2], row[3], 0, 4, 1, 5);
  const vec high_01 = wasm_i32x4_shuffle(row[0], row[1], 2, 6, 3, 7);
  const vec high_23 = wasm_i32x4_shuffle(row[2], row[3], 2, 6, 3, 7);
  row[0] = wasm_i64x2_shuffle(low_01, low_23, 0, 2);
  row[1] = wasm_i64x2_shuffle(low_01, low_23, 1, 3);
  row[2] = wasm_i64x2_shuffle(high_01, high_23, 0, 2);
  row[3] = wasm_i64x2_shuffle(high_01, high_23, 1, 3);
}
VEC_INLINE real vec_sum(vec a) {
  return (wasm_f32x4_extract_lane(a, 0) + wasm_f32x4_extract_lane(a, 2)) +
         (wasm_f32x4_extract_lane(a, 1) + wasm_f32x4_extract_lane(a, 3));
}
typedef struct {
  v128_t low, high;
} wide;
VEC_INLINE wide wide_zero(void) { return (wide){wasm_f64x2_splat(0), wasm_f64x2_splat(0)}; }
VEC_INLINE wide wide_add_square(wide sum, vec a) {
  const v128_t low = wasm_f64x2_promote_low_f32x4(a);
  const v128_t high = wasm_f64x2_promote_low_f32x4(wasm_i64x2_shuffle(a, a, 1, 1));
  return (wide){wasm_f64x2_add(sum.low, wasm_f64x2_mul(low, low)), wasm_f64x2_add(sum.high, wasm_f64x2_mul(high, high))};
}
VEC_INLINE double wide_sum(wide a) {
  const v128_t pairs = wasm_f64x2_add(a.low, a.high);
  return wasm_f64x2_extract_lane(pairs, 0) + wasm_f64x2_extract_lane(pairs, 1);
}
#if defined(__wasm_relaxed_simd__)
VEC_INLINE vec vec_madd(vec sum, vec a, vec b) { return wasm_f32x4_relaxed_madd(a, b, sum); }
VEC_INLINE vec vec_select_negative(vec x, vec a, vec b) {
  return wasm_i32x4_relaxed_laneselect(a, b, wasm_i32x4_shr(x, 31));
}
#else
VEC_INLINE vec vec_madd(vec sum, vec a, vec b) { return wasm_f32x4_add(sum, wasm_f32x4_mul(a, b)); }
VEC_INLINE vec vec_select_negative(vec x, vec a, vec b) {
  return wasm_v128_bitselect(a, b, wasm_i32x4_shr(x, 31));
}
#endif

#else  // scalar

typedef struct {
  real lane[VEC_LANES];
} vec;

VEC_INLINE vec vec_load(const real *p) {
  vec r;
  for (int i = 0; i < VEC_LANES; i++) r.lane[i] = p[i];
  return r;
}
VEC_INLINE void vec_store(real *p, vec a) {
  for (int i = 0; i < VEC_LANES; i++) p[i] = a.lane[i];
}
VEC_INLINE vec vec_splat(real x) {
  vec r;
  for (int i = 0; i < VEC_LANES; i++) r.lane[i] = x;
  return r;
}
#define vec_constant(x) vec_splat(x)
VEC_INLINE vec vec_add(vec a, vec b) {
  for (int i = 0; i < VEC_LANES; i++) a.lane[i] += b.lane[i];
  return a;
}
VEC_INLINE vec vec_sub(vec a, vec b) {
  for (int i = 0; i < VEC_LANES; i++) a.lane[i] -= b.lane[i];
  return a;
}
VEC_INLINE vec vec_mul(vec a, vec b) {
  for (int i = 0; i < VEC_LANES; i++) a.lane[i] *= b.lane[i];
  return a;
}
VEC_INLINE vec vec_div(vec a, vec b) {
  for (int i = 0; i < VEC_LANES; i++) a.lane[i] /= b.lane[i];
  return a;
}
VEC_INLINE vec vec_madd(vec sum, vec a, vec b) {
  for (int i = 0; i < VEC_LANES; i++) sum.lane[i] += a.lane[i] * b.lane[i];
  return sum;
}
VEC_INLINE vec vec_sqrt(vec a) {
  for (int i = 0; i < VEC_LANES; i++) a.lane[i] = (real)(REAL_IS_DOUBLE ? sqrt(a.lane[i]) : sqrtf((float)a.lane[i]));
  return a;
}
VEC_INLINE vec vec_negative_abs(vec a) {
  for (int i = 0; i < VEC_LANES; i++) a.lane[i] = (real)-fabs(a.lane[i]);
  return a;
}
VEC_INLINE vec vec_max(vec a, vec b) {
  for (int i = 0; i < VEC_LANES; i++) a.lane[i] = a.lane[i] < b.lane[i] ? b.lane[i] : a.lane[i];
  return a;
}
VEC_INLINE vec vec_select_negative(vec x, vec a, vec b) {
  for (int i = 0; i < VEC_LANES; i++) x.lane[i] = signbit(x.lane[i]) ? a.lane[i] : b.lane[i];
  return x;
}
VEC_INLINE vec vec_copy_sign(vec magnitude, vec sign) {
  for (int i = 0; i < VEC_LANES; i++) magnitude.lane[i] = (real)copysign(magnitude.lane[i], sign.lane[i]);
  return magnitude;
}
VEC_INLINE vec vec_power_of_two(vec rounded) {
  vec r;
  for (int i = 0; i < VEC_LANES; i++) {
    union {
      float value;
      uint32_t bits;
    } lane = {.value = (float)rounded.lane[i]};
    lane.bits <<= 23;
    r.lane[i] = (real)lane.value;
  }
  return r;
}
VEC_INLINE void vec_transpose(vec row[VEC_LANES]) {
  for (int i = 0; i < VEC_LANES; i++) {
    for (int j = 0; j < i; j++) {
      const real other = row[j].lane[i];
      row[j].lane[i] = row[i].lane[j];
      row[i].lane[j] = other;
    }
  }
}
VEC_INLINE real vec_sum(vec a) { return (a.lane[0] + a.lane[2]) + (a.lane[1] + a.lane[3]); }

typedef struct {
  double lane[VEC_LANES];
} wide;
VEC_INLINE wide wide_zero(void) { return (wide){{0}}; }
VEC_INLINE wide wide_add_square(wide sum, vec a) {
  for (int i = 0; i < VEC_LANES; i++) sum.lane[i] += (double)a.lane[i] * (double)a.lane[i];
  return sum;
}
VEC_INLINE double wide_sum(wide a) { return (a.lane[0] + a.lane[2]) + (a.lane[1] + a.lane[3]); }

#endif

// vec_constant(x)                  vec_splat of a constant, for use in loops
// vec_madd(sum, a, b)              sum + a b, in one rounding or two on relaxed
// vec_max(a, b)                    a < b ? b : a, so that a NaN in `a` stays
// vec_select_negative(x, a, b)     a where the sign bit of x is set, else b
// vec_negative_abs(a)              -|a|
// vec_power_of_two(n + VEC_ROUND)  2^n for n in [-126, 127]. Adding VEC_ROUND to a float below 2^22 rounds it to a
//                                  nearest whole n, and leaves n + 127, the exponent of 2^n, in the lowest bits
// vec_transpose(row)               lane j of row i becomes lane i of row j
// vec_sum(a)                       (lane 0 + lane 2) + (lane 1 + lane 3)
//
// wide: four lanes of double, for sums of squares: the square of a float neither overflows nor vanishes in double.
// wide_add_square(sum, a)          sum + a^2
// wide_sum(a)                      as vec_sum

// Decaying numbers end as denormal ones, with which many machines are a hundred times slower. Adding and subtracting
// 2^-80 rounds to multiples of 2^-103 (1e-31): what is small becomes 0 or stays there, and enough room is left above
// the denormal floats for products with small numbers.
VEC_INLINE vec vec_flush(vec a) {
  const vec large = vec_constant(0x1p-80f);
  return vec_sub(vec_add(a, large), large);
}

#define VEC_ROUND 0x1.8000fep23f  // 1.5 * 2^23 + 127

// The first n of four lanes, 1 <= n < 4; the others are zero. Reads and writes nothing past them. Not inlined, since
// they are rare and would be everywhere.
static __attribute__((noinline, unused)) vec vec_load_rest(const real *p, size_t n) {
  real lanes[VEC_LANES] = {0};
  for (size_t i = 0; i < n; i++) lanes[i] = p[i];
  return vec_load(lanes);
}
static __attribute__((noinline, unused)) void vec_store_rest(real *p, vec a, size_t n) {
  real lanes[VEC_LANES];
  vec_store(lanes, a);
  for (size_t i = 0; i < n; i++) p[i] = lanes[i];
}

// The same for any n >= 1, where 4 and more stand for all lanes.
VEC_INLINE vec vec_load_part(const real *p, size_t n) { return n >= VEC_LANES ? vec_load(p) : vec_load_rest(p, n); }
VEC_INLINE void vec_store_part(real *p, vec a, size_t n) {
  if (n >= VEC_LANES) {
    vec_store(p, a);
  } else {
    vec_store_rest(p, a, n);
  }
}

// Calls body_at(..., j, lanes) for the elements j, ..., j + lanes - 1 of n: whole vecs first, for which the compiler knows
// that lanes is VEC_LANES, then once the rest. What body_at computes is written in body_at.
#define VEC_FOR(n, body_at, ...)                                                        \
  do {                                                                                  \
    const size_t vec_for_n = (n);                                                       \
    size_t vec_for_j = 0;                                                               \
    for (; vec_for_j + VEC_LANES <= vec_for_n; vec_for_j += VEC_LANES) {                \
      body_at(__VA_ARGS__, vec_for_j, VEC_LANES);                                       \
    }                                                                                   \
    if (vec_for_j < vec_for_n) body_at(__VA_ARGS__, vec_for_j, vec_for_n - vec_for_j);  \
  } while (0)

#endif
