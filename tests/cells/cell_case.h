// cell_case.h: a kind of cell with its options, to be checked in windows of several sizes.
#ifndef LSTM_TESTS_CELL_CASE_H
#define LSTM_TESTS_CELL_CASE_H

#include "cells/naive.h"

typedef struct {
  const char *name;
  const CellKind *kind;
  NaiveStep *naive;
  uint32_t options;
  double clip;
  size_t projection, delays;
  bool decays;  // h and c go to 0 where every input and parameter is 0 but square matrices, which are I / 2
} CellCase;

// A size, and how inputs and parameters are.
typedef struct {
  size_t D, H, T, B;
  bool tokens, bias, lengths, c_end;
} SizeCase;

static inline WindowCase case_of(const CellCase *c, const SizeCase *s) {
  return (WindowCase){
      .kind = c->kind,
      .config = {.input_size = s->D, .hidden_size = s->H, .tokens = s->tokens, .bias = s->bias, .options = c->options,
                 .projection = c->projection, .delays = c->delays, .clip = (real)c->clip},
      .T = s->T,
      .B = s->B,
      .lengths = s->lengths,
      .c_end = s->c_end,
  };
}

static inline WindowCase start(const char *what, const CellCase *c, const SizeCase *s) {
  test_start("%s: %s, D %zu, H %zu, T %zu, B %zu, %s, %s%s%s", c->name, what, s->D, s->H, s->T, s->B,
             s->tokens ? "tokens" : "vectors", s->bias ? "bias" : "no bias", s->lengths ? ", lengths" : "",
             s->c_end ? ", dc behind the window" : "");
  return case_of(c, s);
}

static inline void check_array(const real *got, const double *expected, size_t n, double tolerance, const char *what) {
  for (size_t i = 0; i < n; i++) {
    check_near(got[i], expected[i], tolerance * fmax(1, fabs(expected[i])), "%s[%zu]", what, i);
  }
}

// A sum has D + H + 2 terms of about 1 / sqrt(H), for each delay; steps pass their errors on; layer norm
// divides them by a deviation, which may be small. A gradient sums over the window and the batch too.
static inline double forward_tolerance(const WindowCase *k) {
  const size_t inputs = k->config.input_size * (k->config.delays ? k->config.delays : 1);
  const double divided = k->config.options & CELL_LAYER_NORMS ? 10 : 1;
  return (double)(inputs + k->config.hidden_size + 20) * REAL_EPSILON * divided;
}
static inline double backward_tolerance(const WindowCase *k) {
  return 4 * forward_tolerance(k) + (double)(k->T * k->B) * REAL_EPSILON;
}

static inline void check_row(const real *got, const real *expected, size_t n, double tolerance, const char *what) {
  for (size_t i = 0; i < n; i++) {
    check_near(got[i], expected[i], tolerance * fmax(1, fabs((double)expected[i])), "%s[%zu]", what, i);
  }
}

// One step of sequence b from h, c with the input of step t.
static inline void step_fast(const WindowCase *k, const CellWindow *w, real *h, real *c, real *memory, size_t t,
                             size_t b) {
  const size_t row = t * k->B + b;
  k->kind->step(h, c, memory, w->parameters, NULL, x_of(w, row), token_of(w, row), &k->config);
}

#endif
