// dropout.c: masks drawn for a window.
#include "training/dropout.h"

#include "kernels/elementwise.h"
#include "training/memory.h"

// NULL where it is not asked for.
typedef struct {
  real *mask, *output;  // (T, B, size)
} LayerDropout;

typedef struct {
  real *h_mask, *masked_h, *dmasked_h;  // (B, P), (T, B, P), (B, P)
  real *mask, *weight_hh;           // as weight_hh
} DirectionDropout;

struct Dropout {
  Arena arena;
  DropoutRates rates;
  LayerDropout *layers;
  DirectionDropout *directions;
  bool is_used;
};

// Whether the output of layer `layer` goes to the next, or to the head.
static bool goes_on(const Network *network, size_t layer) {
  return layer + 1 < network->layer_count || network->head.kind != OUTPUT_HIDDEN;
}

static size_t output_count(const Trainer *trainer, size_t layer) {
  return trainer->window * trainer->batch * trainer->layers[layer].size;
}

// The numbers in a cell's weight_hh; 0 where it has none.
static uint64_t weight_count(const Direction *direction) {
  CellParameter list[CELL_MAX_PARAMETERS] = {{0}};
  direction->kind->parameters(list, &direction->config);
  const CellParameter *weight_hh = &list[direction->kind->weight_hh];
  return direction->kind->weight_hh ? (uint64_t)weight_hh->rows * weight_hh->columns : 0;
}

static real *reals_or_none(Arena *arena, uint64_t count) { return count > 0 ? arena_reals(arena, count) : NULL; }

// While counting, returns NULL and writes nothing.
static Dropout *lay_out(Arena *arena, const Trainer *trainer, DropoutRates rates) {
  const Network *network = trainer->network;
  Dropout *dropout = arena_take(arena, 1, sizeof *dropout);
  LayerDropout *layers = arena_take(arena, network->layer_count, sizeof *layers);
  DirectionDropout *directions = arena_take(arena, network->direction_count, sizeof *directions);
  for (size_t l = 0; l < network->layer_count; l++) {
    const uint64_t count = rates.between > 0 && goes_on(network, l) ? output_count(trainer, l) : 0;
    const LayerDropout taken = {reals_or_none(arena, count), reals_or_none(arena, count)};
    if (layers) layers[l] = taken;
  }
  for (size_t d = 0; d < network->direction_count; d++) {
    const uint64_t weights = weight_count(&network->directions[d]);
    const uint64_t h = rates.recurrent > 0 && weights > 0 ? batch_h_count(trainer, d) : 0;
    const uint64_t dropped = rates.weights > 0 ? weights : 0;
    const DirectionDropout taken = {
        .h_mask = reals_or_none(arena, h),
        .masked_h = reals_or_none(arena, trainer->window * h),
        .dmasked_h = reals_or_none(arena, h),
        .mask = reals_or_none(arena, dropped),
        .weight_hh = reals_or_none(arena, dropped),
    };
    if (directions) directions[d] = taken;
  }
  if (dropout) *dropout = (Dropout){.rates = rates, .layers = layers, .directions = directions};
  return dropout;
}

static bool is_rate(double p) { return p >= 0 && p < 1; }

bool trainer_use_dropout(Trainer *trainer, DropoutRates rates, uint32_t seed) {
  if (!is_rate(rates.between) || !is_rate(rates.recurrent) || !is_rate(rates.weights)) return false;
  Arena counted = {0}, arena = {0};
  if (rates.between > 0 || rates.recurrent > 0 || rates.weights > 0) {
    lay_out(&counted, trainer, rates);
    if (!arena_allocate(&arena, &counted)) return false;
  }
  dropout_free(trainer);
  random_seed(&trainer->random, seed, RANDOM_DROPOUT);
  if (!arena.memory) return true;
  trainer->dropout = lay_out(&arena, trainer, rates);
  arena_assert_full(&arena);
  trainer->dropout->arena = arena;
  return true;
}

void dropout_free(Trainer *trainer) {
  if (!trainer->dropout) return;
  Arena arena = trainer->dropout->arena;
  arena_free(&arena);
  trainer->dropout = NULL;
}

