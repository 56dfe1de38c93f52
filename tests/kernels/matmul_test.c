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
  const size_t expected = k * panels * PANEL;
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

// How much wider than they need be the rows of A, B and C are: products read and write parts of wider rows.
static const size_t gaps[][3] = {{0, 0, 0}, {3, 2, 1}};
enum { GAPS = 2 };

// What lies between the parts of C's rows stays as it is.
static void check_between(const real *c, const real *before, size_t m, size_t n, size_t stride) {
  for (size_t i = 0; i + 1 < m; i++) {
    for (size_t j = n; j < stride; j++) check_near(c[i * stride + j], before[i * stride + j], 0, "between rows");
  }
}

// All of a matrix of m rows of n that lie `stride` apart, and nothing behind it.
static size_t extent(size_t m, size_t n, size_t stride) { return (m - 1) * stride + n; }

static void check_matmul(size_t m, size_t k, size_t n, const size_t *gap) {
  const size_t a_row = k + gap[0], b_row = n + gap[1], c_row = n + gap[2], c_size = extent(m, n, c_row);
  real *a = test_random_reals(extent(m, k, a_row), 1), *b = test_random_reals(extent(k, n, b_row), 1);
  real *before = test_random_reals(c_size, 1), *set = test_copy(before, c_size), *added = test_copy(before, c_size);
  real *packed = test_reals((size_t)matmul_packed_size(k, n)), *workspace = test_reals((size_t)matmul_workspace(k));
  matmul_pack(packed, b, b_row, 1, k, n);
  real *packed_before = test_copy(packed, (size_t)matmul_packed_size(k, n));
  matmul((RowsOut){set, c_row}, MATMUL_SET, (Rows){a, a_row}, packed, workspace, m, k, n);
  matmul((RowsOut){added, c_row}, MATMUL_ADD, (Rows){a, a_row}, packed, workspace, m, k, n);
  check_same(packed, packed_before, (size_t)matmul_packed_size(k, n) * sizeof(real), "packed");
  for (size_t i = 0; i < m; i++) {
    for (size_t j = 0; j < n; j++) {
      long double size;
      const long double sum = dot(&size, a + i * a_row, 1, b + j, b_row, k);
      const size_t at = i * c_row + j;
      check_near(set[at], (double)sum, bound(k, size), "SET (%zu, %zu, %zu) C[%zu][%zu]", m, k, n, i, j);
      check_near(added[at], (double)(sum + before[at]), bound(k, size + fabsl(before[at])),
                 "ADD (%zu, %zu, %zu) C[%zu][%zu]", m, k, n, i, j);
    }
  }
  check_between(set, before, m, n, c_row);
  check_between(added, before, m, n, c_row);
}

static void check_transposed(size_t m, size_t k, size_t n, const size_t *gap) {
  const size_t a_row = m + gap[0], b_row = n + gap[1], c_row = n + gap[2], c_size = extent(m, n, c_row);
  real *a = test_random_reals(extent(k, m, a_row), 1), *b = test_random_reals(extent(k, n, b_row), 1);
  real *before = test_random_reals(c_size, 1), *c = test_copy(before, c_size), *added = test_copy(before, c_size);
  real *workspace = test_reals((size_t)matmul_transposed_workspace(m, n));
  matmul_transposed((RowsOut){c, c_row}, MATMUL_SET, (Rows){a, a_row}, (Rows){b, b_row}, workspace, m, k, n);
  matmul_transposed((RowsOut){added, c_row}, MATMUL_ADD, (Rows){a, a_row}, (Rows){b, b_row}, workspace, m, k, n);
  for (size_t i = 0; i < m; i++) {
    for (size_t j = 0; j < n; j++) {
      long double size;
      const long double sum = dot(&size, a + i, a_row, b + j, b_row, k);
      const size_t at = i * c_row + j;
      check_near(c[at], (double)sum, bound(k, size), "(%zu, %zu, %zu) C[%zu][%zu]", m, k, n, i, j);
      check_near(added[at], (double)(sum + before[at]), bound(k, size + fabsl(before[at])),
                 "ADD (%zu, %zu, %zu) C[%zu][%zu]", m, k, n, i, j);
    }
  }
  check_between(c, before, m, n, c_row);
  check_between(added, before, m, n, c_row);
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
  real *packed = test_reals((size_t)matmul_packed_size(k, n)), *workspace = test_reals((size_t)matmul_workspace(k));
  real *c = test_reals(m * n), *row = test_reals(n);
  matmul_pack(packed, b, n, 1, k, n);
  matmul((RowsOut){c, n}, MATMUL_SET, (Rows){a, k}, packed, workspace, m, k, n);
  for (size_t i = 0; i < m; i++) {
    matmul((RowsOut){row, n}, MATMUL_SET, (Rows){a + i * k, k}, packed, workspace, 1, k, n);
    check_same(row, c + i * n, n * sizeof(real), "row");
  }
  test_end();
}

