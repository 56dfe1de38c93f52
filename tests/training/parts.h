// parts.h: parts of a batch: what each is given of a window, and what they tell each other.
#ifndef LSTM_TESTS_PARTS_H
#define LSTM_TESTS_PARTS_H

#include "training/trainers.h"

// Sequences first to first + to_batch - 1 of (steps, B, bytes).
static inline void take(void *to, size_t to_batch, const void *from, size_t from_batch, size_t first, size_t steps, size_t bytes) {
  for (size_t t = 0; to && t < steps; t++) {
    memcpy((char *)to + t * to_batch * bytes, (const char *)from + (t * from_batch + first) * bytes, to_batch * bytes);
  }
}

// The nodes of all parts come to one of them.
static inline void exchange(Trainer **parts, size_t count) {
  const void *nodes[LEAVES_MOST];
  int32_t leaves[LEAVES_MOST];
  void *copies[LEAVES_MOST];
  size_t n = 0;
  for (size_t p = 0; p < count; p++) {
    const size_t bytes = trainer_node_bytes(parts[p]);
    for (size_t k = 0; k < trainer_node_count(parts[p]); k++, n++) {
      nodes[n] = copies[n] = malloc(bytes);
      memcpy(copies[n], trainer_node(parts[p], k), bytes);
      leaves[n] = (int32_t)trainer_node_leaves(parts[p], k);
    }
  }
  for (size_t p = 0; p < count; p++) trainer_sum(parts[p], nodes, leaves, n);
  for (size_t k = 0; k < n; k++) free(copies[k]);
}

#endif
