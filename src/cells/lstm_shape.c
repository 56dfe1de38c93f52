// lstm_shape.c: what the options make of an LSTM: its gates, parameters, products and memory. The equations, and the
// memory as a formula, stand at the head of lstm_variants.c.
#include "cells/lstm_variants.h"
#include "cells/window.h"

LstmShape lstm_shape(const CellConfig *config) {
  const uint32_t options = config->options;
  const size_t H = config->hidden_size;
  LstmShape s = {.options = options, .clip = config->clip, .H = H, .P = cell_h_size(config)};
  s.tokens = config->tokens ? config->input_size : 0;
  s.projected = config->projection > 0;
  s.standard = !(options & ~(CELL_LAYER_NORM_PRODUCTS | CELL_MULTIPLICATIVE_DIAGONAL)) && config->clip == 0;
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
  return s;
}

void lstm_parameters(CellParameter *list, const CellConfig *config) {
  const LstmShape shape = lstm_shape(config), *s = &shape;
  const size_t H = s->H, sigmoids = s->early + s->late;
  list[LSTM_WEIGHT_IH] = (CellParameter){"weight_ih", s->rows, config->input_size, config->tokens};
  list[LSTM_WEIGHT_HH] = (CellParameter){"weight_hh", s->rows, s->P, false};
  if (config->bias) {
    list[LSTM_BIAS_IH] = (CellParameter){"bias_ih", s->rows, 0, false};
    list[LSTM_BIAS_HH] = (CellParameter){"bias_hh", s->rows, 0, false};
  }
  if (sigmoids > 0) {
    if (s->options & CELL_PEEPHOLE_DIAGONAL) list[LSTM_WEIGHT_CH] = (CellParameter){"weight_ch", sigmoids, 0, false};
    if (s->options & CELL_PEEPHOLE_FULL) list[LSTM_WEIGHT_CH] = (CellParameter){"weight_ch", sigmoids, H, false};
    if (s->recurrent) list[LSTM_WEIGHT_GH] = (CellParameter){"weight_gh", sigmoids, sigmoids, false};
  }
  if (config->projection) list[LSTM_WEIGHT_HR] = (CellParameter){"weight_hr", config->projection, H, false};
  if (s->options & CELL_LAYER_NORMS) {
    list[LSTM_NORM_IH_WEIGHT] = (CellParameter){"norm_ih_weight", s->rows, 0, false};
    list[LSTM_NORM_HH_WEIGHT] = (CellParameter){"norm_hh_weight", s->rows, 0, false};
  }
  if (s->options & CELL_LAYER_NORM) {
    list[LSTM_NORM_C_WEIGHT] = (CellParameter){"norm_c_weight", H, 0, false};
    list[LSTM_NORM_C_BIAS] = (CellParameter){"norm_c_bias", H, 0, false};
  }
  if (s->options & CELL_MULTIPLICATIVE_DIAGONAL) {
    list[LSTM_WEIGHT_MX] = (CellParameter){"weight_mx", s->P, config->input_size, config->tokens};
  }
}

static void fill(real *y, real value, size_t n) {
  for (size_t i = 0; i < n; i++) y[i] = value;
}

// Where an initial gain is not said. Ba et al. 2016 start at 1. Of the products alone, 0.5 or less learns texts better.
static real usual_gain(const LstmShape *s) { return s->options & CELL_LAYER_NORM ? 1 : (real)0.5; }

// The two biases of a forget gate sum to forget_bias. The norm of c adds nothing yet, and x multiplies nothing.
void lstm_initialise(real *const *p, const CellConfig *config) {
  const LstmShape s = lstm_shape(config);
  if (s.has[LSTM_F] && config->bias) {
    fill(p[LSTM_BIAS_IH] + s.first[LSTM_F], config->forget_bias, s.H);
    fill(p[LSTM_BIAS_HH] + s.first[LSTM_F], 0, s.H);
  }
  const real gain = config->initial_gain != 0 ? config->initial_gain : usual_gain(&s);
  if (s.options & CELL_LAYER_NORMS) {
    fill(p[LSTM_NORM_IH_WEIGHT], gain, s.rows);
    fill(p[LSTM_NORM_HH_WEIGHT], gain, s.rows);
  }
  if (s.options & CELL_MULTIPLICATIVE_DIAGONAL) fill(p[LSTM_WEIGHT_MX], 0, s.P * config->input_size);
  if (s.options & CELL_LAYER_NORM) {
    fill(p[LSTM_NORM_C_WEIGHT], gain, s.H);
    fill(p[LSTM_NORM_C_BIAS], 0, s.H);
  }
}

