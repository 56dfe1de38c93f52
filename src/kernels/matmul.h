// matmul.h: every matrix product that the cells need. Matrices are row-major; letters: M rows, K summed, N columns.
#ifndef LSTM_KERNELS_MATMUL_H
#define LSTM_KERNELS_MATMUL_H

#include "kernels/vec.h"

// The rows of a matrix, whose first elements lie `stride` apart: a product reads or writes a part of wider rows.
//
//        first: a a a . . . . .      three columns of rows of eight, stride = 8
//               a a a . . . . .
typedef struct {
  const real *first;
  size_t stride;
} Rows;
typedef struct {
  real *first;
  size_t stride;
} RowsOut;

// A matrix B (K, N) made ready to be a right-hand side: panels of PANEL columns, each stored row by row,
//
//        k = 0: b b b b b b b b      panel 0, columns 0..7
//        k = 1: b b b b b b b b
//        ...
//        k = 0: b b b 0 0 0 0 0      last panel, filled up with zeros
//
// so that a product reads it once from front to back.
enum { PANEL = 2 * VEC_LANES };

// The longest part of K that is summed at once.
enum { MATMUL_BLOCK_K = 512 };

// Number of reals that the packed form of a (K, N) matrix takes: K * N, N rounded up to whole panels.
uint64_t matmul_packed_size(size_t k, size_t n);

// Packs B[k][n] = b[k * row_stride + n * column_stride], where one of the strides is 1: (N, 1) packs a row-major B and (1, K)
// the transpose of a row-major (N, K) matrix.
void matmul_pack(real *packed, const real *b, size_t row_stride, size_t column_stride, size_t k, size_t n);

// What happens to C: it becomes the product, or the product is added to it.
typedef enum { MATMUL_SET, MATMUL_ADD } MatmulInto;

// Number of reals of workspace that matmul needs for any M and N, for the left-hand side: 64 K or, where K is above 512,
// 32768.
uint64_t matmul_workspace(size_t k);

// C (M, N) = or += A (M, K) B, with B packed. C overlaps neither A nor B. K may be 0: a sum of no terms is 0.
void matmul(RowsOut c, MatmulInto into, Rows a, const real *packed, real *workspace, size_t m, size_t k, size_t n);

// Number of reals of workspace that matmul_transposed needs for any K.
uint64_t matmul_transposed_workspace(size_t m, size_t n);

// C (M, N) = or += A^T B with A (K, M) and B (K, N): a sum of outer products, as weight gradients are over batch and window.
// K may be 0.
// It is one sum, in the same order, where K comes in parts of MATMUL_BLOCK_K rows, each added to those before.
void matmul_transposed(RowsOut c, MatmulInto into, Rows a, Rows b, real *workspace, size_t m, size_t k, size_t n);

// Some leaves of a batch (leaves.h): of each of `steps` steps, whose `batch` rows follow each other, the rows starts[0] to
// starts[1] - 1 are of the first leaf, and so on.
typedef struct {
  size_t steps, batch, count;  // count: 1, 2, 4 or 8; above 1 only where all their rows are MATMUL_BLOCK_K at most
  const size_t *starts;        // (count + 1)
} MatmulLeaves;

// The same over the rows of some leaves: each leaf's rows step by step, as the K of a sum of its own; and the leaves' sums
// in pairs.
void matmul_leaves(RowsOut c, MatmulInto into, Rows a, Rows b, const MatmulLeaves *leaves, real *workspace, size_t m,
                   size_t n);

// y (M) += W (M, K) x (K): reads each weight once, as a step with a batch of one does.
void matvec_add(real *y, const real *w, const real *x, size_t m, size_t k);

// The same with rows of W `stride` apart, and with each sum in the order of matmul's, to the last bit.
void matvec_add_in_order(real *y, const real *w, size_t stride, const real *x, size_t m, size_t k);

#endif
