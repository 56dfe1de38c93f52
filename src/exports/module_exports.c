// module_exports.c: what the module says of itself.
#include "exports/exports.h"
#include "exports/version.h"
#include "kernels/vec.h"

// What it was built for: "scalar", "simd" or "relaxed".
EXPORT const char *lstm_variant(void) { return LSTM_VARIANT; }

// The version of the package that it belongs to. JavaScript of another version would call it wrongly.
EXPORT const char *lstm_version(void) { return LSTM_VERSION; }
