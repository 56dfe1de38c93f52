// head.c: the output of a network: y = W h + b, its losses and gradients.
#include "network/head.h"

#include "kernels/activation.h"
#include "kernels/elementwise.h"
#include "kernels/matmul.h"

void head_step(real *y, const Head *head, const real *h) {
  if (head->kind == OUTPUT_HIDDEN) {
    copy(y, h, head->output_size);
    return;
  }
  copy(y, head->bias, head->output_size);
  matvec_add_with(y, head->weight, head->int8, h, head->output_size, head->input_size);
}

uint64_t head_scratch_size(const Head *head) {
  if (head->kind == OUTPUT_HIDDEN) return 0;
  const uint64_t sizes[] = {matmul_packed_size(head->input_size, head->output_size),
                            matmul_packed_size(head->output_size, head->input_size),
                            matmul_transposed_scratch(head->output_size, head->input_size)};
  uint64_t most = 0;
  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) most = sizes[i] > most ? sizes[i] : most;
  return most;
}

void head_forward(real *y, const Head *head, const real *h, real *scratch, size_t rows) {
  const size_t H = head->input_size, V = head->output_size;
  if (head->kind == OUTPUT_HIDDEN) {
    copy(y, h, rows * V);
    return;
  }
  fill_rows(y, head->bias, rows, V);
  matmul_pack(scratch, head->weight, 1, H, H, V);
  matmul(y, MATMUL_ADD, h, scratch, rows, H, V);
}

double head_loss(real *y, const Head *head, const int32_t *classes, const real *values, size_t rows) {
  if (head->kind == OUTPUT_CLASSES) return softmax_cross_entropy(y, classes, rows, head->output_size) / (double)rows;
  const size_t count = rows * head->output_size;
  return squared_error(y, values, count) / (double)count;
}

void head_backward(real *dweight, real *dbias, real *dh, const Head *head, const real *h, const real *dy,
                   real *scratch, size_t rows) {
  const size_t H = head->input_size, V = head->output_size;
  if (head->kind == OUTPUT_HIDDEN) {
    copy(dh, dy, rows * V);
    return;
  }
  matmul_transposed(dweight, dy, h, scratch, V, rows, H);
  sum_rows(dbias, dy, rows, V);
  matmul_pack(scratch, head->weight, H, 1, V, H);
  matmul(dh, MATMUL_SET, dy, scratch, rows, V, H);
}
