// int8.h: matrices of 8-bit weights, a scale a row, for steps with a batch of one: a quarter of the bytes to read.
#ifndef LSTM_KERNELS_INT8_H
#define LSTM_KERNELS_INT8_H

#include "kernels/int8_dot.h"

// W (M, K) = scale[m] * q[m][k], symmetric: q in [-127, 127] where it was rounded here. q is NULL where there is no such form.
typedef struct {
  int8_t *q;      // (M, K rounded up to DOT_LANES), filled up with zeros, packed for ivec_dot
  real *scale;    // (M)
  int32_t *sum;   // (M): of each row of q
  dot_input *x;   // (K rounded up to DOT_LANES): the vector of a product, lost between calls; may be shared
} Int8Matrix;

// The largest K: with more, a sum of products could overflow 32 bits.
enum { INT8_MAX_COLUMNS = 1 << 16 };

// K rounded up to DOT_LANES.
size_t int8_row_length(size_t k);

// The scale of a row whose largest magnitude is `largest`: largest / 127, rounded up to 16 significant bits, so that
// every q * scale is a float exactly and rounding a rounded row changes nothing. 0 for a row of zeros or next to it; NaN
// or infinite as `largest` is.
float int8_scale(float largest);

// Rounds W (M, K), where W[m][k] = w[m * row_stride + k * column_stride], to the nearest multiples of its rows' scales.
// A row with a weight that is not finite stays as it is.
void int8_round(real *w, size_t row_stride, size_t column_stride, size_t m, size_t k);

// Fills q, scale and sum from a row-major W (M, K) of multiples of `scales` (M), up to 128 of them. Where `scales` is NULL,
// of their own: what int8_round has rounded. A row with a weight that is not finite has a scale of its own that is not, and
// so are all products with it.
void int8_pack(Int8Matrix *packed, const real *w, const real *scales, size_t m, size_t k);

// y (M) += W x (K). x is rounded to DOT_INPUT_MAX steps of its largest magnitude; y is NaN where an element of x is NaN or
// infinite.
void int8_matvec_add(real *y, const Int8Matrix *w, const real *x, size_t m, size_t k);

#endif
