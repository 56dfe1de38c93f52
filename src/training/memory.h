// memory.h: the one allocation of a trainer, and what lies where in it.
#ifndef LSTM_TRAINING_MEMORY_H
#define LSTM_TRAINING_MEMORY_H

#include "training/trainer.h"

// A trainer with all its arrays, zeroed and connected; NULL where there is not enough memory.
Trainer *trainer_allocate(Network *network, size_t whole_batch, Leaves leaves, size_t window, size_t memory_steps,
                          Precision precision, bool can_train);

// The totals of a node's losses.
Totals *node_totals(Trainer *trainer, size_t node);

// Reals in the h, and in the c, of direction d for the whole batch: B P and B C.
size_t batch_h_count(const Trainer *trainer, size_t d);
size_t batch_c_count(const Trainer *trainer, size_t d);

#endif
