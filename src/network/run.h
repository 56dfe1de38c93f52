// run.h: a whole sequence through a network, step by step: what training/trainer.h predicts of it, to the last bit, for
// modules that have no windows. (These take a batch in much less time.)
#ifndef LSTM_NETWORK_RUN_H
#define LSTM_NETWORK_RUN_H

#include "network/network.h"

// W: the largest size of the network's input, of a layer's output and of its own.
size_t network_run_width(const Network *network);

// From `state` and a sequence, of `tokens` (T) or of vectors (T, D) at the beginning of `memory`, which is of 2 T W reals:
// returns the outputs (T, V) in it, probabilities for classes, else values. The state becomes that behind the sequence, that
// of reverse directions the one before its start. Always with float weights.
const real *network_run(Network *network, real *memory, const int32_t *tokens, size_t steps);

#endif
