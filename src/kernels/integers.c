// integers.c: matrix products of integers, as sums of register tiles of 4 x 8 words.
//
// As in matmul.c, blocks of both operands are packed (integer_pack.h): B once, A where it is multiplied. Packing rounds.
#include "kernels/integers.h"

#include "kernels/elementwise.h"
#include "kernels/integer_pack.h"
#include "kernels/sizes.h"

enum {
  ROWS = VEC_LANES,   // lanes of a group of A
  COLUMNS = PANEL,    // of B
  VECS = PANEL / VEC_LANES,
  BLOCK_ROWS = 64,    // of A, a multiple of ROWS
  BYTES_OFFSET = 64,  // makes numbers from -63 on positive
};

static Form form_of(Precision precision, bool is_a) {
  if (precision == PRECISION_INT16) return (Form){2047, 2, 0, 0};
  if (!HAS_DOT_BYTES) return (Form){63, 2, 0, 0};
  return is_a ? (Form){63, 4, BYTES_OFFSET, 0} : (Form){63, 4, 0, 0u - BYTES_OFFSET};
}

static size_t block_k(Precision precision) { return precision == PRECISION_INT16 ? 512 : 2048; }

static size_t rounded_up(size_t n, size_t to) { return (n + to - 1) / to * to; }

// Words of all blocks of k, for each lane.
static uint64_t all_lane_words(Precision precision, size_t k) {
  const size_t block = block_k(precision);
  const Form form = form_of(precision, false);
  return (uint64_t)(k / block) * lane_words(block, &form) + (k % block ? lane_words(k % block, &form) : 0);
}

// How two words of four bytes of A and B are multiplied: each by itself, which is one instruction where the processor has it;
// or both at once, where it has one that adds pairs to 16 bits.
typedef enum { DOT_PAIRS, DOT_BYTES, DOT_BYTES_TWICE } Dot;

static Dot dot_of(Precision precision) {
  if (!HAS_DOT_BYTES || precision != PRECISION_INT8) return DOT_PAIRS;
  return words_dot_bytes_saturates() ? DOT_BYTES_TWICE : DOT_BYTES;
}

// A block of an operand, packed: groups that lie `apart`; and the lanes' scales.
typedef struct {
  const uint32_t *words;
  size_t apart;
  const real *scales;
} Packed;

// One tile of C (m, n), of which rows and columns exist, from one group of A and one of B.
VEC_INLINE void tile(RowsOut c, MatmulInto into, const uint32_t *a, const uint32_t *b, const real *a_scales,
                     const real *b_scales, size_t words_there, size_t m, size_t n, const int rows, const Dot dot) {
  words sum[ROWS][VECS];
  VEC_UNROLL
  for (int row = 0; row < rows; row++) {
    VEC_UNROLL
    for (int v = 0; v < VECS; v++) sum[row][v] = words_add(words_load_splat(a + row), words_load(b + v * VEC_LANES));
  }
  a += ROWS;
  b += COLUMNS;
  const size_t at_once = dot == DOT_BYTES_TWICE ? 2 : 1;
  const words ones = words_ones();
  for (size_t i = 1; i < words_there; i += at_once, a += at_once * ROWS, b += at_once * COLUMNS) {
    VEC_UNROLL
    for (int v = 0; v < VECS; v++) {
      const words first = words_load(b + v * VEC_LANES);
      const words second = dot == DOT_BYTES_TWICE ? words_load(b + COLUMNS + v * VEC_LANES) : first;
      VEC_UNROLL
      for (int row = 0; row < rows; row++) {
        words *to = &sum[row][v];
        const words element = words_load_splat(a + row);
        if (dot == DOT_BYTES_TWICE) {
          *to = words_dot_bytes_twice(*to, first, element, second, words_load_splat(a + ROWS + row), ones);
        } else if (dot == DOT_BYTES) {
          *to = words_dot_bytes(*to, first, element);
        } else {
          *to = words_dot_pairs(*to, element, first);
        }
      }
    }
  }
  VEC_UNROLL
  for (int row = 0; row < rows; row++) {
    VEC_UNROLL
    for (int v = 0; v < VECS; v++) {
      const size_t at = (size_t)v * VEC_LANES;
      if ((size_t)row >= m || at >= n) continue;
      const size_t lanes = smaller(VEC_LANES, n - at);
      real *to = c.first + (size_t)row * c.stride + at;
      const vec scale = vec_mul(vec_splat(a_scales[row]), vec_load_part(b_scales + at, lanes));
      vec value = vec_mul(words_to_vec(sum[row][v]), scale);
      if (into == MATMUL_ADD) value = vec_add(vec_load_part(to, lanes), value);
      vec_store_part(to, value, lanes);
    }
  }
}

