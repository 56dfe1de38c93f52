// feedforward.c: a cell without memory, the baseline that a recurrent one is compared with:
//
//   h = tanh(W_ih x + b_ih)        CELL_RELU: relu instead of tanh
//
// Parameters: weight_ih (H, D), bias_ih (H).
//
// Backward, with d for "gradient of the loss with respect to":
//
//   dz = dh * (1 - h^2)            relu: dz = dh where h > 0, else 0
//   dx = W_ih^T dz,  dW_ih = sum over steps and batch of dz x^T,  db of dz
//
// h is a state only in that its last value is kept; no step reads it, and its gradient before the window is 0.
//
// Memory of a window, in reals: tape T B H; scratch: that of the product W_ih x (products_scratch). The states h,
// (T + 1) B H, are the caller's.
#include "cells/squash.h"
#include "cells/window.h"
#include "kernels/elementwise.h"

enum { WEIGHT_IH, BIAS_IH };

static void parameters(CellParameter *list, const CellConfig *config) {
  list[WEIGHT_IH] = (CellParameter){"weight_ih", config->hidden_size, config->input_size, config->tokens};
  if (config->bias) list[BIAS_IH] = (CellParameter){"bias_ih", config->hidden_size, 0, false};
}

static void initialise(real *const *p, const CellConfig *config) {
  (void)p;
  (void)config;
}

static Product input_product(const CellConfig *config) {
  return window_input_product(config, WEIGHT_IH, config->hidden_size);
}

static void step(real *h, real *c, real *gates, real *const *p, const Int8Matrix *int8, const real *x, size_t token,
                 const CellConfig *config) {
  (void)c;
  (void)gates;
  const size_t H = config->hidden_size;
  const Product input = input_product(config);
  if (p[BIAS_IH]) {
    copy(h, p[BIAS_IH], H);
  } else {
    fill_zero(h, H);
  }
  step_input_sums(h, &input, p, int8, x, token, config);
  squash(h, h, H, config);
}

static uint64_t tape_size(const CellConfig *config, size_t window, size_t batch) {
  return (uint64_t)config->hidden_size * window * batch;
}

static uint64_t scratch_size(const CellConfig *config) {
  const Product input = input_product(config);
  return products_scratch(&input, 1);
}

static void forward(CellWindow *w) {
  const size_t H = w->config.hidden_size, B = w->batch;
  real *h = w->h + B * H;
  Product input = input_product(&w->config);
  window_input_sums(h, w, &input, w->parameters[BIAS_IH], w->scratch);
  for (size_t t = 0; t < w->window; t++) squash_step(w, t, h + t * B * H);
}

static void backward(CellWindow *w) {
  const size_t H = w->config.hidden_size, B = w->batch;
  real *dz = w->tape;
  Product input = input_product(&w->config);
  window_start_backward(w, 0);
  for (size_t t = w->window; t-- > 0;) squash_step_backward(dz + t * B * H, w, t);
  window_bias_gradient(w, BIAS_IH, (Rows){dz, H}, H);
  window_input_gradients(w, &input, dz, w->scratch);
}

const CellKind feedforward_cell = {
    .number = CELL_FEEDFORWARD,
    .name = "feedforward",
    .options = CELL_RELU,
    .parameters = parameters,
    .initialise = initialise,
    .step = step,
};

const CellPass feedforward_pass = {tape_size, scratch_size, forward, backward};
