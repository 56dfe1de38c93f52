// activation_test.c: exp, sigmoid and tanh over the whole range of floats against the C library in long double;
// softmax, cross-entropy and its gradient against their definitions.
//
// Largest errors over every third float (2^31 / 3 magnitudes, both signs), measured when this was written, in units of
// the last place (of the true value, rounded) and absolute:
//
//            float                          asserted
//   exp      1.021 ULP   4.99e-8            1.25 ULP   6e-8      (x in [-87, 0])
//   sigmoid  2.402 ULP   8.93e-8            2.75 ULP   1e-7      (ULP for x >= -87)
//   tanh     2.498 ULP   1.49e-7            2.75 ULP   1.6e-7
#include "kernels/activation.h"

#include <float.h>

#include "c/check.h"

typedef struct {
  const char *name;
  void (*all)(real *y, const real *x, size_t n);
  long double (*exact)(long double x);
  double ulp, absolute;   // asserted
  real lowest, highest;   // where the function is asked
  real lowest_ulp;        // where ULP are asserted: where the result is no denormal float
} Function;

static long double sigmoid(long double x) { return 1 / (1 + expl(-x)); }

#if REAL_IS_DOUBLE
// In double, exp is 1 + expm1, whose error is absolute: half an epsilon of a number up to 1, and the sum's.
#define EXP_ULP INFINITY
static const Function functions[] = {
    {"exp", exp_all, expl, EXP_ULP, 2.3e-16, (real)-INFINITY, 0, 0},
    {"sigmoid", sigmoid_all, sigmoid, EXP_ULP, 3.4e-16, (real)-INFINITY, (real)INFINITY, 0},
    {"tanh", tanh_all, tanhl, 2.75, 3.4e-16, (real)-INFINITY, (real)INFINITY, (real)-INFINITY},
};
#else
static const Function functions[] = {
    {"exp", exp_all, expl, 1.25, 6e-8, (real)-INFINITY, 0, (real)EXP_LOWEST},
    {"sigmoid", sigmoid_all, sigmoid, 2.75, 1e-7, (real)-INFINITY, (real)INFINITY, (real)EXP_LOWEST},
    {"tanh", tanh_all, tanhl, 2.75, 1.6e-7, (real)-INFINITY, (real)INFINITY, (real)-INFINITY},
};
#endif
enum { FUNCTIONS = sizeof functions / sizeof functions[0] };

static double spacing(double x) {
  const real size = (real)fabs(x);
  return (double)(REAL_IS_DOUBLE ? nextafter(size, INFINITY) : nextafterf((float)size, INFINITY)) - (double)size;
}

