// window.c: what cells of every kind do with a window.
#include "cells/window.h"

#include "kernels/elementwise.h"
#include "kernels/matmul.h"
#include "kernels/sizes.h"

uint64_t window_product_scratch(size_t rows, size_t k) {
  const uint64_t packed = larger(matmul_packed_size(k, rows), matmul_packed_size(rows, k));
  return larger(packed, matmul_transposed_scratch(rows, k));
}

uint64_t window_input_scratch(const CellConfig *config, size_t rows) {
  return config->tokens ? 0 : window_product_scratch(rows, config->input_size);
}

void window_input_sums(real *z, const CellWindow *w, const real *weight_ih, const real *bias, real *scratch,
                       size_t rows) {
  const size_t D = w->config.input_size, count = w->window * w->batch;
  if (w->config.tokens) {
    for (size_t n = 0; n < count; n++) {
      const real *column = weight_ih + (size_t)w->tokens[n] * rows;
      if (bias) {
        add_to(z + n * rows, column, bias, rows);
      } else {
        copy(z + n * rows, column, rows);
      }
    }
    return;
  }
  if (bias) fill_rows(z, bias, count, rows);
  matmul_pack(scratch, weight_ih, 1, D, D, rows);
  matmul(z, bias ? MATMUL_ADD : MATMUL_SET, w->x, scratch, count, D, rows);
}

void window_input_gradients(const CellWindow *w, real *dweight_ih, const real *weight_ih, const real *dz, real *scratch,
                            size_t rows) {
  const size_t D = w->config.input_size, count = w->window * w->batch;
  if (w->config.tokens) {
    fill_zero(dweight_ih, rows * D);
    for (size_t n = 0; n < count; n++) add(dweight_ih + (size_t)w->tokens[n] * rows, dz + n * rows, rows);
  } else {
    matmul_transposed(dweight_ih, dz, w->x, scratch, rows, count, D);
  }
  if (!w->dx) return;
  matmul_pack(scratch, weight_ih, D, 1, rows, D);
  matmul(w->dx, MATMUL_SET, dz, scratch, count, rows, D);
}

void step_input_sums(real *sums, const real *weight_ih, const Int8Matrix *int8, const real *x, size_t token,
                     const CellConfig *config, size_t rows) {
  if (config->tokens) {
    add(sums, weight_ih + token * rows, rows);
  } else {
    matvec_add_with(sums, weight_ih, int8, x, rows, config->input_size);
  }
}

void start_sums(real *sums, const real *bias_ih, const real *bias_hh, size_t rows) {
  if (bias_ih) {
    add_to(sums, bias_ih, bias_hh, rows);
  } else {
    fill_zero(sums, rows);
  }
}

const real *window_see_h(CellWindow *w, size_t t) {
  const size_t n = w->batch * cell_h_size(&w->config);
  if (w->h_mask) multiply_to(w->seen_h + t * n, w->h + t * n, w->h_mask, n);
  return window_seen_h(w) + t * n;
}

real *window_dseen_h(CellWindow *w, size_t t) {
  if (!w->h_mask) return window_dh_before(w, t);
  fill_zero(w->dseen_h, w->batch * cell_h_size(&w->config));
  return w->dseen_h;
}

void window_see_h_backward(CellWindow *w, size_t t) {
  if (w->h_mask) add_multiplied(window_dh_before(w, t), w->dseen_h, w->h_mask, w->batch * cell_h_size(&w->config));
}

void window_hold(CellWindow *w, size_t t, size_t b, size_t c_size) {
  const size_t P = cell_h_size(&w->config), row = t * w->batch + b, next = row + w->batch;
  copy(w->h + next * P, w->h + row * P, P);
  if (c_size > 0) copy(w->c + next * c_size, w->c + row * c_size, c_size);
}

void window_hold_backward(CellWindow *w, size_t t, size_t b) {
  const size_t P = cell_h_size(&w->config);
  add(window_dh_before(w, t) + b * P, w->dh + (t * w->batch + b) * P, P);
}
