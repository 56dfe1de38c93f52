// activation.h: exp, sigmoid and tanh on four lanes; softmax with cross-entropy on rows.
#ifndef LSTM_KERNELS_ACTIVATION_H
#define LSTM_KERNELS_ACTIVATION_H

#include "kernels/vec.h"

// ln 2 in two parts: the high part has 15 significant bits, so that n * LN2_HIGH is exact for |n| < 2^9.
#define LN2_HIGH 0x1.62e4p-1
#define LN2_LOW 0x1.7f7d1cf79abcap-20
#define LOG2_E 0x1.71547652b82fep+0
// exp(-87) is the last that is no denormal number in float.
#define EXP_LOWEST (-87.0)

// e^x = power + power * m, where power = 2^n and m = e^r - 1 for x = n ln 2 + r, |r| <= ln 2 / 2.
typedef struct {
  vec power, m;
} ExpParts;

// The one approximation behind exp, sigmoid and tanh, for x <= 0: below EXP_LOWEST it stays at e^EXP_LOWEST.
// m = r + r^2 q(r) with q of degree 4, fitted to (e^r - 1 - r) / r^2 so that the relative error of m is at most 1.4e-8.
// In double, where gradients are checked and not timed, it is the C library's.
VEC_INLINE ExpParts vec_exp_parts(vec x) {
#if REAL_IS_DOUBLE
  ExpParts parts = {.power = vec_splat(1)};
  for (int i = 0; i < VEC_LANES; i++) parts.m.lane[i] = expm1(x.lane[i]);
  return parts;
#else
  x = vec_max(x, vec_constant((real)EXP_LOWEST));
  const vec rounded = vec_madd(vec_constant(VEC_ROUND), x, vec_constant((real)LOG2_E));
  const vec n = vec_sub(rounded, vec_constant(VEC_ROUND));
  vec r = vec_madd(x, n, vec_constant((real)-LN2_HIGH));
  r = vec_madd(r, n, vec_constant((real)-LN2_LOW));
  vec q = vec_constant(0x1.6bec06p-10f);
  q = vec_madd(vec_constant(0x1.122776p-7f), q, r);
  q = vec_madd(vec_constant(0x1.555674p-5f), q, r);
  q = vec_madd(vec_constant(0x1.5554b0p-3f), q, r);
  q = vec_madd(vec_constant(0x1.fffffep-2f), q, r);
  return (ExpParts){.power = vec_power_of_two(rounded), .m = vec_madd(r, vec_mul(r, r), q)};
#endif
}

// e^x for x <= 0.
VEC_INLINE vec vec_exp(vec x) {
  const ExpParts e = vec_exp_parts(x);
  return vec_madd(e.power, e.power, e.m);
}

// 1 / (1 + e^-x), computed with e = e^-|x|: 1 / (1 + e) for x >= 0 and e / (1 + e) for x < 0.
VEC_INLINE vec vec_sigmoid(vec x) {
  const vec one = vec_constant(1);
  const vec e = vec_exp(vec_negative_abs(x));
  return vec_div(vec_select_negative(x, e, one), vec_add(one, e));
}

// tanh |x| = -t / (2 + t) with t = e^(-2|x|) - 1, which keeps its relative accuracy near 0; then the sign of x.
VEC_INLINE vec vec_tanh(vec x) {
  const ExpParts e = vec_exp_parts(vec_mul(vec_constant(2), vec_negative_abs(x)));
  const vec t = vec_madd(vec_sub(e.power, vec_constant(1)), e.power, e.m);
  return vec_copy_sign(vec_div(t, vec_add(vec_constant(2), t)), x);
}

// y = exp, sigmoid, tanh of x, element by element; y may be x. exp for x <= 0 only.
void exp_all(real *y, const real *x, size_t n);
void sigmoid_all(real *y, const real *x, size_t n);
void tanh_all(real *y, const real *x, size_t n);

// ln x for a normal x > 0, to about 1 ULP; NaN of NaN.
double natural_log(double x);

// e^x for x <= 0, to about 1 ULP; 0 below -708; NaN of NaN.
double natural_exp(double x);

// log(sum exp(z)) = largest + rest, where largest is the largest z and rest = log(sum exp(z - largest)) in [0, log n].
typedef struct {
  double largest, rest;
} LogSum;

// log p = z - log(sum exp(z)). Where the sum of a large largest and rest would lose rest, largest is subtracted first.
static inline double log_p(double z, LogSum sum) {
  return fabs(sum.largest) < 0x1p20 ? z - (sum.largest + sum.rest) : z - sum.largest - sum.rest;
}

// p = softmax(scale * z) over one row of n; p may be z. Subtracts the largest first. Sums in blocks, and these in double.
// Returns log(sum exp(scale * z)).
LogSum softmax(real *p, const real *z, real scale, size_t n);

// Softmax with cross-entropy over rows, forward and backward in one: `z` (rows, n) holds logits and becomes
// scale * (softmax(z) - one_hot(target)), the gradient of scale times the sum below with respect to the logits.
// Every target is in [0, n). Returns the sum over the rows of -log softmax(z)[target], in nats.
double softmax_cross_entropy(real *z, const int32_t *targets, real scale, size_t rows, size_t n);

#endif
