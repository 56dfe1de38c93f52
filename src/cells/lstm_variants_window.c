// lstm_variants_window.c: the LSTM with options over a batch and a window, forward and backward. The equations stand at
// the head of lstm_variants.c.
#include "cells/lstm_variants_tape.h"
#include "cells/window.h"
#include "kernels/elementwise.h"
#include "kernels/layer_norm.h"

// rows (N, R) = sums, normalised one by one; z (N, R) += weight * rows.
static void add_normalised(real *z, real *rows, real *inverses, const real *weight, size_t n, size_t length) {
  for (size_t row = 0; row < n; row++) {
    inverses[row] = layer_norm_add(z + row * length, rows + row * length, weight, length);
  }
}

// rows (N, R), as the above left them, become the gradients of the sums, from dz (N, R). dweight (R) is added to.
static void add_normalised_backward(const real *dz, real *rows, const real *inverses, const real *weight, real *dweight,
                                    size_t n, size_t length) {
  for (size_t row = 0; row < n; row++) {
    layer_norm_backward(rows + row * length, dweight, dz + row * length, weight, inverses[row], length);
  }
}

// What the input says to all steps.
static void input_sums(LstmPass *pass) {
  const CellWindow *w = pass->w;
  const size_t R = pass->s.rows, N = w->window * w->batch;
  real *const *p = w->parameters;
  real *normal = pass->tape[TAPE_NORMAL_IH];
  start_sums(pass->bias, p[LSTM_BIAS_IH], p[LSTM_BIAS_HH], R);
  if (!normal) {
    window_input_sums(pass->tape[TAPE_GATES], w, p[LSTM_WEIGHT_IH], pass->bias, pass->scratch, R);
    return;
  }
  window_input_sums(normal, w, p[LSTM_WEIGHT_IH], NULL, pass->scratch, R);
  fill_rows(pass->tape[TAPE_GATES], pass->bias, N, R);
  add_normalised(pass->tape[TAPE_GATES], normal, pass->tape[TAPE_INVERSE_IH], p[LSTM_NORM_IH_WEIGHT], N, R);
}

static void input_gradients(LstmPass *pass) {
  const CellWindow *w = pass->w;
  const size_t R = pass->s.rows, N = w->window * w->batch;
  real *const *p = w->parameters, *const *dp = w->dparameters;
  real *dz = pass->tape[TAPE_GATES], *normal = pass->tape[TAPE_NORMAL_IH];
  if (normal) {
    add_normalised_backward(dz, normal, pass->tape[TAPE_INVERSE_IH], p[LSTM_NORM_IH_WEIGHT], dp[LSTM_NORM_IH_WEIGHT],
                            N, R);
  }
  if (dp[LSTM_BIAS_IH]) {
    sum_rows(dp[LSTM_BIAS_IH], dz, N, R);
    copy(dp[LSTM_BIAS_HH], dp[LSTM_BIAS_IH], R);
  }
  window_input_gradients(w, dp[LSTM_WEIGHT_IH], p[LSTM_WEIGHT_IH], normal ? normal : dz, pass->scratch, R);
}

// What h says to step t.
static void hidden_sums(LstmPass *pass, size_t t) {
  const CellWindow *w = pass->w;
  const size_t R = pass->s.rows, B = w->batch, n = t * B;
  real *z = lstm_tape_row(pass, TAPE_GATES, n, R), *normal = lstm_tape_row(pass, TAPE_NORMAL_HH, n, R);
  const real *h_prev = window_see_h(pass->w, t);
  if (!normal) {
    product_add(z, &pass->products[LSTM_HH], h_prev, B);
    return;
  }
  fill_zero(normal, B * R);
  product_add(normal, &pass->products[LSTM_HH], h_prev, B);
  add_normalised(z, normal, pass->tape[TAPE_INVERSE_HH] + n, w->parameters[LSTM_NORM_HH_WEIGHT], B, R);
}

static void hidden_sums_backward(LstmPass *pass, size_t t) {
  const CellWindow *w = pass->w;
  const size_t R = pass->s.rows, B = w->batch, n = t * B;
  const real *dz = lstm_tape_row(pass, TAPE_GATES, n, R);
  real *normal = lstm_tape_row(pass, TAPE_NORMAL_HH, n, R);
  if (normal) {
    add_normalised_backward(dz, normal, pass->tape[TAPE_INVERSE_HH] + n, w->parameters[LSTM_NORM_HH_WEIGHT],
                            w->dparameters[LSTM_NORM_HH_WEIGHT], B, R);
  }
  product_backward(window_dseen_h(pass->w, t), &pass->products[LSTM_HH], normal ? normal : dz, B);
  window_see_h_backward(pass->w, t);
}

