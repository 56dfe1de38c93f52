// squash.h: what stands between the sums z and h in rnn, feedforward and tdnn: tanh, or relu(z) = max(z, 0) with
// CELL_RELU; z is kept in [-clip, clip] before it where clip > 0.
#ifndef LSTM_CELLS_SQUASH_H
#define LSTM_CELLS_SQUASH_H

#include "cells/window.h"

// h (n) = tanh or relu of z (n); h may be z. A NaN stays.
void squash(real *h, const real *z, size_t n, const CellConfig *config);

// dz (n) = dh (n) times the slope at z, from h (n) = squash(z). dz is neither dh nor h.
void squash_backward(real *dz, const real *dh, const real *h, size_t n, const CellConfig *config);

// dz (n) = dh (n) (1 - h^2), from h (n) = tanh(z). dz may be dh.
void tanh_backward(real *dz, const real *dh, const real *h, size_t n);

// Step t of a window: h after it, from z (B, H), which may be in its place.
void squash_step(CellWindow *w, size_t t, const real *z);

// Backward of squash_step: dz (B, H) from dh.
void squash_step_backward(real *dz, CellWindow *w, size_t t);

#endif
