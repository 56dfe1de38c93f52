// leaves_tokens.c: sums over the sequences of a batch by token, leaf by leaf, and of leaves in pairs.
#include "kernels/elementwise.h"
#include "kernels/leaves.h"
#include "kernels/sizes.h"

// The rows of a token: they are linked in order of leaf, step and sequence.
typedef struct {
  const Leaves *leaves;
  Rows x;
  int32_t row;  // the next, or below 0
  size_t at, n;
  real sums[LEAVES_LEVELS + 1][LEAVES_CHUNK];
} TokenRows;

static void link_rows(const Leaves *leaves, const int32_t *tokens, size_t count, size_t steps) {
  for (size_t i = 0; i < count; i++) leaves->first_row[i] = -1;
  for (size_t l = leaves->count; l-- > 0;) {
    for (size_t t = steps; t-- > 0;) {
      for (size_t b = leaves->starts[l + 1]; b-- > leaves->starts[l];) {
        const size_t row = t * leaves->batch + b;
        const int32_t token = tokens[row];
        if (token < 0) continue;
        leaves->next_row[row] = leaves->first_row[token];
        leaves->first_row[token] = (int32_t)row;
      }
    }
  }
}

// sums[depth] becomes that of `size` leaves from `leaf` on. False where they have no such row: their sum is 0, and nothing
// is written.
static bool sum_token(TokenRows *rows, size_t leaf, size_t size, size_t depth) {
  const Leaves *leaves = rows->leaves;
  if (rows->row < 0 || (size_t)rows->row % leaves->batch >= leaves->starts[leaf + size]) return false;
  if (size == 1) {
    fill_zero(rows->sums[depth], rows->n);
    for (; rows->row >= 0 && (size_t)rows->row % leaves->batch < leaves->starts[leaf + 1];
         rows->row = leaves->next_row[rows->row]) {
      add(rows->sums[depth], rows->x.first + (size_t)rows->row * rows->x.stride + rows->at, rows->n);
    }
    return true;
  }
  const bool left = sum_token(rows, leaf, size / 2, depth);
  const bool right = sum_token(rows, leaf + size / 2, size / 2, depth + left);
  if (left && right) add(rows->sums[depth], rows->sums[depth + 1], rows->n);
  return left || right;
}

void leaves_sum_tokens(real *y, const Leaves *leaves, const int32_t *tokens, size_t count, Rows x, size_t steps, size_t n) {
  link_rows(leaves, tokens, count, steps);
  TokenRows rows = {.leaves = leaves, .x = x};
  for (size_t token = 0; token < count; token++, y += n) {
    for (rows.at = 0; rows.at < n; rows.at += LEAVES_CHUNK) {
      rows.n = smaller(LEAVES_CHUNK, n - rows.at);
      rows.row = leaves->first_row[token];
      for (size_t k = 0; k < leaves->node_count; k++) {
        real *to = y + k * leaves->node_stride + rows.at;
        if (sum_token(&rows, leaves->nodes[k], leaves->nodes[k + 1] - leaves->nodes[k], 0)) {
          copy(to, rows.sums[0], rows.n);
        } else {
          fill_zero(to, rows.n);
        }
      }
    }
  }
}

void leaves_gather_tokens(int32_t *firsts, RowsOut x, const Leaves *leaves, const int32_t *tokens, size_t count,
                          size_t steps, size_t n) {
  for (size_t i = 0; i < count; i++) leaves->first_row[i] = -1;
  for (size_t l = 0; l < leaves->count; l++) {
    const size_t start = leaves->starts[l], end = leaves->starts[l + 1];
    for (size_t t = 0; t < steps; t++) {
      for (size_t b = start; b < end; b++) {
        const size_t row = t * leaves->batch + b;
        int32_t *first = &leaves->first_row[tokens[row]];
        // A first row of another leaf is none: of those before, all columns lie below `start`.
        const bool is_later = *first >= 0 && (size_t)*first % leaves->batch >= start;
        firsts[row] = is_later ? -1 : tokens[row];
        if (is_later) {
          add(x.first + (size_t)*first * x.stride, x.first + row * x.stride, n);
        } else {
          *first = (int32_t)row;
        }
      }
    }
  }
}
