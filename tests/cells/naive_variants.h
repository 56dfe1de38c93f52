// naive_variants.h: the naive step of the LSTM with options, gate by gate, from the equations at the head of
// cells/lstm_variants.c.
#ifndef LSTM_TESTS_NAIVE_VARIANTS_H
#define LSTM_TESTS_NAIVE_VARIANTS_H

#include "cells/naive.h"

enum { NAIVE_I, NAIVE_F, NAIVE_G, NAIVE_O, NAIVE_LSTM_GATES };

static inline bool naive_has(uint32_t options, int gate) {
  if (gate == NAIVE_I) return !(options & CELL_NO_INPUT_GATE);
  if (gate == NAIVE_F) return !(options & (CELL_NO_FORGET_GATE | CELL_COUPLED));
  if (gate == NAIVE_O) return !(options & CELL_NO_OUTPUT_GATE);
  return true;
}

// How many gates stand before this one: among all, and among the sigmoid gates.
static inline size_t naive_place(uint32_t options, int gate) {
  size_t place = 0;
  for (int before = 0; before < gate; before++) place += naive_has(options, before);
  return place;
}
static inline size_t naive_sigmoid_place(uint32_t options, int gate) {
  return naive_place(options, gate) - (gate > NAIVE_G);
}

// Layer norm is nearly a jump where the deviation is small: to differences it has to be a hundred steps wide.
static inline void naive_layer_norm(Naive *n, double *a, const char *weight, const char *bias, size_t length) {
  const NaiveMatrix w = naive_matrix(n, weight), b = naive_matrix(n, bias);
  double mean = 0, variance = 0;
  for (size_t k = 0; k < length; k++) mean += a[k] / (double)length;
  for (size_t k = 0; k < length; k++) variance += (a[k] - mean) * (a[k] - mean) / (double)length;
  for (size_t k = 0; k < length; k++) {
    a[k] = naive_at(&w, k, 0) * (a[k] - mean) / sqrt(variance + 1e-5) + naive_at(&b, k, 0);
  }
  if (length > 1) n->least_kink = fmin(n->least_kink, sqrt(variance) / 25);
}

// What the gates of a step see.
typedef struct {
  double input[NAIVE_LSTM_GATES * NAIVE_MAX_H], hidden[NAIVE_LSTM_GATES * NAIVE_MAX_H];  // W_ih x, W_hh h: (R)
  double gates_before[NAIVE_LSTM_GATES * NAIVE_MAX_H];                                   // (K H)
} NaiveSums;

static inline void naive_sums(Naive *n, NaiveSums *sums, const double *h, const double *c, const double *x) {
  const CellConfig *config = &n->config;
  const size_t H = config->hidden_size, rows = H * naive_place(config->options, NAIVE_LSTM_GATES);
  const NaiveMatrix ih = naive_matrix(n, "weight_ih"), hh = naive_matrix(n, "weight_hh"), mx = naive_matrix(n, "weight_mx");
  double u[NAIVE_MAX_H];
  for (size_t k = 0; k < cell_h_size(config); k++) u[k] = h[k] * (1 + naive_dot(&mx, k, 0, x, config->input_size));
  for (size_t row = 0; row < rows; row++) {
    sums->input[row] = naive_dot(&ih, row, 0, x, config->input_size);
    sums->hidden[row] = naive_dot(&hh, row, 0, u, cell_h_size(config));
  }
  if (config->options & CELL_LAYER_NORMS) {
    naive_layer_norm(n, sums->input, "norm_ih_weight", "none", rows);
    naive_layer_norm(n, sums->hidden, "norm_hh_weight", "none", rows);
  }
  if (config->options & CELL_FULL_GATE_RECURRENCE) memcpy(sums->gates_before, c + H, (rows - H) * sizeof *c);
}

// gate (H) out; c (H) is the one that its peepholes see.
static inline void naive_gate(Naive *n, double *gate, int which, const NaiveSums *sums, const double *c) {
  const uint32_t options = n->config.options;
  const size_t H = n->config.hidden_size, sigmoids = H * naive_sigmoid_place(options, NAIVE_LSTM_GATES);
  const NaiveMatrix bias_ih = naive_matrix(n, "bias_ih"), bias_hh = naive_matrix(n, "bias_hh");
  const NaiveMatrix ch = naive_matrix(n, "weight_ch"), gh = naive_matrix(n, "weight_gh");
  for (size_t j = 0; j < H; j++) {
    gate[j] = 1;
    if (!naive_has(options, which)) continue;
    const size_t row = naive_place(options, which) * H + j, sigmoid_row = naive_sigmoid_place(options, which) * H + j;
    double z = sums->input[row] + sums->hidden[row] + naive_at(&bias_ih, row, 0) + naive_at(&bias_hh, row, 0);
    if (which != NAIVE_G) {
      if (options & CELL_PEEPHOLE_DIAGONAL) z += naive_at(&ch, sigmoid_row, 0) * c[j];
      if (options & CELL_PEEPHOLE_FULL) z += naive_dot(&ch, sigmoid_row, 0, c, H);
      if (options & CELL_FULL_GATE_RECURRENCE) z += naive_dot(&gh, sigmoid_row, 0, sums->gates_before, sigmoids);
    }
    z = naive_clip(n, z);
    const bool squashed = which != NAIVE_G || !(options & CELL_NO_INPUT_ACTIVATION);
    gate[j] = !squashed ? z : which == NAIVE_G ? tanh(z) : naive_sigmoid(z);
  }
}

static inline void naive_variant(Naive *n, double *h, double *c, double *gates, const double *x, size_t token) {
  (void)token;
  const uint32_t options = n->config.options;
  const size_t H = n->config.hidden_size;
  const NaiveMatrix hr = naive_matrix(n, "weight_hr");
  double *i = gates, *f = i + H, *g = f + H, *o = g + H, a[NAIVE_MAX_H], m[NAIVE_MAX_H];
  NaiveSums sums;
  naive_sums(n, &sums, h, c, x);
  naive_gate(n, i, NAIVE_I, &sums, c);
  naive_gate(n, f, NAIVE_F, &sums, c);
  naive_gate(n, g, NAIVE_G, &sums, c);
  for (size_t j = 0; j < H; j++) {
    if (options & CELL_COUPLED) f[j] = 1 - i[j];
    c[j] = f[j] * c[j] + i[j] * g[j] + n->c_nudge[j];
  }
  naive_gate(n, o, NAIVE_O, &sums, c);
  memcpy(a, c, H * sizeof *a);
  if (options & CELL_LAYER_NORM) naive_layer_norm(n, a, "norm_c_weight", "norm_c_bias", H);
  for (size_t j = 0; j < H; j++) m[j] = o[j] * (options & CELL_NO_OUTPUT_ACTIVATION ? a[j] : tanh(a[j]));
  for (size_t k = 0; k < cell_h_size(&n->config); k++) h[k] = n->config.projection ? naive_dot(&hr, k, 0, m, H) : m[k];
  if (!(options & CELL_FULL_GATE_RECURRENCE)) return;
  for (int which = 0; which < NAIVE_LSTM_GATES; which++) {
    if (which == NAIVE_G || !naive_has(options, which)) continue;
    const size_t place = (1 + naive_sigmoid_place(options, which)) * H;
    for (size_t j = 0; j < H; j++) c[place + j] = gates[(size_t)which * H + j] + n->c_nudge[place + j];
  }
}

#endif
