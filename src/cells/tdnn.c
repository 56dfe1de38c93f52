// tdnn.c: a time-delay cell (Waibel, Hanazawa, Hinton, Shikano & Lang 1989): it reads the last N inputs and no more.
//
//   h_t = tanh(W_0 x_t + W_1 x_(t-1) + ... + W_(N-1) x_(t-N+1) + b_ih)        CELL_RELU: relu instead of tanh
//
// Inputs before the start of a sequence are 0. N = config.delays >= 2. No gates.
//
// Parameters: weight_ih (H, N D) = [W_0 W_1 ... W_(N-1)], column n D + d for element d of the input n steps ago, or for
// token d n steps ago; bias_ih (H).
//
// Its c is what it remembers: the last N - 1 inputs, newest first, (N - 1) D numbers; or for tokens N - 1 numbers, each
// a token + 1, 0 where there was none yet. So with X_t = [x_t, c_(t-1)], (N D):
//
//   h_t = tanh(W X_t + b_ih),  c_t = the first (N - 1) D elements of X_t
//
// Backward, with d for "gradient of the loss with respect to" (dc holds the gradient from later steps):
//
//   dz = dh * (1 - h^2)            relu: dz = dh where h > 0, else 0
//   dX = W^T dz,  and its first (N - 1) D elements += dc;  [dx, dc_prev] = dX, that is with W = [W_0, W_c]:
//   dx = W_0^T dz + the first D elements of dc,  dc_prev = W_c^T dz + the others of dc, followed by D zeros
//   dW = sum over steps and batch of dz X^T,  db of dz
//
// dh before the window is 0; so is dc where the inputs are tokens.
//
// Memory of a window, in reals: tape T B H; scratch, for vectors only: that of the product W_0 x or of W_c c, whichever is
// larger (products_scratch). The states h, (T + 1) B H, and c, (T + 1) B (N - 1) D, are the caller's.
#include <string.h>

#include "cells/squash.h"
#include "cells/window.h"
#include "kernels/elementwise.h"
#include "kernels/sizes.h"

enum { WEIGHT_IH, BIAS_IH };

// How many numbers stand for one input in c.
static size_t input_length(const CellConfig *config) { return config->tokens ? 1 : config->input_size; }

static size_t c_size(const CellConfig *config) { return (config->delays - 1) * input_length(config); }

static void parameters(CellParameter *list, const CellConfig *config) {
  const size_t H = config->hidden_size;
  list[WEIGHT_IH] = (CellParameter){"weight_ih", H, config->delays * config->input_size, config->tokens};
  if (config->bias) list[BIAS_IH] = (CellParameter){"bias_ih", H, 0, false};
}

static void initialise(real *const *p, const CellConfig *config) {
  (void)p;
  (void)config;
}

// Vectors: the products with x and with c, each with its columns of the matrix, and with both side by side, X.
enum { PRODUCT_X, PRODUCT_C, PRODUCT_WHOLE, PRODUCTS };

static void list_products(Product *list, const CellConfig *config) {
  const size_t H = config->hidden_size, D = config->input_size, all = config->delays * D;
  const size_t from_c = config->tokens ? 0 : all - D;
  list[PRODUCT_X] = window_input_product(config, WEIGHT_IH, H);
  list[PRODUCT_X].stride = all;
  list[PRODUCT_C] = (Product){.place = WEIGHT_IH, .first_column = D, .rows = H, .columns = from_c, .stride = all};
  list[PRODUCT_WHOLE] = (Product){.place = WEIGHT_IH, .rows = H, .columns = D + from_c};
  products_set_precision(list, PRODUCTS, config->input_precision);
}

// 1 + the token of n steps ago, or 0 where there was none: the token itself, or the (n - 1)st of c. A state from outside
// may hold any numbers: those that stand for no token count as none.
static size_t token_before(const real *c, size_t token, size_t n, const CellConfig *config) {
  if (n == 0) return token + 1;
  const real remembered = c[n - 1];
  return remembered >= 1 && remembered < (real)(config->input_size + 1) ? (size_t)remembered : 0;
}

