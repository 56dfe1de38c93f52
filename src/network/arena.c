// arena.c: one allocation for everything that a network or a trainer needs.
#include "network/arena.h"

#include <stdlib.h>
#include <string.h>

#include "kernels/sizes.h"

#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
static void close_zone(const unsigned char *from, const unsigned char *to) { __asan_poison_memory_region(from, (size_t)(to - from)); }
static void open_zones(const Arena *arena) { __asan_unpoison_memory_region(arena->base, (size_t)arena->capacity); }
#else
static void close_zone(const unsigned char *from, const unsigned char *to) { (void)from, (void)to; }
static void open_zones(const Arena *arena) { (void)arena; }
#endif

void *arena_take(Arena *arena, uint64_t count, size_t size) {
  const uint64_t start = arena->used, own = count_product(count, size);
  const uint64_t bytes = count_sum(own, (own > 0 ? ARENA_RED_ZONE : 0) + ARENA_ALIGNMENT - 1);
  arena->used = count_sum(arena->used, bytes / ARENA_ALIGNMENT * ARENA_ALIGNMENT);
  if (!arena->base) return NULL;
  close_zone(arena->base + start + own, arena->base + arena->used);
  return arena->base + start;
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
  if (arena->base) open_zones(arena);
  free(arena->memory);
  *arena = (Arena){0};
}
