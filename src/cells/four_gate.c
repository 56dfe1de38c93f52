// four_gate.c: the long short-term memory as courses teach it, with a learn, a forget, a remember and a use gate. In
// the letters of lstm.c:
//
//   i = sigmoid(W_ii x + b_ii + W_hi h_prev + b_hi)     input gate
//   f = sigmoid(W_if x + b_if + W_hf h_prev + b_hf)     forget gate
//   g = tanh   (W_ig x + b_ig + W_hg h_prev + b_hg)     candidate
//   o = sigmoid(W_io x + b_io + W_ho h_prev + b_ho)     output gate
//   k = f * c_prev                                      what is kept
//   u = tanh   (W_uc k + b_u)                           use
//   c = k + i * g                                       cell state
//   h = o * u                                           hidden state
//
// In the courses' words, with the event E = x, the long-term memory LTM = c and the short-term memory STM = h:
//
//   learn gate     N i = g * i   with N = tanh(W_n [STM, E] + b_n), the ignore factor i = sigmoid(W_i [STM, E] + b_i)
//   forget gate    LTM f = k     with f = sigmoid(W_f [STM, E] + b_f)
//   remember gate  LTM' = LTM f + N i
//   use gate       STM' = U V    with U = tanh(W_u (LTM f) + b_u), here u, and V = sigmoid(W_v [STM, E] + b_v), here o
//
// The difference from lstm.c: u stands where tanh(c) does. It mixes the units, and i * g of the step is not in it:
// that comes to h a step later.
//
// Parameters: weight_ih (4H, D), weight_hh (4H, H), bias_ih (4H), bias_hh (4H), rows in the order i, f, g, o (the
// courses' W_i, W_f, W_n, W_v); weight_uc (H, H), bias_u (H).
//
// Backward, with d for "gradient of the loss with respect to" (dh holds the gradient from the layer above and from later
// steps, dc that from later steps):
//
//   do = dh * u                   dz_o = do * o (1 - o)
//   du = dh * o                   dz_u = du * (1 - u^2)
//   dk = dc + W_uc^T dz_u
//   di = dc * g                   dz_i = di * i (1 - i)
//   dg = dc * i                   dz_g = dg * (1 - g^2)
//   df = dk * c_prev              dz_f = df * f (1 - f)
//   dc_prev = dk * f              dh_prev = W_hh^T dz        dx = W_ih^T dz
//   dW_ih = sum over steps and batch of dz x^T,  dW_hh of dz h_prev^T,  db of dz,  dW_uc of dz_u k^T,  db_u of dz_u
//
// Memory of a window, in reals: tape 6 T B H + B H (four gates, u, k; dk of a step); scratch: 4H, and the scratch of the
// product W_ih x or of W_hh h and W_uc k together, whichever is larger (products_scratch). The states h and c,
// (T + 1) B H each, are the caller's.
#include "cells/clip.h"
#include "cells/window.h"
#include "kernels/elementwise.h"
#include "kernels/sizes.h"

enum { WEIGHT_IH, WEIGHT_HH, BIAS_IH, BIAS_HH, WEIGHT_UC, BIAS_U };
enum { I, F, G, O, GATES };  // u is a gate to be looked at, but no row of weight_ih

static size_t c_size(const CellConfig *config) { return config->hidden_size; }

