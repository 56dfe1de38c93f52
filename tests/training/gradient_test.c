// gradient_test.c: every gradient of a trainer of LSTMs against numbers: of each parameter, each element of each vector
// input, each h and c before the window.
#include "training/gradients.h"

static Worst worst_of_all;

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
