// kinds.c: the list of all kinds of cell.
#include "cells/cell.h"

const CellKind *const cell_kinds[] = {&lstm_cell, &rnn_cell, &gru_cell, &four_gate_cell, &feedforward_cell, &tdnn_cell};
const size_t cell_kind_count = sizeof cell_kinds / sizeof cell_kinds[0];

const CellKind *cell_kind_for(const CellKind *kind, const CellConfig *config) {
  const bool plain = config->options == 0 && config->projection == 0 && config->clip == 0;
  return kind == &lstm_cell && !plain ? &lstm_variant_cell : kind;
}
