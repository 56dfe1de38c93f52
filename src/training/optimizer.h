// optimizer.h: SGD, Adagrad, RMSprop, Adam and AdamW, in the form of torch.optim's.
#ifndef LSTM_TRAINING_OPTIMIZER_H
#define LSTM_TRAINING_OPTIMIZER_H

#include <stdbool.h>
#include <stddef.h>

#include "kernels/vec.h"

// The numbers are part of the ABI.
typedef enum {
  OPTIMIZER_ADAM,     // Kingma & Ba 2015, algorithm 1
  OPTIMIZER_ADAMW,    // Loshchilov & Hutter 2019: the same, and weight decay apart from the gradient
  OPTIMIZER_SGD,      // with momentum as Sutskever et al. 2013
  OPTIMIZER_ADAGRAD,  // Duchi et al. 2011
  OPTIMIZER_RMSPROP,  // Tieleman & Hinton 2012, lecture 6.5
} OptimizerKind;

typedef struct {
  OptimizerKind kind;
  double learning_rate;
  double weight_decay;
  double beta1;       // how much of m is kept; of SGD and RMSprop: momentum; of Adagrad 0
  double beta2;       // how much of v is kept; of RMSprop: alpha
  double epsilon;     // above 0
  double dampening;   // of SGD
  double rate_decay;  // of Adagrad
  bool nesterov;      // of SGD
} OptimizerOptions;

// First and second moments, as flat as the parameters, and the number of updates made. SGD has no v, and but for Adam
// there is no m where beta1 is 0: these stay as they are. Adagrad's v may start at another number than 0.
typedef struct {
  real *m, *v;
  double steps;
  double beta1_power, beta2_power;  // beta^steps of Adam, kept as products
} Optimizer;

void optimizer_reset(Optimizer *optimizer, size_t n);
void optimizer_copy(Optimizer *to, const Optimizer *from, size_t n);

// One update of n values from their gradients, each multiplied by `scale` first (clipping). g is the gradient, with
// weight_decay * value added to it but by AdamW, which takes rate * weight_decay * value from the value instead.
//
//   Adam      m = beta1 m + (1 - beta1) g      v = beta2 v + (1 - beta2) g^2
//             value = value - rate / (1 - beta1^steps) * m / (sqrt(v) / sqrt(1 - beta2^steps) + epsilon)
//   SGD       m = beta1 m + (1 - dampening) g, first m = g
//             value = value - rate * m; of Nesterov - rate * (g + beta1 m)
//   Adagrad   v = v + g^2
//             value = value - rate / (1 + (steps - 1) rate_decay) * g / (sqrt(v) + epsilon)
//   RMSprop   v = beta2 v + (1 - beta2) g^2    m = beta1 m + g / (sqrt(v) + epsilon)
//             value = value - rate * m
void optimizer_update(real *values, Optimizer *optimizer, const real *gradients, real scale,
                      const OptimizerOptions *options, size_t n);

// Whether that update would leave finite values and moments. Changes nothing.
bool optimizer_stays_finite(const real *values, const Optimizer *optimizer, const real *gradients, real scale,
                            const OptimizerOptions *options, size_t n);

#endif
