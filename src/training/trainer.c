// trainer.c: truncated backpropagation through time.
#include "training/trainer.h"

#include "kernels/elementwise.h"
#include "kernels/sizes.h"
#include "training/dropout.h"
#include "training/given.h"
#include "training/memory.h"
#include "training/pass.h"

Trainer *trainer_create(Network *network, size_t batch, size_t window, bool can_train) {
  return trainer_create_with_memory(network, batch, window, 0, can_train);
}

static Trainer *create(Network *network, size_t batch, size_t window, size_t memory_steps, size_t first_leaf, size_t leaves,
                       Precision precision, bool can_train) {
  const size_t least_steps = has_attention(network) ? 1 : 0;
  if (window < 1 || window > TRAINER_MAX_WINDOW) return NULL;
  if (memory_steps < least_steps || memory_steps > TRAINER_MAX_WINDOW) return NULL;
  Trainer *trainer =
      trainer_allocate(network, batch, leaves_part(batch, first_leaf, leaves), window, memory_steps, precision, can_train);
  if (!trainer) return NULL;
  if (can_train) optimizer_reset(&trainer->optimizer, network->value_count);
  trainer_reset(trainer);
  return trainer;
}

Trainer *trainer_create_with_memory(Network *network, size_t batch, size_t window, size_t memory_steps, bool can_train) {
  if (batch < 1 || batch > TRAINER_MAX_BATCH) return NULL;
  return create(network, batch, window, memory_steps, 0, leaf_count(batch), PRECISION_FLOAT32, can_train);
}

Trainer *trainer_create_part(Network *network, size_t batch, size_t window, size_t memory_steps, size_t first_leaf,
                             size_t leaves) {
  return trainer_create_with_precision(network, batch, window, memory_steps, first_leaf, leaves, PRECISION_FLOAT32);
}

Trainer *trainer_create_with_precision(Network *network, size_t batch, size_t window, size_t memory_steps, size_t first_leaf,
                                       size_t leaves, Precision precision) {
  if (precision >= PRECISIONS) return NULL;
  if (batch < 1 || batch > TRAINER_MAX_BATCH) return NULL;
  if (leaves < 1 || leaves > leaf_count(batch) || first_leaf > leaf_count(batch) - leaves) return NULL;
  return create(network, batch, window, memory_steps, first_leaf, leaves, precision, true);
}

void trainer_free(Trainer *trainer) {
  if (!trainer) return;
  dropout_free(trainer);
  if (trainer->accumulated) {
    Arena arena = trainer->accumulated->arena;
    arena_free(&arena);
  }
  Arena arena = trainer->arena;
  arena_free(&arena);
}

real *trainer_h(Trainer *trainer, size_t d) { return trainer->windows[d].h; }

real *trainer_c(Trainer *trainer, size_t d) { return trainer->windows[d].c; }

real *trainer_input_gradients(Trainer *trainer) { return trainer->input_tokens ? NULL : trainer->windows[0].dx; }

static void set_fresh(Trainer *trainer, bool value) {
  for (size_t b = 0; b < trainer->batch; b++) trainer->fresh[b] = value;
}

void trainer_state_given(Trainer *trainer) { set_fresh(trainer, false); }

bool trainer_is_fresh(const Trainer *trainer) {
  for (size_t b = 0; b < trainer->batch; b++) {
    if (!trainer->fresh[b]) return false;
  }
  return true;
}

// (rows, n): zeros, or in each row what was trained.
static void start_from(real *state, const real *trained, size_t rows, size_t n) {
  if (trained) {
    fill_rows(state, trained, rows, n);
  } else {
    fill_zero(state, rows * n);
  }
}

