// head.c: the output of a network: y = W h + b, its losses and gradients.
#include "network/head.h"

#include "kernels/activation.h"
#include "kernels/elementwise.h"
#include "kernels/loss.h"
#include "kernels/sizes.h"

static Product product_of(const Head *head) {
  return (Product){.rows = head->output_size, .columns = head->input_size};
}

void head_step(real *y, const Head *head, const real *h) {
  if (head->kind == OUTPUT_HIDDEN) {
    copy(y, h, head->output_size);
    return;
  }
  copy(y, head->bias, head->output_size);
  const Product product = product_of(head);
  product_step(y, &product, &head->weight, head->int8, h);
}

// 4 MB of floats. All rows of 100 characters, batch 64 and window 160 fit.
enum { BLOCK_REALS = 1 << 20 };

size_t head_block(const Head *head, uint64_t rows) {
  const size_t V = head->output_size;
  if (head->kind == OUTPUT_HIDDEN || count_product(rows, V) <= BLOCK_REALS) return (size_t)rows;
  const size_t fit = BLOCK_REALS / V;
  return fit >= MATMUL_BLOCK_K ? fit / MATMUL_BLOCK_K * MATMUL_BLOCK_K : (size_t)smaller(larger(fit, VEC_LANES), rows);
}

uint64_t head_scratch_size(const Head *head) {
  if (head->kind == OUTPUT_HIDDEN) return 0;
  const Product product = product_of(head);
  return products_scratch(&product, 1);
}

Product head_pack(const Head *head, real *scratch) {
  Product product = product_of(head);
  if (head->kind != OUTPUT_HIDDEN) products_pack(&product, 1, PRODUCT_FORWARD, &head->weight, scratch);
  return product;
}

void head_forward(real *y, const Head *head, const Product *packed, const real *h, real *scratch, size_t rows) {
  const size_t H = head->input_size, V = head->output_size;
  if (head->kind == OUTPUT_HIDDEN) {
    copy(y, h, rows * V);
    return;
  }
  fill_rows(y, head->bias, rows, V);
  product_forward((RowsOut){y, V}, MATMUL_ADD, packed, (Rows){h, H}, scratch, rows);
}

// How much a row counts.
static double weight_of(const Head *head, const Targets *targets, size_t row) {
  const double weight = targets->weights ? (double)targets->weights[row] : 1;
  if (!(weight > 0)) return 0;
  const bool by_class = head->kind == OUTPUT_CLASSES && targets->class_weights;
  return by_class ? weight * (double)targets->class_weights[targets->classes[row]] : weight;
}

static bool are_alike(const Head *head, const Targets *targets) {
  return !targets->weights && !(head->kind == OUTPUT_CLASSES && targets->class_weights);
}

double head_terms(const Head *head, const Targets *targets, size_t first, size_t rows) {
  const bool alike = are_alike(head, targets), by_row = head->kind == OUTPUT_CLASSES || head->kind == OUTPUT_MIXTURE;
  double sum = alike ? (double)rows : 0;
  for (size_t row = first; !alike && row < first + rows; row++) sum += weight_of(head, targets, row);
  return sum * (by_row ? 1 : (double)head->output_size);
}

// The sum of the losses of some rows, each gradient multiplied by `scale`.
static double loss_of_rows(real *y, const Head *head, const Targets *targets, double scale, real *scratch, size_t first,
                           size_t rows) {
  const size_t V = head->output_size, n = head->target_size;
  if (head->kind == OUTPUT_CLASSES) return softmax_cross_entropy(y, targets->classes + first, (real)scale, rows, V);
  const real *values = targets->values + first * n;
  if (head->kind != OUTPUT_LABELS && head->kind != OUTPUT_MIXTURE) return squared_error(y, values, scale, rows * V);
  double sum = 0;
  for (size_t row = 0; row < rows; row++, y += V, values += n) {
    sum += head->kind == OUTPUT_LABELS ? binary_cross_entropy(y, values, targets->class_weights, scale, V)
                                       : mixture_loss(y, values, scale, head->components, n, scratch);
  }
  return sum;
}

double head_loss(real *y, const Head *head, const Targets *targets, double scale, real *scratch, size_t first,
                 size_t rows) {
  const size_t V = head->output_size;
  if (are_alike(head, targets)) return loss_of_rows(y, head, targets, scale, scratch, first, rows);
  double sum = 0;
  for (size_t row = first; row < first + rows; row++, y += V) {
    const double weight = weight_of(head, targets, row);
    if (weight > 0) {
      sum += weight * loss_of_rows(y, head, targets, weight * scale, scratch, row, 1);
    } else {
      fill_zero(y, V);
    }
  }
  return sum;
}

void head_answer(real *y, const Head *head, size_t rows) {
  const size_t V = head->output_size;
  for (size_t row = 0; row < rows; row++, y += V) {
    if (head->kind == OUTPUT_CLASSES) softmax(y, y, 1, V);
    if (head->kind == OUTPUT_LABELS) sigmoid_all(y, y, V);
    if (head->kind == OUTPUT_MIXTURE) mixture_answer(y, head->components, head->target_size);
  }
}

// dh (rows, H)
static void hidden_gradient(real *dh, const Head *head, const real *dy, real *scratch, size_t rows) {
  Product product = product_of(head);
  products_pack(&product, 1, PRODUCT_BACKWARD, &head->weight, scratch);
  product_backward((RowsOut){dh, product.columns}, MATMUL_SET, &product, (Rows){dy, product.rows}, scratch, rows);
}

void head_backward(real *dweight, real *dbias, real *dh, const Head *head, const real *h, const real *dy, real *scratch,
                   const Leaves *leaves, size_t steps) {
  const size_t H = head->input_size, V = head->output_size, rows = steps * leaves->batch;
  if (head->kind == OUTPUT_HIDDEN) {
    copy(dh, dy, rows * V);
    return;
  }
  const Product product = product_of(head);
  product_gradient(&dweight, &product, (Rows){dy, V}, (Rows){h, H}, scratch, leaves, steps);
  leaves_sum(dbias, leaves, (LeafTerms){.x = {dy, V}}, steps, V);
  hidden_gradient(dh, head, dy, scratch, rows);
}

void head_backward_block(RowsOut dweight, real *dbias, MatmulInto into, real *dh, const Head *head, const real *h,
                         const real *dy, real *scratch, size_t rows) {
  const size_t H = head->input_size, V = head->output_size;
  matmul_transposed(dweight, into, (Rows){dy, V}, (Rows){h, H}, scratch, V, rows, H);
  if (into == MATMUL_SET) fill_zero(dbias, V);
  for (size_t row = 0; row < rows; row++) add(dbias, dy + row * V, V);
  hidden_gradient(dh, head, dy, scratch, rows);
}
