// rnn.c: Elman's simple recurrent network (Elman 1990) in the equation and letters of torch.nn.RNN:
//
//   h = tanh(W_ih x + b_ih + W_hh h_prev + b_hh)        CELL_RELU: relu instead of tanh
//
// It has no gates and no cell state: what courses call the hidden or context layer is h. With clip > 0 the sum is kept
// in [-clip, clip] before tanh or relu (as ONNX's RNN does).
//
// Parameters: weight_ih (H, D), weight_hh (H, H), bias_ih (H), bias_hh (H).
//
// Backward, with d for "gradient of the loss with respect to" and z for the sum:
//
//   dz = dh * (1 - h^2)           relu: dz = dh where h > 0, else 0; both 0 where z was clipped
//   dh_prev = W_hh^T dz           dx = W_ih^T dz
//   dW_ih = sum over steps and batch of dz x^T,  dW_hh of dz h_prev^T,  db of dz
//
// dh_prev is dh times W_hh^T and a slope, step after step, and shrinks or grows geometrically with the number of steps
// (Hochreiter 1991; Bengio, Simard & Frasconi 1994): what the cells with a cell state are there for.
//
// Memory of a window, in reals: tape T B H; scratch: H, and the scratch of the product W_ih x or of W_hh h, whichever is
// larger (products_scratch). The states h, (T + 1) B H, are the caller's.
#include "cells/squash.h"
#include "cells/window.h"
#include "kernels/elementwise.h"
#include "kernels/sizes.h"

enum { WEIGHT_IH, WEIGHT_HH, BIAS_IH, BIAS_HH };

static void parameters(CellParameter *list, const CellConfig *config) {
  const size_t H = config->hidden_size;
  list[WEIGHT_IH] = (CellParameter){"weight_ih", H, config->input_size, config->tokens};
  list[WEIGHT_HH] = (CellParameter){"weight_hh", H, H, false};
  if (!config->bias) return;
  list[BIAS_IH] = (CellParameter){"bias_ih", H, 0, false};
  list[BIAS_HH] = (CellParameter){"bias_hh", H, 0, false};
}

static void initialise(real *const *p, const CellConfig *config) {
  (void)p;
  (void)config;
}

// The product with the input is packed by itself, before and after the steps.
enum { PRODUCT_IH, PRODUCT_HH, PRODUCTS };

static void list_products(Product *list, const CellConfig *config) {
  const size_t H = config->hidden_size;
  list[PRODUCT_IH] = window_input_product(config, WEIGHT_IH, H);
  list[PRODUCT_HH] = (Product){.place = WEIGHT_HH, .rows = H, .columns = H, .precision = config->precision};
}

static uint64_t step_scratch_size(const CellConfig *config) { return config->hidden_size; }

static void step(real *h, real *c, real *z, real *const *p, const Int8Matrix *int8, const real *x, size_t token,
                 const CellConfig *config) {
  (void)c;
  const size_t H = config->hidden_size;
  Product products[PRODUCTS];
  list_products(products, config);
  start_sums(z, p[BIAS_IH], p[BIAS_HH], H);
  step_input_sums(z, &products[PRODUCT_IH], p, int8, x, token, config);
  product_step(z, &products[PRODUCT_HH], p, int8, h);
  squash(h, z, H, config);
}

static uint64_t tape_size(const CellConfig *config, size_t window, size_t batch) {
  return (uint64_t)config->hidden_size * window * batch;
}

static uint64_t scratch_size(const CellConfig *config) {
  Product products[PRODUCTS];
  list_products(products, config);
  return config->hidden_size +
         larger(products_scratch(&products[PRODUCT_IH], 1), products_scratch(&products[PRODUCT_HH], 1));
}

static void forward(CellWindow *w) {
  const size_t H = w->config.hidden_size, B = w->batch;
  real *const *p = w->parameters;
  real *z = w->tape, *bias = w->scratch, *scratch = w->scratch + H;
  Product products[PRODUCTS];
  list_products(products, &w->config);
  start_sums(bias, p[BIAS_IH], p[BIAS_HH], H);
  window_input_sums(z, w, &products[PRODUCT_IH], bias, scratch);
  products_pack(&products[PRODUCT_HH], 1, PRODUCT_FORWARD, p, scratch);
  for (size_t t = 0; t < w->window; t++, z += B * H) {
    const Rows h_prev = {window_mask_h(w, t), H};
    product_forward((RowsOut){z, H}, MATMUL_ADD, &products[PRODUCT_HH], h_prev, scratch, B);
    squash_step(w, t, z);
  }
}

static void backward(CellWindow *w) {
  const size_t H = w->config.hidden_size, B = w->batch;
  real *const *p = w->parameters;
  real *dz = w->tape, *scratch = w->scratch + H;
  Product products[PRODUCTS];
  list_products(products, &w->config);
  window_start_backward(w, 0);
  products_pack(&products[PRODUCT_HH], 1, PRODUCT_BACKWARD, p, scratch);
  for (size_t t = w->window; t-- > 0;) {
    squash_step_backward(dz + t * B * H, w, t);
    if (!window_wants_dh_before(w, t)) break;
    const RowsOut dh_prev = {window_dmasked_h(w, t), H};
    product_backward(dh_prev, MATMUL_ADD, &products[PRODUCT_HH], (Rows){dz + t * B * H, H}, scratch, B);
    window_mask_h_backward(w, t);
  }
  window_gradient(w, &products[PRODUCT_HH], (Rows){dz, H}, (Rows){window_masked_h(w), H}, scratch);
  window_bias_gradients(w, BIAS_IH, BIAS_HH, (Rows){dz, H}, H);
  window_input_gradients(w, &products[PRODUCT_IH], dz, scratch);
}

const CellKind rnn_cell = {
    .number = CELL_RNN,
    .name = "rnn",
    .options = CELL_RELU,
    .takes_clip = true,
    .weight_hh = WEIGHT_HH,
    .parameters = parameters,
    .initialise = initialise,
    .step = step,
    .step_scratch_size = step_scratch_size,
};

const CellPass rnn_pass = {tape_size, scratch_size, forward, backward};
