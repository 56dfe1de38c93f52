// kinds.c: the list of all kinds of cell.
#include "cells/cell.h"

const CellKind *const cell_kinds[] = {
    [CELL_LSTM] = &lstm_cell,
    [CELL_RNN] = &rnn_cell,
    [CELL_GRU] = &gru_cell,
    [CELL_FOUR_GATE] = &four_gate_cell,
    [CELL_FEEDFORWARD] = &feedforward_cell,
    [CELL_TDNN] = &tdnn_cell,
};

const CellKind *cell_kind_for(const CellKind *kind, const CellConfig *config) {
  const bool plain = config->options == 0 && config->projection == 0 && config->clip == 0;
  return kind == &lstm_cell && !plain ? &lstm_variant_cell : kind;
}
