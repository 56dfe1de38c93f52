// memory.c: the one allocation of a trainer, and what lies where in it.
#include "training/memory.h"

#include "kernels/sizes.h"

size_t batch_h_count(const Trainer *trainer, size_t l) {
  return trainer->batch * cell_h_size(&trainer->network->layers[l].config);
}

size_t batch_c_count(const Trainer *trainer, size_t l) {
  const Layer *layer = &trainer->network->layers[l];
  return trainer->batch * cell_c_size(layer->kind, &layer->config);
}

// The sizes of a trainer, which is being laid out.
typedef struct {
  Network *network;
  size_t batch, window;
  bool can_train;
} Plan;

// `count` reals, or none.
static real *reals_if(Arena *arena, bool wanted, uint64_t count) { return wanted ? arena_reals(arena, count) : NULL; }

static CellWindow take_window(Arena *arena, BatchState *start, const Plan *plan, const Layer *layer) {
  const size_t T = plan->window, B = plan->batch, c_size = cell_c_size(layer->kind, &layer->config);
  const uint64_t h = (uint64_t)B * cell_h_size(&layer->config), c = (uint64_t)B * c_size;
  const CellWindow window = {
      .config = layer->config,
      .window = T,
      .batch = B,
      .h = arena_reals(arena, count_product(T + 1, h)),
      .c = reals_if(arena, c_size > 0, count_product(T + 1, c)),
      .dh0 = reals_if(arena, plan->can_train, h),
      .dc0 = reals_if(arena, plan->can_train && c_size > 0, c),
      .tape = arena_reals(arena, layer->kind->tape_size(&layer->config, T, B)),
  };
  *start = (BatchState){.h = reals_if(arena, plan->can_train, h),
                        .c = reals_if(arena, plan->can_train && c_size > 0, c)};
  return window;
}

static Level take_level(Arena *arena, const Plan *plan, size_t level, bool is_bidirectional, const Layer *layer) {
  const uint64_t count = (uint64_t)plan->window * plan->batch;
  const CellConfig *config = &layer->config;
  const size_t size = network_level_size(plan->network, level);
  return (Level){
      .size = size,
      .h = reals_if(arena, is_bidirectional, count_product(count, size)),
      .turned_x = reals_if(arena, is_bidirectional && !config->tokens, count_product(count, config->input_size)),
      .turned_tokens = is_bidirectional && config->tokens ? arena_take(arena, count, sizeof(int32_t)) : NULL,
  };
}

