// layer_norm.h: layer normalisation (Ba, Kiros & Hinton 2016) over n elements, in its parts:
//
//   normal = (x - mean(x)) / sqrt(variance(x) + epsilon)        normalise
//   y      = bias + weight * normal                             add_products
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

// x (n) becomes normal. Returns 1 / sqrt(variance + epsilon), which backward wants.
real normalise(real *x, size_t n);

// normal (n) becomes dx, from dy (n), weight (n) and what `normalise` returned.
void normalise_backward(real *normal, const real *dy, const real *weight, real inverse, size_t n);

// y += a * b, element by element.
void add_products(real *y, const real *a, const real *b, size_t n);

#endif
