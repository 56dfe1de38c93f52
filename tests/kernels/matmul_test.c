// matmul_test.c: every product against a naive triple loop, at sizes around the lane count (4), the tile (4 rows, 8
// columns, 32 for a single row) and the blocks (512 of K, 64 rows, 128 of the transposed product). All arrays have
// exactly the size that the header asks for, so that AddressSanitizer sees a step too far.
#include "kernels/matmul.h"

#include "c/check.h"

static const size_t m_sizes[] = {1, 2, 3, 4, 5, 7, 8, 64, 65, 131};
static const size_t k_sizes[] = {1, 3, 4, 5, 8, 9, 511, 512, 513, 1100};
static const size_t n_sizes[] = {1, 3, 4, 7, 8, 9, 31, 32, 33, 40};
enum { SIZES = 10 };

// The largest of K (the sum) times 64 or more rows times 31 or more columns is checked once, not in each combination.
static bool is_too_much(size_t m, size_t k, size_t n) { return m >= 64 && k >= 511 && n >= 31 && (m + k + n) % 3; }

// sum of a[i * a_stride] b[i * b_stride], and the sum of the absolute products.
static long double dot(long double *size, const real *a, size_t a_stride, const real *b, size_t b_stride, size_t k) {
  long double sum = 0;
  *size = 0;
  for (size_t i = 0; i < k; i++) {
    const long double product = (long double)a[i * a_stride] * b[i * b_stride];
    sum += product;
    *size += product < 0 ? -product : product;
  }
  return sum;
}

// K products and K additions in any order, and one addition a block: each term goes through at most K + 8 roundings of
// half an epsilon.
static double bound(size_t k, long double size) { return (double)(k + 8) * REAL_EPSILON / 2 * (double)size; }

static void check_pack(size_t k, size_t n, bool transposed) {
  const size_t row_stride = transposed ? 1 : n, column_stride = transposed ? k : 1;
  const real *b = test_random_reals(k * n, 1);
  const size_t panels = (n + PANEL - 1) / PANEL, size = (size_t)matmul_packed_size(k, n);
  const size_t expected = k * panels * PANEL + 64 * (k < 512 ? k : 512);
  check(size == expected, "expected %zu packed reals, got %zu", expected, size);
  real *packed = test_reals(size);
  matmul_pack(packed, b, row_stride, column_stride, k, n);
  for (size_t panel = 0; panel < panels; panel++) {
    for (size_t row = 0; row < k; row++) {
      for (size_t column = 0; column < PANEL; column++) {
        const size_t from = panel * PANEL + column;
        check_near(packed[(panel * k + row) * PANEL + column],
                   from < n ? b[row * row_stride + from * column_stride] : 0, 0, "(%zu, %zu) B[%zu][%zu]", k, n, row, from);
      }
    }
  }
}

static void check_matmul(size_t m, size_t k, size_t n) {
  real *a = test_random_reals(m * k, 1), *b = test_random_reals(k * n, 1), *before = test_random_reals(m * n, 1);
  real *packed = test_reals((size_t)matmul_packed_size(k, n));
  real *set = test_reals(m * n), *added = test_copy(before, m * n);
  matmul_pack(packed, b, n, 1, k, n);
  matmul(set, MATMUL_SET, a, packed, m, k, n);
  matmul(added, MATMUL_ADD, a, packed, m, k, n);
  for (size_t i = 0; i < m; i++) {
    for (size_t j = 0; j < n; j++) {
      long double size;
      const long double sum = dot(&size, a + i * k, 1, b + j, n, k);
      const size_t at = i * n + j;
      check_near(set[at], (double)sum, bound(k, size), "SET (%zu, %zu, %zu) C[%zu][%zu]", m, k, n, i, j);
      check_near(added[at], (double)(sum + before[at]), bound(k, size + fabsl(before[at])),
                 "ADD (%zu, %zu, %zu) C[%zu][%zu]", m, k, n, i, j);
    }
  }
}

static void check_transposed(size_t m, size_t k, size_t n) {
  real *a = test_random_reals(k * m, 1), *b = test_random_reals(k * n, 1), *c = test_reals(m * n);
  real *scratch = test_reals((size_t)matmul_transposed_scratch(m, n));
  matmul_transposed(c, a, b, scratch, m, k, n);
  for (size_t i = 0; i < m; i++) {
    for (size_t j = 0; j < n; j++) {
      long double size;
      const long double sum = dot(&size, a + i, m, b + j, n, k);
      check_near(c[i * n + j], (double)sum, bound(k, size), "(%zu, %zu, %zu) C[%zu][%zu]", m, k, n, i, j);
    }
  }
}

static void check_matvec(size_t m, size_t k) {
  real *w = test_random_reals(m * k, 1), *x = test_random_reals(k, 1), *before = test_random_reals(m, 1);
  real *y = test_copy(before, m);
  matvec_add(y, w, x, m, k);
  for (size_t i = 0; i < m; i++) {
    long double size;
    const long double sum = dot(&size, w + i * k, 1, x, 1, k);
    check_near(y[i], (double)(sum + before[i]), bound(k, size + fabsl(before[i])), "(%zu, %zu) y[%zu]", m, k, i);
  }
}

// A row's numbers do not depend on how many rows there are: batches give what single sequences give, bit for bit.
static void test_rows_alone(size_t k, size_t n) {
  test_start("matmul: each of 65 rows equals the same row alone, K = %zu, N = %zu", k, n);
  const size_t m = 65;
  real *a = test_random_reals(m * k, 1), *b = test_random_reals(k * n, 1);
  real *packed = test_reals((size_t)matmul_packed_size(k, n)), *c = test_reals(m * n), *row = test_reals(n);
  matmul_pack(packed, b, n, 1, k, n);
  matmul(c, MATMUL_SET, a, packed, m, k, n);
  for (size_t i = 0; i < m; i++) {
    matmul(row, MATMUL_SET, a + i * k, packed, 1, k, n);
    check_same(row, c + i * n, n * sizeof(real), "row");
  }
  test_end();
}

int main(void) {
  for (int k = 0; k < SIZES; k++) {
    test_start("matmul_pack, K = %zu, every N, as it is and transposed", k_sizes[k]);
    for (int n = 0; n < SIZES; n++) {
      check_pack(k_sizes[k], n_sizes[n], false);
      check_pack(k_sizes[k], n_sizes[n], true);
    }
    test_end();
    for (int m = 0; m < SIZES; m++) {
      test_start("matmul, K = %zu, M = %zu, every N, set and add", k_sizes[k], m_sizes[m]);
      for (int n = 0; n < SIZES; n++) {
        if (!is_too_much(m_sizes[m], k_sizes[k], n_sizes[n])) check_matmul(m_sizes[m], k_sizes[k], n_sizes[n]);
      }
      test_end();
      test_start("matmul_transposed, K = %zu, M = %zu, every N", k_sizes[k], m_sizes[m]);
      for (int n = 0; n < SIZES; n++) {
        if (!is_too_much(m_sizes[m], k_sizes[k], n_sizes[n])) check_transposed(m_sizes[m], k_sizes[k], n_sizes[n]);
      }
      test_end();
    }
    test_start("matvec_add, K = %zu, every M", k_sizes[k]);
    for (int m = 0; m < SIZES; m++) check_matvec(m_sizes[m], k_sizes[k]);
    test_end();
  }
  test_rows_alone(513, 33);
  test_rows_alone(1100, 40);
  return test_exit();
}
