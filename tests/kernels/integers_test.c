// integers_test.c: products of integers against the same sums in 64 bits, number for number, at sizes around the lanes (4),
// the tile (4 rows, 8 columns), words of two and four and the blocks (512 and 2048 of K, 64 rows, 256 transposed). All arrays
// have exactly the size that the header asks for.
#include "kernels/integers.h"

#include "c/check.h"

static const size_t m_sizes[] = {1, 2, 3, 4, 5, 7, 8, 64, 65, 131};
static const size_t k_sizes[] = {1, 2, 3, 5, 8, 9, 255, 257, 511, 512, 513, 1025, 2049};
static const size_t n_sizes[] = {1, 3, 4, 7, 8, 9, 17, 40};
static const char *const names[] = {"float32", "int16", "int8"};
enum { M_SIZES = 10, K_SIZES = 13, N_SIZES = 8 };

static bool is_too_much(size_t m, size_t k, size_t n) { return k >= 511 && m * n > 40 && (m + k + n) % 7; }

static real most_of(Precision precision) { return precision == PRECISION_INT16 ? 2047 : 63; }

// A lane: n numbers `stride` apart. Its scale, and the whole numbers.
typedef struct {
  real scale;
  int32_t *q;
} Lane;

static Lane round_lane(const real *x, size_t stride, size_t n, Precision precision) {
  Lane lane = {0, test_block(n * sizeof(int32_t))};
  real largest = 0;
  for (size_t i = 0; i < n; i++) largest = (real)fmax((double)largest, fabs((double)x[i * stride]));
  const real inverse = largest > (real)1e-30 ? most_of(precision) / largest : 0;
  lane.scale = largest > (real)1e-30 ? largest / most_of(precision) : 0;
  for (size_t i = 0; i < n; i++) {
    lane.q[i] = (int32_t)rintf((float)(x[i * stride] * inverse));
    check(abs(lane.q[i]) <= (int32_t)most_of(precision), "a whole number of %d", lane.q[i]);
  }
  return lane;
}

static real whole_sum(Lane a, Lane b, size_t first, size_t end) {
  int64_t sum = 0;
  for (size_t i = first; i < end; i++) sum += (int64_t)a.q[i] * b.q[i];
  CHECK(sum == (int32_t)sum);
  return (real)(int32_t)sum * (a.scale * b.scale);
}

static void check_multiply(size_t m, size_t k, size_t n, Precision precision, bool transposed, double bound) {
  const size_t a_row = k + 3, c_row = n + 2, block = precision == PRECISION_INT16 ? 512 : 2048;
  const size_t row_stride = transposed ? 1 : n + 1, column_stride = transposed ? k + 1 : 1;
  const size_t b_size = transposed ? (n - 1) * column_stride + k : (k - 1) * row_stride + n, c_size = (m - 1) * c_row + n;
  real *a = test_random_reals((m - 1) * a_row + k, bound), *b = test_random_reals(b_size, 1);
  real *before = test_random_reals(c_size, 1), *set = test_copy(before, c_size), *added = test_copy(before, c_size);
  real *packed = test_reals((size_t)integers_packed_size(precision, k, n));
  real *workspace = test_reals((size_t)integers_workspace(precision, k));
  integers_pack(packed, b, row_stride, column_stride, k, n, precision);
  integers_multiply((RowsOut){set, c_row}, MATMUL_SET, (Rows){a, a_row}, packed, workspace, m, k, n, precision);
  integers_multiply((RowsOut){added, c_row}, MATMUL_ADD, (Rows){a, a_row}, packed, workspace, m, k, n, precision);
  Lane *columns = test_block(n * sizeof(Lane));
  for (size_t j = 0; j < n; j++) columns[j] = round_lane(b + j * column_stride, row_stride, k, precision);
  for (size_t i = 0; i < m; i++) {
    const Lane row = round_lane(a + i * a_row, 1, k, precision);
    for (size_t j = 0; j < n; j++) {
      const size_t at = i * c_row + j;
      real sum = 0, sum_added = before[at];
      for (size_t first = 0; first < k; first += block) {
        const real part = whole_sum(row, columns[j], first, first + block < k ? first + block : k);
        sum = first == 0 ? part : sum + part;
        sum_added += part;
      }
      check_near(set[at], sum, 0, "%s SET (%zu, %zu, %zu) C[%zu][%zu]", names[precision], m, k, n, i, j);
      check_near(added[at], sum_added, 0, "%s ADD (%zu, %zu, %zu) C[%zu][%zu]", names[precision], m, k, n, i, j);
    }
    for (size_t j = n; i + 1 < m && j < c_row; j++) check_near(set[i * c_row + j], before[i * c_row + j], 0, "between rows");
  }
}

