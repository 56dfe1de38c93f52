// lstm.h: what the standard cell (lstm.c) makes of the sums of its gates, and its backward: for the LSTM with options too,
// where they leave the gates as they are.
#ifndef LSTM_CELLS_LSTM_H
#define LSTM_CELLS_LSTM_H

#include "kernels/vec.h"

// gates (4, H): the sums z in, i f g o out. h, c, tanh_c (H) out; c_prev (H) may be c; tanh_c may be h.
void lstm_activate(real *h, real *c, real *tanh_c, real *gates, const real *c_prev, size_t H);

// gates (4, H): i f g o in, dz out. dc (H): gradient of c in, of c_prev out. dh (H), tanh_c (H), c_prev (H) in.
void lstm_activate_backward(real *gates, real *dc, const real *dh, const real *tanh_c, const real *c_prev, size_t H);

#endif
