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
//   PEEPHOLE_DIAGONAL    P_k(c) = w_ck * c: each gate is given its own unit. (Gers & Schmidhuber 2000; Gers, Schraudolph &
//                        Schmidhuber 2002.) The output gate is given the new c.
//   PEEPHOLE_FULL        P_k(c) = W_ck c: each gate is given all units, as where courses draw sigmoid(W [c, h, x] + b).
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
//                        and what peepholes are given, is c as it is.
//   LAYER_NORM_PRODUCTS  With N(a) = (a - mean(a)) / sqrt(variance(a) + 1e-5): g_ih * N(W_ih x) for W_ih x and g_hh * N(W_hh h)
//                        for W_hh h, each over the rows of all gates at once, and nothing else: c is not normalised.
//   MULTIPLICATIVE_DIAGONAL  W_hh u for W_hh h, with u = h_prev * (1 + W_mx x): the multiplicative LSTM of Krause, Murray,
//                        Renals & Lu 2016 with a diagonal in the place of W_mh; a round of a Mogrifier (Melis, Kocisky &
//                        Blunsom 2020).
//   config.projection    h = W_hr m (Sak, Senior & Beaufays 2014; proj_size in torch.nn.LSTM), of length P
//   config.clip          every z is kept in [-clip, clip] (ONNX)
//
// The eight variants of Greff et al. 2015 (LSTM: A Search Space Odyssey) are among them: NIG, NFG, NOG, NIAF, NOAF,
// CIFG, NP and FGR. The words of courses are explained in lstm.c.
//
// Parameters, R being the rows of the gates that the cell has, in the order i, f, g, o, and K the number of i, f, o
// that it has: weight_ih (R, D), weight_hh (R, P), bias_ih (R), bias_hh (R), weight_ch (K H) or (K H, H), weight_gh
// (K H, K H), weight_hr (P, H), norm_ih_weight (R), norm_hh_weight (R), norm_c_weight (H), norm_c_bias (H), weight_mx (P, D).
//
// Backward, with d for "gradient of the loss with respect to". dh holds the gradient from the layer above and from later
// steps, dc that from later steps; di', df', do' are the gradients that the gates get from the step after, through full
// gate recurrence, else 0.
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
// what it was given. CellWindow.dc_squares counts di', df', do' with dc: they are the gradient of all of the state's c.
//
// Memory of a window, in reals: tape T B (R + H) and, each only with its option,
//   full peepholes, full gate recurrence   B K H where both are
//   projection                             T B H + B H
//   layer norm                             T B (2 R + H + 3) + 2 B (R + H)
//   layer norm of the products             2 T B (R + 1) + 3 min(B, 8) R, or of D tokens, where these are fewer than T B,
//                                          T B (R + 1) + D (2 R + 1) + 3 min(B, 8) R
//   multiplicative                         2 T B P + B P, and of vectors T B P more
// scratch: R, and the scratch of the product W_ih x or of all others together, whichever is larger (products_scratch).
// One step of one sequence takes the tape of T = B = 1. The states h, (T + 1) B P, and c, (T + 1) B (H + S), S being the
// K H of full gate recurrence or 0, are the caller's.
#include "cells/lstm_variants.h"

#include "cells/window.h"
#include "kernels/elementwise.h"
#include "kernels/sizes.h"

static size_t c_size(const CellConfig *config) {
  const LstmShape s = lstm_shape(config);
  return lstm_c_size(&s);
}

static void multiply_in_step(RowsOut y, MatmulInto into, const LstmCell *cell, int product, Rows x, size_t batch) {
  (void)batch;
  if (into == MATMUL_SET) fill_zero(y.first, cell->products[product].rows);
  product_step(y.first, &cell->products[product], cell->p, cell->int8, x.first);
}

static void multiply_in_window(RowsOut y, MatmulInto into, const LstmCell *cell, int product, Rows x, size_t batch) {
  product_forward(y, into, &cell->products[product], x, cell->scratch, batch);
}

void lstm_product_backward(RowsOut dx, MatmulInto into, const LstmCell *cell, int product, Rows dy, size_t batch) {
  product_backward(dx, into, &cell->products[product], dy, cell->scratch, batch);
}

// One step: the gates hold b + W_ih x, or LN of it, and become i f g o.
static void step_forward(const LstmCell *cell, const LstmStep *step) {
  lstm_hidden_sums(cell, step);
  if (cell->s.standard) {
    lstm_standard_state(cell, step);
    lstm_projection(cell, step);
    return;
  }
  lstm_recurrence(cell, step);
  lstm_peephole_early(cell, step);
  lstm_cell_state(cell, step);
  lstm_peephole_late(cell, step);
  if (cell->s.options & CELL_LAYER_NORM) lstm_norm_c(cell, step);
  lstm_hidden_state(cell, step);
  lstm_projection(cell, step);
  lstm_recurrence_keep(cell, step);
}

