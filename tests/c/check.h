// check.h: the harness of the C tests. A program is tests one after another, and its lines are TAP:
//
//   test_start("name, size %zu", n);
//     CHECK(condition, "where: expected %g, got %g", expected, got);
//     check_near(got, expected, tolerance, "c[%zu]", i);
//   test_end();
//   ...
//   return test_exit();        the plan 1..N; 0 where every test held, else 1
//
// Memory taken with test_reals and test_tokens has exactly the asked size, so that AddressSanitizer sees any read or
// write past it, and is freed by test_end.
#ifndef LSTM_TESTS_CHECK_H
#define LSTM_TESTS_CHECK_H

#include <float.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/vec.h"

// The spacing of `real` at 1; one rounding is wrong by at most half of it.
#define REAL_EPSILON ((double)(REAL_IS_DOUBLE ? DBL_EPSILON : FLT_EPSILON))
// The smallest that is no denormal number.
#define REAL_LEAST ((double)(REAL_IS_DOUBLE ? DBL_MIN : FLT_MIN))

enum { TEST_MAX_BLOCKS = 4096, TEST_SHOWN_FAILURES = 5 };

static struct {
  int count, failed;  // tests
  bool running;
  char name[200];
  int failures;       // of the test that runs
  char details[TEST_SHOWN_FAILURES][300];
  void *blocks[TEST_MAX_BLOCKS];
  size_t block_count;
  uint64_t random;
} test;

static inline __attribute__((format(printf, 1, 2))) void test_start(const char *format, ...) {
  if (test.running) abort();
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(test.name, sizeof test.name, format, arguments);
  va_end(arguments);
  test.running = true;
  test.count++;
  test.failures = 0;
  test.random = 0x9e3779b97f4a7c15u;
  // So that a crash says where.
  printf("# %s\n", test.name);
  fflush(stdout);
}

static inline void test_end(void) {
  if (!test.running) abort();
  test.running = false;
  for (size_t i = 0; i < test.block_count; i++) free(test.blocks[i]);
  test.block_count = 0;
  printf("%s %d - %s\n", test.failures ? "not ok" : "ok", test.count, test.name);
  if (!test.failures) return;
  test.failed++;
  const int shown = test.failures < TEST_SHOWN_FAILURES ? test.failures : TEST_SHOWN_FAILURES;
  for (int i = 0; i < shown; i++) printf("  %s\n", test.details[i]);
  if (test.failures > shown) printf("  and %d failures more\n", test.failures - shown);
}

// A test that cannot be run in this build, and why.
static inline void test_skip(const char *name, const char *reason) {
  printf("ok %d - %s # SKIP %s\n", ++test.count, name, reason);
}

static inline int test_exit(void) {
  if (test.running) abort();
  printf("1..%d\n", test.count);
  return test.failed > 0 || test.count == 0;
}

static inline __attribute__((format(printf, 1, 0))) void test_fail(const char *format, va_list arguments) {
  if (!test.running) abort();
  if (test.failures < TEST_SHOWN_FAILURES) {
    vsnprintf(test.details[test.failures], sizeof test.details[0], format, arguments);
  }
  test.failures++;
}

static inline __attribute__((format(printf, 2, 3))) bool check(bool holds, const char *format, ...) {
  if (holds) return true;
  va_list arguments;
  va_start(arguments, format);
  test_fail(format, arguments);
  va_end(arguments);
  return false;
}

// Fails with the file, the line and the condition where no more is to be said.
#define CHECK(condition) check(condition, "%s:%d: expected %s", __FILE__, __LINE__, #condition)

// |got - expected| <= tolerance; a NaN is near nothing. The format says where.
static inline __attribute__((format(printf, 4, 5))) bool check_near(double got, double expected, double tolerance,
                                                                     const char *format, ...) {
  if (fabs(got - expected) <= tolerance || got == expected) return true;
  char where[120];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(where, sizeof where, format, arguments);
  va_end(arguments);
  return check(false, "%s: expected %.17g +- %.3g, got %.17g", where, expected, tolerance, got);
}

// Equal bit for bit, NaNs and signs of zero included.
static inline bool check_same(const void *got, const void *expected, size_t bytes, const char *what) {
  if (memcmp(got, expected, bytes) == 0) return true;
  size_t at = 0;
  while (((const unsigned char *)got)[at] == ((const unsigned char *)expected)[at]) at++;
  return check(false, "%s: expected the same %zu bytes, got another from byte %zu on", what, bytes, at);
}

static inline void *test_block(size_t bytes) {
  void *block = malloc(bytes ? bytes : 1);
  if (!block || test.block_count == TEST_MAX_BLOCKS || !test.running) abort();
  memset(block, 0xff, bytes ? bytes : 1);
  return test.blocks[test.block_count++] = block;
}

// n reals, all NaN.
static inline real *test_reals(size_t n) { return test_block(n * sizeof(real)); }

// Uniform in [-1, 1); each test draws the same sequence.
static inline double test_random(void) {
  test.random = test.random * 6364136223846793005u + 1442695040888963407u;
  return (double)(int64_t)(test.random >> 11) * 0x1p-52 - 1;
}

static inline void fill_random(real *values, size_t n, double bound) {
  for (size_t i = 0; i < n; i++) values[i] = (real)(bound * test_random());
}

// n reals in [-bound, bound).
static inline real *test_random_reals(size_t n, double bound) {
  real *values = test_reals(n);
  fill_random(values, n, bound);
  return values;
}

static inline size_t test_random_below(size_t n) { return (size_t)((test_random() + 1) / 2 * (double)n); }

// n whole numbers in [0, below).
static inline int32_t *test_tokens(size_t n, size_t below) {
  int32_t *tokens = test_block(n * sizeof *tokens);
  for (size_t i = 0; i < n; i++) tokens[i] = (int32_t)test_random_below(below);
  return tokens;
}

static inline real *test_copy(const real *values, size_t n) {
  real *copied = test_reals(n);
  memcpy(copied, values, n * sizeof(real));
  return copied;
}

#endif