// Sequences first to end - 1.
static void start(Trainer *trainer, size_t first, size_t end) {
  const size_t B = trainer->batch, rows = end - first;
  for (size_t d = 0; d < trainer->network->direction_count; d++) {
    const Direction *direction = &trainer->network->directions[d];
    const CellWindow *w = &trainer->windows[d];
    const size_t P = batch_h_count(trainer, d) / B, C = batch_c_count(trainer, d) / B;
    start_from(w->h + first * P, direction->h0, rows, P);
    if (w->c) start_from(w->c + first * C, direction->c0, rows, C);
  }
  given_start(trainer, first, end);
}

void trainer_reset(Trainer *trainer) {
  set_fresh(trainer, true);
  start(trainer, 0, trainer->batch);
}

void trainer_begin(Trainer *trainer, size_t b) {
  trainer->fresh[b] = true;
  start(trainer, b, b + 1);
}

void trainer_use(Trainer *trainer, bool lengths, bool weights) {
  const size_t B = trainer->batch;
  size_t longest = lengths ? 1 : trainer->window, shortest = longest;
  for (size_t b = 0; lengths && b < B; b++) {
    const size_t length = (size_t)trainer->lengths[b];
    longest = length > longest ? length : longest;
    shortest = b == 0 || length < shortest ? length : shortest;
  }
  for (size_t l = 0; l < trainer->leaves.count; l++) {
    size_t steps = lengths ? 1 : trainer->window;
    for (size_t b = trainer->leaves.starts[l]; lengths && b < trainer->leaves.starts[l + 1]; b++) {
      steps = (size_t)larger(steps, (size_t)trainer->lengths[b]);
    }
    trainer->leaves.steps[l] = steps;
  }
  const bool differ = shortest < longest;
  trainer->steps = longest;
  for (size_t d = 0; d < trainer->network->direction_count; d++) {
    trainer->windows[d].window = longest;
    trainer->windows[d].lengths = differ ? trainer->lengths : NULL;
  }
  if (trainer->given) trainer->given->attention.window = longest;
  for (size_t t = 0; trainer->can_train && differ && t < longest; t++) {
    for (size_t b = 0; b < B; b++) {
      real *weight = &trainer->weights[t * B + b];
      *weight = t >= (size_t)trainer->lengths[b] ? 0 : weights ? *weight : 1;
    }
  }
  trainer->row_weights = differ || weights ? trainer->weights : NULL;
}

// A trained start may have changed since it was put before the window.
static void refresh(Trainer *trainer) {
  for (size_t first = 0, end; first < trainer->batch; first = end) {
    end = first + 1;
    if (!trainer->fresh[first]) continue;
    while (end < trainer->batch && trainer->fresh[end]) end++;
    start(trainer, first, end);
  }
}

void trainer_run(Trainer *trainer) {
  refresh(trainer);
  pass_forward(trainer);
}

void trainer_predict(Trainer *trainer) {
  trainer_run(trainer);
  trainer_predict_from(trainer, 0);
}

void trainer_predict_from(Trainer *trainer, size_t first) {
  const size_t rows = pass_outputs(trainer, first);
  head_answer(trainer->outputs, &trainer->network->head, rows);
}

// trainer_forward; `gradients`: as pass_loss takes it.
static TrainerStatus forward(Trainer *trainer, bool gradients) {
  refresh(trainer);
  for (size_t d = 0; d < trainer->network->direction_count; d++) {
    copy(trainer->starts[d].h, trainer->windows[d].h, batch_h_count(trainer, d));
    if (trainer->starts[d].c) copy(trainer->starts[d].c, trainer->windows[d].c, batch_c_count(trainer, d));
  }
  pass_forward(trainer);
  pass_loss(trainer, gradients);
  return isfinite(trainer->loss) ? TRAINER_OK : TRAINER_NOT_FINITE;
}

TrainerStatus trainer_forward(Trainer *trainer) { return forward(trainer, false); }

