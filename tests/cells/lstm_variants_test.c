// lstm_variants_test.c: the LSTM with every option alone and with many combinations, against naive steps; without
// options, against the plain cell, bit for bit.
#include "cells/cell_checks.h"
#include "cells/lstm_variants.h"
#include "cells/naive_variants.h"

static const CellKind *const kind = &lstm_variant_cell;

#define ROW(...) {.kind = &lstm_variant_cell, .naive = naive_variant, __VA_ARGS__}

static const CellCase options_alone[] = {
    ROW(.name = "no options", .decays = true),
    ROW(.name = "diagonal peepholes", .options = CELL_PEEPHOLE_DIAGONAL, .decays = true),
    ROW(.name = "full peepholes", .options = CELL_PEEPHOLE_FULL, .decays = true),
    ROW(.name = "coupled", .options = CELL_COUPLED, .decays = true),
    ROW(.name = "no input gate", .options = CELL_NO_INPUT_GATE, .decays = true),
    ROW(.name = "no forget gate", .options = CELL_NO_FORGET_GATE),
    ROW(.name = "no output gate", .options = CELL_NO_OUTPUT_GATE, .decays = true),
    ROW(.name = "no input activation", .options = CELL_NO_INPUT_ACTIVATION, .decays = true),
    ROW(.name = "no output activation", .options = CELL_NO_OUTPUT_ACTIVATION, .decays = true),
    ROW(.name = "full gate recurrence", .options = CELL_FULL_GATE_RECURRENCE),
    ROW(.name = "layer norm", .options = CELL_LAYER_NORM, .decays = true),
    ROW(.name = "layer norm of the products", .options = CELL_LAYER_NORM_PRODUCTS, .decays = true),
    ROW(.name = "multiplicative", .options = CELL_MULTIPLICATIVE_DIAGONAL, .decays = true),
    ROW(.name = "multiplicative, layer norm of the products",
        .options = CELL_MULTIPLICATIVE_DIAGONAL | CELL_LAYER_NORM_PRODUCTS, .decays = true),
    ROW(.name = "projection", .projection = 1, .decays = true),
    ROW(.name = "projection to more", .projection = 11, .decays = true),
    ROW(.name = "clip", .clip = 0.5, .decays = true),
    ROW(.name = "no gates", .options = CELL_NO_INPUT_GATE | CELL_NO_FORGET_GATE | CELL_NO_OUTPUT_GATE |
                                       CELL_PEEPHOLE_FULL | CELL_FULL_GATE_RECURRENCE),
    ROW(.name = "everything", .options = CELL_COUPLED | CELL_PEEPHOLE_FULL | CELL_FULL_GATE_RECURRENCE |
                                         CELL_LAYER_NORM | CELL_NO_INPUT_ACTIVATION | CELL_NO_OUTPUT_ACTIVATION,
        .projection = 4),
    ROW(.name = "everything, the products alone normalised",
        .options = CELL_PEEPHOLE_FULL | CELL_FULL_GATE_RECURRENCE | CELL_LAYER_NORM_PRODUCTS | CELL_MULTIPLICATIVE_DIAGONAL |
                   CELL_NO_INPUT_ACTIVATION | CELL_NO_OUTPUT_ACTIVATION,
        .projection = 4),
};

// The memory of a window is what the cell asks for, to the last number.
static void check_tape(const CellCase *c, const SizeCase *s) {
  const WindowCase k = start("all of the tape is used", c, s);
  CellWindow w = make_window(&k);
  const size_t tape = (size_t)cell_pass(kind)->tape_size(&k.config, k.T, k.B);
  cell_pass(kind)->forward(&w);
  cell_pass(kind)->backward(&w);
  for (size_t i = 0; i < tape; i++) check(!isnan(w.tape[i]), "tape[%zu] of %zu: not used", i, tape);
  test_end();
}

