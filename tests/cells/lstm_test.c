// lstm_test.c: the LSTM cell against the naive one: single steps, sequences forward and backward, tokens and vectors.
// All memory of a window has exactly the size that the cell asks for.
#include "cells/cell.h"

#include "kernels/test_leaves.h"
#include "cells/naive_lstm.h"

static NaiveLstm naive;

typedef struct {
  size_t D, H, T, B;
  bool tokens, bias;
} Case;

// Sizes below, at, above and off the lane count; one step and one sequence; a sum longer than a block of 512.
static const Case cases[] = {
    {1, 1, 1, 1, false, false}, {1, 1, 1, 1, true, true},   {3, 2, 4, 1, false, true},  {5, 3, 1, 5, true, false},
    {4, 4, 4, 4, false, true},  {4, 8, 3, 2, true, true},   {7, 5, 7, 3, false, false}, {9, 6, 2, 9, true, true},
    {5, 9, 6, 5, false, true},  {2, 12, 5, 3, true, false}, {13, 7, 180, 3, false, true}, {6, 5, 130, 4, true, true},
};
enum { CASES = sizeof cases / sizeof cases[0] };

static void start(const char *what, const Case *k) {
  test_start("%s: D %zu, H %zu, T %zu, B %zu, %s, %s", what, k->D, k->H, k->T, k->B, k->tokens ? "tokens" : "vectors",
             k->bias ? "bias" : "no bias");
}

static CellWindow make_window(const Case *k) {
  const CellConfig config = {.input_size = k->D, .hidden_size = k->H, .tokens = k->tokens, .bias = k->bias};
  const size_t states = (k->T + 1) * k->B * k->H, inputs = k->T * k->B * k->D;
  CellWindow w = {
      .config = config,
      .window = k->T,
      .batch = k->B,
      .tokens = k->tokens ? test_tokens(k->T * k->B, k->D) : NULL,
      .x = k->tokens ? NULL : test_random_reals(inputs, 1),
      .h = test_reals(states),
      .c = test_reals(states),
      .dh = test_random_reals(k->T * k->B * k->H, 1),
      .dx = k->tokens ? NULL : test_reals(inputs),
      .dh0 = test_reals(k->B * k->H),
      .dc0 = test_reals(k->B * k->H),
      .tape = test_reals((size_t)lstm_pass.tape_size(&config, k->T, k->B)),
      .scratch = test_reals((size_t)lstm_pass.scratch_size(&config)),
  };
  fill_random(w.h, k->B * k->H, 1);
  fill_random(w.c, k->B * k->H, 2);
  CellParameter list[CELL_MAX_PARAMETERS] = {0};
  lstm_cell.parameters(list, &config);
  for (size_t p = 0; p < CELL_MAX_PARAMETERS && list[p].rows > 0; p++) {
    const size_t values = list[p].rows * (list[p].columns ? list[p].columns : 1);
    w.parameters[p] = test_random_reals(values, 1 / sqrt((double)k->H));
    w.dparameters[p] = test_reals(values);
  }
  w.leaves = make_leaves(k->B, k->T, k->D, 4 * k->H * (k->D > k->H ? k->D : k->H));
  return w;
}

static void run_naive(const CellWindow *w) {
  naive.config = w->config;
  naive.window = w->window;
  naive.batch = w->batch;
  naive.parameters = w->parameters;
  naive.tokens = w->tokens;
  naive.x = w->x;
  for (size_t i = 0; i < w->batch * w->config.hidden_size; i++) {
    naive.h[i] = w->h[i];
    naive.c[i] = w->c[i];
  }
  naive_forward(&naive);
}

static void check_array(const real *got, const double *expected, size_t n, double tolerance, const char *what) {
  for (size_t i = 0; i < n; i++) {
    check_near(got[i], expected[i], tolerance * fmax(1, fabs(expected[i])), "%s[%zu]", what, i);
  }
}

// A gate sums D + H + 2 terms of about 1 / sqrt(H); steps pass their errors on, damped by the forget gate. A gradient
// sums over the window and batch too.
static double forward_tolerance(const Case *k) { return (double)(k->D + k->H + 20) * REAL_EPSILON; }
static double backward_tolerance(const Case *k) { return (double)(k->D + 4 * k->H + k->B * 2 + 40) * REAL_EPSILON; }

