// window.c: what cells of every kind do with a window.
#include "cells/window.h"

#include "kernels/elementwise.h"

Product window_input_product(const CellConfig *config, size_t place, size_t rows) {
  return (Product){.place = place,
                   .rows = rows,
                   .columns = config->tokens ? 0 : config->input_size,
                   .precision = config->input_precision};
}

// z (T, B, R) = the column of each token + bias.
static void token_sums(real *z, const CellWindow *w, const real *weight_ih, const real *bias, size_t rows) {
  const size_t count = w->window * w->batch;
  for (size_t n = 0; n < count; n++) {
    const real *column = weight_ih + (size_t)w->tokens[n] * rows;
    if (bias) {
      add_to(z + n * rows, column, bias, rows);
    } else {
      copy(z + n * rows, column, rows);
    }
  }
}

void window_input_sums(real *z, const CellWindow *w, Product *input, const real *bias, real *scratch) {
  const size_t D = w->config.input_size, rows = input->rows, count = w->window * w->batch;
  if (w->config.tokens) {
    token_sums(z, w, w->parameters[input->place], bias, rows);
    return;
  }
  if (bias) fill_rows(z, bias, count, rows);
  products_pack(input, 1, PRODUCT_FORWARD, w->parameters, scratch);
  product_forward((RowsOut){z, rows}, bias ? MATMUL_ADD : MATMUL_SET, input, (Rows){w->x, D}, scratch, count);
}

void window_input_gradients(const CellWindow *w, Product *input, const real *dz, real *scratch) {
  const size_t D = w->config.input_size, rows = input->rows, count = w->window * w->batch;
  if (w->config.tokens) {
    leaves_sum_tokens(w->dparameters[input->place], w->leaves, w->tokens, D, (Rows){dz, rows}, w->window, rows);
    return;
  }
  window_gradient(w, input, (Rows){dz, rows}, (Rows){w->x, D}, scratch);
  if (!w->dx) return;
  products_pack(input, 1, PRODUCT_BACKWARD, w->parameters, scratch);
  product_backward((RowsOut){w->dx, D}, MATMUL_SET, input, (Rows){dz, rows}, scratch, count);
}

void window_gradient(const CellWindow *w, const Product *product, Rows dy, Rows x, real *scratch) {
  product_gradient(w->dparameters, product, dy, x, scratch, w->leaves, w->window);
}

void window_bias_gradient(const CellWindow *w, size_t place, Rows dz, size_t n) {
  real *dbias = w->dparameters[place];
  if (dbias) leaves_sum(dbias, w->leaves, (LeafTerms){.x = dz}, w->window, n);
}

// The second bias has the gradient of the first.
static void copy_bias_gradient(const CellWindow *w, size_t place, size_t second, size_t n) {
  real *dbias = w->dparameters[place], *other = w->dparameters[second];
  for (size_t k = 0; dbias && k < w->leaves->node_count; k++) {
    copy(other + k * w->leaves->node_stride, dbias + k * w->leaves->node_stride, n);
  }
}

void window_bias_gradients(const CellWindow *w, size_t place, size_t second, Rows dz, size_t n) {
  window_bias_gradient(w, place, dz, n);
  copy_bias_gradient(w, place, second, n);
}

void window_bias_sums(const CellWindow *w, size_t place, size_t second, const real *sums, size_t n) {
  if (w->dparameters[place]) leaves_sum_up(w->dparameters[place], w->leaves, sums, n);
  copy_bias_gradient(w, place, second, n);
}

void step_input_sums(real *sums, const Product *input, real *const *parameters, const Int8Matrix *int8, const real *x,
                     size_t token, const CellConfig *config) {
  if (config->tokens) {
    add(sums, parameters[input->place] + token * input->rows, input->rows);
  } else {
    product_step(sums, input, parameters, int8, x);
  }
}

void start_sums(real *sums, const real *bias_ih, const real *bias_hh, size_t rows) {
  if (bias_ih) {
    add_to(sums, bias_ih, bias_hh, rows);
  } else {
    fill_zero(sums, rows);
  }
}

const real *window_mask_h(CellWindow *w, size_t t) {
  const size_t n = w->batch * cell_h_size(&w->config);
  if (w->h_mask) multiply_to(w->masked_h + t * n, w->h + t * n, w->h_mask, n);
  return window_masked_h(w) + t * n;
}

void window_start_backward(CellWindow *w, size_t c_size) {
  fill_zero(w->dh0, w->batch * cell_h_size(&w->config));
  if (w->dc_end) {
    copy(w->dc0, w->dc_end, w->batch * c_size);
  } else if (c_size > 0) {
    fill_zero(w->dc0, w->batch * c_size);
  }
}

real *window_dmasked_h(CellWindow *w, size_t t) {
  if (!w->h_mask) return window_dh_before(w, t);
  fill_zero(w->dmasked_h, w->batch * cell_h_size(&w->config));
  return w->dmasked_h;
}

void window_mask_h_backward(CellWindow *w, size_t t) {
  if (w->h_mask) add_multiplied(window_dh_before(w, t), w->dmasked_h, w->h_mask, w->batch * cell_h_size(&w->config));
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
