// trainer.c: truncated backpropagation through time.
#include "training/trainer.h"

#include "kernels/elementwise.h"

static uint64_t larger(uint64_t a, uint64_t b) { return a > b ? a : b; }

static void lay_out_layer(CellWindow *window, Arena *arena, const Network *network, size_t l, size_t B, size_t T) {
  const Layer *layer = &network->layers[l];
  const uint64_t states = (uint64_t)(T + 1) * B * layer->size.hidden_size;
  const uint64_t first = (uint64_t)B * layer->size.hidden_size;
  const bool has_c = layer->kind->has_cell_state;
  const CellWindow taken = {
      .size = layer->size,
      .window = T,
      .batch = B,
      .h = arena_reals(arena, states),
      .c = has_c ? arena_reals(arena, states) : NULL,
      .dh0 = arena_reals(arena, first),
      .dc0 = has_c ? arena_reals(arena, first) : NULL,
      .tape = arena_reals(arena, layer->kind->tape_size(&layer->size, T, B)),
  };
  if (window) *window = taken;
}

// Takes the memory of a trainer. While counting, returns NULL and writes nothing.
static Trainer *lay_out(Arena *arena, Network *network, size_t B, size_t T) {
  const CellSize *first = &network->layers[0].size;
  const Head *head = &network->head;
  const uint64_t count = (uint64_t)T * B;
  const bool classes = head->kind == OUTPUT_CLASSES;
  uint64_t scratch = head_scratch_size(head);
  uint64_t widest = first->tokens ? 0 : first->input_size;
  Trainer *trainer = arena_take(arena, 1, sizeof *trainer);
  CellWindow *windows = arena_take(arena, network->layer_count, sizeof *windows);
  for (size_t l = 0; l < network->layer_count; l++) {
    const Layer *layer = &network->layers[l];
    lay_out_layer(windows ? &windows[l] : NULL, arena, network, l, B, T);
    scratch = larger(scratch, layer->kind->scratch_size(&layer->size));
    widest = larger(widest, layer->size.hidden_size);
  }
  const Trainer taken = {
      .network = network,
      .batch = B,
      .window = T,
      .windows = windows,
      .gradients = arena_reals(arena, network->value_count),
      .adam = {.m = arena_reals(arena, network->value_count), .v = arena_reals(arena, network->value_count)},
      .input_tokens = first->tokens ? arena_take(arena, count, sizeof(int32_t)) : NULL,
      .input_vectors = first->tokens ? NULL : arena_reals(arena, count * first->input_size),
      .target_classes = classes ? arena_take(arena, count, sizeof(int32_t)) : NULL,
      .target_values = classes ? NULL : arena_reals(arena, count * head->output_size),
      .outputs = arena_reals(arena, count * head->output_size),
      .flow = {arena_reals(arena, count * widest), arena_reals(arena, count * widest)},
      .scratch = arena_reals(arena, scratch),
  };
  if (trainer) *trainer = taken;
  return trainer;
}

// Lets each layer's window point at its parameters, its input and the gradients that flow through it.
static void connect(Trainer *trainer) {
  const Network *network = trainer->network;
  const size_t B = trainer->batch;
  for (size_t l = 0; l < network->layer_count; l++) {
    const Layer *layer = &network->layers[l];
    CellWindow *w = &trainer->windows[l];
    for (size_t p = 0; p < layer->parameter_count; p++) {
      w->parameters[p] = layer->parameters[p];
      w->dparameters[p] = trainer->gradients + network->table[layer->first_parameter + p].offset;
    }
    w->scratch = trainer->scratch;
    w->dh = trainer->flow[l % 2];
    if (l == 0) {
      w->tokens = trainer->input_tokens;
      w->x = trainer->input_vectors;
      w->dx = w->tokens ? NULL : trainer->flow[1];
    } else {
      w->x = trainer->windows[l - 1].h + B * w->size.input_size;
      w->dx = trainer->flow[(l - 1) % 2];
    }
  }
}

