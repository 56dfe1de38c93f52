// trainer.h: truncated backpropagation through time.
//
// A trainer holds a batch of B sequences and takes a window of T steps of each at a time: forward through the window,
// backward through the same window, one update. The state at the end of a window is the start of the next; gradients
// stop at the window's start (Williams & Peng 1990).
//
// Memory, in reals, with P parameters, and for each layer its H, its tape (see its cell) and whether it has c:
//   P (values are the network's) + 2 P      gradients and the optimiser's moments
//   sum over layers: tape + 2 (T + 1) B H   (h and c; half of it without c) + 2 B H (gradients of the first state)
//   2 T B max(H, D of vector input)         gradients on their way down
//   T B V + T B (D or 1) + T B (V or 1)     outputs, inputs, targets
//   max(scratch of any cell, of the head)
#ifndef LSTM_TRAINING_TRAINER_H
#define LSTM_TRAINING_TRAINER_H

#include "network/network.h"
#include "training/adam.h"

enum {
  TRAINER_MAX_BATCH = 1 << 16,
  TRAINER_MAX_WINDOW = 1 << 20,
};

typedef enum {
  TRAINER_OK = 0,
  TRAINER_NOT_FINITE = 1,  // the loss or a gradient is infinite or NaN: nothing was updated
} TrainerStatus;

typedef struct {
  Arena arena;
  Network *network;  // whose parameters are trained; has to outlive the trainer
  size_t batch, window;
  CellWindow *windows;  // one a layer
  real *gradients;      // as flat as network->values
  Adam adam;
  // The caller fills the inputs and targets of a window, time-major: (T, B, ...). One of each pair is NULL.
  int32_t *input_tokens;   // (T, B)
  real *input_vectors;     // (T, B, D)
  int32_t *target_classes; // (T, B)
  real *target_values;     // (T, B, V)
  real *outputs;           // (T, B, V): outputs, then their gradients
  real *flow[2];           // (T, B, max size): gradients between layers, taking turns
  real *scratch;
  double loss;           // mean over the window's steps and sequences
  double gradient_norm;  // over all parameters, before clipping
} Trainer;

// NULL where there is not enough memory or a size is 0 or above its largest. The caller frees it, before the network.
Trainer *trainer_create(Network *network, size_t batch, size_t window);
void trainer_free(Trainer *trainer);

// Layer l's state before the window, (B, H) each; c is NULL for kinds without one.
real *trainer_h(Trainer *trainer, size_t l);
real *trainer_c(Trainer *trainer, size_t l);

// Gradients of the loss with respect to vector inputs (T, B, D), after trainer_backward; NULL for tokens.
real *trainer_input_gradients(Trainer *trainer);

// The loss of the window. Changes no parameter and no state.
TrainerStatus trainer_forward(Trainer *trainer);

// trainer_forward, and the gradients of all parameters, of the state before the window and of vector inputs.
TrainerStatus trainer_backward(Trainer *trainer);

// trainer_backward, clipping by global norm (clip_norm may be infinite), one Adam update, and on to the next window.
TrainerStatus trainer_step(Trainer *trainer, const AdamOptions *options, double clip_norm);

#endif
