// What one thread of this machine can do inside this engine: the two limits that `npm run bench` measures against.
//
//   peak    multiply-adds a second when nothing waits for memory: training cannot be faster than peak / (6 * weights).
//   stream  bytes a second of a matrix-vector product that reads each weight once: stepping cannot be faster than
//           stream / (bytes of weights).
//
// Each is a family of kernels and the best of the family is the limit, since compilers differ in what they like.
// Compiled twice: plain SIMD (multiply, then add) and relaxed SIMD (relaxed madd beside the plain ones).

#include <emscripten.h>
#include <stdint.h>
#include <wasm_simd128.h>

// acc + a * b, rounded twice.
#define PLAIN(a, b, acc) wasm_f32x4_add((acc), wasm_f32x4_mul((a), (b)))
// acc + a * b, rounded once where the machine can.
#define RELAXED(a, b, acc) wasm_f32x4_relaxed_madd((a), (b), (acc))

#define REPEAT_4(M) M(0) M(1) M(2) M(3)
#define REPEAT_6(M) REPEAT_4(M) M(4) M(5)
#define REPEAT_7(M) REPEAT_6(M) M(6)
#define REPEAT_8(M) REPEAT_7(M) M(7)
#define REPEAT_10(M) REPEAT_8(M) M(8) M(9)
#define REPEAT_12(M) REPEAT_10(M) M(10) M(11)
#define REPEAT_14(M) REPEAT_12(M) M(12) M(13)

#define DECLARE(k) v128_t acc##k = wasm_f32x4_splat(0.1f * (k));
#define SUM(k) sum = wasm_f32x4_add(sum, acc##k);

static float add_lanes(v128_t v) {
  return wasm_f32x4_extract_lane(v, 0) + wasm_f32x4_extract_lane(v, 1) + wasm_f32x4_extract_lane(v, 2) +
         wasm_f32x4_extract_lane(v, 3);
}

// ---- peak ------------------------------------------------------------------------------------------------------

// Multiply-adds of one call of a peak kernel: `steps` blocks of 4 rounds over its accumulators.
typedef float peak_kernel(int steps);

// Constants the compiler must not see through: with them known, it would fold the chains.
static volatile float peak_scale = 0.5f, peak_shift = 1.0f;

// 64 vectors of 16 bytes: 1 kB, always in L1.
static v128_t peak_operands[64];

// Registers only: acc = acc * scale + shift, which stays near 2: no denormal, no infinity.
#define CHAIN(k) acc##k = MADD(acc##k, scale, shift);
#define PEAK_REGISTERS(name, n)                                                   \
  static float name(int steps) {                                                  \
    const v128_t scale = wasm_f32x4_splat(peak_scale);                            \
    const v128_t shift = wasm_f32x4_splat(peak_shift);                            \
    REPEAT_##n(DECLARE)                                                           \
    for (int step = 0; step < steps; step++) {                                    \
      REPEAT_##n(CHAIN) REPEAT_##n(CHAIN) REPEAT_##n(CHAIN) REPEAT_##n(CHAIN)     \
    }                                                                             \
    v128_t sum = wasm_f32x4_splat(0);                                             \
    REPEAT_##n(SUM)                                                               \
    return add_lanes(sum);                                                        \
  }

// One operand from L1: acc += operand[k] * scale, as a matrix product reads its second factor.
#define LOAD_0(k) acc##k = MADD(wasm_v128_load(p + (k)), scale, acc##k);
#define LOAD_1(k) acc##k = MADD(wasm_v128_load(p + n_ + (k)), scale, acc##k);
#define PEAK_L1(name, n)                                                          \
  static float name(int steps) {                                                  \
    enum { n_ = n };                                                              \
    const v128_t scale = wasm_f32x4_splat(peak_scale);                            \
    REPEAT_##n(DECLARE)                                                           \
    for (int step = 0; step < steps; step++) {                                    \
      const v128_t *p = peak_operands + (step & 7);                               \
      REPEAT_##n(LOAD_0) REPEAT_##n(LOAD_1) REPEAT_##n(LOAD_0) REPEAT_##n(LOAD_1) \
    }                                                                             \
    v128_t sum = wasm_f32x4_splat(0);                                             \
    REPEAT_##n(SUM)                                                               \
    return add_lanes(sum);                                                        \
  }

