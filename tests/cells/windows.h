// windows.h: windows of any kind of cell, with random parameters, inputs and states. All memory has exactly the size
// that the cell asks for, and what the cell is to fill comes in as NaN.
#ifndef LSTM_TESTS_WINDOWS_H
#define LSTM_TESTS_WINDOWS_H

#include "kernels/test_leaves.h"
#include "cells/cell.h"

typedef struct {
  const CellKind *kind;
  CellConfig config;
  size_t T, B;
  bool lengths;  // of the sequences differ
  bool c_end;    // the loss reads the c behind the window too
} WindowCase;

static inline size_t h_size_of(const WindowCase *k) { return cell_h_size(&k->config); }
static inline size_t c_size_of(const WindowCase *k) { return cell_c_size(k->kind, &k->config); }

// What tdnn remembers of tokens are tokens, and no number that there is a gradient of.
static inline bool c_is_tokens(const WindowCase *k) { return k->kind == &tdnn_cell && k->config.tokens; }

static inline size_t count_of(const CellParameter *p) { return p->rows * (p->columns ? p->columns : 1); }

// Random numbers that are multiples of 2^-12: adding or taking 2^-12 is exact, in float too.
static inline void fill_coarse(real *values, size_t n, double bound) {
  for (size_t i = 0; i < n; i++) values[i] = (real)(round(bound * test_random() * 0x1p12) * 0x1p-12);
}
static inline real *coarse_reals(size_t n, double bound) {
  real *values = test_reals(n);
  fill_coarse(values, n, bound);
  return values;
}

// Lengths 1..T, of which at least one is T.
static inline int32_t *random_lengths(size_t batch, size_t window) {
  int32_t *lengths = test_tokens(batch, window);
  for (size_t b = 0; b < batch; b++) lengths[b]++;
  lengths[batch / 2] = (int32_t)window;
  return lengths;
}

static inline CellWindow make_window(const WindowCase *k) {
  const CellConfig *config = &k->config;
  const size_t P = h_size_of(k), C = c_size_of(k), D = config->input_size, count = k->T * k->B;
  CellWindow w = {
      .config = *config,
      .window = k->T,
      .batch = k->B,
      .lengths = k->lengths ? random_lengths(k->B, k->T) : NULL,
      .tokens = config->tokens ? test_tokens(count, D) : NULL,
      .x = config->tokens ? NULL : coarse_reals(count * D, 1),
      .h = test_reals((k->T + 1) * k->B * P),
      .c = k->kind->c_size ? test_reals((k->T + 1) * k->B * C) : NULL,
      .dh = coarse_reals(count * P, 1),
      .dx = config->tokens ? NULL : test_reals(count * D),
      .dh0 = test_reals(k->B * P),
      .dc0 = k->kind->c_size ? test_reals(k->B * C) : NULL,
      .dc_end = k->c_end && k->kind->c_size ? coarse_reals(k->B * C, 1) : NULL,
      .dc_squares = k->kind->c_size ? test_block((k->T + 1) * sizeof(double)) : NULL,
      .tape = test_reals((size_t)cell_pass(k->kind)->tape_size(config, k->T, k->B)),
      .scratch = test_reals((size_t)cell_pass(k->kind)->scratch_size(config)),
  };
  fill_coarse(w.h, k->B * P, 1);
  if (w.c) fill_coarse(w.c, k->B * C, 2);
  for (size_t i = 0; c_is_tokens(k) && i < k->B * C; i++) w.c[i] = (real)test_random_below(D + 1);
  CellParameter list[CELL_MAX_PARAMETERS] = {0};
  size_t largest = 1;
  k->kind->parameters(list, config);
  for (size_t p = 0; p < CELL_MAX_PARAMETERS; p++) {
    if (list[p].rows == 0) continue;
    w.parameters[p] = coarse_reals(count_of(&list[p]), 1.2 / sqrt((double)config->hidden_size));
    w.dparameters[p] = test_reals(count_of(&list[p]));
    largest = count_of(&list[p]) > largest ? count_of(&list[p]) : largest;
  }
  w.leaves = make_leaves(k->B, k->T, D, largest);
  return w;
}

// The input of a step, as CellKind.step takes it.
static inline const real *x_of(const CellWindow *w, size_t row) {
  return w->x ? w->x + row * w->config.input_size : NULL;
}
static inline size_t token_of(const CellWindow *w, size_t row) { return w->tokens ? (size_t)w->tokens[row] : 0; }

// Room for the gates of a step and what CellKind.step needs behind them.
static inline real *step_memory(const WindowCase *k) {
  const uint64_t scratch = k->kind->step_scratch_size ? k->kind->step_scratch_size(&k->config) : 0;
  return test_reals(k->kind->gate_count * k->config.hidden_size + (size_t)scratch);
}

static inline bool any_denormal(const real *values, size_t n) {
  for (size_t i = 0; i < n; i++) {
    if (values[i] != 0 && fabs((double)values[i]) < REAL_LEAST) return true;
  }
  return false;
}

#endif
