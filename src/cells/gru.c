// gru.c: the gated recurrent unit (Cho et al. 2014) in the letters of torch.nn.GRU:
//
//   r = sigmoid(W_ir x + b_ir + W_hr h_prev + b_hr)                  reset gate
//   z = sigmoid(W_iz x + b_iz + W_hz h_prev + b_hz)                  update gate
//   n = tanh   (W_in x + b_in + W_hn (r * h_prev) + b_hn)            candidate
//   h = (1 - z) * n + z * h_prev                                     hidden state
//
// and with CELL_RESET_AFTER, as cuDNN and torch.nn.GRU have it (ONNX: linear_before_reset):
//
//   n = tanh   (W_in x + b_in + r * (W_hn h_prev + b_hn))
//
// Chung et al. 2014 exchange z and 1 - z. There is no cell state: z does what the forget gate of an LSTM does, 1 - z
// what its input gate does. With clip > 0 the three sums are kept in [-clip, clip] before sigmoid and tanh (as ONNX's
// GRU does).
//
// Parameters: weight_ih (3H, D), weight_hh (3H, H), bias_ih (3H), bias_hh (3H); rows in the order r, z, n.
//
// Backward, with d for "gradient of the loss with respect to", s for the sums (0 where they were clipped):
//
//   dn = dh * (1 - z)                     ds_n = dn * (1 - n^2)
//   dz = dh * (h_prev - n)                ds_z = dz * z (1 - z)
//   before: drh = W_hn^T ds_n             after: q = W_hn h_prev + b_hn,  dq = ds_n * r
//           dr = drh * h_prev                    dr = ds_n * q
//                                         ds_r = dr * r (1 - r)
//   dh_prev = dh * z + W_hr^T ds_r + W_hz^T ds_z + (before: drh * r; after: W_hn^T dq)
//   dx = W_ih^T ds,  dW_ih = sum over steps and batch of ds x^T,  db_ih of ds
//   dW_hr, dW_hz of ds h_prev^T;  dW_hn, db_hn  before: of ds_n (r * h_prev)^T, ds_n  after: of dq h_prev^T, dq
//
// Memory of a window, in reals: tape 5 T B H + 3 B H (three gates, q, r * h_prev; the last only before: after it is
// 4 T B H + 2 B H); scratch: the packed weights of h, or one packed matrix of x, or the blocks of a weight gradient,
// whichever is largest, and 4H. The states h, (T + 1) B H, are the caller's.
#include <string.h>

#include "cells/clip.h"
#include "cells/product.h"
#include "cells/window.h"
#include "kernels/elementwise.h"
#include "kernels/matmul.h"
#include "kernels/sizes.h"

enum { WEIGHT_IH, WEIGHT_HH, BIAS_IH, BIAS_HH };
enum { R, Z, N, GATES };

static bool is_after(const CellConfig *config) { return (config->options & CELL_RESET_AFTER) != 0; }

static void parameters(CellParameter *list, const CellConfig *config) {
  const size_t H = config->hidden_size, rows = GATES * H;
  list[WEIGHT_IH] = (CellParameter){"weight_ih", rows, config->input_size, config->tokens};
  list[WEIGHT_HH] = (CellParameter){"weight_hh", rows, H, false};
  if (!config->bias) return;
  list[BIAS_IH] = (CellParameter){"bias_ih", rows, 0, false};
  list[BIAS_HH] = (CellParameter){"bias_hh", rows, 0, false};
}

static void initialise(real *const *p, const CellConfig *config) {
  (void)p;
  (void)config;
}

// The products with h: of the rows r and z, and of the rows n, which see r * h_prev or are multiplied by r.
enum { PRODUCT_RZ, PRODUCT_N, PRODUCTS };

static void list_products(Product *list, size_t H) {
  list[PRODUCT_RZ] = (Product){.place = WEIGHT_HH, .first_row = 0, .rows = 2 * H, .columns = H};
  list[PRODUCT_N] = (Product){.place = WEIGHT_HH, .first_row = N * H, .rows = H, .columns = H};
}

// What the sums start from: r, z, n and, behind them, q (H each).
static void start(real *sums, real *const *p, const CellConfig *config) {
  const size_t H = config->hidden_size;
  real *q = sums + GATES * H;
  start_sums(sums, p[BIAS_IH], p[BIAS_HH], GATES * H);
  fill_zero(q, H);
  if (!is_after(config) || !p[BIAS_IH]) return;
  copy(sums + N * H, p[BIAS_IH] + N * H, H);
  copy(q, p[BIAS_HH] + N * H, H);
}