static void parameters(CellParameter *list, const CellConfig *config) {
  const size_t H = config->hidden_size, rows = GATES * H;
  list[WEIGHT_IH] = (CellParameter){"weight_ih", rows, config->input_size, config->tokens};
  list[WEIGHT_HH] = (CellParameter){"weight_hh", rows, H, false};
  list[WEIGHT_UC] = (CellParameter){"weight_uc", H, H, false};
  if (!config->bias) return;
  list[BIAS_IH] = (CellParameter){"bias_ih", rows, 0, false};
  list[BIAS_HH] = (CellParameter){"bias_hh", rows, 0, false};
  list[BIAS_U] = (CellParameter){"bias_u", H, 0, false};
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

// The product with the input is packed by itself, before and after the steps; the others, IN_STEP, together.
enum { PRODUCT_IH, PRODUCT_HH, PRODUCT_UC, PRODUCTS };
enum { FIRST_IN_STEP = PRODUCT_HH, IN_STEP = PRODUCTS - FIRST_IN_STEP };

static void list_products(Product *list, const CellConfig *config) {
  const size_t H = config->hidden_size;
  list[PRODUCT_IH] = window_input_product(config, WEIGHT_IH, GATES * H);
  list[PRODUCT_HH] = (Product){.place = WEIGHT_HH, .rows = GATES * H, .columns = H};
  list[PRODUCT_UC] = (Product){.place = WEIGHT_UC, .rows = H, .columns = H};
  products_set_precision(&list[FIRST_IN_STEP], IN_STEP, config->precision);
}

// What the sum of u starts from, for `rows` rows.
static void start_use(real *u, real *const *p, size_t rows, size_t H) {
  if (p[BIAS_U]) {
    fill_rows(u, p[BIAS_U], rows, H);
  } else {
    fill_zero(u, rows * H);
  }
}

// k = f * c_prev
VEC_INLINE void keep_at(real *kept, const real *f, const real *c_prev, size_t j, size_t lanes) {
  vec_store_part(kept + j, vec_flush(vec_mul(vec_load_part(f + j, lanes), vec_load_part(c_prev + j, lanes))), lanes);
}

// gates (4, H): the sums in, i f g o out. kept (H) = f * c_prev (H); kept may be c_prev.
static void activate_gates(real *kept, real *gates, const real *c_prev, size_t H) {
  real *i = gates + I * H, *f = gates + F * H, *g = gates + G * H, *o = gates + O * H;
  sigmoid_all(i, i, 2 * H);  // i and f lie side by side
  tanh_all(g, g, H);
  sigmoid_all(o, o, H);
  VEC_FOR(H, keep_at, kept, f, c_prev);
}

VEC_INLINE void activate_at(real *h, real *c, real *u, const real *i, const real *g, const real *o, const real *kept,
                            size_t j, size_t lanes) {
  // u = tanh(its sum)
  const vec use = vec_tanh(vec_load_part(u + j, lanes));
  // c = k + i * g
  const vec k = vec_load_part(kept + j, lanes);
  const vec new_c = vec_madd(k, vec_load_part(i + j, lanes), vec_load_part(g + j, lanes));
  vec_store_part(u + j, use, lanes);
  vec_store_part(c + j, vec_flush(new_c), lanes);
  // h = o * u
  vec_store_part(h + j, vec_flush(vec_mul(vec_load_part(o + j, lanes), use)), lanes);
}

// u (H): the sum in, u out. h, c (H) out; c may be kept.
static void activate(real *h, real *c, real *u, const real *gates, const real *kept, size_t H) {
  const real *i = gates + I * H, *g = gates + G * H, *o = gates + O * H;
  VEC_FOR(H, activate_at, h, c, u, i, g, o, kept);
}

static void step(real *h, real *c, real *gates, real *const *p, const Int8Matrix *int8, const real *x, size_t token,
                 const CellConfig *config) {
  const size_t H = config->hidden_size, rows = GATES * H;
  real *u = gates + rows;
  Product products[PRODUCTS];
  list_products(products, config);
  start_sums(gates, p[BIAS_IH], p[BIAS_HH], rows);
  step_input_sums(gates, &products[PRODUCT_IH], p, int8, x, token, config);
  product_step(gates, &products[PRODUCT_HH], p, int8, h);
  activate_gates(c, gates, c, H);
  start_use(u, p, 1, H);
  product_step(u, &products[PRODUCT_UC], p, int8, c);
  activate(h, c, u, gates, c, H);
}

// What is kept of a window: gates (T, B, 4, H), u and kept (T, B, H). And of one step: dk (B, H).
typedef struct {
  real *gates, *u, *kept, *dk;
} Tape;

static Tape tape_of(const CellWindow *w) {
  const size_t states = w->window * w->batch * w->config.hidden_size;
  real *u = w->tape + GATES * states;
  return (Tape){.gates = w->tape, .u = u, .kept = u + states, .dk = u + 2 * states};
}

static uint64_t tape_size(const CellConfig *config, size_t window, size_t batch) {
  const uint64_t row = (uint64_t)batch * config->hidden_size;
  return (GATES + 2) * window * row + row;
}

static uint64_t scratch_size(const CellConfig *config) {
  Product products[PRODUCTS];
  list_products(products, config);
  return GATES * config->hidden_size +
         larger(products_scratch(&products[PRODUCT_IH], 1), products_scratch(&products[FIRST_IN_STEP], IN_STEP));
}

static void forward(CellWindow *w) {
  const size_t H = w->config.hidden_size, rows = GATES * H, B = w->batch;
  real *const *p = w->parameters;
  const Tape tape = tape_of(w);
  real *bias = w->scratch, *scratch = w->scratch + rows;
  Product products[PRODUCTS];
  list_products(products, &w->config);
  start_sums(bias, p[BIAS_IH], p[BIAS_HH], rows);
  window_input_sums(tape.gates, w, &products[PRODUCT_IH], bias, scratch);
  start_use(tape.u, p, w->window * B, H);
  products_pack(&products[FIRST_IN_STEP], IN_STEP, PRODUCT_FORWARD, p, scratch);
  for (size_t t = 0; t < w->window; t++) {
    const real *masked_h = window_mask_h(w, t), *c_prev = w->c + t * B * H;
    real *h = w->h + (t + 1) * B * H, *c = w->c + (t + 1) * B * H;
    real *gates = tape.gates + t * B * rows, *u = tape.u + t * B * H, *kept = tape.kept + t * B * H;
    product_forward((RowsOut){gates, rows}, MATMUL_ADD, &products[PRODUCT_HH], (Rows){masked_h, H}, scratch, B);
    for (size_t b = 0; b < B; b++) {
      if (window_is_over(w, t, b)) {
        fill_zero(kept + b * H, H);
      } else {
        activate_gates(kept + b * H, gates + b * rows, c_prev + b * H, H);
      }
    }
    product_forward((RowsOut){u, H}, MATMUL_ADD, &products[PRODUCT_UC], (Rows){kept, H}, scratch, B);
    for (size_t b = 0; b < B; b++) {
      if (window_is_over(w, t, b)) {
        window_hold(w, t, b, H);
      } else {
        activate(h + b * H, c + b * H, u + b * H, gates + b * rows, kept + b * H, H);
      }
    }
  }
}

// o, u (H) become dz_o, dz_u. dh (H) in.
VEC_INLINE void use_backward_at(real *o, real *u, const real *dh, size_t j, size_t lanes) {
  const vec o_j = vec_load_part(o + j, lanes), u_j = vec_load_part(u + j, lanes), dh_j = vec_load_part(dh + j, lanes);
  // do = dh * u,  dz_o = do * o (1 - o)
  vec_store_part(o + j, vec_flush(vec_mul(vec_mul(dh_j, u_j), sigmoid_slope(o_j, NULL))), lanes);
  // du = dh * o,  dz_u = du * (1 - u^2)
  vec_store_part(u + j, vec_flush(vec_mul(vec_mul(dh_j, o_j), tanh_slope(u_j, NULL))), lanes);
}

// i, f, g (H) become dz_i, dz_f, dz_g.
VEC_INLINE void memory_backward_at(real *i, real *f, real *g, real *dc, const real *dk, const real *c_prev, size_t j,
                                   size_t lanes) {
  const vec i_j = vec_load_part(i + j, lanes), f_j = vec_load_part(f + j, lanes), g_j = vec_load_part(g + j, lanes);
  // dk = dc + W_uc^T dz_u
  const vec dc_j = vec_load_part(dc + j, lanes), dk_j = vec_add(dc_j, vec_load_part(dk + j, lanes));
  // di = dc * g,  dz_i = di * i (1 - i)
  vec_store_part(i + j, vec_flush(vec_mul(vec_mul(dc_j, g_j), sigmoid_slope(i_j, NULL))), lanes);
  // df = dk * c_prev,  dz_f = df * f (1 - f)
  const vec df = vec_mul(dk_j, vec_load_part(c_prev + j, lanes));
  vec_store_part(f + j, vec_flush(vec_mul(df, sigmoid_slope(f_j, NULL))), lanes);
  // dg = dc * i,  dz_g = dg * (1 - g^2)
  vec_store_part(g + j, vec_flush(vec_mul(vec_mul(dc_j, i_j), tanh_slope(g_j, NULL))), lanes);
  // dc_prev = dk * f
  vec_store_part(dc + j, vec_flush(vec_mul(dk_j, f_j)), lanes);
}

// gates (4, H): i f g in, their dz out; o stays. dc (H): gradient of c in, of c_prev out. dk (H), without dc, and
// c_prev (H) in.
static void memory_backward(real *gates, real *dc, const real *dk, const real *c_prev, size_t H) {
  real *i = gates + I * H, *f = gates + F * H, *g = gates + G * H;
  VEC_FOR(H, memory_backward_at, i, f, g, dc, dk, c_prev);
}

static void parameter_gradients(CellWindow *w, const Tape *tape, Product *products) {
  const size_t H = w->config.hidden_size, rows = GATES * H;
  const Rows dz = {tape->gates, rows}, dz_u = {tape->u, H};
  real *scratch = w->scratch + rows;
  window_bias_gradients(w, BIAS_IH, BIAS_HH, dz, rows);
  window_bias_gradient(w, BIAS_U, dz_u, H);
  window_gradient(w, &products[PRODUCT_HH], dz, (Rows){window_masked_h(w), H}, scratch);
  window_gradient(w, &products[PRODUCT_UC], dz_u, (Rows){tape->kept, H}, scratch);
  window_input_gradients(w, &products[PRODUCT_IH], tape->gates, scratch);
}

static void backward(CellWindow *w) {
  const size_t H = w->config.hidden_size, rows = GATES * H, B = w->batch;
  const Tape tape = tape_of(w);
  real *scratch = w->scratch + rows;
  Product products[PRODUCTS];
  list_products(products, &w->config);
  window_start_backward(w, H);
  products_pack(&products[FIRST_IN_STEP], IN_STEP, PRODUCT_BACKWARD, w->parameters, scratch);
  for (size_t t = w->window; t-- > 0;) {
    const real *c_prev = w->c + t * B * H, *dh = w->dh + t * B * H;
    real *gates = tape.gates + t * B * rows, *u = tape.u + t * B * H, *dc = w->dc0;
    // h does not depend on the c of its own step: dc is the whole gradient already.
    if (w->dc_squares) w->dc_squares[t + 1] = sum_of_squares(dc, B * H);
    for (size_t b = 0; b < B; b++) {
      if (window_is_over(w, t, b)) {
        fill_zero(gates + b * rows, rows);
        fill_zero(u + b * H, H);
        window_hold_backward(w, t, b);
      } else {
        VEC_FOR(H, use_backward_at, gates + b * rows + O * H, u + b * H, dh + b * H);
      }
    }
    product_backward((RowsOut){tape.dk, H}, MATMUL_SET, &products[PRODUCT_UC], (Rows){u, H}, scratch, B);
    for (size_t b = 0; b < B; b++) {
      if (window_is_over(w, t, b)) continue;
      memory_backward(gates + b * rows, dc + b * H, tape.dk + b * H, c_prev + b * H, H);
    }
    if (!window_wants_dh_before(w, t)) break;
    const RowsOut dh_prev = {window_dmasked_h(w, t), H};
    product_backward(dh_prev, MATMUL_ADD, &products[PRODUCT_HH], (Rows){gates, rows}, scratch, B);
    window_mask_h_backward(w, t);
  }
  if (w->dc_squares) w->dc_squares[0] = sum_of_squares(w->dc0, B * H);
  parameter_gradients(w, &tape, products);
}

const CellKind four_gate_cell = {
    .number = CELL_FOUR_GATE,
    .name = "four-gate",
    .takes_forget_bias = true,
    .weight_hh = WEIGHT_HH,
    .gate_count = GATES + 1,
    .gate_names = {"input", "forget", "candidate", "output", "use"},
    .c_size = c_size,
    .parameters = parameters,
    .initialise = initialise,
    .step = step,
};

const CellPass four_gate_pass = {tape_size, scratch_size, forward, backward};
