// cell_checks.h: what is tested of every kind of cell and every option, against naive steps. A test program has a table
// of CellCase and gives each of its rows to check_cell; a new option is a new row, and a naive step that knows it:
//
//   - a step gets the numbers of a parameter by its name in PyTorch (naive_matrix); absent ones are 0
//   - it adds n->c_nudge to the new c, so that the gradient with respect to c can be measured
//   - where the slope of something jumps (relu, clip), it lets n->least_kink know how far off that is; naive_clip does.
//     Differences are then taken only where the jump is far enough
#ifndef LSTM_TESTS_CELL_CHECKS_H
#define LSTM_TESTS_CELL_CHECKS_H

#include "cells/gradient_checks.h"
#include "cells/length_checks.h"

static inline void check_forward(const CellCase *c, const SizeCase *s) {
  const WindowCase k = start("forward and steps equal the naive ones", c, s);
  const size_t P = h_size_of(&k), C = c_size_of(&k), states = (k.T + 1) * k.B;
  const double tolerance = forward_tolerance(&k);
  CellWindow w = make_window(&k);
  NaiveWindow n = naive_window(&k, c->naive, &w);
  naive_forward(&n);
  cell_pass(k.kind)->forward(&w);
  check_array(w.h, n.h, states * P, tolerance, "h");
  check_array(w.c, n.c, states * C, tolerance, "c");

  real *memory = step_memory(&k);
  for (size_t b = 0; b < k.B; b++) {
    real *h = test_copy(w.h + b * P, P), *c_of_step = C ? test_copy(w.c + b * C, C) : NULL;
    for (size_t t = 0; t < (k.lengths ? (size_t)w.lengths[b] : k.T); t++) {
      const size_t row = t * k.B + b, next = row + k.B;
      step_fast(&k, &w, h, c_of_step, memory, t, b);
      check_array(memory, n.gates + row * n.gate_size, n.gate_size, tolerance, "gates");
      check_array(h, n.h + next * P, P, tolerance, "h of a step");
      check_array(c_of_step, n.c + next * C, C, tolerance, "c of a step");
      for (size_t j = 0; j < P; j++) {
        const double size = fmax(1, fabs((double)w.h[next * P + j]));
        check_near(h[j], w.h[next * P + j], tolerance * size, "h[%zu][%zu] of step and forward", t, j);
      }
    }
  }
  test_end();
}

// Everything 0 but a half of each square matrix, and a gradient that comes in at the last step alone.
static inline void check_decay(const CellCase *c) {
  const SizeCase s = {.D = 3, .H = 6, .T = 400, .B = 2, .bias = true};
  const WindowCase k = start("states and gradients that decay become 0, never denormal numbers", c, &s);
  const size_t P = h_size_of(&k), C = c_size_of(&k), states = (k.T + 1) * k.B, steps = k.T * k.B;
  CellWindow w = make_window(&k);
  CellParameter list[CELL_MAX_PARAMETERS] = {0};
  k.kind->parameters(list, &k.config);
  for (size_t p = 0; p < CELL_MAX_PARAMETERS; p++) {
    for (size_t i = 0; i < count_of(&list[p]); i++) {
      const bool diagonal = list[p].rows == list[p].columns && i % (list[p].columns + 1) == 0;
      w.parameters[p][i] = diagonal ? (real)0.5 : 0;
    }
  }
  memset((real *)w.x, 0, steps * k.config.input_size * sizeof(real));
  memset(w.dh, 0, (steps - k.B) * P * sizeof(real));
  real *h = test_copy(w.h, P), *c_of_step = C ? test_copy(w.c, C) : NULL, *memory = step_memory(&k);
  cell_pass(k.kind)->forward(&w);
  CHECK(!any_denormal(w.h, states * P) && !any_denormal(w.c, states * C));
  cell_pass(k.kind)->backward(&w);
  CHECK(!any_denormal(w.dh, steps * P) && !any_denormal(w.dh0, k.B * P) && !any_denormal(w.dc0, k.B * C));
  for (size_t t = 0; t < k.T; t++) {
    step_fast(&k, &w, h, c_of_step, memory, t, 0);
    CHECK(!any_denormal(h, P) && !any_denormal(c_of_step, C));
  }
  if (c->decays) {
    for (size_t j = 0; j < P; j++) CHECK(w.h[states * P - 1 - j] == 0 && w.dh0[j] == 0 && h[j] == 0);
    for (size_t j = 0; j < C; j++) CHECK(w.c[states * C - 1 - j] == 0 && w.dc0[j] == 0 && c_of_step[j] == 0);
  }
  test_end();
}

// So wide that the packed weights are the largest thing in the scratch memory, not the blocks of a weight gradient.
static inline void check_wide(const CellCase *c) {
  const SizeCase s = {.D = 600, .H = 520, .T = 2, .B = 1, .bias = true};
  const WindowCase k = start("a wide cell stays in its memory, and forward equals steps", c, &s);
  const size_t P = h_size_of(&k), C = c_size_of(&k);
  CellWindow w = make_window(&k);
  real *h = test_copy(w.h, P), *c_of_step = C ? test_copy(w.c, C) : NULL, *memory = step_memory(&k);
  cell_pass(k.kind)->forward(&w);
  for (size_t t = 0; t < k.T; t++) step_fast(&k, &w, h, c_of_step, memory, t, 0);
  check_row(h, w.h + k.T * P, P, forward_tolerance(&k), "h");
  cell_pass(k.kind)->backward(&w);
  for (size_t j = 0; j < P; j++) CHECK(isfinite(w.dh0[j]));
  for (size_t j = 0; j < C; j++) CHECK(isfinite(w.dc0[j]));
  test_end();
}

