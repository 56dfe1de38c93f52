// lstm.c: the standard long short-term memory cell (Hochreiter & Schmidhuber 1997, with the forget gate of Gers,
// Schmidhuber & Cummins 2000), in the equations and letters of torch.nn.LSTM:
//
//   i = sigmoid(W_ii x + b_ii + W_hi h_prev + b_hi)     input gate
//   f = sigmoid(W_if x + b_if + W_hf h_prev + b_hf)     forget gate
//   g = tanh   (W_ig x + b_ig + W_hg h_prev + b_hg)     candidate
//   o = sigmoid(W_io x + b_io + W_ho h_prev + b_ho)     output gate
//   c = f * c_prev + i * g                              cell state
//   h = o * tanh(c)                                     hidden state
//
// Courses call c the long-term memory LTM, h the short-term memory STM and x the event E: f * c_prev is their forget
// gate, i * g their learn gate, c their remember gate. (Their use gate is another equation: kind 'four-gate'.)
//
// States and gradients that decay never come to the denormal numbers (vec_flush).
//
// Parameters: weight_ih (4H, D), weight_hh (4H, H), bias_ih (4H), bias_hh (4H); rows in the order i, f, g, o.
//
// Backward, with d for "gradient of the loss with respect to" (dh holds the gradient from the layer above and from later
// steps, dc that from later steps):
//
//   do = dh * tanh(c)             dz_o = do * o (1 - o)
//   dc = dc + dh * o (1 - tanh(c)^2)
//   di = dc * g                   dz_i = di * i (1 - i)
//   dg = dc * i                   dz_g = dg * (1 - g^2)
//   df = dc * c_prev              dz_f = df * f (1 - f)
//   dc_prev = dc * f              dh_prev = W_hh^T dz        dx = W_ih^T dz
//   dW_ih = sum over steps and batch of dz x^T,  dW_hh of dz h_prev^T,  db of dz
//
// Memory of a window, in reals: tape 5 T B H (four gates and tanh c); scratch: 4H, and the scratch of the product W_ih x
// or of W_hh h, whichever is larger (products_scratch). The states h and c, (T + 1) B H each, are the caller's.
#include "cells/lstm.h"
#include "cells/window.h"
#include "kernels/activation.h"
#include "kernels/elementwise.h"
#include "kernels/sizes.h"

enum { WEIGHT_IH, WEIGHT_HH, BIAS_IH, BIAS_HH };
enum { I, F, G, O, GATES };

static size_t c_size(const CellConfig *config) { return config->hidden_size; }

static void parameters(CellParameter *list, const CellConfig *config) {
  const size_t rows = GATES * config->hidden_size;
  list[WEIGHT_IH] = (CellParameter){"weight_ih", rows, config->input_size, config->tokens};
  list[WEIGHT_HH] = (CellParameter){"weight_hh", rows, config->hidden_size, false};
  if (!config->bias) return;
  list[BIAS_IH] = (CellParameter){"bias_ih", rows, 0, false};
  list[BIAS_HH] = (CellParameter){"bias_hh", rows, 0, false};
}

// The two biases of the forget gate sum to forget_bias.
static void initialise(real *const *p, const CellConfig *config) {
  if (!config->bias) return;
  const size_t H = config->hidden_size;
  for (size_t j = 0; j < H; j++) {
    p[BIAS_IH][F * H + j] = config->forget_bias;
    p[BIAS_HH][F * H + j] = 0;
  }
}

VEC_INLINE void activate_at(real *h, real *c, real *tanh_c, const real *i, const real *f, const real *g, const real *o,
                            const real *c_prev, size_t j, size_t lanes) {
  // c = i * g + f * c_prev
  const vec learnt = vec_mul(vec_load_part(i + j, lanes), vec_load_part(g + j, lanes));
  const vec new_c = vec_flush(vec_madd(learnt, vec_load_part(f + j, lanes), vec_load_part(c_prev + j, lanes)));
  // h = o * tanh(c)
  const vec t = vec_tanh(new_c);
  vec_store_part(c + j, new_c, lanes);
  vec_store_part(tanh_c + j, t, lanes);
  vec_store_part(h + j, vec_flush(vec_mul(vec_load_part(o + j, lanes), t)), lanes);
}

