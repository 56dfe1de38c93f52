// matmul_tile.h: a register tile of a matrix product, and where it goes.
#ifndef LSTM_KERNELS_MATMUL_TILE_H
#define LSTM_KERNELS_MATMUL_TILE_H

#include <stdbool.h>

#include "kernels/elementwise.h"
#include "kernels/matmul.h"
#include "kernels/sizes.h"

enum {
  TILE_ROWS = VEC_LANES,  // a packed A has a vec for each k
  VECS = PANEL / VEC_LANES,
  TILE_PANELS = 4,        // at most
};

// sum[row][v] = that over k of a column of A times the row of the panels, from 0: a tile of C. A's element (row, k) is
// a[row * a_row + k * a_k]; the panels lie panel_stride apart.
VEC_INLINE void sum_tile(vec sum[][TILE_PANELS * VECS], const real *a, size_t a_row, size_t a_k, const real *packed,
                         size_t panel_stride, size_t k, const int rows, const int panels) {
  VEC_UNROLL
  for (int row = 0; row < rows; row++) {
    VEC_UNROLL
    for (int v = 0; v < panels * VECS; v++) sum[row][v] = vec_splat(0);
  }
  for (size_t i = 0; i < k; i++) {
    vec b[TILE_PANELS * VECS];
    VEC_UNROLL
    for (int v = 0; v < panels * VECS; v++) {
      b[v] = vec_load(packed + (size_t)(v / VECS) * panel_stride + (size_t)(v % VECS) * VEC_LANES);
    }
    VEC_UNROLL
    for (int row = 0; row < rows; row++) {
      const vec element = vec_splat(a[(size_t)row * a_row]);
      VEC_UNROLL
      for (int v = 0; v < panels * VECS; v++) sum[row][v] = vec_madd(sum[row][v], element, b[v]);
    }
    a += a_k;
    packed += PANEL;
  }
}

// A row of a tile comes to C; `columns` of it exist there.
VEC_INLINE void store_row(real *c, MatmulInto into, const vec *sum, size_t columns, const int panels) {
  VEC_UNROLL
  for (int v = 0; v < panels * VECS; v++) {
    const size_t at = (size_t)v * VEC_LANES;
    if (at >= columns) break;
    const size_t lanes = smaller(VEC_LANES, columns - at);
    vec value = sum[v];
    if (into == MATMUL_ADD) value = vec_add(vec_load_part(c + at, lanes), value);
    vec_store_part(c + at, value, lanes);
  }
}

enum {
  TILE_LEAVES = 8,  // of which a tile adds up sums, at most
  TILE_LEVELS = 3,
};

// The sum of leaf `leaf` of `count` is there: leaves are added in pairs, each to what waits for it. True of the last, whose sum is
// that of all then; else it waits, and that of the next may take its place.
VEC_INLINE bool add_in_pairs(vec sum[][TILE_PANELS * VECS], vec waiting[][TILE_ROWS][VECS], size_t leaf, size_t count,
                             const int rows) {
  size_t level = 0;
  for (; leaf >> level & 1; level++) {
    VEC_UNROLL
    for (int row = 0; row < rows; row++) {
      VEC_UNROLL
      for (int v = 0; v < VECS; v++) sum[row][v] = vec_add(waiting[level][row][v], sum[row][v]);
    }
  }
  if (leaf + 1 == count) return true;
  VEC_UNROLL
  for (int row = 0; row < rows; row++) {
    VEC_UNROLL
    for (int v = 0; v < VECS; v++) waiting[level][row][v] = sum[row][v];
  }
  return false;
}

// C (M, N) of a sum of no terms.
static inline void sum_of_none(RowsOut c, MatmulInto into, size_t m, size_t n) {
  for (size_t row = 0; into == MATMUL_SET && row < m; row++) fill_zero(c.first + row * c.stride, n);
}

#endif
