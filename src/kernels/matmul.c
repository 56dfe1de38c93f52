// matmul.c: matrix products as sums of register tiles.
//
// A tile is ROWS x PANELS * 8 elements of C, kept in registers while k runs: for each k it loads the row of the packed
// panels and one broadcast element of each row of A. 4 x 8 uses 8 accumulators and leaves registers for the operands
// on machines with 16. K is cut into blocks, as long as they can be, since every block reads and writes all of C: a
// block of a panel (16 KB) stays in the first-level cache, and a block of the rows of A (256 KB at most) in the second.
//
// A is packed as well: what a tile takes of it for one k lies side by side. Rows of 1 or 4 KB would compete for a few
// lines of the first-level cache, and four pointers take more instructions than one.
#include "kernels/matmul.h"

#include "kernels/matmul_tile.h"

enum {
  WIDE_PANELS = TILE_PANELS,  // panels that a single row takes at once, to have enough independent sums
  DOT_ROWS = 7,     // of a matrix times a vector: of 1 to 8 the fastest in V8 11 and 13 together
  BLOCK_K = MATMUL_BLOCK_K,
  BLOCK_ROWS = 64,  // of A, a multiple of TILE_ROWS
};

static size_t panels_of(size_t n) { return (n + PANEL - 1) / PANEL; }

uint64_t matmul_packed_size(size_t k, size_t n) { return (uint64_t)k * panels_of(n) * PANEL; }

uint64_t matmul_workspace(size_t k) { return BLOCK_ROWS * (uint64_t)smaller(BLOCK_K, k); }

// A tile (4, 4) of rows that lie `stride` apart, transposed; those of its rows and columns that do not exist are 0.
VEC_INLINE void load_tile(vec part[TILE_ROWS], const real *first, size_t stride, size_t rows, size_t columns) {
  VEC_UNROLL
  for (size_t r = 0; r < TILE_ROWS; r++) {
    part[r] = r < rows ? vec_load_part(first + r * stride, columns) : vec_splat(0);
  }
  vec_transpose(part);
}

// Panels whose columns are the rows of b, `stride` apart.
static void pack_transposed(real *packed, const real *b, size_t stride, size_t k, size_t n) {
  for (size_t first = 0; first < n; first += PANEL, b += PANEL * stride) {
    const size_t columns = smaller(PANEL, n - first);
    size_t i = 0;
    for (; columns == PANEL && i + VEC_LANES <= k; i += VEC_LANES, packed += VEC_LANES * PANEL) {
      VEC_UNROLL
      for (size_t v = 0; v < VECS; v++) {
        vec part[TILE_ROWS];
        load_tile(part, b + v * VEC_LANES * stride + i, stride, TILE_ROWS, VEC_LANES);
        VEC_UNROLL
        for (size_t row = 0; row < VEC_LANES; row++) vec_store(packed + row * PANEL + v * VEC_LANES, part[row]);
      }
    }
    for (; i < k; i++, packed += PANEL) {
      for (size_t column = 0; column < PANEL; column++) packed[column] = column < columns ? b[column * stride + i] : 0;
    }
  }
}

void matmul_pack(real *packed, const real *b, size_t row_stride, size_t column_stride, size_t k, size_t n) {
  if (row_stride == 1) {
    pack_transposed(packed, b, column_stride, k, n);
    return;
  }
  for (size_t first = 0; first < n; first += PANEL) {
    const size_t columns = smaller(PANEL, n - first);
    const real *from = b + first;
    for (size_t row = 0; row < k; row++, from += row_stride, packed += PANEL) {
      VEC_UNROLL
      for (size_t v = 0; v < PANEL; v += VEC_LANES) {
        vec_store(packed + v, columns > v ? vec_load_part(from + v, smaller(VEC_LANES, columns - v)) : vec_splat(0));
      }
    }
  }
}

// One tile of C.
VEC_INLINE void tile(RowsOut c, MatmulInto into, const real *a, size_t a_row, size_t a_k, const real *packed,
                     size_t panel_stride, size_t k, size_t columns, const int rows, const int panels) {
  vec sum[TILE_ROWS][TILE_PANELS * VECS];
  sum_tile(sum, a, a_row, a_k, packed, panel_stride, k, rows, panels);
  VEC_UNROLL
  for (int row = 0; row < rows; row++) store_row(c.first + (size_t)row * c.stride, into, sum[row], columns, panels);
}

// The tile above at the last rows or columns, of a packed A. Not inlined: they are few, and both products share them.
static __attribute__((noinline)) void last_tile(RowsOut c, MatmulInto into, const real *a, const real *packed, size_t k,
                                                size_t columns, size_t rows) {
  switch (rows) {
    case 1: tile(c, into, a, 1, TILE_ROWS, packed, 0, k, columns, 1, 1); break;
    case 2: tile(c, into, a, 1, TILE_ROWS, packed, 0, k, columns, 2, 1); break;
    case 3: tile(c, into, a, 1, TILE_ROWS, packed, 0, k, columns, 3, 1); break;
    default: tile(c, into, a, 1, TILE_ROWS, packed, 0, k, columns, TILE_ROWS, 1);
  }
}

