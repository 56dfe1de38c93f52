// updates.h: what the exports that update take, in the order of OptimizerOptions and Clipping.
#ifndef LSTM_EXPORTS_UPDATES_H
#define LSTM_EXPORTS_UPDATES_H

#include "training/optimizer.h"

// `kind` is an OptimizerKind.
static inline OptimizerOptions optimizer_options(int kind, double learning_rate, double weight_decay, double beta1, double beta2,
                                                 double epsilon, double dampening, double rate_decay, int nesterov) {
  return (OptimizerOptions){(OptimizerKind)kind, learning_rate, weight_decay, beta1,        beta2,
                            epsilon,             dampening,     rate_decay,   nesterov != 0};
}

#endif