static void check_transposed(size_t m, size_t k, size_t n, Precision precision) {
  const size_t a_row = m + 3, b_row = n + 1, c_row = n + 2, c_size = (m - 1) * c_row + n, block = 512;
  real *a = test_random_reals((k - 1) * a_row + m, 1e-6), *b = test_random_reals((k - 1) * b_row + n, 1);
  real *before = test_random_reals(c_size, 1e-6), *set = test_copy(before, c_size), *added = test_copy(before, c_size);
  real *expected = test_copy(before, c_size), *expected_added = test_copy(before, c_size);
  real *workspace = test_reals((size_t)integers_leaves_workspace(precision, n));
  integers_transposed((RowsOut){set, c_row}, MATMUL_SET, (Rows){a, a_row}, (Rows){b, b_row}, workspace, m, k, n, precision);
  integers_transposed((RowsOut){added, c_row}, MATMUL_ADD, (Rows){a, a_row}, (Rows){b, b_row}, workspace, m, k, n, precision);
  Lane *columns = test_block(n * sizeof(Lane));
  for (size_t first = 0; first < k; first += block) {
    const size_t size = first + block < k ? block : k - first;
    for (size_t j = 0; j < n; j++) columns[j] = round_lane(b + first * b_row + j, b_row, size, precision);
    for (size_t i = 0; i < m; i++) {
      const Lane row = round_lane(a + first * a_row + i, a_row, size, precision);
      for (size_t j = 0; j < n; j++) {
        const real part = whole_sum(row, columns[j], 0, size);
        expected[i * c_row + j] = first == 0 ? part : expected[i * c_row + j] + part;
        expected_added[i * c_row + j] += part;
      }
    }
  }
  check_same(set, expected, c_size * sizeof(real), "SET");
  check_same(added, expected_added, c_size * sizeof(real), "ADD");
}

static void test_products(Precision precision, bool transposed) {
  for (size_t m = 0; m < M_SIZES; m++) {
    for (size_t k = 0; k < K_SIZES; k++) {
      test_start("%s%s, M = %zu, K = %zu", names[precision], transposed ? ", transposed" : "", m_sizes[m], k_sizes[k]);
      for (size_t n = 0; n < N_SIZES; n++) {
        if (is_too_much(m_sizes[m], k_sizes[k], n_sizes[n])) continue;
        if (transposed) {
          check_transposed(m_sizes[m], k_sizes[k], n_sizes[n], precision);
        } else {
          check_multiply(m_sizes[m], k_sizes[k], n_sizes[n], precision, n % 2, 1);
        }
      }
      test_end();
    }
  }
}

// All numbers are the largest, of one sign or of both: no sum wraps around or saturates.
static void test_largest(Precision precision, real a_value, real b_value) {
  enum { M = 5, K = 2100, N = 9 };
  test_start("%s, the largest sums, %g times %g", names[precision], (double)a_value, (double)b_value);
  real *a = test_reals(M * K), *b = test_reals(K * N), *c = test_reals(M * N);
  for (size_t i = 0; i < M * K; i++) a[i] = a_value;
  for (size_t i = 0; i < K * N; i++) b[i] = b_value;
  real *packed = test_reals((size_t)integers_packed_size(precision, K, N));
  real *workspace = test_reals((size_t)integers_workspace(precision, K));
  real *transposed = test_reals((size_t)integers_leaves_workspace(precision, N));
  const double expected = K * (double)a_value * (double)b_value;
  integers_pack(packed, b, N, 1, K, N, precision);
  integers_multiply((RowsOut){c, N}, MATMUL_SET, (Rows){a, K}, packed, workspace, M, K, N, precision);
  for (size_t i = 0; i < M * N; i++) check_near(c[i], expected, 1e-5 * fabs(expected), "C[%zu]", i);
  integers_transposed((RowsOut){c, N}, MATMUL_SET, (Rows){a, M}, (Rows){b, N}, transposed, M, K, N, precision);
  for (size_t i = 0; i < M * N; i++) check_near(c[i], expected, 1e-5 * fabs(expected), "transposed C[%zu]", i);
  test_end();
}

