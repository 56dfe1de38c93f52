// arena.c: one allocation for everything that a network or a trainer needs.
#include "network/arena.h"

#include <stdlib.h>
#include <string.h>

#include "kernels/sizes.h"

void *arena_take(Arena *arena, uint64_t count, size_t size) {
  const uint64_t start = arena->used;
  const uint64_t bytes = count_sum(count_product(count, size), ARENA_ALIGNMENT - 1);
  arena->used = count_sum(arena->used, bytes / ARENA_ALIGNMENT * ARENA_ALIGNMENT);
  return arena->base ? arena->base + start : NULL;
}

real *arena_reals(Arena *arena, uint64_t count) { return arena_take(arena, count, sizeof(real)); }

bool arena_allocate(Arena *arena, const Arena *counted) {
  const uint64_t bytes = count_sum(counted->used, ARENA_ALIGNMENT);
  if (bytes > PTRDIFF_MAX) return false;
  unsigned char *memory = malloc((size_t)bytes);
  if (!memory) return false;
  const size_t past = (uintptr_t)memory % ARENA_ALIGNMENT;
  *arena = (Arena){.memory = memory, .base = memory + (past ? ARENA_ALIGNMENT - past : 0), .capacity = counted->used};
  memset(arena->base, 0, (size_t)counted->used);
  return true;
}

// No assert.h: its message would make the module import an output stream.
void arena_assert_full(const Arena *arena) {
  if (arena->used != arena->capacity) __builtin_trap();
}

void arena_free(Arena *arena) {
  free(arena->memory);
  *arena = (Arena){0};
}
