// arena.h: one allocation for everything that a network or a trainer needs.
//
// A layout function takes blocks one after another. It is run twice: first on an arena without memory, which only
// counts, then on one with exactly the counted bytes. So what is allocated and what is used cannot differ.
#ifndef LSTM_NETWORK_ARENA_H
#define LSTM_NETWORK_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernels/vec.h"

typedef struct {
  unsigned char *memory;  // what malloc gave; NULL while counting
  unsigned char *base;    // memory, rounded up to ARENA_ALIGNMENT
  uint64_t used;          // bytes taken so far; while counting, about UINT64_MAX for all that is more
  uint64_t capacity;      // bytes behind base
} Arena;

// A cache line: blocks start on one.
enum { ARENA_ALIGNMENT = 64 };

// Under AddressSanitizer there is a red zone behind each block, so that it sees one overrun its neighbour.
#ifndef __has_feature
#define __has_feature(name) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
enum { ARENA_RED_ZONE = ARENA_ALIGNMENT };
#else
enum { ARENA_RED_ZONE = 0 };
#endif

// `count` elements of `size` bytes, aligned; NULL while counting.
void *arena_take(Arena *arena, uint64_t count, size_t size);
real *arena_reals(Arena *arena, uint64_t count);

// Allocates what `counted` has counted, filled with zeros, into an arena ready for the second run.
// False where there is not that much memory; nothing is held then.
bool arena_allocate(Arena *arena, const Arena *counted);

// Stops the program where the second run did not take exactly what the first counted.
void arena_assert_full(const Arena *arena);

void arena_free(Arena *arena);

#endif
