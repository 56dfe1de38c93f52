// lstm_variants.h: the parts of the LSTM with options, whose equations stand in lstm_variants.c.
//
//   lstm_variants.c          equations, parameters, one step
//   lstm_variants_gates.c    what lies between the products, element by element
//   lstm_variants_tape.c     the memory of a window
//   lstm_variants_window.c   a batch over a window
#ifndef LSTM_CELLS_LSTM_VARIANTS_H
#define LSTM_CELLS_LSTM_VARIANTS_H

#include "cells/cell.h"
#include "cells/clip.h"
#include "cells/product.h"

enum { LSTM_I, LSTM_F, LSTM_G, LSTM_O, LSTM_GATES };

// The places of the parameters; the first four as in lstm.c.
enum {
  LSTM_WEIGHT_IH,
  LSTM_WEIGHT_HH,
  LSTM_BIAS_IH,
  LSTM_BIAS_HH,
  LSTM_WEIGHT_CH,
  LSTM_WEIGHT_GH,
  LSTM_WEIGHT_HR,
  LSTM_NORM_IH_WEIGHT,
  LSTM_NORM_HH_WEIGHT,
  LSTM_NORM_C_WEIGHT,
  LSTM_NORM_C_BIAS,
};

// What the options make of the gates. A gate that the cell does not have takes no rows. i, f and g lie side by side.
typedef struct {
  uint32_t options;
  real clip;                  // 0: none
  ClipRange range;            // of clip
  size_t H;
  size_t rows;                // R: all gates that it has, in the order i, f, g, o
  bool has[LSTM_GATES];
  size_t first[LSTM_GATES];   // the first row of a gate
  size_t early, late;         // rows of the sigmoid gates that come before c (i, f), and of that which comes after (o)
  size_t recurrent;           // how many values of gates the next step is given: early + late or 0
} LstmShape;

LstmShape lstm_shape(const CellConfig *config);

// The products of a step but for weight_ih. Those of full peepholes and gate recurrence are cut into early and late
// rows.
enum { LSTM_HH, LSTM_CH_EARLY, LSTM_CH_LATE, LSTM_GH_EARLY, LSTM_GH_LATE, LSTM_HR, LSTM_PRODUCTS };
void lstm_products(Product *list, const LstmShape *s, const CellConfig *config);

// ---------------------------------------------------------------- gates

// What belongs to one step of one sequence. NULL where the options do not ask for it.
typedef struct {
  real *gates;          // (R): the sums z before, then i f g o; backward: i f g o before, then dz
  const real *c_prev;   // (H)
  real *c;              // (H); going forward it may be c_prev
  real *a;              // (H): act(c), or act(LN(c)). Backward leaves something else there
  real *m;              // (H): o * a, the hidden state before it is projected
  real *normal_c;       // (H), layer norm: LN(c) before weight and bias. Backward leaves something else there
  real *inverse_c;      // (1), layer norm: what layer_norm_add returned
  const real *early;    // (early), to be added to the sums of i and f: what full peepholes and gate recurrence say
  const real *late;     // (late), to be added to those of o
  // Backward only.
  const real *dm;       // (H)
  real *dc;             // (H)
  real *dgates;         // (recurrent), full gate recurrence: what the step behind says of i, f and o; then zero
} LstmRow;

// i, f, g and c, from z and c_prev.
void lstm_cell_state(const LstmRow *row, real *const *p, const LstmShape *s);

// dz of i, f and g; dc is the gradient of c before and of c_prev then, but for what goes through full peepholes.
// Adds to the gradients of peepholes.
void lstm_cell_state_backward(const LstmRow *row, real *const *p, real *const *dp, const LstmShape *s);

// o and m, from z_o and c.
void lstm_hidden_state(const LstmRow *row, real *const *p, const LstmShape *s);

// dz_o; adds to dc what goes through h and o, but for full peepholes. Adds to the gradients of peepholes and norms.
void lstm_hidden_state_backward(const LstmRow *row, real *const *p, real *const *dp, const LstmShape *s);

// h is what became of m (P) by the projection: no denormal numbers.
void lstm_flush(real *h, size_t n);

// ---------------------------------------------------------------- window

uint64_t lstm_variant_tape_size(const CellConfig *config, size_t window, size_t batch);
uint64_t lstm_variant_scratch_size(const CellConfig *config);
void lstm_variant_forward(CellWindow *w);
void lstm_variant_backward(CellWindow *w);

#endif
