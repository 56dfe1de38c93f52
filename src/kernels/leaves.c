// leaves.c: sums over the sequences of a batch, leaf by leaf, and of leaves in pairs.
#include "kernels/leaves.h"

#include "kernels/elementwise.h"
#include "kernels/sizes.h"

size_t leaf_count(size_t batch) {
  size_t count = 1;
  while (count < LEAVES_MOST && 2 * count <= batch) count *= 2;
  return count;
}

size_t leaf_start(size_t batch, size_t leaf) { return (size_t)((uint64_t)leaf * batch / leaf_count(batch)); }

// The largest number of leaves of a subtree that begins at `leaf` and ends at `end` or before.
static size_t subtree_at(size_t leaf, size_t end) {
  size_t size = 1;
  while (leaf % (2 * size) == 0 && leaf + 2 * size <= end) size *= 2;
  return size;
}

Leaves leaves_part(size_t batch, size_t first, size_t count) {
  Leaves leaves = {.first = first, .count = count};
  const size_t start = leaf_start(batch, first);
  for (size_t l = 0; l <= count; l++) leaves.starts[l] = leaf_start(batch, first + l) - start;
  leaves.batch = leaves.starts[count];
  for (size_t l = 0; l < count; l += subtree_at(first + l, first + count)) leaves.nodes[leaves.node_count++] = l;
  leaves.nodes[leaves.node_count] = count;
  return leaves;
}

size_t leaf_of(const Leaves *leaves, size_t b) {
  size_t l = 0;
  while (b >= leaves->starts[l + 1]) l++;
  return l;
}

static size_t node_size(const Leaves *leaves, size_t node) { return leaves->nodes[node + 1] - leaves->nodes[node]; }

// The rows of the largest leaf.
static size_t most_rows(const Leaves *leaves, size_t steps) {
  size_t most = 0;
  for (size_t l = 0; l < leaves->count; l++) most = (size_t)larger(most, leaves->starts[l + 1] - leaves->starts[l]);
  return most * steps;
}

size_t leaves_at_once(const Leaves *leaves, size_t node, size_t steps) {
  const size_t rows = most_rows(leaves, steps);
  size_t count = node_size(leaves, node);
  while (count > 1 && count * rows > MATMUL_BLOCK_K) count /= 2;
  return count;
}

// Sums that wait at once: one for each level of the tree, and that which is made last is added as it comes, where all of it
// comes at once.
size_t leaves_spares(const Leaves *leaves, size_t steps, bool single) {
  const bool is_added = !single && most_rows(leaves, steps) <= MATMUL_BLOCK_K;
  size_t most = 0;
  for (size_t k = 0; k < leaves->node_count; k++) {
    size_t levels = 0;
    for (size_t size = single ? 1 : leaves_at_once(leaves, k, steps); size < node_size(leaves, k); size *= 2) levels++;
    most = (size_t)larger(most, levels > 0 && is_added ? levels - 1 : levels);
  }
  return most;
}

// ---------------------------------------------------------------- sums of vectors, some of their numbers at a time

enum { CHUNK = LEAVES_CHUNK };

// Sums of subtrees that wait for those to their right; sums[depth - 1] was made last.
typedef struct {
  real sums[LEAVES_LEVELS + 1][CHUNK];
  size_t depth;
} Waiting;

// The last sum is whole: number i of its size.
static void close_sums(Waiting *waiting, size_t i, size_t n) {
  for (; i & 1; i >>= 1) {
    waiting->depth--;
    add(waiting->sums[waiting->depth - 1], waiting->sums[waiting->depth], n);
  }
}

// sum (n) of a leaf, from number `at` on.
static void sum_leaf(real *sum, const Leaves *leaves, const LeafTerms *terms, size_t leaf, size_t steps, size_t at,
                     size_t n) {
  fill_zero(sum, n);
  for (size_t t = 0; t < steps; t++) {
    for (size_t b = leaves->starts[leaf]; b < leaves->starts[leaf + 1]; b++) {
      const size_t row = t * leaves->batch + b;
      const real *x = terms->x.first + row * terms->x.stride + at;
      if (terms->only && !terms->only[b]) continue;
      if (terms->times.first) {
        add_multiplied(sum, x, terms->times.first + row * terms->times.stride + at, n);
      } else {
        add(sum, x, n);
      }
    }
  }
}

void leaves_sum(real *y, const Leaves *leaves, LeafTerms terms, size_t steps, size_t n) {
  for (size_t k = 0; k < leaves->node_count; k++, y += leaves->node_stride) {
    for (size_t at = 0; at < n; at += CHUNK) {
      const size_t part = smaller(CHUNK, n - at);
      Waiting waiting = {.depth = 0};
      for (size_t l = leaves->nodes[k]; l < leaves->nodes[k + 1]; l++) {
        sum_leaf(waiting.sums[waiting.depth++], leaves, &terms, l, steps, at, part);
        close_sums(&waiting, l - leaves->nodes[k], part);
      }
      copy(y + at, waiting.sums[0], part);
    }
  }
}

