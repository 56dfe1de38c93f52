// trainer_test.c: windows, the carried state, clipping, what happens to numbers that are not finite, memory.
#include "c/check.h"
#include "kernels/sizes.h"
#include "training/trainers.h"

static const OptimizerOptions usual = ADAM(1e-2);
static const OptimizerOptions still = ADAM(0);  // a rate of 0: parameters stay

static const NetworkCase tokens_case = {6, {5, 3}, true, OUTPUT_CLASSES, 6, 1};
static const NetworkCase vectors_case = {-3, {4, 6}, true, OUTPUT_VALUES, 2, 2};
static const NetworkCase hidden_case = {-3, {4}, false, OUTPUT_HIDDEN, 0, 3};

// Everything that an update changes.
typedef struct {
  real *values, *m, *v, *h[4], *c[4];
  double steps;
} Snapshot;

static Snapshot take(Trainer *trainer) {
  const size_t n = trainer->network->value_count;
  const Optimizer *optimizer = &trainer->optimizer;
  Snapshot s = {test_copy(trainer->network->values, n), test_copy(optimizer->m, n), test_copy(optimizer->v, n),
                {0}, {0}, optimizer->steps};
  for (size_t d = 0; d < trainer->network->direction_count; d++) {
    s.h[d] = test_copy(trainer_h(trainer, d), h_count(trainer, d));
    s.c[d] = test_copy(trainer_c(trainer, d), c_count(trainer, d));
  }
  return s;
}

static void check_unchanged(Trainer *trainer, const Snapshot *s, const char *what) {
  const size_t bytes = trainer->network->value_count * sizeof(real);
  char text[100];
  snprintf(text, sizeof text, "values, %s", what);
  check_same(trainer->network->values, s->values, bytes, text);
  check_same(trainer->optimizer.m, s->m, bytes, "m");
  check_same(trainer->optimizer.v, s->v, bytes, "v");
  check_near(trainer->optimizer.steps, s->steps, 0, "steps, %s", what);
  for (size_t d = 0; d < trainer->network->direction_count; d++) {
    check_same(trainer_h(trainer, d), s->h[d], h_count(trainer, d) * sizeof(real), "h");
    check_same(trainer_c(trainer, d), s->c[d], h_count(trainer, d) * sizeof(real), "c");
  }
}

static void copy_part(void *to, const void *from, size_t element, size_t first, size_t count) {
  if (to) memcpy(to, (const char *)from + first * element, count * element);
}

// The window `part` of those that the longer one holds.
static void copy_window(Trainer *to, const Trainer *from, size_t part) {
  const size_t count = to->batch * to->window, D = to->network->directions[0].config.input_size;
  const size_t V = to->network->head.output_size;
  copy_part(to->input_tokens, from->input_tokens, sizeof(int32_t), part * count, count);
  copy_part(to->input_vectors, from->input_vectors, sizeof(real), part * count * D, count * D);
  copy_part(to->target_classes, from->target_classes, sizeof(int32_t), part * count, count);
  copy_part(to->target_values, from->target_values, sizeof(real), part * count * V, count * V);
}

// A network of its own that has been stepped through sequence b of the trainer's window, from the trainer's state.
static Network *step_through(const NetworkCase *k, Trainer *trainer, size_t b) {
  Network *network = make_network(k);
  const size_t B = trainer->batch, D = network->directions[0].config.input_size;
  for (size_t d = 0; d < network->direction_count; d++) {
    const size_t H = network->directions[d].config.hidden_size;
    memcpy(network->directions[d].h, trainer_h(trainer, d) + b * H, H * sizeof(real));
    memcpy(network->directions[d].c, trainer_c(trainer, d) + b * H, H * sizeof(real));
  }
  for (size_t t = 0; t < trainer->window; t++) {
    const size_t at = t * B + b;
    if (trainer->input_vectors) memcpy(network->input, trainer->input_vectors + at * D, D * sizeof(real));
    network_step(network, trainer->input_tokens ? (size_t)trainer->input_tokens[at] : 0);
  }
  return network;
}

