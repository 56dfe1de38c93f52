// integers.c: matrix products of integers, as sums of register tiles of 4 x 8 words.
//
// As in matmul.c, blocks of both operands are packed (integer_pack.h): B once, A where it is multiplied. Packing rounds.
#include "kernels/integers.h"

#include "kernels/integer_pack.h"
#include "kernels/matmul_tile.h"

enum {
  ROWS = TILE_ROWS,   // lanes of a group of A
  COLUMNS = PANEL,    // of B
  BLOCK_ROWS = 64,    // of A, a multiple of ROWS
  LEAF_ROWS = 64,     // the same of A of leaves, whose K is shorter
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

// One sum, or one of each of some leaves: how many, and the words of each.
typedef struct {
  size_t count;
  size_t words[TILE_LEAVES];
} Sums;

// An operand, packed: groups that lie `apart`, in each its part of every sum; and the lanes' scales for each sum, which lie
// scales_apart.
typedef struct {
  const uint32_t *words;
  size_t apart;
  const real *scales;
  size_t scales_apart;
} Packed;

// sum[row][v] = that of a group of A and one of B.
VEC_INLINE void sum_words(words sum[ROWS][VECS], const uint32_t *a, const uint32_t *b, size_t words_there, const int rows,
                          const Dot dot) {
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
}

static void copy_tile(RowsOut to, RowsOut from, size_t rows, size_t columns) {
  for (size_t row = 0; row < rows; row++) copy(to.first + row * to.stride, from.first + row * from.stride, columns);
}

// A tile of C, `rows` of it: each sum of whole numbers by itself, as reals added in pairs. `c` has 8 columns.
VEC_INLINE void tile(RowsOut c, MatmulInto into, const Packed *a, const Packed *b, const Sums *sums, size_t row, size_t column,
                     const int rows, const Dot dot) {
  const uint32_t *a_words = a->words + row / ROWS * a->apart, *b_words = b->words + column / COLUMNS * b->apart;
  const real *a_scales = a->scales + row, *b_scales = b->scales + column;
  vec sum[ROWS][TILE_PANELS * VECS], waiting[TILE_LEVELS][ROWS][VECS];
  for (size_t leaf = 0; leaf < sums->count; leaf++) {
    words whole[ROWS][VECS];
    sum_words(whole, a_words, b_words, sums->words[leaf], rows, dot);
    a_words += sums->words[leaf] * ROWS;
    b_words += sums->words[leaf] * COLUMNS;
    VEC_UNROLL
    for (int v = 0; v < VECS; v++) {
      const vec b_scale = vec_load(b_scales + v * VEC_LANES);
      VEC_UNROLL
      for (int i = 0; i < rows; i++) {
        sum[i][v] = vec_mul(words_to_vec(whole[i][v]), vec_mul(vec_splat(a_scales[i]), b_scale));
      }
    }
    a_scales += a->scales_apart;
    b_scales += b->scales_apart;
    if (add_in_pairs(sum, waiting, leaf, sums->count, rows)) break;
  }
  VEC_UNROLL
  for (int i = 0; i < rows; i++) {
    VEC_UNROLL
    for (int v = 0; v < VECS; v++) {
      real *to = c.first + (size_t)i * c.stride + v * VEC_LANES;
      vec_store(to, into == MATMUL_ADD ? vec_add(vec_load(to), sum[i][v]) : sum[i][v]);
    }
  }
}

// C (M, N) from a block of A and a block of B. A tile at its last rows or columns is made apart.
VEC_INLINE void all_tiles(RowsOut c, MatmulInto into, const Packed *a, const Packed *b, const Sums *sums, size_t m, size_t n,
                          const Dot dot) {
  for (size_t column = 0; column < n; column += COLUMNS) {
    const size_t columns = smaller(COLUMNS, n - column);
    for (size_t row = 0; row < m; row += ROWS) {
      const size_t rows = smaller(ROWS, m - row);
      const RowsOut part = {c.first + row * c.stride + column, c.stride};
      const bool is_whole = columns == COLUMNS && (rows == ROWS || m == 1);
      real apart[ROWS * COLUMNS];
      if (!is_whole) copy_tile((RowsOut){apart, COLUMNS}, part, rows, columns);
      const RowsOut to = is_whole ? part : (RowsOut){apart, COLUMNS};
      if (m == 1) {
        tile(to, into, a, b, sums, row, column, 1, dot);
      } else {
        tile(to, into, a, b, sums, row, column, ROWS, dot);
      }
      if (!is_whole) copy_tile(part, to, rows, columns);
    }
  }
}

static void multiply_block(RowsOut c, MatmulInto into, const Packed *a, const Packed *b, const Sums *sums, size_t m, size_t n,
                           Dot dot) {
  if (HAS_DOT_BYTES && dot == DOT_BYTES) {
    all_tiles(c, into, a, b, sums, m, n, DOT_BYTES);
  } else if (HAS_DOT_BYTES && dot == DOT_BYTES_TWICE) {
    all_tiles(c, into, a, b, sums, m, n, DOT_BYTES_TWICE);
  } else {
    all_tiles(c, into, a, b, sums, m, n, DOT_PAIRS);
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
  Lanes columns = {.from = b, .stride = (size_t)larger(row_stride, column_stride), .side_by_side = column_stride == 1};
  integer_scales(scales, inverses, columns, n, k, &form);
  for (size_t first = 0; first < k; first += block_k(precision)) {
    const size_t size = smaller(block_k(precision), k - first);
    columns.from = b + first * row_stride;
    integer_pack(to, apart, COLUMNS, columns, inverses, n, size, &form);
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
  if (k == 0) sum_of_none(c, into, m, n);
  const Form form = form_of(precision, true);
  const Dot dot = dot_of(precision);
  real *scales = workspace, *inverses = workspace + BLOCK_ROWS;
  uint32_t *words = (uint32_t *)(void *)(workspace + 2 * BLOCK_ROWS);
  Packed b = {.apart = COLUMNS * (size_t)all_lane_words(precision, k), .scales = packed};
  for (size_t row = 0; row < m; row += BLOCK_ROWS) {
    const size_t rows = smaller(BLOCK_ROWS, m - row);
    const RowsOut c_rows = {c.first + row * c.stride, c.stride};
    Lanes lanes = {.from = a.first + row * a.stride, .stride = a.stride};
    integer_scales(scales, inverses, lanes, rows, k, &form);
    b.words = (const uint32_t *)(const void *)(packed + 2 * rounded_up(n, COLUMNS));
    for (size_t first = 0; first < k; first += block_k(precision)) {
      const size_t size = smaller(block_k(precision), k - first), there = lane_words(size, &form);
      const Packed a_block = {.words = words, .apart = ROWS * there, .scales = scales};
      lanes.from = a.first + row * a.stride + first;
      integer_pack(words, a_block.apart, ROWS, lanes, inverses, rows, size, &form);
      multiply_block(c_rows, first == 0 ? into : MATMUL_ADD, &a_block, &b, &(Sums){1, {there}}, rows, n, dot);
      b.words += COLUMNS * there;
    }
  }
}

// Of a lane: a scale for each leaf, inverses, and words, which each leaf's starts from and fills up.
static uint64_t lane_size_of_leaves(const Form *form) {
  return TILE_LEAVES + 1 + TILE_LEAVES * lane_words(1, form) + MATMUL_BLOCK_K / form->per_word;
}

uint64_t integers_leaves_workspace(Precision precision, size_t n) {
  const Form form = form_of(precision, true);
  return (LEAF_ROWS + rounded_up(n, COLUMNS)) * lane_size_of_leaves(&form);
}

// Where the rows of a block of K lie, one leaf after another, and how many each has.
typedef struct {
  uint32_t rows[MATMUL_BLOCK_K];
  size_t k[TILE_LEAVES];
} BlockRows;

// The block that begins with row first_k. Of more than one leaf, it is all there is.
static void find_rows(BlockRows *block, const MatmulLeaves *leaves, const size_t *steps, size_t first_k) {
  size_t i = 0;
  for (size_t leaf = 0; leaf < leaves->count; leaf++) {
    const size_t start = leaves->starts[leaf], width = leaves->starts[leaf + 1] - start, before = i;
    const size_t end = smaller(smaller(steps[leaf], leaves->steps) * width, first_k + MATMUL_BLOCK_K);
    for (size_t k = first_k; k < end; k++) block->rows[i++] = (uint32_t)(k / width * leaves->batch + start + k % width);
    block->k[leaf] = i - before;
  }
}

// Scales, inverses and words of some lanes of all leaves.
static Packed pack_leaves(real *workspace, size_t all_lanes, size_t width, Rows x, size_t lanes, const BlockRows *block,
                          const Sums *sums, const Form *form) {
  real *inverses = workspace + TILE_LEAVES * all_lanes;
  uint32_t *words = (uint32_t *)(void *)(inverses + all_lanes), *to = words;
  Lanes columns = {.from = x.first, .stride = x.stride, .side_by_side = true, .rows = block->rows};
  size_t apart = 0;
  for (size_t leaf = 0; leaf < sums->count; leaf++) apart += width * sums->words[leaf];
  for (size_t leaf = 0; leaf < sums->count; leaf++) {
    integer_scales(workspace + leaf * all_lanes, inverses, columns, lanes, block->k[leaf], form);
    integer_pack(to, apart, width, columns, inverses, lanes, block->k[leaf], form);
    columns.rows += block->k[leaf];
    to += width * sums->words[leaf];
  }
  return (Packed){words, apart, workspace, all_lanes};
}

void integers_leaves(RowsOut c, MatmulInto into, Rows a, Rows b, const MatmulLeaves *leaves, const size_t *steps,
                     real *workspace, size_t m, size_t n, Precision precision) {
  const size_t lanes = rounded_up(n, COLUMNS), first_steps = smaller(leaves->steps, steps[0]);
  // Of more than one leaf, one block is all there is.
  const size_t k = leaves->count > 1 ? 1 : first_steps * (leaves->starts[1] - leaves->starts[0]);
  if (k == 0) sum_of_none(c, into, m, n);
  const Form a_form = form_of(precision, true), b_form = form_of(precision, false);
  const Dot dot = dot_of(precision);
  real *a_workspace = workspace + lanes * lane_size_of_leaves(&b_form);
  BlockRows block;
  for (size_t first = 0; first < k; first += MATMUL_BLOCK_K) {
    Sums sums = {.count = leaves->count};
    find_rows(&block, leaves, steps, first);
    for (size_t leaf = 0; leaf < sums.count; leaf++) sums.words[leaf] = lane_words(block.k[leaf], &a_form);
    const Packed b_packed = pack_leaves(workspace, lanes, COLUMNS, b, n, &block, &sums, &b_form);
    for (size_t row = 0; row < m; row += LEAF_ROWS) {
      const size_t rows = smaller(LEAF_ROWS, m - row);
      const Rows a_columns = {a.first + row, a.stride};
      const Packed a_packed = pack_leaves(a_workspace, LEAF_ROWS, ROWS, a_columns, rows, &block, &sums, &a_form);
      multiply_block((RowsOut){c.first + row * c.stride, c.stride}, first == 0 ? into : MATMUL_ADD, &a_packed, &b_packed,
                     &sums, rows, n, dot);
    }
  }
}

void integers_transposed(RowsOut c, MatmulInto into, Rows a, Rows b, real *workspace, size_t m, size_t k, size_t n,
                         Precision precision) {
  const size_t starts[] = {0, 1};
  const MatmulLeaves one = {.steps = k, .batch = 1, .count = 1, .starts = starts};
  integers_leaves(c, into, a, b, &one, &k, workspace, m, n, precision);
}
