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

// The use of a generator: each has a sequence of its own for the same seed.
typedef enum { RANDOM_NETWORK, RANDOM_DROPOUT } RandomUse;

// Fills the state from a seed with splitmix32, as its authors advise, and the use. Every seed gives another sequence.
void random_seed(Random *random, uint32_t seed, RandomUse use);

uint32_t random_bits(Random *random);

// Uniform in [0, 1), a multiple of 2^-24.
float random_uniform(Random *random);

// Uniform in [0, 1), a multiple of 2^-32: of one word, as random_uniform, with its last 8 bits too.
double random_fraction(Random *random);

// values = n draws from U(-bound, bound).
void random_fill(real *values, Random *random, real bound, size_t n);

#endif
