// memory.c: the one allocation of a trainer, and what lies where in it.
#include "training/memory.h"

#include "kernels/sizes.h"
#include "training/given.h"

size_t batch_h_count(const Trainer *trainer, size_t d) {
  return trainer->batch * cell_h_size(&trainer->network->directions[d].config);
}

size_t batch_c_count(const Trainer *trainer, size_t d) {
  const Direction *direction = &trainer->network->directions[d];
  return trainer->batch * cell_c_size(direction->kind, &direction->config);
}

// The sizes of a trainer, which is being laid out.
typedef struct {
  Network *network;
  size_t batch, window, memory_steps;
  bool can_train;
} Plan;

// `count` reals, or none.
static real *reals_if(Arena *arena, bool wanted, uint64_t count) { return wanted ? arena_reals(arena, count) : NULL; }

// h (B, P) and c (B, C), to train with.
static BatchState take_state(Arena *arena, const Plan *plan, uint64_t h, uint64_t c) {
  return (BatchState){.h = reals_if(arena, plan->can_train, h), .c = reals_if(arena, plan->can_train && c > 0, c)};
}

static CellWindow take_window(Arena *arena, BatchState *start, BatchState *end, const Plan *plan,
                              const Direction *direction) {
  const size_t T = plan->window, B = plan->batch, c_size = cell_c_size(direction->kind, &direction->config);
  const uint64_t h = (uint64_t)B * cell_h_size(&direction->config), c = (uint64_t)B * c_size;
  const CellWindow window = {
      .config = direction->config,
      .window = T,
      .batch = B,
      .h = arena_reals(arena, count_product(T + 1, h)),
      .c = reals_if(arena, c_size > 0, count_product(T + 1, c)),
      .dh0 = reals_if(arena, plan->can_train, h),
      .dc0 = reals_if(arena, plan->can_train && c_size > 0, c),
      .tape = arena_reals(arena, cell_pass(direction->kind)->tape_size(&direction->config, T, B)),
  };
  *start = take_state(arena, plan, h, c);
  *end = take_state(arena, plan, h, c);
  return window;
}

// Of a layer, whose last direction this is.
static LayerWindow take_layer(Arena *arena, const Plan *plan, const Direction *last) {
  const uint64_t count = (uint64_t)plan->window * plan->batch;
  const CellConfig *config = &last->config;
  const bool is_bidirectional = last->reverse;
  const size_t size = network_layer_size(plan->network, last->layer);
  return (LayerWindow){
      .size = size,
      .h = reals_if(arena, is_bidirectional, count_product(count, size)),
      .reversed_x = reals_if(arena, is_bidirectional && !config->tokens, count_product(count, config->input_size)),
      .reversed_tokens = is_bidirectional && config->tokens ? arena_take(arena, count, sizeof(int32_t)) : NULL,
  };
}

