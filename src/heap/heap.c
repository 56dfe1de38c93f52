// heap.c: malloc and free in the modules, for few blocks that are large: a network or a trainer is one. The C library's are
// for many small ones, and four times as long. Natively they are taken, so that sanitizers see every block.
//
// Memory is blocks, each with its header before it. Those that are free are listed by their addresses, and no two of them
// touch. The first that is large enough is taken; where there is none, the module's memory grows.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

enum { PAGE = 1 << 16, MAX_PAGES = (1 << 16) - 1 };

typedef struct Block Block;
struct Block {
  _Alignas(16) size_t size;  // in bytes, with this header
  Block *next;
};

// The list of those that are free.
static Block *first;

// Where the linker's data and stack end.
extern Block __heap_base;

static Block *at(Block *block, size_t offset) { return (Block *)((unsigned char *)block + offset); }

// One of two that touch.
static void join(Block *block) {
  Block *next = block->next;
  if (!next || at(block, block->size) != next) return;
  block->size += next->size;
  block->next = next->next;
}

static void release(Block *block) {
  Block *before = NULL, *after = first;
  for (; after && after < block; after = after->next) before = after;
  block->next = after;
  join(block);
  if (before) {
    before->next = block;
    join(before);
  } else {
    first = block;
  }
}

// Adds memory to the list, so that its last block has `size` bytes or more. False where there is no more.
static bool grow(size_t size) {
  static Block *end;  // of all blocks
  if (!end) end = at(&__heap_base, -(size_t)&__heap_base % sizeof(Block));
  Block *last = first;
  while (last && last->next) last = last->next;
  if (last && at(last, last->size) == end) size -= last->size;
  size_t pages = __builtin_wasm_memory_size(0), have = pages * PAGE - (size_t)end;
  if (have < size) {
    const size_t more = (size - have + PAGE - 1) / PAGE;
    if (more > MAX_PAGES - pages || __builtin_wasm_memory_grow(0, more) == SIZE_MAX) return false;
    have += more * PAGE;
  }
  Block *block = end;
  block->size = have;
  end = at(block, have);
  release(block);
  return true;
}

void *malloc(size_t bytes) {
  if (bytes > PTRDIFF_MAX) return NULL;
  const size_t size = (bytes + 2 * sizeof(Block) - 1) / sizeof(Block) * sizeof(Block);
  do {
    for (Block **place = &first; *place; place = &(*place)->next) {
      Block *block = *place, *next = block->next;
      if (block->size < size) continue;
      if (block->size > size) {
        *place = at(block, size);
        (*place)->size = block->size - size;
        (*place)->next = next;
        block->size = size;
      } else {
        *place = next;
      }
      return block + 1;
    }
  } while (grow(size));
  return NULL;
}

void free(void *memory) {
  if (memory) release((Block *)memory - 1);
}
