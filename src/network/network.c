// network.c: creation, the parameter table, and steps.
#include "network/network.h"

#include <string.h>

#include "kernels/activation.h"
#include "kernels/elementwise.h"

static CellSize layer_size(const NetworkConfig *config, size_t l) {
  const LayerConfig *layer = &config->layers[l];
  return (CellSize){
      .input_size = l == 0 ? config->input_size : config->layers[l - 1].hidden_size,
      .hidden_size = layer->hidden_size,
      .tokens = l == 0 && config->tokens,
      .bias = layer->bias,
  };
}

static bool is_valid(const NetworkConfig *config) {
  if (config->input_size < 1 || config->input_size > NETWORK_MAX_INPUT) return false;
  if (config->layer_count < 1 || config->layer_count > NETWORK_MAX_LAYERS) return false;
  for (size_t l = 0; l < config->layer_count; l++) {
    const size_t H = config->layers[l].hidden_size;
    if (H < 1 || H > NETWORK_MAX_HIDDEN) return false;
  }
  if (config->output == OUTPUT_HIDDEN) return true;
  return config->output_size >= 1 && config->output_size <= NETWORK_MAX_INPUT;
}

static Head head_of(const NetworkConfig *config) {
  const size_t H = config->layers[config->layer_count - 1].hidden_size;
  return (Head){
      .kind = config->output,
      .input_size = H,
      .output_size = config->output == OUTPUT_HIDDEN ? H : config->output_size,
  };
}

// name = prefix, then shape_name, then "_l" and the layer's number where layer >= 0.
static void write_name(char *name, size_t size, const char *prefix, const char *shape_name, int layer) {
  char digits[12];
  size_t first = sizeof digits - 1;
  digits[first] = '\0';
  for (int rest = layer; rest > 0 || first == sizeof digits - 1; rest /= 10) digits[--first] = (char)('0' + rest % 10);
  const char *parts[] = {prefix, shape_name, layer < 0 ? "" : "_l", layer < 0 ? "" : digits + first};
  size_t used = 0;
  for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
    const size_t length = strlen(parts[i]);
    if (used + length >= size) __builtin_trap();
    memcpy(name + used, parts[i], length + 1);
    used += length;
  }
}

// How many parameters there are, and how many numbers in them.
typedef struct {
  size_t parameters;
  uint64_t values;
} Totals;

// Adds one row to the table behind those counted in `totals`; where table is NULL, only counts.
static void list_parameter(Totals *totals, Parameter *table, const CellParameter *shape, const char *prefix,
                           int layer) {
  const uint64_t count = (uint64_t)shape->rows * (shape->columns ? shape->columns : 1);
  if (table) {
    Parameter *row = &table[totals->parameters];
    *row = (Parameter){.rows = shape->rows,
                       .columns = shape->columns,
                       .column_major = shape->column_major,
                       .offset = (size_t)totals->values,
                       .count = (size_t)count};
    write_name(row->name, sizeof row->name, prefix, shape->name, layer);
  }
  totals->parameters++;
  totals->values += count;
}

// The parameter table, written once, in the order of the file and of every flat array.
static Totals list_parameters(Parameter *table, const NetworkConfig *config) {
  Totals totals = {0};
  for (size_t l = 0; l < config->layer_count; l++) {
    CellParameter list[CELL_MAX_PARAMETERS];
    const CellSize size = layer_size(config, l);
    const size_t count = config->layers[l].kind->parameters(list, &size);
    for (size_t p = 0; p < count; p++) list_parameter(&totals, table, &list[p], "", (int)l);
  }
  const Head head = head_of(config);
  if (head.kind == OUTPUT_HIDDEN) return totals;
  list_parameter(&totals, table, &(CellParameter){"weight", head.output_size, head.input_size, false}, "head.", -1);
  list_parameter(&totals, table, &(CellParameter){"bias", head.output_size, 0, false}, "head.", -1);
  return totals;
}

static uint64_t state_size(const NetworkConfig *config) {
  uint64_t size = 0;
  for (size_t l = 0; l < config->layer_count; l++) {
    size += (uint64_t)config->layers[l].hidden_size * (config->layers[l].kind->has_cell_state ? 2 : 1);
  }
  return size;
}