void lstm_activate(real *h, real *c, real *tanh_c, real *gates, const real *c_prev, size_t H) {
  real *i = gates + I * H, *f = gates + F * H, *g = gates + G * H, *o = gates + O * H;
  sigmoid_all(i, i, 2 * H);  // i and f lie side by side
  tanh_all(g, g, H);
  sigmoid_all(o, o, H);
  VEC_FOR(H, activate_at, h, c, tanh_c, i, f, g, o, c_prev);
}

// i, f, g, o (H) become dz_i, dz_f, dz_g, dz_o.
VEC_INLINE void activate_backward_at(real *i, real *f, real *g, real *o, real *dc, const real *dh, const real *tanh_c,
                                     const real *c_prev, size_t j, size_t lanes) {
  const vec one = vec_constant(1);
  const vec i_j = vec_load_part(i + j, lanes), f_j = vec_load_part(f + j, lanes);
  const vec g_j = vec_load_part(g + j, lanes), o_j = vec_load_part(o + j, lanes);
  const vec t = vec_load_part(tanh_c + j, lanes), dh_j = vec_load_part(dh + j, lanes);
  // dc = dc + dh * o (1 - tanh(c)^2)
  const vec dc_j = vec_madd(vec_load_part(dc + j, lanes), vec_mul(dh_j, o_j), vec_sub(one, vec_mul(t, t)));
  // di = dc * g,  dg = dc * i,  df = dc * c_prev,  do = dh * tanh(c)
  const vec di = vec_mul(dc_j, g_j), dg = vec_mul(dc_j, i_j);
  const vec df = vec_mul(dc_j, vec_load_part(c_prev + j, lanes)), d_o = vec_mul(dh_j, t);
  // dz_i = di * i (1 - i)
  vec_store_part(i + j, vec_flush(vec_mul(di, vec_mul(i_j, vec_sub(one, i_j)))), lanes);
  // dz_f = df * f (1 - f)
  vec_store_part(f + j, vec_flush(vec_mul(df, vec_mul(f_j, vec_sub(one, f_j)))), lanes);
  // dz_g = dg * (1 - g^2)
  vec_store_part(g + j, vec_flush(vec_mul(dg, vec_sub(one, vec_mul(g_j, g_j)))), lanes);
  // dz_o = do * o (1 - o)
  vec_store_part(o + j, vec_flush(vec_mul(d_o, vec_mul(o_j, vec_sub(one, o_j)))), lanes);
  // dc_prev = dc * f
  vec_store_part(dc + j, vec_flush(vec_mul(dc_j, f_j)), lanes);
}

void lstm_activate_backward(real *gates, real *dc, const real *dh, const real *tanh_c, const real *c_prev, size_t H) {
  real *i = gates + I * H, *f = gates + F * H, *g = gates + G * H, *o = gates + O * H;
  VEC_FOR(H, activate_backward_at, i, f, g, o, dc, dh, tanh_c, c_prev);
}

// The product with the input is packed by itself, before and after the steps.
enum { PRODUCT_IH, PRODUCT_HH, PRODUCTS };

static void list_products(Product *list, const CellConfig *config) {
  const size_t H = config->hidden_size, rows = GATES * H;
  list[PRODUCT_IH] = window_input_product(config, WEIGHT_IH, rows);
  list[PRODUCT_HH] = (Product){.place = WEIGHT_HH, .rows = rows, .columns = H, .precision = config->precision};
}

static void step(real *h, real *c, real *gates, real *const *p, const Int8Matrix *int8, const real *x, size_t token,
                 const CellConfig *config) {
  const size_t H = config->hidden_size, rows = GATES * H;
  Product products[PRODUCTS];
  list_products(products, config);
  start_sums(gates, p[BIAS_IH], p[BIAS_HH], rows);
  step_input_sums(gates, &products[PRODUCT_IH], p, int8, x, token, config);
  product_step(gates, &products[PRODUCT_HH], p, int8, h);
  lstm_activate(h, c, h, gates, c, H);
}

static uint64_t tape_size(const CellConfig *config, size_t window, size_t batch) {
  return (uint64_t)(GATES + 1) * config->hidden_size * window * batch;
}

static uint64_t scratch_size(const CellConfig *config) {
  Product products[PRODUCTS];
  list_products(products, config);
  return GATES * config->hidden_size +
         larger(products_scratch(&products[PRODUCT_IH], 1), products_scratch(&products[PRODUCT_HH], 1));
}