// C (M, N) from a block of A and a block of B.
VEC_INLINE void all_tiles(RowsOut c, MatmulInto into, const Packed *a, const Packed *b, size_t words_there, size_t m,
                          size_t n, const Dot dot) {
  const uint32_t *b_words = b->words;
  for (size_t column = 0; column < n; column += COLUMNS, b_words += b->apart) {
    const uint32_t *a_words = a->words;
    for (size_t row = 0; row < m; row += ROWS, a_words += a->apart) {
      const RowsOut part = {c.first + row * c.stride + column, c.stride};
      const real *a_scales = a->scales + row, *b_scales = b->scales + column;
      if (m - row >= ROWS && n - column >= COLUMNS) {
        tile(part, into, a_words, b_words, a_scales, b_scales, words_there, ROWS, COLUMNS, ROWS, dot);
      } else if (m - row == 1) {
        tile(part, into, a_words, b_words, a_scales, b_scales, words_there, 1, n - column, 1, dot);
      } else {
        tile(part, into, a_words, b_words, a_scales, b_scales, words_there, m - row, n - column, ROWS, dot);
      }
    }
  }
}

static void multiply_block(RowsOut c, MatmulInto into, const Packed *a, const Packed *b, size_t words_there, size_t m,
                           size_t n, Dot dot) {
  if (HAS_DOT_BYTES && dot == DOT_BYTES) {
    all_tiles(c, into, a, b, words_there, m, n, DOT_BYTES);
  } else if (HAS_DOT_BYTES && dot == DOT_BYTES_TWICE) {
    all_tiles(c, into, a, b, words_there, m, n, DOT_BYTES_TWICE);
  } else {
    all_tiles(c, into, a, b, words_there, m, n, DOT_PAIRS);
  }
}

// Scales and inverses of B, then each panel with all blocks of K.
uint64_t integers_packed_size(Precision precision, size_t k, size_t n) {
  return rounded_up(n, COLUMNS) * (2 + all_lane_words(precision, k));
}

void integers_pack(real *packed, const real *b, size_t row_stride, size_t column_stride, size_t k, size_t n,
                   Precision precision) {
  const Form form = form_of(precision, false);
  const size_t apart = COLUMNS * (size_t)all_lane_words(precision, k);
  real *scales = packed, *inverses = packed + rounded_up(n, COLUMNS);
  uint32_t *to = (uint32_t *)(void *)(packed + 2 * rounded_up(n, COLUMNS));
  const Lanes columns = {b, row_stride, column_stride};
  integer_scales(scales, inverses, columns, n, k, &form);
  for (size_t first = 0; first < k; first += block_k(precision)) {
    const size_t size = smaller(block_k(precision), k - first);
    const Lanes block = {b + first * row_stride, row_stride, column_stride};
    integer_pack(to, apart, COLUMNS, block, inverses, n, size, &form);
    to += COLUMNS * lane_words(size, &form);
  }
}

// Scales and inverses of a block's rows of A, then their words.
uint64_t integers_workspace(Precision precision, size_t k) {
  const Form form = form_of(precision, true);
  return BLOCK_ROWS * (2 + lane_words((size_t)smaller(k, block_k(precision)), &form));
}

