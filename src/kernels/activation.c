// activation.c: the row and array forms of activation.h.
#include "kernels/activation.h"

#include "kernels/elementwise.h"

// y = e^x
VEC_INLINE void exp_at(real *y, const real *x, size_t j, size_t lanes) {
  vec_store_part(y + j, vec_exp(vec_load_part(x + j, lanes)), lanes);
}
void exp_all(real *y, const real *x, size_t n) { VEC_FOR(n, exp_at, y, x); }

// y = sigmoid(x)
VEC_INLINE void sigmoid_at(real *y, const real *x, size_t j, size_t lanes) {
  vec_store_part(y + j, vec_sigmoid(vec_load_part(x + j, lanes)), lanes);
}
void sigmoid_all(real *y, const real *x, size_t n) { VEC_FOR(n, sigmoid_at, y, x); }

// y = tanh(x)
VEC_INLINE void tanh_at(real *y, const real *x, size_t j, size_t lanes) {
  vec_store_part(y + j, vec_tanh(vec_load_part(x + j, lanes)), lanes);
}
void tanh_all(real *y, const real *x, size_t n) { VEC_FOR(n, tanh_at, y, x); }

static real largest_of(const real *z, size_t n) {
  vec largest = vec_splat(z[0]);
  size_t k = 0;
  for (; k + VEC_LANES <= n; k += VEC_LANES) largest = vec_max(largest, vec_load(z + k));
  real lanes[VEC_LANES];
  vec_store(lanes, largest);
  for (size_t lane = 1; lane < VEC_LANES; lane++) lanes[0] = lanes[lane] > lanes[0] ? lanes[lane] : lanes[0];
  for (; k < n; k++) lanes[0] = z[k] > lanes[0] ? z[k] : lanes[0];
  return lanes[0];
}

// The C library's takes 4 kB of tables, a tenth of the module.
// x = 2^k m with m in [sqrt 1/2, sqrt 2), and ln m = 2 artanh s = 2 (s + s^3/3 + s^5/5 + ...) with s = (m - 1) / (m + 1).
double natural_log(double x) {
  if (isnan(x)) return x;
  const uint64_t sqrt_half = 0x3fe6a09e667f3bcd;
  union {
    double value;
    uint64_t bits;
  } m = {.value = x};
  const int64_t k = (int64_t)(m.bits - sqrt_half) >> 52;
  m.bits -= (uint64_t)k << 52;
  const double s = (m.value - 1) / (m.value + 1), square = s * s;
  double series = 1.0 / 21;
  for (int n = 19; n > 0; n -= 2) series = series * square + 1.0 / n;
  return 2 * s * series + (double)k * 0x1.62e42fefa39efp-1;
}

// x = n ln 2 + r with |r| <= ln 2 / 2, ln 2 in two parts, the high one of 32 bits, and e^r = 1 + r + r^2/2! + ... + r^13/13!.
double natural_exp(double x) {
  static const double inverse_factorials[] = {1.0 / 6227020800, 1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880,
                                              1.0 / 40320,      1.0 / 5040,      1.0 / 720,      1.0 / 120,     1.0 / 24,
                                              1.0 / 6,          0.5,             1,              1};
  if (!(x >= -708)) return isnan(x) ? x : 0;
  const int64_t n = (int64_t)(x * LOG2_E - 0.5);
  const double r = x - (double)n * 0x1.62e42feep-1 - (double)n * 0x1.a39ef35793c76p-33;
  double series = 0;
  for (size_t i = 0; i < sizeof inverse_factorials / sizeof *inverse_factorials; i++) {
    series = series * r + inverse_factorials[i];
  }
  const union {
    uint64_t bits;
    double value;
  } power = {.bits = (uint64_t)(n + 1023) << 52};
  return series * power.value;
}

LogSum softmax(real *p, const real *z, real scale, size_t n) {
  enum { BLOCK = 1024 };
  const real largest = largest_of(z, n);
  const vec shift = vec_splat(largest), factor = vec_splat(scale);
  double total = 0;
  for (size_t k = 0; k < n;) {
    const size_t end = n - k > BLOCK ? k + BLOCK : n;
    vec sums = vec_splat(0);
    for (; k + VEC_LANES <= end; k += VEC_LANES) {
      const vec e = vec_exp(vec_mul(vec_sub(vec_load(z + k), shift), factor));
      sums = vec_add(sums, e);
      vec_store(p + k, e);
    }
    real sum = vec_sum(sums);
    if (k < end) {
      vec_store_part(p + k, vec_exp(vec_mul(vec_sub(vec_load_part(z + k, end - k), shift), factor)), end - k);
      for (; k < end; k++) sum += p[k];
    }
    total += (double)sum;
  }
  multiply(p, (real)(1 / total), n);
  return (LogSum){.largest = (double)scale * (double)largest, .rest = natural_log(total)};
}

double softmax_cross_entropy(real *z, const int32_t *targets, real scale, size_t rows, size_t n) {
  double loss = 0;
  for (size_t row = 0; row < rows; row++, z += n) {
    const size_t target = (size_t)targets[row];
    const double logit = (double)z[target];
    loss -= log_p(logit, softmax(z, z, 1, n));
    z[target] -= 1;
    multiply(z, scale, n);
  }
  return loss;
}
