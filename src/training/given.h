// given.h: what a trainer's network is given beside its window: a memory to read (network/attention.h), and a summary to
// start from (network/bridge.h).
#ifndef LSTM_TRAINING_GIVEN_H
#define LSTM_TRAINING_GIVEN_H

#include "training/trainer.h"

// Takes its memory. While counting, or where the network is given nothing, returns NULL.
GivenMemory *given_lay_out(Arena *arena, const Network *network, size_t batch, size_t window, size_t memory_steps,
                           bool can_train);
// Reals of the trainer's scratch that it needs.
uint64_t given_scratch_size(const Network *network, size_t batch, size_t window, size_t memory_steps);
// Lets it point at its gradients and at the scratch.
void given_connect(Trainer *trainer);

// The states before the window, from the summaries, of sequences first to end - 1.
void given_start(Trainer *trainer, size_t first, size_t end);
// The gradients of the bridges and of the summaries, from the sequences that started from these.
void given_start_backward(Trainer *trainer);

// What the head is given: y from h (T, B, H), or h. Backward: dh (T, B, H), of the former, becomes that of h.
const real *given_read(Trainer *trainer, const real *h);
const real *given_output(const Trainer *trainer, const real *h);
void given_read_backward(Trainer *trainer, real *dh, const real *h);

#endif
