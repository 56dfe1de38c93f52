// network.c: creation, the parameter table, and steps.
#include "network/description.h"

#include <string.h>

#include "kernels/activation.h"
#include "kernels/elementwise.h"

// Around a parameter's name: "head." or "embedding."; or "_l" and the number of the layer behind it, and "_reverse".
typedef struct {
  const char *start, *end;
  int layer;
} NameParts;

// name = parts.start, shape_name, "_l" and the number of the layer where there is one, parts.end.
static void write_name(char *name, size_t size, const char *shape_name, const NameParts *parts) {
  char digits[12];
  size_t first = sizeof digits - 1;
  digits[first] = '\0';
  for (int rest = parts->layer; rest > 0 || first == sizeof digits - 1; rest /= 10) {
    digits[--first] = (char)('0' + rest % 10);
  }
  const bool has_number = parts->layer >= 0;
  const char *list[] = {parts->start, shape_name, has_number ? "_l" : "", has_number ? digits + first : "", parts->end};
  size_t used = 0;
  for (size_t i = 0; i < sizeof list / sizeof list[0]; i++) {
    const size_t length = strlen(list[i]);
    if (used + length >= size) __builtin_trap();
    memcpy(name + used, list[i], length + 1);
    used += length;
  }
}

// How many parameters there are, and how many numbers in them.
typedef struct {
  size_t parameters;
  uint64_t values;
} Totals;

// Adds one row to the table behind those counted in `totals`, unless the cell does not have it (rows = 0); where table
// is NULL, only counts.
static void list_parameter(Totals *totals, Parameter *table, const CellParameter *shape, const NameParts *parts) {
  if (shape->rows == 0) return;
  const uint64_t count = (uint64_t)shape->rows * (shape->columns ? shape->columns : 1);
  if (table) {
    Parameter *row = &table[totals->parameters];
    *row = (Parameter){.rows = shape->rows,
                       .columns = shape->columns,
                       .column_major = shape->column_major,
                       .offset = (size_t)totals->values,
                       .count = (size_t)count};
    write_name(row->name, sizeof row->name, shape->name, parts);
  }
  totals->parameters++;
  totals->values += count;
}

// What reads a memory and a summary.
static void list_memory_parameters(Totals *totals, Parameter *table, const NetworkConfig *config) {
  for (Walk walk = walk_start(config); !walk_ended(&walk, config); walk_on(&walk)) {
    const CellConfig cell = walk_cell(&walk, config);
    const NameParts parts = {"bridge.", walk.reverse ? "_reverse" : "", (int)walk.index};
    CellParameter list[BRIDGE_PARAMETERS] = {{0}};
    bridge_parameters(list, cell_kind_for(walk.layer->kind, &cell), &cell, config->summary_size);
    for (size_t p = 0; p < BRIDGE_PARAMETERS; p++) list_parameter(totals, table, &list[p], &parts);
  }
  const Attention attention = config_attention(config);
  CellParameter list[ATTENTION_PARAMETERS] = {{0}};
  attention_parameters(list, &attention);
  const NameParts parts = {"attention.", "", -1};
  for (size_t p = 0; p < ATTENTION_PARAMETERS; p++) list_parameter(totals, table, &list[p], &parts);
}

// The parameter table, written once, in the order of the file and of every flat array.
static Totals list_parameters(Parameter *table, const NetworkConfig *config) {
  Totals totals = {0};
  if (config->embedding) {
    const CellParameter weight = {"weight", config->input_size, config->embedding, false};
    list_parameter(&totals, table, &weight, &(NameParts){"embedding.", "", -1});
  }
  for (Walk walk = walk_start(config); !walk_ended(&walk, config); walk_on(&walk)) {
    const CellConfig cell = walk_cell(&walk, config);
    const CellKind *kind = cell_kind_for(walk.layer->kind, &cell);
    const NameParts parts = {"", walk.reverse ? "_reverse" : "", (int)walk.index};
    CellParameter list[CELL_MAX_PARAMETERS] = {{0}};
    kind->parameters(list, &cell);
    for (size_t p = 0; p < CELL_MAX_PARAMETERS; p++) list_parameter(&totals, table, &list[p], &parts);
    if (!walk.layer->trainable_state) continue;
    list_parameter(&totals, table, &(CellParameter){"h0", cell_h_size(&cell), 0, false}, &parts);
    list_parameter(&totals, table, &(CellParameter){"c0", cell_c_size(kind, &cell), 0, false}, &parts);
  }
  list_memory_parameters(&totals, table, config);
  const Head head = config_head(config);
  if (head.kind == OUTPUT_HIDDEN) return totals;
  const NameParts parts = {"head.", "", -1};
  if (!config->tied) {
    list_parameter(&totals, table, &(CellParameter){"weight", head.output_size, head.input_size, false}, &parts);
  }
  list_parameter(&totals, table, &(CellParameter){"bias", head.output_size, 0, false}, &parts);
  return totals;
}