// Two windows of T leave the states that one window of 2T leaves, and that steps of the network leave.
static void test_carried_state(const NetworkCase *k, size_t B, size_t T) {
  test_start("two windows of %zu carry the state of one of %zu: %s, batch %zu", T, 2 * T, describe(k), B);
  Trainer *half = make_trainer(k, B, T), *whole = make_trainer(k, B, 2 * T);
  const size_t layers = whole->network->direction_count;
  fill_states(whole);
  for (size_t d = 0; d < layers; d++) {
    memcpy(trainer_h(half, d), trainer_h(whole, d), h_count(half, d) * sizeof(real));
    memcpy(trainer_c(half, d), trainer_c(whole, d), h_count(half, d) * sizeof(real));
  }
  trainer_state_given(half);
  const size_t b = B - 1;
  Network *stepped = step_through(k, whole, b);
  double losses = 0;
  CHECK(trainer_step(whole, &still, unclipped, true) == TRAINER_OK);
  for (size_t part = 0; part < 2; part++) {
    copy_window(half, whole, part);
    CHECK(trainer_step(half, &still, unclipped, true) == TRAINER_OK);
    losses += half->loss / 2;
  }
  check_near(losses, whole->loss, 20 * REAL_EPSILON, "mean of the losses");
  for (size_t d = 0; d < layers; d++) {
    const real *h = trainer_h(whole, d), *c = trainer_c(whole, d);
    const size_t H = stepped->directions[d].config.hidden_size;
    for (size_t i = 0; i < h_count(half, d); i++) {
      check_near(trainer_h(half, d)[i], h[i], 20 * REAL_EPSILON, "h[%zu] of direction %zu", i, d);
      check_near(trainer_c(half, d)[i], c[i], 20 * REAL_EPSILON, "c[%zu] of direction %zu", i, d);
    }
    for (size_t j = 0; j < H; j++) {
      check_near(stepped->directions[d].h[j], h[b * H + j], 50 * REAL_EPSILON, "stepped h[%zu] of direction %zu", j, d);
      check_near(stepped->directions[d].c[j], c[b * H + j], 50 * REAL_EPSILON, "stepped c[%zu] of direction %zu", j, d);
    }
  }
  network_free(stepped);
  free_trainer(half);
  free_trainer(whole);
  test_end();
}

static void test_changes_nothing(const NetworkCase *k) {
  test_start("trainer_forward and trainer_backward change nothing and repeat themselves: %s", describe(k));
  Trainer *trainer = make_trainer(k, 3, 4);
  fill_states(trainer);
  CHECK(trainer_step(trainer, &usual, (Clipping){1, INFINITY}, true) == TRAINER_OK);
  const Snapshot before = take(trainer);
  const size_t n = trainer->network->value_count;
  CHECK(trainer_forward(trainer) == TRAINER_OK);
  const double loss = trainer->loss;
  CHECK(trainer_backward(trainer) == TRAINER_OK);
  const real *gradients = test_copy(trainer->gradients, n);
  const double norm = trainer->gradient_norm;
  CHECK(trainer_backward(trainer) == TRAINER_OK);
  check_same(trainer->gradients, gradients, n * sizeof(real), "gradients");
  check_near(trainer->gradient_norm, norm, 0, "gradient norm");
  CHECK(trainer_forward(trainer) == TRAINER_OK);
  check_near(trainer->loss, loss, 0, "loss");
  check_unchanged(trainer, &before, "forward and backward");
  free_trainer(trainer);
  test_end();
}

// Behind the first update m = (1 - beta1) g of the clipped gradient: so that is seen.
static void test_clipping(void) {
  test_start("clipping by global norm: scale = min(1, clip / (norm + 1e-6)), then by value");
  const Clipping clips[] = {{INFINITY, INFINITY}, {1e9, INFINITY}, {0.1, INFINITY}, {1e-3, INFINITY}, {0, INFINITY},
                            {INFINITY, 0.01},     {0.1, 1e-3},     {INFINITY, 1e9}};
  for (size_t k = 0; k < sizeof clips / sizeof *clips; k++) {
    Trainer *trainer = make_trainer(&tokens_case, 3, 4);
    const size_t n = trainer->network->value_count;
    CHECK(trainer_backward(trainer) == TRAINER_OK);
    const real *gradients = test_copy(trainer->gradients, n);
    CHECK(trainer_step(trainer, &usual, clips[k], true) == TRAINER_OK);
    double squares = 0;
    for (size_t i = 0; i < n; i++) squares += (double)gradients[i] * (double)gradients[i];
    check_near(trainer->gradient_norm, sqrt(squares), 50 * REAL_EPSILON * sqrt(squares), "gradient norm");
    const double scale = fmin(1, clips[k].norm / (sqrt(squares) + 1e-6)), limit = clips[k].value;
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
      const double g = scale * (double)gradients[i], m = (1 - usual.beta1) * fmax(-limit, fmin(limit, g));
      kept += fabs(g) > limit;
      check_near(trainer->optimizer.m[i], m, 60 * REAL_EPSILON * fabs(m), "clip %g %g, m[%zu]", clips[k].norm, limit,
                 i);
    }
    check((kept > 0) == (limit < 1), "clip %g %g: %zu of %zu are at the limit", clips[k].norm, limit, kept, n);
    free_trainer(trainer);
  }
  test_end();
}

