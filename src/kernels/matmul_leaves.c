// matmul_leaves.c: sums of outer products over the rows of leaves, as weight gradients are. The tiles are those of matmul.c;
// what a tile adds up of each leaf stays in registers or beside them, so that a tree of sums costs no pass over C.
#include "kernels/matmul_tile.h"

enum {
  BLOCK_K = MATMUL_BLOCK_K,
  TRANSPOSED_BLOCK_ROWS = 128,  // of A^T, a multiple of TILE_ROWS
};

// Where the rows of a block of K lie, of which each leaf has k[leaf].
typedef struct {
  uint32_t row[BLOCK_K];
  size_t k[TILE_LEAVES], count;
} Block;

// A block (m, k) of A^T as tiles of TILE_ROWS rows: a[k][m] to packed[m / 4][k][m % 4].
static void pack_columns(real *packed, Rows a, const Block *block, size_t m, size_t k) {
  for (size_t row = 0; row < m; row += TILE_ROWS) {
    const size_t rows = smaller(TILE_ROWS, m - row);
    const real *from = a.first + row;
    if (rows == TILE_ROWS) {
      for (size_t i = 0; i < k; i++, packed += TILE_ROWS) vec_store(packed, vec_load(from + block->row[i] * a.stride));
    } else {
      for (size_t i = 0; i < k; i++, packed += TILE_ROWS) {
        vec_store(packed, vec_load_part(from + block->row[i] * a.stride, rows));
      }
    }
  }
}

// Panels of B, whose rows lie there.
static void pack_panels(real *packed, Rows b, const Block *block, size_t k, size_t n) {
  size_t column = 0;
  for (; column + PANEL <= n; column += PANEL) {
    for (size_t i = 0; i < k; i++, packed += PANEL) {
      const real *from = b.first + block->row[i] * b.stride + column;
      VEC_UNROLL
      for (size_t v = 0; v < PANEL; v += VEC_LANES) vec_store(packed + v, vec_load(from + v));
    }
  }
  for (size_t i = 0; column < n && i < k; i++, packed += PANEL) {
    const real *from = b.first + block->row[i] * b.stride + column;
    for (size_t j = 0; j < PANEL; j++) packed[j] = column + j < n ? from[j] : 0;
  }
}

uint64_t matmul_transposed_workspace(size_t m, size_t n) {
  const size_t tiled_rows = (m + TILE_ROWS - 1) / TILE_ROWS * TILE_ROWS;
  return matmul_packed_size(BLOCK_K, n) + (uint64_t)BLOCK_K * smaller(TRANSPOSED_BLOCK_ROWS, tiled_rows);
}

// A tile of C, of sums that each leaf makes of its own part of K; they are added in pairs.
VEC_INLINE void leaves_tile(RowsOut c, MatmulInto into, const real *a, const real *packed, const Block *block, size_t rows,
                            size_t columns) {
  vec sum[TILE_ROWS][TILE_PANELS * VECS], waiting[TILE_LEVELS][TILE_ROWS][VECS];
  for (size_t leaf = 0; leaf < block->count; leaf++) {
    const size_t k = block->k[leaf];
    sum_tile(sum, a, 1, TILE_ROWS, packed, 0, k, TILE_ROWS, 1);
    a += k * TILE_ROWS;
    packed += k * PANEL;
    if (add_in_pairs(sum, waiting, leaf, block->count, TILE_ROWS)) break;
  }
  VEC_UNROLL
  for (int row = 0; row < TILE_ROWS; row++) {
    if ((size_t)row < rows) store_row(c.first + (size_t)row * c.stride, into, sum[row], columns, 1);
  }
}

// The rows of a block of K that begins with row first_k of the leaves.
static void find_rows(Block *block, const MatmulLeaves *leaves, size_t first_k, size_t k) {
  size_t i = 0;
  block->count = leaves->count;
  for (size_t leaf = 0; leaf < leaves->count; leaf++) {
    const size_t start = leaves->starts[leaf], rows = leaves->starts[leaf + 1] - start, before = i;
    // Above one leaf, the block is all there is.
    size_t step = first_k / rows, row = first_k % rows;
    for (; i < k && step < leaves->steps; i++) {
      block->row[i] = (uint32_t)(step * leaves->batch + start + row);
      if (++row < rows) continue;
      row = 0;
      step++;
    }
    block->k[leaf] = i - before;
  }
}

void matmul_leaves(RowsOut c, MatmulInto into, Rows a, Rows b, const MatmulLeaves *leaves, real *workspace, size_t m,
                   size_t n) {
  const size_t k = leaves->steps * (leaves->starts[leaves->count] - leaves->starts[0]);
  if (k == 0) sum_of_none(c, into, m, n);
  real *b_panels = workspace, *a_tiles = workspace + matmul_packed_size(BLOCK_K, n);
  Block block;
  for (size_t first_k = 0; first_k < k; first_k += BLOCK_K) {
    const size_t block_k = smaller(BLOCK_K, k - first_k);
    const MatmulInto block_into = first_k == 0 ? into : MATMUL_ADD;
    find_rows(&block, leaves, first_k, block_k);
    pack_panels(b_panels, b, &block, block_k, n);
    for (size_t first_row = 0; first_row < m; first_row += TRANSPOSED_BLOCK_ROWS) {
      const size_t block_m = smaller(TRANSPOSED_BLOCK_ROWS, m - first_row);
      pack_columns(a_tiles, (Rows){a.first + first_row, a.stride}, &block, block_m, block_k);
      const real *panel = b_panels;
      for (size_t column = 0; column < n; column += PANEL, panel += block_k * PANEL) {
        for (size_t row = 0; row < block_m; row += TILE_ROWS) {
          const RowsOut part = {c.first + (first_row + row) * c.stride + column, c.stride};
          leaves_tile(part, block_into, a_tiles + row * block_k, panel, &block, smaller(TILE_ROWS, block_m - row),
                      smaller(PANEL, n - column));
        }
      }
    }
  }
}

void matmul_transposed(RowsOut c, MatmulInto into, Rows a, Rows b, real *workspace, size_t m, size_t k, size_t n) {
  const size_t starts[] = {0, 1};
  matmul_leaves(c, into, a, b, &(MatmulLeaves){.steps = k, .batch = 1, .count = 1, .starts = starts}, workspace, m, n);
}
