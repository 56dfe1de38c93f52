// embedding.h: a vector for each token, in the place of one-hot vectors.
#ifndef LSTM_NETWORK_EMBEDDING_H
#define LSTM_NETWORK_EMBEDDING_H

#include <stddef.h>
#include <stdint.h>

#include "kernels/leaves.h"

// x = weight[token], as torch.nn.Embedding.
typedef struct {
  size_t count, size;  // V tokens, E numbers each
  real *weight;        // (V, E), or NULL: there is no embedding
} Embedding;

// x (rows, E) from tokens (rows).
void embedding_forward(real *x, const Embedding *embedding, const int32_t *tokens, size_t rows);

// dweight (V, E): the sum of dx (T, B, E) over the rows of each token.
void embedding_backward(real *dweight, const Embedding *embedding, const int32_t *tokens, const real *dx,
                        const Leaves *leaves, size_t steps);

#endif
