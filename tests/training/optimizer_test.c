// optimizer_test.c: each optimizer against torch.optim's documented algorithm, written down in double.
#include "training/optimizer.h"

#include "c/check.h"

static const char *const names[] = {"Adam", "AdamW", "SGD", "Adagrad", "RMSprop"};

typedef struct {
  double m, v, value;
} Naive;

// Each as its page in PyTorch's documentation has it, bias corrections as in the papers.
static void naive_update(Naive *n, double g, int step, const OptimizerOptions *o) {
  const double rate = o->learning_rate;
  if (o->kind == OPTIMIZER_ADAMW) {
    n->value = n->value - rate * o->weight_decay * n->value;
  } else {
    g = g + o->weight_decay * n->value;
  }
  switch (o->kind) {
    case OPTIMIZER_ADAM:
    case OPTIMIZER_ADAMW: {
      n->m = o->beta1 * n->m + (1 - o->beta1) * g;
      n->v = o->beta2 * n->v + (1 - o->beta2) * g * g;
      const double m_hat = n->m / (1 - pow(o->beta1, step)), v_hat = n->v / (1 - pow(o->beta2, step));
      n->value -= rate * m_hat / (sqrt(v_hat) + o->epsilon);
      break;
    }
    case OPTIMIZER_SGD:
      if (o->beta1 != 0) {
        n->m = step > 1 ? o->beta1 * n->m + (1 - o->dampening) * g : g;
        g = o->nesterov ? g + o->beta1 * n->m : n->m;
      }
      n->value -= rate * g;
      break;
    case OPTIMIZER_ADAGRAD:
      n->v = n->v + g * g;
      n->value -= rate / (1 + (step - 1) * o->rate_decay) * g / (sqrt(n->v) + o->epsilon);
      break;
    case OPTIMIZER_RMSPROP:
      n->v = o->beta2 * n->v + (1 - o->beta2) * g * g;
      if (o->beta1 > 0) {
        n->m = o->beta1 * n->m + g / (sqrt(n->v) + o->epsilon);
        n->value -= rate * n->m;
      } else {
        n->value -= rate * g / (sqrt(n->v) + o->epsilon);
      }
  }
}

static Optimizer make_optimizer(size_t n) {
  Optimizer optimizer = {.m = test_reals(n), .v = test_reals(n), .steps = 7, .beta1_power = 7, .beta2_power = 7};
  optimizer_reset(&optimizer, n);
  return optimizer;
}

// A v that starts elsewhere, as Adagrad's may.
static void test_updates(size_t n, const OptimizerOptions *o, double scale, double first_v) {
  test_start("%s, %zu values, rate %g, decay %g, betas %g %g, epsilon %g, dampening %g, rate decay %g%s, times %g, "
             "v from %g",
             names[o->kind], n, o->learning_rate, o->weight_decay, o->beta1, o->beta2, o->epsilon, o->dampening,
             o->rate_decay, o->nesterov ? ", Nesterov" : "", scale, first_v);
  Optimizer optimizer = make_optimizer(n);
  real *values = test_random_reals(n, 1), *gradients = test_reals(n);
  Naive *naive = test_block(n * sizeof *naive);
  for (size_t i = 0; i < n; i++) {
    optimizer.v[i] = (real)first_v;
    naive[i] = (Naive){0, optimizer.v[i], values[i]};
  }
  double longest = 0;  // way of a value
  enum { STEPS = 20 };
  for (int step = 1; step <= STEPS; step++) {
    fill_random(gradients, n, step % 3 ? 1 : 1e-3);
    optimizer_update(values, &optimizer, gradients, (real)scale, o, n);
    check_near(optimizer.steps, step, 0, "steps");
    for (size_t i = 0; i < n; i++) {
      const double before = naive[i].value;
      naive_update(&naive[i], (double)(real)scale * (double)gradients[i], step, o);
      longest = fmax(longest, fabs(naive[i].value - before));
      const double m = fmax(fabs(naive[i].m), 1);
      check_near(optimizer.m[i], naive[i].m, 16 * step * REAL_EPSILON * m, "step %d, m[%zu]", step, i);
      check_near(optimizer.v[i], naive[i].v, 16 * step * REAL_EPSILON * naive[i].v, "step %d, v[%zu]", step, i);
      check_near(values[i], naive[i].value, step * REAL_EPSILON * (1 + 40 * longest), "step %d, value[%zu]", step, i);
    }
  }
  test_end();
}

