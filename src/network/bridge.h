// bridge.h: what a network starts from where it is given a summary, such as the last state of an encoder.
//
// Each cell that has a state of its own starts from a linear layer over the summary s (N):
//
//   h = tanh(weight_h s + bias_h)       (Cho et al. 2014; Bahdanau, Cho & Bengio 2015)
//   c = weight_c s + bias_c             kinds with a cell state, which has no bound
//
// Parameters: weight_h (P, N), bias_h (P), weight_c (C, N), bias_c (C). A cell whose kind multiplies with no h before
// (feedforward, tdnn) has none of them.
//
// Backward: dz = dh * (1 - h^2) and dc:   dweight = sum over the batch of dz s^T,  dbias of dz,  ds = sum of weight^T dz
#ifndef LSTM_NETWORK_BRIDGE_H
#define LSTM_NETWORK_BRIDGE_H

#include "cells/product.h"

enum { BRIDGE_PARAMETERS = 4 };

// Fills list[0 .. BRIDGE_PARAMETERS - 1], which comes in as zeros; those that this cell does not have stay zero.
void bridge_parameters(CellParameter *list, const CellKind *kind, const CellConfig *config, size_t summary_size);

// h (B, P) and c (B, C) from summaries (B, N). Where there is no bridge (parameters are NULL) they stay.
// c may be NULL.
void bridge_forward(real *h, real *c, real *const *parameters, const real *summary, size_t summary_size,
                    size_t h_size, size_t c_size, real *scratch, size_t batch);

// From h and the gradients dh and dc: the gradients of the parameters, and dsummary (B, N) += . Of the rows that `started`
// (B) from their summaries.
void bridge_backward(real *dsummary, real *const *dparameters, const real *dh, const real *dc, const real *h,
                     real *const *parameters, const real *summary, size_t summary_size, size_t h_size, size_t c_size,
                     real *scratch, const bool *started, const Leaves *leaves);

uint64_t bridge_scratch_size(const CellKind *kind, const CellConfig *config, size_t summary_size, size_t batch);

// The same for one sequence, without scratch.
void bridge_step(real *h, real *c, real *const *parameters, const real *summary, size_t summary_size, size_t h_size,
                 size_t c_size);

// How much of the state behind a sequence is a summary of it: h, and c where it is the cell's own (tdnn's are inputs).
size_t bridge_summary_h(const CellConfig *config);
size_t bridge_summary_c(const CellKind *kind, const CellConfig *config);

#endif