// matvec_add_in_order adds up as matmul does, whole rows or parts of wider ones.
static void check_in_order(size_t m, size_t k) {
  const size_t stride = k + 3;
  real *w = test_random_reals(extent(m, k, stride), 1), *x = test_random_reals(k, 1), *y = test_random_reals(m, 1);
  real *expected = test_copy(y, m), *workspace = test_reals((size_t)matmul_workspace(k));
  real *packed = test_reals((size_t)matmul_packed_size(k, m));
  matmul_pack(packed, w, 1, stride, k, m);
  matmul((RowsOut){expected, m}, MATMUL_ADD, (Rows){x, k}, packed, workspace, 1, k, m);
  matvec_add_in_order(y, w, stride, x, m, k);
  check_same(y, expected, m * sizeof(real), "y");
}

// A sum of no terms is 0: SET leaves zeros, ADD what is there; neither touches what lies between the rows.
static void check_no_terms(size_t m, size_t n) {
  enum { GAP = 2 };
  const size_t c_row = n + GAP, c_size = extent(m, n, c_row);
  real *before = test_random_reals(c_size, 1), none[1] = {0};
  for (int transposed = 0; transposed < 2; transposed++) {
    real *set = test_copy(before, c_size), *added = test_copy(before, c_size);
    real *workspace = test_reals((size_t)matmul_transposed_workspace(m, n));
    if (transposed) {
      matmul_transposed((RowsOut){set, c_row}, MATMUL_SET, (Rows){none, m}, (Rows){none, n}, workspace, m, 0, n);
      matmul_transposed((RowsOut){added, c_row}, MATMUL_ADD, (Rows){none, m}, (Rows){none, n}, workspace, m, 0, n);
    } else {
      matmul((RowsOut){set, c_row}, MATMUL_SET, (Rows){none, 0}, none, workspace, m, 0, n);
      matmul((RowsOut){added, c_row}, MATMUL_ADD, (Rows){none, 0}, none, workspace, m, 0, n);
    }
    check_same(added, before, c_size * sizeof(real), "ADD of no terms");
    check_between(set, before, m, n, c_row);
    for (size_t i = 0; i < m * n; i++) check_near(set[i / n * c_row + i % n], 0, 0, "SET of no terms");
  }
}

int main(void) {
  test_start("sums of no terms");
  check_no_terms(1, 3);
  check_no_terms(5, 9);
  test_end();
  for (int k = 0; k < SIZES; k++) {
    test_start("matmul_pack, K = %zu, every N, as it is and transposed", k_sizes[k]);
    for (int n = 0; n < SIZES; n++) {
      check_pack(k_sizes[k], n_sizes[n], false);
      check_pack(k_sizes[k], n_sizes[n], true);
    }
    test_end();
    for (int m = 0; m < SIZES; m++) {
      test_start("matmul, K = %zu, M = %zu, every N, set and add, of whole rows and parts", k_sizes[k], m_sizes[m]);
      for (int n = 0; n < SIZES; n++) {
        if (is_too_much(m_sizes[m], k_sizes[k], n_sizes[n])) continue;
        for (int g = 0; g < GAPS; g++) check_matmul(m_sizes[m], k_sizes[k], n_sizes[n], gaps[g]);
      }
      test_end();
      test_start("matmul_transposed, K = %zu, M = %zu, every N, of whole rows and parts", k_sizes[k], m_sizes[m]);
      for (int n = 0; n < SIZES; n++) {
        if (is_too_much(m_sizes[m], k_sizes[k], n_sizes[n])) continue;
        for (int g = 0; g < GAPS; g++) check_transposed(m_sizes[m], k_sizes[k], n_sizes[n], gaps[g]);
      }
      test_end();
    }
    test_start("matvec_add, K = %zu, every M", k_sizes[k]);
    for (int m = 0; m < SIZES; m++) check_matvec(m_sizes[m], k_sizes[k]);
    test_end();
    test_start("matvec_add_in_order, K = %zu, every M", k_sizes[k]);
    for (int m = 0; m < SIZES; m++) check_in_order(m_sizes[m], k_sizes[k]);
    test_end();
  }
  test_rows_alone(513, 33);
  test_rows_alone(1100, 40);
  return test_exit();
}
