// vec_test.c: each operation of vec.h, lane by lane, and the tails of arrays.
#include "kernels/vec.h"

#include "c/check.h"

static vec random_vec(real *lanes, double bound) {
  fill_random(lanes, VEC_LANES, bound);
  return vec_load(lanes);
}

// vec_store into exactly four reals, and every lane as expected, bit for bit.
static void check_lanes(vec got, const real *expected, const char *what) {
  real *lanes = test_reals(VEC_LANES);
  vec_store(lanes, got);
  check_same(lanes, expected, VEC_LANES * sizeof(real), what);
}

#define CHECK_EACH(operation, expression)                                    \
  do {                                                                       \
    real expected[VEC_LANES];                                                \
    for (int i = 0; i < VEC_LANES; i++) expected[i] = (real)(expression);    \
    check_lanes(operation, expected, #operation);                            \
  } while (0)

static void test_arithmetic(void) {
  test_start("arithmetic on four lanes");
  real a[VEC_LANES], b[VEC_LANES], c[VEC_LANES];
  const vec va = random_vec(a, 3), vb = random_vec(b, 3), vc = random_vec(c, 3);
  CHECK_EACH(va, a[i]);
  CHECK_EACH(vec_splat(a[2]), a[2]);
  CHECK_EACH(vec_add(va, vb), a[i] + b[i]);
  CHECK_EACH(vec_sub(va, vb), a[i] - b[i]);
  CHECK_EACH(vec_mul(va, vb), a[i] * b[i]);
  CHECK_EACH(vec_div(va, vb), a[i] / b[i]);
  CHECK_EACH(vec_abs(va), a[i] < 0 ? -a[i] : a[i]);
  // A square root is rounded correctly, and in double first it still is (Figueroa 1995).
  CHECK_EACH(vec_sqrt(vec_abs(va)), sqrt(fabs((double)a[i])));
  // Two roundings: never fused on the build machine.
  volatile real products[VEC_LANES];
  for (int i = 0; i < VEC_LANES; i++) products[i] = a[i] * b[i];
  CHECK_EACH(vec_madd(vc, va, vb), c[i] + products[i]);
  const real even = a[0] + a[2], odd = a[1] + a[3], sum = vec_sum(va);
  check(sum == even + odd, "vec_sum: expected (0 + 2) + (1 + 3) = %.9g, got %.9g", (double)(even + odd), (double)sum);
  test_end();
}

static void test_choices(void) {
  test_start("abs, max, sign and selection at zeros, infinities and NaN");
  const real specials[] = {0, (real)-0.0, 1, -1, (real)INFINITY, (real)-INFINITY, (real)NAN};
  enum { COUNT = sizeof specials / sizeof specials[0] };
  real a[VEC_LANES], b[VEC_LANES];
  for (int first = 0; first < COUNT; first++) {
    for (int i = 0; i < VEC_LANES; i++) {
      a[i] = specials[(first + i) % COUNT];
      b[i] = specials[(first + 3 * i + 1) % COUNT];
    }
    const vec va = vec_load(a), vb = vec_load(b);
    CHECK_EACH(vec_max(va, vb), a[i] < b[i] ? b[i] : a[i]);
    CHECK_EACH(vec_select_negative(va, vec_splat(5), vb), signbit(a[i]) ? 5 : b[i]);
    CHECK_EACH(vec_copy_sign(va, vb), copysign(a[i], b[i]));
    CHECK_EACH(vec_abs(va), copysign(a[i], 1));
  }
  test_end();
}

static void test_nearest(void) {
  test_start("vec_nearest: ties to even, large numbers unchanged");
  const real from[][VEC_LANES] = {{0.5, 1.5, 2.5, -0.5}, {-1.5, 0.49f, -2.51f, 8388609}, {1e30f, -1e30f, 0, 126.5}};
  const real to[][VEC_LANES] = {{0, 2, 2, (real)-0.0}, {-2, 0, -3, 8388609}, {1e30f, -1e30f, 0, 126}};
  for (size_t i = 0; i < 3; i++) check_lanes(vec_nearest(vec_load(from[i])), to[i], "vec_nearest");
  test_end();
}

static void test_power_of_two(void) {
  test_start("vec_power_of_two of every exponent, and 1 for NaN");
  for (int n = -126; n <= 127; n++) {
    real expected[VEC_LANES] = {1, 1, 1, 1};
    expected[1] = expected[3] = (real)ldexp(1, n);
    real exponents[VEC_LANES] = {0, (real)n, (real)NAN, (real)n};
    check_lanes(vec_power_of_two(vec_load(exponents)), expected, "vec_power_of_two");
  }
  test_end();
}

static void test_parts(void) {
  for (size_t n = 1; n <= VEC_LANES; n++) {
    test_start("vec_load_part and vec_store_part of %zu lanes", n);
    const real *from = test_random_reals(n, 1);
    real *to = test_reals(n);
    real expected[VEC_LANES] = {0};
    memcpy(expected, from, n * sizeof(real));
    check_lanes(vec_load_part(from, n), expected, "vec_load_part");
    vec_store_part(to, vec_load_part(from, n), n);
    check_same(to, from, n * sizeof(real), "vec_store_part");
    test_end();
  }
}

static void test_for(void) {
  test_start("VEC_FOR visits each of n elements once, in order, in whole vecs as long as they fit");
  for (size_t n = 0; n <= 13; n++) {
    size_t next = 0;
#define VISIT(at, lanes)                                                                              \
  do {                                                                                                \
    check((at) == next, "n = %zu: expected offset %zu, got %zu", n, next, (size_t)(at));              \
    check((lanes) == (n - (at) < VEC_LANES ? n - (at) : VEC_LANES), "n = %zu, offset %zu: %zu lanes", \
          n, (size_t)(at), (size_t)(lanes));                                                          \
    next = (at) + (lanes);                                                                            \
  } while (0)
    VEC_FOR(n, VISIT);
    check(next == n, "expected %zu elements, got %zu", n, next);
  }
  test_end();
}

int main(void) {
  test_arithmetic();
  test_choices();
  test_nearest();
  test_power_of_two();
  test_parts();
  test_for();
  return test_exit();
}
