// update.c: from the sums of a window, or of several, to an update and on to the next window.
#include "cells/clip.h"
#include "kernels/elementwise.h"
#include "training/dropout.h"
#include "training/memory.h"

// The state behind the window becomes the state before the next.
static void carry_state(Trainer *trainer) {
  for (size_t d = 0; d < trainer->network->direction_count; d++) {
    CellWindow *w = &trainer->windows[d];
    copy(w->h, w->h + trainer->steps * batch_h_count(trainer, d), batch_h_count(trainer, d));
    if (w->c) copy(w->c, w->c + trainer->steps * batch_c_count(trainer, d), batch_c_count(trainer, d));
  }
  trainer_state_given(trainer);
}

// As torch.nn.utils.clip_grad_norm_ does it.
static double norm_factor(const Trainer *trainer, Clipping clipping) {
  const double wanted = clipping.norm / (trainer->gradient_norm + 1e-6);
  return wanted < 1 ? wanted : 1;
}

// All optimizers but SGD keep a moment of the squared gradient: infinite once, it would stop its parameter for ever.
static bool has_squares(const Trainer *trainer, const OptimizerOptions *options, Clipping clipping) {
  const double largest_root = 0x1.fffffep63;
  const double norm = trainer->gradient_norm * norm_factor(trainer, clipping);
  return options->kind == OPTIMIZER_SGD || norm <= largest_root || clipping.value <= largest_root;
}

// Clips the gradients, but for a factor that the update multiplies them by: that is returned.
static real clip_gradients(Trainer *trainer, Clipping clipping) {
  const size_t n = trainer->network->value_count;
  double factor = norm_factor(trainer, clipping) * trainer->factor;
  // A float would lose digits of a smaller one.
  for (; factor > 0 && factor < 0x1p-100; factor *= 0x1p64) multiply(trainer->gradients, (real)0x1p-64, n);
  if (!isfinite(clipping.value)) return (real)factor;
  // As clip_grad_value_.
  multiply(trainer->gradients, (real)factor, n);
  clip_all(trainer->gradients, trainer->gradients, (real)clipping.value, n);
  return 1;
}

TrainerStatus trainer_check_update(const Trainer *trainer, const OptimizerOptions *options, Clipping clipping) {
  if (!isfinite(trainer->gradient_norm)) return TRAINER_NOT_FINITE;
  return has_squares(trainer, options, clipping) ? TRAINER_OK : TRAINER_TOO_LARGE;
}

// Of moderate gradients, rates and decays no update overflows, whatever the optimizer.
static bool is_moderate(const Trainer *trainer, const OptimizerOptions *options, Clipping clipping) {
  const double most = 1e3, most_norm = 1e30, least_epsilon = 1e-20;
  const bool is_divided = options->kind != OPTIMIZER_SGD;
  return options->learning_rate <= most && options->weight_decay <= most && (!is_divided || options->epsilon >= least_epsilon) &&
         trainer->gradient_norm * norm_factor(trainer, clipping) <= most_norm;
}

bool trainer_clip(real *scale, Trainer *trainer, const OptimizerOptions *options, Clipping clipping) {
  const bool is_safe = is_moderate(trainer, options, clipping);
  *scale = clip_gradients(trainer, clipping);
  return is_safe || optimizer_stays_finite(trainer->network->values, &trainer->optimizer, trainer->gradients, *scale, options,
                                           trainer->network->value_count);
}

void trainer_update(Trainer *trainer, const OptimizerOptions *options, real scale) {
  optimizer_update(trainer->network->values, &trainer->optimizer, trainer->gradients, scale, options,
                   trainer->network->value_count);
}

void trainer_pass(Trainer *trainer) {
  trainer->random_before = trainer->random;
  dropout_begin(trainer);
  trainer_sum_own(trainer);
  dropout_end(trainer);
}

static void go_on(Trainer *trainer, bool carry) {
  if (carry) {
    carry_state(trainer);
  } else {
    trainer_reset(trainer);
  }
}

void trainer_complete_all(Trainer *trainer) {
  trainer_complete(trainer);
  Accumulated *kept = trainer->accumulated;
  if (!kept || kept->windows == 0) return;
  const Totals *totals = node_totals(trainer, 0);
  const double loss = trainer->loss;
  add_to(trainer->gradients, kept->gradients, trainer->gradients, trainer->network->value_count);
  trainer_measure(trainer, (Totals){kept->totals.loss + totals->loss, kept->totals.terms + totals->terms});
  trainer->loss = loss;
  kept->windows = 0;
}

TrainerStatus trainer_finish(Trainer *trainer, const OptimizerOptions *options, Clipping clipping, bool carry) {
  trainer_complete_all(trainer);
  TrainerStatus status =
      trainer_is_finite(trainer) ? trainer_check_update(trainer, options, clipping) : TRAINER_NOT_FINITE;
  real scale = 1;
  if (status == TRAINER_OK && !trainer_clip(&scale, trainer, options, clipping)) status = TRAINER_OVERFLOWS;
  if (status != TRAINER_OK) {
    trainer->random = trainer->random_before;
    return status;
  }
  trainer_update(trainer, options, scale);
  go_on(trainer, carry);
  return TRAINER_OK;
}

TrainerStatus trainer_step(Trainer *trainer, const OptimizerOptions *options, Clipping clipping, bool carry) {
  trainer_pass(trainer);
  return trainer_finish(trainer, options, clipping, carry);
}

static Accumulated *lay_out_accumulated(Arena *arena, size_t n) {
  Accumulated *kept = arena_take(arena, 1, sizeof *kept);
  real *gradients = arena_reals(arena, n);
  if (kept) *kept = (Accumulated){.gradients = gradients};
  return kept;
}

bool trainer_use_accumulation(Trainer *trainer) {
  if (trainer->accumulated) {
    trainer->accumulated->windows = 0;
    return true;
  }
  const size_t n = trainer->network->value_count;
  Arena counted = {0}, arena;
  lay_out_accumulated(&counted, n);
  if (!arena_allocate(&arena, &counted)) return false;
  trainer->accumulated = lay_out_accumulated(&arena, n);
  arena_assert_full(&arena);
  trainer->accumulated->arena = arena;
  return true;
}

void trainer_keep(Trainer *trainer) {
  Accumulated *kept = trainer->accumulated;
  const size_t n = trainer->network->value_count;
  const Totals *totals = node_totals(trainer, 0);
  if (kept->windows++ == 0) {
    copy(kept->gradients, trainer->gradients, n);
    kept->totals = *totals;
  } else {
    add(kept->gradients, trainer->gradients, n);
    kept->totals.loss += totals->loss;
    kept->totals.terms += totals->terms;
  }
}

TrainerStatus trainer_accumulate(Trainer *trainer, bool carry) {
  trainer_complete(trainer);
  if (!trainer_is_finite(trainer)) {
    trainer->random = trainer->random_before;
    return TRAINER_NOT_FINITE;
  }
  trainer_keep(trainer);
  go_on(trainer, carry);
  return TRAINER_OK;
}
