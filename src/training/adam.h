// adam.h: Adam (Kingma & Ba 2015, algorithm 1, in the form of torch.optim.Adam).
#ifndef LSTM_TRAINING_ADAM_H
#define LSTM_TRAINING_ADAM_H

#include <stddef.h>

#include "kernels/vec.h"

typedef struct {
  double learning_rate, beta1, beta2, epsilon;
} AdamOptions;

// The optimiser's state: first and second moments, as flat as the parameters, and the number of updates made.
typedef struct {
  real *m, *v;
  double steps;
  double beta1_power, beta2_power;  // beta^steps, kept as products
} Adam;

void adam_reset(Adam *adam, size_t n);
void adam_copy(Adam *to, const Adam *from, size_t n);

// One update of n values from their gradients, each multiplied by `scale` first (clipping).
//   m = beta1 m + (1 - beta1) g          v = beta2 v + (1 - beta2) g^2
//   value = value - rate / (1 - beta1^steps) * m / (sqrt(v) / sqrt(1 - beta2^steps) + epsilon)
void adam_update(real *values, Adam *adam, const real *gradients, real scale, const AdamOptions *options, size_t n);

#endif
