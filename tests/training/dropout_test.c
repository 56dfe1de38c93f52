// dropout_test.c: what a step leaves out, and its gradients.
#include "training/dropouts.h"
#include "training/gradients.h"

// The same masks each time: the generator goes back to where it was. Weights are dropped as they are now.
static TrainerStatus forward_again(Trainer *trainer) {
  const Random before = trainer->random;
  dropout_begin(trainer);
  trainer->random = before;
  return trainer_forward(trainer);
}

static void test_gradients(const Stack *k, DropoutRates rates, bool lengths) {
  test_start("gradients: %s, dropout %g, recurrent %g, weights %g%s", k->name, rates.between, rates.recurrent,
             rates.weights, lengths ? ", lengths" : "");
  enum { B = 3, T = 4 };
  Trainer *trainer = make_with(k, B, T, rates, 11);
  for (size_t b = 0; b < B; b++) trainer->lengths[b] = (int32_t)(T - b);
  trainer_use(trainer, lengths, false);
  forward_again(trainer);
  Checked list[LISTS];
  const size_t lists = list_all(list, trainer);
  gradient_forward = forward_again;
  Worst worst;
  count_wrong(&worst, trainer, list, lists, true);
  gradient_forward = trainer_forward;
  free_trainer(trainer);
  test_end();
}

static const real *weight_hh_of(const Trainer *trainer, size_t *rows, size_t *columns) {
  const Direction *direction = &trainer->network->directions[0];
  CellParameter list[CELL_MAX_PARAMETERS] = {{0}};
  direction->kind->parameters(list, &direction->config);
  *rows = list[direction->kind->weight_hh].rows;
  *columns = list[direction->kind->weight_hh].columns;
  return direction->parameters[direction->kind->weight_hh];
}

// Whole networks with other weights do what dropout does, for one sequence and a single cell.
static void test_against_weights(const Stack *k, bool recurrent) {
  test_start("%s: %s", k->name, recurrent ? "h is masked as columns of weight_hh are" : "weights are dropped");
  const DropoutRates rates = recurrent ? (DropoutRates){.recurrent = 0.4} : (DropoutRates){.weights = 0.4};
  Trainer *trainer = make_with(k, 1, 6, rates, 5), *twin = make(k, 1, 6);
  if (trainer->input_tokens) memcpy(twin->input_tokens, trainer->input_tokens, 6 * sizeof(int32_t));
  if (trainer->target_classes) memcpy(twin->target_classes, trainer->target_classes, 6 * sizeof(int32_t));
  if (trainer->input_vectors) {
    memcpy(twin->input_vectors, trainer->input_vectors, 6 * (size_t)-k->input * sizeof(real));
  }
  if (trainer->target_values) {
    memcpy(twin->target_values, trainer->target_values, 6 * k->output_size * sizeof(real));
  }
  size_t rows, columns, left_out = 0;
  real *weight = (real *)weight_hh_of(twin, &rows, &columns);
  dropout_begin(trainer);
  const CellWindow *w = &trainer->windows[0];
  const real *dropped = w->parameters[trainer->network->directions[0].kind->weight_hh];
  for (size_t i = 0; i < rows * columns; i++) {
    const real masked = recurrent ? weight[i] * w->h_mask[i % columns] : dropped[i];
    if (masked != 0) check_near(masked / weight[i], 1 / 0.6, 4 * REAL_EPSILON, "weight %zu that stays", i);
    weight[i] = masked;
    left_out += weight[i] == 0;
  }
  check(left_out > 0 && left_out < rows * columns, "expected some left out, got %zu of %zu", left_out, rows * columns);
  CHECK(trainer_backward(trainer) == TRAINER_OK && trainer_backward(twin) == TRAINER_OK);
  check_near(trainer->loss, twin->loss, 20 * REAL_EPSILON, "loss");
  const size_t at = (size_t)(weight - twin->network->values);
  for (size_t i = 0; i < twin->network->value_count; i++) {
    const bool is_weight = i >= at && i < at + rows * columns;
    const bool is_out = is_weight && weight[i - at] == 0;
    const double mask = is_out ? 0 : is_weight ? 1 / 0.6 : 1;
    check_near(trainer->gradients[i], mask * (double)twin->gradients[i], 50 * REAL_EPSILON, "gradient[%zu]", i);
  }
  free_trainer(trainer);
  free_trainer(twin);
  test_end();
}

static void check_rate(const real *mask, size_t n, double p, const char *what) {
  size_t left_out = 0;
  for (size_t i = 0; i < n; i++) {
    if (mask[i] == 0) left_out++;
    else check_near(mask[i], 1 / (1 - p), 4 * REAL_EPSILON / (1 - p), "%s[%zu]", what, i);
  }
  const double deviation = sqrt(p * (1 - p) / (double)n);
  check_near((double)left_out / (double)n, p, 4 * deviation, "%s: part left out of %zu", what, n);
}

static void test_rates(double p) {
  test_start("a part of %g is left out, the rest divided by 1 - %g", p, p);
  const Stack k = {"wide", 4, 0, {CELL(lstm, 40), CELL(gru, 30)}, OUTPUT_CLASSES, 4, false};
  Trainer *trainer = make_with(&k, 20, 9, (DropoutRates){p, p, p}, 1);
  dropout_begin(trainer);
  const size_t sizes[] = {40, 30}, gates[] = {4, 3};
  for (size_t l = 0; l < 2; l++) {
    const CellWindow *w = &trainer->windows[l];
    const size_t H = sizes[l], n = 20 * H;
    check_rate(trainer->layers[l].mask, 9 * n, p, "between");
    check_rate(w->h_mask, n, p, "recurrent");
    real *mask = test_reals(gates[l] * H * H);
    const Direction *direction = &trainer->network->directions[l];
    const size_t place = direction->kind->weight_hh;
    for (size_t i = 0; i < gates[l] * H * H; i++) mask[i] = w->parameters[place][i] / direction->parameters[place][i];
    check_rate(mask, gates[l] * H * H, p, "weights");
  }
  fill_states(trainer);
  CHECK(trainer_forward(trainer) == TRAINER_OK);
  for (size_t l = 0; l < 2; l++) {
    const CellWindow *w = &trainer->windows[l];
    const size_t n = 20 * sizes[l];
    const real *given = l == 0 ? trainer->windows[1].x : trainer->layers[1].dropped;
    for (size_t i = 0; i < 9 * n; i++) {
      check_near(w->masked_h[i], w->h[i] * w->h_mask[i % n], 0, "h seen, the same mask in all steps, at %zu", i);
      check_near(given[i], w->h[n + i] * trainer->layers[l].mask[i], 0, "h given, at %zu", i);
    }
  }
  free_trainer(trainer);
  test_end();
}

int main(void) {
  for (size_t k = 0; REAL_IS_DOUBLE && k < STACKS; k++) {
    test_gradients(&dropout_stacks[k], (DropoutRates){.between = 0.4}, false);
    test_gradients(&dropout_stacks[k], (DropoutRates){.recurrent = 0.4}, false);
    test_gradients(&dropout_stacks[k], (DropoutRates){.weights = 0.4}, false);
    test_gradients(&dropout_stacks[k], all_rates, true);
  }
  if (!REAL_IS_DOUBLE) {
    test_skip("gradients against differences of the loss", "a difference of floats has no digits to compare");
  }
  for (size_t k = 0; k < SINGLE; k++) {
    test_against_weights(&dropout_stacks[k], true);
    test_against_weights(&dropout_stacks[k], false);
  }
  test_rates(0.1);
  test_rates(0.5);
  test_rates(0.9);
  return test_exit();
}