// z (H) += the columns of the tokens of `first` or more steps ago.
static void add_columns(real *z, const real *weight_ih, const real *c, size_t token, size_t first,
                        const CellConfig *config) {
  const size_t H = config->hidden_size;
  for (size_t n = first; n < config->delays; n++) {
    const size_t token_plus_1 = token_before(c, token, n, config);
    if (token_plus_1 > 0) add(z, weight_ih + (n * config->input_size + token_plus_1 - 1) * H, H);
  }
}

// For vectors: X.
static uint64_t step_scratch_size(const CellConfig *config) {
  return config->tokens ? 0 : (uint64_t)config->delays * config->input_size;
}

static void step(real *h, real *c, real *gates, real *const *p, const Int8Matrix *int8, const real *x, size_t token,
                 const CellConfig *config) {
  const size_t H = config->hidden_size, D = config->input_size, C = c_size(config);
  if (p[BIAS_IH]) {
    copy(h, p[BIAS_IH], H);
  } else {
    fill_zero(h, H);
  }
  if (config->tokens) {
    add_columns(h, p[WEIGHT_IH], c, token, 0, config);
    for (size_t n = C - 1; n > 0; n--) c[n] = c[n - 1];
    c[0] = (real)(token + 1);
  } else {
    real *whole_x = gates;
    Product products[PRODUCTS];
    list_products(products, config);
    copy(whole_x, x, D);
    copy(whole_x + D, c, C);
    if (int8 == products_in_order) {
      product_step(h, &products[PRODUCT_X], p, int8, x);
      product_step(h, &products[PRODUCT_C], p, int8, c);
    } else {
      product_step(h, &products[PRODUCT_WHOLE], p, int8, whole_x);
    }
    copy(c, whole_x, C);
  }
  squash(h, h, H, config);
}

static uint64_t tape_size(const CellConfig *config, size_t window, size_t batch) {
  return (uint64_t)config->hidden_size * window * batch;
}

static uint64_t scratch_size(const CellConfig *config) {
  Product products[PRODUCTS];
  list_products(products, config);
  return larger(products_scratch(&products[PRODUCT_X], 1), products_scratch(&products[PRODUCT_C], 1));
}

// c of every step.
static void remember(CellWindow *w) {
  const size_t C = c_size(&w->config), length = input_length(&w->config), B = w->batch;
  for (size_t t = 0; t < w->window; t++) {
    for (size_t b = 0; b < B; b++) {
      const size_t row = t * B + b;
      const real *c_prev = w->c + row * C;
      real *c = w->c + (row + B) * C;
      if (window_is_over(w, t, b)) {
        copy(c, c_prev, C);
        continue;
      }
      if (w->tokens) {
        c[0] = (real)(w->tokens[row] + 1);
      } else {
        copy(c, w->x + row * length, length);
      }
      copy(c + length, c_prev, C - length);
    }
  }
}

// z (T, B, H) += W_c c.
static void add_remembered(real *z, const CellWindow *w, Product *product, real *scratch) {
  const size_t H = w->config.hidden_size, C = c_size(&w->config), count = w->window * w->batch;
  if (w->tokens) {
    for (size_t n = 0; n < count; n++) {
      const size_t token = (size_t)w->tokens[n];
      add_columns(z + n * H, w->parameters[WEIGHT_IH], w->c + n * C, token, 1, &w->config);
    }
    return;
  }
  products_pack(product, 1, PRODUCT_FORWARD, w->parameters, scratch);
  product_forward((RowsOut){z, H}, MATMUL_ADD, product, (Rows){w->c, C}, scratch, count);
}