void leaves_sum_up(real *y, const Leaves *leaves, const real *sums, size_t n) {
  // One step of one sequence a leaf.
  Leaves of_leaves = *leaves;
  for (size_t l = 0; l <= leaves->count; l++) of_leaves.starts[l] = l;
  of_leaves.batch = leaves->count;
  leaves_sum(y, &of_leaves, (LeafTerms){.x = {sums, n}}, 1, n);
}

double leaves_sum_up_doubles(const Leaves *leaves, size_t node, const double *sums) {
  const int32_t ones[LEAVES_MOST] = {1, 1, 1, 1, 1, 1, 1, 1};
  return leaves_join_doubles(sums + leaves->nodes[node], ones, node_size(leaves, node));
}

// ---------------------------------------------------------------- sums of matrices

LeafStack leaf_stack(const Leaves *leaves, RowsOut y, size_t m, size_t n) {
  return (LeafStack){.leaves = leaves, .y = y, .m = m, .n = n};
}

RowsOut leaf_stack_last(const LeafStack *stack) {
  if (stack->depth == 1) return stack->y;
  return (RowsOut){stack->leaves->spare + (stack->depth - 2) * stack->leaves->spare_size, stack->n};
}

RowsOut leaf_stack_push(LeafStack *stack) {
  stack->depth++;
  return leaf_stack_last(stack);
}

void leaf_stack_close(LeafStack *stack, size_t i) {
  for (; i & 1; i >>= 1) {
    const RowsOut from = leaf_stack_last(stack);
    stack->depth--;
    const RowsOut to = leaf_stack_last(stack);
    for (size_t row = 0; row < stack->m; row++) {
      add(to.first + row * to.stride, from.first + row * from.stride, stack->n);
    }
  }
}

static void product_of_leaves(RowsOut c, MatmulInto into, Rows a, Rows b, const MatmulLeaves *rows, const size_t *steps,
                              real *workspace, size_t m, size_t n, Precision precision) {
  if (precision == PRECISION_FLOAT32) {
    matmul_leaves(c, into, a, b, rows, workspace, m, n);
  } else {
    integers_leaves(c, into, a, b, rows, steps, workspace, m, n, precision);
  }
}

static void node_product(RowsOut c, const Leaves *leaves, size_t node, Rows a, Rows b, real *workspace, size_t steps,
                         size_t m, size_t n, Precision precision) {
  const size_t at_once = leaves_at_once(leaves, node, steps), count = node_size(leaves, node) / at_once;
  const bool is_added = most_rows(leaves, steps) <= MATMUL_BLOCK_K;
  LeafStack stack = leaf_stack(leaves, c, m, n);
  for (size_t i = 0; i < count; i++) {
    const size_t first = leaves->nodes[node] + i * at_once;
    const MatmulLeaves rows = {steps, leaves->batch, at_once, &leaves->starts[first]};
    // The sum to the left is whole, and all that is added to it comes as one number.
    if (i & 1 && is_added) {
      product_of_leaves(leaf_stack_last(&stack), MATMUL_ADD, a, b, &rows, &leaves->steps[first], workspace, m, n, precision);
      leaf_stack_close(&stack, i >> 1);
    } else {
      product_of_leaves(leaf_stack_push(&stack), MATMUL_SET, a, b, &rows, &leaves->steps[first], workspace, m, n, precision);
      leaf_stack_close(&stack, i);
    }
  }
}

void leaves_product(RowsOut c, const Leaves *leaves, Rows a, Rows b, real *workspace, size_t steps, size_t m, size_t n,
                    Precision precision) {
  for (size_t k = 0; k < leaves->node_count; k++, c.first += leaves->node_stride) {
    node_product(c, leaves, k, a, b, workspace, steps, m, n, precision);
  }
}

// ---------------------------------------------------------------- nodes

void leaves_join(real *y, const real *const *x, const int32_t *sizes, size_t count, size_t n) {
  if (count == 1 && y != x[0]) copy(y, x[0], n);
  for (size_t at = 0; at < n; at += CHUNK) {
    const size_t part = smaller(CHUNK, n - at);
    // Where what waits lies: a node itself, or a sum.
    const real *waiting[LEAVES_LEVELS + 1];
    real sums[LEAVES_LEVELS + 1][CHUNK];
    size_t depth = 0, leaf = 0;
    for (size_t k = 0; k < count; k++) {
      const size_t size = (size_t)sizes[k];
      waiting[depth++] = x[k] + at;
      for (size_t i = leaf / size; i & 1; i >>= 1) {
        depth--;
        // The last sum is that of all, behind which no node is read.
        real *sum = depth == 1 && k == count - 1 ? y + at : sums[depth - 1];
        add_to(sum, waiting[depth - 1], waiting[depth], part);
        waiting[depth - 1] = sum;
      }
      leaf += size;
    }
  }
}

double leaves_join_doubles(const double *x, const int32_t *sizes, size_t count) {
  double sums[LEAVES_LEVELS + 1];
  size_t depth = 0, leaf = 0;
  for (size_t k = 0; k < count; k++) {
    const size_t size = (size_t)sizes[k];
    sums[depth++] = x[k];
    for (size_t i = leaf / size; i & 1; i >>= 1) {
      depth--;
      sums[depth - 1] += sums[depth];
    }
    leaf += size;
  }
  return sums[0];
}
