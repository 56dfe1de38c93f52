// length_checks.h: sequences of different lengths in one batch.
#ifndef LSTM_TESTS_LENGTH_CHECKS_H
#define LSTM_TESTS_LENGTH_CHECKS_H

#include "cells/cell_case.h"

// (length, 1, n) of sequence b from (T, B, n).
static inline real *sequence_of(const real *values, size_t length, size_t batch, size_t b, size_t n) {
  real *one = test_reals(length * n);
  for (size_t t = 0; t < length; t++) memcpy(one + t * n, values + (t * batch + b) * n, n * sizeof *one);
  return one;
}

// Sequence b of a window that has not run yet, alone. What the loss says of the h that it holds behind its end, it says
// of its last one.
static inline CellWindow alone(const WindowCase *k, const CellWindow *w, size_t b, WindowCase *one) {
  const size_t length = (size_t)w->lengths[b], P = h_size_of(k), C = c_size_of(k);
  *one = *k;
  one->T = length;
  one->B = 1;
  one->lengths = false;
  CellWindow a = make_window(one);
  memcpy(a.parameters, w->parameters, sizeof a.parameters);
  memcpy(a.h, w->h + b * P, P * sizeof(real));
  if (C) memcpy(a.c, w->c + b * C, C * sizeof(real));
  if (w->dc_end) a.dc_end = sequence_of(w->dc_end, 1, k->B, b, C);
  if (w->x) a.x = sequence_of(w->x, length, k->B, b, k->config.input_size);
  for (size_t t = 0; w->tokens && t < length; t++) ((int32_t *)a.tokens)[t] = w->tokens[t * k->B + b];
  a.dh = sequence_of(w->dh, length, k->B, b, P);
  for (size_t t = length; t < k->T; t++) {
    for (size_t j = 0; j < P; j++) a.dh[(length - 1) * P + j] += w->dh[(t * k->B + b) * P + j];
  }
  return a;
}

// States bit for bit (n numbers a step): those of the sequence alone, and then the last one held.
static inline void check_held(const real *batch, const real *one, const WindowCase *k, size_t length, size_t b,
                              size_t n) {
  for (size_t t = 0; t <= k->T && n > 0; t++) {
    const size_t last = t < length ? t : length;
    check_same(batch + (t * k->B + b) * n, one + last * n, n * sizeof(real), "a state");
  }
}

static inline void check_lengths(const CellCase *c, const SizeCase *s) {
  const WindowCase k = start("a sequence in a batch is as it is alone", c, s);
  const size_t P = h_size_of(&k), C = c_size_of(&k), D = k.config.input_size;
  const double tolerance = backward_tolerance(&k);
  CellWindow w = make_window(&k);
  CellWindow *ones = test_block(k.B * sizeof *ones);
  WindowCase one;
  for (size_t b = 0; b < k.B; b++) ones[b] = alone(&k, &w, b, &one);
  cell_pass(k.kind)->forward(&w);
  cell_pass(k.kind)->backward(&w);
  CellParameter list[CELL_MAX_PARAMETERS] = {0};
  k.kind->parameters(list, &k.config);
  double *sums[CELL_MAX_PARAMETERS];
  for (size_t p = 0; p < CELL_MAX_PARAMETERS; p++) sums[p] = naive_zeros(count_of(&list[p]));
  double *squares = naive_zeros(k.T + 1);
  for (size_t b = 0; b < k.B; b++) {
    CellWindow *a = &ones[b];
    const size_t length = a->window;
    cell_pass(k.kind)->forward(a);
    cell_pass(k.kind)->backward(a);
    check_held(w.h, a->h, &k, length, b, P);
    check_held(w.c, a->c, &k, length, b, C);
    check_row(w.dh0 + b * P, a->dh0, P, tolerance, "dh0");
    if (C) check_row(w.dc0 + b * C, a->dc0, C, tolerance, "dc0");
    for (size_t t = 0; t < length; t++) {
      check_row(w.dh + (t * k.B + b) * P, a->dh + t * P, P, tolerance, "dh");
      if (w.dx) check_row(w.dx + (t * k.B + b) * D, a->dx + t * D, D, tolerance, "dx");
    }
    for (size_t t = length; w.dx && t < k.T; t++) {
      for (size_t d = 0; d < D; d++) CHECK(w.dx[(t * k.B + b) * D + d] == 0);
    }
    for (size_t t = 0; C > 0 && t <= length; t++) squares[t] += a->dc_squares[t];
    for (size_t t = length; w.dc_end && !c_is_tokens(&k) && t < k.T; t++) {
      for (size_t j = 0; j < C; j++) squares[t + 1] += pow(w.dc_end[b * C + j], 2);
    }
    for (size_t p = 0; p < CELL_MAX_PARAMETERS; p++) {
      for (size_t i = 0; i < count_of(&list[p]); i++) sums[p][i] += a->dparameters[p][i];
    }
  }
  for (size_t p = 0; p < CELL_MAX_PARAMETERS; p++) {
    if (list[p].rows > 0) check_array(w.dparameters[p], sums[p], count_of(&list[p]), tolerance, list[p].name);
  }
  for (size_t t = 0; C > 0 && t <= k.T; t++) {
    check_near(w.dc_squares[t], squares[t], 10 * tolerance * fmax(1, squares[t]), "dc_squares[%zu]", t);
  }
  test_end();
}

// A batch whose sequences all have T steps, with its lengths given and without.
static inline void check_full_lengths(const CellCase *c, const SizeCase *s) {
  const WindowCase k = start("lengths that are all T change nothing", c, s);
  const size_t P = h_size_of(&k), count = k.T * k.B;
  CellWindow w = make_window(&k);
  int32_t *lengths = test_tokens(k.B, 1);
  real *dh = test_copy(w.dh, count * P);
  cell_pass(k.kind)->forward(&w);
  cell_pass(k.kind)->backward(&w);
  real *h = test_copy(w.h, (count + k.B) * P), *whole_dh = test_copy(w.dh, count * P), *dh0 = test_copy(w.dh0, k.B * P);
  for (size_t b = 0; b < k.B; b++) lengths[b] = (int32_t)k.T;
  w.lengths = lengths;
  memcpy(w.dh, dh, count * P * sizeof *dh);
  cell_pass(k.kind)->forward(&w);
  cell_pass(k.kind)->backward(&w);
  check_same(w.h, h, (count + k.B) * P * sizeof *h, "h");
  check_same(w.dh, whole_dh, count * P * sizeof *dh, "dh");
  check_same(w.dh0, dh0, k.B * P * sizeof *dh0, "dh0");
  test_end();
}

#endif
