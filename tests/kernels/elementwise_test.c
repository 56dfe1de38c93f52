// elementwise_test.c: sums, norms and copies over flat arrays, at sizes below, at, above and off the lane count.
#include "kernels/elementwise.h"

#include <float.h>

#include "c/check.h"

static const size_t sizes[] = {0, 1, 2, 3, 4, 5, 7, 8, 9, 31, 32, 33, 1023, 1024, 1025, 2050};
enum { SIZES = sizeof sizes / sizeof sizes[0] };

static void test_copies(size_t n) {
  test_start("fill_zero, copy, add and add_to of %zu", n);
  const real *a = test_random_reals(n, 2), *b = test_random_reals(n, 2);
  real *expected = test_reals(n), *y = test_reals(n);
  copy(y, a, n);
  check_same(y, a, n * sizeof(real), "copy");
  for (size_t i = 0; i < n; i++) expected[i] = a[i] + b[i];
  add(y, b, n);
  check_same(y, expected, n * sizeof(real), "add");
  real *other = test_reals(n);
  add_to(other, a, b, n);
  check_same(other, expected, n * sizeof(real), "add_to");
  copy(y, a, n);
  add_to(y, y, b, n);
  check_same(y, expected, n * sizeof(real), "add_to in place of a");
  copy(y, b, n);
  add_to(y, a, y, n);
  check_same(y, expected, n * sizeof(real), "add_to in place of b");
  for (size_t i = 0; i < n; i++) expected[i] = 0;
  fill_zero(y, n);
  check_same(y, expected, n * sizeof(real), "fill_zero");
  test_end();
}

static void test_products(size_t n) {
  test_start("multiply_to and add_multiplied of %zu", n);
  const real *a = test_random_reals(n, 2), *b = test_random_reals(n, 2);
  real *y = test_random_reals(n, 2), *expected = test_copy(y, n);
  for (size_t i = 0; i < n; i++) expected[i] += a[i] * b[i];
  add_multiplied(y, a, b, n);
  check_same(y, expected, n * sizeof(real), "y += a * b");
  for (size_t i = 0; i < n; i++) expected[i] = a[i] * b[i];
  multiply_to(y, a, b, n);
  check_same(y, expected, n * sizeof(real), "y = a * b");
  test_end();
}

static void test_rows(size_t rows, size_t n) {
  test_start("fill_rows and sum_rows of %zu x %zu", rows, n);
  const real *bias = test_random_reals(n, 1), *x = test_random_reals(rows * n, 1);
  real *y = test_reals(rows * n), *sums = test_reals(n);
  fill_rows(y, bias, rows, n);
  for (size_t row = 0; row < rows; row++) check_same(y + row * n, bias, n * sizeof(real), "fill_rows");
  sum_rows(sums, x, rows, n);
  for (size_t k = 0; k < n; k++) {
    long double sum = 0, size = 0;
    for (size_t row = 0; row < rows; row++) {
      sum += x[row * n + k];
      size += fabsl(x[row * n + k]);
    }
    // `rows` roundings, each at most half an epsilon of a partial sum.
    check_near(sums[k], (double)sum, (double)rows * REAL_EPSILON / 2 * (double)size, "sum_rows[%zu]", k);
  }
  test_end();
}

static void test_sum_of_squares(size_t n) {
  test_start("sum_of_squares of %zu", n);
  const real *x = test_random_reals(n, 3);
  long double sum = 0;
  for (size_t i = 0; i < n; i++) sum += (long double)x[i] * x[i];
  // Terms are positive: the relative error is at most that of the longest chain: a square, a lane, and the lanes.
  const double roundings = 1 + (double)n / VEC_LANES + 3;
  check_near(sum_of_squares(x, n), (double)sum, roundings * DBL_EPSILON / 2 * (double)sum, "sum");
  test_end();
}

