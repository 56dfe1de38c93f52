// oom.h: memory that is not there. The linker puts the four functions below between the library and malloc (-Wl,--wrap),
// so that each call can be made to fail, and everything that is held is counted.
#ifndef LSTM_TESTS_OOM_H
#define LSTM_TESTS_OOM_H

#include "c/check.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void __real_free(void *memory);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void __wrap_free(void *memory);

// More than this the machine of the test does not have.
#define MEMORY ((size_t)1 << 28)

static struct {
  int calls, fail_at;  // fail_at: which call fails, counted from 1; 0: none
  int live;            // blocks that are held
  size_t largest;      // what was asked for
} heap;

static bool refuses(size_t size) {
  heap.calls++;
  if (size > heap.largest) heap.largest = size;
  return heap.calls == heap.fail_at || size > MEMORY;
}

void *__wrap_malloc(size_t size) {
  if (refuses(size)) return NULL;
  heap.live++;
  return __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size) {
  if (refuses(size && count > SIZE_MAX / size ? SIZE_MAX : count * size)) return NULL;
  heap.live++;
  return __real_calloc(count, size);
}

void *__wrap_realloc(void *memory, size_t size) {
  if (refuses(size)) return NULL;
  if (!memory) heap.live++;
  return __real_realloc(memory, size);
}

void __wrap_free(void *memory) {
  if (memory) heap.live--;
  __real_free(memory);
}

static inline void fail_at(int call) {
  heap.calls = 0;
  heap.fail_at = call;
  heap.largest = 0;
}

// Refused, either without a call or by a malloc that was asked for at least what is needed: no count has wrapped around.
static inline void check_refused(const void *created, long double bytes, const char *what) {
  check(created == NULL, "%s: expected NULL", what);
  check(heap.largest == 0 || (long double)heap.largest >= bytes, "%s: expected at least %.4Lg bytes, got %zu", what, bytes,
        heap.largest);
}

#endif