// Gradients of the states that sequences start from: sums over those which did.
static void start_gradients(Trainer *trainer) {
  const size_t B = trainer->batch;
  const real *values = trainer->network->values;
  for (size_t d = 0; d < trainer->network->direction_count; d++) {
    const Direction *direction = &trainer->network->directions[d];
    const CellWindow *w = &trainer->windows[d];
    const size_t P = batch_h_count(trainer, d) / B, C = batch_c_count(trainer, d) / B;
    const LeafTerms dh0 = {.x = {w->dh0, P}, .only = trainer->fresh}, dc0 = {.x = {w->dc0, C}, .only = trainer->fresh};
    if (direction->h0) leaves_sum(trainer->gradients + (direction->h0 - values), &trainer->leaves, dh0, 1, P);
    if (direction->c0) leaves_sum(trainer->gradients + (direction->c0 - values), &trainer->leaves, dc0, 1, C);
  }
}

// What else there is to do once the gradients have gone back through the window.
static void finish_sums(Trainer *trainer) {
  trainer->is_dropped = dropout_is_used(trainer);
  start_gradients(trainer);
  given_start_backward(trainer);
}

void trainer_sum_from(Trainer *trainer) {
  trainer->has_ends = true;
  pass_backward_hidden(trainer);
  trainer->has_ends = false;
  finish_sums(trainer);
}

TrainerStatus trainer_sum_own(Trainer *trainer) {
  const TrainerStatus status = forward(trainer, true);
  pass_backward(trainer);
  finish_sums(trainer);
  return status;
}

void trainer_complete(Trainer *trainer) {
  const Network *network = trainer->network;
  const Embedding *embedding = &network->embedding;
  const Totals *totals = node_totals(trainer, 0);
  if (embedding->weight && embedding->weight == network->head.weight) {
    add(trainer->gradients + (embedding->weight - network->values), trainer->gradients + network->value_count,
        embedding->count * embedding->size);
  }
  if (trainer->is_dropped) dropout_mask_gradients(trainer);
  trainer_measure(trainer, *totals);
}

void trainer_measure(Trainer *trainer, Totals totals) {
  const double root = sqrt(sum_of_squares(trainer->gradients, trainer->network->value_count));
  trainer->loss = totals.terms > 0 ? totals.loss / totals.terms : 0;
  trainer->factor = totals.terms > 0 ? 1 / (totals.terms * trainer->scale) : 1;
  trainer->gradient_norm = root * trainer->factor;
}

bool trainer_is_finite(const Trainer *trainer) { return isfinite(trainer->loss) && isfinite(trainer->gradient_norm); }

static void multiply_some(real *values, real factor, size_t n) {
  if (values) multiply(values, factor, n);
}

void trainer_mean(Trainer *trainer) {
  const real factor = (real)trainer->factor;
  const size_t inputs = trainer->steps * trainer->batch * trainer->network->directions[0].config.input_size;
  multiply(trainer->gradients, factor, trainer->network->value_count);
  for (size_t d = 0; d < trainer->network->direction_count; d++) {
    multiply_some(trainer->windows[d].dh0, factor, batch_h_count(trainer, d));
    multiply_some(trainer->windows[d].dc0, factor, batch_c_count(trainer, d));
  }
  multiply_some(trainer_input_gradients(trainer), factor, inputs);
  if (trainer->given) {
    const AttentionWindow *w = &trainer->given->attention;
    multiply_some(trainer->given->dsummary, factor, trainer->batch * trainer->network->summary_size);
    multiply_some(w->dmemory, factor, w->steps * trainer->batch * trainer->network->attention.memory_size);
  }
  trainer->factor = 1;
}

TrainerStatus trainer_backward(Trainer *trainer) {
  trainer->wants_all = true;
  const TrainerStatus status = trainer_sum_own(trainer);
  trainer->wants_all = false;
  if (status != TRAINER_OK) return status;
  trainer_complete(trainer);
  trainer_mean(trainer);
  return trainer_is_finite(trainer) ? TRAINER_OK : TRAINER_NOT_FINITE;
}