// The float with these bits: whole numbers in order are floats in order of magnitude.
static float float_of(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

typedef struct {
  double ulp, absolute;
  real ulp_at, absolute_at;
} Worst;

static void measure(Worst *worst, const Function *f, const real *x, size_t n) {
  real y[64];
  f->all(y, x, n);
  for (size_t i = 0; i < n; i++) {
    const long double exact = f->exact(x[i]);
    const double error = (double)fabsl(y[i] - exact), ulp = error / spacing((double)exact);
    check(fabs(y[i]) <= 1, "%s(%.9g): expected at most 1, got %.9g", f->name, (double)x[i], (double)y[i]);
    if (!(error <= worst->absolute)) worst->absolute = error, worst->absolute_at = x[i];
    if (x[i] >= f->lowest_ulp && !(ulp <= worst->ulp)) worst->ulp = ulp, worst->ulp_at = x[i];
  }
}

static void report(const Worst *worst, const Function *f) {
  printf("# %s: %.3f ULP at %.9g, %.3g absolute at %.9g\n", f->name, worst->ulp, (double)worst->ulp_at, worst->absolute,
         (double)worst->absolute_at);
  check_near(worst->ulp, 0, f->ulp, "error in ULP, at x = %.9g", (double)worst->ulp_at);
  check_near(worst->absolute, 0, f->absolute, "absolute error, at x = %.9g", (double)worst->absolute_at);
}

// Magnitudes from 0 over the denormal numbers to the largest, and a dense line where the functions bend.
static void test_sweep(const Function *f) {
  test_start("%s over the whole range", f->name);
  enum { STRIDE = 4001, GROUP = 64 };
  Worst worst = {0};
  real x[GROUP];
  size_t n = 0;
  for (uint32_t bits = 0; bits < 0x7f800000u; bits += STRIDE) {
    for (int sign = -1; sign <= 1; sign += 2) {
      const real value = (real)sign * (real)float_of(bits);
      if (value < f->lowest || value > f->highest) continue;
      x[n++] = value;
      if (n == GROUP) measure(&worst, f, x, n), n = 0;
    }
  }
  for (real value = -20; value <= 20; value += (real)0x1.3p-12) {
    if (value < f->lowest || value > f->highest) continue;
    x[n++] = value;
    if (n == GROUP) measure(&worst, f, x, n), n = 0;
  }
  measure(&worst, f, x, n);
  report(&worst, f);
  test_end();
}

static real apply(const Function *f, real x) {
  real y;
  f->all(&y, &x, 1);
  return y;
}

static void test_specials(void) {
  const Function *e = &functions[0], *s = &functions[1], *t = &functions[2];
  const real zero = 0, minus_zero = (real)-0.0, infinity = (real)INFINITY;
  test_start("exp, sigmoid and tanh at zeros, infinities, the ends of the range and NaN");
  CHECK(apply(e, zero) == 1 && apply(e, minus_zero) == 1);
  CHECK(apply(s, zero) == (real)0.5 && apply(s, minus_zero) == (real)0.5);
  CHECK(apply(t, zero) == 0 && !signbit(apply(t, zero)));
  CHECK(apply(t, minus_zero) == 0 && signbit(apply(t, minus_zero)));
  CHECK(apply(s, infinity) == 1 && apply(s, (real)FLT_MAX) == 1);
  CHECK(apply(t, infinity) == 1 && apply(t, (real)FLT_MAX) == 1);
  CHECK(apply(t, -infinity) == -1 && apply(t, (real)-FLT_MAX) == -1);
  // Below its lowest argument exp stays where it is: above 0, and so small that nobody sees it.
  const real lowest[] = {-infinity, (real)-FLT_MAX, -1000, -88};
  for (int i = 0; i < 4; i++) {
    const double tiny = apply(e, lowest[i]), small = apply(s, lowest[i]);
    check(tiny >= 0 && tiny < 1.7e-38, "exp(%g): expected about 0, got %g", (double)lowest[i], tiny);
    check(small >= 0 && small < 1.7e-38, "sigmoid(%g): expected about 0, got %g", (double)lowest[i], small);
  }
  for (int i = 0; i < FUNCTIONS; i++) {
    CHECK(isnan(apply(&functions[i], (real)NAN)));
    CHECK(isnan(apply(&functions[i], (real)-NAN)));
  }
  // A NaN stays in its lane.
  real x[VEC_LANES + 1] = {-1, (real)NAN, -2, -3, (real)NAN}, y[VEC_LANES + 1];
  for (int i = 0; i < FUNCTIONS; i++) {
    functions[i].all(y, x, VEC_LANES + 1);
    CHECK(isnan(y[1]) && isnan(y[4]) && isfinite(y[0]) && isfinite(y[2]) && isfinite(y[3]));
  }
  test_end();
}

static void test_symmetry(void) {
  test_start("tanh is odd, bit for bit; sigmoid(-x) = 1 - sigmoid(x)");
  double worst = 0;
  for (uint32_t bits = 0; bits < 0x7f800000u; bits += 100003) {
    const real x = (real)float_of(bits);
    const real up = apply(&functions[2], x), down = apply(&functions[2], -x);
    check(up == -down && signbit(down) && !signbit(up), "tanh(+-%.9g): got %.9g and %.9g", (double)x, (double)up,
          (double)down);
    const double sum = (double)apply(&functions[1], x) + (double)apply(&functions[1], -x);
    if (fabs(sum - 1) > worst) worst = fabs(sum - 1);
  }
  // Both have the same e^-|x| and divisor: a rounding of that divisor, and of each quotient.
  check_near(worst, 0, REAL_EPSILON, "sigmoid(x) + sigmoid(-x) - 1");
  test_end();
}

static void test_sizes(const Function *f) {
  test_start("%s_all of 0 to 13 elements, beside and in place", f->name);
  for (size_t n = 0; n <= 13; n++) {
    real *x = test_reals(n), *y = test_reals(n);
    for (size_t i = 0; i < n; i++) x[i] = (real)(4 * test_random() - 4);
    f->all(y, x, n);
    for (size_t i = 0; i < n; i++) {
      const real alone = apply(f, x[i]);
      check(alone == y[i], "n = %zu, element %zu: expected %.9g, got %.9g", n, i, (double)alone, (double)y[i]);
    }
    f->all(x, x, n);
    check_same(x, y, n * sizeof(real), "in place");
  }
  test_end();
}

// p against exp(scale (z - largest)) / sum. Each exponent is rounded twice, which its size multiplies; exp, the sum of n
// and the division add a few roundings. In double, exp's error is absolute; in float, below e^-87 it stays.
static void check_softmax(const real *z, real scale, size_t n, const char *name) {
  real *p = test_reals(n), *in_place = test_copy(z, n);
  const LogSum sums = softmax(p, z, scale, n), again = softmax(in_place, in_place, scale, n);
  const double log_sum = sums.largest + sums.rest;
  check(again.largest == sums.largest && again.rest == sums.rest, "%s: another result in place", name);
  check_same(in_place, p, n * sizeof(real), "in place");
  long double largest = z[0], sum = 0;
  double total = 0;
  for (size_t k = 0; k < n; k++) largest = z[k] > largest ? z[k] : largest;
  for (size_t k = 0; k < n; k++) sum += expl(scale * (z[k] - largest));
  for (size_t k = 0; k < n; k++) {
    const long double exponent = scale * (z[k] - largest), expected = expl(exponent) / sum;
    const double relative = (double)(3 + n + fabsl(exponent)) * REAL_EPSILON;
    check_near(p[k], (double)expected, relative * (double)expected + (REAL_IS_DOUBLE ? 3e-16 : 1.7e-38), "%s: p[%zu]",
               name, k);
    total += p[k];
  }
  check_near(total, 1, (double)(n + 2) * REAL_EPSILON, "%s: sum of p", name);
  for (size_t k = 0; k < n; k++) {
    const long double expected = scale * (z[k] - largest) - logl(sum), lost = fminl(fabsl(scale * largest), 1 << 20);
    check_near(log_p((double)scale * (double)z[k], sums), (double)expected,
               (double)(n + 2) * REAL_EPSILON + (double)(1e-15L * (fabsl(expected) + lost)), "%s: log p[%zu]", name, k);
  }
  const double exact = (double)(scale * largest + logl(sum));
  check_near(log_sum, exact, (double)(n + 2) * REAL_EPSILON + REAL_EPSILON * fabs((double)(scale * largest)),
             "%s: log of the sum", name);
}

static void test_softmax(void) {
  test_start("softmax of 1 to 40 random logits, at three scales");
  for (size_t n = 1; n <= 40; n++) {
    const real *z = test_random_reals(n, 6);
    check_softmax(z, 1, n, "scale 1");
    check_softmax(z, (real)0.25, n, "scale 1/4");
    check_softmax(z, 20, n, "scale 20");
  }
  test_end();

  test_start("softmax of equal, huge and far logits");
  const real equal[] = {3, 3, 3, 3, 3, 3, 3}, huge[] = {(real)FLT_MAX, (real)-FLT_MAX, (real)FLT_MAX, 0, 1};
  const real far[] = {0, -50, -86, -87, -88, -100, -1000, (real)-1e30}, low[] = {-1e30f, -1e30f, -2e30f};
  check_softmax(equal, 1, 7, "equal");
  check_softmax(huge, 1, 5, "huge");
  check_softmax(far, 1, 8, "far");
  check_softmax(low, 1, 3, "all far below zero");
  const real alike[] = {1e30f, 1e30f, 0, 1e30f, -1e30f}, large[] = {(real)0x1p20, (real)0x1p20, (real)(0x1p20 - 1)};
  const real lows[] = {(real)-0x1p40, (real)-FLT_MAX, (real)-0x1p40}, ends[] = {(real)-FLT_MAX, (real)-FLT_MAX};
  check_softmax(alike, 1, 5, "the largest alike");
  check_softmax(large, 1, 3, "at 2^20");
  check_softmax(lows, 1, 3, "far below zero, and lower");
  check_softmax(ends, 1, 2, "all the least");
  test_end();

  test_start("softmax with a NaN is NaN everywhere");
  real z[] = {0, 1, (real)NAN, 2, 3}, p[5];
  CHECK(isnan(softmax(p, z, 1, 5).rest));
  for (int k = 0; k < 5; k++) CHECK(isnan(p[k]));
  // Also as the first, which the search for the largest starts from.
  z[0] = (real)NAN;
  CHECK(isnan(softmax(p, z, 1, 5).rest));
  test_end();
}

static void check_cross_entropy(size_t rows, size_t n, double size) {
  const real *logits = test_random_reals(rows * n, size);
  real *z = test_copy(logits, rows * n);
  const int32_t *targets = test_tokens(rows, n);
  const double loss = softmax_cross_entropy(z, targets, (real)1 / (real)rows, rows, n);
  long double expected = 0;
  for (size_t row = 0; row < rows; row++) {
    long double sum = 0;
    for (size_t k = 0; k < n; k++) sum += expl(logits[row * n + k]);
    expected += logl(sum) - logits[row * n + (size_t)targets[row]];
    for (size_t k = 0; k < n; k++) {
      const long double p = expl(logits[row * n + k]) / sum;
      const long double gradient = (p - (k == (size_t)targets[row])) / rows;
      check_near(z[row * n + k], (double)gradient, (double)(n + 4 + 2 * size) * REAL_EPSILON * (double)p / (double)rows +
                 2 * REAL_EPSILON * (double)fabsl(gradient) + 3e-16, "(%zu, %zu) gradient[%zu][%zu]", rows, n, row, k);
    }
  }
  check_near(loss, (double)expected, (double)rows * ((double)n + 2 + size) * REAL_EPSILON, "(%zu, %zu) loss", rows, n);
}

static void test_cross_entropy(void) {
  test_start("softmax_cross_entropy: loss and gradient of 1 to 9 rows of 1 to 33 logits");
  for (size_t rows = 1; rows <= 9; rows += 2) {
    for (size_t n = 1; n <= 33; n += 4) check_cross_entropy(rows, n, 5);
  }
  test_end();

  test_start("softmax_cross_entropy: the loss of an improbable target is large and finite, its gradient -1");
  real z[] = {0, 1000, 0};
  const int32_t target = 2;
  check_near(softmax_cross_entropy(z, &target, 1, 1, 3), 1000, 1e-4, "loss");
  check_near(z[2], -1, 1e-7, "gradient of the target");
  check_near(z[1], 1, 1e-7, "gradient of the largest");
  real alike[] = {1e30f, 1e30f, 0, 1e30f, 1e30f};
  const int32_t first = 0;
  check_near(softmax_cross_entropy(alike, &first, 1, 1, 5), log(4), 1e-7, "loss of one of four logits of 1e30");
  check_near(alike[0], -0.75, 1e-7, "its gradient");
  test_end();
}

static void test_double(void) {
  test_start("natural_exp and natural_log: within 2 ULP of the C library in long double");
  check_near(natural_exp(0), 1, 0, "e^0");
  check_near(natural_log(1), 0, 0, "ln 1");
  check_near(natural_exp(-INFINITY), 0, 0, "e^-infinity");
  check_near(natural_exp(-709), 0, 0, "e^-709");
  CHECK(isnan(natural_exp(NAN)) && isnan(natural_log(NAN)));
  for (int i = 0; i < 200000; i++) {
    const double x = -708.0 * i / 200000 * (i % 3 ? 1 : 1e-3 * (i % 7)), y = natural_exp(x);
    const double exact = (double)expl((long double)x);
    check_near(y, exact, 2 * DBL_EPSILON * exact, "e^%.17g", x);
    check_near(natural_log(y), (double)logl((long double)y), 2 * DBL_EPSILON * fmax(1, fabs(x)), "ln %.17g", y);
  }
  test_end();
}

int main(void) {
  test_double();
  for (int i = 0; i < FUNCTIONS; i++) test_sweep(&functions[i]);
  test_specials();
  test_symmetry();
  for (int i = 0; i < FUNCTIONS; i++) test_sizes(&functions[i]);
  test_softmax();
  test_cross_entropy();
  return test_exit();
}
