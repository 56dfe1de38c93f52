// head_test.c: the output layer, forward, loss and backward, against naive sums; memory of exactly the asked size.
#include "network/head.h"

#include "kernels/test_leaves.h"

static Head make_head(OutputKind kind, size_t H, size_t V) {
  Head head = {.kind = kind, .input_size = H, .output_size = V, .target_size = V};
  if (kind == OUTPUT_HIDDEN) return head;
  head.weight = test_random_reals(V * H, 0.5);
  head.bias = test_random_reals(V, 0.5);
  return head;
}

static double naive_output(const Head *head, const real *h, size_t v) {
  if (head->kind == OUTPUT_HIDDEN) return h[v];
  double y = head->bias[v];
  for (size_t j = 0; j < head->input_size; j++) y += (double)head->weight[v * head->input_size + j] * h[j];
  return y;
}

static void test_forward(OutputKind kind, size_t H, size_t V, size_t rows) {
  test_start("head_forward and head_step: output kind %d, H %zu, V %zu, %zu rows", kind, H, V, rows);
  const Head head = make_head(kind, H, V);
  const real *h = test_random_reals(rows * H, 1);
  real *y = test_reals(rows * V), *one = test_reals(V), *scratch = test_reals((size_t)head_scratch_size(&head));
  const Product packed = head_pack(&head, scratch);
  head_forward(y, &head, &packed, h, scratch, rows);
  for (size_t row = 0; row < rows; row++) {
    head_step(one, &head, h + row * H);
    for (size_t v = 0; v < V; v++) {
      const double expected = naive_output(&head, h + row * H, v), tolerance = (double)(H + 4) * REAL_EPSILON;
      check_near(y[row * V + v], expected, tolerance, "y[%zu][%zu]", row, v);
      check_near(one[v], expected, tolerance, "y[%zu] of one step", v);
    }
  }
  test_end();
}

static void test_backward(OutputKind kind, size_t H, size_t V, size_t rows, bool blocks) {
  test_start("head_backward%s: output kind %d, H %zu, V %zu, %zu rows", blocks ? "_block" : "", kind, H, V, rows);
  const Head head = make_head(kind, H, V);
  const real *h = test_random_reals(rows * H, 1), *dy = test_random_reals(rows * V, 1);
  real *dweight = test_reals(V * H), *dbias = test_reals(V), *dh = test_reals(rows * H);
  real *scratch = test_reals((size_t)head_scratch_size(&head));
  if (kind == OUTPUT_HIDDEN) {
    head_backward(NULL, NULL, dh, &head, h, dy, scratch, make_leaves(rows, 1, 0, 1), 1);
    check_same(dh, dy, rows * H * sizeof(real), "dh");
    test_end();
    return;
  }
  const size_t first = (rows + 1) / 2;
  const RowsOut to = {dweight, H};
  if (!blocks) {
    head_backward(dweight, dbias, dh, &head, h, dy, scratch, make_leaves(rows, 1, 0, V * H), 1);
  } else {
    // In two parts, the second added to the first.
    head_backward_block(to, dbias, MATMUL_SET, dh, &head, h, dy, scratch, first);
  }
  if (blocks && first < rows) {
    head_backward_block(to, dbias, MATMUL_ADD, dh + first * H, &head, h + first * H, dy + first * V, scratch, rows - first);
  }
  const double over_rows = (double)(rows + 8) * (double)rows * REAL_EPSILON / 2, over_outputs = (double)(V + 8) * (double)V * REAL_EPSILON / 2;
  for (size_t v = 0; v < V; v++) {
    double bias = 0;
    for (size_t row = 0; row < rows; row++) bias += dy[row * V + v];
    check_near(dbias[v], bias, over_rows, "dbias[%zu]", v);
    for (size_t j = 0; j < H; j++) {
      double weight = 0;
      for (size_t row = 0; row < rows; row++) weight += (double)dy[row * V + v] * h[row * H + j];
      check_near(dweight[v * H + j], weight, over_rows, "dweight[%zu][%zu]", v, j);
    }
  }
  for (size_t row = 0; row < rows; row++) {
    for (size_t j = 0; j < H; j++) {
      double sum = 0;
      for (size_t v = 0; v < V; v++) sum += (double)head.weight[v * H + j] * dy[row * V + v];
      check_near(dh[row * H + j], sum, over_outputs, "dh[%zu][%zu]", row, j);
    }
  }
  test_end();
}

