// embedding.c: a vector for each token.
#include "network/embedding.h"

#include "kernels/elementwise.h"

void embedding_forward(real *x, const Embedding *embedding, const int32_t *tokens, size_t rows) {
  const size_t E = embedding->size;
  for (size_t row = 0; row < rows; row++) copy(x + row * E, embedding->weight + (size_t)tokens[row] * E, E);
}

void embedding_backward(real *dweight, const Embedding *embedding, const int32_t *tokens, const real *dx,
                        const Leaves *leaves, size_t steps) {
  const size_t E = embedding->size;
  leaves_sum_tokens(dweight, leaves, tokens, embedding->count, (Rows){dx, E}, steps, E);
}
