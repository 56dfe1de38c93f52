// memory_exports.c: memory for the caller's own buffers.
#include <stdlib.h>

#include "exports/exports.h"

// `bytes` bytes, or 0 where there are not that many.
EXPORT void *lstm_allocate(size_t bytes) { return malloc(bytes); }

EXPORT void lstm_free(void *memory) { free(memory); }
