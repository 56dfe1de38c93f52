// sampling.c: from logits to probabilities and tokens.
#include "network/sampling.h"

#include <float.h>

#include "kernels/activation.h"
#include "kernels/elementwise.h"

// 1 / temperature, kept to the normal floats: at their ends only the most probable tokens are drawn, or all alike.
static real inverse(double temperature) {
  const double exact = 1 / temperature;
  return (real)(exact < FLT_MIN ? FLT_MIN : exact > FLT_MAX ? FLT_MAX : exact);
}

void network_output(Network *network, double temperature) {
  const size_t V = network->head.output_size;
  if (network->head.kind == OUTPUT_CLASSES) {
    softmax(network->output, network->logits, inverse(temperature), V);
  } else {
    copy(network->output, network->logits, V);
    head_answer(network->output, &network->head, 1);
  }
}

static bool may_draw(const Sampling *sampling, size_t token) { return !sampling->allowed || sampling->allowed[token]; }

static size_t most_probable(const real *logits, const Sampling *sampling, size_t n) {
  size_t best = n;
  for (size_t k = 0; k < n; k++) {
    if (may_draw(sampling, k) && (best == n || logits[k] > logits[best])) best = k;
  }
  return best;
}

static bool ranks_higher(const real *logits, uint32_t a, uint32_t b) {
  return logits[a] > logits[b] || (logits[a] == logits[b] && a < b);
}

// A heap whose highest rank is at 0: lets the token `at` sink to where it belongs.
static void sift_down(uint32_t *heap, const real *logits, size_t at, size_t n) {
  for (size_t child; (child = 2 * at + 1) < n; at = child) {
    if (child + 1 < n && ranks_higher(logits, heap[child + 1], heap[child])) child++;
    if (!ranks_higher(logits, heap[child], heap[at])) return;
    const uint32_t token = heap[at];
    heap[at] = heap[child];
    heap[child] = token;
  }
}

// Moves the highest rank of a heap of n to its end, and makes a heap of the n - 1 before it.
static uint32_t take_highest(uint32_t *heap, const real *logits, size_t n) {
  const uint32_t highest = heap[0];
  heap[0] = heap[n - 1];
  heap[n - 1] = highest;
  sift_down(heap, logits, 0, n - 1);
  return highest;
}

// Draws from what top_k and top_p leave. `draw` is uniform in [0, 1); output holds the probabilities.
static size_t sample_ranked(const Network *network, const Sampling *sampling, double draw) {
  const real *p = network->output, *logits = network->logits;
  uint32_t *order = sampling->order;
  size_t n = 0;
  for (size_t k = 0; k < network->head.output_size; k++) {
    if (may_draw(sampling, k)) order[n++] = (uint32_t)k;
  }
  for (size_t at = n / 2; at-- > 0;) sift_down(order, logits, at, n);

  // The ranks are order[n - 1], order[n - 2], ... There are as many as top_k or, where that is all, top_p asks for.
  const bool has_top_k = sampling->top_k < n;
  const size_t most = has_top_k ? sampling->top_k : n;
  size_t count = 0, kept = 0;
  double total = 0, mass = 0, below = 0;
  while (count < most && (has_top_k || total < sampling->top_p)) {
    total += (double)p[take_highest(order, logits, n - count)];
    count++;
  }
  const double enough = has_top_k ? sampling->top_p * total : sampling->top_p;
  while (kept < count && (kept == 0 || mass < enough)) mass += (double)p[order[n - ++kept]];

  for (size_t rank = 1; rank <= kept; rank++) {
    below += (double)p[order[n - rank]];
    if (draw * mass < below) return order[n - rank];
  }
  return order[n - 1];
}

size_t network_sample(Network *network, const Sampling *sampling) {
  const size_t V = network->head.output_size;
  const real *logits = network->logits;
  real *p = network->output;
  if (sampling->temperature == 0) return most_probable(logits, sampling, V);
  for (size_t k = 0; k < V; k++) p[k] = may_draw(sampling, k) ? logits[k] : -(real)__builtin_inf();
  softmax(p, p, inverse(sampling->temperature), V);
  const double draw = random_fraction(&network->random);
  if (sampling->top_k < V || sampling->top_p < 1) return sample_ranked(network, sampling, draw);
  double total = 0, below = 0;
  for (size_t k = 0; k < V; k++) total += may_draw(sampling, k) ? (double)p[k] : 0;
  for (size_t k = 0; k < V; k++) {
    below += may_draw(sampling, k) ? (double)p[k] : 0;
    if (draw * total < below) return k;
  }
  // The logits are not finite.
  return most_probable(logits, sampling, V);
}