static void test_plain(const SizeCase *k) {
  const WindowCase window = start("equal to the plain cell bit for bit", &options_alone[0], k);
  CellWindow w = make_window(&window), v = w;
  const size_t states = (k->T + 1) * k->B * k->H, steps = states - k->B * k->H, first = k->B * k->H;
  CHECK(cell_pass(kind)->tape_size(&w.config, k->T, k->B) == lstm_pass.tape_size(&w.config, k->T, k->B));
  v.h = test_copy(w.h, states);
  v.c = test_copy(w.c, states);
  v.dh = test_copy(w.dh, steps);
  v.dx = w.dx ? test_reals(k->T * k->B * k->D) : NULL;
  v.dh0 = test_reals(first);
  v.dc0 = test_reals(first);
  v.dc_squares = test_block((k->T + 1) * sizeof(double));
  v.tape = test_reals((size_t)lstm_pass.tape_size(&w.config, k->T, k->B));
  v.scratch = test_reals((size_t)lstm_pass.scratch_size(&w.config));
  CellParameter list[CELL_MAX_PARAMETERS] = {{0}}, plain[CELL_MAX_PARAMETERS] = {{0}};
  kind->parameters(list, &w.config);
  lstm_cell.parameters(plain, &w.config);
  for (size_t p = 0; p < CELL_MAX_PARAMETERS; p++) {
    CHECK(list[p].rows == plain[p].rows && list[p].columns == plain[p].columns);
    CHECK(list[p].column_major == plain[p].column_major);
    CHECK(list[p].name == plain[p].name || strcmp(list[p].name, plain[p].name) == 0);
    if (list[p].rows > 0) v.dparameters[p] = test_reals(count_of(&list[p]));
  }
  cell_pass(kind)->forward(&w);
  lstm_pass.forward(&v);
  check_same(w.h, v.h, states * sizeof(real), "h");
  check_same(w.c, v.c, states * sizeof(real), "c");
  cell_pass(kind)->backward(&w);
  lstm_pass.backward(&v);
  for (size_t p = 0; p < CELL_MAX_PARAMETERS; p++) {
    if (list[p].rows == 0) continue;
    check_same(w.dparameters[p], v.dparameters[p], count_of(&list[p]) * sizeof(real), list[p].name);
  }
  check_same(w.dh, v.dh, steps * sizeof(real), "dh");
  check_same(w.dh0, v.dh0, first * sizeof(real), "dh0");
  check_same(w.dc0, v.dc0, first * sizeof(real), "dc0");
  check_same(w.dc_squares, v.dc_squares, (k->T + 1) * sizeof(double), "dc_squares");
  if (w.dx) check_same(w.dx, v.dx, k->T * k->B * k->D * sizeof(real), "dx");

  real *gates = step_memory(&window), *plain_gates = test_reals(4 * k->H);
  kind->step(w.h, w.c, gates, w.parameters, NULL, w.x, token_of(&w, 0), &w.config);
  lstm_cell.step(v.h, v.c, plain_gates, w.parameters, NULL, w.x, token_of(&w, 0), &w.config);
  check_same(gates, plain_gates, 4 * k->H * sizeof(real), "gates of a step");
  check_same(w.h, v.h, k->H * sizeof(real), "h of a step");
  check_same(w.c, v.c, k->H * sizeof(real), "c of a step");
  test_end();
}

static void check_shape(const CellParameter *list, int place, const char *name, size_t rows, size_t columns) {
  check(list[place].rows == rows && list[place].columns == columns && strcmp(list[place].name, name) == 0,
        "parameter %d: expected %s (%zu, %zu), got %s (%zu, %zu)", place, name, rows, columns,
        list[place].rows ? list[place].name : "nothing", list[place].rows, list[place].columns);
}

