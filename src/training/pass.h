// pass.h: a window through all layers of a network, forward and backward.
#ifndef LSTM_TRAINING_PASS_H
#define LSTM_TRAINING_PASS_H

#include "training/trainer.h"

// From the states before the window and the inputs through all layers, to the output of the last.
void pass_forward(Trainer *trainer);

// The outputs of the head after pass_forward, from row `first` of (steps B) on: as many as trainer->outputs holds. Blocks
// come in order. Returns the number of rows.
size_t pass_outputs(Trainer *trainer, size_t first);

// The loss of all outputs after pass_forward, in trainer->loss and the totals of each node; with `gradients` also those of the
// head's parameters and of what it is given.
void pass_loss(Trainer *trainer, bool gradients);

// Behind that: the gradients of all other parameters, of the states before the window and of vector inputs.
// The gradients of states that sequences start from are not among them.
void pass_backward(Trainer *trainer);

// The output of the last layer, (steps, B, size); where its gradient is put; and from that backward.
const real *pass_hidden(const Trainer *trainer);
real *pass_hidden_gradient(const Trainer *trainer);
void pass_backward_hidden(Trainer *trainer);

#endif
