// product.h: the one way in which a cell multiplies by its matrices, or by a part of one: for a batch over a window,
// and for one step of one sequence. Letters: R rows and K columns of the part, B batch, N = T B.
//
// A product's operands are rows, which may be parts of wider ones (Rows). Its packed form is made by products_pack and
// only read from then on; what a multiplication writes to beside its result is the workspace.
#ifndef LSTM_CELLS_PRODUCT_H
#define LSTM_CELLS_PRODUCT_H

#include "cells/cell.h"
#include "kernels/matmul.h"

// W (R, K). Where R or K is 0 there is no such product: all of the below do nothing.
//
// With a precision below float32 the three products over a batch are of integers (kernels/integers.h): both operands are
// rounded, W where it is packed, with a scale a row to go forward and a column to go backward; x and dy where they are
// multiplied, with a scale a sequence and step, and for dW a column of a block of rows. A step of one sequence is always of
// floats, and so are the products of the first layer with vectors, whose columns may have any range (CellConfig), of heads,
// attention and bridges, which have few rows or are few: their Product has no precision.
typedef struct {
  size_t place;                    // of the matrix among the cell's parameters
  size_t first_row, first_column;  // of the part
  size_t rows, columns;            // R, K
  size_t stride;                   // length of the matrix's rows; 0: K
  Precision precision;
  const real *packed;              // W or its transpose, after products_pack
} Product;

VEC_INLINE void products_set_precision(Product *list, size_t count, Precision precision) {
  for (size_t p = 0; p < count; p++) list[p].precision = precision;
}

// Reals of scratch that a list needs. For products_pack and the products: a workspace for the longest left-hand side
// (matmul_workspace, integers_workspace) and behind it each packed, in the direction that takes more (matmul_packed_size,
// integers_packed_size); or, if it is more, the blocks of the largest gradient (matmul_transposed_workspace,
// integers_leaves_workspace).
uint64_t products_scratch(const Product *list, size_t count);

// Packs all of the list into the scratch, to go forward or backward.
typedef enum { PRODUCT_FORWARD, PRODUCT_BACKWARD } ProductDirection;
void products_pack(Product *list, size_t count, ProductDirection direction, real *const *parameters, real *scratch);

// y (B, R) = or += W x for each row of x (B, K); packed to go forward. The scratch is that of products_pack.
void product_forward(RowsOut y, MatmulInto into, const Product *product, Rows x, real *scratch, size_t batch);

// dx (B, K) = or += W^T dy for each row of dy (B, R); packed to go backward.
void product_backward(RowsOut dx, MatmulInto into, const Product *product, Rows dy, real *scratch, size_t batch);

// dW = sum over so many steps of all sequences of dy (T, B, R) x (T, B, K)^T. What was packed into the scratch is lost.
void product_gradient(real *const *dparameters, const Product *product, Rows dy, Rows x, real *scratch,
                      const Leaves *leaves, size_t steps);

// In the place of a step's 8-bit weights, this asks for the floats, and for sums in the order of matmul: with it steps
// give what windows give, to the last bit. Compared, never read.
extern const Int8Matrix products_in_order[];

// y (R) += W x (K), from int8 where that is not NULL; not packed. W is whole rows of its matrix.
void product_step(real *y, const Product *product, real *const *parameters, const Int8Matrix *int8, const real *x);

#endif
