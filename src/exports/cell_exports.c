// cell_exports.c: what kinds of cell there are.
#include "cells/cell.h"
#include "exports/exports.h"

EXPORT size_t lstm_cell_kinds(void) { return CELL_KINDS; }

// The name of kind `kind`, in [0, lstm_cell_kinds()): a C string that lives for ever.
EXPORT const char *lstm_cell_name(size_t kind) { return cell_kinds[kind]->name; }

EXPORT size_t lstm_cell_gates(size_t kind) { return cell_kinds[kind]->gate_count; }

// The name of gate `gate`, in [0, lstm_cell_gates(kind)).
EXPORT const char *lstm_cell_gate_name(size_t kind, size_t gate) { return cell_kinds[kind]->gate_names[gate]; }