static void test_parameters(void) {
  test_start("names and shapes of parameters, and the length of c");
  CellParameter list[CELL_MAX_PARAMETERS] = {{0}};
  CellConfig config = {.input_size = 2, .hidden_size = 3, .bias = true, .projection = 2};
  config.options = CELL_COUPLED | CELL_PEEPHOLE_FULL | CELL_FULL_GATE_RECURRENCE | CELL_LAYER_NORM;
  kind->parameters(list, &config);
  check_shape(list, LSTM_WEIGHT_IH, "weight_ih", 9, 2);
  check_shape(list, LSTM_WEIGHT_HH, "weight_hh", 9, 2);
  check_shape(list, LSTM_BIAS_IH, "bias_ih", 9, 0);
  check_shape(list, LSTM_BIAS_HH, "bias_hh", 9, 0);
  check_shape(list, LSTM_WEIGHT_CH, "weight_ch", 6, 3);
  check_shape(list, LSTM_WEIGHT_GH, "weight_gh", 6, 6);
  check_shape(list, LSTM_WEIGHT_HR, "weight_hr", 2, 3);
  check_shape(list, LSTM_NORM_IH_WEIGHT, "norm_ih_weight", 9, 0);
  check_shape(list, LSTM_NORM_HH_WEIGHT, "norm_hh_weight", 9, 0);
  check_shape(list, LSTM_NORM_C_WEIGHT, "norm_c_weight", 3, 0);
  check_shape(list, LSTM_NORM_C_BIAS, "norm_c_bias", 3, 0);
  CHECK(kind->c_size(&config) == 9);
  CellParameter other[CELL_MAX_PARAMETERS] = {{0}};
  config = (CellConfig){.input_size = 2, .hidden_size = 3, .tokens = true, .options = CELL_PEEPHOLE_DIAGONAL};
  kind->parameters(other, &config);
  CHECK(other[LSTM_WEIGHT_IH].column_major && other[LSTM_BIAS_IH].rows == 0 && other[LSTM_BIAS_HH].rows == 0);
  check_shape(other, LSTM_WEIGHT_CH, "weight_ch", 9, 0);
  CHECK(other[LSTM_WEIGHT_GH].rows == 0 && other[LSTM_WEIGHT_HR].rows == 0 && other[LSTM_NORM_C_BIAS].rows == 0);
  CHECK(kind->c_size(&config) == 3);
  CellParameter third[CELL_MAX_PARAMETERS] = {{0}};
  config.options = CELL_LAYER_NORM_PRODUCTS | CELL_MULTIPLICATIVE_DIAGONAL;
  config.projection = 5;
  kind->parameters(third, &config);
  check_shape(third, LSTM_NORM_IH_WEIGHT, "norm_ih_weight", 12, 0);
  check_shape(third, LSTM_NORM_HH_WEIGHT, "norm_hh_weight", 12, 0);
  check_shape(third, LSTM_WEIGHT_MX, "weight_mx", 5, 2);
  CHECK(third[LSTM_WEIGHT_MX].column_major && third[LSTM_NORM_C_WEIGHT].rows == 0 && third[LSTM_NORM_C_BIAS].rows == 0);
  test_end();
}

static void test_initialise(uint32_t options, double asked, double gain) {
  test_start("initialise with options %#x: forget biases sum to -2, gains are %g, all else is as drawn", options, gain);
  const CellCase c = ROW(.options = options);
  WindowCase k = case_of(&c, &(SizeCase){2, 3, 1, 1, .bias = true});
  k.config.forget_bias = -2;
  k.config.initial_gain = (real)asked;
  const size_t H = k.config.hidden_size;
  CellWindow w = make_window(&k);
  CellParameter list[CELL_MAX_PARAMETERS] = {{0}};
  kind->parameters(list, &w.config);
  for (size_t p = 0; p < CELL_MAX_PARAMETERS; p++) {
    for (size_t i = 0; i < count_of(&list[p]); i++) w.parameters[p][i] = 7;
  }
  kind->initialise(w.parameters, &w.config);
  const size_t first = options & CELL_NO_INPUT_GATE ? 0 : H;
  const bool has_forget = !(options & (CELL_COUPLED | CELL_NO_FORGET_GATE));
  for (size_t p = 0; p < CELL_MAX_PARAMETERS; p++) {
    for (size_t i = 0; i < count_of(&list[p]); i++) {
      const bool forget = has_forget && i >= first && i < first + H;
      double expected = 7;
      if (p == LSTM_BIAS_IH && forget) expected = -2;
      if (p == LSTM_BIAS_HH && forget) expected = 0;
      if (p >= LSTM_NORM_IH_WEIGHT) expected = p == LSTM_NORM_C_BIAS || p == LSTM_WEIGHT_MX ? 0 : gain;
      check_near(w.parameters[p][i], expected, 0, "%s[%zu]", list[p].name, i);
    }
  }
  test_end();
}

// All weights 0 but those of the projection, which are so small that they would make denormal numbers of small ones.
static void test_projected_decay(void) {
  const CellCase c = ROW(.name = "a projection by small weights", .projection = 5);
  const WindowCase k = start("no denormal numbers", &c, &(SizeCase){3, 6, 200, 2, .bias = true});
  const size_t P = h_size_of(&k);
  CellWindow w = make_window(&k);
  CellParameter list[CELL_MAX_PARAMETERS] = {0};
  kind->parameters(list, &k.config);
  for (size_t p = 0; p < CELL_MAX_PARAMETERS; p++) {
    const real value = p == LSTM_WEIGHT_HR ? (real)1e-9 : 0;
    for (size_t i = 0; i < count_of(&list[p]); i++) w.parameters[p][i] = value;
  }
  real *h = test_copy(w.h, P), *c_of_step = test_copy(w.c, c_size_of(&k)), *memory = step_memory(&k);
  cell_pass(kind)->forward(&w);
  CHECK(!any_denormal(w.h, (k.T + 1) * k.B * P));
  for (size_t t = 0; t < k.T; t++) {
    step_fast(&k, &w, h, c_of_step, memory, t, 0);
    CHECK(!any_denormal(h, P));
  }
  test_end();
}