// What the state before step t says to its gates through full peepholes and full gate recurrence.
static void state_sums(LstmPass *pass, size_t t) {
  const CellWindow *w = pass->w;
  const LstmShape *s = &pass->s;
  const size_t H = s->H, S = s->recurrent, B = w->batch, n = t * B;
  real *early = lstm_tape_row(pass, TAPE_EARLY, n, s->early), *late = lstm_tape_row(pass, TAPE_LATE, n, s->late);
  const real *cells = pass->cells + n * H, *gates = lstm_tape_row(pass, TAPE_RECURRENT, n, S);
  for (size_t row = n; S > 0 && row < n + B; row++) {
    copy(pass->cells + row * H, w->c + row * (H + S), H);
    copy(lstm_tape_row(pass, TAPE_RECURRENT, row, S), w->c + row * (H + S) + H, S);
  }
  if (early) fill_zero(early, B * s->early);
  if (late) fill_zero(late, B * s->late);
  product_add(early, &pass->products[LSTM_CH_EARLY], cells, B);
  product_add(early, &pass->products[LSTM_GH_EARLY], gates, B);
  product_add(late, &pass->products[LSTM_GH_LATE], gates, B);
}

// h of all sequences after step t from their m, and c with its gates.
static void new_state(LstmPass *pass, size_t t) {
  CellWindow *w = pass->w;
  const LstmShape *s = &pass->s;
  const size_t H = s->H, S = s->recurrent, P = cell_h_size(&w->config), B = w->batch;
  if (pass->tape[TAPE_M]) {
    real *h = w->h + (t + 1) * B * P;
    fill_zero(h, B * P);
    product_add(h, &pass->products[LSTM_HR], lstm_tape_row(pass, TAPE_M, t * B, H), B);
    lstm_flush(h, B * P);
  }
  for (size_t b = 0; b < B; b++) {
    const size_t row = t * B + b;
    real *c = w->c + (row + B) * (H + S);
    const real *gates = lstm_tape_row(pass, TAPE_GATES, row, s->rows);
    if (window_is_over(w, t, b)) {
      window_hold(w, t, b, H + S);
    } else if (S > 0) {
      copy(c, pass->cells + (row + B) * H, H);
      copy(c + H, gates, s->early);
      copy(c + H + s->early, gates + s->first[LSTM_O], s->late);
    }
  }
}

void lstm_variant_forward(CellWindow *w) {
  LstmPass pass = lstm_pass(w);
  const LstmShape *s = &pass.s;
  const size_t H = s->H, B = w->batch;
  input_sums(&pass);
  products_pack(pass.products, LSTM_PRODUCTS, PRODUCT_FORWARD, w->parameters, pass.scratch);
  for (size_t t = 0; t < w->window; t++) {
    real *late = lstm_tape_row(&pass, TAPE_LATE, t * B, s->late);
    hidden_sums(&pass, t);
    state_sums(&pass, t);
    for (size_t b = 0; b < B; b++) {
      const LstmRow row = lstm_row(&pass, t, b);
      if (window_is_over(w, t, b)) {
        copy(row.c, row.c_prev, H);
      } else {
        lstm_cell_state(&row, w->parameters, s);
      }
    }
    product_add(late, &pass.products[LSTM_CH_LATE], pass.cells + (t + 1) * B * H, B);
    for (size_t b = 0; b < B; b++) {
      const LstmRow row = lstm_row(&pass, t, b);
      if (window_is_over(w, t, b)) {
        fill_zero(row.m, H);
      } else {
        lstm_hidden_state(&row, w->parameters, s);
      }
    }
    new_state(&pass, t);
  }
}

// Step t: dz_o, then dc from all that comes after c.
static void hidden_state_backward(LstmPass *pass, size_t t) {
  CellWindow *w = pass->w;
  const LstmShape *s = &pass->s;
  const size_t H = s->H, B = w->batch;
  real *dm = pass->tape[TAPE_DM], *late = lstm_tape_row(pass, TAPE_LATE, t * B, s->late);
  if (dm) {
    fill_zero(dm, B * H);
    product_backward(dm, &pass->products[LSTM_HR], w->dh + t * B * cell_h_size(&w->config), B);
  }
  for (size_t b = 0; b < B; b++) {
    const LstmRow row = lstm_row(pass, t, b);
    if (window_is_over(w, t, b)) {
      fill_zero(row.gates, s->rows);
      window_hold_backward(w, t, b);
    } else {
      lstm_hidden_state_backward(&row, w->parameters, w->dparameters, s);
    }
    if (late) copy(late + b * s->late, row.gates + s->first[LSTM_O], s->late);
  }
  product_backward(pass->dc, &pass->products[LSTM_CH_LATE], late, B);
}

