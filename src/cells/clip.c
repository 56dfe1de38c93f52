// clip.c: the array form of clip.h.
#include "cells/clip.h"

VEC_INLINE void clip_at(real *y, const real *z, vec clip, size_t j, size_t lanes) {
  vec_store_part(y + j, vec_clip(vec_load_part(z + j, lanes), clip), lanes);
}

void clip_all(real *y, const real *z, real clip, size_t n) {
  const vec limit = vec_splat(clip);
  VEC_FOR(n, clip_at, y, z, limit);
}

ClipRange clip_range(real clip) {
  const vec low = vec_splat(-clip), high = vec_splat(clip);
  return (ClipRange){vec_sigmoid(low), vec_sigmoid(high), vec_tanh(low), vec_tanh(high)};
}