// Takes the memory of a trainer. While counting, returns NULL and writes nothing.
static Trainer *lay_out(Arena *arena, const Plan *plan) {
  Network *network = plan->network;
  const CellConfig *first = &network->directions[0].config;
  const Head *head = &network->head;
  const uint64_t count = (uint64_t)plan->window * plan->batch;
  const bool classes = head->kind == OUTPUT_CLASSES, trains = plan->can_train;
  const size_t block = head_block(head, count);
  const bool is_embedded = network->embedding.weight, tokens = first->tokens || is_embedded;
  uint64_t scratch = larger(head_scratch_size(head),
                            given_scratch_size(network, plan->batch, plan->window, plan->memory_steps));
  uint64_t widest = first->tokens ? 0 : first->input_size;
  Trainer *trainer = arena_take(arena, 1, sizeof *trainer);
  CellWindow *windows = arena_take(arena, network->direction_count, sizeof *windows);
  BatchState *starts = arena_take(arena, network->direction_count, sizeof *starts);
  BatchState *ends = arena_take(arena, network->direction_count, sizeof *ends);
  LayerWindow *layers = arena_take(arena, network->layer_count, sizeof *layers);
  for (size_t d = 0; d < network->direction_count; d++) {
    const Direction *direction = &network->directions[d];
    BatchState start, end;
    const CellWindow window = take_window(arena, &start, &end, plan, direction);
    scratch = larger(scratch, cell_pass(direction->kind)->scratch_size(&direction->config));
    if (windows) windows[d] = window;
    if (starts) starts[d] = start;
    if (ends) ends[d] = end;
    const bool is_last = d + 1 == network->direction_count || network->directions[d + 1].layer != direction->layer;
    if (!is_last) continue;
    const LayerWindow layer = take_layer(arena, plan, direction);
    widest = larger(widest, layer.size);
    if (layers) layers[direction->layer] = layer;
  }
  const bool turns = trains && network->is_bidirectional;
  const uint64_t flow = count_product(count, widest);
  const Trainer taken = {
      .network = network,
      .batch = plan->batch,
      .window = plan->window,
      .steps = plan->window,
      .block = block,
      .can_train = trains,
      .windows = windows,
      .starts = starts,
      .ends = ends,
      .layers = layers,
      .gradients = reals_if(arena, trains, network->value_count),
      .optimizer = {.m = reals_if(arena, trains, network->value_count),
                    .v = reals_if(arena, trains, network->value_count)},
      .input_tokens = tokens ? arena_take(arena, count, sizeof(int32_t)) : NULL,
      .input_vectors = reals_if(arena, !tokens, count_product(count, first->input_size)),
      .embedded = reals_if(arena, is_embedded, count_product(count, first->input_size)),
      .target_classes = trains && classes ? arena_take(arena, count, sizeof(int32_t)) : NULL,
      .target_values = reals_if(arena, trains && !classes, count_product(count, head->target_size)),
      .fresh = arena_take(arena, plan->batch, sizeof(bool)),
      .lengths = arena_take(arena, plan->batch, sizeof(int32_t)),
      .weights = reals_if(arena, trains, count),
      .class_weights = reals_if(arena, trains && (classes || head->kind == OUTPUT_LABELS), head->output_size),
      .outputs = arena_reals(arena, count_product(block, head->output_size)),
      .flow = {reals_if(arena, trains, flow), reals_if(arena, trains, flow)},
      .side = {reals_if(arena, turns, flow), reals_if(arena, turns, flow), reals_if(arena, turns, flow)},
      .given = given_lay_out(arena, network, plan->batch, plan->window, plan->memory_steps, trains),
      .scratch = arena_reals(arena, scratch),
      .head_scratch = reals_if(arena, trains && block < count, head_scratch_size(head)),
  };
  if (trainer) *trainer = taken;
  return trainer;
}

// Lets each cell's window point at its parameters, and each layer at its windows.
static void connect_cells(Trainer *trainer) {
  Network *network = trainer->network;
  for (size_t d = 0; d < network->direction_count; d++) {
    const Direction *direction = &network->directions[d];
    CellWindow *w = &trainer->windows[d];
    LayerWindow *layer = &trainer->layers[direction->layer];
    for (size_t p = 0; p < CELL_MAX_PARAMETERS; p++) {
      real *values = direction->parameters[p];
      w->parameters[p] = values;
      if (values && trainer->gradients) w->dparameters[p] = trainer->gradients + (values - network->values);
    }
    w->scratch = trainer->scratch;
    if (direction->reverse) {
      layer->reverse = w;
    } else {
      layer->forward = w;
    }
  }
}

// Lets the layers point at their tokens and at the gradients that flow through them. Their x comes with a pass.
static void connect_layers(Trainer *trainer) {
  const bool tokens = trainer->network->directions[0].config.tokens;
  for (size_t l = 0; l < trainer->network->layer_count; l++) {
    LayerWindow *layer = &trainer->layers[l];
    CellWindow *forward = layer->forward, *reverse = layer->reverse;
    forward->tokens = l == 0 && tokens ? trainer->input_tokens : NULL;
    forward->dh = trainer->flow[l % 2];
    forward->dx = forward->tokens ? NULL : trainer->flow[(l + 1) % 2];
    if (!reverse) continue;
    reverse->tokens = layer->reversed_tokens;
    reverse->x = layer->reversed_x;
    forward->dh = trainer->side[0];
    reverse->dh = trainer->side[1];
    reverse->dx = reverse->tokens ? NULL : trainer->side[2];
  }
}

Trainer *trainer_allocate(Network *network, size_t batch, size_t window, size_t memory_steps, bool can_train) {
  const Plan plan = {network, batch, window, memory_steps, can_train};
  Arena counted = {0}, arena;
  lay_out(&counted, &plan);
  if (!arena_allocate(&arena, &counted)) return NULL;
  Trainer *trainer = lay_out(&arena, &plan);
  arena_assert_full(&arena);
  trainer->arena = arena;
  if (!trainer->head_scratch) trainer->head_scratch = trainer->scratch;
  connect_cells(trainer);
  connect_layers(trainer);
  given_connect(trainer);
  return trainer;
}