// Of y (rows, V), which stays.
static double mean_loss(const real *y, const Head *head, const Targets *targets, size_t rows) {
  const double terms = head_terms(head, targets, 0, rows);
  return head_loss(test_copy(y, rows * head->output_size), head, targets, 1 / terms, test_reals(head->components), 0, rows) / terms;
}

static void test_losses(void) {
  test_start("head_loss: the mean over rows of cross-entropy, over all elements of squared errors");
  enum { ROWS = 6, V = 5 };
  const Head classes = make_head(OUTPUT_CLASSES, 3, V), values = make_head(OUTPUT_VALUES, 3, V);
  const real *y = test_random_reals(ROWS * V, 2), *targets = test_random_reals(ROWS * V, 2);
  const int32_t *tokens = test_tokens(ROWS, V);
  double entropy = 0, squares = 0;
  for (int row = 0; row < ROWS; row++) {
    double sum = 0;
    for (int v = 0; v < V; v++) {
      sum += exp((double)y[row * V + v]);
      squares += pow((double)y[row * V + v] - (double)targets[row * V + v], 2);
    }
    entropy += log(sum) - (double)y[row * V + tokens[row]];
  }
  check_near(mean_loss(y, &classes, &(Targets){.classes = tokens}, ROWS), entropy / ROWS, 10 * REAL_EPSILON, "classes");
  check_near(mean_loss(y, &values, &(Targets){.values = targets}, ROWS), squares / (ROWS * V), 10 * REAL_EPSILON, "values");
  test_end();
}

static void test_blocks(void) {
  test_start("head_block: all rows where they are few, whole blocks of a sum where those fit, never more than memory is for");
  const struct {
    size_t V;
    uint64_t rows;
    size_t expected;
  } cases[] = {{65, 1600, 1600}, {100, 10240, 10240}, {256, 6400, 4096}, {2000, 600, 512}, {2048, 512, 512}, {2049, 512, 511},
               {10000, 512, 104}, {10000, 50, 50}, {1 << 20, 512, 4}, {1 << 20, 3, 3}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const Head head = {.kind = OUTPUT_CLASSES, .output_size = cases[i].V};
    check(head_block(&head, cases[i].rows) == cases[i].expected, "V %zu, %zu rows: expected %zu, got %zu", cases[i].V,
          (size_t)cases[i].rows, cases[i].expected, head_block(&head, cases[i].rows));
  }
  const Head hidden = {.kind = OUTPUT_HIDDEN, .output_size = 1 << 12};
  CHECK(head_block(&hidden, 1 << 12) == 1 << 12);
  test_end();
}

int main(void) {
  test_blocks();
  const size_t sizes[][3] = {{1, 1, 1}, {3, 5, 2}, {4, 8, 4}, {9, 7, 5}, {12, 33, 65}, {5, 2, 300}};
  for (int i = 0; i < 6; i++) {
    const size_t H = sizes[i][0], V = sizes[i][1], rows = sizes[i][2];
    for (OutputKind kind = OUTPUT_CLASSES; kind <= OUTPUT_VALUES; kind++) {
      test_forward(kind, H, V, rows);
      test_backward(kind, H, V, rows, false);
      test_backward(kind, H, V, rows, true);
    }
    test_forward(OUTPUT_HIDDEN, H, H, rows);
    test_backward(OUTPUT_HIDDEN, H, H, rows, false);
  }
  test_losses();
  return test_exit();
}