// A register tile of 4 rows by 8 columns, as a matrix product works: for each k two vectors and four broadcast numbers
// from L1, for 8 multiply-adds.
#define TILE_ROW(k, left, right)                      \
  {                                                   \
    const v128_t a_k = wasm_v128_load32_splat(a + k); \
    acc##left = MADD(a_k, b_0, acc##left);            \
    acc##right = MADD(a_k, b_1, acc##right);          \
  }
#define PEAK_TILE(name)                                                           \
  static float name(int steps) {                                                  \
    REPEAT_8(DECLARE)                                                             \
    for (int left = 4 * steps; left > 0; left -= 30) {                            \
      const float *a = (const float *)peak_operands;                              \
      const v128_t *b = peak_operands;                                            \
      for (int k = left < 30 ? left : 30; k > 0; k--, a += 4, b += 2) {           \
        const v128_t b_0 = wasm_v128_load(b), b_1 = wasm_v128_load(b + 1);        \
        TILE_ROW(0, 0, 1) TILE_ROW(1, 2, 3) TILE_ROW(2, 4, 5) TILE_ROW(3, 6, 7)   \
      }                                                                           \
    }                                                                             \
    v128_t sum = wasm_f32x4_splat(0);                                             \
    REPEAT_8(SUM)                                                                 \
    return add_lanes(sum);                                                        \
  }

