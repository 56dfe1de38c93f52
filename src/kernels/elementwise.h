// elementwise.h: sums, norms and copies over flat arrays.
#ifndef LSTM_KERNELS_ELEMENTWISE_H
#define LSTM_KERNELS_ELEMENTWISE_H

#include <stdbool.h>

#include "kernels/vec.h"

// y = 0, y = x, y += x over n elements. x and y do not overlap.
void fill_zero(real *y, size_t n);
void copy(real *y, const real *x, size_t n);
void add(real *y, const real *x, size_t n);

// y = a + b over n elements; y may be a or b.
void add_to(real *y, const real *a, const real *b, size_t n);

// y = a * b, y += a * b over n elements; y may be a or b.
void multiply_to(real *y, const real *a, const real *b, size_t n);
void add_multiplied(real *y, const real *a, const real *b, size_t n);

// y = factor y over n elements.
void multiply(real *y, real factor, size_t n);

// rows of y (rows, n) = bias (n).
void fill_rows(real *y, const real *bias, size_t rows, size_t n);

// y (n) = sum over the rows of x (rows, n).
void sum_rows(real *y, const real *x, size_t rows, size_t n);

// The sum of squares of n elements, squared and added in double: right for all that a float can hold.
double sum_of_squares(const real *x, size_t n);

// Whether all of n elements are finite.
bool are_finite(const real *x, size_t n);

// Squared error over n elements, forward and backward in one: `y` holds outputs and becomes 2 scale (y - target), the
// gradient of scale times the sum. Returns the sum of (y - target)^2.
double squared_error(real *y, const real *targets, double scale, size_t n);

#endif