// Takes the memory of a network. While counting, returns NULL and writes nothing.
static Network *lay_out(Arena *arena, const NetworkConfig *config) {
  const Totals totals = list_parameters(NULL, config);
  const Head head = head_of(config);
  const uint64_t states = state_size(config);
  Network *network = arena_take(arena, 1, sizeof *network);
  Layer *layers = arena_take(arena, config->layer_count, sizeof *layers);
  Parameter *table = arena_take(arena, totals.parameters, sizeof *table);
  real *values = arena_reals(arena, totals.values);
  real *state = arena_reals(arena, states);
  real *input = arena_reals(arena, config->tokens ? 0 : config->input_size);
  real *output = arena_reals(arena, head.output_size);
  real *logits = arena_reals(arena, head.output_size);
  for (size_t l = 0; l < config->layer_count; l++) {
    const CellSize size = layer_size(config, l);
    real *gates = arena_reals(arena, (uint64_t)config->layers[l].kind->gate_count * size.hidden_size);
    if (layers) layers[l] = (Layer){.kind = config->layers[l].kind, .size = size, .gates = gates};
  }
  if (!network) return NULL;
  *network = (Network){
      .layer_count = config->layer_count,
      .layers = layers,
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
  };
  list_parameters(table, config);
  return network;
}

// Lets the layers and the head point at their parameters and states.
static void connect(Network *network) {
  const Parameter *row = network->table;
  real *state = network->state;
  for (size_t l = 0; l < network->layer_count; l++) {
    Layer *layer = &network->layers[l];
    CellParameter list[CELL_MAX_PARAMETERS];
    layer->first_parameter = (size_t)(row - network->table);
    layer->parameter_count = layer->kind->parameters(list, &layer->size);
    for (size_t p = 0; p < layer->parameter_count; p++) layer->parameters[p] = network->values + row++->offset;
    layer->h = state;
    state += layer->size.hidden_size;
    if (!layer->kind->has_cell_state) continue;
    layer->c = state;
    state += layer->size.hidden_size;
  }
  if (network->head.kind == OUTPUT_HIDDEN) return;
  network->head.weight = network->values + row[0].offset;
  network->head.bias = network->values + row[1].offset;
}

// U(-1/sqrt(H), 1/sqrt(H)) for everything, as torch.nn.LSTM and torch.nn.Linear start; then what a kind sets itself.
static void initialise(Network *network) {
  size_t first = 0;
  for (size_t l = 0; l < network->layer_count; l++) {
    Layer *layer = &network->layers[l];
    const real bound = (real)(1 / sqrt((double)layer->size.hidden_size));
    const Parameter *last = &network->table[layer->first_parameter + layer->parameter_count - 1];
    const size_t end = last->offset + last->count;
    random_fill(network->values + first, &network->random, bound, end - first);
    layer->kind->initialise(layer->parameters, &layer->size);
    first = end;
  }
  const real bound = (real)(1 / sqrt((double)network->head.input_size));
  random_fill(network->values + first, &network->random, bound, network->value_count - first);
}

Network *network_create(const NetworkConfig *config) {
  if (!is_valid(config)) return NULL;
  Arena counted = {0}, arena;
  lay_out(&counted, config);
  if (!arena_allocate(&arena, &counted)) return NULL;
  Network *network = lay_out(&arena, config);
  arena_assert_full(&arena);
  network->arena = arena;
  connect(network);
  random_seed(&network->random, config->seed);
  initialise(network);
  return network;
}

void network_free(Network *network) {
  if (!network) return;
  Arena arena = network->arena;
  arena_free(&network->int8_arena);
  arena_free(&arena);
}

void network_step(Network *network, size_t token) {
  const real *x = network->input;
  for (size_t l = 0; l < network->layer_count; l++) {
    Layer *layer = &network->layers[l];
    layer->kind->step(layer->h, layer->c, layer->gates, layer->parameters, layer->int8, x, token, &layer->size);
    x = layer->h;
  }
  head_step(network->logits, &network->head, x);
}