// ---------------------------------------------------------------- combinations

static uint32_t bit(int percent, uint32_t option) { return (int)test_random_below(100) < percent ? option : 0; }

static uint32_t random_options(void) {
  uint32_t options = bit(30, CELL_COUPLED) | bit(25, CELL_NO_OUTPUT_GATE) | bit(25, CELL_NO_INPUT_ACTIVATION) |
                     bit(25, CELL_NO_OUTPUT_ACTIVATION) | bit(40, CELL_FULL_GATE_RECURRENCE) | bit(40, CELL_MULTIPLICATIVE_DIAGONAL);
  if (!(options & CELL_COUPLED)) options |= bit(25, CELL_NO_INPUT_GATE) | bit(25, CELL_NO_FORGET_GATE);
  const size_t peephole = test_random_below(3), norm = test_random_below(5);
  options |= norm == 0 ? CELL_LAYER_NORM : norm < 3 ? CELL_LAYER_NORM_PRODUCTS : 0;
  return options | (peephole == 1 ? CELL_PEEPHOLE_DIAGONAL : peephole == 2 ? CELL_PEEPHOLE_FULL : 0);
}

// With layer norm few numbers are normalised, and those of not too few summands: else differences find no smooth place.
static SizeCase random_size(bool normed) {
  const size_t least = normed ? 4 : 1;
  return (SizeCase){
      .D = least + test_random_below(4),
      .H = least + test_random_below(4),
      .T = 1 + test_random_below(normed ? 2 : 4),
      .B = 1 + test_random_below(normed ? 2 : 3),
      .tokens = test_random_below(2),
      .bias = test_random_below(3) > 0,
      .lengths = test_random_below(2),
      .c_end = test_random_below(2),
  };
}

static void test_combination(void) {
  const uint32_t options = random_options();
  const bool normed = options & CELL_LAYER_NORMS;
  SizeCase s = random_size(normed);
  const size_t least = normed ? 3 : 1, projection = least + test_random_below(s.H + 1 - least);
  const CellCase c = ROW(.options = options, .projection = test_random_below(2) ? projection : 0,
                         .clip = test_random_below(2) ? 0.8 : 0);
  const uint64_t random = test.random;
  char name[100];
  snprintf(name, sizeof name, "options %#x, projection %zu, clip %g", options, c.projection, c.clip);
  CellCase named = c;
  named.name = name;
  check_forward(&named, &s);
  check_gradients(&named, &s);
  check_int8(&named, &s);
  s.lengths = false;
  check_tape(&named, &s);
  s.lengths = true;
  s.B = 3;
  s.T += 2;
  check_lengths(&named, &s);
  test.random = random;
}

enum { COMBINATIONS = 150 };

int main(void) {
  test_parameters();
  test_initialise(0, 0, 0);
  test_initialise(CELL_NO_INPUT_GATE, 0, 0);
  test_initialise(CELL_COUPLED | CELL_LAYER_NORM, 0, 1);
  test_initialise(CELL_NO_FORGET_GATE | CELL_LAYER_NORM, 0.25, 0.25);
  test_initialise(CELL_LAYER_NORM_PRODUCTS | CELL_MULTIPLICATIVE_DIAGONAL, 0, 0.5);
  test_initialise(CELL_LAYER_NORM_PRODUCTS, 2, 2);
  const SizeCase sizes[] = {
      {1, 1, 1, 1, .bias = false}, {5, 4, 4, 4, .tokens = true, .bias = true},  {3, 6, 7, 3, .bias = true},
      {9, 5, 6, 1, .bias = true},  {7, 9, 5, 2, .tokens = true, .bias = false}, {13, 37, 90, 3, .bias = true},
      {3, 6, 7, 3, .lengths = true},
  };
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) test_plain(&sizes[i]);
  for (size_t i = 0; i < sizeof options_alone / sizeof *options_alone; i++) {
    check_cell(&options_alone[i]);
    check_tape(&options_alone[i], &(SizeCase){3, 6, 4, 3, .bias = true});
  }
  test_projected_decay();
  test.random = 1;
  for (int i = 0; i < COMBINATIONS; i++) test_combination();
  return test_exit();
}
