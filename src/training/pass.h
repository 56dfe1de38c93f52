// pass.h: a window through all layers of a network, forward and backward.
#ifndef LSTM_TRAINING_PASS_H
#define LSTM_TRAINING_PASS_H

#include "training/trainer.h"

// From the states before the window and the inputs to trainer->outputs.
void pass_forward(Trainer *trainer);

// The loss of trainer->outputs, which become their gradients.
double pass_loss(Trainer *trainer);

// From the gradients of the outputs to those of all parameters, of the states before the window and of vector inputs.
// The gradients of states that sequences start from are not among them.
void pass_backward(Trainer *trainer);

// The output of the last layer, (T, B, size); where its gradient is put; and from that backward.
const real *pass_hidden(const Trainer *trainer);
real *pass_hidden_gradient(const Trainer *trainer);
void pass_backward_hidden(Trainer *trainer);

#endif