// Takes the memory of a trainer. While counting, returns NULL and writes nothing.
static Trainer *lay_out(Arena *arena, const Plan *plan) {
  Network *network = plan->network;
  const CellConfig *first = &network->layers[0].config;
  const Head *head = &network->head;
  const uint64_t count = (uint64_t)plan->window * plan->batch;
  const bool classes = head->kind == OUTPUT_CLASSES, trains = plan->can_train;
  const bool is_embedded = network->embedding.weight, tokens = first->tokens || is_embedded;
  uint64_t scratch = head_scratch_size(head);
  uint64_t widest = first->tokens ? 0 : first->input_size;
  Trainer *trainer = arena_take(arena, 1, sizeof *trainer);
  CellWindow *windows = arena_take(arena, network->layer_count, sizeof *windows);
  BatchState *starts = arena_take(arena, network->layer_count, sizeof *starts);
  Level *levels = arena_take(arena, network->level_count, sizeof *levels);
  for (size_t l = 0; l < network->layer_count; l++) {
    const Layer *layer = &network->layers[l];
    BatchState start;
    const CellWindow window = take_window(arena, &start, plan, layer);
    scratch = larger(scratch, layer->kind->scratch_size(&layer->config));
    if (windows) windows[l] = window;
    if (starts) starts[l] = start;
    const bool is_last = l + 1 == network->layer_count || network->layers[l + 1].level != layer->level;
    if (!is_last) continue;
    const Level level = take_level(arena, plan, layer->level, layer->reverse, layer);
    widest = larger(widest, level.size);
    if (levels) levels[layer->level] = level;
  }
  const bool turns = trains && network->is_bidirectional;
  const uint64_t flow = count_product(count, widest);
  const Trainer taken = {
      .network = network,
      .batch = plan->batch,
      .window = plan->window,
      .can_train = trains,
      .windows = windows,
      .starts = starts,
      .levels = levels,
      .gradients = reals_if(arena, trains, network->value_count),
      .optimizer = {.m = reals_if(arena, trains, network->value_count),
                    .v = reals_if(arena, trains, network->value_count)},
      .input_tokens = tokens ? arena_take(arena, count, sizeof(int32_t)) : NULL,
      .input_vectors = reals_if(arena, !tokens, count_product(count, first->input_size)),
      .embedded = reals_if(arena, is_embedded, count_product(count, first->input_size)),
      .target_classes = trains && classes ? arena_take(arena, count, sizeof(int32_t)) : NULL,
      .target_values = reals_if(arena, trains && !classes, count_product(count, head->output_size)),
      .lengths = arena_take(arena, plan->batch, sizeof(int32_t)),
      .mask = arena_take(arena, count, sizeof(uint8_t)),
      .outputs = arena_reals(arena, count_product(count, head->output_size)),
      .flow = {reals_if(arena, trains, flow), reals_if(arena, trains, flow)},
      .side = {reals_if(arena, turns, flow), reals_if(arena, turns, flow), reals_if(arena, turns, flow)},
      .scratch = arena_reals(arena, scratch),
  };
  if (trainer) *trainer = taken;
  return trainer;
}

// Lets each cell's window point at its parameters, and each level at its cells.
static void connect_cells(Trainer *trainer) {
  Network *network = trainer->network;
  for (size_t l = 0; l < network->layer_count; l++) {
    const Layer *layer = &network->layers[l];
    CellWindow *w = &trainer->windows[l];
    Level *level = &trainer->levels[layer->level];
    for (size_t p = 0; p < CELL_MAX_PARAMETERS; p++) {
      real *values = layer->parameters[p];
      w->parameters[p] = values;
      if (values && trainer->gradients) w->dparameters[p] = trainer->gradients + (values - network->values);
    }
    w->scratch = trainer->scratch;
    if (layer->reverse) {
      level->reverse = w;
    } else {
      level->cell = w;
    }
  }
}

// Lets the levels point at their tokens and at the gradients that flow through them. Their x comes with a pass.
static void connect_levels(Trainer *trainer) {
  const bool tokens = trainer->network->layers[0].config.tokens;
  for (size_t l = 0; l < trainer->network->level_count; l++) {
    Level *level = &trainer->levels[l];
    CellWindow *cell = level->cell, *reverse = level->reverse;
    cell->tokens = l == 0 && tokens ? trainer->input_tokens : NULL;
    cell->dh = trainer->flow[l % 2];
    cell->dx = cell->tokens ? NULL : trainer->flow[(l + 1) % 2];
    if (!reverse) continue;
    reverse->tokens = level->turned_tokens;
    reverse->x = level->turned_x;
    cell->dh = trainer->side[0];
    reverse->dh = trainer->side[1];
    reverse->dx = reverse->tokens ? NULL : trainer->side[2];
  }
}

Trainer *trainer_allocate(Network *network, size_t batch, size_t window, bool can_train) {
  const Plan plan = {network, batch, window, can_train};
  Arena counted = {0}, arena;
  lay_out(&counted, &plan);
  if (!arena_allocate(&arena, &counted)) return NULL;
  Trainer *trainer = lay_out(&arena, &plan);
  arena_assert_full(&arena);
  trainer->arena = arena;
  connect_cells(trainer);
  connect_levels(trainer);
  return trainer;
}
