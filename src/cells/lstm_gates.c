// lstm_gates.c: the gates of the LSTM with options, forward and backward side by side: i, f, g and c; o and m.
//
//   missing gates        i = 1, f = 1 or o = 1: the cell has no rows for it
//   coupled              f = 1 - i
//   missing activations  g = z_g;  m = o * c
//   clipping             every z is kept in [-clip, clip], and where it was clipped dz = 0
//
// Options are asked inside the loops: the answer is always the same, so the branch costs next to nothing, and each
// equation stands once.
#include "cells/lstm.h"
#include "cells/lstm_variants.h"
#include "kernels/activation.h"
#include "kernels/elementwise.h"

// The elements of a gate that the cell has, else 1.
VEC_INLINE vec gate_part(const real *gate, size_t j, size_t lanes) {
  return gate ? vec_load_part(gate + j, lanes) : vec_constant(1);
}

// The slope of the candidate at g: tanh or nothing, behind the clipping.
VEC_INLINE vec candidate_slope(vec g, bool squashed, real clip, const ClipRange *range) {
  if (squashed) return tanh_slope(g, range);
  const vec one = vec_constant(1);
  return range ? slope_within(one, g, vec_splat(-clip), vec_splat(clip)) : one;
}

static const ClipRange *range_of(const LstmCell *cell) { return cell->s.clip > 0 ? &cell->range : NULL; }

VEC_INLINE void cell_state_at(real *c, const real *i, const real *f, const real *g, const real *c_prev, bool coupled,
                              size_t j, size_t lanes) {
  const vec i_j = gate_part(i, j, lanes);
  const vec f_j = coupled ? vec_sub(vec_constant(1), i_j) : gate_part(f, j, lanes);
  // c = i * g + f * c_prev
  const vec learnt = vec_mul(i_j, vec_load_part(g + j, lanes));
  vec_store_part(c + j, vec_flush(vec_madd(learnt, f_j, vec_load_part(c_prev + j, lanes))), lanes);
}