// Step t: dz of i, f and g, then dc and dgates of the step before.
static void cell_state_backward(LstmPass *pass, size_t t) {
  CellWindow *w = pass->w;
  const LstmShape *s = &pass->s;
  const size_t B = w->batch;
  real *early = lstm_tape_row(pass, TAPE_EARLY, t * B, s->early);
  const real *late = lstm_tape_row(pass, TAPE_LATE, t * B, s->late);
  for (size_t b = 0; b < B; b++) {
    const LstmRow row = lstm_row(pass, t, b);
    if (!window_is_over(w, t, b)) lstm_cell_state_backward(&row, w->parameters, w->dparameters, s);
    if (early) copy(early + b * s->early, row.gates, s->early);
  }
  product_backward(pass->dc, &pass->products[LSTM_CH_EARLY], early, B);
  product_backward(pass->tape[TAPE_DGATES], &pass->products[LSTM_GH_EARLY], early, B);
  product_backward(pass->tape[TAPE_DGATES], &pass->products[LSTM_GH_LATE], late, B);
}

// The sum of squares of dLoss/dc after step t, over the sequences that are not over. What later steps say of the gates
// behind c is not spent yet.
static double squares_of_dc(const LstmPass *pass, size_t t) {
  const size_t H = pass->s.H, S = pass->s.recurrent;
  const real *dc = pass->dc, *dgates = pass->tape[TAPE_DGATES];
  double sum = 0;
  for (size_t b = 0; b < pass->w->batch; b++) {
    double squares = 0;
    if (window_is_over(pass->w, t, b)) continue;
    for (size_t j = b * H; j < (b + 1) * H; j++) squares += (double)dc[j] * (double)dc[j];
    for (size_t j = b * S; j < (b + 1) * S; j++) squares += (double)dgates[j] * (double)dgates[j];
    sum += squares;
  }
  return sum;
}

static void matrix_gradients(LstmPass *pass) {
  const CellWindow *w = pass->w;
  const size_t B = w->batch, N = w->window * B;
  real *const *dp = w->dparameters, *const *tape = pass->tape;
  const Product *list = pass->products;
  real *scratch = pass->scratch;
  const real *da_hh = tape[TAPE_NORMAL_HH] ? tape[TAPE_NORMAL_HH] : tape[TAPE_GATES];
  product_gradient(dp, &list[LSTM_HH], da_hh, window_seen_h(w), scratch, N);
  product_gradient(dp, &list[LSTM_CH_EARLY], tape[TAPE_EARLY], pass->cells, scratch, N);
  product_gradient(dp, &list[LSTM_CH_LATE], tape[TAPE_LATE], pass->cells + B * pass->s.H, scratch, N);
  product_gradient(dp, &list[LSTM_GH_EARLY], tape[TAPE_EARLY], tape[TAPE_RECURRENT], scratch, N);
  product_gradient(dp, &list[LSTM_GH_LATE], tape[TAPE_LATE], tape[TAPE_RECURRENT], scratch, N);
  product_gradient(dp, &list[LSTM_HR], w->dh, tape[TAPE_M], scratch, N);
}

void lstm_variant_backward(CellWindow *w) {
  LstmPass pass = lstm_pass(w);
  const LstmShape *s = &pass.s;
  const size_t H = s->H, S = s->recurrent, B = w->batch;
  real *const *dp = w->dparameters;
  fill_zero(w->dh0, B * cell_h_size(&w->config));
  fill_zero(pass.dc, B * H);
  if (S > 0) fill_zero(pass.tape[TAPE_DGATES], B * S);
  if (s->options & CELL_PEEPHOLE_DIAGONAL && dp[LSTM_WEIGHT_CH]) fill_zero(dp[LSTM_WEIGHT_CH], s->early + s->late);
  if (s->options & CELL_LAYER_NORM) {
    fill_zero(dp[LSTM_NORM_IH_WEIGHT], s->rows);
    fill_zero(dp[LSTM_NORM_HH_WEIGHT], s->rows);
    fill_zero(dp[LSTM_NORM_C_WEIGHT], H);
    fill_zero(dp[LSTM_NORM_C_BIAS], H);
  }
  products_pack(pass.products, LSTM_PRODUCTS, PRODUCT_BACKWARD, w->parameters, pass.scratch);
  for (size_t t = w->window; t-- > 0;) {
    hidden_state_backward(&pass, t);
    if (w->dc_squares) w->dc_squares[t + 1] = squares_of_dc(&pass, t);
    cell_state_backward(&pass, t);
    hidden_sums_backward(&pass, t);
  }
  for (size_t b = 0; S > 0 && b < B; b++) {
    copy(w->dc0 + b * (H + S), pass.dc + b * H, H);
    copy(w->dc0 + b * (H + S) + H, pass.tape[TAPE_DGATES] + b * S, S);
  }
  if (w->dc_squares) w->dc_squares[0] = sum_of_squares(w->dc0, B * (H + S));
  matrix_gradients(&pass);
  input_gradients(&pass);
}