// The sum of squares of dLoss/dc after the step. Behind dc, di', df', do' are not spent yet.
static double squares_of_dc(const LstmCell *cell, const LstmStep *step) {
  const size_t C = lstm_c_size(&cell->s);
  double sum = 0;
  for (size_t b = 0; b < step->batch; b++) {
    double squares = 0;
    for (size_t j = b * C; j < (b + 1) * C; j++) squares += (double)step->dc[j] * (double)step->dc[j];
    sum += squares;
  }
  return sum;
}

// The same from its end: the gates become dz.
static void step_backward(const LstmCell *cell, const LstmStep *step) {
  lstm_projection_backward(cell, step);
  if (cell->s.standard && !step->dc_squares) {
    lstm_standard_state_backward(cell, step);
    lstm_hidden_sums_backward(cell, step);
    return;
  }
  lstm_hidden_state_backward(cell, step);
  if (cell->s.options & CELL_LAYER_NORM) lstm_norm_c_backward(cell, step);
  lstm_peephole_late_backward(cell, step);
  if (step->dc_squares) *step->dc_squares = squares_of_dc(cell, step);
  lstm_cell_state_backward(cell, step);
  lstm_peephole_early_backward(cell, step);
  lstm_recurrence_backward(cell, step);
  lstm_hidden_sums_backward(cell, step);
}

// ---------------------------------------------------------------- one step of one sequence

static LstmCell cell_of(const CellConfig *config, real *const *p, real *const *dp) {
  LstmCell cell = {.s = lstm_shape(config), .p = p, .dp = dp};
  lstm_products(cell.products, &cell.s, config);
  return cell;
}

static uint64_t step_scratch_size(const CellConfig *config) {
  const LstmShape s = lstm_shape(config);
  LstmTape tape;
  return lstm_tape(&tape, NULL, &s, 1, 1);
}

// gates (4, H): i, f, g, o out, of which the cell has those in `rows`.
static void show_gates(real *gates, const real *rows, const LstmShape *s) {
  for (int gate = 0; gate < LSTM_GATES; gate++, gates += s->H) {
    if (s->has[gate]) {
      copy(gates, rows + s->first[gate], s->H);
    } else if (gate == LSTM_F && s->options & CELL_COUPLED) {
      for (size_t j = 0; j < s->H; j++) gates[j] = 1 - rows[j];
    } else {
      for (size_t j = 0; j < s->H; j++) gates[j] = 1;
    }
  }
}

static void step(real *h, real *c, real *gates, real *const *p, const Int8Matrix *int8, const real *x, size_t token,
                 const CellConfig *config) {
  LstmCell cell = cell_of(config, p, NULL);
  const int32_t tokens[1] = {(int32_t)token};
  LstmStep one = {.batch = 1, .tokens = tokens, .h_prev = h, .h = h, .c_prev = c, .c = c};
  LstmTape *tape = &one.tape;
  lstm_tape(tape, gates + LSTM_GATES * cell.s.H, &cell.s, 1, 1);
  one.m = tape->m ? tape->m : h;
  cell.multiply = multiply_in_step;
  cell.int8 = int8;
  lstm_input_sums_of_step(&cell, &one, x, token, config);
  lstm_multiplicative_sums_of_step(&cell, &one, x, config);
  step_forward(&cell, &one);
  show_gates(gates, tape->gates, &cell.s);
}

// ---------------------------------------------------------------- a batch over a window

static uint64_t tape_size(const CellConfig *config, size_t window, size_t batch) {
  const LstmShape s = lstm_shape(config);
  LstmTape tape;
  return lstm_tape(&tape, NULL, &s, window, batch);
}

static uint64_t scratch_size(const CellConfig *config) {
  const LstmCell cell = cell_of(config, NULL, NULL);
  const uint64_t with_x = larger(products_scratch(&cell.products[LSTM_IH], 1), products_scratch(&cell.products[LSTM_MX], 1));
  return cell.s.rows + larger(with_x, products_scratch(&cell.products[LSTM_FIRST_IN_STEP], LSTM_IN_STEP));
}

static LstmCell cell_of_window(CellWindow *w) {
  LstmCell cell = cell_of(&w->config, w->parameters, w->dparameters);
  cell.multiply = multiply_in_window;
  cell.scratch = w->scratch + cell.s.rows;
  return cell;
}

// Row n of a part of the tape, or NULL where there is no such part.
static real *row_of(real *part, size_t n, size_t length) { return part ? part + n * length : NULL; }