// i, f, g and c, from z and c_prev.
void lstm_cell_state(const LstmCell *cell, const LstmStep *step) {
  const LstmShape *s = &cell->s;
  const size_t H = s->H, C = lstm_c_size(s);
  const bool coupled = s->options & CELL_COUPLED, squashed = !(s->options & CELL_NO_INPUT_ACTIVATION);
  for (size_t b = 0; b < step->batch; b++) {
    const real *c_prev = step->c_prev + b * C;
    real *c = step->c + b * C, *gates = step->tape.gates + b * s->rows;
    const real *i = lstm_gate(cell, step, LSTM_I, b), *f = lstm_gate(cell, step, LSTM_F, b);
    real *g = lstm_gate(cell, step, LSTM_G, b);
    if (lstm_is_over(step, b)) {
      copy(c, c_prev, H);
      continue;
    }
    if (s->clip > 0) clip_all(gates, gates, s->clip, s->early + H);
    sigmoid_all(gates, gates, s->early);
    if (squashed) tanh_all(g, g, H);
    VEC_FOR(H, cell_state_at, c, i, f, g, c_prev, coupled);
  }
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

// dz of i, f and g; dc becomes the gradient of c_prev, but for what goes through peepholes.
void lstm_cell_state_backward(const LstmCell *cell, const LstmStep *step) {
  const LstmShape *s = &cell->s;
  const size_t H = s->H, C = lstm_c_size(s);
  const bool coupled = s->options & CELL_COUPLED, squashed = !(s->options & CELL_NO_INPUT_ACTIVATION);
  const ClipRange *range = range_of(cell);
  for (size_t b = 0; b < step->batch; b++) {
    const real *c_prev = step->c_prev + b * C;
    real *dc = step->dc + b * C;
    real *i = lstm_gate(cell, step, LSTM_I, b), *f = lstm_gate(cell, step, LSTM_F, b);
    real *g = lstm_gate(cell, step, LSTM_G, b);
    const real *di_after = s->recurrent ? dc + H + s->first[LSTM_I] : NULL;
    const real *df_after = s->recurrent ? dc + H + s->first[LSTM_F] : NULL;
    if (lstm_is_over(step, b)) continue;
    VEC_FOR(H, cell_state_backward_at, i, f, g, dc, di_after, df_after, c_prev, coupled, squashed, s->clip, range);
  }
}

VEC_INLINE void hidden_state_at(real *m, real *a, const real *inner, const real *o, bool squashed, size_t j,
                                size_t lanes) {
  // a = tanh(c), or tanh(LN(c)), or these without tanh
  vec a_j = vec_load_part(inner + j, lanes);
  if (squashed) a_j = vec_tanh(a_j);
  vec_store_part(a + j, a_j, lanes);
  // m = o * a
  vec_store_part(m + j, vec_flush(vec_mul(gate_part(o, j, lanes), a_j)), lanes);
}

// o and m, from z_o and c; with layer norm a holds LN(c) already.
void lstm_hidden_state(const LstmCell *cell, const LstmStep *step) {
  const LstmShape *s = &cell->s;
  const size_t H = s->H;
  const bool squashed = !(s->options & CELL_NO_OUTPUT_ACTIVATION), normed = s->options & CELL_LAYER_NORM;
  for (size_t b = 0; b < step->batch; b++) {
    real *a = step->tape.a + b * H, *m = step->m + b * H, *o = lstm_gate(cell, step, LSTM_O, b);
    const real *inner = normed ? a : step->c + b * lstm_c_size(s);
    if (lstm_is_over(step, b)) {
      fill_zero(m, H);
      continue;
    }
    if (o) {
      if (s->clip > 0) clip_all(o, o, s->clip, H);
      sigmoid_all(o, o, H);
    }
    VEC_FOR(H, hidden_state_at, m, a, inner, o, squashed);
  }
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

// dz_o; dc gets what goes through h, and with layer norm a the gradient of LN(c).
void lstm_hidden_state_backward(const LstmCell *cell, const LstmStep *step) {
  const LstmShape *s = &cell->s;
  const size_t H = s->H, C = lstm_c_size(s);
  const bool squashed = !(s->options & CELL_NO_OUTPUT_ACTIVATION), normed = s->options & CELL_LAYER_NORM;
  const ClipRange *range = range_of(cell);
  for (size_t b = 0; b < step->batch; b++) {
    real *a = step->tape.a + b * H, *o = lstm_gate(cell, step, LSTM_O, b), *dc = step->dc + b * C;
    const real *dm = step->dm + b * H, *do_after = s->recurrent ? dc + H + s->early : NULL;
    if (lstm_is_over(step, b)) continue;
    VEC_FOR(H, hidden_state_backward_at, o, a, dc, dm, do_after, normed, squashed, range);
  }
}

// ---------------------------------------------------------------- without any of these options

void lstm_standard_state(const LstmCell *cell, const LstmStep *step) {
  const size_t H = cell->s.H;
  for (size_t b = 0; b < step->batch; b++) {
    real *m = step->m + b * H;
    const real *c_prev = step->c_prev + b * H;
    if (lstm_is_over(step, b)) {
      copy(step->c + b * H, c_prev, H);
      fill_zero(m, H);
    } else {
      lstm_activate(m, step->c + b * H, step->tape.a + b * H, step->tape.gates + b * cell->s.rows, c_prev, H);
    }
  }
}

void lstm_standard_state_backward(const LstmCell *cell, const LstmStep *step) {
  const size_t H = cell->s.H;
  for (size_t b = 0; b < step->batch; b++) {
    if (lstm_is_over(step, b)) continue;
    lstm_activate_backward(step->tape.gates + b * cell->s.rows, step->dc + b * H, step->dm + b * H, step->tape.a + b * H,
                           step->c_prev + b * H, H);
  }
}