// dW_c, from dz (T, B, H).
static void remembered_gradient(const real *dz, const CellWindow *w, const Product *product, real *scratch) {
  const size_t H = w->config.hidden_size, D = w->config.input_size, C = c_size(&w->config);
  const size_t count = w->window * w->batch;
  if (!w->tokens) {
    window_gradient(w, product, (Rows){dz, H}, (Rows){w->c, C}, scratch);
    return;
  }
  int32_t *tokens = w->leaves->next_row;
  for (size_t n = 1; n < w->config.delays; n++) {
    for (size_t row = 0; row < count; row++) {
      tokens[row] = (int32_t)token_before(w->c + row * C, (size_t)w->tokens[row], n, &w->config) - 1;
    }
    leaves_sum_tokens(w->dparameters[WEIGHT_IH] + n * D * H, w->leaves, tokens, D, (Rows){dz, H}, w->window, H);
  }
}

// dc0 and dc_squares from dz (T, B, H); dx, which has W_0^T dz, gets the rest. Where only dc0 is asked for, the steps
// whose inputs stand beside the state before the window are enough.
static void remember_backward(CellWindow *w, const real *dz, Product *product, real *scratch) {
  const size_t H = w->config.hidden_size, D = w->config.input_size, C = c_size(&w->config), B = w->batch;
  if (w->skips_dh0 && !w->dx && !w->dc_squares) return;
  const size_t steps = w->dx || w->dc_squares || w->dc_end ? w->window : smaller(w->window, w->config.delays - 1);
  real *dc = w->dc0;
  products_pack(product, 1, PRODUCT_BACKWARD, w->parameters, scratch);
  for (size_t t = steps; t-- > 0;) {
    if (w->dc_squares) w->dc_squares[t + 1] = sum_of_squares(dc, B * C);
    for (size_t b = 0; b < B; b++) {
      if (window_is_over(w, t, b)) continue;
      // dx += the first D elements of dc,  dc_prev = the others, followed by D zeros
      real *dc_row = dc + b * C;
      if (w->dx) add(w->dx + (t * B + b) * D, dc_row, D);
      memmove(dc_row, dc_row + D, (C - D) * sizeof *dc);
      fill_zero(dc_row + C - D, D);
    }
    // dc_prev += W_c^T dz
    product_backward((RowsOut){dc, C}, MATMUL_ADD, product, (Rows){dz + t * B * H, H}, scratch, B);
  }
  if (w->dc_squares) w->dc_squares[0] = sum_of_squares(dc, B * C);
}

static void forward(CellWindow *w) {
  const size_t B = w->batch, H = w->config.hidden_size;
  real *h = w->h + B * H;
  Product products[PRODUCTS];
  list_products(products, &w->config);
  remember(w);
  window_input_sums(h, w, &products[PRODUCT_X], w->parameters[BIAS_IH], w->scratch);
  add_remembered(h, w, &products[PRODUCT_C], w->scratch);
  for (size_t t = 0; t < w->window; t++) squash_step(w, t, h + t * B * H);
}

static void backward(CellWindow *w) {
  const size_t B = w->batch, H = w->config.hidden_size;
  real *dz = w->tape;
  Product products[PRODUCTS];
  list_products(products, &w->config);
  window_start_backward(w, w->tokens ? 0 : c_size(&w->config));
  for (size_t t = w->window; t-- > 0;) squash_step_backward(dz + t * B * H, w, t);
  window_bias_gradient(w, BIAS_IH, (Rows){dz, H}, H);
  remembered_gradient(dz, w, &products[PRODUCT_C], w->scratch);
  window_input_gradients(w, &products[PRODUCT_X], dz, w->scratch);
  if (w->tokens) {
    fill_zero(w->dc0, B * c_size(&w->config));
    for (size_t t = 0; w->dc_squares && t <= w->window; t++) w->dc_squares[t] = 0;
  } else {
    remember_backward(w, dz, &products[PRODUCT_C], w->scratch);
  }
}

const CellKind tdnn_cell = {
    .number = CELL_TDNN,
    .name = "tdnn",
    .options = CELL_RELU,
    .takes_delays = true,
    .c_size = c_size,
    .parameters = parameters,
    .initialise = initialise,
    .step = step,
    .step_scratch_size = step_scratch_size,
};

const CellPass tdnn_pass = {tape_size, scratch_size, forward, backward};
