// lstm_variants.c: the LSTM of lstm.c with any combination of options. In the letters of torch.nn.LSTM:
//
//   z_i = W_ii x + b_ii + W_hi h_prev + b_hi + P_i(c_prev) + R_i        i = sigmoid(z_i)     input gate
//   z_f = W_if x + b_if + W_hf h_prev + b_hf + P_f(c_prev) + R_f        f = sigmoid(z_f)     forget gate
//   z_g = W_ig x + b_ig + W_hg h_prev + b_hg                            g = tanh(z_g)        candidate
//   c   = f * c_prev + i * g                                                                 cell state
//   z_o = W_io x + b_io + W_ho h_prev + b_ho + P_o(c) + R_o             o = sigmoid(z_o)     output gate
//   m   = o * tanh(c)
//   h   = m                                                                                  hidden state
//
// Without options P = R = 0, and this is lstm.c bit for bit. The options (CELL_ before each):
//
//   PEEPHOLE_DIAGONAL    P_k(c) = w_ck * c: each gate sees its own cell. (Gers & Schmidhuber 2000; Gers, Schraudolph &
//                        Schmidhuber 2002.) The output gate sees the new c.
//   PEEPHOLE_FULL        P_k(c) = W_ck c: each gate sees all cells, as where courses draw sigmoid(W [c, h, x] + b).
//   COUPLED              f = 1 - i (CIFG in Greff et al. 2015; input_forget in ONNX)
//   NO_INPUT_GATE        i = 1
//   NO_FORGET_GATE       f = 1 (Hochreiter & Schmidhuber 1997)
//   NO_OUTPUT_GATE       o = 1
//   NO_INPUT_ACTIVATION  g = z_g
//   NO_OUTPUT_ACTIVATION m = o * c
//   FULL_GATE_RECURRENCE R_k = W_gk [i_prev, f_prev, o_prev], of those gates that there are (FGR in Greff et al. 2015).
//                        Behind c, the state then holds these gates: [c, i, f, o].
//   LAYER_NORM           With LN(a; w, b) = w * (a - mean(a)) / sqrt(variance(a) + 1e-5) + b (Ba, Kiros & Hinton 2016,
//                        equations 20 to 22): LN(W_ih x; w_ih, 0) for W_ih x and LN(W_hh h; w_hh, 0) for W_hh h, each
//                        over the rows of all gates at once, and tanh(LN(c; w_c, b_c)) for tanh(c). What is carried on,
//                        and what peepholes see, is c as it is.
//   config.projection    h = W_hr m (Sak, Senior & Beaufays 2014; proj_size in torch.nn.LSTM), of length P
//   config.clip          every z is kept in [-clip, clip] (ONNX)
//
// The eight variants of Greff et al. 2015 (LSTM: A Search Space Odyssey) are among them: NIG, NFG, NOG, NIAF, NOAF,
// CIFG, NP and FGR. The words of courses are explained in lstm.c.
//
// Parameters, R being the rows of the gates that the cell has, in the order i, f, g, o, and K the number of i, f, o
// that it has: weight_ih (R, D), weight_hh (R, P), bias_ih (R), bias_hh (R), weight_ch (K H) or (K H, H), weight_gh
// (K H, K H), weight_hr (P, H), norm_ih_weight (R), norm_hh_weight (R), norm_c_weight (H), norm_c_bias (H).
//
// Backward, with d for "gradient of the loss with respect to". dh and dc hold what later steps and the layer above say;
// di', df', do' what the step behind says of the gates, 0 without full gate recurrence.
//
//   dm   = dh, or W_hr^T dh
//   do   = dm * tanh(c) + do'                             dz_o = do * o (1 - o)
//   dc   = dc + dm * o (1 - tanh(c)^2) + P_o^T dz_o       with layer norm the middle goes back through LN
//   di   = dc * g + di', coupled: - dc * c_prev           dz_i = di * i (1 - i)
//   df   = dc * c_prev + df'                              dz_f = df * f (1 - f)
//   dg   = dc * i                                         dz_g = dg * (1 - g^2), or dg
//   dc_prev = dc * f + P_i^T dz_i + P_f^T dz_f            [di', df', do'] of the step before = W_g^T [dz_i, dz_f, dz_o]
//   dh_prev = W_hh^T da_hh    dx = W_ih^T da_ih           da = dz, or what of it goes back through LN
//
// where dz = 0 for what was clipped, and the gradient of a matrix is the sum over steps and batch of what it made times
// what it was given. CellWindow.dc_squares counts di', df', do' of the step behind with dc, as all of the state's c.
//
// Memory of a window, in reals: tape T B (R + H) and, each only with its option,
//   full peepholes, full gate recurrence   T B K H
//   full gate recurrence                   (T + 1) B H + T B K H + B (K + 1) H
//   projection                             T B H + B H
//   layer norm                             T B (2 R + H + 1) + 2 T B
// scratch: R, and the larger of: all matrices packed but weight_ih; the blocks of one gradient, or weight_ih packed.
#include "cells/lstm_variants.h"
#include "cells/window.h"
#include "kernels/elementwise.h"
#include "kernels/layer_norm.h"

