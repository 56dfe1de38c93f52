// loss.h: losses of labels and of mixtures, forward and backward in one, and what their outputs become.
#ifndef LSTM_KERNELS_LOSS_H
#define LSTM_KERNELS_LOSS_H

#include "kernels/vec.h"

// Binary cross-entropy of n logits against targets from 0 to 1, each its own: with p = sigmoid(z),
//   loss = -(positive y log p + (1 - y) log(1 - p))
// as torch.nn.BCEWithLogitsLoss, `positive` being its pos_weight (n), NULL: 1. z becomes the gradient of scale times the
// sum. Returns the sum.
double binary_cross_entropy(real *z, const real *targets, const real *positive, double scale, size_t n);

// A mixture of K normal densities over n values, whose dimensions do not depend on each other (Bishop 1994; Graves 2013):
//   p(x) = sum over k of w_k product over j of N(x_j; m_kj, s_kj)
// The outputs are (K + K n + K n): logits of the weights, w = softmax(a); the means m; and r, for the deviations
//   s = exp(10 tanh(r / 10)), which is e^r near 0, and stays between 4.5e-5 and 22026: no gradient grows without bound
// y becomes the gradient of -scale log p(target); `scratch` is K reals. Returns -log p, in nats.
double mixture_loss(real *y, const real *target, double scale, size_t components, size_t n, real *scratch);

// The outputs become weights, means and deviations.
void mixture_answer(real *y, size_t components, size_t n);

#endif
