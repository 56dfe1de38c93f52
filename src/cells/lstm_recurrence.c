// lstm_recurrence.c: full gate recurrence: what the gates of the step before add to the sums of the sigmoid gates.
//
//   R_k = W_gk [i_prev, f_prev, o_prev],  of those gates that there are        [di', df', do'] = W_g^T [dz_i, dz_f, dz_o]
//   dW_g = sum over steps and batch of [dz_i, dz_f, dz_o] [i_prev, f_prev, o_prev]^T
//
// The state holds these gates behind c: [c, i, f, o]; its gradient holds di', df', do' behind dc.
#include "cells/lstm_variants.h"
#include "kernels/elementwise.h"

// z_i += R_i,  z_f += R_f,  z_o += R_o; with full peepholes these are added with P, in lstm_peephole.c.
void lstm_recurrence(const LstmCell *cell, const LstmStep *step) {
  const Rows gates_prev = {step->c_prev + cell->s.H, lstm_c_size(&cell->s)};
  if (step->tape.from_state) fill_zero(step->tape.from_state, step->batch * cell->s.recurrent);
  cell->multiply(lstm_state_sums(cell, step, LSTM_I), MATMUL_ADD, cell, LSTM_GH_EARLY, gates_prev, step->batch);
  cell->multiply(lstm_state_sums(cell, step, LSTM_O), MATMUL_ADD, cell, LSTM_GH_LATE, gates_prev, step->batch);
}

// di', df', do' of the step before. What they were for this step is in its dz by now.
void lstm_recurrence_backward(const LstmCell *cell, const LstmStep *step) {
  const LstmShape *s = &cell->s;
  const size_t H = s->H, S = s->recurrent, C = lstm_c_size(s);
  if (S == 0) return;
  for (size_t b = 0; b < step->batch; b++) {
    if (!lstm_is_over(step, b)) fill_zero(step->dc + b * C + H, S);
  }
  const RowsOut dgates_prev = {step->dc + H, C};
  lstm_product_backward(dgates_prev, MATMUL_ADD, cell, LSTM_GH_EARLY, lstm_dz_rows(cell, step, LSTM_I), step->batch);
  lstm_product_backward(dgates_prev, MATMUL_ADD, cell, LSTM_GH_LATE, lstm_dz_rows(cell, step, LSTM_O), step->batch);
}

// The state's i, f, o.
void lstm_recurrence_keep(const LstmCell *cell, const LstmStep *step) {
  const LstmShape *s = &cell->s;
  for (size_t b = 0; s->recurrent > 0 && b < step->batch; b++) {
    const real *gates = step->tape.gates + b * s->rows;
    real *kept = step->c + b * lstm_c_size(s) + s->H;
    copy(kept, gates, s->early);
    copy(kept + s->early, gates + s->first[LSTM_O], s->late);
  }
}

void lstm_recurrence_gradients(const LstmCell *cell, const LstmTape *tape, const CellWindow *w) {
  const LstmShape *s = &cell->s;
  const Rows dz_early = {tape->gates, s->rows}, dz_late = {tape->gates + s->first[LSTM_O], s->rows};
  const Rows gates_prev = {w->c + s->H, lstm_c_size(s)};
  window_gradient(w, &cell->products[LSTM_GH_EARLY], dz_early, gates_prev, cell->scratch);
  window_gradient(w, &cell->products[LSTM_GH_LATE], dz_late, gates_prev, cell->scratch);
}