// Rows of C from a packed block of A (M, K) and the panels of a block of B, which lie panel_stride apart. Whole tiles,
// nearly all there are, know when they are compiled that they are whole. Inlined: shared by both products, training takes
// 2 % more time in V8 13.
VEC_INLINE void block_times_panels(RowsOut c, MatmulInto into, const real *a, const real *packed, size_t panel_stride,
                                   size_t m, size_t k, size_t n) {
  for (size_t column = 0; column < n; column += PANEL, packed += panel_stride) {
    const size_t columns = smaller(PANEL, n - column);
    for (size_t row = 0; row < m; row += TILE_ROWS) {
      const RowsOut part = {c.first + row * c.stride + column, c.stride};
      if (m - row >= TILE_ROWS && columns == PANEL) {
        tile(part, into, a + row * k, 1, TILE_ROWS, packed, 0, k, PANEL, TILE_ROWS, 1);
      } else {
        last_tile(part, into, a + row * k, packed, k, columns, m - row);
      }
    }
  }
}

// C (1, N) from one row of A: four panels at a time.
static void row_times_panels(real *c, MatmulInto into, const real *a, const real *packed, size_t panel_stride,
                             size_t k, size_t n) {
  size_t column = 0;
  for (; column + WIDE_PANELS * PANEL <= n; column += WIDE_PANELS * PANEL) {
    const RowsOut part = {c + column, 0};
    tile(part, into, a, 0, 1, packed, panel_stride, k, WIDE_PANELS * PANEL, 1, WIDE_PANELS);
    packed += WIDE_PANELS * panel_stride;
  }
  for (; column < n; column += PANEL, packed += panel_stride) {
    const RowsOut part = {c + column, 0};
    tile(part, into, a, 0, 1, packed, 0, k, smaller(PANEL, n - column), 1, 1);
  }
}

// A block (m, k) of A as tiles of TILE_ROWS rows, each stored k by k: a[m][k] to packed[m / 4][k][m % 4], the last one
// filled up with zeros.
static void pack_rows(real *packed, Rows a, size_t m, size_t k) {
  for (size_t row = 0; row < m; row += TILE_ROWS, a.first += TILE_ROWS * a.stride) {
    const size_t rows = smaller(TILE_ROWS, m - row);
    for (size_t i = 0; i < k; i += VEC_LANES) {
      const size_t lanes = smaller(VEC_LANES, k - i);
      vec part[TILE_ROWS];
      load_tile(part, a.first + i, a.stride, rows, lanes);
      for (size_t r = 0; r < lanes; r++, packed += TILE_ROWS) vec_store(packed, part[r]);
    }
  }
}

void matmul(RowsOut c, MatmulInto into, Rows a, const real *packed, real *workspace, size_t m, size_t k, size_t n) {
  if (k == 0) sum_of_none(c, into, m, n);
  const size_t panel_stride = k * PANEL;
  for (size_t first_k = 0; first_k < k; first_k += BLOCK_K) {
    const size_t block_k = smaller(BLOCK_K, k - first_k);
    const MatmulInto block_into = first_k == 0 ? into : MATMUL_ADD;
    const real *block = packed + first_k * PANEL;
    if (m == 1) {
      row_times_panels(c.first, block_into, a.first + first_k, block, panel_stride, block_k, n);
      continue;
    }
    for (size_t first_row = 0; first_row < m; first_row += BLOCK_ROWS) {
      const size_t block_m = smaller(BLOCK_ROWS, m - first_row);
      const Rows a_block = {a.first + first_row * a.stride + first_k, a.stride};
      const RowsOut c_block = {c.first + first_row * c.stride, c.stride};
      pack_rows(workspace, a_block, block_m, block_k);
      block_times_panels(c_block, block_into, workspace, block, panel_stride, block_m, block_k, n);
    }
  }
}

// sum[row] += W[row][j] x[j], with the rows of W k apart.
VEC_INLINE void dot_at(vec *sum, const real *w, const real *x, size_t k, const int rows, size_t j, size_t lanes) {
  const vec part = vec_load_part(x + j, lanes);
  VEC_UNROLL
  for (int row = 0; row < rows; row++) {
    sum[row] = vec_madd(sum[row], vec_load_part(w + (size_t)row * k + j, lanes), part);
  }
}

// `rows` dot products at once, so that x is loaded once for all of them.
VEC_INLINE void dot_rows(real *y, const real *w, const real *x, size_t k, const int rows) {
  vec sum[DOT_ROWS];
  VEC_UNROLL
  for (int row = 0; row < rows; row++) sum[row] = vec_splat(0);
  VEC_FOR(k, dot_at, sum, w, x, k, rows);
  VEC_UNROLL
  for (int row = 0; row < rows; row++) y[row] += vec_sum(sum[row]);
}

void matvec_add(real *y, const real *w, const real *x, size_t m, size_t k) {
  size_t row = 0;
  for (; row + DOT_ROWS <= m; row += DOT_ROWS) dot_rows(y + row, w + row * k, x, k, DOT_ROWS);
  for (; row < m; row++) dot_rows(y + row, w + row * k, x, k, 1);
}

void matvec_add_in_order(real *y, const real *w, size_t stride, const real *x, size_t m, size_t k) {
  for (size_t row = 0; row < m; row += TILE_ROWS) {
    const size_t rows = smaller(TILE_ROWS, m - row);
    vec sum = vec_splat(0);
    for (size_t i = 0; i < k;) {
      vec part[TILE_ROWS];
      const size_t lanes = smaller(VEC_LANES, k - i);
      load_tile(part, w + row * stride + i, stride, rows, lanes);
      for (size_t j = 0; j < lanes; j++) sum = vec_madd(sum, vec_splat(x[i + j]), part[j]);
      i += lanes;
      if (i % BLOCK_K != 0 && i < k) continue;
      vec_store_part(y + row, vec_add(vec_load_part(y + row, rows), sum), rows);
      sum = vec_splat(0);
    }
  }
}
