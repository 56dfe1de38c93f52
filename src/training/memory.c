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
  size_t whole_batch;
  const Leaves *leaves;
  Precision precision;
} Plan;

// Bytes before the sums of each node.
enum { TOTALS_BYTES = ARENA_ALIGNMENT };

// The reals of a node.
static uint64_t sum_count(const Network *network) {
  const Embedding *embedding = &network->embedding;
  const bool is_tied = embedding->weight && embedding->weight == network->head.weight;
  return network->value_count + (is_tied ? (uint64_t)embedding->count * embedding->size : 0);
}

// The bytes of a node, up to the next.
static uint64_t node_bytes(const Network *network) {
  const uint64_t bytes = TOTALS_BYTES + sum_count(network) * sizeof(real) + ARENA_ALIGNMENT - 1;
  return bytes / ARENA_ALIGNMENT * ARENA_ALIGNMENT;
}

// The largest matrix whose gradient is a sum of products: not those that tokens take columns or rows of.
static uint64_t largest_product(const Network *network) {
  const Embedding *embedding = &network->embedding;
  uint64_t most = 0;
  for (const Parameter *p = network->table; p < network->table + network->parameter_count; p++) {
    const bool is_embedding = embedding->weight && network->values + p->offset == embedding->weight;
    const bool is_product = p->columns > 0 && !p->column_major && (!is_embedding || embedding->weight == network->head.weight);
    if (is_product) most = larger(most, p->count);
  }
  return most;
}

// The sums over sequences.
static Leaves take_leaves(Arena *arena, const Plan *plan, bool has_blocks) {
  const Network *network = plan->network;
  const CellConfig *first = &network->directions[0].config;
  const bool tokens = plan->can_train && (first->tokens || network->embedding.weight);
  Leaves leaves = *plan->leaves;
  for (size_t l = 0; l < leaves.count; l++) leaves.steps[l] = plan->window;
  leaves.node_stride = (size_t)(node_bytes(network) / sizeof(real));
  leaves.spare_size = (size_t)largest_product(network);
  const uint64_t spares = count_product(leaves_spares(&leaves, plan->window, has_blocks), leaves.spare_size);
  leaves.spare = plan->can_train ? arena_reals(arena, spares) : NULL;
  leaves.first_row = tokens ? arena_take(arena, first->tokens ? first->input_size : network->embedding.count, sizeof(int32_t)) : NULL;
  leaves.next_row = tokens ? arena_take(arena, (uint64_t)plan->window * plan->batch, sizeof(int32_t)) : NULL;
  return leaves;
}

// The sums of each node; that of the first.
static real *take_sums(Arena *arena, const Plan *plan) {
  if (!plan->can_train) return NULL;
  unsigned char *first = arena_take(arena, count_product(plan->leaves->node_count, node_bytes(plan->network)), 1);
  return first ? (real *)(first + TOTALS_BYTES) : NULL;
}

// A power of two at or below 1 / n.
static double inverse_power(double n) {
  double power = 1;
  while (power * n > 1) power /= 2;
  return power;
}

// `count` reals, or none.
static real *reals_if(Arena *arena, bool wanted, uint64_t count) { return wanted ? arena_reals(arena, count) : NULL; }

// h (B, P) and c (B, C), to train with.
static BatchState take_state(Arena *arena, const Plan *plan, uint64_t h, uint64_t c) {
  return (BatchState){.h = reals_if(arena, plan->can_train, h), .c = reals_if(arena, plan->can_train && c > 0, c)};
}

// Vectors that come from outside may have a column a thousand times as large as another, which would be rounded away.
static CellConfig window_config(const Plan *plan, const Direction *direction) {
  const bool is_outside = direction->layer == 0 && !plan->network->embedding.weight;
  CellConfig config = direction->config;
  config.precision = plan->precision;
  config.input_precision = is_outside ? PRECISION_FLOAT32 : plan->precision;
  return config;
}

static CellWindow take_window(Arena *arena, BatchState *start, BatchState *end, const Plan *plan,
                              const Direction *direction) {
  const size_t T = plan->window, B = plan->batch, c_size = cell_c_size(direction->kind, &direction->config);
  const uint64_t h = (uint64_t)B * cell_h_size(&direction->config), c = (uint64_t)B * c_size;
  const CellWindow window = {
      .config = window_config(plan, direction),
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
  const bool by_row = classes || head->kind == OUTPUT_MIXTURE;
  const size_t block = head_block(head, count);
  const bool has_blocks = trains && block < count;
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
    scratch = larger(scratch, cell_pass(direction->kind)->scratch_size(&window.config));
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
      .leaves = take_leaves(arena, plan, has_blocks),
      .gradients = take_sums(arena, plan),
      .whole_batch = plan->whole_batch,
      .scale = inverse_power((double)plan->whole_batch * (double)plan->window * (by_row ? 1 : (double)head->output_size)),
      .factor = 1,
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
      .head_scratch = reals_if(arena, has_blocks, head_scratch_size(head)),
      .head_block = {.h = reals_if(arena, has_blocks, count_product(block, head->input_size)),
                     .dh = reals_if(arena, has_blocks, count_product(block, head->input_size)),
                     .dbias = reals_if(arena, has_blocks, count_product(LEAVES_MOST, head->output_size))},
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
    w->leaves = &trainer->leaves;
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

Trainer *trainer_allocate(Network *network, size_t whole_batch, Leaves leaves, size_t window, size_t memory_steps,
                          Precision precision, bool can_train) {
  const Plan plan = {network, leaves.batch, window, memory_steps, can_train, whole_batch, &leaves, precision};
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

size_t trainer_node_count(const Trainer *trainer) { return trainer->leaves.node_count; }

size_t trainer_node_leaves(const Trainer *trainer, size_t node) {
  return trainer->leaves.nodes[node + 1] - trainer->leaves.nodes[node];
}

size_t trainer_node_bytes(const Trainer *trainer) { return TOTALS_BYTES + (size_t)sum_count(trainer->network) * sizeof(real); }

void *trainer_node(Trainer *trainer, size_t node) {
  return (unsigned char *)(trainer->gradients + node * trainer->leaves.node_stride) - TOTALS_BYTES;
}

Totals *node_totals(Trainer *trainer, size_t node) { return trainer_node(trainer, node); }

void trainer_sum(Trainer *trainer, const void *const *nodes, const int32_t *leaves, size_t count) {
  const real *sums[LEAVES_MOST];
  double losses[LEAVES_MOST], terms[LEAVES_MOST];
  for (size_t k = 0; k < count; k++) {
    const Totals *totals = nodes[k];
    sums[k] = (const real *)((const unsigned char *)nodes[k] + TOTALS_BYTES);
    losses[k] = totals->loss;
    terms[k] = totals->terms;
  }
  leaves_join(trainer->gradients, sums, leaves, count, (size_t)sum_count(trainer->network));
  *node_totals(trainer, 0) = (Totals){leaves_join_doubles(losses, leaves, count), leaves_join_doubles(terms, leaves, count)};
}
