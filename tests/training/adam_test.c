// adam_test.c: Adam against algorithm 1 of Kingma & Ba 2015, written down in double.
#include "training/adam.h"

#include "c/check.h"

typedef struct {
  double m, v, value;
} Naive;

// With the bias corrections of the paper: m / (1 - beta1^t), v / (1 - beta2^t).
static void naive_update(Naive *n, double gradient, int step, const AdamOptions *o) {
  n->m = o->beta1 * n->m + (1 - o->beta1) * gradient;
  n->v = o->beta2 * n->v + (1 - o->beta2) * gradient * gradient;
  const double m_hat = n->m / (1 - pow(o->beta1, step)), v_hat = n->v / (1 - pow(o->beta2, step));
  n->value -= o->learning_rate * m_hat / (sqrt(v_hat) + o->epsilon);
}

static Adam make_adam(size_t n) {
  Adam adam = {.m = test_reals(n), .v = test_reals(n), .steps = 7, .beta1_power = 7, .beta2_power = 7};
  adam_reset(&adam, n);
  return adam;
}

static void test_updates(size_t n, const AdamOptions *options, double scale) {
  test_start("Adam, %zu values, rate %g, betas %g %g, epsilon %g, gradients times %g", n, options->learning_rate,
             options->beta1, options->beta2, options->epsilon, scale);
  Adam adam = make_adam(n);
  real *values = test_random_reals(n, 1), *gradients = test_reals(n);
  Naive *naive = test_block(n * sizeof *naive);
  for (size_t i = 0; i < n; i++) naive[i] = (Naive){0, 0, values[i]};
  enum { STEPS = 20 };
  for (int step = 1; step <= STEPS; step++) {
    fill_random(gradients, n, step % 3 ? 1 : 1e-3);
    adam_update(values, &adam, gradients, (real)scale, options, n);
    check_near(adam.steps, step, 0, "steps");
    for (size_t i = 0; i < n; i++) {
      naive_update(&naive[i], (double)(real)scale * (double)gradients[i], step, options);
      const double gradient = scale;  // the largest there was
      check_near(adam.m[i], naive[i].m, 8 * REAL_EPSILON * gradient, "step %d, m[%zu]", step, i);
      check_near(adam.v[i], naive[i].v, (8 + step) * REAL_EPSILON * naive[i].v, "step %d, v[%zu]", step, i);
      // An update is at most a few rates; a value of up to 1 is rounded each time. m cancels, v does not.
      const double noise = 8 * REAL_EPSILON * gradient / (sqrt(naive[i].v) + 1e-30);
      check_near(values[i], naive[i].value, step * (REAL_EPSILON + options->learning_rate * (40 * REAL_EPSILON + noise)),
                 "step %d, value[%zu]", step, i);
    }
  }
  test_end();
}

static void test_first_update(void) {
  test_start("the first update is the rate against the sign of the gradient, whatever its size");
  const AdamOptions options = {1e-3, 0.9, 0.999, 1e-8};
  real values[] = {0, 0, 0, 0, 0}, gradients[] = {1, -1, 100, (real)-1e-3, 0};
  Adam adam = make_adam(5);
  adam_update(values, &adam, gradients, 1, &options, 5);
  const double expected[] = {-1e-3, 1e-3, -1e-3, 1e-3, 0};
  for (int i = 0; i < 5; i++) check_near(values[i], expected[i], 2e-8, "value[%d]", i);
  test_end();
}

static void test_decay(void) {
  test_start("moments of a gradient that stays 0 decay to next to nothing, never to denormal numbers");
  const AdamOptions options = {1e-3, 0.5, 0.9, 1e-8};
  real value = 1, gradient = 1, m = 0, v = 0;
  Adam adam = {.m = &m, .v = &v};
  adam_reset(&adam, 1);
  adam_update(&value, &adam, &gradient, 1, &options, 1);
  gradient = 0;
  for (int step = 0; step < 1500; step++) {
    adam_update(&value, &adam, &gradient, 1, &options, 1);
    CHECK((m == 0 || fabs((double)m) >= REAL_LEAST) && (v == 0 || fabs((double)v) >= REAL_LEAST));
  }
  CHECK(m <= (real)1e-30 && v <= (real)1e-30 && isfinite(value));
  test_end();
}

static void test_copy_and_reset(void) {
  test_start("adam_copy continues as the original does; adam_reset starts over");
  enum { N = 7 };
  const AdamOptions options = {0.1, 0.9, 0.99, 1e-8};
  const real *gradients = test_random_reals(N, 1), *start = test_random_reals(N, 1);
  real *first = test_copy(start, N), *second = test_copy(start, N), *third = test_copy(start, N);
  Adam adam = make_adam(N), copied = make_adam(N);
  adam_update(first, &adam, gradients, 1, &options, N);
  memcpy(second, first, N * sizeof(real));
  adam_copy(&copied, &adam, N);
  adam_update(first, &adam, gradients, 1, &options, N);
  adam_update(second, &copied, gradients, 1, &options, N);
  check_same(second, first, N * sizeof(real), "values behind a copy");
  check_same(copied.m, adam.m, N * sizeof(real), "m");
  check_same(copied.v, adam.v, N * sizeof(real), "v");
  CHECK(copied.steps == 2 && copied.beta1_power == adam.beta1_power && copied.beta2_power == adam.beta2_power);

  adam_reset(&adam, N);
  adam_update(third, &adam, gradients, 1, &options, N);
  Adam fresh = make_adam(N);
  real *expected = test_copy(start, N);
  adam_update(expected, &fresh, gradients, 1, &options, N);
  check_same(third, expected, N * sizeof(real), "values behind a reset");
  test_end();
}

int main(void) {
  const AdamOptions usual = {2e-3, 0.9, 0.999, 1e-8}, other = {0.5, 0.5, 0.9, 0.1}, none = {0.01, 0, 0.5, 1e-6};
  const size_t sizes[] = {1, 3, 4, 5, 8, 33};
  for (int i = 0; i < 6; i++) test_updates(sizes[i], &usual, 1);
  test_updates(9, &usual, 0.125);
  test_updates(9, &other, 1);
  test_updates(9, &none, 0.3);
  test_first_update();
  test_decay();
  test_copy_and_reset();
  return test_exit();
}
