// layer_norm.h: layer normalisation (Ba, Kiros & Hinton 2016) over n elements:
//
//   normal = (x - mean(x)) / sqrt(variance(x) + epsilon)
//   y      = bias + weight * normal
//
// Backward, with d for "gradient of the loss with respect to":
//
//   dweight = sum of dy * normal        dbias = sum of dy       dnormal = dy * weight
//   dx = (dnormal - mean(dnormal) - normal * mean(dnormal * normal)) / sqrt(variance(x) + epsilon)
#ifndef LSTM_KERNELS_LAYER_NORM_H
#define LSTM_KERNELS_LAYER_NORM_H

#include "kernels/vec.h"

// As in PyTorch.
#define LAYER_NORM_EPSILON 1e-5

// y (n) += weight (n) * normal: it comes in as the bias, or as what else there is to be added. x (n) becomes normal.
// Returns 1 / sqrt(variance + epsilon), which backward wants.
real layer_norm_add(real *y, real *x, const real *weight, size_t n);

// normal (n) becomes dx, from dy (n), weight (n) and what layer_norm_add returned. dweight (n) is added to.
void layer_norm_backward(real *normal, real *dweight, const real *dy, const real *weight, real inverse, size_t n);

#endif