static LstmStep step_of(CellWindow *w, const LstmCell *cell, const LstmTape *tape, size_t t) {
  const LstmShape *s = &cell->s;
  const size_t H = s->H, P = s->P, R = s->rows, C = lstm_c_size(s), B = w->batch, n = t * B;
  const size_t made = tape->of_tokens ? 0 : n;
  LstmStep step = {
      .t = t,
      .batch = B,
      .lengths = w->lengths,
      .tokens = w->tokens ? w->tokens + n : NULL,
      .leaves = w->leaves,
      .tape = {
          .gates = tape->gates + n * R,
          .a = tape->a + n * H,
          .from_state = tape->from_state,
          .m = row_of(tape->m, n, H),
          .dm = tape->dm,
          .normal_ih = row_of(tape->normal_ih, made, R),
          .normal_hh = row_of(tape->normal_hh, n, R),
          .normal_c = row_of(tape->normal_c, n, H),
          .inverse_ih = row_of(tape->inverse_ih, made, 1),
          .inverse_hh = row_of(tape->inverse_hh, n, 1),
          .inverse_c = row_of(tape->inverse_c, n, 1),
          .dnorms = tape->dnorms,
          .dgain_ih = tape->dgain_ih,
          .dgain_hh = tape->dgain_hh,
          .dbias = tape->dbias,
          .of_tokens = tape->of_tokens,
          .u = row_of(tape->u, n, P),
          .dw = row_of(tape->dw, n, P),
          .du = tape->du,
          .from_x = row_of(tape->from_x, n, P),
      },
      .c_prev = w->c + n * C,
      .h = w->h + (n + B) * P,
      .c = w->c + (n + B) * C,
  };
  step.m = s->projected ? step.tape.m : step.h;
  return step;
}

static void forward(CellWindow *w) {
  LstmCell cell = cell_of_window(w);
  LstmTape tape;
  lstm_tape(&tape, w->tape, &cell.s, w->window, w->batch);
  lstm_input_sums(&cell, &tape, w);
  lstm_multiplicative_sums(&cell, &tape, w);
  products_pack(&cell.products[LSTM_FIRST_IN_STEP], LSTM_IN_STEP, PRODUCT_FORWARD, w->parameters, cell.scratch);
  for (size_t t = 0; t < w->window; t++) {
    LstmStep step = step_of(w, &cell, &tape, t);
    step.h_prev = window_mask_h(w, t);
    step_forward(&cell, &step);
    for (size_t b = 0; b < w->batch; b++) {
      if (window_is_over(w, t, b)) window_hold(w, t, b, lstm_c_size(&cell.s));
    }
  }
}

static void backward(CellWindow *w) {
  LstmCell cell = cell_of_window(w);
  cell.range = clip_range(cell.s.clip);
  const size_t C = lstm_c_size(&cell.s), B = w->batch;
  LstmTape tape;
  lstm_tape(&tape, w->tape, &cell.s, w->window, B);
  window_start_backward(w, C);
  lstm_norm_start_gradients(&cell, &tape, B);
  lstm_norm_products_start(&cell, &tape, B);
  products_pack(&cell.products[LSTM_FIRST_IN_STEP], LSTM_IN_STEP, PRODUCT_BACKWARD, w->parameters, cell.scratch);
  for (size_t t = w->window; t-- > 0;) {
    LstmStep step = step_of(w, &cell, &tape, t);
    step.h_prev = window_masked_h(w) + t * B * cell.s.P;
    step.dh = w->dh + t * B * cell.s.P;
    step.dm = cell.s.projected ? tape.dm : step.dh;
    step.dh_prev = window_wants_dh_before(w, t) ? window_dmasked_h(w, t) : NULL;
    step.dc = w->dc0;
    step.dc_squares = w->dc_squares ? &w->dc_squares[t + 1] : NULL;
    for (size_t b = 0; b < B; b++) {
      if (!window_is_over(w, t, b)) continue;
      fill_zero(step.tape.gates + b * cell.s.rows, cell.s.rows);
      window_hold_backward(w, t, b);
    }
    step_backward(&cell, &step);
    if (step.dh_prev) window_mask_h_backward(w, t);
  }
  if (w->dc_squares) w->dc_squares[0] = sum_of_squares(w->dc0, B * C);
  lstm_hidden_gradient(&cell, &tape, w);
  lstm_peephole_gradients(&cell, &tape, w);
  lstm_recurrence_gradients(&cell, &tape, w);
  lstm_projection_gradient(&cell, &tape, w);
  lstm_input_sums_backward(&cell, &tape, w);
  lstm_multiplicative_gradients(&cell, &tape, w);
  lstm_norm_gradients(&cell, &tape, w);
}

const CellKind lstm_variant_cell = {
    .number = CELL_LSTM_VARIANT,
    .name = "lstm",
    .options = CELL_LSTM_OPTIONS,
    .takes_clip = true,
    .takes_projection = true,
    .takes_forget_bias = true,
    .weight_hh = LSTM_WEIGHT_HH,
    .gate_count = LSTM_GATES,
    .gate_names = {"input", "forget", "candidate", "output"},
    .c_size = c_size,
    .parameters = lstm_parameters,
    .initialise = lstm_initialise,
    .step = step,
    .step_scratch_size = step_scratch_size,
};

const CellPass lstm_variant_pass = {tape_size, scratch_size, forward, backward};
