// integer_pack.c: operands of products of integers, rounded and packed.
#include "kernels/integer_pack.h"

#include <stdbool.h>

#include "kernels/elementwise.h"
#include "kernels/matmul.h"

static size_t rounded_up(size_t n, size_t to) { return (n + to - 1) / to * to; }

// What is smaller counts as 0: its inverse would be infinite, or its scale a denormal number.
static const real NEGLIGIBLE = (real)1e-30;

// scales and inverses from largest magnitudes, which the scales hold before.
static void finish_scales(real *scales, real *inverses, size_t lanes, real most) {
  for (size_t i = 0; i < rounded_up(lanes, PANEL); i++) {
    const real largest = i < lanes ? scales[i] : 0;
    const bool is_negligible = largest <= NEGLIGIBLE;
    scales[i] = is_negligible ? 0 : largest / most;
    inverses[i] = is_negligible ? 0 : most / largest;
  }
}

VEC_INLINE void magnitudes_at(real *largest, const real *x, size_t j, size_t lanes) {
  vec_store_part(largest + j, vec_larger_magnitude(vec_load_part(largest + j, lanes), vec_load_part(x + j, lanes)), lanes);
}

VEC_INLINE void magnitude_at(vec *most, const real *x, size_t j, size_t lanes) {
  *most = vec_larger_magnitude(*most, vec_load_part(x + j, lanes));
}

void integer_scales(real *scales, real *inverses, Lanes x, size_t lanes, size_t k, const Form *form) {
  if (x.k_stride != 1) {
    fill_zero(scales, lanes);
    for (size_t i = 0; i < k; i++) VEC_FOR(lanes, magnitudes_at, scales, x.from + i * x.k_stride);
  } else {
    for (size_t lane = 0; lane < lanes; lane++) {
      vec part[VEC_LANES] = {vec_splat(0), vec_splat(0), vec_splat(0), vec_splat(0)};
      VEC_FOR(k, magnitude_at, part, x.from + lane * x.lane_stride);
      vec_transpose(part);
      for (size_t i = 1; i < VEC_LANES; i++) part[0] = vec_larger_magnitude(part[0], part[i]);
      vec_store_part(scales + lane, part[0], 1);
    }
  }
  finish_scales(scales, inverses, lanes, form->most);
}

// Four of k of four lanes: part[k] has the lanes. What does not exist is 0.
VEC_INLINE void load_four(vec part[VEC_LANES], Lanes x, size_t lanes, size_t k, const bool k_first) {
  VEC_UNROLL
  for (size_t i = 0; i < VEC_LANES; i++) {
    const real *from = x.from + i * (k_first ? x.lane_stride : x.k_stride);
    part[i] = i < (k_first ? lanes : k) ? vec_load_part(from, k_first ? k : lanes) : vec_splat(0);
  }
  if (k_first) vec_transpose(part);
}

// Rounds four of k of four lanes, and packs them as a part of a group of `width`. Adds to what the sums start from.
VEC_INLINE void pack_four(uint32_t *to, uint32_t *start, size_t width, vec part[VEC_LANES], vec inverse, const Form *form,
                          const bool bytes) {
  // The bits of a float from 2^23 to 2^24 are its whole part, and these.
  const uint32_t bits = 0x4b400000u + form->offset;
  const vec magic = vec_splat((real)(0x1.8p23 + form->offset));
  words q[VEC_LANES];
  VEC_UNROLL
  for (int j = 0; j < VEC_LANES; j++) q[j] = words_of_sum(vec_mul(part[j], inverse), magic);
  if (form->start) {
    const words sum = words_add(words_add(q[0], q[1]), words_add(q[2], q[3]));
    const words whole = words_add(sum, words_splat(0u - VEC_LANES * bits));
    words_store(start, words_add(words_load(start), words_times(whole, form->start)));
  }
  const words low = words_splat(bytes ? 0xff : 0xffff);
  const words first = words_and(q[0], low), third = words_and(q[2], low);
  if (bytes) {
    const words even = words_or(first, words_shift_left(third, 16));
    const words odd = words_or(words_shift_left(words_and(q[1], low), 8), words_shift_left(q[3], 24));
    words_store(to, words_or(even, odd));
  } else {
    words_store(to, words_or(first, words_shift_left(q[1], 16)));
    words_store(to + width, words_or(third, words_shift_left(q[3], 16)));
  }
}

// A block of all lanes, in groups of `width` that lie `apart`. What lies side by side is read in order.
VEC_INLINE void pack_groups(uint32_t *to, size_t apart, size_t width, Lanes x, const real *inverses, size_t lanes, size_t k,
                            const Form *form, const bool k_first, const bool bytes) {
  const size_t ends[2] = {rounded_up(lanes, width), rounded_up(k, 2 * form->per_word)};
  for (size_t lane = 0; lane < ends[0]; lane += VEC_LANES) {
    words_store(to + lane / width * apart + lane % width, words_splat(0));
  }
  for (size_t outer = 0; outer < ends[!k_first]; outer += VEC_LANES) {
    for (size_t inner = 0; inner < ends[k_first]; inner += VEC_LANES) {
      const size_t lane = k_first ? outer : inner, i = k_first ? inner : outer;
      uint32_t *start = to + lane / width * apart + lane % width;
      const Lanes from = {x.from + lane * x.lane_stride + i * x.k_stride, x.k_stride, x.lane_stride};
      vec part[VEC_LANES];
      if (lane + VEC_LANES <= lanes && i + VEC_LANES <= k) {
        load_four(part, from, VEC_LANES, VEC_LANES, k_first);
      } else {
        load_four(part, from, lane < lanes ? lanes - lane : 0, i < k ? k - i : 0, k_first);
      }
      const size_t place = width * (1 + i / (bytes ? 4 : 2));
      pack_four(start + place, start, width, part, vec_load(inverses + lane), form, bytes);
    }
  }
}

void integer_pack(uint32_t *to, size_t apart, size_t width, Lanes x, const real *inverses, size_t lanes, size_t k,
                  const Form *form) {
  if (HAS_DOT_BYTES && form->per_word == 4) {
    if (x.k_stride == 1) {
      pack_groups(to, apart, width, x, inverses, lanes, k, form, true, true);
    } else {
      pack_groups(to, apart, width, x, inverses, lanes, k, form, false, true);
    }
  } else if (x.k_stride == 1) {
    pack_groups(to, apart, width, x, inverses, lanes, k, form, true, false);
  } else {
    pack_groups(to, apart, width, x, inverses, lanes, k, form, false, false);
  }
}