static void forward(CellWindow *w) {
  const size_t H = w->config.hidden_size, rows = GATES * H, B = w->batch;
  real *const *p = w->parameters;
  real *gates = w->tape, *tanh_c = w->tape + w->window * B * rows;
  real *bias = w->scratch, *scratch = w->scratch + rows;
  Product products[PRODUCTS];
  list_products(products, &w->config);
  start_sums(bias, p[BIAS_IH], p[BIAS_HH], rows);
  window_input_sums(gates, w, &products[PRODUCT_IH], bias, scratch);
  products_pack(&products[PRODUCT_HH], 1, PRODUCT_FORWARD, p, scratch);
  for (size_t t = 0; t < w->window; t++) {
    const real *h_prev = window_mask_h(w, t), *c_prev = w->c + t * B * H;
    real *h = w->h + (t + 1) * B * H, *c = w->c + (t + 1) * B * H;
    const RowsOut z = {gates + t * B * rows, rows};
    product_forward(z, MATMUL_ADD, &products[PRODUCT_HH], (Rows){h_prev, H}, scratch, B);
    for (size_t b = 0; b < B; b++) {
      const size_t row = t * B + b;
      if (window_is_over(w, t, b)) {
        window_hold(w, t, b, H);
      } else {
        lstm_activate(h + b * H, c + b * H, tanh_c + row * H, gates + row * rows, c_prev + b * H, H);
      }
    }
  }
}

// The sum of squares of dLoss/dc (H) after a step, from the dc that comes from later steps and from dh.
static double squares_of_dc(const real *gates, const real *dc, const real *dh, const real *tanh_c, size_t H) {
  double sum = 0;
  for (size_t j = 0; j < H; j++) {
    const double d = dc[j] + dh[j] * gates[O * H + j] * (1 - tanh_c[j] * tanh_c[j]);
    sum += d * d;
  }
  return sum;
}

static void backward(CellWindow *w) {
  const size_t H = w->config.hidden_size, rows = GATES * H, B = w->batch, count = w->window * B;
  real *const *p = w->parameters;
  real *gates = w->tape, *tanh_c = w->tape + count * rows, *scratch = w->scratch + rows;
  Product products[PRODUCTS];
  list_products(products, &w->config);
  window_start_backward(w, H);
  products_pack(&products[PRODUCT_HH], 1, PRODUCT_BACKWARD, p, scratch);
  for (size_t t = w->window; t-- > 0;) {
    const real *c_prev = w->c + t * B * H;
    if (w->dc_squares) w->dc_squares[t + 1] = 0;
    for (size_t b = 0; b < B; b++) {
      const size_t row = t * B + b;
      real *dc = w->dc0 + b * H;
      const real *dh = w->dh + row * H;
      if (window_is_over(w, t, b)) {
        fill_zero(gates + row * rows, rows);
        window_hold_backward(w, t, b);
        if (w->dc_squares) w->dc_squares[t + 1] += sum_of_squares(dc, H);
        continue;
      }
      if (w->dc_squares) {
        w->dc_squares[t + 1] += squares_of_dc(gates + row * rows, dc, dh, tanh_c + row * H, H);
      }
      lstm_activate_backward(gates + row * rows, dc, dh, tanh_c + row * H, c_prev + b * H, H);
    }
    if (!window_wants_dh_before(w, t)) break;
    const RowsOut dh_prev = {window_dmasked_h(w, t), H};
    product_backward(dh_prev, MATMUL_ADD, &products[PRODUCT_HH], (Rows){gates + t * B * rows, rows}, scratch, B);
    window_mask_h_backward(w, t);
  }
  if (w->dc_squares) w->dc_squares[0] = sum_of_squares(w->dc0, B * H);
  window_gradient(w, &products[PRODUCT_HH], (Rows){gates, rows}, (Rows){window_masked_h(w), H}, scratch);
  window_bias_gradients(w, BIAS_IH, BIAS_HH, (Rows){gates, rows}, rows);
  window_input_gradients(w, &products[PRODUCT_IH], gates, scratch);
}

const CellKind lstm_cell = {
    .number = CELL_LSTM,
    .name = "lstm",
    // With any of these, lstm_variant_cell takes its place.
    .options = CELL_LSTM_OPTIONS,
    .takes_clip = true,
    .takes_projection = true,
    .takes_forget_bias = true,
    .weight_hh = WEIGHT_HH,
    .gate_count = GATES,
    .gate_names = {"input", "forget", "candidate", "output"},
    .c_size = c_size,
    .parameters = parameters,
    .initialise = initialise,
    .step = step,
};

const CellPass lstm_pass = {tape_size, scratch_size, forward, backward};
