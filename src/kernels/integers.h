// integers.h: matrix products of integers, for matrices of reals that are rounded when they are packed. Letters as in
// matmul.h: M rows, K summed, N columns.
//
//   C[m][n] = (a_scale[m] b_scale[n]) * sum over k of qa[m][k] qb[k][n]        qa, qb whole numbers
//
// Each row of A and each column of B has its own scale, its largest magnitude over the largest whole number: nothing saturates.
// Sums of whole numbers are exact in any order: scalar, simd and relaxed give the same bits, for any number of rows. Where K
// is longer than a block, the sums of blocks are added up as reals, in order.
//
//            whole numbers   block of K   of leaves
//   int16     -2047..2047         512        512       sums fit 32 bits
//   int8        -63..63          2048        512
//
// int8 has 7 bits a side: where a processor multiplies bytes two pairs at a time it adds them up to 16 bits, and so fits two
// such sums (integers.c).
//
// A row of A or column of B with a NaN or an infinity makes every number of that row or column of C NaN or infinite.
#ifndef LSTM_KERNELS_INTEGERS_H
#define LSTM_KERNELS_INTEGERS_H

#include "kernels/matmul.h"

typedef enum { PRECISION_FLOAT32, PRECISION_INT16, PRECISION_INT8, PRECISIONS } Precision;

// In reals, for a (K, N) matrix.
uint64_t integers_packed_size(Precision precision, size_t k, size_t n);

// Rounds and packs B[k][n] = b[k * row_stride + n * column_stride], of which one stride is 1.
void integers_pack(real *packed, const real *b, size_t row_stride, size_t column_stride, size_t k, size_t n,
                   Precision precision);

// In reals, for any M and N.
uint64_t integers_workspace(Precision precision, size_t k);

// C (M, N) = or += A (M, K) B, with B packed.
void integers_multiply(RowsOut c, MatmulInto into, Rows a, const real *packed, real *workspace, size_t m, size_t k, size_t n,
                       Precision precision);

// In reals, for any M and K.
uint64_t integers_leaves_workspace(Precision precision, size_t n);

// C (M, N) = or += A^T B over the rows of some leaves (matmul_leaves): each leaf's rows step by step, in blocks of at most
// MATMUL_BLOCK_K, with scales of their own: a sum of whole numbers each. The leaves' sums are added in pairs, as reals. Of a
// leaf no more than steps[leaf], or leaves->steps, are looked at: a row of A of zeros adds nothing, but that of B may change
// a scale.
void integers_leaves(RowsOut c, MatmulInto into, Rows a, Rows b, const MatmulLeaves *leaves, const size_t *steps,
                     real *workspace, size_t m, size_t n, Precision precision);

// The same with A (K, M) and B (K, N) of one leaf.
void integers_transposed(RowsOut c, MatmulInto into, Rows a, Rows b, real *workspace, size_t m, size_t k, size_t n,
                         Precision precision);

#endif
