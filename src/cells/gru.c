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
// Memory of a window, in reals: tape 4 T B H (three gates, and before: r * h_prev, after: q), before also B H (drh of a
// step); scratch: 3H, after 4H, and the scratch of the product W_ih x or of those of W_hh together, whichever is larger
// (products_scratch). The states h, (T + 1) B H, are the caller's.
#include "cells/clip.h"
#include "cells/window.h"
#include "kernels/elementwise.h"
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

// The product with the input is packed by itself, before and after the steps; the others, IN_STEP, together: that of the
// rows r and z, and that of the rows n, with r * h_prev or to be multiplied by r.
enum { PRODUCT_IH, PRODUCT_RZ, PRODUCT_N, PRODUCTS };
enum { FIRST_IN_STEP = PRODUCT_RZ, IN_STEP = PRODUCTS - FIRST_IN_STEP };

static void list_products(Product *list, const CellConfig *config) {
  const size_t H = config->hidden_size;
  list[PRODUCT_IH] = window_input_product(config, WEIGHT_IH, GATES * H);
  list[PRODUCT_RZ] = (Product){.place = WEIGHT_HH, .first_row = R * H, .rows = 2 * H, .columns = H};
  list[PRODUCT_N] = (Product){.place = WEIGHT_HH, .first_row = N * H, .rows = H, .columns = H};
  products_set_precision(&list[FIRST_IN_STEP], IN_STEP, config->precision);
}