// Takes the memory of a network. While counting, returns NULL and writes nothing.
static Network *lay_out(Arena *arena, const NetworkConfig *config) {
  const Totals totals = list_parameters(NULL, config);
  const Head head = config_head(config);
  size_t direction_count = 0;
  uint64_t states = 0;
  for (Walk walk = walk_start(config); !walk_ended(&walk, config); walk_on(&walk)) {
    const CellConfig cell = walk_cell(&walk, config);
    states += (uint64_t)cell_h_size(&cell) + cell_c_size(cell_kind_for(walk.layer->kind, &cell), &cell);
    direction_count++;
  }
  Network *network = arena_take(arena, 1, sizeof *network);
  Direction *directions = arena_take(arena, direction_count, sizeof *directions);
  Parameter *table = arena_take(arena, totals.parameters, sizeof *table);
  real *values = arena_reals(arena, totals.values);
  real *state = arena_reals(arena, states);
  real *input = arena_reals(arena, config->tokens ? 0 : config->input_size);
  real *output = arena_reals(arena, head.output_size);
  real *logits = arena_reals(arena, head.output_size);
  real *summary = arena_reals(arena, config->summary_size);
  size_t d = 0;
  bool is_bidirectional = false;
  for (Walk walk = walk_start(config); !walk_ended(&walk, config); walk_on(&walk), d++) {
    const CellConfig cell = walk_cell(&walk, config);
    const CellKind *kind = cell_kind_for(walk.layer->kind, &cell);
    const uint64_t step_scratch = kind->step_scratch_size ? kind->step_scratch_size(&cell) : 0;
    real *gates = arena_reals(arena, (uint64_t)kind->gate_count * cell.hidden_size + step_scratch);
    is_bidirectional = is_bidirectional || walk.reverse;
    if (!directions) continue;
    directions[d] = (Direction){
        .kind = kind, .config = cell, .layer = walk.index, .reverse = walk.reverse, .gates = gates};
  }
  if (!network) return NULL;
  *network = (Network){
      .direction_count = direction_count,
      .directions = directions,
      .layer_count = config->layer_count,
      .is_bidirectional = is_bidirectional,
      .embedding = {.count = config->input_size, .size = config->embedding},
      .attention = config_attention(config),
      .head = head,
      .parameter_count = totals.parameters,
      .table = table,
      .value_count = (size_t)totals.values,
      .values = values,
      .state_size = (size_t)states,
      .state = state,
      .input = input,
      .output = output,
      .logits = logits,
      .summary_size = config->summary_size,
      .summary = summary,
  };
  list_parameters(table, config);
  return network;
}

// Returns the row behind those of the bridges and of the attention.
static const Parameter *connect_memory(Network *network, const Parameter *row) {
  for (size_t d = 0; d < network->direction_count; d++) {
    Direction *direction = &network->directions[d];
    CellParameter list[BRIDGE_PARAMETERS] = {{0}};
    bridge_parameters(list, direction->kind, &direction->config, network->summary_size);
    for (size_t p = 0; p < BRIDGE_PARAMETERS; p++) {
      if (list[p].rows > 0) direction->bridge[p] = network->values + row++->offset;
    }
  }
  CellParameter list[ATTENTION_PARAMETERS] = {{0}};
  attention_parameters(list, &network->attention);
  for (size_t p = 0; p < ATTENTION_PARAMETERS; p++) {
    if (list[p].rows > 0) network->attention.parameters[p] = network->values + row++->offset;
  }
  return row;
}

// Lets the directions and the head point at their parameters and states; the rows of the table come in the same order.
static void connect(Network *network, const NetworkConfig *config) {
  const Parameter *row = network->table;
  real *state = network->state;
  if (config->embedding) network->embedding.weight = network->values + row++->offset;
  for (size_t d = 0; d < network->direction_count; d++) {
    Direction *direction = &network->directions[d];
    const size_t c_size = cell_c_size(direction->kind, &direction->config);
    CellParameter list[CELL_MAX_PARAMETERS] = {{0}};
    direction->kind->parameters(list, &direction->config);
    for (size_t p = 0; p < CELL_MAX_PARAMETERS; p++) {
      if (list[p].rows > 0) direction->parameters[p] = network->values + row++->offset;
    }
    if (config->layers[direction->layer].trainable_state) {
      direction->h0 = network->values + row++->offset;
      if (c_size > 0) direction->c0 = network->values + row++->offset;
    }
    direction->h = state;
    state += cell_h_size(&direction->config);
    if (c_size > 0) direction->c = state;
    state += c_size;
  }
  row = connect_memory(network, row);
  if (network->head.kind == OUTPUT_HIDDEN) return;
  network->head.weight = config->tied ? network->embedding.weight : network->values + row++->offset;
  network->head.bias = network->values + row->offset;
}

