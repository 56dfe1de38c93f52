// bridge.c: what a network starts from where it is given a summary; the equations stand in bridge.h.
#include "network/bridge.h"

#include "cells/squash.h"
#include "kernels/activation.h"
#include "kernels/elementwise.h"
#include "kernels/sizes.h"

enum { WEIGHT_H, BIAS_H, WEIGHT_C, BIAS_C };

static bool has_state(const CellKind *kind) { return kind->weight_hh != 0; }

size_t bridge_summary_h(const CellConfig *config) { return cell_h_size(config); }

size_t bridge_summary_c(const CellKind *kind, const CellConfig *config) {
  return has_state(kind) ? cell_c_size(kind, config) : 0;
}

void bridge_parameters(CellParameter *list, const CellKind *kind, const CellConfig *config, size_t summary_size) {
  const size_t P = cell_h_size(config), C = cell_c_size(kind, config), N = summary_size;
  if (!has_state(kind) || N == 0) return;
  list[WEIGHT_H] = (CellParameter){"weight_h", P, N, false};
  list[BIAS_H] = (CellParameter){"bias_h", P, 0, false};
  if (C == 0) return;
  list[WEIGHT_C] = (CellParameter){"weight_c", C, N, false};
  list[BIAS_C] = (CellParameter){"bias_c", C, 0, false};
}

static Product product_of(size_t place, size_t rows, size_t summary_size) {
  return (Product){.place = place, .rows = rows, .columns = summary_size};
}

// dz (B, P) or (B, C), and what the products need.
uint64_t bridge_scratch_size(const CellKind *kind, const CellConfig *config, size_t summary_size, size_t batch) {
  const Product h = product_of(WEIGHT_H, cell_h_size(config), summary_size);
  const Product c = product_of(WEIGHT_C, cell_c_size(kind, config), summary_size);
  return count_sum(count_product(batch, larger(h.rows, c.rows)), larger(products_scratch(&h, 1), products_scratch(&c, 1)));
}

// y (B, rows) = W s + b
static void line(real *y, Product product, real *const *parameters, const real *bias, const real *summary,
                 real *scratch, size_t batch) {
  fill_rows(y, bias, batch, product.rows);
  products_pack(&product, 1, PRODUCT_FORWARD, parameters, scratch);
  product_forward((RowsOut){y, product.rows}, MATMUL_ADD, &product, (Rows){summary, product.columns}, scratch, batch);
}

static void line_backward(real *dsummary, real *const *dparameters, real *dbias, const real *dy, Product product,
                          real *const *parameters, const real *summary, real *scratch, const Leaves *leaves) {
  const Rows rows = {dy, product.rows};
  product_gradient(dparameters, &product, rows, (Rows){summary, product.columns}, scratch, leaves, 1);
  leaves_sum(dbias, leaves, (LeafTerms){.x = rows}, 1, product.rows);
  products_pack(&product, 1, PRODUCT_BACKWARD, parameters, scratch);
  product_backward((RowsOut){dsummary, product.columns}, MATMUL_ADD, &product, rows, scratch, leaves->batch);
}

void bridge_forward(real *h, real *c, real *const *parameters, const real *summary, size_t summary_size,
                    size_t h_size, size_t c_size, real *scratch, size_t batch) {
  if (!parameters[WEIGHT_H]) return;
  line(h, product_of(WEIGHT_H, h_size, summary_size), parameters, parameters[BIAS_H], summary, scratch, batch);
  tanh_all(h, h, batch * h_size);
  if (!parameters[WEIGHT_C]) return;
  line(c, product_of(WEIGHT_C, c_size, summary_size), parameters, parameters[BIAS_C], summary, scratch, batch);
}

static void line_step(real *y, Product product, real *const *parameters, const real *bias, const real *summary) {
  copy(y, bias, product.rows);
  product_step(y, &product, parameters, NULL, summary);
}

void bridge_step(real *h, real *c, real *const *parameters, const real *summary, size_t summary_size, size_t h_size,
                 size_t c_size) {
  if (!parameters[WEIGHT_H]) return;
  line_step(h, product_of(WEIGHT_H, h_size, summary_size), parameters, parameters[BIAS_H], summary);
  tanh_all(h, h, h_size);
  if (!parameters[WEIGHT_C]) return;
  line_step(c, product_of(WEIGHT_C, c_size, summary_size), parameters, parameters[BIAS_C], summary);
}

// dz (B, n): 0 where the sequence did not start from its summary.
static void clear_others(real *dz, const bool *started, size_t batch, size_t n) {
  for (size_t b = 0; b < batch; b++) {
    if (!started[b]) fill_zero(dz + b * n, n);
  }
}

void bridge_backward(real *dsummary, real *const *dparameters, const real *dh, const real *dc, const real *h,
                     real *const *parameters, const real *summary, size_t summary_size, size_t h_size, size_t c_size,
                     real *scratch, const bool *started, const Leaves *leaves) {
  const size_t batch = leaves->batch;
  if (!parameters[WEIGHT_H]) return;
  real *dz = scratch;
  scratch += batch * (h_size > c_size ? h_size : c_size);
  tanh_backward(dz, dh, h, batch * h_size);
  clear_others(dz, started, batch, h_size);
  line_backward(dsummary, dparameters, dparameters[BIAS_H], dz, product_of(WEIGHT_H, h_size, summary_size), parameters,
                summary, scratch, leaves);
  if (!parameters[WEIGHT_C]) return;
  copy(dz, dc, batch * c_size);
  clear_others(dz, started, batch, c_size);
  line_backward(dsummary, dparameters, dparameters[BIAS_C], dz, product_of(WEIGHT_C, c_size, summary_size), parameters,
                summary, scratch, leaves);
}