// rh = r * h_prev
VEC_INLINE void reset_at(real *rh, const real *r, const real *h_prev, size_t j, size_t lanes) {
  vec_store_part(rh + j, vec_flush(vec_mul(vec_load_part(r + j, lanes), vec_load_part(h_prev + j, lanes))), lanes);
}

// gates (3, H): the sums of r and z in, r and z out. rh (H) = r * h_prev (H), unless it is NULL.
static void activate_rz(real *gates, real *rh, const real *h_prev, const CellConfig *config) {
  const size_t H = config->hidden_size;
  if (config->clip > 0) clip_all(gates, gates, config->clip, 2 * H);
  sigmoid_all(gates, gates, 2 * H);
  if (!rh) return;
  const real *r = gates + R * H;
  VEC_FOR(H, reset_at, rh, r, h_prev);
}

VEC_INLINE void activate_at(real *h, real *n, const real *z, const real *h_prev, size_t j, size_t lanes) {
  const vec one = vec_constant(1);
  // n = tanh(s_n)
  const vec z_j = vec_load_part(z + j, lanes), n_j = vec_tanh(vec_load_part(n + j, lanes));
  vec_store_part(n + j, n_j, lanes);
  // h = (1 - z) * n + z * h_prev
  const vec new_part = vec_mul(vec_sub(one, z_j), n_j);
  vec_store_part(h + j, vec_flush(vec_madd(new_part, z_j, vec_load_part(h_prev + j, lanes))), lanes);
}

// gates (3, H): r, z and the sum of n without q in, r z n out. q (H): what is added to it, after times r. h (H) may be
// h_prev (H).
static void activate(real *h, real *gates, const real *q, const real *h_prev, const CellConfig *config) {
  const size_t H = config->hidden_size;
  const real *r = gates + R * H, *z = gates + Z * H;
  real *n = gates + N * H;
  if (is_after(config)) {
    add_multiplied(n, r, q, H);
  } else {
    add(n, q, H);
  }
  if (config->clip > 0) clip_all(n, n, config->clip, H);
  VEC_FOR(H, activate_at, h, n, z, h_prev);
}

static uint64_t step_scratch_size(const CellConfig *config) { return 2 * (uint64_t)config->hidden_size; }

static void step(real *h, real *c, real *gates, real *const *p, const Int8Matrix *int8, const real *x, size_t token,
                 const CellConfig *config) {
  (void)c;
  const size_t H = config->hidden_size;
  real *q = gates + GATES * H, *rh = is_after(config) ? NULL : q + H;
  Product products[PRODUCTS];
  list_products(products, H);
  start(gates, p, config);
  step_input_sums(gates, p[WEIGHT_IH], int8 ? &int8[WEIGHT_IH] : NULL, x, token, config, GATES * H);
  product_step(gates, &products[PRODUCT_RZ], p, int8, h);
  activate_rz(gates, rh, h, config);
  product_step(q, &products[PRODUCT_N], p, int8, rh ? rh : h);
  activate(h, gates, q, h, config);
}

// What is kept of a window: gates (T, B, 3, H); q (T, B, H); rh = r * h_prev (T, B, H), NULL with CELL_RESET_AFTER. And
// of one step: rz (B, 2, H), and drh (B, H) where there is rh.
typedef struct {
  real *gates, *q, *rh, *rz, *drh;
} Tape;

static Tape tape_of(const CellWindow *w) {
  const size_t H = w->config.hidden_size, states = w->window * w->batch * H;
  Tape tape = {.gates = w->tape, .q = w->tape + GATES * states, .rz = w->tape + (GATES + 1) * states};
  if (is_after(&w->config)) return tape;
  tape.rh = tape.rz;
  tape.rz = tape.rh + states;
  tape.drh = tape.rz + 2 * w->batch * H;
  return tape;
}

static uint64_t tape_size(const CellConfig *config, size_t window, size_t batch) {
  const uint64_t row = (uint64_t)batch * config->hidden_size;
  return is_after(config) ? 4 * window * row + 2 * row : 5 * window * row + 3 * row;
}

static uint64_t scratch_size(const CellConfig *config) {
  const size_t H = config->hidden_size;
  Product products[PRODUCTS];
  list_products(products, H);
  return larger(products_scratch(products, PRODUCTS), window_input_scratch(config, GATES * H)) + (GATES + 1) * H;
}

