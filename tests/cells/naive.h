// naive.h: windows of naive steps, in double, straight from the equations, element by element: what the fast ones are
// held against, forward and, by differences, backward. The steps of each kind are in naive_kinds.h.
#ifndef LSTM_TESTS_NAIVE_H
#define LSTM_TESTS_NAIVE_H

#include "cells/windows.h"

enum { NAIVE_MAX_H = 16, NAIVE_MAX_D = 16 };

typedef struct {
  CellConfig config;
  CellParameter list[CELL_MAX_PARAMETERS];
  real *const *parameters;
  const double *c_nudge;  // (C): to be added to the new c, before h is made from it
  double least_kink;      // the least distance of a sum from where the slope of what follows jumps
  size_t clipped;         // how many sums were
} Naive;

// One step of one sequence: h (P) and c (C) become the new ones; gates (G, H) out. x (D); for tokens one-hot.
typedef void NaiveStep(Naive *n, double *h, double *c, double *gates, const double *x, size_t token);

// A parameter of a name: NULL values where the cell has none, and then all its elements are 0.
typedef struct {
  const real *values;
  size_t row_stride, column_stride;
} NaiveMatrix;

static inline NaiveMatrix naive_matrix(const Naive *n, const char *name) {
  for (size_t p = 0; p < CELL_MAX_PARAMETERS; p++) {
    const CellParameter *row = &n->list[p];
    if (row->rows == 0 || strcmp(row->name, name) != 0) continue;
    if (row->columns == 0) return (NaiveMatrix){n->parameters[p], 1, 0};
    if (row->column_major) return (NaiveMatrix){n->parameters[p], 1, row->rows};
    return (NaiveMatrix){n->parameters[p], row->columns, 1};
  }
  return (NaiveMatrix){0};
}

static inline double naive_at(const NaiveMatrix *m, size_t row, size_t column) {
  return m->values ? (double)m->values[row * m->row_stride + column * m->column_stride] : 0;
}

// Row `row` of a matrix, from its column `first` on, times x (length).
static inline double naive_dot(const NaiveMatrix *m, size_t row, size_t first, const double *x, size_t length) {
  double sum = 0;
  for (size_t k = 0; k < length; k++) sum += naive_at(m, row, first + k) * x[k];
  return sum;
}

static inline double naive_sigmoid(double z) { return 1 / (1 + exp(-z)); }

// z kept in [-clip, clip].
static inline double naive_clip(Naive *n, double z) {
  const double clip = n->config.clip;
  if (clip == 0) return z;
  n->least_kink = fmin(n->least_kink, fabs(fabs(z) - clip));
  n->clipped += fabs(z) > clip;
  return fmax(-clip, fmin(clip, z));
}

// W_ih x + b_ih of one row, and W_hh h + b_hh.
static inline double naive_input(const Naive *n, size_t row, const double *x) {
  const NaiveMatrix w = naive_matrix(n, "weight_ih"), b = naive_matrix(n, "bias_ih");
  return naive_dot(&w, row, 0, x, n->config.input_size) + naive_at(&b, row, 0);
}
static inline double naive_recurrent(const Naive *n, size_t row, const double *h) {
  const NaiveMatrix w = naive_matrix(n, "weight_hh"), b = naive_matrix(n, "bias_hh");
  return naive_dot(&w, row, 0, h, cell_h_size(&n->config)) + naive_at(&b, row, 0);
}

// A window of naive steps; step 0 of h and c is that of the fast window.
typedef struct {
  Naive cell;
  NaiveStep *step;
  const CellWindow *fast;
  const double *weights;      // (T, B, P): the loss is the sum of weights * h, of all steps
  double *h, *c, *gates;      // (T + 1, B, P), (T + 1, B, C), (T, B, G, H)
  double *h_nudge, *c_nudge;  // (T + 1, B, P), (T + 1, B, C): added to the states after each step; index 0 is not read
  const double *c_weights;        // (B, C), of the c behind the window, which the loss has too; or NULL
  size_t h_size, c_size, gate_size;
} NaiveWindow;

static inline double *naive_zeros(size_t n) {
  double *values = test_block(n * sizeof *values);
  for (size_t i = 0; i < n; i++) values[i] = 0;
  return values;
}

// w->dh gives the weights, before backward changes it.
static inline NaiveWindow naive_window(const WindowCase *k, NaiveStep *step, const CellWindow *w) {
  const size_t P = h_size_of(k), C = c_size_of(k), states = (k->T + 1) * k->B, count = k->T * k->B;
  double *weights = naive_zeros(count * P);
  for (size_t i = 0; i < count * P; i++) weights[i] = w->dh[i];
  NaiveWindow n = {
      .cell = {.config = k->config, .parameters = w->parameters},
      .step = step,
      .fast = w,
      .weights = weights,
      .h_size = P,
      .c_size = C,
      .gate_size = k->kind->gate_count * k->config.hidden_size,
  };
  k->kind->parameters(n.cell.list, &k->config);
  if (w->dc_end) {
    double *c_weights = naive_zeros(k->B * C);
    for (size_t i = 0; i < k->B * C; i++) c_weights[i] = w->dc_end[i];
    n.c_weights = c_weights;
  }
  n.h = naive_zeros(states * P);
  n.c = naive_zeros(states * C);
  n.h_nudge = naive_zeros(states * P);
  n.c_nudge = naive_zeros(states * C);
  n.gates = naive_zeros(count * n.gate_size);
  return n;
}

static inline void naive_window_step(NaiveWindow *n, size_t t, size_t b) {
  const CellWindow *w = n->fast;
  const size_t P = n->h_size, C = n->c_size, D = w->config.input_size, row = t * w->batch + b, next = row + w->batch;
  double *h = n->h + next * P, *c = n->c + next * C, x[NAIVE_MAX_D] = {0};
  memcpy(h, n->h + row * P, P * sizeof *h);
  memcpy(c, n->c + row * C, C * sizeof *c);
  for (size_t d = 0; d < D; d++) x[d] = w->tokens ? (size_t)w->tokens[row] == d : w->x[row * D + d];
  n->cell.c_nudge = n->c_nudge + next * C;
  if (w->lengths && t >= (size_t)w->lengths[b]) {
    for (size_t i = 0; i < C; i++) c[i] += n->cell.c_nudge[i];
  } else {
    n->step(&n->cell, h, c, n->gates + row * n->gate_size, x, token_of(w, row));
  }
  for (size_t j = 0; j < P; j++) h[j] += n->h_nudge[next * P + j];
}

// Returns the loss.
static inline double naive_forward(NaiveWindow *n) {
  const CellWindow *w = n->fast;
  const size_t P = n->h_size, C = n->c_size;
  double loss = 0;
  n->cell.least_kink = INFINITY;
  n->cell.clipped = 0;
  for (size_t i = 0; i < w->batch * P; i++) n->h[i] = w->h[i];
  for (size_t i = 0; i < w->batch * C; i++) n->c[i] = w->c[i];
  for (size_t t = 0; t < w->window; t++) {
    for (size_t b = 0; b < w->batch; b++) {
      naive_window_step(n, t, b);
      const size_t row = t * w->batch + b;
      for (size_t j = 0; j < P; j++) loss += n->weights[row * P + j] * n->h[(row + w->batch) * P + j];
    }
  }
  for (size_t i = 0; n->c_weights && i < w->batch * C; i++) loss += n->c_weights[i] * n->c[w->window * w->batch * C + i];
  return loss;
}

#endif