// What is not finite is not finite in every number that it belongs to, and in no other.
static void test_not_finite(Precision precision, real value) {
  enum { M = 6, K = 21, N = 11 };
  test_start("%s, %g", names[precision], (double)value);
  real *a = test_random_reals(M * K, 1), *b = test_random_reals(K * N, 1), *c = test_reals(M * N);
  a[2 * K + 20] = value;
  b[3 * N + 10] = value;
  real *packed = test_reals((size_t)integers_packed_size(precision, K, N));
  real *workspace = test_reals((size_t)integers_workspace(precision, K));
  integers_pack(packed, b, N, 1, K, N, precision);
  integers_multiply((RowsOut){c, N}, MATMUL_SET, (Rows){a, K}, packed, workspace, M, K, N, precision);
  for (size_t i = 0; i < M * N; i++) {
    check(!isfinite(c[i]) == (i / N == 2 || i % N == 10), "C[%zu][%zu] is %g", i / N, i % N, (double)c[i]);
  }
  real *transposed = test_reals((size_t)integers_leaves_workspace(precision, N));
  real *at = test_random_reals(K * M, 1);
  at[20 * M + 2] = value;
  integers_transposed((RowsOut){c, N}, MATMUL_SET, (Rows){at, M}, (Rows){b, N}, transposed, M, K, N, precision);
  for (size_t i = 0; i < M * N; i++) {
    check(!isfinite(c[i]) == (i / N == 2 || i % N == 10), "transposed C[%zu][%zu] is %g", i / N, i % N, (double)c[i]);
  }
  test_end();
}

// Rows of zeros and next to it are 0; no terms are 0.
static void test_nothing(Precision precision) {
  enum { M = 5, K = 9, N = 9 };
  test_start("%s, zeros and no terms", names[precision]);
  real *a = test_reals(M * K), *b = test_random_reals(K * N, 1), *c = test_reals(M * N);
  for (size_t i = 0; i < M * K; i++) a[i] = i / K == 1 ? (real)1e-31 : 0;
  real *packed = test_reals((size_t)integers_packed_size(precision, K, N));
  real *workspace = test_reals((size_t)integers_workspace(precision, K));
  real *transposed = test_reals((size_t)integers_leaves_workspace(precision, N));
  integers_pack(packed, b, N, 1, K, N, precision);
  integers_multiply((RowsOut){c, N}, MATMUL_SET, (Rows){a, K}, packed, workspace, M, K, N, precision);
  for (size_t i = 0; i < M * N; i++) check_near(c[i], 0, 0, "C[%zu]", i);
  fill_random(c, M * N, 1);
  integers_multiply((RowsOut){c, N}, MATMUL_SET, (Rows){a, 0}, packed, workspace, M, 0, N, precision);
  for (size_t i = 0; i < M * N; i++) check_near(c[i], 0, 0, "K = 0, C[%zu]", i);
  real *before = test_copy(c, M * N);
  integers_multiply((RowsOut){c, N}, MATMUL_ADD, (Rows){a, 0}, packed, workspace, M, 0, N, precision);
  integers_transposed((RowsOut){c, N}, MATMUL_ADD, (Rows){a, M}, (Rows){b, N}, transposed, M, 0, N, precision);
  check_same(c, before, M * N * sizeof(real), "K = 0");
  fill_random(c, M * N, 1);
  integers_transposed((RowsOut){c, N}, MATMUL_SET, (Rows){a, M}, (Rows){b, N}, transposed, M, 0, N, precision);
  for (size_t i = 0; i < M * N; i++) check_near(c[i], 0, 0, "transposed, K = 0, C[%zu]", i);
  test_end();
}

int main(void) {
  for (Precision precision = PRECISION_INT16; precision < PRECISIONS; precision++) {
    test_products(precision, false);
    test_products(precision, true);
    test_largest(precision, 1, 3);
    test_largest(precision, -1, (real)0.5);
    test_largest(precision, -2, -1);
    test_not_finite(precision, NAN);
    test_not_finite(precision, INFINITY);
    test_not_finite(precision, -INFINITY);
    test_nothing(precision);
  }
  return test_exit();
}
