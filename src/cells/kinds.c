// kinds.c: the list of all kinds of cell.
#include "cells/cell.h"

const CellKind *const cell_kinds[] = {&lstm_cell};
const size_t cell_kind_count = sizeof cell_kinds / sizeof cell_kinds[0];
