// leaves.h: sums over the sequences of a batch that come out the same, to the last bit, however the batch is cut into parts.
//
// A batch of B sequences is cut into leaves: 1, 2, 4 or 8 groups of sequences that lie side by side, as many as there are
// sequences for. What belongs to the sequences of a leaf is summed in order of time, and the leaves' sums are added in
// pairs, always the same ones:
//
//   leaf        0   1   2   3   4   5   6   7
//                \ /     \ /     \ /     \ /
//                  \     /         \     /
//                     \_______________/
//
// A part of a batch holds a run of whole leaves. Of these it gives the sums of the largest whole subtrees, its nodes: leaves
// 3 to 7 are {3} and {4 5 6 7}. The nodes of all parts, added in the same pairs, are the sum over the batch.
//
// Letters: T steps, B sequences of the part, L leaves of the whole batch. Arrays over steps and sequences are (T, B, ...).
#ifndef LSTM_KERNELS_LEAVES_H
#define LSTM_KERNELS_LEAVES_H

#include <stdbool.h>

#include "kernels/integers.h"
#include "kernels/matmul.h"

// The last: so many numbers of a vector are summed at a time.
enum { LEAVES_MOST = 8, LEAVES_LEVELS = 3, LEAVES_CHUNK = 256 };

// L of a batch; and the first sequence of leaf `leaf`, 0 to L (of L: B).
size_t leaf_count(size_t batch);
size_t leaf_start(size_t batch, size_t leaf);

typedef struct {
  size_t batch;                    // B
  size_t first, count;             // the leaves of the part, among those of the batch
  size_t starts[LEAVES_MOST + 1];  // the first of the part's sequences in each of its leaves; and B
  size_t node_count;
  size_t nodes[LEAVES_MOST + 1];   // the first of the part's leaves in each of its nodes; and count
  size_t steps[LEAVES_MOST];       // of each leaf's longest sequence: what sums of integers look at. The caller's
  // The caller's. All sums below are written as one for each node, so many reals apart.
  size_t node_stride;
  real *spare;  // leaves_spares matrices of spare_size reals: where sums of products wait for what they are added to
  size_t spare_size;
  int32_t *first_row, *next_row;  // (tokens) and (T B), for sums by token; or NULL
} Leaves;

// The part of a batch that holds leaves first to first + count - 1.
Leaves leaves_part(size_t batch, size_t first, size_t count);

// How many spare matrices sums over at most `steps` steps need; `single`: where some are made of each leaf by itself.
size_t leaves_spares(const Leaves *leaves, size_t steps, bool single);

// Which leaf of the part sequence b is in.
size_t leaf_of(const Leaves *leaves, size_t b);

// What each row (t, b) adds to a sum: its x or, where `times` is there, x times that, number by number; of the sequences for
// which `only` (B) is true, or of all where it is NULL.
typedef struct {
  Rows x, times;
  const bool *only;
} LeafTerms;

// y (n) = sum over `steps` steps of all sequences.
void leaves_sum(real *y, const Leaves *leaves, LeafTerms terms, size_t steps, size_t n);

// The same of sums that are there for each leaf of the part, (count, n).
void leaves_sum_up(real *y, const Leaves *leaves, const real *sums, size_t n);
double leaves_sum_up_doubles(const Leaves *leaves, size_t node, const double *sums);

// y (count, n): to the row of its token, from 0 to count - 1, each row (t, b) of x adds. A token below 0 stands for none.
// The tokens may lie in leaves->next_row.
void leaves_sum_tokens(real *y, const Leaves *leaves, const int32_t *tokens, size_t count, Rows x, size_t steps, size_t n);

// Of the rows x (T, B, n) of a token, 0 to count - 1, in a leaf, the first becomes their sum, in order of step and sequence;
// the others stay. firsts (T, B) becomes the token of such a first row, and -1 of the others: with it leaves_sum_tokens gives
// what it would have given. It may be leaves->next_row.
void leaves_gather_tokens(int32_t *firsts, RowsOut x, const Leaves *leaves, const int32_t *tokens, size_t count,
                          size_t steps, size_t n);

// Sums of matrices (m, n) that are made leaf by leaf, or of some leaves at once: of a node, or of nodes that are given.
typedef struct {
  const Leaves *leaves;
  RowsOut y;
  size_t m, n, depth;
} LeafStack;

LeafStack leaf_stack(const Leaves *leaves, RowsOut y, size_t m, size_t n);
// Where the next sum is to be put; and where the last one is, to which the next may be added as it comes.
RowsOut leaf_stack_push(LeafStack *stack);
RowsOut leaf_stack_last(const LeafStack *stack);
// It is there: number i, from 0, of sums of so many leaves.
void leaf_stack_close(LeafStack *stack, size_t i);

// How many leaves of a node, of all of them or half or a quarter, products of so many steps take at once.
size_t leaves_at_once(const Leaves *leaves, size_t node, size_t steps);

// C (M, N) = sum of a b^T over all rows (T, B), with a (M) and b (N) of each: one for each node. The workspace is that of
// matmul_transposed or, where the precision is of integers, of integers_leaves.
void leaves_product(RowsOut c, const Leaves *leaves, Rows a, Rows b, real *workspace, size_t steps, size_t m, size_t n,
                    Precision precision);

// y (n) = the sum of the nodes x[0] to x[count - 1], which are all of a batch's, from left to right, each of sizes[k] leaves.
// y may be one of them.
void leaves_join(real *y, const real *const *x, const int32_t *sizes, size_t count, size_t n);
double leaves_join_doubles(const double *x, const int32_t *sizes, size_t count);

#endif
