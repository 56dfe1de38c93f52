// random.h: one seeded generator, the same on every machine.
#ifndef LSTM_NETWORK_RANDOM_H
#define LSTM_NETWORK_RANDOM_H

#include <stddef.h>
#include <stdint.h>

#include "kernels/vec.h"

// xoshiro128++ 1.0 (Blackman & Vigna 2019, https://prng.di.unimi.it).
typedef struct {
  uint32_t state[4];
} Random;

// Fills the state from a seed with splitmix32, as its authors advise. Every seed gives another sequence.
void random_seed(Random *random, uint32_t seed);

uint32_t random_bits(Random *random);

// Uniform in [0, 1), a multiple of 2^-24.
float random_uniform(Random *random);

// values = n draws from U(-bound, bound).
void random_fill(real *values, Random *random, real bound, size_t n);

#endif
