// gradients.h: every gradient of a trainer against numbers. Signed and relative.
//
// A number is Romberg's extrapolation of three central differences D(s) = (loss(x + s) - loss(x - s)) / 2s:
//   R(s) = (4 D(s / 2) - D(s)) / 3 = gradient + O(s^4)        (16 R(s / 2) - R(s)) / 15 = gradient + O(s^6)
// With s = 2^-9 a loss of about 1 with a rounding error of a few 1e-16 gives an absolute error of about 3e-13 a rounding.
// So a gradient above 1e-5 can be known to 1e-7, one of 1e-8 to 1e-4 only: FLOOR stands for that. Layer normalisation of a
// few numbers is so steep that the s^4 term would be seen.
#ifndef LSTM_TESTS_GRADIENTS_H
#define LSTM_TESTS_GRADIENTS_H

#include "c/check.h"
#include "training/trainers.h"

#define RELATIVE 1e-6
#define FLOOR 2e-12
#define STEP 0x1p-9

// Values that the loss depends on, and what backward says of them.
typedef struct {
  const char *name;
  real *values;
  const real *gradients;
  size_t count;
} Checked;

// What computes the loss.
static TrainerStatus (*gradient_forward)(Trainer *trainer) = trainer_forward;

static inline double loss_at(Trainer *trainer, real *value, double x) {
  *value = (real)x;
  if (gradient_forward(trainer) != TRAINER_OK) check(false, "the loss is not finite");
  return trainer->loss;
}

static inline double difference(Trainer *trainer, real *value, double x, double step) {
  return (loss_at(trainer, value, x + step) - loss_at(trainer, value, x - step)) / (2 * step);
}

static inline double numeric_gradient(Trainer *trainer, real *value) {
  const double x = *value;
  const double wide = difference(trainer, value, x, STEP), middle = difference(trainer, value, x, STEP / 2);
  const double narrow = difference(trainer, value, x, STEP / 4);
  *value = (real)x;
  const double wider = (4 * middle - wide) / 3, narrower = (4 * narrow - middle) / 3;
  return (16 * narrower - wider) / 15;
}

// Largest errors: absolute; and relative, of those gradients that are not lost in the noise of the numbers.
typedef struct {
  double absolute, relative;
} Worst;

#define NOT_SMALL 1e-6

// How many of the gradients are wrong.
static inline size_t count_wrong(Worst *worst, Trainer *trainer, const Checked *list, size_t lists, bool report) {
  size_t wrong = 0;
  *worst = (Worst){0};
  for (size_t l = 0; l < lists; l++) {
    for (size_t i = 0; i < list[l].count; i++) {
      const double analytic = list[l].gradients[i], numeric = numeric_gradient(trainer, &list[l].values[i]);
      const double error = fabs(analytic - numeric), size = fmax(fabs(analytic), fabs(numeric));
      worst->absolute = fmax(worst->absolute, error);
      if (size > NOT_SMALL) worst->relative = fmax(worst->relative, error / size);
      if (error <= RELATIVE * size + FLOOR) continue;
      wrong++;
      if (report) check(false, "%s[%zu]: expected %.12g, got %.12g", list[l].name, i, numeric, analytic);
    }
  }
  return wrong;
}

enum { LISTS = 64 };

// All that is checked; gradients are copies, since the arrays are the trainer's to overwrite.
static inline size_t list_all(Checked *list, Trainer *trainer) {
  const Network *network = trainer->network;
  const size_t inputs = trainer->steps * trainer->batch * network->directions[0].config.input_size;
  size_t n = 0;
  if (trainer_backward(trainer) != TRAINER_OK) check(false, "the gradients are not finite");
  for (size_t p = 0; p < network->parameter_count; p++) {
    const Parameter *row = &network->table[p];
    list[n++] = (Checked){row->name, network->values + row->offset,
                          test_copy(trainer->gradients + row->offset, row->count), row->count};
  }
  // A fresh state is set anew before every window: what it starts from is checked in its place.
  for (size_t d = 0; !trainer_is_fresh(trainer) && d < network->direction_count; d++) {
    static const char *h_names[] = {"h0 of cell 0", "h0 of cell 1", "h0 of cell 2", "h0 of cell 3", "h0 of cell 4"};
    static const char *c_names[] = {"c0 of cell 0", "c0 of cell 1", "c0 of cell 2", "c0 of cell 3", "c0 of cell 4"};
    const size_t h = h_count(trainer, d), c = c_count(trainer, d);
    list[n++] = (Checked){h_names[d], trainer_h(trainer, d), test_copy(trainer->windows[d].dh0, h), h};
    // A token that a cell remembers is a whole number and has no gradient.
    if (c == 0 || (network->directions[d].config.delays && network->directions[d].config.tokens)) continue;
    list[n++] = (Checked){c_names[d], trainer_c(trainer, d), test_copy(trainer->windows[d].dc0, c), c};
  }
  const real *dinputs = trainer_input_gradients(trainer);
  check((dinputs != NULL) == (trainer->input_vectors != NULL), "input gradients exist for vectors only");
  if (dinputs) list[n++] = (Checked){"inputs", trainer->input_vectors, test_copy(dinputs, inputs), inputs};
  return n;
}

#endif
