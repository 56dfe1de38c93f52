// arena_test.c: blocks of an arena: where they lie, and that a sanitizer sees what is between them.
#include "network/arena.h"

#include "../c/check.h"

#ifndef __has_feature
#define __has_feature(name) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
static bool is_closed(const void *at) { return __asan_address_is_poisoned(at); }
enum { SANITIZED = 1 };
#else
static bool is_closed(const void *at) { return at == NULL; }
enum { SANITIZED = 0 };
#endif

static const size_t sizes[] = {1, 3, 63, 64, 65, 1000};
enum { BLOCKS = sizeof sizes / sizeof *sizes };

static void lay_out(Arena *arena, unsigned char **blocks) {
  for (size_t i = 0; i < BLOCKS; i++) blocks[i] = arena_take(arena, sizes[i], 1);
}

int main(void) {
  Arena counted = {0}, arena = {0};
  unsigned char *blocks[BLOCKS];
  lay_out(&counted, blocks);
  test_start("blocks begin on a cache line, one behind the other, and are zeros that can be written");
  CHECK(arena_allocate(&arena, &counted));
  lay_out(&arena, blocks);
  arena_assert_full(&arena);
  for (size_t i = 0; i < BLOCKS; i++) {
    CHECK((uintptr_t)blocks[i] % ARENA_ALIGNMENT == 0);
    CHECK(i == 0 || blocks[i] >= blocks[i - 1] + sizes[i - 1]);
    for (size_t k = 0; k < sizes[i]; k++) CHECK(blocks[i][k] == 0);
    for (size_t k = 0; k < sizes[i]; k++) blocks[i][k] = 1;
  }
  test_end();

  if (SANITIZED) {
    test_start("what is behind each block is closed to all, and the block itself is not");
    for (size_t i = 0; i < BLOCKS; i++) {
      CHECK(!is_closed(blocks[i]) && !is_closed(blocks[i] + sizes[i] - 1));
      CHECK(is_closed(blocks[i] + sizes[i]) && is_closed(blocks[i] + sizes[i] + ARENA_ALIGNMENT - 1));
    }
    test_end();
  }
  arena_free(&arena);
  return test_exit();
}
