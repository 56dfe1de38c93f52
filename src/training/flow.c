// flow.c: how far gradients reach back.
#include "kernels/elementwise.h"
#include "training/memory.h"
#include "training/pass.h"

// The last step of sequence b.
static size_t last_step(const Trainer *trainer, size_t b) {
  const int32_t *lengths = trainer->windows[0].lengths;
  return (lengths ? (size_t)lengths[b] : trainer->steps) - 1;
}

// Only the outputs of the sequences' last steps count, by their weights: those of the others become negative, which stands
// for 0. Called again, everything counts as before.
static void turn_others(Trainer *trainer, bool weights) {
  const size_t B = trainer->batch;
  for (size_t t = 0; t < trainer->steps; t++) {
    for (size_t b = 0; b < B; b++) {
      real *weight = &trainer->weights[t * B + b];
      if (!weights) *weight = 1;
      if (t != last_step(trainer, b)) *weight = -*weight;
    }
  }
}

// Exchanges the state before the window with the one that the last window started from.
static void swap_start(Trainer *trainer, size_t d) {
  real *const pairs[2][2] = {{trainer->windows[d].h, trainer->starts[d].h}, {trainer->windows[d].c, trainer->starts[d].c}};
  const size_t counts[2] = {batch_h_count(trainer, d), batch_c_count(trainer, d)};
  for (size_t k = 0; k < 2; k++) {
    for (size_t i = 0; i < counts[k]; i++) {
      const real value = pairs[k][0][i];
      pairs[k][0][i] = pairs[k][1][i];
      pairs[k][1][i] = value;
    }
  }
}

TrainerStatus trainer_gradient_flow(Trainer *trainer, double *norms) {
  const Network *network = trainer->network;
  const size_t T = trainer->window, steps = trainer->steps;
  for (size_t d = 0; d < network->direction_count; d++) swap_start(trainer, d);
  const real *weights = trainer->row_weights;
  turn_others(trainer, weights);
  trainer->row_weights = trainer->weights;
  pass_forward(trainer);
  pass_loss(trainer, true);
  const double loss = trainer->loss, terms = node_totals(trainer, 0)->terms;
  const double factor = terms > 0 ? 1 / (terms * trainer->scale) : 1;
  turn_others(trainer, true);
  trainer->row_weights = weights;
  // Each direction leaves its squares in place, step 0 first; dh it leaves in memory that the next takes.
  for (size_t d = 0; d < network->direction_count; d++) {
    double *dh_squares = norms + 2 * d * (T + 1), *dc_squares = dh_squares + T + 1;
    for (size_t t = 0; t < 2 * (T + 1); t++) dh_squares[t] = 0;
    if (trainer->windows[d].c) trainer->windows[d].dc_squares = dc_squares;
  }
  trainer->dh_squares = norms;
  trainer->wants_all = true;
  pass_backward(trainer);
  trainer->wants_all = false;
  trainer->dh_squares = NULL;
  for (size_t d = 0; d < network->direction_count; d++) {
    trainer->windows[d].dc_squares = NULL;
    swap_start(trainer, d);
  }
  bool finite = isfinite(loss);
  for (size_t row = 0; row < 2 * network->direction_count; row++) {
    double *list = norms + row * (T + 1);
    for (size_t lag = 0; lag <= steps / 2; lag++) {
      const double early = factor * sqrt(list[lag]), late = factor * sqrt(list[steps - lag]);
      list[lag] = late;
      list[steps - lag] = early;
      finite = finite && isfinite(early) && isfinite(late);
    }
  }
  return finite ? TRAINER_OK : TRAINER_NOT_FINITE;
}
