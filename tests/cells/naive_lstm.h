// naive_lstm.h: the LSTM cell in double, straight from the equations at the head of cells/lstm.c: gate by gate, element
// by element, forward and backward. What the fast one is held against.
#ifndef LSTM_TESTS_NAIVE_LSTM_H
#define LSTM_TESTS_NAIVE_LSTM_H

#include "c/check.h"
#include "cells/cell.h"

enum { NAIVE_MAX = 1 << 14, NAIVE_GATES = 4 };

typedef struct {
  CellConfig config;
  size_t window, batch;
  real *const *parameters;
  const int32_t *tokens;  // (T, B), or NULL
  const real *x;          // (T, B, D), or NULL
  double gates[NAIVE_MAX];  // (T, B, 4, H): i f g o
  double h[NAIVE_MAX], c[NAIVE_MAX];  // (T + 1, B, H); step 0 is given
  double dweight_ih[NAIVE_MAX], dweight_hh[NAIVE_MAX], dbias[NAIVE_MAX];  // (4H, D), (4H, H), (4H)
  double dx[NAIVE_MAX], dh0[NAIVE_MAX], dc0[NAIVE_MAX];
} NaiveLstm;

static inline double naive_weight_ih(const NaiveLstm *n, size_t row, size_t column) {
  const size_t rows = NAIVE_GATES * n->config.hidden_size;
  const real *weights = n->parameters[0];
  return n->config.tokens ? weights[column * rows + row] : weights[row * n->config.input_size + column];
}

static inline double naive_x(const NaiveLstm *n, size_t t, size_t b, size_t d) {
  const size_t at = t * n->batch + b;
  return n->config.tokens ? (size_t)n->tokens[at] == d : n->x[at * n->config.input_size + d];
}

static inline double naive_sigmoid(double x) { return 1 / (1 + exp(-x)); }

static inline void naive_step(NaiveLstm *n, size_t t, size_t b) {
  const size_t H = n->config.hidden_size, D = n->config.input_size;
  const size_t before = (t * n->batch + b) * H, after = ((t + 1) * n->batch + b) * H;
  double *gates = n->gates + (t * n->batch + b) * NAIVE_GATES * H;
  for (size_t row = 0; row < NAIVE_GATES * H; row++) {
    double z = n->config.bias ? (double)n->parameters[2][row] + (double)n->parameters[3][row] : 0;
    for (size_t d = 0; d < D; d++) z += naive_weight_ih(n, row, d) * naive_x(n, t, b, d);
    for (size_t j = 0; j < H; j++) z += (double)n->parameters[1][row * H + j] * n->h[before + j];
    gates[row] = row / H == 2 ? tanh(z) : naive_sigmoid(z);
  }
  for (size_t j = 0; j < H; j++) {
    const double i = gates[j], f = gates[H + j], g = gates[2 * H + j], o = gates[3 * H + j];
    n->c[after + j] = f * n->c[before + j] + i * g;
    n->h[after + j] = o * tanh(n->c[after + j]);
  }
}

// h and c of step 0 are set before.
static inline void naive_forward(NaiveLstm *n) {
  for (size_t t = 0; t < n->window; t++) {
    for (size_t b = 0; b < n->batch; b++) naive_step(n, t, b);
  }
}

// dh (T, B, H): what the loss says of each step's h.
static inline void naive_backward(NaiveLstm *n, const real *dh) {
  const size_t H = n->config.hidden_size, D = n->config.input_size, B = n->batch, rows = NAIVE_GATES * H;
  memset(n->dweight_ih, 0, sizeof n->dweight_ih);
  memset(n->dweight_hh, 0, sizeof n->dweight_hh);
  memset(n->dbias, 0, sizeof n->dbias);
  memset(n->dx, 0, sizeof n->dx);
  double dz[256];
  for (size_t b = 0; b < B; b++) {
    double *dh_next = n->dh0 + b * H, *dc = n->dc0 + b * H;
    memset(dh_next, 0, H * sizeof *dh_next);
    memset(dc, 0, H * sizeof *dc);
    for (size_t t = n->window; t-- > 0;) {
      const size_t before = (t * B + b) * H, after = ((t + 1) * B + b) * H;
      const double *gates = n->gates + (t * B + b) * rows;
      for (size_t j = 0; j < H; j++) {
        const double i = gates[j], f = gates[H + j], g = gates[2 * H + j], o = gates[3 * H + j];
        const double tanh_c = tanh(n->c[after + j]), d = (double)dh[before + j] + dh_next[j];
        const double dc_all = dc[j] + d * o * (1 - tanh_c * tanh_c);
        dz[j] = dc_all * g * i * (1 - i);
        dz[H + j] = dc_all * n->c[before + j] * f * (1 - f);
        dz[2 * H + j] = dc_all * i * (1 - g * g);
        dz[3 * H + j] = d * tanh_c * o * (1 - o);
        dc[j] = dc_all * f;
        dh_next[j] = 0;
      }
      for (size_t row = 0; row < rows; row++) {
        n->dbias[row] += dz[row];
        for (size_t j = 0; j < H; j++) {
          dh_next[j] += (double)n->parameters[1][row * H + j] * dz[row];
          n->dweight_hh[row * H + j] += dz[row] * n->h[before + j];
        }
        for (size_t d = 0; d < D; d++) {
          n->dx[(t * B + b) * D + d] += naive_weight_ih(n, row, d) * dz[row];
          n->dweight_ih[row * D + d] += dz[row] * naive_x(n, t, b, d);
        }
      }
    }
  }
}

#endif
