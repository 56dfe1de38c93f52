// pair.h: an encoder and its decoder, trained as one (Cho et al. 2014; Sutskever, Vinyals & Le 2014).
//
//   source -> encoder -> outputs ----> memory of the decoder's attention
//                     -> last state -> summary that the decoder starts from
//   target, a step late -> decoder -> loss                                       teacher forcing
//
// The encoder is a network without a head; the decoder's memory is of its output size, its summary of pair_summary_size.
// Each is held by a trainer of its own, with the same batch; the decoder's memory has the encoder's window. Sequences
// start anew in every window.
#ifndef LSTM_TRAINING_PAIR_H
#define LSTM_TRAINING_PAIR_H

#include "training/trainer.h"

// N: the length of all that the encoder's last state tells (bridge.h).
size_t pair_summary_size(const Network *encoder);

// The decoder's outputs, in decoder->outputs: see trainer_predict.
void pair_predict(Trainer *encoder, Trainer *decoder);

// The loss, in decoder->loss.
TrainerStatus pair_forward(Trainer *encoder, Trainer *decoder);

// The gradients of both; gradient_norm of each becomes that of all parameters of both.
TrainerStatus pair_backward(Trainer *encoder, Trainer *decoder);

// Forward and backward with dropout: one generator, the decoder's, draws the masks of the encoder and then those of the decoder.
// Then one update of both, clipped by the norm of all, or of neither. As with one trainer (trainer.h), encoder and decoder may be
// parts of a batch, the same of both: then the sums of each come from trainer_sum in between. And a window may be kept for the
// update of several, where both have trainer_use_accumulation.
void pair_pass(Trainer *encoder, Trainer *decoder);
TrainerStatus pair_finish(Trainer *encoder, Trainer *decoder, const OptimizerOptions *options, Clipping clipping);
TrainerStatus pair_accumulate(Trainer *encoder, Trainer *decoder);

// pair_pass and pair_finish. Of the whole batch only.
TrainerStatus pair_step(Trainer *encoder, Trainer *decoder, const OptimizerOptions *options, Clipping clipping);

#endif
