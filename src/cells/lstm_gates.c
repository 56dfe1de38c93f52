// lstm_variants_gates.c: the LSTM with options between its products, forward and backward side by side.
//
// Options are asked inside the loops: the answer is always the same, so the branch costs next to nothing, and each
// equation stands once.
#include "cells/lstm_variants.h"
#include "kernels/activation.h"
#include "kernels/elementwise.h"
#include "kernels/layer_norm.h"

// The elements of a gate that the cell has, else 1.
VEC_INLINE vec gate_part(const real *gate, size_t j, size_t lanes) {
  return gate ? vec_load_part(gate + j, lanes) : vec_constant(1);
}

static real *gate_of(const LstmRow *row, const LstmShape *s, int gate) {
  return s->has[gate] ? row->gates + s->first[gate] : NULL;
}

// The slope of the candidate at g: tanh or nothing, behind the clipping.
VEC_INLINE vec candidate_slope(vec g, bool squashed, real clip, const ClipRange *range) {
  if (squashed) return tanh_slope(g, range);
  const vec one = vec_constant(1);
  return range ? slope_within(one, g, vec_splat(-clip), vec_splat(clip)) : one;
}

VEC_INLINE void cell_state_at(real *c, const real *i, const real *f, const real *g, const real *c_prev, bool coupled,
                              size_t j, size_t lanes) {
  const vec i_j = gate_part(i, j, lanes);
  const vec f_j = coupled ? vec_sub(vec_constant(1), i_j) : gate_part(f, j, lanes);
  // c = i * g + f * c_prev
  const vec learnt = vec_mul(i_j, vec_load_part(g + j, lanes));
  vec_store_part(c + j, vec_flush(vec_madd(learnt, f_j, vec_load_part(c_prev + j, lanes))), lanes);
}

void lstm_cell_state(const LstmRow *row, real *const *p, const LstmShape *s) {
  const size_t H = s->H;
  real *gates = row->gates, *c = row->c;
  const real *c_prev = row->c_prev;
  const real *i = gate_of(row, s, LSTM_I), *f = gate_of(row, s, LSTM_F), *g = gate_of(row, s, LSTM_G);
  const bool coupled = s->options & CELL_COUPLED;
  if (row->early) add(gates, row->early, s->early);
  if (s->options & CELL_PEEPHOLE_DIAGONAL) {
    for (size_t k = 0; k < s->early; k += H) add_multiplied(gates + k, p[LSTM_WEIGHT_CH] + k, c_prev, H);
  }
  if (s->clip > 0) clip_all(gates, gates, s->clip, s->early + H);
  sigmoid_all(gates, gates, s->early);
  if (!(s->options & CELL_NO_INPUT_ACTIVATION)) tanh_all(gates + s->early, g, H);
  VEC_FOR(H, cell_state_at, c, i, f, g, c_prev, coupled);
}

// i, f, g (H) become their dz; dc (H) the gradient of c_prev.
VEC_INLINE void cell_state_backward_at(real *i, real *f, real *g, real *dc, const real *di_after, const real *df_after,
                                       const real *c_prev, bool coupled, bool squashed, real clip,
                                       const ClipRange *range, size_t j, size_t lanes) {
  const vec i_j = gate_part(i, j, lanes), g_j = vec_load_part(g + j, lanes);
  const vec f_j = coupled ? vec_sub(vec_constant(1), i_j) : gate_part(f, j, lanes);
  const vec dc_j = vec_load_part(dc + j, lanes);
  vec df = vec_mul(dc_j, vec_load_part(c_prev + j, lanes));
  if (i) {
    // di = dc * g + di', coupled: - dc * c_prev
    vec di = vec_mul(dc_j, g_j);
    if (coupled) di = vec_sub(di, df);
    if (di_after) di = vec_add(di, vec_load_part(di_after + j, lanes));
    // dz_i = di * i (1 - i)
    vec_store_part(i + j, vec_flush(vec_mul(di, sigmoid_slope(i_j, range))), lanes);
  }
  if (f) {
    // df = dc * c_prev + df'
    if (df_after) df = vec_add(df, vec_load_part(df_after + j, lanes));
    // dz_f = df * f (1 - f)
    vec_store_part(f + j, vec_flush(vec_mul(df, sigmoid_slope(f_j, range))), lanes);
  }
  // dg = dc * i,  dz_g = dg * (1 - g^2), or dg
  const vec dg = vec_mul(dc_j, i_j);
  vec_store_part(g + j, vec_flush(vec_mul(dg, candidate_slope(g_j, squashed, clip, range))), lanes);
  // dc_prev = dc * f
  vec_store_part(dc + j, vec_flush(vec_mul(dc_j, f_j)), lanes);
}

