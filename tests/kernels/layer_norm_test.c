// layer_norm_test.c: layer normalisation against its equations in long double, at sizes below, at, above and off the
// lane count.
#include "kernels/layer_norm.h"

#include "c/check.h"

static const size_t sizes[] = {1, 2, 3, 4, 5, 7, 8, 9, 31, 32, 33, 1023, 1024, 1025, 2050};
enum { SIZES = sizeof sizes / sizeof sizes[0] };

typedef struct {
  long double mean, inverse;
} Moments;

// The two ways forward, y += weight normal and y = base + weight normal; and their backwards.
typedef real Forward(real *y, real *x, const real *weight, size_t n);
typedef void Backward(real *dx, real *dweight, const real *dy, const real *weight, real inverse, size_t n);
static real onto(real *y, real *x, const real *weight, size_t n) {
  real *base = test_copy(y, n);
  for (size_t i = 0; i < n; i++) y[i] = (real)NAN;
  return layer_norm_onto(y, x, base, weight, n);
}
static void onto_backward(real *dx, real *dweight, const real *dy, const real *weight, real inverse, size_t n) {
  // Into memory of its own, and in place of either of what it is made from.
  real *normal = test_copy(dx, n), *in_dy = test_copy(dy, n), *other = test_copy(dweight, n), *third = test_copy(dweight, n);
  layer_norm_onto_backward(in_dy, other, normal, in_dy, weight, inverse, n);
  layer_norm_onto_backward(normal, third, normal, dy, weight, inverse, n);
  const real *before = test_copy(dx, n);
  layer_norm_onto_backward(dx, dweight, before, dy, weight, inverse, n);
  check_same(dx, in_dy, n * sizeof(real), "dx in the place of dy");
  check_same(dx, normal, n * sizeof(real), "dx in the place of normal");
  check_same(dweight, other, n * sizeof(real), "dweight");
}
static const struct {
  const char *name;
  Forward *forward;
  Backward *backward;
} ways[] = {{"layer_norm_add", layer_norm_add, layer_norm_backward}, {"layer_norm_onto", onto, onto_backward}};

static Moments moments_of(const real *x, size_t n) {
  Moments m = {0};
  long double variance = 0;
  for (size_t i = 0; i < n; i++) m.mean += (long double)x[i] / n;
  for (size_t i = 0; i < n; i++) variance += (x[i] - m.mean) * (x[i] - m.mean) / n;
  m.inverse = 1 / sqrtl(variance + (long double)LAYER_NORM_EPSILON);
  return m;
}

// A mean has an error of a few epsilons of the numbers, times the inverse deviation.
static void test_forward(int way, size_t n, double offset) {
  test_start("%s of %zu numbers around %g", ways[way].name, n, offset);
  real *x = test_random_reals(n, 1);
  for (size_t i = 0; i < n; i++) x[i] += (real)offset;
  const Moments m = moments_of(x, n);
  const real *weight = test_random_reals(n, 1), *bias = test_random_reals(n, 1);
  real *normal = test_copy(x, n), *y = test_copy(bias, n);
  const real inverse = ways[way].forward(y, normal, weight, n);
  const double tolerance = (10 + (double)n / 16) * REAL_EPSILON * (1 + fabs(offset));
  check_near(inverse, (double)m.inverse, tolerance * (double)m.inverse, "inverse");
  for (size_t i = 0; i < n; i++) {
    const double expected = (double)((x[i] - m.mean) * m.inverse);
    check_near(normal[i], expected, tolerance * (double)m.inverse, "normal[%zu]", i);
    check_near(y[i], bias[i] + weight[i] * expected, 2 * tolerance * (double)m.inverse, "y[%zu]", i);
  }
  test_end();
}

// The square of 1e25 is no float.
static void test_far(int way, size_t n) {
  test_start("%s of %zu numbers whose squares a float cannot hold", ways[way].name, n);
  const double scales[] = {1e19, 1e25, 1e37};
  for (size_t s = 0; s < 3; s++) {
    const real *x = test_random_reals(n, scales[s]);
    const Moments m = moments_of(x, n);
    real *normal = test_copy(x, n), *y = test_reals(n), *ones = test_reals(n);
    for (size_t i = 0; i < n; i++) y[i] = 0, ones[i] = 1;
    ways[way].forward(y, normal, ones, n);
    for (size_t i = 0; i < n; i++) {
      check_near(y[i], (double)((x[i] - m.mean) * m.inverse), 100 * REAL_EPSILON, "y[%zu] at %g", i, scales[s]);
    }
  }
  test_end();
}

