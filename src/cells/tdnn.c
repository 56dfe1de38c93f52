// tdnn.c: a time-delay layer (Waibel, Hanazawa, Hinton, Shikano & Lang 1989): it sees the last N inputs and no more.
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
// Backward, with d for "gradient of the loss with respect to" (dc holds what later steps say of the inputs in c):
//
//   dz = dh * (1 - h^2)            relu: dz = dh where h > 0, else 0
//   dX = W^T dz,  and its first (N - 1) D elements += dc;  [dx, dc_prev] = dX
//   dW = sum over steps and batch of dz X^T,  db of dz
//
// dh before the window is 0; so is dc where the inputs are tokens.
//
// Memory of a window, in reals: tape T B H, and for vectors B N D; scratch, for vectors only: the packed weights or the
// blocks of a weight gradient, whichever is larger, and H (N - 1) D. The states h, (T + 1) B H, and c,
// (T + 1) B (N - 1) D, are the caller's.
#include "cells/squash.h"
#include "cells/window.h"
#include "kernels/elementwise.h"
#include "kernels/matmul.h"
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

// z (rows, H): what the sums start from.
static void start(real *z, const real *bias, size_t rows, size_t H) {
  if (bias) {
    fill_rows(z, bias, rows, H);
  } else {
    fill_zero(z, rows * H);
  }
}

// 1 + the token that was seen n steps ago, or 0 where there was none: the token itself, or the (n - 1)st of c. Whoever
// gives a state may give any numbers: those that stand for no token count as none.
static size_t seen(const real *c, size_t token, size_t n, const CellConfig *config) {
  if (n == 0) return token + 1;
  const real remembered = c[n - 1];
  return remembered >= 1 && remembered < (real)(config->input_size + 1) ? (size_t)remembered : 0;
}

// z (H) += the columns of the token and of those in c (N - 1).
static void add_columns(real *z, const real *weight_ih, const real *c, size_t token, const CellConfig *config) {
  const size_t H = config->hidden_size;
  for (size_t n = 0; n < config->delays; n++) {
    const size_t token_plus_1 = seen(c, token, n, config);
    if (token_plus_1 > 0) add(z, weight_ih + (n * config->input_size + token_plus_1 - 1) * H, H);
  }
}

// Backward of add_columns.
static void add_to_columns(real *dweight_ih, const real *dz, const real *c, size_t token, const CellConfig *config) {
  const size_t H = config->hidden_size;
  for (size_t n = 0; n < config->delays; n++) {
    const size_t token_plus_1 = seen(c, token, n, config);
    if (token_plus_1 > 0) add(dweight_ih + (n * config->input_size + token_plus_1 - 1) * H, dz, H);
  }
}

// For vectors: X.
static uint64_t step_scratch_size(const CellConfig *config) {
  return config->tokens ? 0 : (uint64_t)config->delays * config->input_size;
}

static void step(real *h, real *c, real *gates, real *const *p, const Int8Matrix *int8, const real *x, size_t token,
                 const CellConfig *config) {
  const size_t H = config->hidden_size, D = config->input_size, C = c_size(config);
  start(h, p[BIAS_IH], 1, H);
  if (config->tokens) {
    add_columns(h, p[WEIGHT_IH], c, token, config);
    for (size_t n = C - 1; n > 0; n--) c[n] = c[n - 1];
    c[0] = (real)(token + 1);
  } else {
    real *whole_x = gates;
    copy(whole_x, x, D);
    copy(whole_x + D, c, C);
    matvec_add_with(h, p[WEIGHT_IH], int8 ? &int8[WEIGHT_IH] : NULL, whole_x, H, D + C);
    copy(c, whole_x, C);
  }
  squash(h, h, H, config);
}

static uint64_t tape_size(const CellConfig *config, size_t window, size_t batch) {
  return (uint64_t)config->hidden_size * window * batch + step_scratch_size(config) * batch;
}

