// head.c: the output of a network: y = W h + b, its losses and gradients.
#include "network/head.h"

#include "cells/product.h"
#include "kernels/activation.h"
#include "kernels/elementwise.h"

static Product product_of(const Head *head) {
  return (Product){.rows = head->output_size, .columns = head->input_size};
}

void head_step(real *y, const Head *head, const real *h) {
  if (head->kind == OUTPUT_HIDDEN) {
    copy(y, h, head->output_size);
    return;
  }
  copy(y, head->bias, head->output_size);
  const Product product = product_of(head);
  product_step(y, &product, &head->weight, head->int8, h);
}

uint64_t head_scratch_size(const Head *head) {
  if (head->kind == OUTPUT_HIDDEN) return 0;
  const Product product = product_of(head);
  return products_scratch(&product, 1);
}

void head_forward(real *y, const Head *head, const real *h, real *scratch, size_t rows) {
  const size_t H = head->input_size, V = head->output_size;
  if (head->kind == OUTPUT_HIDDEN) {
    copy(y, h, rows * V);
    return;
  }
  Product product = product_of(head);
  fill_rows(y, head->bias, rows, V);
  products_pack(&product, 1, PRODUCT_FORWARD, &head->weight, scratch);
  product_forward((RowsOut){y, V}, MATMUL_ADD, &product, (Rows){h, H}, scratch, rows);
}

// The sum of the losses of some rows, each gradient multiplied by `scale`.
static double loss_of_rows(real *y, const Head *head, const int32_t *classes, const real *values, double scale,
                           size_t first, size_t rows) {
  const size_t V = head->output_size;
  if (head->kind == OUTPUT_CLASSES) return softmax_cross_entropy(y + first * V, classes + first, (real)scale, rows, V);
  return squared_error(y + first * V, values + first * V, scale, rows * V);
}

double head_loss(real *y, const Head *head, const int32_t *classes, const real *values, const uint8_t *counts,
                 size_t rows) {
  const size_t V = head->output_size;
  size_t counted = counts ? 0 : rows;
  for (size_t row = 0; counts && row < rows; row++) counted += counts[row];
  const double terms = (double)counted * (head->kind == OUTPUT_CLASSES ? 1 : (double)V);
  const double scale = 1 / terms;
  if (!counts) return loss_of_rows(y, head, classes, values, scale, 0, rows) / terms;
  double sum = 0;
  for (size_t row = 0; row < rows; row++) {
    if (counts[row]) {
      sum += loss_of_rows(y, head, classes, values, scale, row, 1);
    } else {
      fill_zero(y + row * V, V);
    }
  }
  return counted ? sum / terms : 0;
}

void head_probabilities(real *y, const Head *head, size_t rows) {
  const size_t V = head->output_size;
  for (size_t row = 0; head->kind == OUTPUT_CLASSES && row < rows; row++) softmax(y + row * V, y + row * V, 1, V);
}

void head_backward(real *dweight, real *dbias, real *dh, const Head *head, const real *h, const real *dy,
                   real *scratch, size_t rows) {
  const size_t H = head->input_size, V = head->output_size;
  if (head->kind == OUTPUT_HIDDEN) {
    copy(dh, dy, rows * V);
    return;
  }
  Product product = product_of(head);
  product_gradient(&dweight, &product, (Rows){dy, V}, (Rows){h, H}, scratch, rows);
  sum_rows(dbias, dy, rows, V);
  products_pack(&product, 1, PRODUCT_BACKWARD, &head->weight, scratch);
  product_backward((RowsOut){dh, H}, MATMUL_SET, &product, (Rows){dy, V}, scratch, rows);
}