Trainer *trainer_create(Network *network, size_t batch, size_t window) {
  if (batch < 1 || batch > TRAINER_MAX_BATCH || window < 1 || window > TRAINER_MAX_WINDOW) return NULL;
  Arena counted = {0}, arena;
  lay_out(&counted, network, batch, window);
  if (!arena_allocate(&arena, &counted)) return NULL;
  Trainer *trainer = lay_out(&arena, network, batch, window);
  arena_assert_full(&arena);
  trainer->arena = arena;
  connect(trainer);
  adam_reset(&trainer->adam, network->value_count);
  return trainer;
}

void trainer_free(Trainer *trainer) {
  if (!trainer) return;
  Arena arena = trainer->arena;
  arena_free(&arena);
}

real *trainer_h(Trainer *trainer, size_t l) { return trainer->windows[l].h; }

real *trainer_c(Trainer *trainer, size_t l) { return trainer->windows[l].c; }

real *trainer_input_gradients(Trainer *trainer) { return trainer->windows[0].dx; }

// The last layer's hidden states of the window, (T, B, H).
static const real *top(const Trainer *trainer) {
  const CellWindow *w = &trainer->windows[trainer->network->layer_count - 1];
  return w->h + trainer->batch * w->size.hidden_size;
}

TrainerStatus trainer_forward(Trainer *trainer) {
  Network *network = trainer->network;
  const size_t count = trainer->window * trainer->batch;
  for (size_t l = 0; l < network->layer_count; l++) network->layers[l].kind->forward(&trainer->windows[l]);
  head_forward(trainer->outputs, &network->head, top(trainer), trainer->scratch, count);
  trainer->loss = head_loss(trainer->outputs, &network->head, trainer->target_classes, trainer->target_values, count);
  return isfinite(trainer->loss) ? TRAINER_OK : TRAINER_NOT_FINITE;
}

TrainerStatus trainer_backward(Trainer *trainer) {
  if (trainer_forward(trainer) != TRAINER_OK) return TRAINER_NOT_FINITE;
  Network *network = trainer->network;
  const size_t layers = network->layer_count;
  const Parameter *head_rows = network->table + network->parameter_count - 2;
  const bool has_head = network->head.kind != OUTPUT_HIDDEN;
  head_backward(has_head ? trainer->gradients + head_rows[0].offset : NULL,
                has_head ? trainer->gradients + head_rows[1].offset : NULL, trainer->windows[layers - 1].dh,
                &network->head, top(trainer), trainer->outputs, trainer->scratch, trainer->window * trainer->batch);
  for (size_t l = layers; l-- > 0;) network->layers[l].kind->backward(&trainer->windows[l]);
  trainer->gradient_norm = sqrt(sum_of_squares(trainer->gradients, network->value_count));
  return isfinite(trainer->gradient_norm) ? TRAINER_OK : TRAINER_NOT_FINITE;
}

// The state behind the window becomes the state before the next.
static void carry_state(Trainer *trainer) {
  for (size_t l = 0; l < trainer->network->layer_count; l++) {
    CellWindow *w = &trainer->windows[l];
    const size_t count = trainer->batch * w->size.hidden_size;
    copy(w->h, w->h + trainer->window * count, count);
    if (w->c) copy(w->c, w->c + trainer->window * count, count);
  }
}

TrainerStatus trainer_step(Trainer *trainer, const AdamOptions *options, double clip_norm) {
  if (trainer_backward(trainer) != TRAINER_OK) return TRAINER_NOT_FINITE;
  // As torch.nn.utils.clip_grad_norm_ does it.
  const double scale = clip_norm / (trainer->gradient_norm + 1e-6);
  adam_update(trainer->network->values, &trainer->adam, trainer->gradients, (real)(scale < 1 ? scale : 1), options,
              trainer->network->value_count);
  carry_state(trainer);
  return TRAINER_OK;
}
