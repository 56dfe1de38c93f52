// gradient_checks.h: every gradient of a window against differences of the naive loss.
#ifndef LSTM_TESTS_GRADIENT_CHECKS_H
#define LSTM_TESTS_GRADIENT_CHECKS_H

#include "cells/cell_case.h"

// Richardson's extrapolation of two central differences, as in training/gradient_test.c.
#define DIFFERENCE_STEP 0x1p-11

static inline double loss_at(NaiveWindow *n, real *value, double *nudge, double change) {
  if (nudge) {
    *nudge = change;
    return naive_forward(n);
  }
  const real before = *value;
  *value = (real)((double)before + change);
  const double loss = naive_forward(n);
  *value = before;
  return loss;
}

// The gradient of the naive loss with respect to a value of the window, or to what is added to a state.
static inline double difference(NaiveWindow *n, real *value, double *nudge) {
  const double s = DIFFERENCE_STEP;
  const double wide = (loss_at(n, value, nudge, s) - loss_at(n, value, nudge, -s)) / (2 * s);
  const double narrow = (loss_at(n, value, nudge, s / 2) - loss_at(n, value, nudge, -s / 2)) / s;
  if (nudge) *nudge = 0;
  return (4 * narrow - wide) / 3;
}

// A loss is known to some 1e-15 of its size of about 10, so a difference to about 1e-14 / DIFFERENCE_STEP.
static inline double gradient_tolerance(const WindowCase *k, double expected) {
  if (REAL_IS_DOUBLE) return 1e-7 * fabs(expected) + 1e-10;
  return backward_tolerance(k) * fmax(1, fabs(expected));
}

static inline void check_gradients_of(NaiveWindow *n, const WindowCase *k, real *values, const real *gradients,
                                      size_t count, const char *what) {
  for (size_t i = 0; i < count; i++) {
    const double expected = difference(n, &values[i], NULL);
    check_near(gradients[i], expected, gradient_tolerance(k, expected), "d%s[%zu]", what, i);
  }
}

// dh of every step, and the sum of the squares of dc after every step, index 0 before the window.
static inline void check_state_gradients(NaiveWindow *n, const WindowCase *k, const CellWindow *w) {
  const size_t P = h_size_of(k), C = c_size_of(k);
  for (size_t i = 0; i < k->T * k->B * P; i++) {
    const double expected = difference(n, NULL, &n->h_nudge[k->B * P + i]);
    check_near(w->dh[i], expected, gradient_tolerance(k, expected), "whole dh[%zu]", i);
  }
  for (size_t t = 0; C > 0 && t <= k->T; t++) {
    double squares = 0;
    for (size_t i = 0; i < k->B * C && !c_is_tokens(k); i++) {
      const size_t at = t * k->B * C + i;
      squares += pow(difference(n, t == 0 ? &w->c[i] : NULL, t == 0 ? NULL : &n->c_nudge[at]), 2);
    }
    check_near(w->dc_squares[t], squares, 10 * gradient_tolerance(k, squares), "dc_squares[%zu]", t);
  }
}

enum { DRAWS = 200 };

// Draws windows until no sum is so near to where a slope jumps that a difference would reach over it.
static inline void draw_smooth_window(CellWindow *w, NaiveWindow *n, const CellCase *c, const WindowCase *k) {
  for (int draw = 0; draw < DRAWS; draw++) {
    const size_t blocks = test.block_count;
    *w = make_window(k);
    *n = naive_window(k, c->naive, w);
    naive_forward(n);
    if (n->cell.least_kink > 6 * DIFFERENCE_STEP) return;
    while (draw + 1 < DRAWS && test.block_count > blocks) free(test.blocks[--test.block_count]);
  }
  check(false, "every one of %d windows is too near to where a slope jumps", DRAWS);
}

static inline void check_gradients(const CellCase *c, const SizeCase *s) {
  const WindowCase k = start("gradients equal differences of the naive loss", c, s);
  CellWindow w;
  NaiveWindow n;
  draw_smooth_window(&w, &n, c, &k);
  cell_pass(k.kind)->forward(&w);
  cell_pass(k.kind)->backward(&w);
  CellParameter list[CELL_MAX_PARAMETERS] = {0};
  k.kind->parameters(list, &k.config);
  for (size_t p = 0; p < CELL_MAX_PARAMETERS; p++) {
    if (list[p].rows == 0) continue;
    check_gradients_of(&n, &k, w.parameters[p], w.dparameters[p], count_of(&list[p]), list[p].name);
  }
  if (w.x) check_gradients_of(&n, &k, (real *)w.x, w.dx, k.T * k.B * k.config.input_size, "x");
  check_gradients_of(&n, &k, w.h, w.dh0, k.B * h_size_of(&k), "h0");
  if (c_is_tokens(&k)) {
    for (size_t i = 0; i < k.B * c_size_of(&k); i++) CHECK(w.dc0[i] == 0);
  } else {
    check_gradients_of(&n, &k, w.c, w.dc0, k.B * c_size_of(&k), "c0");
  }
  check_state_gradients(&n, &k, &w);
  test_end();
}

#endif
