// test_leaves.h: the leaves of batches, for tests.
#ifndef LSTM_TESTS_TEST_LEAVES_H
#define LSTM_TESTS_TEST_LEAVES_H

#include "c/check.h"
#include "kernels/leaves.h"

// All leaves of a batch, as a trainer has them: a gradient is one sum.
static inline const Leaves *make_leaves(size_t batch, size_t window, size_t tokens, size_t largest_matrix) {
  Leaves *leaves = test_block(sizeof *leaves);
  *leaves = leaves_part(batch, 0, leaf_count(batch));
  leaves->spare_size = largest_matrix;
  leaves->spare = test_reals(leaves_spares(leaves, window, false) * largest_matrix);
  leaves->first_row = test_block(tokens * sizeof(int32_t));
  leaves->next_row = test_block(window * batch * sizeof(int32_t));
  return leaves;
}

#endif
