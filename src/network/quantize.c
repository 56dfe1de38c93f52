// quantize.c: a network with 8-bit weights.
#include "network/network.h"

// Of attention and bridges: their rounded weights are multiplied by as floats.
static bool reads_memory(const Network *network, const real *values) {
  for (size_t p = 0; p < ATTENTION_PARAMETERS; p++) {
    if (network->attention.parameters[p] == values) return true;
  }
  for (size_t d = 0; d < network->direction_count; d++) {
    for (size_t p = 0; p < BRIDGE_PARAMETERS; p++) {
      if (network->directions[d].bridge[p] == values) return true;
    }
  }
  return false;
}

// A step multiplies by matrices stored row by row. Of those stored column by column it reads one column, and of an
// embedding one row: these stay floats.
static bool is_packed(const Network *network, const Parameter *row) {
  const real *values = network->values + row->offset;
  if (reads_memory(network, values)) return false;
  const bool is_multiplied = values != network->embedding.weight || values == network->head.weight;
  return is_multiplied && row->columns > 0 && row->columns <= INT8_MAX_COLUMNS && !row->column_major;
}

// A cell's matrices in its places, or the head's one.
enum { HEAD_PLACES = 1 };

static size_t place_count(const Network *network) {
  return network->direction_count * CELL_MAX_PARAMETERS + HEAD_PLACES;
}

// The index in the list of matrices of the parameter at `values`.
static size_t place_of(const Network *network, const real *values) {
  for (size_t d = 0; d < network->direction_count; d++) {
    for (size_t p = 0; p < CELL_MAX_PARAMETERS; p++) {
      if (network->directions[d].parameters[p] == values) return d * CELL_MAX_PARAMETERS + p;
    }
  }
  return network->direction_count * CELL_MAX_PARAMETERS;
}

// Takes the memory of the rounded matrices, each in its place. While counting, returns NULL.
static Int8Matrix *lay_out(Arena *arena, const Network *network) {
  Int8Matrix *matrices = arena_take(arena, place_count(network), sizeof *matrices);
  size_t longest = 0;
  for (size_t i = 0; i < network->parameter_count; i++) {
    const Parameter *row = &network->table[i];
    if (!is_packed(network, row)) continue;
    const size_t length = int8_row_length(row->columns);
    longest = length > longest ? length : longest;
    const Int8Matrix taken = {
        .q = arena_take(arena, (uint64_t)row->rows * length, sizeof(int8_t)),
        .scale = arena_reals(arena, row->rows),
        .sum = arena_take(arena, row->rows, sizeof(int32_t)),
    };
    if (matrices) matrices[place_of(network, network->values + row->offset)] = taken;
  }
  dot_input *x = arena_take(arena, longest, sizeof *x);
  for (size_t i = 0; matrices && i < place_count(network); i++) matrices[i].x = x;
  return matrices;
}

bool network_quantize(Network *network, const real *scales) {
  if (network->int8_arena.memory) return true;
  Arena counted = {0};
  lay_out(&counted, network);
  if (!arena_allocate(&network->int8_arena, &counted)) return false;
  Int8Matrix *matrices = lay_out(&network->int8_arena, network);
  arena_assert_full(&network->int8_arena);
  for (size_t i = 0; i < network->parameter_count; i++) {
    const Parameter *row = &network->table[i];
    real *values = network->values + row->offset;
    if (row->columns == 0) continue;
    const size_t row_stride = row->column_major ? 1 : row->columns, column_stride = row->column_major ? row->rows : 1;
    if (!scales) int8_round(values, row_stride, column_stride, row->rows, row->columns);
    if (is_packed(network, row)) {
      int8_pack(&matrices[place_of(network, values)], values, scales, row->rows, row->columns);
    }
    if (scales) scales += row->rows;
  }
  for (size_t d = 0; d < network->direction_count; d++) network->directions[d].int8 = matrices + d * CELL_MAX_PARAMETERS;
  if (network->head.kind == OUTPUT_HIDDEN) return true;
  network->head.int8 = &matrices[network->direction_count * CELL_MAX_PARAMETERS];
  return true;
}
