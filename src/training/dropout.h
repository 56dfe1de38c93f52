// dropout.h: numbers that are left out at random while a trainer steps, so that none of them comes to rely on another
// (Srivastava et al. 2014). What stays is divided by 1 - p, as PyTorch does, so that nothing changes where nothing is
// left out: in trainer_forward, trainer_backward, trainer_predict and trainer_gradient_flow.
//
//   between    of what a layer gives to the next or to the head, each number of each step
//   recurrent  of the h before a step, for the products with matrices: the same numbers in all steps of a window (Gal &
//              Ghahramani 2016). What a GRU keeps of its h stays whole
//   weights    of weight_hh, once a window (Merity, Keskar & Socher 2018: DropConnect)
//
// Each is the probability p, 0 to below 1. A mask has 0 for what is left out and 1 / (1 - p) for what stays.
//
// Memory, in reals, only for what is asked for:
//   2 T B size  for what goes on from a layer
//   (T + 2) B P and 2 count(weight_hh)  for each direction with a weight_hh
#ifndef LSTM_TRAINING_DROPOUT_H
#define LSTM_TRAINING_DROPOUT_H

#include "training/trainer.h"

void dropout_free(Trainer *trainer);

// Draws new masks from trainer->random, and lets the passes that follow use them.
void dropout_begin(Trainer *trainer);

// The gradients of dropped weights become those of the weights.
void dropout_mask_gradients(Trainer *trainer);

// The passes that follow leave nothing out.
void dropout_end(Trainer *trainer);

#endif
