// head.h: the output of a network: a linear layer over the last hidden state, and its loss.
#ifndef LSTM_NETWORK_HEAD_H
#define LSTM_NETWORK_HEAD_H

#include <stddef.h>
#include <stdint.h>

#include "kernels/int8.h"
#include "kernels/vec.h"

// OUTPUT_HIDDEN: no head, the output is the last layer's h. Trained like OUTPUT_VALUES, on h itself.
typedef enum { OUTPUT_HIDDEN, OUTPUT_CLASSES, OUTPUT_VALUES } OutputKind;

// y = W h + b with weight (V, H) and bias (V). Classes: y are logits, the loss is the mean cross-entropy in nats.
// Values: the loss is the mean squared error over all elements, as in torch.nn.MSELoss.
typedef struct {
  OutputKind kind;
  size_t input_size;   // H of the last layer
  size_t output_size;  // V
  real *weight, *bias;
  const Int8Matrix *int8;  // of weight, to be used by steps instead; or NULL
} Head;

// y (V) from h (H), for one step. Logits for classes.
void head_step(real *y, const Head *head, const real *h);

// Reals of scratch that the two below need.
uint64_t head_scratch_size(const Head *head);

// y (rows, V) from h (rows, H).
void head_forward(real *y, const Head *head, const real *h, real *scratch, size_t rows);

// Loss of y (rows, V) against targets, classes (rows) or values (rows, V); y becomes dLoss/dy. Where `counts` (rows) is
// not NULL, only rows with a 1 there have a part in the loss. Returns the mean over those; 0 where there are none.
double head_loss(real *y, const Head *head, const int32_t *classes, const real *values, const uint8_t *counts,
                 size_t rows);

// y (rows, V): logits become probabilities; values stay.
void head_probabilities(real *y, const Head *head, size_t rows);

// dweight (V, H), dbias (V) and dh (rows, H) from dy (rows, V).
void head_backward(real *dweight, real *dbias, real *dh, const Head *head, const real *h, const real *dy,
                   real *scratch, size_t rows);

#endif
