// integer_pack.c: operands of products of integers, rounded and packed.
#include "kernels/integer_pack.h"

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

static const real *row_of(Lanes x, size_t k) { return x.from + (x.rows ? x.rows[k] : k) * x.stride; }

void integer_scales(real *scales, real *inverses, Lanes x, size_t lanes, size_t k, const Form *form) {
  if (x.side_by_side) {
    fill_zero(scales, lanes);
    for (size_t i = 0; i < k; i++) VEC_FOR(lanes, magnitudes_at, scales, row_of(x, i));
  } else {
    for (size_t lane = 0; lane < lanes; lane++) {
      vec part[VEC_LANES] = {vec_splat(0), vec_splat(0), vec_splat(0), vec_splat(0)};
      VEC_FOR(k, magnitude_at, part, x.from + lane * x.stride);
      vec_transpose(part);
      for (size_t i = 1; i < VEC_LANES; i++) part[0] = vec_larger_magnitude(part[0], part[i]);
      vec_store_part(scales + lane, part[0], 1);
    }
  }
  finish_scales(scales, inverses, lanes, form->most);
}

// Four vecs that begin at from[i] + at, of which `there` exist, each of `lanes` reals.
VEC_INLINE void load_four(vec part[VEC_LANES], const real *const *from, size_t at, size_t there, size_t lanes) {
  VEC_UNROLL
  for (size_t i = 0; i < VEC_LANES; i++) {
    part[i] = i < there && lanes > 0 ? vec_load_part(from[i] + at, lanes) : vec_splat(0);
  }
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

// Where four lanes of a group begin. `width` is 4 or 8: no division.
VEC_INLINE uint32_t *four_at(uint32_t *to, size_t apart, size_t width, size_t lane) {
  return to + (width == 4 ? lane / 4 : lane / 8) * apart + (lane & (width - 1));
}

// A block of all lanes, in groups of `width` that lie `apart`. What lies side by side is read in order.
VEC_INLINE void pack_groups(uint32_t *to, size_t apart, size_t width, Lanes x, const real *inverses, size_t lanes, size_t k,
                            const Form *form, const bool bytes) {
  const bool side_by_side = x.side_by_side;
  const size_t all_lanes = rounded_up(lanes, width), all_k = rounded_up(k, 2 * form->per_word);
  // Four rows of memory at a time.
  const size_t rows = side_by_side ? k : lanes, length = side_by_side ? lanes : k;
  const size_t all_rows = side_by_side ? all_k : all_lanes, all_length = side_by_side ? all_lanes : all_k;
  for (size_t lane = 0; lane < all_lanes; lane += VEC_LANES) {
    words_store(four_at(to, apart, width, lane), words_splat(0));
  }
  for (size_t row = 0; row < all_rows; row += VEC_LANES) {
    const real *from[VEC_LANES] = {x.from, x.from, x.from, x.from};
    const size_t there = row < rows ? rows - row : 0;
    for (size_t i = 0; i < VEC_LANES && i < there; i++) from[i] = row_of(x, row + i);
    for (size_t at = 0; at < all_length; at += VEC_LANES) {
      const size_t lane = side_by_side ? at : row, i = side_by_side ? row : at;
      uint32_t *start = four_at(to, apart, width, lane);
      vec part[VEC_LANES];
      if (there >= VEC_LANES && at + VEC_LANES <= length) {
        load_four(part, from, at, VEC_LANES, VEC_LANES);
      } else {
        load_four(part, from, at, there, at < length ? length - at : 0);
      }
      if (!side_by_side) vec_transpose(part);
      const size_t place = width * (1 + i / (bytes ? 4 : 2));
      pack_four(start + place, start, width, part, vec_load(inverses + lane), form, bytes);
    }
  }
}

void integer_pack(uint32_t *to, size_t apart, size_t width, Lanes x, const real *inverses, size_t lanes, size_t k,
                  const Form *form) {
  if (HAS_DOT_BYTES && form->per_word == 4) {
    pack_groups(to, apart, width, x, inverses, lanes, k, form, true);
  } else {
    pack_groups(to, apart, width, x, inverses, lanes, k, form, false);
  }
}
