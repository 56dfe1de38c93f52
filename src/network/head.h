// head.h: the output of a network: a linear layer over the last hidden state, and its loss.
#ifndef LSTM_NETWORK_HEAD_H
#define LSTM_NETWORK_HEAD_H

#include "cells/product.h"

// OUTPUT_HIDDEN: no head, the output is the last layer's h, or with attention its y (attention.h). Trained like
// OUTPUT_VALUES, on that itself.
typedef enum { OUTPUT_HIDDEN, OUTPUT_CLASSES, OUTPUT_VALUES, OUTPUT_LABELS, OUTPUT_MIXTURE, OUTPUT_KINDS } OutputKind;

// y = W h + b with weight (V, H) and bias (V). Classes: y are logits, the loss is the mean cross-entropy in nats.
// Values: the loss is the mean squared error over all elements, as in torch.nn.MSELoss. Labels: y are logits, each of its
// own; the loss is the mean binary cross-entropy over all elements, as in torch.nn.BCEWithLogitsLoss. A mixture of K
// densities over n values: V = K (1 + 2 n), the loss is the mean of -log p over the rows, in nats (kernels/loss.h).
typedef struct {
  OutputKind kind;
  size_t input_size;   // H of the last layer
  size_t output_size;  // V
  size_t components;   // K of a mixture, else 0
  size_t target_size;  // what a row is compared with: n of a mixture, else V
  real *weight, *bias;
  const Int8Matrix *int8;  // of weight, to be used by steps instead; or NULL
} Head;

// What the rows of outputs are compared with.
typedef struct {
  const int32_t *classes;  // (rows), for classes: each in [0, V) where its weight is not 0
  const real *values;      // (rows, target_size), for all others
  const real *weights;     // (rows): how much each counts; below 0 stands for 0. NULL: all alike
  const real *class_weights;  // (V), or NULL. Classes: how much a row of each counts, beside its weight; labels: how much
                              // each counts where it holds
} Targets;

// y (V) from h (H), for one step. As head_forward: see head_answer.
void head_step(real *y, const Head *head, const real *h);

// How many of `rows` rows to take at once, so that the outputs of many classes do not have to be in memory together. All,
// where they are few; and a multiple of MATMUL_BLOCK_K where that is not too much, with which gradients are the same sums as
// those of all rows at once, to the last bit.
size_t head_block(const Head *head, uint64_t rows);

// Reals of scratch that packed weights take, and head_backward.
uint64_t head_scratch_size(const Head *head);

// The weights made ready for head_forward, in the scratch.
Product head_pack(const Head *head, real *scratch);

// y (rows, V) from h (rows, H).
void head_forward(real *y, const Head *head, const Product *packed, const real *h, real *scratch, size_t rows);

// What the sum of losses is divided by: the mean over the weights of `rows` rows, from row `first` on, is over so many terms.
double head_terms(const Head *head, const Targets *targets, size_t first, size_t rows);

// The sum of weight times loss over y (rows, V), which is compared with the targets from row `first` on; y becomes
// d(scale times that sum)/dy. The scratch is that of head_backward.
double head_loss(real *y, const Head *head, const Targets *targets, double scale, real *scratch, size_t first,
                 size_t rows);

// y (rows, V): logits become probabilities, and what is of a mixture its weights, means and deviations; values stay.
void head_answer(real *y, const Head *head, size_t rows);

// dweight (V, H) and dbias (V) from dy (T, B, V); and dh (T, B, H).
void head_backward(real *dweight, real *dbias, real *dh, const Head *head, const real *h, const real *dy, real *scratch,
                   const Leaves *leaves, size_t steps);

// The same in blocks of rows of a leaf: dweight and dbias (V) = or += .
void head_backward_block(RowsOut dweight, real *dbias, MatmulInto into, real *dh, const Head *head, const real *h,
                         const real *dy, real *scratch, size_t rows);

#endif