// What the sums of r, z, n (3, H) start from; after, also q (H), which has b_hn.
static void start(real *sums, real *q, real *const *p, const CellConfig *config) {
  const size_t H = config->hidden_size;
  start_sums(sums, p[BIAS_IH], p[BIAS_HH], GATES * H);
  if (!is_after(config)) return;
  if (p[BIAS_IH]) {
    copy(sums + N * H, p[BIAS_IH] + N * H, H);
    copy(q, p[BIAS_HH] + N * H, H);
  } else {
    fill_zero(q, H);
  }
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

// gates (3, H): r, z and the sum of n in, r z n out; after, the sum of n is without r * q (H). h (H) may be h_prev (H).
static void activate(real *h, real *gates, const real *q, const real *h_prev, const CellConfig *config) {
  const size_t H = config->hidden_size;
  real *r = gates + R * H, *z = gates + Z * H, *n = gates + N * H;
  if (is_after(config)) add_multiplied(n, r, q, H);
  if (config->clip > 0) clip_all(n, n, config->clip, H);
  VEC_FOR(H, activate_at, h, n, z, h_prev);
}

// rh before, q after.
static uint64_t step_scratch_size(const CellConfig *config) { return config->hidden_size; }

static void step(real *h, real *c, real *gates, real *const *p, const Int8Matrix *int8, const real *x, size_t token,
                 const CellConfig *config) {
  (void)c;
  const size_t H = config->hidden_size;
  const bool after = is_after(config);
  real *q = after ? gates + GATES * H : NULL, *rh = after ? NULL : gates + GATES * H;
  Product products[PRODUCTS];
  list_products(products, config);
  start(gates, q, p, config);
  step_input_sums(gates, &products[PRODUCT_IH], p, int8, x, token, config);
  product_step(gates, &products[PRODUCT_RZ], p, int8, h);
  activate_rz(gates, rh, h, config);
  product_step(after ? q : gates + N * H, &products[PRODUCT_N], p, int8, after ? h : rh);
  activate(h, gates, q, h, config);
}

// What is kept of a window: gates (T, B, 3, H); before: rh = r * h_prev (T, B, H), and of one step drh (B, H); after: q
// (T, B, H). NULL where there is no such thing.
typedef struct {
  real *gates, *rh, *drh, *q;
} Tape;

static Tape tape_of(const CellWindow *w) {
  const size_t states = w->window * w->batch * w->config.hidden_size;
  real *behind = w->tape + GATES * states;
  if (is_after(&w->config)) return (Tape){.gates = w->tape, .q = behind};
  return (Tape){.gates = w->tape, .rh = behind, .drh = behind + states};
}

static uint64_t tape_size(const CellConfig *config, size_t window, size_t batch) {
  const uint64_t row = (uint64_t)batch * config->hidden_size;
  return (GATES + 1) * window * row + (is_after(config) ? 0 : row);
}

// What `start` fills.
static size_t bias_size(const CellConfig *config) {
  return (is_after(config) ? GATES + 1 : GATES) * config->hidden_size;
}

static uint64_t scratch_size(const CellConfig *config) {
  Product products[PRODUCTS];
  list_products(products, config);
  return bias_size(config) +
         larger(products_scratch(&products[PRODUCT_IH], 1), products_scratch(&products[FIRST_IN_STEP], IN_STEP));
}

static void forward(CellWindow *w) {
  const size_t H = w->config.hidden_size, rows = GATES * H, B = w->batch;
  const Tape tape = tape_of(w);
  real *bias = w->scratch, *scratch = w->scratch + bias_size(&w->config);
  Product products[PRODUCTS];
  list_products(products, &w->config);
  start(bias, bias + rows, w->parameters, &w->config);
  window_input_sums(tape.gates, w, &products[PRODUCT_IH], bias, scratch);
  if (tape.q) fill_rows(tape.q, bias + rows, w->window * B, H);
  products_pack(&products[FIRST_IN_STEP], IN_STEP, PRODUCT_FORWARD, w->parameters, scratch);
  for (size_t t = 0; t < w->window; t++) {
    const real *h_prev = w->h + t * B * H, *masked = window_mask_h(w, t);
    real *h = w->h + (t + 1) * B * H, *gates = tape.gates + t * B * rows;
    real *rh = tape.rh ? tape.rh + t * B * H : NULL, *q = tape.q ? tape.q + t * B * H : NULL;
    product_forward((RowsOut){gates, rows}, MATMUL_ADD, &products[PRODUCT_RZ], (Rows){masked, H}, scratch, B);
    for (size_t b = 0; b < B; b++) {
      real *rh_row = rh ? rh + b * H : NULL;
      if (!window_is_over(w, t, b)) {
        activate_rz(gates + b * rows, rh_row, masked + b * H, &w->config);
      } else if (rh) {
        fill_zero(rh_row, H);
      }
    }
    const RowsOut to_n = q ? (RowsOut){q, H} : (RowsOut){gates + N * H, rows};
    product_forward(to_n, MATMUL_ADD, &products[PRODUCT_N], (Rows){rh ? rh : masked, H}, scratch, B);
    for (size_t b = 0; b < B; b++) {
      if (window_is_over(w, t, b)) {
        window_hold(w, t, b, 0);
      } else {
        activate(h + b * H, gates + b * rows, q ? q + b * H : NULL, h_prev + b * H, &w->config);
      }
    }
  }
}

// z, n (H) become ds_z, ds_n; after, where q is not NULL, r becomes ds_r and q dq. range as in clip.h.
VEC_INLINE void activate_backward_at(real *r, real *z, real *n, real *q, real *dh_prev, const real *dh,
                                     const real *h_prev, const ClipRange *range, size_t j, size_t lanes) {
  const vec one = vec_constant(1);
  const vec r_j = vec_load_part(r + j, lanes), z_j = vec_load_part(z + j, lanes), n_j = vec_load_part(n + j, lanes);
  const vec dh_j = vec_load_part(dh + j, lanes);
  // dn = dh * (1 - z),  ds_n = dn * (1 - n^2)
  const vec ds_n = vec_flush(vec_mul(vec_mul(dh_j, vec_sub(one, z_j)), tanh_slope(n_j, range)));
  vec_store_part(n + j, ds_n, lanes);
  // dz = dh * (h_prev - n),  ds_z = dz * z (1 - z)
  const vec dz = vec_mul(dh_j, vec_sub(vec_load_part(h_prev + j, lanes), n_j));
  vec_store_part(z + j, vec_flush(vec_mul(dz, sigmoid_slope(z_j, range))), lanes);
  // dh_prev += dh * z
  vec_store_part(dh_prev + j, vec_flush(vec_madd(vec_load_part(dh_prev + j, lanes), dh_j, z_j)), lanes);
  if (q) {
    // dr = ds_n * q,  ds_r = dr * r (1 - r)
    const vec dr = vec_mul(ds_n, vec_load_part(q + j, lanes));
    vec_store_part(r + j, vec_flush(vec_mul(dr, sigmoid_slope(r_j, range))), lanes);
    // dq = ds_n * r
    vec_store_part(q + j, vec_flush(vec_mul(ds_n, r_j)), lanes);
  }
}

// gates (3, H): r z n in, r ds_z ds_n out; after: ds_r ds_z ds_n. q (H) becomes dq; it is NULL before. dh (H) in;
// dh_prev (H) += dh * z.
static void activate_backward(real *gates, real *q, real *dh_prev, const real *dh, const real *h_prev, size_t H,
                              const ClipRange *range) {
  real *r = gates + R * H, *z = gates + Z * H, *n = gates + N * H;
  VEC_FOR(H, activate_backward_at, r, z, n, q, dh_prev, dh, h_prev, range);
}

// Before: r (H) becomes ds_r.
VEC_INLINE void reset_backward_at(real *r, real *dh_prev, const real *drh, const real *h_prev, const ClipRange *range,
                                  size_t j, size_t lanes) {
  const vec r_j = vec_load_part(r + j, lanes), drh_j = vec_load_part(drh + j, lanes);
  // dr = drh * h_prev,  ds_r = dr * r (1 - r)
  const vec dr = vec_mul(drh_j, vec_load_part(h_prev + j, lanes));
  vec_store_part(r + j, vec_flush(vec_mul(dr, sigmoid_slope(r_j, range))), lanes);
  // dh_prev += drh * r
  vec_store_part(dh_prev + j, vec_flush(vec_madd(vec_load_part(dh_prev + j, lanes), drh_j, r_j)), lanes);
}

static void parameter_gradients(CellWindow *w, const Tape *tape, Product *products) {
  const size_t H = w->config.hidden_size, rows = GATES * H;
  real *scratch = w->scratch + bias_size(&w->config);
  const Rows masked = {window_masked_h(w), H}, q = {tape->q, H};
  window_bias_gradients(w, BIAS_IH, BIAS_HH, (Rows){tape->gates, rows}, rows);
  if (tape->q && w->dparameters[BIAS_HH]) {
    leaves_sum(w->dparameters[BIAS_HH] + N * H, w->leaves, (LeafTerms){.x = q}, w->window, H);
  }
  window_gradient(w, &products[PRODUCT_RZ], (Rows){tape->gates, rows}, masked, scratch);
  if (tape->q) {
    window_gradient(w, &products[PRODUCT_N], q, masked, scratch);
  } else {
    window_gradient(w, &products[PRODUCT_N], (Rows){tape->gates + N * H, rows}, (Rows){tape->rh, H}, scratch);
  }
  window_input_gradients(w, &products[PRODUCT_IH], tape->gates, scratch);
}

static void backward(CellWindow *w) {
  const size_t H = w->config.hidden_size, rows = GATES * H, B = w->batch;
  const ClipRange clipped = clip_range(w->config.clip), *range = w->config.clip > 0 ? &clipped : NULL;
  const Tape tape = tape_of(w);
  real *scratch = w->scratch + bias_size(&w->config);
  Product products[PRODUCTS];
  list_products(products, &w->config);
  window_start_backward(w, 0);
  products_pack(&products[FIRST_IN_STEP], IN_STEP, PRODUCT_BACKWARD, w->parameters, scratch);
  for (size_t t = w->window; t-- > 0;) {
    const real *h_prev = w->h + t * B * H, *dh = w->dh + t * B * H, *masked = window_masked_h(w) + t * B * H;
    real *gates = tape.gates + t * B * rows, *q = tape.q ? tape.q + t * B * H : NULL, *drh = tape.drh;
    real *dh_prev = window_dh_before(w, t), *dmasked = window_dmasked_h(w, t);
    for (size_t b = 0; b < B; b++) {
      real *q_row = q ? q + b * H : NULL;
      if (window_is_over(w, t, b)) {
        fill_zero(gates + b * rows, rows);
        if (q) fill_zero(q_row, H);
        window_hold_backward(w, t, b);
      } else {
        activate_backward(gates + b * rows, q_row, dh_prev + b * H, dh + b * H, h_prev + b * H, H, range);
      }
    }
    if (q && !window_wants_dh_before(w, t)) break;
    if (q) {
      product_backward((RowsOut){dmasked, H}, MATMUL_ADD, &products[PRODUCT_N], (Rows){q, H}, scratch, B);
    } else {
      const Rows ds_n = {gates + N * H, rows};
      product_backward((RowsOut){drh, H}, MATMUL_SET, &products[PRODUCT_N], ds_n, scratch, B);
      for (size_t b = 0; b < B; b++) {
        VEC_FOR(H, reset_backward_at, gates + b * rows, dmasked + b * H, drh + b * H, masked + b * H, range);
      }
    }
    if (!window_wants_dh_before(w, t)) break;
    product_backward((RowsOut){dmasked, H}, MATMUL_ADD, &products[PRODUCT_RZ], (Rows){gates, rows}, scratch, B);
    window_mask_h_backward(w, t);
  }
  parameter_gradients(w, &tape, products);
}

const CellKind gru_cell = {
    .number = CELL_GRU,
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
};

const CellPass gru_pass = {tape_size, scratch_size, forward, backward};
