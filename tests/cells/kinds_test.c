// kinds_test.c: every kind of cell with each of its options, but the options of the LSTM, against naive steps.
#include "cells/cell_checks.h"
#include "cells/naive_kinds.h"

static const CellCase cases[] = {
    {.name = "lstm", .kind = &lstm_cell, .naive = naive_lstm, .decays = true},
    {.name = "rnn", .kind = &rnn_cell, .naive = naive_rnn, .decays = true},
    {.name = "rnn, relu", .kind = &rnn_cell, .naive = naive_rnn, .options = CELL_RELU, .decays = true},
    {.name = "rnn, clip", .kind = &rnn_cell, .naive = naive_rnn, .clip = 0.5, .decays = true},
    {.name = "rnn, relu, clip", .kind = &rnn_cell, .naive = naive_rnn, .options = CELL_RELU, .clip = 0.5,
     .decays = true},
    {.name = "gru", .kind = &gru_cell, .naive = naive_gru, .decays = true},
    {.name = "gru, reset after", .kind = &gru_cell, .naive = naive_gru, .options = CELL_RESET_AFTER, .decays = true},
    {.name = "gru, clip", .kind = &gru_cell, .naive = naive_gru, .clip = 0.5, .decays = true},
    {.name = "gru, reset after, clip", .kind = &gru_cell, .naive = naive_gru, .options = CELL_RESET_AFTER, .clip = 0.5,
     .decays = true},
    {.name = "four-gate", .kind = &four_gate_cell, .naive = naive_four_gate, .decays = true},
    {.name = "feedforward", .kind = &feedforward_cell, .naive = naive_feedforward},
    {.name = "feedforward, relu", .kind = &feedforward_cell, .naive = naive_feedforward, .options = CELL_RELU},
    {.name = "tdnn of 2", .kind = &tdnn_cell, .naive = naive_tdnn, .delays = 2},
    {.name = "tdnn of 4", .kind = &tdnn_cell, .naive = naive_tdnn, .delays = 4},
    {.name = "tdnn of 9, more than a window", .kind = &tdnn_cell, .naive = naive_tdnn, .delays = 9},
    {.name = "tdnn of 3, relu", .kind = &tdnn_cell, .naive = naive_tdnn, .delays = 3, .options = CELL_RELU},
};
enum { CASES = sizeof cases / sizeof cases[0] };

// In the windows that the naive steps are compared in, some sums are clipped and some are not.
static void test_clip(void) {
  test_start("the sums of the cells with clip are on both sides of it");
  for (size_t i = 0; i < CASES; i++) {
    const WindowCase k = case_of(&cases[i], &(SizeCase){5, 9, 6, 5, .bias = true});
    const CellWindow w = make_window(&k);
    NaiveWindow n = naive_window(&k, cases[i].naive, &w);
    naive_forward(&n);
    const size_t sums = k.T * k.B * k.config.hidden_size * (k.kind->gate_count ? k.kind->gate_count : 1);
    CHECK(k.config.clip == 0 ? n.cell.clipped == 0 : n.cell.clipped > sums / 10 && n.cell.clipped < sums);
  }
  test_end();
}

// Where nobody asks for dx and dc_squares, tdnn looks at fewer steps.
static void test_dc_of_tdnn(void) {
  test_start("tdnn: dc0 is the same whether dx is asked for or not");
  const CellCase c = {.kind = &tdnn_cell, .delays = 4};
  for (size_t T = 1; T < 7; T++) {
    const WindowCase k = case_of(&c, &(SizeCase){3, 5, T, 2, .bias = true});
    CellWindow w = make_window(&k);
    tdnn_pass.forward(&w);
    tdnn_pass.backward(&w);
    real *dc0 = test_copy(w.dc0, k.B * c_size_of(&k));
    w.dx = NULL;
    w.dc_squares = NULL;
    tdnn_pass.backward(&w);
    check_same(w.dc0, dc0, k.B * c_size_of(&k) * sizeof *dc0, "dc0");
  }
  test_end();
}