LstmShape lstm_shape(const CellConfig *config) {
  const uint32_t options = config->options;
  const size_t H = config->hidden_size;
  LstmShape s = {.options = options, .clip = config->clip, .H = H};
  s.has[LSTM_I] = !(options & CELL_NO_INPUT_GATE);
  s.has[LSTM_F] = !(options & (CELL_NO_FORGET_GATE | CELL_COUPLED));
  s.has[LSTM_G] = true;
  s.has[LSTM_O] = !(options & CELL_NO_OUTPUT_GATE);
  for (int gate = 0; gate < LSTM_GATES; gate++) {
    s.first[gate] = s.rows;
    if (s.has[gate]) s.rows += H;
  }
  s.early = s.first[LSTM_G];
  s.late = s.has[LSTM_O] ? H : 0;
  s.recurrent = options & CELL_FULL_GATE_RECURRENCE ? s.early + s.late : 0;
  if (s.clip > 0) s.range = clip_range(s.clip);
  return s;
}

static size_t c_size(const CellConfig *config) {
  const LstmShape s = lstm_shape(config);
  return s.H + s.recurrent;
}

static void parameters(CellParameter *list, const CellConfig *config) {
  const LstmShape s = lstm_shape(config);
  const size_t H = s.H, sigmoids = s.early + s.late;
  list[LSTM_WEIGHT_IH] = (CellParameter){"weight_ih", s.rows, config->input_size, config->tokens};
  list[LSTM_WEIGHT_HH] = (CellParameter){"weight_hh", s.rows, cell_h_size(config), false};
  if (config->bias) {
    list[LSTM_BIAS_IH] = (CellParameter){"bias_ih", s.rows, 0, false};
    list[LSTM_BIAS_HH] = (CellParameter){"bias_hh", s.rows, 0, false};
  }
  if (sigmoids > 0) {
    if (s.options & CELL_PEEPHOLE_DIAGONAL) list[LSTM_WEIGHT_CH] = (CellParameter){"weight_ch", sigmoids, 0, false};
    if (s.options & CELL_PEEPHOLE_FULL) list[LSTM_WEIGHT_CH] = (CellParameter){"weight_ch", sigmoids, H, false};
    if (s.recurrent) list[LSTM_WEIGHT_GH] = (CellParameter){"weight_gh", sigmoids, sigmoids, false};
  }
  if (config->projection) list[LSTM_WEIGHT_HR] = (CellParameter){"weight_hr", config->projection, H, false};
  if (s.options & CELL_LAYER_NORM) {
    list[LSTM_NORM_IH_WEIGHT] = (CellParameter){"norm_ih_weight", s.rows, 0, false};
    list[LSTM_NORM_HH_WEIGHT] = (CellParameter){"norm_hh_weight", s.rows, 0, false};
    list[LSTM_NORM_C_WEIGHT] = (CellParameter){"norm_c_weight", H, 0, false};
    list[LSTM_NORM_C_BIAS] = (CellParameter){"norm_c_bias", H, 0, false};
  }
}

static void fill(real *y, real value, size_t n) {
  for (size_t i = 0; i < n; i++) y[i] = value;
}

// The two biases of a forget gate sum to forget_bias. Norms add nothing yet.
static void initialise(real *const *p, const CellConfig *config) {
  const LstmShape s = lstm_shape(config);
  if (s.has[LSTM_F] && config->bias) {
    fill(p[LSTM_BIAS_IH] + s.first[LSTM_F], config->forget_bias, s.H);
    fill(p[LSTM_BIAS_HH] + s.first[LSTM_F], 0, s.H);
  }
  if (s.options & CELL_LAYER_NORM) {
    fill(p[LSTM_NORM_IH_WEIGHT], 1, s.rows);
    fill(p[LSTM_NORM_HH_WEIGHT], 1, s.rows);
    fill(p[LSTM_NORM_C_WEIGHT], 1, s.H);
    fill(p[LSTM_NORM_C_BIAS], 0, s.H);
  }
}