static void test_many_squares(void) {
  test_start("sum_of_squares of a million keeps ten digits");
  const size_t n = 1000000;
  real *x = test_reals(n);
  for (size_t i = 0; i < n; i++) x[i] = 3;
  check_near(sum_of_squares(x, n), 9e6, 0, "sum");
  for (size_t i = 0; i < n; i++) x[i] = (real)0.1;
  check_near(sum_of_squares(x, n) / ((double)x[0] * (double)x[0] * 1e6), 1, 1e-10, "sum of 0.1^2");
  x[n - 1] = (real)NAN;
  CHECK(isnan(sum_of_squares(x, n)));
  x[n - 1] = (real)INFINITY;
  CHECK(isinf(sum_of_squares(x, n)));
  test_end();
}

// Of floats, whose squares a float cannot hold.
static const double magnitudes[] = {1.5e-45, 1e-38, 1e-30, 1e-22, 1e-19, 1, 1e19, 1e25, 3e38};
enum { MAGNITUDES = sizeof magnitudes / sizeof magnitudes[0] };

static void test_magnitudes(size_t n) {
  test_start("squares of all that a float holds, %zu of them", n);
  for (size_t m = 0; m < MAGNITUDES; m++) {
    real *y = test_random_reals(n, 1), *zeros = test_reals(n);
    for (size_t i = 0; i < n; i++) y[i] = (real)(float)magnitudes[m];
    fill_zero(zeros, n);
    const double expected = (double)n * (double)y[0] * (double)y[0];
    check_near(sum_of_squares(y, n), expected, 1e-12 * expected, "sum_of_squares at %g", magnitudes[m]);
    check_near(squared_error(y, zeros, 0.25, n), expected, 1e-12 * expected, "squared_error at %g", magnitudes[m]);
  }
  real *y = test_reals(1), *target = test_reals(1);
  y[0] = (real)3e38;
  target[0] = (real)-3e38;
  check_near(squared_error(y, target, 0.25, 1) / 3.6e77, 1, 1e-6, "a difference that is no float");
  check_near((double)y[0] / 3e38, 1, 1e-6, "its gradient");
  test_end();
}

static void test_squared_error(size_t n) {
  test_start("squared_error of %zu", n);
  const real *targets = test_random_reals(n, 2), *before = test_random_reals(n, 2);
  real *y = test_copy(before, n);
  const double loss = squared_error(y, targets, 1 / (double)n, n);
  long double expected = 0;
  for (size_t i = 0; i < n; i++) {
    const long double difference = (long double)before[i] - targets[i];
    expected += difference * difference;
    check_near(y[i], (double)(2 * difference / n), 2 * REAL_EPSILON * (double)fabsl(2 * difference / n),
               "gradient[%zu]", i);
  }
  check_near(loss, (double)expected, (4 + (double)n) * DBL_EPSILON / 2 * (double)expected, "loss");
  test_end();
}

static void test_are_finite(void) {
  test_start("are_finite finds one infinity or NaN wherever it stands, and takes the largest numbers");
  const real values[] = {(real)NAN, (real)INFINITY, (real)-INFINITY};
  for (size_t n = 0; n <= 19; n++) {
    real *x = test_random_reals(n, 5);
    for (size_t k = 0; k < n; k += 2) x[k] = k % 4 ? (real)-FLT_MAX : (real)FLT_MAX;
    CHECK(are_finite(x, n));
    for (size_t k = 0; k < n; k++) {
      const real before = x[k];
      for (int i = 0; i < 3; i++) {
        x[k] = values[i];
        CHECK(!are_finite(x, n));
      }
      x[k] = before;
    }
  }
  test_end();
}

int main(void) {
  test_are_finite();
  for (int i = 0; i < SIZES; i++) {
    test_copies(sizes[i]);
    test_products(sizes[i]);
    test_sum_of_squares(sizes[i]);
    if (sizes[i] > 0) test_squared_error(sizes[i]);
  }
  for (size_t rows = 0; rows <= 5; rows++) {
    for (size_t n = 1; n <= 9; n++) test_rows(rows, n);
  }
  test_rows(300, 33);
  test_many_squares();
  for (size_t n = 1; n <= 9; n++) test_magnitudes(n);
  return test_exit();
}