static void test_first_update(void) {
  test_start("the first update of Adam is the rate against the sign of the gradient, whatever its size");
  const OptimizerOptions options = {.learning_rate = 1e-3, .beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-8};
  real values[] = {0, 0, 0, 0, 0}, gradients[] = {1, -1, 100, (real)-1e-3, 0};
  Optimizer optimizer = make_optimizer(5);
  optimizer_update(values, &optimizer, gradients, 1, &options, 5);
  const double expected[] = {-1e-3, 1e-3, -1e-3, 1e-3, 0};
  for (int i = 0; i < 5; i++) check_near(values[i], expected[i], 2e-8, "value[%d]", i);
  test_end();
}

static void test_adam_bits(void) {
  test_start("without weight decay, Adam and AdamW are the same bit for bit");
  enum { N = 21 };
  OptimizerOptions options = {.learning_rate = 1e-2, .beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-8};
  const real *gradients = test_random_reals(N, 1), *start = test_random_reals(N, 1);
  real *values[2];
  for (int k = 0; k < 2; k++) {
    Optimizer optimizer = make_optimizer(N);
    options.kind = k ? OPTIMIZER_ADAMW : OPTIMIZER_ADAM;
    values[k] = test_copy(start, N);
    for (int step = 0; step < 5; step++) optimizer_update(values[k], &optimizer, gradients, 1, &options, N);
  }
  check_same(values[1], values[0], N * sizeof(real), "values");
  test_end();
}

static void test_decay(OptimizerKind kind) {
  test_start("%s: moments of a gradient that stays 0 decay to next to nothing, never to denormal numbers", names[kind]);
  const OptimizerOptions options = {
      .kind = kind, .learning_rate = 1e-3, .beta1 = 0.5, .beta2 = 0.9, .epsilon = 1e-8, .dampening = 0.5};
  real value = 1, gradient = 1, m = 0, v = 0;
  Optimizer optimizer = {.m = &m, .v = &v};
  optimizer_reset(&optimizer, 1);
  optimizer_update(&value, &optimizer, &gradient, 1, &options, 1);
  CHECK(m != 0 && (v != 0) == (kind != OPTIMIZER_SGD));
  gradient = 0;
  for (int step = 0; step < 1500; step++) {
    optimizer_update(&value, &optimizer, &gradient, 1, &options, 1);
    CHECK((m == 0 || fabs((double)m) >= REAL_LEAST) && (v == 0 || fabs((double)v) >= REAL_LEAST));
  }
  CHECK(m <= (real)1e-30 && isfinite(value));
  CHECK(v <= (real)1e-30);
  test_end();
}

// The square of 1e25 is infinite as a float.
static void test_large_gradients(void) {
  test_start("gradients whose squares are infinite leave numbers, not NaN");
  for (OptimizerKind kind = OPTIMIZER_ADAM; kind <= OPTIMIZER_RMSPROP; kind++) {
    const OptimizerOptions options = {.kind = kind, .learning_rate = 1e-3, .beta1 = 0.5, .beta2 = 0.9, .epsilon = 1e-8};
    real value = 1, gradient = (real)1e25;
    Optimizer optimizer = make_optimizer(1);
    for (int step = 0; step < 3; step++) optimizer_update(&value, &optimizer, &gradient, 1, &options, 1);
    check(isfinite(value), "%s: expected a number, got %g", names[kind], (double)value);
  }
  test_end();
}

static void test_unused_moments(void) {
  test_start("moments that an optimizer does not have are left alone");
  enum { N = 6 };
  const real *gradients = test_random_reals(N, 1);
  for (OptimizerKind kind = OPTIMIZER_SGD; kind <= OPTIMIZER_RMSPROP; kind++) {
    const OptimizerOptions options = {.kind = kind, .learning_rate = 1e-3, .beta2 = 0.9, .epsilon = 1e-8};
    Optimizer optimizer = make_optimizer(N);
    real *values = test_random_reals(N, 1);
    const real *zeros = test_copy(optimizer.m, N);
    for (int step = 0; step < 3; step++) optimizer_update(values, &optimizer, gradients, 1, &options, N);
    check_same(optimizer.m, zeros, N * sizeof(real), names[kind]);
    if (kind == OPTIMIZER_SGD) check_same(optimizer.v, zeros, N * sizeof(real), "v");
  }
  test_end();
}