// U(-1/sqrt(H), 1/sqrt(H)) for everything in a cell, as torch.nn.LSTM starts, then what a kind sets itself; and
// U(-1/sqrt(K), 1/sqrt(K)) for a matrix of K columns and its bias, as torch.nn.Linear. Trained initial states start as
// zeros. An embedding has a variance of 1, as torch.nn.Embedding; tied, it starts as the head's weight does.
static void initialise(Network *network) {
  const Parameter *row = network->table;
  const Embedding *embedding = &network->embedding;
  if (embedding->weight) {
    const bool is_tied = network->head.weight == embedding->weight;
    const double bound = sqrt(is_tied ? 1 / (double)embedding->size : 3);
    random_fill(embedding->weight, &network->random, (real)bound, row++->count);
  }
  for (size_t d = 0; d < network->direction_count; d++) {
    Direction *direction = &network->directions[d];
    const real bound = (real)(1 / sqrt((double)direction->config.hidden_size));
    for (size_t p = 0; p < CELL_MAX_PARAMETERS; p++) {
      if (!direction->parameters[p]) continue;
      random_fill(direction->parameters[p], &network->random, bound, row->count);
      row++;
    }
    direction->kind->initialise(direction->parameters, &direction->config);
    row += (direction->h0 ? 1 : 0) + (direction->c0 ? 1 : 0);
  }
  // Bridges, attention and head: of each matrix K, of a vector that of the matrix before it.
  for (size_t K = 1; row < network->table + network->parameter_count; row++) {
    real *values = network->values + row->offset;
    if (row->columns > 0) K = row->columns;
    if (values == network->head.bias) K = network->head.input_size;
    random_fill(values, &network->random, (real)(1 / sqrt((double)K)), row->count);
  }
}

bool network_count_values(uint64_t *count, const NetworkConfig *config) {
  if (!config_is_valid(config)) return false;
  *count = list_parameters(NULL, config).values;
  return true;
}

Network *network_create(const NetworkConfig *config) {
  if (!config_is_valid(config)) return NULL;
  Arena counted = {0}, arena;
  lay_out(&counted, config);
  if (!arena_allocate(&arena, &counted)) return NULL;
  Network *network = lay_out(&arena, config);
  arena_assert_full(&arena);
  network->arena = arena;
  connect(network, config);
  random_seed(&network->random, config->seed, RANDOM_NETWORK);
  initialise(network);
  return network;
}

void network_free(Network *network) {
  if (!network) return;
  Arena arena = network->arena;
  arena_free(&network->int8_arena);
  arena_free(&arena);
}

size_t network_layer_size(const Network *network, size_t layer) {
  size_t size = 0;
  for (size_t d = 0; d < network->direction_count; d++) {
    if (network->directions[d].layer == layer) size += cell_h_size(&network->directions[d].config);
  }
  return size;
}

// (n) of zeros, or of the values that were trained.
static void start_from(real *state, const real *trained, size_t n) {
  if (trained) {
    copy(state, trained, n);
  } else {
    fill_zero(state, n);
  }
}

void network_initial_state(Network *network) {
  for (size_t d = 0; d < network->direction_count; d++) {
    const Direction *direction = &network->directions[d];
    const size_t h_size = cell_h_size(&direction->config), c_size = cell_c_size(direction->kind, &direction->config);
    start_from(direction->h, direction->h0, h_size);
    if (direction->c) start_from(direction->c, direction->c0, c_size);
    bridge_step(direction->h, direction->c, direction->bridge, network->summary, network->summary_size, h_size, c_size);
  }
}

void network_use_memory(Network *network, real *reals, size_t steps) {
  network->memory = attention_memory(&network->attention, reals, steps);
  attention_keys(&network->memory, &network->attention);
  fill_zero(network->memory.weights, steps);
}

void network_step(Network *network, size_t token) {
  if (network->is_bidirectional) __builtin_trap();
  const Embedding *embedding = &network->embedding;
  const real *x = embedding->weight ? embedding->weight + token * embedding->size : network->input;
  for (size_t d = 0; d < network->direction_count; d++) {
    Direction *direction = &network->directions[d];
    direction->kind->step(direction->h, direction->c, direction->gates, direction->parameters, direction->int8, x, token,
                          &direction->config);
    x = direction->h;
  }
  if (has_attention(network)) x = attention_step(&network->memory, &network->attention, x);
  head_step(network->logits, &network->head, x);
}