// A NaN that comes in is not made a number on its way to h.
static inline void check_nan(const CellCase *c) {
  const SizeCase s = {.D = 3, .H = 5, .T = 1, .B = 1, .bias = true};
  const WindowCase k = start("a NaN among the inputs reaches every h", c, &s);
  CellWindow w = make_window(&k);
  real *h = test_copy(w.h, h_size_of(&k)), *c_of_step = w.c ? test_copy(w.c, c_size_of(&k)) : NULL;
  ((real *)w.x)[1] = NAN;
  cell_pass(k.kind)->forward(&w);
  step_fast(&k, &w, h, c_of_step, step_memory(&k), 0, 0);
  for (size_t j = 0; j < h_size_of(&k); j++) CHECK(isnan(w.h[h_size_of(&k) + j]) && isnan(h[j]));
  test_end();
}

// The 8-bit form of a matrix that a step multiplies by. `values` become what it stands for.
static inline Int8Matrix int8_of(real *values, const CellParameter *p) {
  const size_t length = int8_row_length(p->columns);
  Int8Matrix m = {.q = test_block(p->rows * length), .scale = test_reals(p->rows),
                  .sum = test_block(p->rows * sizeof(int32_t)), .x = test_block(length * sizeof(dot_input))};
  int8_round(values, p->columns, 1, p->rows, p->columns);
  int8_pack(&m, values, NULL, p->rows, p->columns);
  return m;
}

// The rounding of a step's inputs is all that is left of a difference: half a DOT_INPUT_MAX-th of the largest, D + H
// times with a weight of about 1 / sqrt(H).
static inline void check_int8(const CellCase *c, const SizeCase *s) {
  const WindowCase k = start("a step with 8-bit weights is near to one with what they stand for", c, s);
  const size_t P = h_size_of(&k), C = c_size_of(&k);
  CellWindow w = make_window(&k);
  CellParameter list[CELL_MAX_PARAMETERS] = {0};
  Int8Matrix int8[CELL_MAX_PARAMETERS] = {0};
  k.kind->parameters(list, &k.config);
  for (size_t p = 0; p < CELL_MAX_PARAMETERS; p++) {
    if (list[p].columns > 0 && !list[p].column_major) int8[p] = int8_of(w.parameters[p], &list[p]);
  }
  real *h = test_copy(w.h, P), *h8 = test_copy(w.h, P), *memory = step_memory(&k);
  real *c_of_step = C ? test_copy(w.c, C) : NULL, *c8 = C ? test_copy(w.c, C) : NULL;
  step_fast(&k, &w, h, c_of_step, memory, 0, 0);
  k.kind->step(h8, c8, memory, w.parameters, int8, x_of(&w, 0), token_of(&w, 0), &k.config);
  check_row(h8, h, P, 0.02, "h");
  if (C) check_row(c8, c_of_step, C, 0.02, "c");
  test_end();
}

// Sizes below, at, above and off the lane count; one step and one sequence; tokens and vectors, with bias and without.
static const SizeCase forward_sizes[] = {
    {1, 1, 1, 1, .bias = true},    {3, 2, 4, 1, .bias = true}, {5, 3, 3, 5, .bias = false},
    {4, 4, 4, 4, .bias = true},    {4, 8, 3, 2, .bias = true}, {7, 5, 7, 3, .lengths = true},
    {5, 9, 6, 5, .bias = true},    {13, 7, 20, 3, .bias = true},
};
static const SizeCase gradient_sizes[] = {
    {1, 1, 1, 1, .bias = true},
    {2, 4, 4, 1, .bias = true},
    {3, 5, 4, 3, .bias = true, .lengths = true},
    {3, 4, 1, 2, .bias = true, .c_end = true},
    {2, 5, 5, 3, .bias = true, .lengths = true, .c_end = true},
};

static inline void check_cell(const CellCase *c) {
  for (int inputs = 0; inputs < 2; inputs++) {
    for (size_t i = 0; i < sizeof forward_sizes / sizeof *forward_sizes; i++) {
      SizeCase s = forward_sizes[i];
      s.tokens = inputs == 1;
      check_forward(c, &s);
    }
    for (size_t i = 0; i < 2 * (sizeof gradient_sizes / sizeof *gradient_sizes); i++) {
      SizeCase s = gradient_sizes[i / 2];
      s.tokens = inputs == 1;
      s.bias = i % 2;
      check_gradients(c, &s);
    }
    check_lengths(c, &(SizeCase){5, 6, 7, 9, .tokens = inputs == 1, .bias = true, .lengths = true});
    check_lengths(c, &(SizeCase){3, 4, 5, 4, .tokens = inputs == 1, .lengths = true, .c_end = true});
    check_full_lengths(c, &(SizeCase){3, 5, 4, 3, .tokens = inputs == 1, .bias = true});
    check_int8(c, &(SizeCase){6, 5, 1, 1, .tokens = inputs == 1, .bias = true});
  }
  check_decay(c);
  check_wide(c);
  check_nan(c);
}

#endif