static void test_forward(const Case *k) {
  start("forward equals the naive one, and steps equal forward", k);
  CellWindow w = make_window(k);
  const size_t states = (k->T + 1) * k->B * k->H;
  run_naive(&w);
  lstm_pass.forward(&w);
  check_array(w.h, naive.h, states, forward_tolerance(k), "h");
  check_array(w.c, naive.c, states, forward_tolerance(k), "c");

  real *gates = test_reals(4 * k->H);
  for (size_t b = 0; b < k->B; b++) {
    real *h = test_copy(w.h + b * k->H, k->H), *c = test_copy(w.c + b * k->H, k->H);
    for (size_t t = 0; t < k->T; t++) {
      const size_t at = t * k->B + b, after = ((t + 1) * k->B + b) * k->H;
      lstm_cell.step(h, c, gates, w.parameters, NULL, w.x ? w.x + at * k->D : NULL, w.tokens ? (size_t)w.tokens[at] : 0,
                     &w.config);
      check_array(gates, naive.gates + at * 4 * k->H, 4 * k->H, forward_tolerance(k), "gates");
      check_array(h, naive.h + after, k->H, forward_tolerance(k), "h of a step");
      check_array(c, naive.c + after, k->H, forward_tolerance(k), "c of a step");
      for (size_t j = 0; j < k->H; j++) {
        check_near(h[j], w.h[after + j], forward_tolerance(k), "h[%zu][%zu] of step and forward", t, j);
      }
    }
  }
  test_end();
}

// Column by column for tokens; else as it is.
static void check_weight_ih(const real *got, const Case *k, double tolerance) {
  const size_t rows = 4 * k->H;
  for (size_t row = 0; row < rows; row++) {
    for (size_t d = 0; d < k->D; d++) {
      const double expected = naive.dweight_ih[row * k->D + d];
      check_near(got[k->tokens ? d * rows + row : row * k->D + d], expected, tolerance * fmax(1, fabs(expected)),
                 "dweight_ih[%zu][%zu]", row, d);
    }
  }
}

static void test_backward(const Case *k) {
  start("backward equals the naive one", k);
  CellWindow w = make_window(k);
  const double tolerance = backward_tolerance(k);
  run_naive(&w);
  naive_backward(&naive, w.dh);
  lstm_pass.forward(&w);
  lstm_pass.backward(&w);
  check_weight_ih(w.dparameters[0], k, tolerance);
  check_array(w.dparameters[1], naive.dweight_hh, 4 * k->H * k->H, tolerance, "dweight_hh");
  if (k->bias) {
    check_array(w.dparameters[2], naive.dbias, 4 * k->H, tolerance, "dbias_ih");
    check_array(w.dparameters[3], naive.dbias, 4 * k->H, tolerance, "dbias_hh");
  }
  if (!k->tokens) check_array(w.dx, naive.dx, k->T * k->B * k->D, tolerance, "dx");
  check_array(w.dh0, naive.dh0, k->B * k->H, tolerance, "dh0");
  check_array(w.dc0, naive.dc0, k->B * k->H, tolerance, "dc0");
  test_end();
}

// Tokens are one-hot vectors: the same states and the same gradients.
static void test_one_hot(const Case *k) {
  start("one-hot vectors give what tokens give", k);
  CellWindow w = make_window(k);
  Case vectors = *k;
  vectors.tokens = false;
  CellWindow v = make_window(&vectors);
  const size_t rows = 4 * k->H, count = k->T * k->B, first = k->B * k->H;
  memcpy(v.h, w.h, first * sizeof(real));
  memcpy(v.c, w.c, first * sizeof(real));
  memcpy(v.dh, w.dh, count * k->H * sizeof(real));
  for (size_t p = 1; p < (k->bias ? 4 : 2); p++) v.parameters[p] = w.parameters[p];
  real *x = test_reals(count * k->D);
  v.x = x;
  for (size_t n = 0; n < count; n++) {
    for (size_t d = 0; d < k->D; d++) x[n * k->D + d] = (size_t)w.tokens[n] == d;
  }
  for (size_t row = 0; row < rows; row++) {
    for (size_t d = 0; d < k->D; d++) v.parameters[0][row * k->D + d] = w.parameters[0][d * rows + row];
  }
  lstm_pass.forward(&w);
  lstm_pass.forward(&v);
  for (size_t i = 0; i < (k->T + 1) * first; i++) check_near(v.h[i], w.h[i], forward_tolerance(k), "h[%zu]", i);
  lstm_pass.backward(&w);
  lstm_pass.backward(&v);
  for (size_t row = 0; row < rows; row++) {
    for (size_t d = 0; d < k->D; d++) {
      const double expected = w.dparameters[0][d * rows + row];
      check_near(v.dparameters[0][row * k->D + d], expected, backward_tolerance(k) * fmax(1, fabs(expected)),
                 "dweight_ih[%zu][%zu]", row, d);
    }
  }
  for (size_t i = 0; i < first; i++) check_near(v.dh0[i], w.dh0[i], backward_tolerance(k), "dh0[%zu]", i);
  test_end();
}