// A network of one number for its output, whose error is `error` in each row: the gradient of the head's bias is twice
// that, in every window. So norms of any size, and what is made of them.
static void test_norms(void) {
  test_start("gradient norms from 1e-38 to 1e38: seen, clipped, and told where squares are kept");
  const double errors[] = {1e-38, 1e-30, 1e-22, 1e-10, 1, 1e10, 1e18, 1e20, 1e30, 1e38};
  const NetworkCase k = {-1, {3}, false, OUTPUT_VALUES, 1, 1};
  for (size_t e = 0; e < sizeof errors / sizeof *errors; e++) {
    for (int kind = OPTIMIZER_ADAM; kind <= OPTIMIZER_RMSPROP; kind++) {
      Trainer *trainer = make_trainer(&k, 1, 1);
      Network *network = trainer->network;
      const size_t n = network->value_count;
      memset(network->values, 0, n * sizeof(real));
      trainer->target_values[0] = (real)-errors[e];
      CHECK(trainer_backward(trainer) == TRAINER_OK);
      check_near(trainer->gradient_norm, 2 * errors[e], 1e-6 * errors[e], "norm for %g", errors[e]);
      const OptimizerOptions options = {
          .kind = (OptimizerKind)kind, .learning_rate = 1, .beta1 = 0.5, .beta2 = 0.5, .epsilon = 1e-8};
      const bool is_kept = kind == OPTIMIZER_SGD || errors[e] < 9e18;
      const TrainerStatus status = is_kept ? TRAINER_OK : TRAINER_TOO_LARGE;
      const Snapshot before = take(trainer);
      check(trainer_step(trainer, &options, unclipped, true) == status, "kind %d, %g unclipped", kind, errors[e]);
      if (!is_kept) check_unchanged(trainer, &before, "what is refused");
      free_trainer(trainer);
    }
    const double clips[] = {1e-10, 1e-3, 5};
    for (size_t c = 0; c < 3; c++) {
      Trainer *trainer = make_trainer(&k, 1, 1);
      Network *network = trainer->network;
      memset(network->values, 0, network->value_count * sizeof(real));
      trainer->target_values[0] = (real)-errors[e];
      const OptimizerOptions sgd = {.kind = OPTIMIZER_SGD, .learning_rate = 1};
      CHECK(trainer_step(trainer, &sgd, (Clipping){clips[c], INFINITY}, true) == TRAINER_OK);
      const double norm = 2 * errors[e], expected = norm * fmin(1, clips[c] / (norm + 1e-6));
      check_near(-(double)network->head.bias[0], expected, 1e-6 * expected + 1e-45, "%g clipped to %g", norm, clips[c]);
      free_trainer(trainer);
    }
  }
  test_end();
}

// One number made bad, a step refused without a trace, the number made good again, and the step is as if nothing was.
static void check_refused(Trainer *trainer, real *place, double bad, const char *what) {
  Snapshot before = take(trainer);
  const real good = *place;
  *place = (real)bad;
  Snapshot changed = take(trainer);
  check(trainer_step(trainer, &usual, clipped, true) == TRAINER_NOT_FINITE, "%s %g: expected a refusal", what, bad);
  check_unchanged(trainer, &changed, what);
  check(trainer_backward(trainer) == TRAINER_NOT_FINITE, "%s %g: expected a refusal of backward", what, bad);
  // An infinite number may lose itself in a closed gate; a NaN never does.
  if (isnan(bad)) check(trainer_forward(trainer) == TRAINER_NOT_FINITE, "%s: expected a refusal of forward", what);
  *place = good;
  check_unchanged(trainer, &before, what);
}

