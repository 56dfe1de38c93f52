// int8_test.c: rounding to 8 bits a weight, and products with rounded matrices, against naive doubles.
#include "kernels/int8.h"

#include "c/check.h"

static double largest_of(const real *w, size_t k) {
  double largest = 0;
  for (size_t i = 0; i < k; i++) largest = fabs((double)w[i]) > largest ? fabs((double)w[i]) : largest;
  return largest;
}

static void test_scale(void) {
  test_start("int8_scale: 1/127 of the largest, up by at most 2^-15, with 16 significant bits; 0 for next to nothing");
  for (float largest = 1e-29f; largest < 1e30f; largest *= 1.37f) {
    const float scale = int8_scale(largest);
    const double exact = (double)largest / 127;
    check(scale >= exact * (1 - 1e-7) && scale <= exact * (1 + 0x1p-15), "of %g: expected about %g, got %g",
          (double)largest, exact, (double)scale);
    uint32_t bits;
    memcpy(&bits, &scale, sizeof bits);
    CHECK((bits & 0xff) == 0);
    check(int8_scale(127 * scale) == scale, "of 127 * %a: expected the same, got %a", (double)scale,
          (double)int8_scale(127 * scale));
  }
  CHECK(int8_scale(0) == 0 && int8_scale(1e-31f) == 0);
  test_end();
}

static void test_round(void) {
  test_start("int8_round: to the nearest multiple of the row's scale; again changes nothing; by columns the same");
  enum { M = 5, K = 37 };
  real *w = test_random_reals(M * K, 3);
  for (size_t i = 0; i < K; i++) w[2 * K + i] = 0;
  real *rounded = test_copy(w, M * K), *columns = test_reals(M * K);
  for (size_t m = 0; m < M; m++) {
    for (size_t k = 0; k < K; k++) columns[k * M + m] = w[m * K + k];
  }
  int8_round(rounded, K, 1, M, K);
  int8_round(columns, 1, M, M, K);
  for (size_t m = 0; m < M; m++) {
    const double scale = (double)int8_scale((float)largest_of(w + m * K, K));
    for (size_t k = 0; k < K; k++) {
      const double value = (double)rounded[m * K + k], steps = scale == 0 ? 0 : value / scale;
      check_near(value, (double)w[m * K + k], scale * 0.50001, "row %zu, column %zu", m, k);
      check(steps == nearbyint(steps) && fabs(steps) <= 127, "row %zu, column %zu: %g steps", m, k, steps);
      CHECK(columns[k * M + m] == rounded[m * K + k]);
    }
  }
  real *again = test_copy(rounded, M * K);
  int8_round(again, K, 1, M, K);
  check_same(again, rounded, M * K * sizeof(real), "rounded twice");
  test_end();
}

static Int8Matrix packed_matrix(const real *w, size_t m, size_t k) {
  const size_t length = int8_row_length(k);
  const Int8Matrix packed = {.q = test_block(m * length),
                             .scale = test_reals(m),
                             .sum = test_block(m * sizeof(int32_t)),
                             .x = test_block(length * sizeof(dot_input))};
  Int8Matrix filled = packed;
  int8_pack(&filled, w, NULL, m, k);
  return filled;
}

// x is rounded to DOT_INPUT_MAX steps, so each product is off by at most half a step of x; the sums are exact.
static void check_product(size_t m, size_t k, double x_bound) {
  real *w = test_random_reals(m * k, 2);
  int8_round(w, k, 1, m, k);
  Int8Matrix packed = packed_matrix(w, m, k);
  const real *x = test_random_reals(k, x_bound);
  real *y = test_random_reals(m, 1), *before = test_copy(y, m);
  int8_matvec_add(y, &packed, x, m, k);
  const double step = largest_of(x, k) / DOT_INPUT_MAX;
  for (size_t row = 0; row < m; row++) {
    double near = (double)before[row], exact = near, size = 1;
    for (size_t i = 0; i < k; i++) {
      const double weight = (double)w[row * k + i];
      exact += weight * (double)x[i];
      near += weight * (step == 0 ? 0 : nearbyint((double)x[i] / step) * step);
      size += fabs(weight);
    }
    check_near((double)y[row], exact, size * step * 0.51 + size * 1e-5, "(%zu, %zu) row %zu, exact", m, k, row);
    // One input may lie between two steps and be rounded the other way.
    check_near((double)y[row], near, 2.1 * step + size * (step + 1) * 1e-5, "(%zu, %zu) row %zu, rounded", m, k, row);
  }
}

