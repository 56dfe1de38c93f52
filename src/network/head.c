// head.c: the output of a network: y = W h + b, its losses and gradients.
#include "network/head.h"

#include "kernels/activation.h"
#include "kernels/elementwise.h"
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

static double weight_of(const Targets *targets, size_t row) {
  if (!targets->weights) return 1;
  return targets->weights[row] > 0 ? (double)targets->weights[row] : 0;
}

double head_terms(const Head *head, const Targets *targets, size_t rows) {
  double sum = targets->weights ? 0 : (double)rows;
  for (size_t row = 0; targets->weights && row < rows; row++) sum += weight_of(targets, row);
  return sum * (head->kind == OUTPUT_CLASSES ? 1 : (double)head->output_size);
}

// The sum of the losses of some rows of one weight, each gradient multiplied by `scale`.
static double loss_of_rows(real *y, const Head *head, const Targets *targets, double scale, size_t first, size_t rows) {
  const size_t V = head->output_size;
  if (head->kind == OUTPUT_CLASSES) return softmax_cross_entropy(y, targets->classes + first, (real)scale, rows, V);
  return squared_error(y, targets->values + first * V, scale, rows * V);
}

double head_loss(real *y, const Head *head, const Targets *targets, double scale, size_t first, size_t rows) {
  const size_t V = head->output_size;
  if (!targets->weights) return loss_of_rows(y, head, targets, scale, first, rows);
  double sum = 0;
  for (size_t row = 0; row < rows; row++, y += V) {
    const double weight = weight_of(targets, first + row);
    if (weight > 0) {
      sum += weight * loss_of_rows(y, head, targets, weight * scale, first + row, 1);
    } else {
      fill_zero(y, V);
    }
  }
  return sum;
}

void head_probabilities(real *y, const Head *head, size_t rows) {
  const size_t V = head->output_size;
  for (size_t row = 0; head->kind == OUTPUT_CLASSES && row < rows; row++) softmax(y + row * V, y + row * V, 1, V);
}

void head_backward(real *dweight, real *dbias, MatmulInto into, real *dh, const Head *head, const real *h,
                   const real *dy, real *scratch, size_t rows) {
  const size_t H = head->input_size, V = head->output_size;
  if (head->kind == OUTPUT_HIDDEN) {
    copy(dh, dy, rows * V);
    return;
  }
  Product product = product_of(head);
  product_gradient_into(&dweight, into, &product, (Rows){dy, V}, (Rows){h, H}, scratch, rows);
  if (into == MATMUL_SET) fill_zero(dbias, V);
  for (size_t row = 0; row < rows; row++) add(dbias, dy + row * V, V);
  products_pack(&product, 1, PRODUCT_BACKWARD, &head->weight, scratch);
  product_backward((RowsOut){dh, H}, MATMUL_SET, &product, (Rows){dy, V}, scratch, rows);
}
