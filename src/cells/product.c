// product.c: the products of a cell's matrices, each in its forms.
#include "cells/product.h"

#include "kernels/sizes.h"

static bool is_there(const Product *p) { return p->rows > 0 && p->columns > 0; }

static size_t stride_of(const Product *p) { return p->stride ? p->stride : p->columns; }

static size_t offset(const Product *p) { return p->first_row * stride_of(p) + p->first_column; }

static bool is_float(const Product *p) { return p->precision == PRECISION_FLOAT32; }

static uint64_t size_packed(const Product *p, size_t k, size_t n) {
  return is_float(p) ? matmul_packed_size(k, n) : integers_packed_size(p->precision, k, n);
}

// In the direction that takes more.
static uint64_t packed_size(const Product *p) {
  return larger(size_packed(p, p->columns, p->rows), size_packed(p, p->rows, p->columns));
}

static uint64_t workspace_for(const Product *p, size_t k) {
  return is_float(p) ? matmul_workspace(k) : integers_workspace(p->precision, k);
}

static uint64_t gradient_workspace(const Product *p) {
  return is_float(p) ? matmul_transposed_workspace(p->rows, p->columns)
                     : integers_leaves_workspace(p->precision, p->columns);
}

static uint64_t workspace(const Product *list, size_t count) {
  uint64_t most = 0;
  for (const Product *p = list; p < list + count; p++) {
    if (is_there(p)) most = larger(most, larger(workspace_for(p, p->columns), workspace_for(p, p->rows)));
  }
  return most;
}

uint64_t products_scratch(const Product *list, size_t count) {
  uint64_t packed = workspace(list, count), gradient = 0;
  for (const Product *p = list; p < list + count; p++) {
    if (!is_there(p)) continue;
    packed += packed_size(p);
    gradient = larger(gradient, gradient_workspace(p));
  }
  return larger(packed, gradient);
}

void products_pack(Product *list, size_t count, ProductDirection direction, real *const *parameters, real *scratch) {
  real *packed = scratch + workspace(list, count);
  for (Product *p = list; p < list + count; p++) {
    if (!is_there(p)) continue;
    const real *w = parameters[p->place] + offset(p);
    const bool forward = direction == PRODUCT_FORWARD;
    const size_t row_stride = forward ? 1 : stride_of(p), column_stride = forward ? stride_of(p) : 1;
    const size_t k = forward ? p->columns : p->rows, n = forward ? p->rows : p->columns;
    if (is_float(p)) {
      matmul_pack(packed, w, row_stride, column_stride, k, n);
    } else {
      integers_pack(packed, w, row_stride, column_stride, k, n, p->precision);
    }
    p->packed = packed;
    packed += packed_size(p);
  }
}

// y (batch, N) = or += x (batch, K) times what is packed.
static void multiply(RowsOut y, MatmulInto into, const Product *p, Rows x, real *scratch, size_t batch, size_t k, size_t n) {
  if (is_float(p)) {
    matmul(y, into, x, p->packed, scratch, batch, k, n);
  } else {
    integers_multiply(y, into, x, p->packed, scratch, batch, k, n, p->precision);
  }
}

void product_forward(RowsOut y, MatmulInto into, const Product *p, Rows x, real *scratch, size_t batch) {
  if (is_there(p)) multiply(y, into, p, x, scratch, batch, p->columns, p->rows);
}

void product_backward(RowsOut dx, MatmulInto into, const Product *p, Rows dy, real *scratch, size_t batch) {
  if (is_there(p)) multiply(dx, into, p, dy, scratch, batch, p->rows, p->columns);
}

void product_gradient(real *const *dparameters, const Product *p, Rows dy, Rows x, real *scratch, const Leaves *leaves,
                      size_t steps) {
  if (!is_there(p)) return;
  const RowsOut dw = {dparameters[p->place] + offset(p), stride_of(p)};
  leaves_product(dw, leaves, dy, x, scratch, steps, p->rows, p->columns, p->precision);
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

const Int8Matrix products_in_order[1] = {{0}};

void product_step(real *y, const Product *p, real *const *parameters, const Int8Matrix *int8, const real *x) {
  if (!is_there(p)) return;
  const real *w = parameters[p->place] + offset(p);
  if (int8 == products_in_order) {
    matvec_add_in_order(y, w, stride_of(p), x, p->rows, p->columns);
  } else if (int8 && int8[p->place].q) {
    const Int8Matrix rows = int8_rows(&int8[p->place], p);
    int8_matvec_add(y, &rows, x, p->rows, p->columns);
  } else {
    matvec_add(y, w, x, p->rows, p->columns);
  }
}
