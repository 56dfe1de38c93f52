// dropout.c: masks drawn for a window.
#include "training/dropout.h"

#include "kernels/elementwise.h"
#include "training/memory.h"

// NULL where it is not asked for.
typedef struct {
  real *mask, *output;  // (T, B, size)
} LevelDropout;

typedef struct {
  real *h_mask, *seen_h, *dseen_h;  // (B, P), (T, B, P), (B, P)
  real *mask, *weight_hh;           // as weight_hh
} CellDropout;

struct Dropout {
  Arena arena;
  DropoutRates rates;
  LevelDropout *levels;
  CellDropout *cells;
};

// What goes on from a level: to the next, or to the head.
static bool goes_on(const Network *network, size_t level) {
  return level + 1 < network->level_count || network->head.kind != OUTPUT_HIDDEN;
}

static size_t level_count(const Trainer *trainer, size_t level) {
  return trainer->window * trainer->batch * trainer->levels[level].size;
}

// The numbers in a cell's weight_hh; 0 where it has none.
static uint64_t weight_count(const Layer *layer) {
  CellParameter list[CELL_MAX_PARAMETERS] = {{0}};
  layer->kind->parameters(list, &layer->config);
  const CellParameter *weight_hh = &list[layer->kind->weight_hh];
  return layer->kind->weight_hh ? (uint64_t)weight_hh->rows * weight_hh->columns : 0;
}

static real *reals_or_none(Arena *arena, uint64_t count) { return count > 0 ? arena_reals(arena, count) : NULL; }

// While counting, returns NULL and writes nothing.
static Dropout *lay_out(Arena *arena, const Trainer *trainer, DropoutRates rates) {
  const Network *network = trainer->network;
  Dropout *dropout = arena_take(arena, 1, sizeof *dropout);
  LevelDropout *levels = arena_take(arena, network->level_count, sizeof *levels);
  CellDropout *cells = arena_take(arena, network->layer_count, sizeof *cells);
  for (size_t l = 0; l < network->level_count; l++) {
    const uint64_t count = rates.between > 0 && goes_on(network, l) ? level_count(trainer, l) : 0;
    const LevelDropout taken = {reals_or_none(arena, count), reals_or_none(arena, count)};
    if (levels) levels[l] = taken;
  }
  for (size_t l = 0; l < network->layer_count; l++) {
    const uint64_t weights = weight_count(&network->layers[l]);
    const uint64_t h = rates.recurrent > 0 && weights > 0 ? batch_h_count(trainer, l) : 0;
    const uint64_t dropped = rates.weights > 0 ? weights : 0;
    const CellDropout taken = {
        .h_mask = reals_or_none(arena, h),
        .seen_h = reals_or_none(arena, trainer->window * h),
        .dseen_h = reals_or_none(arena, h),
        .mask = reals_or_none(arena, dropped),
        .weight_hh = reals_or_none(arena, dropped),
    };
    if (cells) cells[l] = taken;
  }
  if (dropout) *dropout = (Dropout){.rates = rates, .levels = levels, .cells = cells};
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

void dropout_begin(Trainer *trainer) {
  const Dropout *dropout = trainer->dropout;
  const Network *network = trainer->network;
  if (!dropout) return;
  for (size_t l = 0; l < network->level_count; l++) {
    const LevelDropout *own = &dropout->levels[l];
    Level *level = &trainer->levels[l];
    if (own->mask) draw(own->mask, &trainer->random, dropout->rates.between, level_count(trainer, l));
    level->mask = own->mask;
    level->dropped = own->output;
  }
  for (size_t l = 0; l < network->layer_count; l++) {
    const CellDropout *own = &dropout->cells[l];
    const Layer *layer = &network->layers[l];
    CellWindow *w = &trainer->windows[l];
    if (own->h_mask) draw(own->h_mask, &trainer->random, dropout->rates.recurrent, batch_h_count(trainer, l));
    w->h_mask = own->h_mask;
    w->seen_h = own->seen_h;
    w->dseen_h = own->dseen_h;
    if (!own->mask) continue;
    const size_t count = (size_t)weight_count(layer);
    draw(own->mask, &trainer->random, dropout->rates.weights, count);
    multiply_to(own->weight_hh, layer->parameters[layer->kind->weight_hh], own->mask, count);
    w->parameters[layer->kind->weight_hh] = own->weight_hh;
  }
}

void dropout_mask_gradients(Trainer *trainer) {
  for (size_t l = 0; trainer->dropout && l < trainer->network->layer_count; l++) {
    const Layer *layer = &trainer->network->layers[l];
    const CellDropout *own = &trainer->dropout->cells[l];
    real *const gradient = trainer->windows[l].dparameters[layer->kind->weight_hh];
    const bool is_dropped = own->mask && trainer->windows[l].parameters[layer->kind->weight_hh] == own->weight_hh;
    if (is_dropped) multiply_to(gradient, gradient, own->mask, (size_t)weight_count(layer));
  }
}

void dropout_end(Trainer *trainer) {
  const Network *network = trainer->network;
  for (size_t l = 0; l < network->level_count; l++) trainer->levels[l].mask = NULL;
  for (size_t l = 0; l < network->layer_count; l++) {
    const size_t place = network->layers[l].kind->weight_hh;
    trainer->windows[l].h_mask = NULL;
    trainer->windows[l].parameters[place] = network->layers[l].parameters[place];
  }
}