static void forward(CellWindow *w) {
  const size_t H = w->config.hidden_size, rows = GATES * H, B = w->batch;
  const Tape tape = tape_of(w);
  real *bias = w->scratch, *packed = w->scratch + rows + H;
  Product products[PRODUCTS];
  list_products(products, H);
  start(bias, w->parameters, &w->config);
  window_input_sums(tape.gates, w, w->parameters[WEIGHT_IH], bias, packed, rows);
  products_pack(products, PRODUCTS, PRODUCT_FORWARD, w->parameters, packed);
  fill_rows(tape.q, bias + rows, w->window * B, H);
  for (size_t t = 0; t < w->window; t++) {
    const real *h_prev = w->h + t * B * H, *seen = window_see_h(w, t);
    real *h = w->h + (t + 1) * B * H, *q = tape.q + t * B * H, *gates = tape.gates + t * B * rows;
    real *rh = tape.rh ? tape.rh + t * B * H : NULL;
    fill_zero(tape.rz, B * 2 * H);
    product_add(tape.rz, &products[PRODUCT_RZ], seen, B);
    for (size_t b = 0; b < B; b++) {
      real *rh_row = rh ? rh + b * H : NULL;
      if (window_is_over(w, t, b)) {
        if (rh) fill_zero(rh_row, H);
      } else {
        add(gates + b * rows, tape.rz + b * 2 * H, 2 * H);
        activate_rz(gates + b * rows, rh_row, seen + b * H, &w->config);
      }
    }
    product_add(q, &products[PRODUCT_N], rh ? rh : seen, B);
    for (size_t b = 0; b < B; b++) {
      if (window_is_over(w, t, b)) {
        window_hold(w, t, b, 0);
      } else {
        activate(h + b * H, gates + b * rows, q + b * H, h_prev + b * H, &w->config);
      }
    }
  }
}

VEC_INLINE void activate_backward_at(real *r, real *z, real *n, real *rz, real *q, real *dh_prev, const real *dh,
                                     const real *h_prev, size_t H, bool after, const ClipRange *range, size_t j,
                                     size_t lanes) {
  const vec one = vec_constant(1);
  const vec r_j = vec_load_part(r + j, lanes), z_j = vec_load_part(z + j, lanes), n_j = vec_load_part(n + j, lanes);
  const vec dh_j = vec_load_part(dh + j, lanes);
  // dn = dh * (1 - z),  ds_n = dn * (1 - n^2)
  const vec ds_n = vec_flush(vec_mul(vec_mul(dh_j, vec_sub(one, z_j)), tanh_slope(n_j, range)));
  // dz = dh * (h_prev - n),  ds_z = dz * z (1 - z)
  const vec dz = vec_mul(dh_j, vec_sub(vec_load_part(h_prev + j, lanes), n_j));
  const vec ds_z = vec_flush(vec_mul(dz, sigmoid_slope(z_j, range)));
  vec_store_part(z + j, ds_z, lanes);
  vec_store_part(n + j, ds_n, lanes);
  vec_store_part(rz + Z * H + j, ds_z, lanes);
  // dh_prev += dh * z
  vec_store_part(dh_prev + j, vec_flush(vec_madd(vec_load_part(dh_prev + j, lanes), dh_j, z_j)), lanes);
  if (after) {
    // dr = ds_n * q,  ds_r = dr * r (1 - r)
    const vec dr = vec_mul(ds_n, vec_load_part(q + j, lanes));
    const vec ds_r = vec_flush(vec_mul(dr, sigmoid_slope(r_j, range)));
    vec_store_part(r + j, ds_r, lanes);
    vec_store_part(rz + R * H + j, ds_r, lanes);
  }
  // after: dq = ds_n * r
  vec_store_part(q + j, after ? vec_flush(vec_mul(ds_n, r_j)) : ds_n, lanes);
}

// gates (3, H): r z n in, r ds_z ds_n out. rz (2, H): ds_z out. dh (H) in; dh_prev (H) += dh * z. q (H): ds_n out.
// Where `after`, r becomes ds_r, which rz gets too, and q becomes dq. range as in clip.h.
static void activate_backward(real *gates, real *rz, real *q, real *dh_prev, const real *dh, const real *h_prev,
                              size_t H, bool after, const ClipRange *range) {
  real *r = gates + R * H, *z = gates + Z * H, *n = gates + N * H;
  VEC_FOR(H, activate_backward_at, r, z, n, rz, q, dh_prev, dh, h_prev, H, after, range);
}

