// loss.c: losses of labels and of mixtures.
#include "kernels/loss.h"

#include "kernels/activation.h"
#include "kernels/elementwise.h"
#include "kernels/sizes.h"

// With e = e^-|z|: log(1 + e) = -log of the larger of p and 1 - p, and the smaller one is e / (1 + e).
double binary_cross_entropy(real *z, const real *targets, const real *positive, double scale, size_t n) {
  enum { BLOCK = 64 };
  real list[BLOCK];
  double loss = 0;
  for (size_t first = 0; first < n; first += BLOCK) {
    const size_t count = smaller(BLOCK, n - first);
    for (size_t i = 0; i < count; i++) list[i] = (real)-fabs((double)z[first + i]);
    exp_all(list, list, count);
    for (size_t i = 0; i < count; i++) {
      const double x = (double)z[first + i], e = (double)list[i], y = (double)targets[first + i];
      const double yes = positive ? (double)positive[first + i] * y : y, no = 1 - y;
      const double rest = natural_log(1 + e), near = 1 / (1 + e), far = e / (1 + e);
      loss += x < 0 ? yes * (rest - x) + no * rest : yes * rest + no * (rest + x);
      z[first + i] = (real)(scale * (x < 0 ? no * far - yes * near : no * near - yes * far));
    }
  }
  return loss;
}

#define BOUND 10  // of the logarithms of deviations

// r becomes tanh(r / BOUND).
static void bound_all(real *r, size_t n) {
  multiply(r, (real)(1.0 / BOUND), n);
  tanh_all(r, r, n);
}

// e^(BOUND t)
static double deviation(real t) {
  real e = (real)(-BOUND * fabs((double)t));
  exp_all(&e, &e, 1);
  return t > 0 ? 1 / (double)e : (double)e;
}

double mixture_loss(real *y, const real *target, double scale, size_t components, size_t n, real *scratch) {
  const double log_root = 0.91893853320467274178;  // log(2 pi) / 2
  const size_t count = components * n;
  real *means = y + components, *bounded = means + count;
  bound_all(bounded, count);
  // log(w_k p_k), but for what all have in common.
  for (size_t k = 0; k < components; k++) {
    double sum = (double)y[k];
    for (size_t j = 0; j < n; j++) {
      const size_t i = k * n + j;
      const double z = ((double)target[j] - (double)means[i]) / deviation(bounded[i]);
      sum -= BOUND * (double)bounded[i] + z * z / 2;
    }
    scratch[k] = (real)sum;
  }
  const LogSum joint = softmax(scratch, scratch, 1, components), weights = softmax(y, y, 1, components);
  // scratch: how likely each component is the one, given the target.
  for (size_t k = 0; k < components; k++) {
    const double share = scale * (double)scratch[k];
    y[k] = (real)(scale * (double)y[k] - share);
    for (size_t j = 0; j < n; j++) {
      const size_t i = k * n + j;
      const double t = (double)bounded[i], s = deviation(bounded[i]), z = ((double)target[j] - (double)means[i]) / s;
      means[i] = (real)(-share * z / s);
      bounded[i] = (real)(share * (1 - z * z) * (1 - t * t));
    }
  }
  return (weights.largest - joint.largest) + (weights.rest - joint.rest) + (double)n * log_root;
}

void mixture_answer(real *y, size_t components, size_t n) {
  real *deviations = y + components + components * n;
  softmax(y, y, 1, components);
  bound_all(deviations, components * n);
  for (size_t i = 0; i < components * n; i++) deviations[i] = (real)deviation(deviations[i]);
}
