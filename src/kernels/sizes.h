// sizes.h: comparing sizes, and counting what is to be taken.
#ifndef LSTM_KERNELS_SIZES_H
#define LSTM_KERNELS_SIZES_H

#include <stddef.h>
#include <stdint.h>

static inline size_t smaller(size_t a, size_t b) { return a < b ? a : b; }
static inline uint64_t larger(uint64_t a, uint64_t b) { return a > b ? a : b; }

// a + b and a b; UINT64_MAX where that is more, which no memory holds.
static inline uint64_t count_sum(uint64_t a, uint64_t b) { return a > UINT64_MAX - b ? UINT64_MAX : a + b; }
static inline uint64_t count_product(uint64_t a, uint64_t b) {
  return b > 0 && a > UINT64_MAX / b ? UINT64_MAX : a * b;
}

#endif