static void test_start_of_tdnn(void) {
  test_start("tdnn: before the start of a sequence its inputs are 0");
  const CellCase c = {.kind = &tdnn_cell, .delays = 3};
  for (int tokens = 0; tokens < 2; tokens++) {
    const WindowCase k = case_of(&c, &(SizeCase){4, 5, 1, 1, .tokens = tokens == 1, .bias = true});
    CellWindow w = make_window(&k);
    memset(w.c, 0, c_size_of(&k) * sizeof(real));
    tdnn_pass.forward(&w);
    const WindowCase now = {.kind = &feedforward_cell, .config = k.config, .T = 1, .B = 1};
    CellWindow f = make_window(&now);
    f.tokens = w.tokens;
    f.x = w.x;
    for (size_t i = 0; i < 5 * 4; i++) {
      f.parameters[0][i] = w.parameters[0][tokens ? i : i / 4 * 12 + i % 4];
    }
    f.parameters[1] = w.parameters[1];
    feedforward_pass.forward(&f);
    for (size_t j = 0; j < 5; j++) check_near(w.h[5 + j], f.h[5 + j], forward_tolerance(&k), "h[%zu]", j);
  }
  test_end();
}

static void test_initialise(void) {
  test_start("initialise: the forget biases of four-gate sum to what is asked for, all else is as drawn");
  for (size_t i = 0; i < CASES; i++) {
    const CellKind *kind = cases[i].kind;
    for (int bias = 0; bias < 2; bias++) {
      WindowCase k = case_of(&cases[i], &(SizeCase){2, 3, 1, 1, .bias = bias == 1});
      k.config.forget_bias = -2;
      CellWindow w = make_window(&k);
      CellParameter list[CELL_MAX_PARAMETERS] = {0};
      kind->parameters(list, &k.config);
      for (size_t p = 0; p < CELL_MAX_PARAMETERS; p++) {
        for (size_t j = 0; j < count_of(&list[p]); j++) w.parameters[p][j] = 7;
      }
      kind->initialise(w.parameters, &k.config);
      const bool forgets = bias && (kind == &lstm_cell || kind == &four_gate_cell);
      for (size_t p = 0; p < CELL_MAX_PARAMETERS; p++) {
        for (size_t j = 0; j < count_of(&list[p]); j++) {
          const bool ih = strcmp(list[p].name, "bias_ih") == 0, hh = strcmp(list[p].name, "bias_hh") == 0;
          const double expected = forgets && (ih || hh) && j / 3 == 1 ? -2 * ih : 7;
          check_near(w.parameters[p][j], expected, 0, "%s: %s[%zu]", cases[i].name, list[p].name, j);
        }
      }
    }
  }
  test_end();
}

static void check_gates(const CellKind *kind, const char *names) {
  char joined[200] = "";
  for (size_t g = 0; g < kind->gate_count; g++) {
    strcat(strcat(joined, g ? " " : ""), kind->gate_names[g]);
  }
  check(strcmp(joined, names) == 0, "gates of %s: expected %s, got %s", kind->name, names, joined);
}

static void test_kinds(void) {
  test_start("the list of kinds, their gates, and who computes an lstm");
  const char *names[] = {"lstm", "rnn", "gru", "four-gate", "feedforward", "tdnn"};
  CHECK(CELL_KINDS == sizeof names / sizeof *names);
  for (size_t i = 0; i < CELL_KINDS; i++) CHECK(strcmp(cell_kinds[i]->name, names[i]) == 0);
  check_gates(&lstm_cell, "input forget candidate output");
  check_gates(&rnn_cell, "");
  check_gates(&gru_cell, "reset update candidate");
  check_gates(&four_gate_cell, "input forget candidate output use");
  check_gates(&feedforward_cell, "");
  check_gates(&tdnn_cell, "");
  const CellConfig plain = {.input_size = 2, .hidden_size = 3, .tokens = true, .bias = true};
  CellConfig option = plain, projected = plain, clipped = plain;
  option.options = CELL_COUPLED;
  projected.projection = 2;
  clipped.clip = 1;
  CHECK(cell_kind_for(&lstm_cell, &plain) == &lstm_cell);
  CHECK(cell_kind_for(&lstm_cell, &option) == &lstm_variant_cell);
  CHECK(cell_kind_for(&lstm_cell, &projected) == &lstm_variant_cell);
  CHECK(cell_kind_for(&lstm_cell, &clipped) == &lstm_variant_cell);
  CHECK(cell_kind_for(&gru_cell, &clipped) == &gru_cell);
  test_end();
}

int main(void) {
  for (size_t i = 0; i < CASES; i++) check_cell(&cases[i]);
  test_clip();
  test_dc_of_tdnn();
  test_start_of_tdnn();
  test_initialise();
  test_kinds();
  return test_exit();
}