#define PEAK_FAMILY(kind)                                                                                      \
  PEAK_REGISTERS(registers_##kind##_6, 6) PEAK_REGISTERS(registers_##kind##_8, 8)                              \
  PEAK_REGISTERS(registers_##kind##_10, 10) PEAK_REGISTERS(registers_##kind##_12, 12)                          \
  PEAK_REGISTERS(registers_##kind##_14, 14) PEAK_L1(l1_##kind##_6, 6) PEAK_L1(l1_##kind##_8, 8)                \
  PEAK_L1(l1_##kind##_10, 10) PEAK_L1(l1_##kind##_12, 12) PEAK_L1(l1_##kind##_14, 14)         \
  PEAK_TILE(tile_##kind)

#define PEAK_TABLE(kind)                                                                                       \
  {registers_##kind##_6, 6}, {registers_##kind##_8, 8}, {registers_##kind##_10, 10},                           \
  {registers_##kind##_12, 12}, {registers_##kind##_14, 14}, {l1_##kind##_6, 6}, {l1_##kind##_8, 8},            \
  {l1_##kind##_10, 10}, {l1_##kind##_12, 12}, {l1_##kind##_14, 14}, {tile_##kind, 8},

#define MADD PLAIN
PEAK_FAMILY(plain)
#undef MADD

#ifdef __wasm_relaxed_simd__
#define MADD RELAXED
PEAK_FAMILY(relaxed)
#undef MADD
#endif

static const struct {
  peak_kernel *run;
  int accumulators;
} peak_table[] = {
  PEAK_TABLE(plain)
#ifdef __wasm_relaxed_simd__
  PEAK_TABLE(relaxed)
#endif
};

EMSCRIPTEN_KEEPALIVE int limits_peak_kernels(void) { return sizeof peak_table / sizeof peak_table[0]; }

// Floating point operations of one step of a kernel: 4 rounds, 4 lanes, a multiplication and an addition.
EMSCRIPTEN_KEEPALIVE int limits_peak_flops(int kernel) { return peak_table[kernel].accumulators * 4 * 4 * 2; }

// Returns a number that depends on every operation, so that none can be left out.
EMSCRIPTEN_KEEPALIVE float limits_peak(int kernel, int steps) {
  for (int i = 0; i < 64; i++) peak_operands[i] = wasm_f32x4_splat((i & 1) ? 0.25f : -0.25f);
  return peak_table[kernel].run(steps);
}

// ---- stream ----------------------------------------------------------------------------------------------------

// y (rows) = weight (rows, columns) x (columns); rows and columns multiples of 16.
typedef void stream_kernel(float *y, const float *weight, const float *x, int rows, int columns);

#ifdef __wasm_relaxed_simd__
#define MADD RELAXED
#else
#define MADD PLAIN
#endif

// Row-major, n rows at once, each with two accumulators: n streams through memory.
#define ROW_DECLARE(k)                       \
  const float *w##k = weight + (k) * columns; \
  v128_t even##k = wasm_f32x4_splat(0), odd##k = even##k;
#define ROW_MADD(k)                                              \
  even##k = MADD(wasm_v128_load(w##k + j), x_even, even##k);     \
  odd##k = MADD(wasm_v128_load(w##k + j + 4), x_odd, odd##k);
#define ROW_STORE(k) y[i + (k)] = add_lanes(wasm_f32x4_add(even##k, odd##k));
#define REPEAT_1(M) M(0)
#define REPEAT_2(M) M(0) M(1)
#define STREAM_ROWS(name, n)                                                                       \
  static void name(float *y, const float *weight, const float *x, int rows, int columns) {         \
    for (int i = 0; i < rows; i += (n), weight += (n) * columns) {                                 \
      REPEAT_##n(ROW_DECLARE)                                                                      \
      for (int j = 0; j < columns; j += 8) {                                                       \
        const v128_t x_even = wasm_v128_load(x + j), x_odd = wasm_v128_load(x + j + 4);            \
        REPEAT_##n(ROW_MADD)                                                                       \
      }                                                                                            \
      REPEAT_##n(ROW_STORE)                                                                        \
    }                                                                                              \
  }

// Row-major, n rows at once, each with one accumulator: more streams, fewer registers. Rows left over come one by one.
#define SINGLE_DECLARE(k)                    \
  const float *w##k = weight + (k) * columns; \
  v128_t sum##k = wasm_f32x4_splat(0);
#define SINGLE_MADD(k) sum##k = MADD(wasm_v128_load(w##k + j), x_j, sum##k);
#define SINGLE_STORE(k) y[i + (k)] = add_lanes(sum##k);
#define STREAM_SINGLE(name, n)                                                                     \
  static void name(float *y, const float *weight, const float *x, int rows, int columns) {         \
    int i = 0;                                                                                     \
    for (; i + (n) <= rows; i += (n), weight += (n) * columns) {                                   \
      REPEAT_##n(SINGLE_DECLARE)                                                                   \
      for (int j = 0; j < columns; j += 4) {                                                       \
        const v128_t x_j = wasm_v128_load(x + j);                                                  \
        REPEAT_##n(SINGLE_MADD)                                                                    \
      }                                                                                            \
      REPEAT_##n(SINGLE_STORE)                                                                     \
    }                                                                                              \
    stream_rows_1(y + i, weight, x, rows - i, columns);                                            \
  }

// Packed in panels of 4 n rows, column after column: one stream through memory, x broadcast.
#define PANEL_DECLARE(k) v128_t acc##k = wasm_f32x4_splat(0), next##k = acc##k;
#define PANEL_MADD(k)                                                       \
  acc##k = MADD(wasm_v128_load(weight + 4 * (k)), x_j, acc##k);             \
  next##k = MADD(wasm_v128_load(weight + 4 * (n_ + (k))), x_next, next##k);
#define PANEL_STORE(k) wasm_v128_store(y + i + 4 * (k), wasm_f32x4_add(acc##k, next##k));
#define STREAM_PANELS(name, n)                                                                     \
  static void name(float *y, const float *weight, const float *x, int rows, int columns) {         \
    enum { n_ = n };                                                                               \
    for (int i = 0; i < rows; i += 4 * n_) {                                                       \
      REPEAT_##n(PANEL_DECLARE)                                                                    \
      for (int j = 0; j < columns; j += 2, weight += 8 * n_) {                                     \
        const v128_t x_j = wasm_v128_load32_splat(x + j), x_next = wasm_v128_load32_splat(x + j + 1); \
        REPEAT_##n(PANEL_MADD)                                                                     \
      }                                                                                            \
      REPEAT_##n(PANEL_STORE)                                                                      \
    }                                                                                              \
  }

STREAM_ROWS(stream_rows_1, 1)
STREAM_ROWS(stream_rows_2, 2)
STREAM_ROWS(stream_rows_4, 4)
STREAM_SINGLE(stream_single_7, 7)
STREAM_PANELS(stream_panels_2, 2)
STREAM_PANELS(stream_panels_4, 4)

static stream_kernel *const stream_table[] = {
  stream_rows_1, stream_rows_2, stream_rows_4, stream_single_7, stream_panels_2, stream_panels_4,
};

EMSCRIPTEN_KEEPALIVE int limits_stream_kernels(void) { return sizeof stream_table / sizeof stream_table[0]; }

// Runs a kernel `repeats` times. y feeds back into x, so that no repetition can be left out.
EMSCRIPTEN_KEEPALIVE float limits_stream(
  int kernel, float *y, const float *weight, float *x, int rows, int columns, int repeats) {
  for (int r = 0; r < repeats; r++) {
    stream_table[kernel](y, weight, x, rows, columns);
    x[r % columns] = 0.5f * y[r % rows];
  }
  return y[0] + y[rows - 1];
}
