// sizes.h: comparing sizes.
#ifndef LSTM_KERNELS_SIZES_H
#define LSTM_KERNELS_SIZES_H

#include <stddef.h>
#include <stdint.h>

static inline size_t smaller(size_t a, size_t b) { return a < b ? a : b; }
static inline uint64_t larger(uint64_t a, uint64_t b) { return a > b ? a : b; }

#endif