void integers_multiply(RowsOut c, MatmulInto into, Rows a, const real *packed, real *workspace, size_t m, size_t k, size_t n,
                       Precision precision) {
  for (size_t row = 0; k == 0 && into == MATMUL_SET && row < m; row++) fill_zero(c.first + row * c.stride, n);
  const Form form = form_of(precision, true);
  const Dot dot = dot_of(precision);
  real *scales = workspace, *inverses = workspace + BLOCK_ROWS;
  uint32_t *words = (uint32_t *)(void *)(workspace + 2 * BLOCK_ROWS);
  Packed b = {.apart = COLUMNS * (size_t)all_lane_words(precision, k), .scales = packed};
  for (size_t row = 0; row < m; row += BLOCK_ROWS) {
    const size_t rows = smaller(BLOCK_ROWS, m - row);
    const RowsOut c_rows = {c.first + row * c.stride, c.stride};
    Lanes lanes = {a.first + row * a.stride, 1, a.stride};
    integer_scales(scales, inverses, lanes, rows, k, &form);
    b.words = (const uint32_t *)(const void *)(packed + 2 * rounded_up(n, COLUMNS));
    for (size_t first = 0; first < k; first += block_k(precision)) {
      const size_t size = smaller(block_k(precision), k - first), there = lane_words(size, &form);
      lanes.from = a.first + row * a.stride + first;
      integer_pack(words, ROWS * there, ROWS, lanes, inverses, rows, size, &form);
      const Packed a_block = {words, ROWS * there, scales};
      multiply_block(c_rows, first == 0 ? into : MATMUL_ADD, &a_block, &b, there, rows, n, dot);
      b.words += COLUMNS * there;
    }
  }
}

// K is cut into as few blocks as can be, of one size but for the last.
static size_t transposed_block(size_t k) {
  const size_t blocks = (k + INTEGERS_BLOCK_ROWS - 1) / INTEGERS_BLOCK_ROWS;
  return blocks > 1 ? rounded_up((k + blocks - 1) / blocks, 8) : INTEGERS_BLOCK_ROWS;
}

// Scales, inverses and words of a block of B, and then of some columns of A.
uint64_t integers_transposed_workspace(Precision precision, size_t n) {
  const Form form = form_of(precision, true);
  return (BLOCK_ROWS + rounded_up(n, COLUMNS)) * (2 + (uint64_t)lane_words(INTEGERS_BLOCK_ROWS, &form));
}

void integers_transposed(RowsOut c, MatmulInto into, Rows a, Rows b, real *workspace, size_t m, size_t k, size_t n,
                         Precision precision) {
  for (size_t row = 0; k == 0 && into == MATMUL_SET && row < m; row++) fill_zero(c.first + row * c.stride, n);
  const Form a_form = form_of(precision, true), b_form = form_of(precision, false);
  const Dot dot = dot_of(precision);
  const size_t b_lanes = rounded_up(n, COLUMNS), block = transposed_block(k);
  real *b_scales = workspace, *b_inverses = b_scales + b_lanes;
  real *a_scales = b_inverses + b_lanes, *a_inverses = a_scales + BLOCK_ROWS;
  uint32_t *words = (uint32_t *)(void *)(a_inverses + BLOCK_ROWS);
  for (size_t first = 0; first < k; first += block) {
    const size_t size = smaller(block, k - first), there = lane_words(size, &a_form);
    uint32_t *a_words = words + b_lanes * there;
    const Lanes b_columns = {b.first + first * b.stride, b.stride, 1};
    const Packed b_block = {words, COLUMNS * there, b_scales};
    integer_scales(b_scales, b_inverses, b_columns, n, size, &b_form);
    integer_pack(words, b_block.apart, COLUMNS, b_columns, b_inverses, n, size, &b_form);
    for (size_t row = 0; row < m; row += BLOCK_ROWS) {
      const size_t rows = smaller(BLOCK_ROWS, m - row);
      const Lanes a_columns = {a.first + first * a.stride + row, a.stride, 1};
      const Packed a_block = {a_words, ROWS * there, a_scales};
      integer_scales(a_scales, a_inverses, a_columns, rows, size, &a_form);
      integer_pack(a_words, a_block.apart, ROWS, a_columns, a_inverses, rows, size, &a_form);
      multiply_block((RowsOut){c.first + row * c.stride, c.stride}, first == 0 ? into : MATMUL_ADD, &a_block, &b_block,
                     there, rows, n, dot);
    }
  }
}
