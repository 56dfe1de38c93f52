// random_test.c: the generator against values from outside.
//
// The stream of state {1, 2, 3, 4} is what an independent implementation (Python) gives, and its value behind 102400
// steps is the one in PHP's own tests (ext/random/tests/02_engine/user_xoshiro128plusplus.phpt). The states of seeds
// were computed by the same Python: splitmix32 adds 0x9e3779b9 and mixes with 0x85ebca6b and 0xc2b2ae35.
#include "network/random.h"

#include "c/check.h"

static void test_stream(void) {
  test_start("xoshiro128++ from state {1, 2, 3, 4}");
  const uint32_t expected[] = {641, 1573767, 3222811527, 3517856514, 836907274,
                               4247214768, 3867114732, 1355841295, 495546011, 621204420};
  Random random = {{1, 2, 3, 4}};
  for (int i = 0; i < 10; i++) check_near(random_bits(&random), expected[i], 0, "value %d", i);
  for (int i = 10; i < 102400; i++) random_bits(&random);
  check_near(random_bits(&random), 0x2c873cfa, 0, "value 102400");
  test_end();
}

static void test_seeds(void) {
  test_start("random_seed fills the state with splitmix32");
  const struct {
    uint32_t seed, state[4], first[3];
  } known[] = {
      {0, {0x92ca2f0e, 0x3cd6e3f3, 0x1b147dcc, 0x4c081dbf}, {0xfbf095fd, 0xe5af35af, 0x62cd0a30}},
      {1, {0x96a0f96b, 0x12bc8390, 0x971e9964, 0x79adc7e7}, {0xbe01a273, 0xe86df75f, 0x10223812}},
      {0xffffffff, {0x36deb503, 0xfc2fb9b6, 0x2994c1b5, 0x6a06e134}, {0xa9a9d0d3, 0x7ef906f6, 0x1b36f2bc}},
  };
  for (int k = 0; k < 3; k++) {
    Random random;
    random_seed(&random, known[k].seed, RANDOM_NETWORK);
    for (int i = 0; i < 4; i++) check_near(random.state[i], known[k].state[i], 0, "seed %d, word %d", k, i);
    for (int i = 0; i < 3; i++) check_near(random_bits(&random), known[k].first[i], 0, "seed %d, value %d", k, i);
  }
  test_end();
}

static void test_uses(void) {
  test_start("of the same seed, each use has a sequence of its own");
  const uint32_t seeds[] = {0, 1, 42, 0xffffffff};
  enum { N = 1000 };
  for (int s = 0; s < 4; s++) {
    Random network, dropout;
    random_seed(&network, seeds[s], RANDOM_NETWORK);
    random_seed(&dropout, seeds[s], RANDOM_DROPOUT);
    int equal = 0;
    uint32_t apart = 0;
    for (int i = 0; i < N; i++) {
      const uint32_t a = random_bits(&network), b = random_bits(&dropout);
      equal += a == b;
      apart += (uint32_t)__builtin_popcount(a ^ b);
    }
    check_near(equal, 0, 0, "seed %u, equal words", seeds[s]);
    // Half of the bits, within five standard deviations.
    check_near(apart, N * 16.0, 5 * sqrt(N * 32 / 4.0), "seed %u, bits that differ", seeds[s]);
  }
  test_end();
}

// The largest and the smallest of 2^32 values cannot be waited for, so they are made: s0 = 0 gives rotl(s3, 7).
static void test_uniform_ends(void) {
  test_start("random_uniform is in [0, 1), a multiple of 2^-24, and random_fraction of 2^-32");
  Random most = {{0, 1, 2, 0xffffffff}}, least = {{0, 1, 2, 0}};
  check_near(random_uniform(&most), 1 - 0x1p-24, 0, "largest");
  check_near(random_uniform(&least), 0, 0, "smallest");
  most = (Random){{0, 1, 2, 0xffffffff}}, least = (Random){{0, 1, 2, 0}};
  check_near(random_fraction(&most), 1 - 0x1p-32, 0, "largest fraction");
  check_near(random_fraction(&least), 0, 0, "smallest fraction");
  Random random;
  random_seed(&random, 5, RANDOM_NETWORK);
  double sum = 0, squares = 0;
  enum { N = 100000 };
  for (int i = 0; i < N; i++) {
    const double u = random_uniform(&random);
    CHECK(u >= 0 && u < 1 && u * 0x1p24 == floor(u * 0x1p24));
    sum += u;
    squares += u * u;
  }
  // Five standard deviations of the mean (1 / sqrt(12 N)) and of the mean square (sqrt(4 / 45 N)).
  check_near(sum / N, 0.5, 5 * sqrt(1.0 / 12 / N), "mean");
  check_near(squares / N, 1.0 / 3, 5 * sqrt(4.0 / 45 / N), "mean square");
  test_end();
}

static void test_fill(void) {
  test_start("random_fill draws from U(-bound, bound), one value a draw");
  enum { N = 10000 };
  const double bound = 0.25;
  real *values = test_reals(N);
  Random random, twin;
  random_seed(&random, 9, RANDOM_NETWORK);
  random_seed(&twin, 9, RANDOM_NETWORK);
  random_fill(values, &random, (real)bound, N);
  double least = 1, most = -1, sum = 0;
  for (int i = 0; i < N; i++) {
    check_near(values[i], (2 * (double)random_uniform(&twin) - 1) * bound, 0x1p-24, "value %d", i);
    least = fmin(least, values[i]);
    most = fmax(most, values[i]);
    sum += values[i];
  }
  CHECK(memcmp(&random, &twin, sizeof random) == 0);
  CHECK(least >= -bound && least < -0.999 * bound);
  CHECK(most <= bound && most > 0.999 * bound);
  check_near(sum / N, 0, 5 * bound / sqrt(3.0 * N), "mean");
  test_end();
}

int main(void) {
  test_stream();
  test_seeds();
  test_uses();
  test_uniform_ends();
  test_fill();
  return test_exit();
}
