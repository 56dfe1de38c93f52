// lstm_variants_tape.c: the memory of a window for the LSTM with options. Its size as a formula stands at the head of
// lstm_variants.c.
#include "cells/lstm_variants_tape.h"
#include "cells/window.h"
#include "kernels/sizes.h"

static void tape_sizes(uint64_t *sizes, const LstmShape *s, const CellConfig *config, size_t window, size_t batch) {
  const uint64_t B = batch, N = window * B, H = s->H;
  const bool split = s->recurrent || s->options & CELL_PEEPHOLE_FULL;
  for (int part = 0; part < TAPE_PARTS; part++) sizes[part] = 0;
  sizes[TAPE_GATES] = N * s->rows;
  sizes[TAPE_A] = N * H;
  if (split) {
    sizes[TAPE_EARLY] = N * s->early;
    sizes[TAPE_LATE] = N * s->late;
  }
  if (s->recurrent) {
    sizes[TAPE_CELLS] = (N + B) * H;
    sizes[TAPE_RECURRENT] = N * s->recurrent;
    sizes[TAPE_DC] = B * H;
    sizes[TAPE_DGATES] = B * s->recurrent;
  }
  if (config->projection) {
    sizes[TAPE_M] = N * H;
    sizes[TAPE_DM] = B * H;
  }
  if (s->options & CELL_LAYER_NORM) {
    sizes[TAPE_NORMAL_IH] = sizes[TAPE_NORMAL_HH] = N * s->rows;
    sizes[TAPE_NORMAL_C] = N * H;
    sizes[TAPE_INVERSE_IH] = sizes[TAPE_INVERSE_HH] = sizes[TAPE_INVERSE_C] = N;
  }
}

uint64_t lstm_variant_tape_size(const CellConfig *config, size_t window, size_t batch) {
  const LstmShape s = lstm_shape(config);
  uint64_t sizes[TAPE_PARTS], sum = 0;
  tape_sizes(sizes, &s, config, window, batch);
  for (int part = 0; part < TAPE_PARTS; part++) sum += sizes[part];
  return sum;
}

uint64_t lstm_variant_scratch_size(const CellConfig *config) {
  const LstmShape s = lstm_shape(config);
  Product list[LSTM_PRODUCTS];
  lstm_products(list, &s, config);
  return larger(products_scratch(list, LSTM_PRODUCTS), window_input_scratch(config, s.rows)) + s.rows;
}

LstmPass lstm_pass(CellWindow *w) {
  LstmPass pass = {.w = w, .s = lstm_shape(&w->config), .bias = w->scratch};
  uint64_t sizes[TAPE_PARTS];
  real *at = w->tape;
  tape_sizes(sizes, &pass.s, &w->config, w->window, w->batch);
  for (int part = 0; part < TAPE_PARTS; part++) {
    if (sizes[part] > 0) pass.tape[part] = at;
    at += sizes[part];
  }
  pass.cells = pass.s.recurrent ? pass.tape[TAPE_CELLS] : w->c;
  pass.dc = pass.s.recurrent ? pass.tape[TAPE_DC] : w->dc0;
  pass.scratch = w->scratch + pass.s.rows;
  lstm_products(pass.products, &pass.s, &w->config);
  return pass;
}

real *lstm_tape_row(const LstmPass *pass, int part, size_t n, size_t length) {
  return pass->tape[part] ? pass->tape[part] + n * length : NULL;
}

LstmRow lstm_row(const LstmPass *pass, size_t t, size_t b) {
  const CellWindow *w = pass->w;
  const LstmShape *s = &pass->s;
  const size_t H = s->H, B = w->batch, n = t * B + b;
  const bool projected = w->config.projection;
  return (LstmRow){
      .gates = lstm_tape_row(pass, TAPE_GATES, n, s->rows),
      .c_prev = pass->cells + n * H,
      .c = pass->cells + (n + B) * H,
      .a = lstm_tape_row(pass, TAPE_A, n, H),
      .m = projected ? lstm_tape_row(pass, TAPE_M, n, H) : w->h + (n + B) * H,
      .normal_c = lstm_tape_row(pass, TAPE_NORMAL_C, n, H),
      .inverse_c = lstm_tape_row(pass, TAPE_INVERSE_C, n, 1),
      .early = lstm_tape_row(pass, TAPE_EARLY, n, s->early),
      .late = lstm_tape_row(pass, TAPE_LATE, n, s->late),
      .dm = projected ? pass->tape[TAPE_DM] + b * H : w->dh + n * H,
      .dc = pass->dc + b * H,
      .dgates = lstm_tape_row(pass, TAPE_DGATES, b, s->recurrent),
  };
}