static void draw(real *mask, Random *random, double p, size_t n) {
  const uint32_t dropped = (uint32_t)(p * 0x1p32);
  const real kept = (real)(1 / (1 - p));
  for (size_t i = 0; i < n; i++) mask[i] = random_bits(random) < dropped ? 0 : kept;
}

static void drop_weights(Trainer *trainer, size_t d) {
  const DirectionDropout *own = &trainer->dropout->directions[d];
  const Direction *direction = &trainer->network->directions[d];
  const size_t place = direction->kind->weight_hh;
  if (!own->mask) return;
  draw(own->mask, &trainer->random, trainer->dropout->rates.weights, (size_t)weight_count(direction));
  multiply_to(own->weight_hh, direction->parameters[place], own->mask, (size_t)weight_count(direction));
  trainer->windows[d].parameters[place] = own->weight_hh;
}

// The masks of sequence b, of all steps of the window: what is drawn does not depend on which of them are computed.
static void draw_sequence(Trainer *trainer, size_t b, Random *random) {
  const Network *network = trainer->network;
  const Dropout *dropout = trainer->dropout;
  const size_t B = trainer->batch;
  for (size_t l = 0; l < network->layer_count; l++) {
    const size_t size = trainer->layers[l].size;
    real *mask = dropout->layers[l].mask;
    for (size_t t = 0; mask && t < trainer->window; t++) draw(mask + (t * B + b) * size, random, dropout->rates.between, size);
  }
  for (size_t d = 0; d < network->direction_count; d++) {
    const size_t P = batch_h_count(trainer, d) / B;
    real *mask = dropout->directions[d].h_mask;
    if (mask) draw(mask + b * P, random, dropout->rates.recurrent, P);
  }
}

void dropout_begin(Trainer *trainer) {
  Dropout *dropout = trainer->dropout;
  const Network *network = trainer->network;
  if (!dropout) return;
  dropout->is_used = true;
  for (size_t l = 0; l < network->layer_count; l++) {
    trainer->layers[l].mask = dropout->layers[l].mask;
    trainer->layers[l].dropped = dropout->layers[l].output;
  }
  for (size_t d = 0; d < network->direction_count; d++) {
    const DirectionDropout *own = &dropout->directions[d];
    CellWindow *w = &trainer->windows[d];
    w->h_mask = own->h_mask;
    w->masked_h = own->masked_h;
    w->dmasked_h = own->dmasked_h;
    drop_weights(trainer, d);
  }
  const uint32_t key = random_bits(&trainer->random);
  const size_t first = leaf_start(trainer->whole_batch, trainer->leaves.first);
  for (size_t b = 0; b < trainer->batch; b++) {
    Random random;
    random_seed(&random, key + (uint32_t)(first + b), RANDOM_DROPOUT);
    draw_sequence(trainer, b, &random);
  }
}

bool dropout_is_used(const Trainer *trainer) { return trainer->dropout && trainer->dropout->is_used; }

void dropout_mask_gradients(Trainer *trainer) {
  for (size_t d = 0; trainer->dropout && d < trainer->network->direction_count; d++) {
    const Direction *direction = &trainer->network->directions[d];
    const DirectionDropout *own = &trainer->dropout->directions[d];
    real *const gradient = trainer->windows[d].dparameters[direction->kind->weight_hh];
    if (own->mask) multiply_to(gradient, gradient, own->mask, (size_t)weight_count(direction));
  }
}

void dropout_end(Trainer *trainer) {
  const Network *network = trainer->network;
  if (!trainer->dropout) return;
  trainer->dropout->is_used = false;
  for (size_t l = 0; l < network->layer_count; l++) trainer->layers[l].mask = NULL;
  for (size_t d = 0; d < network->direction_count; d++) {
    const size_t place = network->directions[d].kind->weight_hh;
    trainer->windows[d].h_mask = NULL;
    trainer->windows[d].parameters[place] = network->directions[d].parameters[place];
  }
}