void lstm_products(Product *list, const LstmShape *s, const CellConfig *config) {
  const size_t H = s->H, from_c = s->options & CELL_PEEPHOLE_FULL ? H : 0;
  const size_t E = s->early, L = s->late, P = config->projection, S = s->recurrent;
  list[LSTM_IH] = window_input_product(config, LSTM_WEIGHT_IH, s->rows);
  list[LSTM_MX] = s->options & CELL_MULTIPLICATIVE_DIAGONAL ? window_input_product(config, LSTM_WEIGHT_MX, s->P) : (Product){0};
  list[LSTM_HH] = (Product){.place = LSTM_WEIGHT_HH, .rows = s->rows, .columns = s->P};
  list[LSTM_CH_EARLY] = (Product){.place = LSTM_WEIGHT_CH, .first_row = 0, .rows = E, .columns = from_c};
  list[LSTM_CH_LATE] = (Product){.place = LSTM_WEIGHT_CH, .first_row = E, .rows = L, .columns = from_c};
  list[LSTM_GH_EARLY] = (Product){.place = LSTM_WEIGHT_GH, .first_row = 0, .rows = E, .columns = S};
  list[LSTM_GH_LATE] = (Product){.place = LSTM_WEIGHT_GH, .first_row = E, .rows = L, .columns = S};
  list[LSTM_HR] = (Product){.place = LSTM_WEIGHT_HR, .rows = P, .columns = H};
  products_set_precision(&list[LSTM_FIRST_IN_STEP], LSTM_IN_STEP, config->precision);
}

// One part of the tape of n reals, `used` reals behind `at`.
static real *part(real *at, uint64_t *used, uint64_t n) {
  real *here = at ? at + *used : NULL;
  *used += n;
  return here;
}

uint64_t lstm_tape(LstmTape *tape, real *at, const LstmShape *s, size_t window, size_t batch) {
  const uint64_t B = batch, N = window * B, H = s->H, P = s->P, R = s->rows;
  uint64_t used = 0;
  *tape = (LstmTape){0};
  tape->gates = part(at, &used, N * R);
  tape->a = part(at, &used, N * H);
  if (s->recurrent && s->options & CELL_PEEPHOLE_FULL) tape->from_state = part(at, &used, B * s->recurrent);
  if (s->projected) {
    tape->m = part(at, &used, N * H);
    tape->dm = part(at, &used, B * H);
  }
  const bool norms_c = s->options & CELL_LAYER_NORM, norms_products = s->options & CELL_LAYER_NORM_PRODUCTS;
  const bool once = norms_products && s->tokens > 0 && s->tokens < N;
  if (norms_c || norms_products) {
    tape->normal_ih = part(at, &used, (once ? s->tokens : N) * R);
    tape->normal_hh = part(at, &used, N * R);
    tape->inverse_ih = part(at, &used, once ? s->tokens : N);
    tape->inverse_hh = part(at, &used, N);
  }
  if (norms_c) {
    tape->normal_c = part(at, &used, N * H);
    tape->inverse_c = part(at, &used, N);
    tape->dnorms = part(at, &used, B * 2 * (R + H));
  }
  if (norms_products) {
    const uint64_t leaves = lstm_leaf_rows(batch) * R;
    tape->dgain_ih = part(at, &used, leaves);
    tape->dgain_hh = part(at, &used, leaves);
    tape->dbias = part(at, &used, leaves);
  }
  if (once) tape->of_tokens = part(at, &used, s->tokens * R);
  if (s->options & CELL_MULTIPLICATIVE_DIAGONAL) {
    tape->u = part(at, &used, N * P);
    tape->dw = part(at, &used, N * P);
    tape->du = part(at, &used, B * P);
    if (s->tokens == 0) tape->from_x = part(at, &used, N * P);
  }
  return used;
}