static void test_products(void) {
  static const size_t m_sizes[] = {1, 5, 6, 7, 13}, k_sizes[] = {1, 2, 15, 16, 17, 31, 32, 33, 100, 512};
  test_start("int8_matvec_add at sizes around 6 rows and 16 columns, small and large inputs");
  for (size_t i = 0; i < 5; i++) {
    for (size_t j = 0; j < 10; j++) {
      check_product(m_sizes[i], k_sizes[j], 1);
      check_product(m_sizes[i], k_sizes[j], 1e3);
    }
  }
  test_end();

  test_start("int8_matvec_add of all weights and inputs at their ends, and as long as it may be");
  enum { K = INT8_MAX_COLUMNS };
  real *w = test_reals(K), *x = test_reals(K), y = 0;
  for (int sign = -1; sign <= 1; sign += 2) {
    for (size_t i = 0; i < K; i++) w[i] = 1, x[i] = (real)sign;
    int8_round(w, K, 1, 1, K);
    Int8Matrix packed = packed_matrix(w, 1, K);
    y = 0;
    int8_matvec_add(&y, &packed, x, 1, K);
    check_near((double)y, sign * (double)K, K * 1e-4, "sign %d", sign);
  }
  test_end();

  test_start("int8_matvec_add of zeros, and of inputs next to nothing, adds nothing");
  const real *some = test_random_reals(3 * 20, 1);
  real *tiny = test_reals(20);
  for (int i = 0; i < 20; i++) tiny[i] = (real)1e-36;
  for (int zero = 0; zero <= 1; zero++) {
    real *rounded = test_copy(some, 60), sum[3] = {1, 2, 3};
    int8_round(rounded, 20, 1, 3, 20);
    Int8Matrix packed = packed_matrix(rounded, 3, 20);
    if (zero) memset(tiny, 0, 20 * sizeof(real));
    int8_matvec_add(sum, &packed, tiny, 3, 20);
    CHECK(sum[0] == 1 && sum[1] == 2 && sum[2] == 3);
  }
  test_end();
}

// As the product of floats: a number that is not one, or infinite, in the input or in a row gives none.
static void test_not_finite(void) {
  static const double bad[] = {NAN, INFINITY, -INFINITY};
  enum { M = 8 };
  for (size_t k = 1; k <= 40; k += 3) {
    test_start("int8_matvec_add of what is not finite, K = %zu", k);
    for (int b = 0; b < 3; b++) {
      real *w = test_random_reals(M * k, 2);
      const real *good = test_copy(w, M * k);
      const size_t at = test_random_below(k), bad_row = test_random_below(M);
      real *x = test_random_reals(k, 1), *y = test_random_reals(M, 1);
      int8_round(w, k, 1, M, k);
      Int8Matrix packed = packed_matrix(w, M, k);
      x[at] = (real)bad[b];
      int8_matvec_add(y, &packed, x, M, k);
      for (size_t row = 0; row < M; row++) check(!isfinite(y[row]), "input %g, row %zu: got %g", bad[b], row, (double)y[row]);

      memcpy(w, good, M * k * sizeof(real));
      w[bad_row * k + at] = (real)bad[b];
      const real *row_before = test_copy(w + bad_row * k, k);
      int8_round(w, k, 1, M, k);
      check_same(w + bad_row * k, row_before, k * sizeof(real), "the row that is not finite");
      packed = packed_matrix(w, M, k);
      x[at] = (real)0.5;
      fill_random(y, M, 1);
      int8_matvec_add(y, &packed, x, M, k);
      for (size_t row = 0; row < M; row++) {
        check(isfinite(y[row]) == (row != bad_row), "weight %g, row %zu: got %g", bad[b], row, (double)y[row]);
      }
    }
    test_end();
  }
  test_start("int8_scale of what is not finite is not finite");
  CHECK(isnan(int8_scale(NAN)) && isinf(int8_scale(INFINITY)));
  test_end();
}

int main(void) {
  test_scale();
  test_round();
  test_products();
  test_not_finite();
  return test_exit();
}