static void test_equal(int way, size_t n) {
  test_start("%s of %zu equal numbers: nothing is added", ways[way].name, n);
  real *x = test_reals(n), *y = test_random_reals(n, 1), *before = test_copy(y, n);
  for (size_t i = 0; i < n; i++) x[i] = (real)0.75;
  check_near(ways[way].forward(y, x, before, n), 1 / sqrt(LAYER_NORM_EPSILON), 1e-4, "inverse");
  for (size_t i = 0; i < n; i++) CHECK(x[i] == 0 && y[i] == before[i]);
  test_end();
}

static void test_backward(int way, size_t n) {
  test_start("the backward of %s, of %zu numbers", ways[way].name, n);
  const real *x = test_random_reals(n, 1), *dy = test_random_reals(n, 1), *weight = test_random_reals(n, 1);
  const Moments m = moments_of(x, n);
  long double mean = 0, slope = 0;
  for (size_t i = 0; i < n; i++) {
    const long double dnormal = (long double)dy[i] * weight[i];
    mean += dnormal / n;
    slope += dnormal * (x[i] - m.mean) * m.inverse / n;
  }
  real *dx = test_copy(x, n), *y = test_random_reals(n, 1), *dweight = test_random_reals(n, 1);
  const real *before = test_copy(dweight, n);
  const real inverse = ways[way].forward(y, dx, weight, n);
  ways[way].backward(dx, dweight, dy, weight, inverse, n);
  const double tolerance = (20 + (double)n / 16) * REAL_EPSILON * (double)m.inverse * (1 + (double)m.inverse);
  for (size_t i = 0; i < n; i++) {
    const long double normal = (x[i] - m.mean) * m.inverse;
    const long double expected = ((long double)dy[i] * weight[i] - mean - normal * slope) * m.inverse;
    check_near(dx[i], (double)expected, tolerance, "dx[%zu]", i);
    check_near(dweight[i], (double)(before[i] + dy[i] * normal), tolerance, "dweight[%zu]", i);
  }
  test_end();
}

static void test_nan(int way) {
  test_start("%s: a NaN makes all of a row NaN", ways[way].name);
  real x[7] = {1, 2, 3, 4, 5, (real)NAN, 7}, y[7] = {0};
  const real weight[7] = {1, 1, 1, 1, 1, 1, 1};
  CHECK(isnan(ways[way].forward(y, x, weight, 7)));
  for (int i = 0; i < 7; i++) CHECK(isnan(x[i]) && isnan(y[i]));
  test_end();
}

// One number lies as far from the others as it can.
static void test_outlier(size_t place) {
  test_start("layer_norm_onto of 768 numbers near 0 and one at 1000, number %zu", place);
  enum { N = 768 };
  real *x = test_random_reals(N, 1e-3), *y = test_random_reals(N, 1);
  const real *weight = test_random_reals(N, 1), *base = test_copy(y, N);
  x[place] = 1000;
  const Moments m = moments_of(x, N);
  real *normal = test_copy(x, N);
  const real inverse = layer_norm_onto(y, normal, base, weight, N);
  check_near(inverse, (double)m.inverse, N * REAL_EPSILON * (double)m.inverse, "inverse");
  for (size_t i = 0; i < N; i++) {
    const double expected = (double)((x[i] - m.mean) * m.inverse);
    check_near(normal[i], expected, N * REAL_EPSILON * (1 + fabs(expected)), "normal[%zu]", i);
  }
  test_end();
}

int main(void) {
  for (int way = 0; way < 2; way++) {
    for (int i = 0; i < SIZES; i++) {
      test_forward(way, sizes[i], 0);
      test_forward(way, sizes[i], 100);
      test_equal(way, sizes[i]);
      test_backward(way, sizes[i]);
    }
    for (size_t n = 2; n <= 9; n++) test_far(way, n);
    test_nan(way);
  }
  test_outlier(0);
  test_outlier(700);
  return test_exit();
}
