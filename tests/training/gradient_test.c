// gradient_test.c: every gradient of a trainer against numbers: of each parameter, each element of each vector input,
// each h and c before the window. Signed and relative.
//
// A number is Richardson's extrapolation of two central differences D(s) = (loss(x + s) - loss(x - s)) / 2s:
//   (4 D(s / 2) - D(s)) / 3 = gradient + O(s^4)
// With s = 2^-9 the s^4 term is about 1e-12 of the gradient's size, and a loss of about 1 with a rounding error of a few
// 1e-16 gives an absolute error of about 1e-16 / s * 8 / 3 = 1e-13 a rounding. So a gradient above 1e-5 can be known to
// 1e-7, one of 1e-8 to 1e-4 only: FLOOR stands for that, twice the largest error that was seen (8.4e-13).
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

static double loss_at(Trainer *trainer, real *value, double x) {
  *value = (real)x;
  if (trainer_forward(trainer) != TRAINER_OK) check(false, "the loss is not finite");
  return trainer->loss;
}

static double numeric_gradient(Trainer *trainer, real *value) {
  const double x = *value;
  const double wide = (loss_at(trainer, value, x + STEP) - loss_at(trainer, value, x - STEP)) / (2 * STEP);
  const double narrow = (loss_at(trainer, value, x + STEP / 2) - loss_at(trainer, value, x - STEP / 2)) / STEP;
  *value = (real)x;
  return (4 * narrow - wide) / 3;
}

// Largest errors: absolute; and relative, of those gradients that are not lost in the noise of the numbers.
typedef struct {
  double absolute, relative;
} Worst;

#define NOT_SMALL 1e-6

static Worst worst_of_all;

// How many of the gradients are wrong.
static size_t count_wrong(Worst *worst, Trainer *trainer, const Checked *list, size_t lists, bool report) {
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
static size_t list_all(Checked *list, Trainer *trainer) {
  const Network *network = trainer->network;
  const size_t inputs = trainer->window * trainer->batch * network->layers[0].size.input_size;
  size_t n = 0;
  if (trainer_backward(trainer) != TRAINER_OK) check(false, "the gradients are not finite");
  for (size_t p = 0; p < network->parameter_count; p++) {
    const Parameter *row = &network->table[p];
    list[n++] = (Checked){row->name, network->values + row->offset,
                          test_copy(trainer->gradients + row->offset, row->count), row->count};
  }
  for (size_t l = 0; l < network->layer_count; l++) {
    const size_t count = trainer->batch * network->layers[l].size.hidden_size;
    list[n++] = (Checked){l == 0 ? "h0 of layer 0" : l == 1 ? "h0 of layer 1" : "h0 of layer 2", trainer_h(trainer, l),
                          test_copy(trainer->windows[l].dh0, count), count};
    list[n++] = (Checked){l == 0 ? "c0 of layer 0" : l == 1 ? "c0 of layer 1" : "c0 of layer 2", trainer_c(trainer, l),
                          test_copy(trainer->windows[l].dc0, count), count};
  }
  const real *dinputs = trainer_input_gradients(trainer);
  check((dinputs != NULL) == (trainer->input_vectors != NULL), "input gradients exist for vectors only");
  if (dinputs) list[n++] = (Checked){"inputs", trainer->input_vectors, test_copy(dinputs, inputs), inputs};
  return n;
}

static void test_gradients(const NetworkCase *k, size_t batch, size_t window) {
  test_start("gradients: %s, batch %zu, window %zu", describe(k), batch, window);
  Trainer *trainer = make_trainer(k, batch, window);
  fill_states(trainer);
  Checked list[LISTS];
  const size_t lists = list_all(list, trainer);
  Worst worst;
  count_wrong(&worst, trainer, list, lists, true);
  size_t values = 0;
  for (size_t l = 0; l < lists; l++) values += list[l].count;
  printf("# %zu values, largest error %.2g, relative %.2g\n", values, worst.absolute, worst.relative);
  worst_of_all.absolute = fmax(worst_of_all.absolute, worst.absolute);
  worst_of_all.relative = fmax(worst_of_all.relative, worst.relative);
  free_trainer(trainer);
  test_end();
}

// The check itself: one gradient made wrong is found, and only that one.
static void test_check(const char *what, double factor) {
  test_start("the check finds one gradient that is %s", what);
  const NetworkCase k = {-3, {4, 2}, true, OUTPUT_VALUES, 2, 5};
  Trainer *trainer = make_trainer(&k, 2, 3);
  fill_states(trainer);
  Checked list[LISTS];
  const size_t lists = list_all(list, trainer);
  Worst worst;
  check_near((double)count_wrong(&worst, trainer, list, lists, true), 0, 0, "wrong gradients before");
  for (size_t l = 0; l < lists; l++) {
    real *gradient = (real *)list[l].gradients + list[l].count / 2;
    const real right = *gradient;
    *gradient = (real)(right * factor);
    check_near((double)count_wrong(&worst, trainer, &list[l], 1, false), 1, 0, "wrong gradients of %s", list[l].name);
    *gradient = right;
  }
  free_trainer(trainer);
  test_end();
}

int main(void) {
  if (!REAL_IS_DOUBLE) {
    test_skip("gradients against differences of the loss", "a difference of floats has no digits to compare");
    return test_exit();
  }
  test_check("of the wrong sign", -1);
  test_check("zero", 0);
  test_check("off by 1e-5 of itself", 1 + 1e-5);
  test_check("twice what it should be", 2);
  test_check("NaN", NAN);

  const struct {
    NetworkCase network;
    size_t batch, window;
  } cases[] = {
      {{1, {1}, true, OUTPUT_CLASSES, 2, 1}, 1, 1},
      {{7, {5}, true, OUTPUT_CLASSES, 7, 2}, 3, 4},
      {{6, {8}, false, OUTPUT_CLASSES, 5, 3}, 1, 7},
      {{4, {3, 5}, true, OUTPUT_CLASSES, 4, 4}, 5, 4},
      {{5, {6, 3, 4}, false, OUTPUT_CLASSES, 3, 5}, 3, 7},
      {{5, {4, 2}, true, OUTPUT_VALUES, 3, 6}, 3, 1},
      {{3, {5}, true, OUTPUT_HIDDEN, 0, 7}, 1, 4},
      {{-1, {1}, false, OUTPUT_VALUES, 1, 8}, 1, 1},
      {{-3, {5}, true, OUTPUT_VALUES, 2, 9}, 3, 4},
      {{-9, {4}, false, OUTPUT_VALUES, 9, 10}, 5, 1},
      {{-5, {3, 7}, true, OUTPUT_CLASSES, 6, 11}, 3, 7},
      {{-2, {6, 2, 5}, true, OUTPUT_VALUES, 3, 12}, 5, 4},
      {{-13, {2, 5}, false, OUTPUT_HIDDEN, 0, 13}, 3, 4},
      {{-4, {3, 4, 2}, true, OUTPUT_HIDDEN, 0, 14}, 1, 7},
      {{-7, {9}, true, OUTPUT_CLASSES, 9, 15}, 1, 7},
  };
  for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
    test_gradients(&cases[k].network, cases[k].batch, cases[k].window);
  }
  printf("# of all: largest error %.2g, relative (above %g) %.2g\n", worst_of_all.absolute, NOT_SMALL,
         worst_of_all.relative);
  return test_exit();
}
