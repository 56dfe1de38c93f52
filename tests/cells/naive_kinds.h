// naive_kinds.h: naive steps of the kinds of cell, from the equations at the heads of their files.
#ifndef LSTM_TESTS_NAIVE_KINDS_H
#define LSTM_TESTS_NAIVE_KINDS_H

#include "cells/naive.h"

// tanh or relu, of a sum that is clipped first.
static inline double naive_squash(Naive *n, double z) {
  z = naive_clip(n, z);
  if (!(n->config.options & CELL_RELU)) return tanh(z);
  n->least_kink = fmin(n->least_kink, fabs(z));
  return z > 0 ? z : 0;
}

static inline void naive_rnn(Naive *n, double *h, double *c, double *gates, const double *x, size_t token) {
  (void)c, (void)gates, (void)token;
  const size_t H = n->config.hidden_size;
  double new_h[NAIVE_MAX_H];
  for (size_t j = 0; j < H; j++) new_h[j] = naive_squash(n, naive_input(n, j, x) + naive_recurrent(n, j, h));
  memcpy(h, new_h, H * sizeof *h);
}

static inline void naive_gru(Naive *n, double *h, double *c, double *gates, const double *x, size_t token) {
  (void)c, (void)token;
  const size_t H = n->config.hidden_size;
  double *r = gates, *z = gates + H, *candidate = gates + 2 * H, reset_h[NAIVE_MAX_H];
  for (size_t j = 0; j < H; j++) {
    r[j] = naive_sigmoid(naive_clip(n, naive_input(n, j, x) + naive_recurrent(n, j, h)));
    z[j] = naive_sigmoid(naive_clip(n, naive_input(n, H + j, x) + naive_recurrent(n, H + j, h)));
    reset_h[j] = r[j] * h[j];
  }
  for (size_t j = 0; j < H; j++) {
    const double hidden = n->config.options & CELL_RESET_AFTER ? r[j] * naive_recurrent(n, 2 * H + j, h)
                                                               : naive_recurrent(n, 2 * H + j, reset_h);
    candidate[j] = tanh(naive_clip(n, naive_input(n, 2 * H + j, x) + hidden));
  }
  for (size_t j = 0; j < H; j++) h[j] = (1 - z[j]) * candidate[j] + z[j] * h[j];
}

// The gates i f g o of the two kinds that have them.
static inline void naive_lstm_gates(Naive *n, double *gates, const double *h, const double *x) {
  const size_t H = n->config.hidden_size;
  for (size_t row = 0; row < 4 * H; row++) {
    const double sum = naive_input(n, row, x) + naive_recurrent(n, row, h);
    gates[row] = row / H == 2 ? tanh(sum) : naive_sigmoid(sum);
  }
}

static inline void naive_lstm(Naive *n, double *h, double *c, double *gates, const double *x, size_t token) {
  (void)token;
  const size_t H = n->config.hidden_size;
  const double *i = gates, *f = gates + H, *g = gates + 2 * H, *o = gates + 3 * H;
  naive_lstm_gates(n, gates, h, x);
  for (size_t j = 0; j < H; j++) {
    c[j] = f[j] * c[j] + i[j] * g[j] + n->c_nudge[j];
    h[j] = o[j] * tanh(c[j]);
  }
}

// In the courses' words: LTM = c, STM = h, E = x.
static inline void naive_four_gate(Naive *n, double *stm, double *ltm, double *gates, const double *e, size_t token) {
  (void)token;
  const size_t H = n->config.hidden_size;
  const double *ignore = gates, *forget = gates + H, *N = gates + 2 * H, *V = gates + 3 * H;
  double *U = gates + 4 * H, forgotten[NAIVE_MAX_H];
  const NaiveMatrix w_u = naive_matrix(n, "weight_uc"), b_u = naive_matrix(n, "bias_u");
  naive_lstm_gates(n, gates, stm, e);
  for (size_t j = 0; j < H; j++) forgotten[j] = ltm[j] * forget[j];
  for (size_t j = 0; j < H; j++) {
    U[j] = tanh(naive_dot(&w_u, j, 0, forgotten, H) + naive_at(&b_u, j, 0));
    ltm[j] = forgotten[j] + N[j] * ignore[j] + n->c_nudge[j];
    stm[j] = U[j] * V[j];
  }
}

static inline void naive_feedforward(Naive *n, double *h, double *c, double *gates, const double *x, size_t token) {
  (void)c, (void)gates, (void)token;
  for (size_t j = 0; j < n->config.hidden_size; j++) h[j] = naive_squash(n, naive_input(n, j, x));
}

static inline void naive_tdnn(Naive *n, double *h, double *c, double *gates, const double *x, size_t token) {
  (void)gates;
  const size_t D = n->config.input_size, N = n->config.delays, length = n->config.tokens ? 1 : D, C = (N - 1) * length;
  const NaiveMatrix w = naive_matrix(n, "weight_ih");
  for (size_t j = 0; j < n->config.hidden_size; j++) {
    double sum = naive_input(n, j, x);
    for (size_t delay = 1; delay < N; delay++) {
      const double *seen = c + (delay - 1) * length;
      if (!n->config.tokens) sum += naive_dot(&w, j, delay * D, seen, D);
      else if (*seen > 0) sum += naive_at(&w, j, delay * D + (size_t)*seen - 1);
    }
    h[j] = naive_squash(n, sum);
  }
  memmove(c + length, c, (C - length) * sizeof *c);
  for (size_t d = 0; d < length; d++) c[d] = n->config.tokens ? (double)(token + 1) : x[d];
  for (size_t i = 0; i < C; i++) c[i] += n->c_nudge[i];
}

#endif
