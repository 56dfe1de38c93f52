// oom_sizes_test.c: what is asked for at the largest sizes that are accepted, by every kind of cell: no count wraps around.
#include "cells/cell.h"
#include "kernels/sizes.h"
#include "training/oom.h"
#include "training/trainers.h"

static const struct {
  const char *name;
  const CellKind *kind;
  uint32_t options;
  bool projected;
} cells[] = {
    {"lstm", &lstm_cell, 0, false},
    {"lstm with everything", &lstm_cell, CELL_PEEPHOLE_FULL | CELL_FULL_GATE_RECURRENCE | CELL_LAYER_NORM, true},
    {"lstm, its products normalised, multiplicative", &lstm_cell, CELL_LAYER_NORM_PRODUCTS | CELL_MULTIPLICATIVE_DIAGONAL, true},
    {"lstm, coupled, diagonal", &lstm_cell, CELL_PEEPHOLE_DIAGONAL | CELL_COUPLED, true},
    {"rnn", &rnn_cell, CELL_RELU, false},
    {"gru", &gru_cell, 0, false},
    {"gru, reset after", &gru_cell, CELL_RESET_AFTER, false},
    {"four-gate", &four_gate_cell, 0, false},
    {"feedforward", &feedforward_cell, 0, false},
    {"tdnn", &tdnn_cell, 0, false},
};
enum { CELLS = sizeof cells / sizeof cells[0] };

static CellConfig config_of(int cell, size_t input, size_t hidden, size_t delays, bool tokens) {
  return (CellConfig){.input_size = input,
                      .hidden_size = hidden,
                      .tokens = tokens,
                      .bias = true,
                      .options = cells[cell].options,
                      .projection = cells[cell].projected ? hidden : 0,
                      .delays = cells[cell].kind->takes_delays ? delays : 0};
}

static void test_counts(void) {
  test_start("count_sum and count_product stay at the largest");
  const uint64_t most = UINT64_MAX, half = (uint64_t)1 << 32;
  CHECK(count_sum(3, 4) == 7 && count_sum(most, 0) == most && count_sum(most, 1) == most && count_sum(most, most) == most);
  CHECK(count_sum(most - 5, 5) == most && count_sum(most - 5, 4) == most - 1);
  CHECK(count_product(3, 4) == 12 && count_product(most, 0) == 0 && count_product(0, most) == 0);
  CHECK(count_product(most, 1) == most && count_product(most, 2) == most && count_product(half, half) == most);
  CHECK(count_product(half, half - 1) == half * (half - 1));
  test_end();
}

// With layer normalisation of the products, the tape is that of the formula at the head of lstm_variants.c.
static long double normed_tape(const CellConfig *config, long double T, long double B) {
  const long double H = (long double)config->hidden_size, P = (long double)cell_h_size(config), R = 4 * H, N = T * B;
  const bool once = config->tokens && (long double)config->input_size < N;
  const long double made = once ? (long double)config->input_size : N;
  return N * (R + H) + N * H + B * H + made * (R + 1) + N * (R + 1) + 3 * R * (B < 8 ? B : 8) + (once ? made * R : 0) +
         2 * N * P + B * P + (config->tokens ? 0 : N * P);
}

// A tape is that of one sequence, B times, and grows by the same from step to step. At sizes where neither wraps around
// and at the largest, in numbers that can hold more.
static void test_tapes(void) {
  for (int c = 0; c < CELLS; c++) {
    test_start("the tape at the largest sizes: %s", cells[c].name);
    const size_t inputs[] = {1, NETWORK_MAX_INPUT}, hidden[] = {1, 3, NETWORK_MAX_HIDDEN}, delays[] = {2, NETWORK_MAX_DELAYS};
    for (int i = 0; i < 2 * 3 * 2 * 2; i++) {
      const CellConfig config = config_of(c, inputs[i % 2], hidden[i / 2 % 3], delays[i / 6 % 2], i / 12);
      const CellKind *kind = cell_kind_for(cells[c].kind, &config);
      const uint64_t one = cell_pass(kind)->tape_size(&config, 1, 1), two = cell_pass(kind)->tape_size(&config, 2, 1);
      const size_t windows[] = {1, 2, 1000, TRAINER_MAX_WINDOW}, batches[] = {1, 7, TRAINER_MAX_BATCH};
      for (int k = 0; k < 12; k++) {
        const size_t T = windows[k % 4], B = batches[k / 4];
        const long double linear = (long double)B * ((long double)one + (long double)(T - 1) * (long double)(two - one));
        const bool is_normed = config.options & CELL_LAYER_NORM_PRODUCTS;
        const long double expected = is_normed ? normed_tape(&config, (long double)T, (long double)B) : linear;
        const long double got = (long double)cell_pass(kind)->tape_size(&config, T, B);
        check(got == expected, "D %zu, H %zu, N %zu, T %zu, B %zu: expected %.0Lf, got %.0Lf", config.input_size,
              config.hidden_size, config.delays, T, B, expected, got);
      }
    }
    test_end();
  }
}

