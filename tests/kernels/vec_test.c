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
  CHECK_EACH(vec_negative_abs(va), a[i] < 0 ? a[i] : -a[i]);
  // A square root is rounded correctly, and in double first it still is (Figueroa 1995).
  CHECK_EACH(vec_sqrt(vec_mul(va, va)), sqrt((double)(a[i] * a[i])));
  // Two roundings: never fused on the build machine.
  volatile real products[VEC_LANES];
  for (int i = 0; i < VEC_LANES; i++) products[i] = a[i] * b[i];
  CHECK_EACH(vec_madd(vc, va, vb), c[i] + products[i]);
  vec rows[VEC_LANES] = {va, vb, vc, vec_splat(1)};
  vec_transpose(rows);
  for (int lane = 0; lane < VEC_LANES; lane++) {
    const real expected[] = {a[lane], b[lane], c[lane], 1};
    check_lanes(rows[lane], expected, "vec_transpose");
  }
  const real even = a[0] + a[2], odd = a[1] + a[3], sum = vec_sum(va);
  check(sum == even + odd, "vec_sum: expected (0 + 2) + (1 + 3) = %.9g, got %.9g", (double)(even + odd), (double)sum);
  test_end();
}

static void test_choices(void) {
  test_start("-|a|, max, sign and selection at zeros, infinities and NaN");
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
    CHECK_EACH(vec_negative_abs(va), copysign(a[i], -1));
  }
  test_end();
}

// To a nearest whole number n, on either side of a tie; and the power is 2 to that n.
static void test_round(void) {
  if (REAL_IS_DOUBLE) {
    test_skip("adding VEC_ROUND rounds", "it is made for the digits of a float");
    return;
  }
  test_start("adding VEC_ROUND rounds to a nearest whole number");
  for (int quarter = -504; quarter <= 508; quarter++) {
    const real x = (real)quarter / 4;
    const vec rounded = vec_add(vec_splat(VEC_ROUND), vec_splat(x));
    real n[VEC_LANES], power[VEC_LANES];
    vec_store(n, vec_sub(rounded, vec_splat(VEC_ROUND)));
    for (int i = 0; i < VEC_LANES; i++) {
      check(n[i] == nearbyint((double)n[i]) && fabs(n[i] - x) <= 0.5, "expected %g rounded, got %g", (double)x,
            (double)n[i]);
      power[i] = (real)ldexp(1, (int)n[i]);
    }
    check_lanes(vec_power_of_two(rounded), power, "2^n");
  }
  test_end();
}

static void test_power_of_two(void) {
  test_start("vec_power_of_two of every exponent");
  for (int n = -126; n <= 127; n++) {
    real rounded[VEC_LANES], expected[VEC_LANES];
    for (int i = 0; i < VEC_LANES; i++) {
      rounded[i] = (real)VEC_ROUND + (real)(i % 2 ? n : 0);
      expected[i] = i % 2 ? (real)ldexp(1, n) : 1;
    }
    check_lanes(vec_power_of_two(vec_load(rounded)), expected, "vec_power_of_two");
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

static void visit_at(size_t *next, size_t n, size_t j, size_t lanes) {
  check(j == *next, "n = %zu: expected offset %zu, got %zu", n, *next, j);
  check(lanes == (n - j < VEC_LANES ? n - j : VEC_LANES), "n = %zu, offset %zu: %zu lanes", n, j, lanes);
  *next = j + lanes;
}

static void test_for(void) {
  test_start("VEC_FOR visits each of n elements once, in order, in whole vecs as long as they fit");
  for (size_t n = 0; n <= 13; n++) {
    size_t next = 0;
    VEC_FOR(n, visit_at, &next, n);
    check(next == n, "expected %zu elements, got %zu", n, next);
  }
  test_end();
}

int main(void) {
  test_arithmetic();
  test_choices();
  test_round();
  test_power_of_two();
  test_parts();
  test_for();
  return test_exit();
}