static void test_copy_and_reset(void) {
  test_start("optimizer_copy continues as the original does; optimizer_reset starts over");
  enum { N = 7 };
  const OptimizerOptions options = {.learning_rate = 0.1, .beta1 = 0.9, .beta2 = 0.99, .epsilon = 1e-8};
  const real *gradients = test_random_reals(N, 1), *start = test_random_reals(N, 1);
  real *first = test_copy(start, N), *second = test_copy(start, N), *third = test_copy(start, N);
  Optimizer optimizer = make_optimizer(N), copied = make_optimizer(N);
  optimizer_update(first, &optimizer, gradients, 1, &options, N);
  memcpy(second, first, N * sizeof(real));
  optimizer_copy(&copied, &optimizer, N);
  optimizer_update(first, &optimizer, gradients, 1, &options, N);
  optimizer_update(second, &copied, gradients, 1, &options, N);
  check_same(second, first, N * sizeof(real), "values behind a copy");
  check_same(copied.m, optimizer.m, N * sizeof(real), "m");
  check_same(copied.v, optimizer.v, N * sizeof(real), "v");
  CHECK(copied.steps == 2 && copied.beta1_power == optimizer.beta1_power &&
        copied.beta2_power == optimizer.beta2_power);

  optimizer_reset(&optimizer, N);
  optimizer_update(third, &optimizer, gradients, 1, &options, N);
  Optimizer fresh = make_optimizer(N);
  real *expected = test_copy(start, N);
  optimizer_update(expected, &fresh, gradients, 1, &options, N);
  check_same(third, expected, N * sizeof(real), "values behind a reset");
  test_end();
}

static const OptimizerOptions variants[] = {
    {.kind = OPTIMIZER_ADAM, .learning_rate = 2e-3, .beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-8},
    {.kind = OPTIMIZER_ADAM, .learning_rate = 0.5, .beta1 = 0.5, .beta2 = 0.9, .epsilon = 0.1},
    {.kind = OPTIMIZER_ADAM, .learning_rate = 0.01, .beta1 = 0, .beta2 = 0.5, .epsilon = 1e-6},
    {.kind = OPTIMIZER_ADAM, .learning_rate = 0.01, .weight_decay = 0.1, .beta1 = 0.9, .beta2 = 0.99, .epsilon = 1e-3},
    {.kind = OPTIMIZER_ADAMW, .learning_rate = 0.01, .weight_decay = 0.1, .beta1 = 0.9, .beta2 = 0.99, .epsilon = 1e-8},
    {.kind = OPTIMIZER_SGD, .learning_rate = 0.1},
    {.kind = OPTIMIZER_SGD, .learning_rate = 0.1, .weight_decay = 0.1, .dampening = 0.5},
    {.kind = OPTIMIZER_SGD, .learning_rate = 0.1, .beta1 = 0.9},
    {.kind = OPTIMIZER_SGD, .learning_rate = 0.1, .weight_decay = 0.1, .beta1 = 0.8, .dampening = 0.3},
    {.kind = OPTIMIZER_SGD, .learning_rate = 0.1, .weight_decay = 0.1, .beta1 = 0.9, .nesterov = true},
    {.kind = OPTIMIZER_ADAGRAD, .learning_rate = 0.1, .epsilon = 1e-10},
    {.kind = OPTIMIZER_ADAGRAD, .learning_rate = 0.1, .weight_decay = 0.1, .rate_decay = 0.1, .epsilon = 1e-3},
    {.kind = OPTIMIZER_RMSPROP, .learning_rate = 0.01, .beta2 = 0.99, .epsilon = 1e-8},
    {.kind = OPTIMIZER_RMSPROP, .learning_rate = 0.01, .weight_decay = 0.1, .beta1 = 0.8, .beta2 = 0.9, .epsilon = 0.1},
};

int main(void) {
  const size_t sizes[] = {1, 3, 4, 5, 8, 33};
  for (int i = 0; i < 6; i++) {
    for (OptimizerKind kind = OPTIMIZER_ADAM; kind <= OPTIMIZER_RMSPROP; kind++) {
      const OptimizerOptions options = {.kind = kind,
                                        .learning_rate = 0.01,
                                        .weight_decay = 0.01,
                                        .beta1 = kind == OPTIMIZER_ADAGRAD ? 0 : 0.9,
                                        .beta2 = 0.99,
                                        .epsilon = 1e-4};
      test_updates(sizes[i], &options, 1, 0);
    }
  }
  for (size_t k = 0; k < sizeof variants / sizeof *variants; k++) {
    test_updates(9, &variants[k], 1, 0);
    test_updates(9, &variants[k], 0.125, 0);
    if (variants[k].kind == OPTIMIZER_ADAGRAD) test_updates(9, &variants[k], 0.3, 0.5);
  }
  test_first_update();
  test_adam_bits();
  for (OptimizerKind kind = OPTIMIZER_ADAM; kind <= OPTIMIZER_RMSPROP; kind++) {
    if (kind != OPTIMIZER_ADAGRAD) test_decay(kind);
  }
  test_large_gradients();
  test_unused_moments();
  test_copy_and_reset();
  return test_exit();
}