void lstm_cell_state_backward(const LstmRow *row, real *const *p, real *const *dp, const LstmShape *s) {
  const size_t H = s->H;
  real *gates = row->gates, *dc = row->dc;
  const real *c_prev = row->c_prev;
  real *i = gate_of(row, s, LSTM_I), *f = gate_of(row, s, LSTM_F), *g = gate_of(row, s, LSTM_G);
  const real *di_after = row->dgates ? row->dgates + s->first[LSTM_I] : NULL;
  const real *df_after = row->dgates ? row->dgates + s->first[LSTM_F] : NULL;
  const bool coupled = s->options & CELL_COUPLED, squashed = !(s->options & CELL_NO_INPUT_ACTIVATION);
  const real clip = s->clip;
  const ClipRange *range = clip > 0 ? &s->range : NULL;
  VEC_FOR(H, cell_state_backward_at, i, f, g, dc, di_after, df_after, c_prev, coupled, squashed, clip, range);
  if (row->dgates) fill_zero(row->dgates, s->recurrent);
  if (!(s->options & CELL_PEEPHOLE_DIAGONAL)) return;
  for (size_t k = 0; k < s->early; k += H) {
    add_multiplied(dc, p[LSTM_WEIGHT_CH] + k, gates + k, H);
    add_multiplied(dp[LSTM_WEIGHT_CH] + k, gates + k, c_prev, H);
  }
}

VEC_INLINE void hidden_state_at(real *m, real *a, const real *seen, const real *o, bool squashed, size_t j,
                                size_t lanes) {
  // a = tanh(c), or tanh(LN(c)), or these without tanh
  vec a_j = vec_load_part(seen + j, lanes);
  if (squashed) a_j = vec_tanh(a_j);
  vec_store_part(a + j, a_j, lanes);
  // m = o * a
  vec_store_part(m + j, vec_flush(vec_mul(gate_part(o, j, lanes), a_j)), lanes);
}

void lstm_hidden_state(const LstmRow *row, real *const *p, const LstmShape *s) {
  const size_t H = s->H;
  real *o = gate_of(row, s, LSTM_O);
  const bool squashed = !(s->options & CELL_NO_OUTPUT_ACTIVATION);
  if (o) {
    if (row->late) add(o, row->late, H);
    if (s->options & CELL_PEEPHOLE_DIAGONAL) add_multiplied(o, p[LSTM_WEIGHT_CH] + s->early, row->c, H);
    if (s->clip > 0) clip_all(o, o, s->clip, H);
    sigmoid_all(o, o, H);
  }
  const real *seen = row->c;
  real *a = row->a, *m = row->m;
  if (row->normal_c) {
    copy(row->normal_c, row->c, H);
    copy(a, p[LSTM_NORM_C_BIAS], H);
    *row->inverse_c = layer_norm_add(a, row->normal_c, p[LSTM_NORM_C_WEIGHT], H);
    seen = a;
  }
  VEC_FOR(H, hidden_state_at, m, a, seen, o, squashed);
}

// o (H) becomes dz_o. Adds dm * o (1 - a^2) to dc (H), or with layer norm leaves it in a (H).
VEC_INLINE void hidden_state_backward_at(real *o, real *a, real *dc, const real *dm, const real *do_after, bool normed,
                                         bool squashed, const ClipRange *range, size_t j, size_t lanes) {
  const vec o_j = gate_part(o, j, lanes), a_j = vec_load_part(a + j, lanes);
  const vec dm_j = vec_load_part(dm + j, lanes);
  // dc = dc + dm * o (1 - a^2)
  const vec da = vec_mul(dm_j, o_j), slope = squashed ? tanh_slope(a_j, NULL) : vec_constant(1);
  if (normed) {
    vec_store_part(a + j, vec_mul(da, slope), lanes);
  } else {
    vec_store_part(dc + j, vec_madd(vec_load_part(dc + j, lanes), da, slope), lanes);
  }
  if (o) {
    // do = dm * a + do'
    vec d_o = vec_mul(dm_j, a_j);
    if (do_after) d_o = vec_add(d_o, vec_load_part(do_after + j, lanes));
    // dz_o = do * o (1 - o)
    vec_store_part(o + j, vec_flush(vec_mul(d_o, sigmoid_slope(o_j, range))), lanes);
  }
}

void lstm_hidden_state_backward(const LstmRow *row, real *const *p, real *const *dp, const LstmShape *s) {
  const size_t H = s->H;
  real *o = gate_of(row, s, LSTM_O), *a = row->a, *dc = row->dc;
  const real *dm = row->dm;
  const real *do_after = row->dgates ? row->dgates + s->early : NULL;
  const bool squashed = !(s->options & CELL_NO_OUTPUT_ACTIVATION), normed = row->normal_c != NULL;
  const ClipRange *range = s->clip > 0 ? &s->range : NULL;
  VEC_FOR(H, hidden_state_backward_at, o, a, dc, dm, do_after, normed, squashed, range);
  if (row->normal_c) {
    // a holds the gradient of LN(c) by now.
    add(dp[LSTM_NORM_C_BIAS], a, H);
    layer_norm_backward(row->normal_c, dp[LSTM_NORM_C_WEIGHT], a, p[LSTM_NORM_C_WEIGHT], *row->inverse_c, H);
    add(dc, row->normal_c, H);
  }
  if (o && s->options & CELL_PEEPHOLE_DIAGONAL) {
    add_multiplied(dc, p[LSTM_WEIGHT_CH] + s->early, o, H);
    add_multiplied(dp[LSTM_WEIGHT_CH] + s->early, o, row->c, H);
  }
}

VEC_INLINE void flush_at(real *h, size_t j, size_t lanes) {
  vec_store_part(h + j, vec_flush(vec_load_part(h + j, lanes)), lanes);
}
void lstm_flush(real *h, size_t n) { VEC_FOR(n, flush_at, h); }