// Scratch, states and parameters are products of two sizes at most: when one of them doubles, they grow by 2 to 4, where
// nothing else counts; what wraps around shrinks.
static void test_growth(void) {
  for (int c = 0; c < CELLS; c++) {
    test_start("scratch and parameters up to the largest sizes: %s", cells[c].name);
    for (int tokens = 0; tokens < 2; tokens++) {
      double before[3] = {0};
      for (int power = 0; power <= 20; power++) {
        const size_t input = (size_t)1 << power, hidden = (size_t)1 << (power < 16 ? power : 16);
        const size_t delays = power < 1 ? 2 : (size_t)1 << (power < 10 ? power : 10);
        const CellConfig config = config_of(c, input, hidden, delays, tokens);
        const CellKind *kind = cell_kind_for(cells[c].kind, &config);
        CellParameter list[CELL_MAX_PARAMETERS] = {{0}};
        kind->parameters(list, &config);
        double sizes[3] = {(double)cell_pass(kind)->scratch_size(&config), 0, 1 + (double)cell_c_size(kind, &config)};
        for (int p = 0; p < CELL_MAX_PARAMETERS; p++) {
          sizes[1] += (double)list[p].rows * (double)(list[p].columns ? list[p].columns : 1);
        }
        for (int s = 0; s < 3; s++) {
          check(sizes[s] >= before[s] && sizes[s] < 0x1p60, "size %d at 2^%d: %g after %g", s, power, sizes[s], before[s]);
          before[s] = sizes[s];
        }
      }
    }
    test_end();
  }
}

// A network that is only described: what creating its trainer reads, and no memory.
static void check_trainer(int cell, size_t layers, size_t input, size_t delays, size_t window, size_t batch) {
  static Direction list[2 * NETWORK_MAX_LAYERS];
  const size_t H = NETWORK_MAX_HIDDEN;
  long double reals = 0;
  for (size_t d = 0; d < 2 * layers; d++) {
    const CellConfig config = config_of(cell, d < 2 ? input : 2 * H, H, delays, false);
    const CellKind *kind = cell_kind_for(cells[cell].kind, &config);
    const long double states = (long double)H + (long double)cell_c_size(kind, &config);
    list[d] = (Direction){.kind = kind, .config = config, .layer = d / 2, .reverse = d % 2};
    reals += (long double)(window + 1) * (long double)batch * states + (long double)cell_pass(kind)->tape_size(&config, window, batch);
  }
  Network network = {.layer_count = layers, .direction_count = 2 * layers, .directions = list, .is_bidirectional = true,
                     .head = {.kind = OUTPUT_VALUES, .input_size = 2 * H, .output_size = NETWORK_MAX_INPUT,
                              .target_size = NETWORK_MAX_INPUT}};
  reals += (long double)window * (long double)batch * NETWORK_MAX_INPUT;  // targets; outputs come in blocks
  char what[120];
  snprintf(what, sizeof what, "%s, %zu layers, D %zu, N %zu, T %zu, B %zu", cells[cell].name, layers, input, delays, window,
           batch);
  fail_at(0);
  check_refused(trainer_create(&network, batch, window, true), reals * sizeof(real), what);
}

static void test_trainers(void) {
  for (int c = 0; c < CELLS; c++) {
    test_start("trainers of the largest sizes are refused, and no count of bytes wraps around: %s", cells[c].name);
    const int nothing = heap.live;
    const size_t layers[] = {1, 2, NETWORK_MAX_LAYERS}, inputs[] = {1000, (1 << 16) + 64, NETWORK_MAX_INPUT};
    const size_t windows[] = {3, 1000, TRAINER_MAX_WINDOW - 1, TRAINER_MAX_WINDOW};
    for (int i = 0; i < 3 * 3 * 4 * 2; i++) {
      check_trainer(c, layers[i % 3], inputs[i / 3 % 3], i / 36 ? NETWORK_MAX_DELAYS : 2, windows[i / 9 % 4],
                    TRAINER_MAX_BATCH);
    }
    CHECK(heap.live == nothing);
    test_end();
  }
}

static void test_arena(void) {
  test_start("an arena that has counted more than there can be stays there, and allocates nothing");
  Arena counted = {0}, arena;
  arena_reals(&counted, (uint64_t)1 << 62);
  CHECK(counted.used >= (uint64_t)1 << 63);
  for (int i = 0; i < 10; i++) {
    arena_reals(&counted, (uint64_t)1 << 63);
    arena_take(&counted, 1, 1);
    arena_take(&counted, UINT64_MAX, 1);
    CHECK(counted.used >= UINT64_MAX - ARENA_ALIGNMENT);
  }
  fail_at(0);
  CHECK(!arena_allocate(&arena, &counted) && heap.calls == 0);
  test_end();
}

int main(void) {
  test_counts();
  test_tapes();
  test_growth();
  test_trainers();
  test_arena();
  return test_exit();
}
