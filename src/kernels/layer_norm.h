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

// The same in fewer passes over the numbers, and in sums of another order: y (n) = base (n) + weight (n) * normal. y may be
// base. x (n) becomes normal. Mean and variance are summed at once, of x - x[0]: since x[0] is one of the numbers, the
// variance loses at most a factor n of its accuracy where it lies far from the others, and none to a large mean.
real layer_norm_onto(real *y, real *x, const real *base, const real *weight, size_t n);

// Its backward: dx (n), which may be normal or dy, from normal (n), dy (n), weight (n) and what layer_norm_onto returned.
// dweight (n) is added to.
void layer_norm_onto_backward(real *dx, real *dweight, const real *normal, const real *dy, const real *weight, real inverse,
                              size_t n);

#endif