VEC_INLINE void reset_backward_at(real *r, real *rz, real *dh_prev, const real *drh, const real *h_prev,
                                  const ClipRange *range, size_t j, size_t lanes) {
  const vec r_j = vec_load_part(r + j, lanes), drh_j = vec_load_part(drh + j, lanes);
  // dr = drh * h_prev,  ds_r = dr * r (1 - r)
  const vec dr = vec_mul(drh_j, vec_load_part(h_prev + j, lanes));
  const vec ds_r = vec_flush(vec_mul(dr, sigmoid_slope(r_j, range)));
  vec_store_part(r + j, ds_r, lanes);
  vec_store_part(rz + j, ds_r, lanes);
  // dh_prev += drh * r
  vec_store_part(dh_prev + j, vec_flush(vec_madd(vec_load_part(dh_prev + j, lanes), drh_j, r_j)), lanes);
}

// Before: r (H) becomes ds_r, which rz (H) gets too. drh (H), h_prev (H) in; dh_prev (H) += drh * r.
static void reset_backward(real *r, real *rz, real *dh_prev, const real *drh, const real *h_prev, size_t H,
                           const ClipRange *range) {
  VEC_FOR(H, reset_backward_at, r, rz, dh_prev, drh, h_prev, range);
}

// Moves the first 2H of each of `count` rows of 3H together.
static void keep_rz(real *gates, size_t count, size_t H) {
  for (size_t n = 1; n < count; n++) memmove(gates + n * 2 * H, gates + n * GATES * H, 2 * H * sizeof *gates);
}

static void parameter_gradients(CellWindow *w, const Tape *tape, const Product *products) {
  const size_t H = w->config.hidden_size, rows = GATES * H, count = w->window * w->batch;
  real *const *dp = w->dparameters;
  if (dp[BIAS_IH]) {
    sum_rows(dp[BIAS_IH], tape->gates, count, rows);
    copy(dp[BIAS_HH], dp[BIAS_IH], 2 * H);
    sum_rows(dp[BIAS_HH] + N * H, tape->q, count, H);
  }
  window_input_gradients(w, dp[WEIGHT_IH], w->parameters[WEIGHT_IH], tape->gates, w->scratch, rows);
  product_gradient(dp, &products[PRODUCT_N], tape->q, tape->rh ? tape->rh : window_seen_h(w), w->scratch, count);
  keep_rz(tape->gates, count, H);
  product_gradient(dp, &products[PRODUCT_RZ], tape->gates, window_seen_h(w), w->scratch, count);
}

static void backward(CellWindow *w) {
  const size_t H = w->config.hidden_size, rows = GATES * H, B = w->batch;
  const ClipRange clipped = clip_range(w->config.clip), *range = w->config.clip > 0 ? &clipped : NULL;
  const bool after = is_after(&w->config);
  const Tape tape = tape_of(w);
  Product products[PRODUCTS];
  list_products(products, H);
  fill_zero(w->dh0, B * H);
  products_pack(products, PRODUCTS, PRODUCT_BACKWARD, w->parameters, w->scratch);
  for (size_t t = w->window; t-- > 0;) {
    const real *h_prev = w->h + t * B * H, *dh = w->dh + t * B * H;
    real *gates = tape.gates + t * B * rows, *q = tape.q + t * B * H, *rz = tape.rz;
    const real *seen = window_seen_h(w) + t * B * H;
    real *dh_prev = window_dh_before(w, t), *dseen = window_dseen_h(w, t), *drh = tape.drh;
    for (size_t b = 0; b < B; b++) {
      if (window_is_over(w, t, b)) {
        fill_zero(gates + b * rows, rows);
        fill_zero(rz + b * 2 * H, 2 * H);
        fill_zero(q + b * H, H);
        window_hold_backward(w, t, b);
      } else {
        activate_backward(gates + b * rows, rz + b * 2 * H, q + b * H, dh_prev + b * H, dh + b * H, h_prev + b * H, H,
                          after, range);
      }
    }
    if (after) {
      product_backward(dseen, &products[PRODUCT_N], q, B);
    } else {
      fill_zero(drh, B * H);
      product_backward(drh, &products[PRODUCT_N], q, B);
      for (size_t b = 0; b < B; b++) {
        reset_backward(gates + b * rows, rz + b * 2 * H, dseen + b * H, drh + b * H, seen + b * H, H, range);
      }
    }
    product_backward(dseen, &products[PRODUCT_RZ], rz, B);
    window_see_h_backward(w, t);
  }
  parameter_gradients(w, &tape, products);
}

const CellKind gru_cell = {
    .name = "gru",
    .options = CELL_RESET_AFTER,
    .takes_clip = true,
    .weight_hh = WEIGHT_HH,
    .gate_count = GATES,
    .gate_names = {"reset", "update", "candidate"},
    .parameters = parameters,
    .initialise = initialise,
    .step = step,
    .step_scratch_size = step_scratch_size,
    .tape_size = tape_size,
    .scratch_size = scratch_size,
    .forward = forward,
    .backward = backward,
};