void lstm_products(Product *list, const LstmShape *s, const CellConfig *config) {
  const size_t H = s->H, from_c = s->options & CELL_PEEPHOLE_FULL ? H : 0;
  const size_t E = s->early, L = s->late, P = config->projection, S = s->recurrent;
  list[LSTM_HH] = (Product){.place = LSTM_WEIGHT_HH, .rows = s->rows, .columns = cell_h_size(config)};
  list[LSTM_CH_EARLY] = (Product){.place = LSTM_WEIGHT_CH, .first_row = 0, .rows = E, .columns = from_c};
  list[LSTM_CH_LATE] = (Product){.place = LSTM_WEIGHT_CH, .first_row = E, .rows = L, .columns = from_c};
  list[LSTM_GH_EARLY] = (Product){.place = LSTM_WEIGHT_GH, .first_row = 0, .rows = E, .columns = S};
  list[LSTM_GH_LATE] = (Product){.place = LSTM_WEIGHT_GH, .first_row = E, .rows = L, .columns = S};
  list[LSTM_HR] = (Product){.place = LSTM_WEIGHT_HR, .rows = P, .columns = H};
}

// sums (R), product (R), early and late, a (H), m (H), LN(c) (H) and 1 / deviation.
static uint64_t step_scratch_size(const CellConfig *config) {
  const LstmShape s = lstm_shape(config);
  return 2 * (uint64_t)s.rows + s.early + s.late + 3 * s.H + 1;
}

// gates (4, H): i, f, g, o out, of which the cell has those in `rows`.
static void show_gates(real *gates, const real *rows, const LstmShape *s) {
  for (int gate = 0; gate < LSTM_GATES; gate++, gates += s->H) {
    if (s->has[gate]) {
      copy(gates, rows + s->first[gate], s->H);
    } else if (gate == LSTM_F && s->options & CELL_COUPLED) {
      for (size_t j = 0; j < s->H; j++) gates[j] = 1 - rows[j];
    } else {
      fill(gates, 1, s->H);
    }
  }
}

static void step(real *h, real *c, real *gates, real *const *p, const Int8Matrix *int8, const real *x, size_t token,
                 const CellConfig *config) {
  const LstmShape s = lstm_shape(config);
  const size_t H = s.H, R = s.rows;
  const bool normed = s.options & CELL_LAYER_NORM;
  real *sums = gates + LSTM_GATES * H, *product = sums + R;
  real *early = product + R, *late = early + s.early, *a = late + s.late, *m = a + H, *normal_c = m + H;
  real *into = normed ? product : sums;
  Product list[LSTM_PRODUCTS];
  lstm_products(list, &s, config);
  const LstmRow row = {
      .gates = sums,
      .c_prev = c,
      .c = c,
      .a = a,
      .m = config->projection ? m : h,
      .normal_c = normed ? normal_c : NULL,
      .inverse_c = normal_c + H,
      .early = early,
      .late = late,
  };

  start_sums(sums, p[LSTM_BIAS_IH], p[LSTM_BIAS_HH], R);
  if (normed) fill_zero(product, R);
  step_input_sums(into, p[LSTM_WEIGHT_IH], int8 ? &int8[LSTM_WEIGHT_IH] : NULL, x, token, config, R);
  if (normed) {
    layer_norm_add(sums, product, p[LSTM_NORM_IH_WEIGHT], R);
    fill_zero(product, R);
  }
  product_step(into, &list[LSTM_HH], p, int8, h);
  if (normed) layer_norm_add(sums, product, p[LSTM_NORM_HH_WEIGHT], R);

  fill_zero(early, s.early + s.late);
  product_step(early, &list[LSTM_CH_EARLY], p, int8, c);
  product_step(early, &list[LSTM_GH_EARLY], p, int8, c + H);
  product_step(late, &list[LSTM_GH_LATE], p, int8, c + H);
  lstm_cell_state(&row, p, &s);
  product_step(late, &list[LSTM_CH_LATE], p, int8, c);
  lstm_hidden_state(&row, p, &s);
  if (config->projection) {
    fill_zero(h, config->projection);
    product_step(h, &list[LSTM_HR], p, int8, m);
    lstm_flush(h, config->projection);
  }
  if (s.recurrent) {
    copy(c + H, sums, s.early);
    copy(c + H + s.early, sums + s.first[LSTM_O], s.late);
  }
  show_gates(gates, sums, &s);
}

const CellKind lstm_variant_cell = {
    .name = "lstm",
    .options = CELL_LSTM_OPTIONS,
    .takes_clip = true,
    .takes_projection = true,
    .takes_forget_bias = true,
    .weight_hh = LSTM_WEIGHT_HH,
    .gate_count = LSTM_GATES,
    .gate_names = {"input", "forget", "candidate", "output"},
    .c_size = c_size,
    .parameters = parameters,
    .initialise = initialise,
    .step = step,
    .step_scratch_size = step_scratch_size,
    .tape_size = lstm_variant_tape_size,
    .scratch_size = lstm_variant_scratch_size,
    .forward = lstm_variant_forward,
    .backward = lstm_variant_backward,
};
