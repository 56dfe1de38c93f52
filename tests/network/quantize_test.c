// quantize_test.c: a network with 8-bit weights: close to the one it was made from, and the same when made twice.
#include "network/networks.h"

static const NetworkCase cases[] = {
    {7, {20}, true, OUTPUT_CLASSES, 7, 1},
    {-5, {9, 33}, true, OUTPUT_VALUES, 4, 2},
    {-3, {16}, false, OUTPUT_HIDDEN, 0, 3},
};

static void take_steps(real *outputs, Network *network, int steps) {
  const size_t V = network->head.output_size;
  memset(network->state, 0, network->state_size * sizeof(real));
  for (int t = 0; t < steps; t++) {
    const size_t D = network->directions[0].config.input_size;
    for (size_t d = 0; !network->directions[0].config.tokens && d < D; d++) network->input[d] = (real)sin(0.7 * t + (double)d);
    network_step(network, (size_t)t % D);
    memcpy(outputs + (size_t)t * V, network->logits, V * sizeof(real));
  }
}

static void test_case(const NetworkCase *k) {
  test_start("network_quantize: %s", describe(k));
  enum { STEPS = 12 };
  Network *network = make_network(k), *rounded = make_network(k);
  CHECK(network_quantize(rounded, NULL));
  for (size_t i = 0; i < network->parameter_count; i++) {
    const Parameter *row = &network->table[i];
    const real *was = network->values + row->offset, *is = rounded->values + row->offset;
    double most = 0;
    for (size_t n = 0; n < row->count; n++) most = fmax(most, fabs((double)(was[n] - is[n])));
    // All weights are drawn from (-1/sqrt(H), 1/sqrt(H)), H at least 9: half a step is at most 1/3/127/2.
    check(row->columns ? most > 0 && most <= 0.34 / 254 : most == 0, "%s: moved by up to %g", row->name, most);
  }
  const size_t count = STEPS * network->head.output_size;
  real *exact = test_reals(count), *near = test_reals(count), *again = test_reals(count);
  take_steps(exact, network, STEPS);
  take_steps(near, rounded, STEPS);
  for (size_t n = 0; n < count; n++) check_near((double)near[n], (double)exact[n], 0.03, "output %zu", n);
  CHECK(memcmp(exact, near, count * sizeof(real)) != 0);

  // Made from the rounded values it is the same network.
  Network *twin = make_network(k);
  memcpy(twin->values, rounded->values, rounded->value_count * sizeof(real));
  CHECK(network_quantize(twin, NULL) && network_quantize(twin, NULL));
  check_same(twin->values, rounded->values, rounded->value_count * sizeof(real), "values");
  take_steps(again, twin, STEPS);
  check_same(again, near, count * sizeof(real), "outputs");
  network_free(network);
  network_free(rounded);
  network_free(twin);
  test_end();
}

// Scales from outside: of rows that do not reach 127, one of them negative, one 0; of rows that reach -128.
static void test_scales(const NetworkCase *k) {
  test_start("network_quantize: %s, with scales that are given", describe(k));
  enum { STEPS = 6 };
  Network *network = make_network(k), *exact = make_network(k);
  size_t rows = 0;
  for (size_t i = 0; i < network->parameter_count; i++) rows += network->table[i].columns ? network->table[i].rows : 0;
  real *scales = test_reals(rows), *scale = scales;
  for (size_t r = 0; r < rows; r++) scales[r] = (real)(r % 7 == 3 ? 0 : (r % 5 == 1 ? -0.0123 : 0.001 + 0.0001 * (double)r));
  for (size_t i = 0; i < network->parameter_count; i++) {
    const Parameter *row = &network->table[i];
    for (size_t r = 0; row->columns && r < row->rows; r++, scale++) {
      for (size_t c = 0; c < row->columns; c++) {
        const int q = (int)((r * 31 + c * 17) % 57) - 28;
        const real value = (real)(c == 0 && r % 2 ? -128 : q) * *scale;
        network->values[row->offset + (row->column_major ? c * row->rows + r : r * row->columns + c)] = value;
      }
    }
  }
  memcpy(exact->values, network->values, network->value_count * sizeof(real));
  CHECK(network_quantize(network, scales));
  check_same(network->values, exact->values, network->value_count * sizeof(real), "values");
  const size_t count = STEPS * network->head.output_size;
  real *expected = test_reals(count), *got = test_reals(count);
  take_steps(expected, exact, STEPS);
  take_steps(got, network, STEPS);
  for (size_t n = 0; n < count; n++) check_near((double)got[n], (double)expected[n], 0.05, "output %zu", n);
  network_free(network);
  network_free(exact);
  test_end();
}

int main(void) {
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    test_case(&cases[i]);
    test_scales(&cases[i]);
  }
  return test_exit();
}
