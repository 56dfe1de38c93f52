// exports.h: how a function becomes part of the module's ABI.
//
// The ABI is every function marked EXPORT in this folder, and nothing else. Pointers and sizes are 32-bit numbers; a
// network or trainer is its address. Functions that create return 0 where memory is short or a size is out of range.
// Nothing here prints, exits or keeps state of its own. JavaScript checks arguments; C checks sizes.
#ifndef LSTM_EXPORTS_EXPORTS_H
#define LSTM_EXPORTS_EXPORTS_H

#if defined(__EMSCRIPTEN__)
#include <emscripten/em_macros.h>
#define EXPORT EMSCRIPTEN_KEEPALIVE
#else
#define EXPORT
#endif

#endif