static void test_not_finite(const NetworkCase *k) {
  test_start("numbers that are not finite are refused and nothing is updated: %s", describe(k));
  Trainer *trainer = make_trainer(k, 3, 4), *twin = make_trainer(k, 3, 4);
  const size_t n = trainer->network->value_count;
  copy_window(twin, trainer, 0);
  CHECK(trainer_step(trainer, &usual, clipped, true) == TRAINER_OK);
  CHECK(trainer_step(twin, &usual, clipped, true) == TRAINER_OK);

  for (size_t p = 0; p < trainer->network->parameter_count; p++) {
    const Parameter *row = &trainer->network->table[p];
    // A token that is not in the window reads no column: its weights are not seen. So for tokens the used one.
    const size_t rows = row->rows;
    const size_t at = row->column_major ? (size_t)trainer->input_tokens[0] * rows : row->count / 2;
    check_refused(trainer, trainer->network->values + row->offset + at, NAN, row->name);
  }
  trainer_state_given(trainer);
  for (size_t d = 0; d < trainer->network->direction_count; d++) {
    check_refused(trainer, trainer_h(trainer, d) + 1, NAN, "h");
    check_refused(trainer, trainer_c(trainer, d) + 1, NAN, "c");
  }
  if (trainer->input_vectors) {
    check_refused(trainer, trainer->input_vectors + 5, NAN, "input");
    check_refused(trainer, trainer->input_vectors + 5, INFINITY, "input");
    check_refused(trainer, trainer->input_vectors + 5, -INFINITY, "input");
  }
  if (trainer->target_values) {
    check_refused(trainer, trainer->target_values + 3, NAN, "target");
    check_refused(trainer, trainer->target_values + 3, INFINITY, "target");
    // A square that is no double.
    if (REAL_IS_DOUBLE) check_refused(trainer, trainer->target_values + 3, 1e300, "target");
  }
  CHECK(trainer_step(trainer, &usual, clipped, true) == TRAINER_OK);
  CHECK(trainer_step(twin, &usual, clipped, true) == TRAINER_OK);
  check_same(trainer->network->values, twin->network->values, n * sizeof(real), "values of one that was never disturbed");
  free_trainer(trainer);
  free_trainer(twin);
  test_end();
}

// What the head of trainer.h says; the values are the network's. Tokens and classes are 4 bytes also in double.
static void test_memory(const NetworkCase *k, size_t B, size_t T) {
  test_start("memory is what trainer.h says: %s, batch %zu, window %zu", describe(k), B, T);
  Trainer *trainer = make_trainer(k, B, T);
  const Network *network = trainer->network;
  const size_t D = network->directions[0].config.input_size, V = network->head.output_size, count = T * B;
  size_t widest = trainer->input_vectors ? D : 0, scratch = (size_t)head_scratch_size(&network->head), blocks = 17;
  size_t reals = 3 * network->value_count, whole_numbers = 0;
  for (size_t l = 0; l < network->direction_count; l++) {
    const CellConfig *config = &network->directions[l].config;
    const size_t H = config->hidden_size;
    reals += 5 * count * H + 2 * (T + 4) * B * H;
    scratch = (size_t)larger(scratch, lstm_pass.scratch_size(config));
    widest = (size_t)larger(widest, H);
    blocks += 9;
  }
  reals += 2 * count * widest + count * V + scratch;
  if (trainer->input_vectors) reals += count * D;
  else whole_numbers += count;
  if (trainer->target_values) reals += count * V;
  else whole_numbers += count;
  const size_t least = reals * sizeof(real) + whole_numbers * sizeof(int32_t) + sizeof *trainer + count +
                       B * sizeof(int32_t) + network->direction_count * (sizeof(CellWindow) + 2 * sizeof(BatchState)) +
                       network->layer_count * sizeof(LayerWindow);
  check(trainer->arena.used >= least && trainer->arena.used < least + blocks * (ARENA_ALIGNMENT + ARENA_RED_ZONE),
        "expected %zu bytes and the padding of %zu blocks, got %zu", least, blocks, (size_t)trainer->arena.used);
  CHECK(trainer->arena.used == trainer->arena.capacity);
  free_trainer(trainer);
  test_end();
}

static void test_sizes(void) {
  test_start("batches and windows of 0 or above the largest give NULL");
  Network *network = make_network(&(NetworkCase){-1, {1}, false, OUTPUT_VALUES, 1, 0});
  const size_t batches[] = {0, TRAINER_MAX_BATCH + 1, SIZE_MAX}, windows[] = {0, TRAINER_MAX_WINDOW + 1, SIZE_MAX};
  for (int i = 0; i < 3; i++) {
    CHECK(trainer_create(network, batches[i], 1, true) == NULL);
    CHECK(trainer_create(network, 1, windows[i], true) == NULL);
  }
  Trainer *trainer = trainer_create(network, TRAINER_MAX_BATCH, 1, true);
  CHECK(trainer != NULL);
  trainer_free(trainer);
  trainer_free(NULL);
  network_free(network);
  test_end();
}

int main(void) {
  const NetworkCase *cases[] = {&tokens_case, &vectors_case, &hidden_case};
  for (int k = 0; k < 3; k++) {
    test_carried_state(cases[k], 1, 3);
    test_carried_state(cases[k], 5, 4);
    test_changes_nothing(cases[k]);
    test_not_finite(cases[k]);
    test_memory(cases[k], 1, 1);
    test_memory(cases[k], 3, 7);
  }
  test_clipping();
  test_norms();
  test_sizes();
  return test_exit();
}
