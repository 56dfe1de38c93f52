// product.h: the products of a cell's matrices, or of some of their rows, with what changes from step to step: for a
// batch over a window, and for one step of one sequence. Letters: R rows, K columns, B batch, N = T B.
#ifndef LSTM_CELLS_PRODUCT_H
#define LSTM_CELLS_PRODUCT_H

#include "cells/cell.h"

// y (R) = W x (K)
typedef struct {
  size_t place;     // of the matrix among the cell's parameters
  size_t first_row; // W is its rows from here on
  size_t rows, columns; // R, K. Where one is 0 there is no such product, and everything below does nothing
  real *packed;     // W or its transpose, after products_pack
} Product;

// Reals of scratch that a list needs: all of it packed in either direction, or the blocks of one gradient.
uint64_t products_scratch(const Product *list, size_t count);

// Packs all of the list into scratch, to go forward or backward.
typedef enum { PRODUCT_FORWARD, PRODUCT_BACKWARD } ProductDirection;
void products_pack(Product *list, size_t count, ProductDirection direction, real *const *parameters, real *scratch);

// y (B, R) += W x for each row of x (B, K); packed to go forward.
void product_add(real *y, const Product *product, const real *x, size_t batch);

// dx (B, K) += W^T dy for each row of dy (B, R); packed to go backward.
void product_backward(real *dx, const Product *product, const real *dy, size_t batch);

// dW = sum over n of dy (N, R) x (N, K)^T. The scratch may be that of what was packed.
void product_gradient(real *const *dparameters, const Product *product, const real *dy, const real *x, real *scratch,
                      size_t n);

// y (R) += W x (K), from int8 where that is not NULL; not packed.
void product_step(real *y, const Product *product, real *const *parameters, const Int8Matrix *int8, const real *x);

#endif
