// integer_pack.h: operands of products of integers (integers.c), rounded and packed.
//
// An operand is packed in groups of lanes: 4 rows of A or 8 columns of B. A word holds what a lane has for 2 or 4 of k, and a
// group has for each block of K what its sums start from, then word by word its lanes:
//
//   start  start  start  start        what makes up for the other operand's offset, or 0
//   k 0..3 k 0..3 k 0..3 k 0..3       bytes; of 16 bits k 0..1
//   k 4..7 ...
#ifndef LSTM_KERNELS_INTEGER_PACK_H
#define LSTM_KERNELS_INTEGER_PACK_H

#include <stdbool.h>

#include "kernels/integer_vec.h"

// Lanes of k numbers each. One after another, (lane, k) at from[lane * stride + k]; or side by side, at
// from[k * stride + lane] or, where rows are listed, at from[rows[k] * stride + lane].
typedef struct {
  const real *from;
  size_t stride;
  bool side_by_side;
  const uint32_t *rows;
} Lanes;

// How an operand is rounded and packed.
typedef struct {
  real most;        // the largest whole number
  size_t per_word;  // 2 or 4 of k
  uint32_t offset;  // added to each number: words_dot_bytes takes one operand without a sign
  uint32_t start;   // what the sums start from is the sum of a lane's numbers times this
} Form;

// Words of a block of k, for each lane: its start, and an even number.
VEC_INLINE size_t lane_words(size_t k, const Form *form) {
  const size_t pair = 2 * form->per_word;
  return 1 + 2 * ((k + pair - 1) / pair);
}

// scales and inverses of all lanes, over all of k: the largest magnitude over form->most, and the inverse of that. Both have
// place for whole groups of 8, and are 0 behind the lanes.
void integer_scales(real *scales, real *inverses, Lanes x, size_t lanes, size_t k, const Form *form);

// A block of all lanes, in groups of `width`, 4 or 8, that lie `apart`. Each number is rounded to the nearest whole one.
void integer_pack(uint32_t *to, size_t apart, size_t width, Lanes x, const real *inverses, size_t lanes, size_t k,
                  const Form *form);

#endif