static uint64_t scratch_size(const CellConfig *config) {
  if (config->tokens) return 0;
  const size_t H = config->hidden_size;
  return window_product_scratch(H, config->delays * config->input_size) + (uint64_t)H * c_size(config);
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

// z (T, B, H) += W X: the columns of x, and those of c.
static void add_products(real *z, const CellWindow *w) {
  const size_t H = w->config.hidden_size, D = w->config.input_size, C = c_size(&w->config);
  const size_t count = w->window * w->batch;
  const real *weight_ih = w->parameters[WEIGHT_IH];
  if (w->tokens) {
    for (size_t n = 0; n < count; n++) {
      add_columns(z + n * H, weight_ih, w->c + n * C, (size_t)w->tokens[n], &w->config);
    }
    return;
  }
  matmul_pack(w->scratch, weight_ih, 1, D + C, D, H);
  matmul(z, MATMUL_ADD, w->x, w->scratch, count, D, H);
  matmul_pack(w->scratch, weight_ih + D, 1, D + C, C, H);
  matmul(z, MATMUL_ADD, w->c, w->scratch, count, C, H);
}

static void forward(CellWindow *w) {
  const size_t H = w->config.hidden_size, B = w->batch;
  real *h = w->h + B * H;
  remember(w);
  start(h, w->parameters[BIAS_IH], w->window * B, H);
  add_products(h, w);
  for (size_t t = 0; t < w->window; t++) squash_step(w, t, h + t * B * H);
}

// dx, dc0 and dc_squares from dz (T, B, H). Where only dc0 is asked for, the steps that still see the state before the
// window are enough.
static void input_gradients(CellWindow *w, const real *dz) {
  const size_t H = w->config.hidden_size, D = w->config.input_size, C = c_size(&w->config), B = w->batch;
  const size_t steps = w->dx || w->dc_squares ? w->window : smaller(w->window, w->config.delays - 1);
  real *dc = w->dc0, *whole_dx = w->tape + w->window * B * H;
  fill_zero(dc, B * C);
  matmul_pack(w->scratch, w->parameters[WEIGHT_IH], D + C, 1, H, D + C);
  for (size_t t = steps; t-- > 0;) {
    if (w->dc_squares) w->dc_squares[t + 1] = sum_of_squares(dc, B * C);
    matmul(whole_dx, MATMUL_SET, dz + t * B * H, w->scratch, B, H, D + C);
    for (size_t b = 0; b < B; b++) {
      real *dx = whole_dx + b * (D + C);
      add(dx, dc + b * C, C);
      if (w->dx) copy(w->dx + (t * B + b) * D, dx, D);
      copy(dc + b * C, dx + D, C);
    }
  }
  if (w->dc_squares) w->dc_squares[0] = sum_of_squares(dc, B * C);
}

// Some columns of dW (H, N D), `first` being where they begin: of dz (T, B, H) and seen (T, B, columns).
static void column_gradients(CellWindow *w, size_t first, const real *dz, const real *seen_inputs, size_t columns) {
  const size_t H = w->config.hidden_size, all = w->config.delays * w->config.input_size;
  real *part = w->scratch, *blocks = w->scratch + H * c_size(&w->config);
  matmul_transposed(part, dz, seen_inputs, blocks, H, w->window * w->batch, columns);
  for (size_t row = 0; row < H; row++) {
    copy(w->dparameters[WEIGHT_IH] + row * all + first, part + row * columns, columns);
  }
}

static void weight_gradients(CellWindow *w, const real *dz) {
  const size_t H = w->config.hidden_size, D = w->config.input_size, C = c_size(&w->config);
  real *const *dp = w->dparameters;
  if (!w->tokens) {
    column_gradients(w, 0, dz, w->x, D);
    column_gradients(w, D, dz, w->c, C);
    return;
  }
  fill_zero(dp[WEIGHT_IH], H * w->config.delays * D);
  for (size_t n = 0; n < w->window * w->batch; n++) {
    add_to_columns(dp[WEIGHT_IH], dz + n * H, w->c + n * C, (size_t)w->tokens[n], &w->config);
  }
}

static void backward(CellWindow *w) {
  const size_t H = w->config.hidden_size, B = w->batch;
  real *dz = w->tape;
  fill_zero(w->dh0, B * H);
  for (size_t t = w->window; t-- > 0;) squash_step_backward(dz + t * B * H, w, t);
  if (w->tokens) {
    fill_zero(w->dc0, B * c_size(&w->config));
    for (size_t t = 0; w->dc_squares && t <= w->window; t++) w->dc_squares[t] = 0;
  } else {
    input_gradients(w, dz);
  }
  if (w->dparameters[BIAS_IH]) sum_rows(w->dparameters[BIAS_IH], dz, w->window * B, H);
  weight_gradients(w, dz);
}

const CellKind tdnn_cell = {
    .name = "tdnn",
    .options = CELL_RELU,
    .takes_delays = true,
    .c_size = c_size,
    .parameters = parameters,
    .initialise = initialise,
    .step = step,
    .step_scratch_size = step_scratch_size,
    .tape_size = tape_size,
    .scratch_size = scratch_size,
    .forward = forward,
    .backward = backward,
};
