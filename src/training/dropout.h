// dropout.h: units that are set to 0 at random while a trainer steps, so that they do not co-adapt (Srivastava et al.
// 2014). The others are divided by 1 - p, as PyTorch does, so that trainer_forward, trainer_backward,
// trainer_predict and trainer_gradient_flow, which have no dropout, need no other scale.
//
//   between    of the output of a layer, each number of each step
//   recurrent  of the h before a step, for the products with matrices: the same numbers in all steps of a window (Gal &
//              Ghahramani 2016). The h that a GRU keeps by its update gate is not masked
//   weights    of weight_hh, once a window (Merity, Keskar & Socher 2018: DropConnect)
//
// The masks of weights are drawn from trainer->random, and then one word, the key of the window. Those of a sequence are drawn
// from a generator of its own, that the key and the sequence's number in the whole batch seed: they are the same in whichever
// part of the batch it lies.
//
// Each is the probability p, 0 to below 1. A mask is 0 with probability p, else 1 / (1 - p).
//
// Memory, in reals, only for what is asked for:
//   2 T B size  for the output of each layer
//   (T + 2) B P and 2 count(weight_hh)  for each direction with a weight_hh
#ifndef LSTM_TRAINING_DROPOUT_H
#define LSTM_TRAINING_DROPOUT_H

#include "training/trainer.h"

void dropout_free(Trainer *trainer);

// Draws new masks from trainer->random, and lets the passes that follow use them.
void dropout_begin(Trainer *trainer);

// Whether they do.
bool dropout_is_used(const Trainer *trainer);

// The gradients of dropped weights become those of the weights.
void dropout_mask_gradients(Trainer *trainer);

// The passes that follow use no dropout.
void dropout_end(Trainer *trainer);

#endif
