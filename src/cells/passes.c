// passes.c: what each kind of cell does with a window.
#include "cells/cell.h"

const CellPass *const cell_passes[] = {
    [CELL_LSTM] = &lstm_pass,
    [CELL_RNN] = &rnn_pass,
    [CELL_GRU] = &gru_pass,
    [CELL_FOUR_GATE] = &four_gate_pass,
    [CELL_FEEDFORWARD] = &feedforward_pass,
    [CELL_TDNN] = &tdnn_pass,
    [CELL_LSTM_VARIANT] = &lstm_variant_pass,
};