// So wide that the packed weights are the largest thing in the scratch memory, not the blocks of a weight gradient.
static void test_wide(void) {
  const Case k = {1200, 150, 2, 1, false, true};
  start("a wide cell stays in its memory, and forward equals steps", &k);
  CellWindow w = make_window(&k);
  real *h = test_copy(w.h, k.H), *c = test_copy(w.c, k.H), *gates = test_reals(4 * k.H);
  lstm_pass.forward(&w);
  for (size_t t = 0; t < k.T; t++) lstm_cell.step(h, c, gates, w.parameters, NULL, w.x + t * k.D, 0, &w.config);
  for (size_t j = 0; j < k.H; j++) check_near(h[j], w.h[k.T * k.H + j], forward_tolerance(&k), "h[%zu]", j);
  lstm_pass.backward(&w);
  for (size_t j = 0; j < k.H; j++) CHECK(isfinite(w.dh0[j]) && isfinite(w.dc0[j]));
  test_end();
}

static bool any_denormal(const real *values, size_t n) {
  for (size_t i = 0; i < n; i++) {
    if (values[i] != 0 && fabs((double)values[i]) < REAL_LEAST) return true;
  }
  return false;
}

// All weights 0: i = f = o = 1/2 and g = 0, so that c halves with each step, and each gradient on its way back.
static void test_decay(void) {
  test_start("states and gradients that decay become 0, never denormal numbers");
  const Case k = {.D = 3, .H = 6, .T = 400, .B = 2, .bias = true};
  CellWindow w = make_window(&k);
  CellParameter list[CELL_MAX_PARAMETERS] = {0};
  lstm_cell.parameters(list, &w.config);
  for (size_t p = 0; p < CELL_MAX_PARAMETERS; p++) {
    if (list[p].rows == 0) continue;
    memset(w.parameters[p], 0, list[p].rows * (list[p].columns ? list[p].columns : 1) * sizeof(real));
  }
  const size_t states = (k.T + 1) * k.B * k.H, steps = k.T * k.B * k.H;
  memset(w.dh, 0, (steps - k.B * k.H) * sizeof(real));
  lstm_pass.forward(&w);
  CHECK(!any_denormal(w.h, states) && !any_denormal(w.c, states));
  CHECK(w.c[states - 1] == 0 && w.h[states - 1] == 0 && w.c[20 * k.B * k.H] != 0);
  lstm_pass.backward(&w);
  CHECK(!any_denormal(w.tape, 4 * steps) && !any_denormal(w.dc0, k.B * k.H) && !any_denormal(w.dh0, k.B * k.H));
  for (size_t i = 0; i < k.B * k.H; i++) CHECK(w.dc0[i] == 0);

  real *h = test_copy(w.h, k.H), *c = test_copy(w.c, k.H), *gates = test_reals(4 * k.H);
  for (int t = 0; t < 400; t++) {
    lstm_cell.step(h, c, gates, w.parameters, NULL, w.x, 0, &w.config);
    CHECK(!any_denormal(h, k.H) && !any_denormal(c, k.H));
  }
  CHECK(c[0] == 0 && h[0] == 0);
  test_end();
}

static void test_initialise(void) {
  test_start("initialise: the two forget biases sum to what is asked for, all else is as drawn");
  enum { H = 5 };
  const CellConfig config = {.input_size = 2, .hidden_size = H, .bias = true, .forget_bias = -2};
  real weights[1] = {7}, bias_ih[4 * H], bias_hh[4 * H];
  for (int j = 0; j < 4 * H; j++) bias_ih[j] = bias_hh[j] = 7;
  lstm_cell.initialise((real *[]){weights, weights, bias_ih, bias_hh}, &config);
  for (int j = 0; j < 4 * H; j++) {
    check_near(bias_ih[j] + bias_hh[j], j / H == 1 ? -2 : 14, 0, "bias_ih + bias_hh, row %d", j);
  }
  const CellConfig without = {.input_size = 2, .hidden_size = H, .bias = false};
  lstm_cell.initialise((real *[]){weights, weights, NULL, NULL}, &without);
  CHECK(weights[0] == 7);
  test_end();
}

static void test_kinds(void) {
  test_start("the list of kinds begins with the LSTM");
  CHECK(CELL_KINDS >= 1);
  CHECK(cell_kinds[0] == &lstm_cell);
  CHECK(strcmp(lstm_cell.name, "lstm") == 0);
  CHECK(cell_c_size(&lstm_cell, &(CellConfig){.hidden_size = 5}) == 5);
  CHECK(lstm_cell.gate_count == 4);
  const char *gates[] = {"input", "forget", "candidate", "output"};
  for (int g = 0; g < 4; g++) CHECK(strcmp(lstm_cell.gate_names[g], gates[g]) == 0);
  test_end();
}

int main(void) {
  for (int k = 0; k < CASES; k++) {
    test_forward(&cases[k]);
    test_backward(&cases[k]);
    if (cases[k].tokens) test_one_hot(&cases[k]);
  }
  test_wide();
  test_decay();
  test_initialise();
  test_kinds();
  return test_exit();
}
