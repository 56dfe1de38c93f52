// lstm_variants_tape.h: where the things of a window lie for the LSTM with options.
//
// With full gate recurrence c and the gates behind it lie in one row, so that neither can go into a product as it is:
// both are copied to the tape. Without, c is read where it stands.
#ifndef LSTM_CELLS_LSTM_VARIANTS_TAPE_H
#define LSTM_CELLS_LSTM_VARIANTS_TAPE_H

#include "cells/lstm_variants.h"

// What the tape holds, one after another. NULL where the options do not ask for it.
enum {
  TAPE_GATES,      // (T, B, R): z, then i f g o, then dz
  TAPE_A,          // (T, B, H): act(c)
  TAPE_EARLY,      // (T, B, early): what full peepholes and gate recurrence say to i and f, then dz of these
  TAPE_LATE,       // (T, B, late): the same for o
  TAPE_CELLS,      // (T + 1, B, H): c by itself
  TAPE_RECURRENT,  // (T, B, recurrent): the gates of the step before
  TAPE_DC,         // (B, H): the gradient of c by itself
  TAPE_DGATES,     // (B, recurrent): and that of the gates
  TAPE_M,          // (T, B, H): what is projected
  TAPE_DM,         // (B, H)
  TAPE_NORMAL_IH,  // (T, B, R): W_ih x normalised, then da_ih
  TAPE_NORMAL_HH,  // (T, B, R): W_hh h normalised, then da_hh
  TAPE_NORMAL_C,   // (T, B, H): c normalised
  TAPE_INVERSE_IH, TAPE_INVERSE_HH, TAPE_INVERSE_C,  // (T, B): what layer_norm_add returned
  TAPE_PARTS
};

// A window and what lies in its memory.
typedef struct {
  CellWindow *w;
  LstmShape s;
  Product products[LSTM_PRODUCTS];
  real *tape[TAPE_PARTS];
  real *cells;            // (T + 1, B, H): c by itself
  real *dc;               // (B, H)
  real *bias, *scratch;
} LstmPass;

LstmPass lstm_pass(CellWindow *w);

// Row n, of `length`, of a part of the tape; NULL where there is no such part.
real *lstm_tape_row(const LstmPass *pass, int part, size_t n, size_t length);

// Sequence b at step t.
LstmRow lstm_row(const LstmPass *pass, size_t t, size_t b);

#endif
