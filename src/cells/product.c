// product.c: the products of a cell's matrices, each in its three forms.
#include "cells/product.h"

#include "kernels/matmul.h"
#include "kernels/sizes.h"

static bool is_there(const Product *p) { return p->rows > 0 && p->columns > 0; }

// In the direction that takes more.
static uint64_t packed_size(const Product *p) {
  return larger(matmul_packed_size(p->columns, p->rows), matmul_packed_size(p->rows, p->columns));
}

static size_t offset(const Product *p) { return p->first_row * p->columns; }

uint64_t products_scratch(const Product *list, size_t count) {
  uint64_t packed = 0, gradient = 0;
  for (const Product *p = list; p < list + count; p++) {
    if (!is_there(p)) continue;
    packed += packed_size(p);
    gradient = larger(gradient, matmul_transposed_scratch(p->rows, p->columns));
  }
  return larger(packed, gradient);
}

void products_pack(Product *list, size_t count, ProductDirection direction, real *const *parameters, real *scratch) {
  for (Product *p = list; p < list + count; p++) {
    if (!is_there(p)) continue;
    const real *w = parameters[p->place] + offset(p);
    p->packed = scratch;
    if (direction == PRODUCT_FORWARD) {
      matmul_pack(p->packed, w, 1, p->columns, p->columns, p->rows);
    } else {
      matmul_pack(p->packed, w, p->columns, 1, p->rows, p->columns);
    }
    scratch += packed_size(p);
  }
}

void product_add(real *y, const Product *p, const real *x, size_t batch) {
  if (is_there(p)) matmul(y, MATMUL_ADD, x, p->packed, batch, p->columns, p->rows);
}

void product_backward(real *dx, const Product *p, const real *dy, size_t batch) {
  if (is_there(p)) matmul(dx, MATMUL_ADD, dy, p->packed, batch, p->rows, p->columns);
}

void product_gradient(real *const *dparameters, const Product *p, const real *dy, const real *x, real *scratch,
                      size_t n) {
  if (is_there(p)) matmul_transposed(dparameters[p->place] + offset(p), dy, x, scratch, p->rows, n, p->columns);
}

// Some rows of a matrix of 8-bit weights.
static Int8Matrix int8_rows(const Int8Matrix *matrix, const Product *p) {
  return (Int8Matrix){
      .q = matrix->q + p->first_row * int8_row_length(p->columns),
      .scale = matrix->scale + p->first_row,
      .sum = matrix->sum + p->first_row,
      .x = matrix->x,
  };
}

void product_step(real *y, const Product *p, real *const *parameters, const Int8Matrix *int8, const real *x) {
  if (!is_there(p)) return;
  const bool rounded = int8 && int8[p->place].q;
  const Int8Matrix rows = rounded ? int8_rows(&int8[p->place], p) : (Int8Matrix){0};
  matvec_add_with(y, parameters[p->place] + offset(p), rounded ? &rows : NULL, x, p->rows, p->columns);
}
