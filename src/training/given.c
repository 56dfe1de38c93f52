// given.c: what a trainer's network is given beside its window.
#include "training/given.h"

#include "kernels/elementwise.h"
#include "kernels/sizes.h"
#include "training/memory.h"

static bool is_given(const Network *network) { return has_attention(network) || network->summary_size > 0; }

GivenMemory *given_lay_out(Arena *arena, const Network *network, size_t batch, size_t window, size_t memory_steps,
                           bool can_train) {
  if (!is_given(network)) return NULL;
  const uint64_t summaries = (uint64_t)batch * network->summary_size;
  GivenMemory *given = arena_take(arena, 1, sizeof *given);
  GivenMemory taken = {0};
  if (has_attention(network)) {
    taken.attention = attention_window(arena, &network->attention, batch, window, memory_steps, can_train);
  }
  taken.summary = arena_reals(arena, summaries);
  if (can_train) taken.dsummary = arena_reals(arena, summaries);
  if (given) *given = taken;
  return given;
}

uint64_t given_scratch_size(const Network *network, size_t batch, size_t window, size_t memory_steps) {
  uint64_t most = has_attention(network) ? attention_scratch_size(&network->attention, window, memory_steps) : 0;
  for (size_t d = 0; network->summary_size > 0 && d < network->direction_count; d++) {
    const Direction *direction = &network->directions[d];
    most = larger(most, bridge_scratch_size(direction->kind, &direction->config, network->summary_size, batch));
  }
  return most;
}

void given_connect(Trainer *trainer) {
  if (!trainer->given || !has_attention(trainer->network)) return;
  AttentionWindow *w = &trainer->given->attention;
  w->scratch = trainer->scratch;
  w->leaves = &trainer->leaves;
  for (size_t b = 0; b < trainer->batch; b++) w->lengths[b] = (int32_t)w->steps;
  for (size_t p = 0; trainer->gradients && p < ATTENTION_PARAMETERS; p++) {
    const real *values = trainer->network->attention.parameters[p];
    if (values) w->dparameters[p] = trainer->gradients + (values - trainer->network->values);
  }
}

void given_start(Trainer *trainer, size_t first, size_t end) {
  const Network *network = trainer->network;
  const size_t N = network->summary_size;
  for (size_t d = 0; N > 0 && d < network->direction_count; d++) {
    const Direction *direction = &network->directions[d];
    const CellWindow *w = &trainer->windows[d];
    const size_t P = cell_h_size(&direction->config), C = cell_c_size(direction->kind, &direction->config);
    bridge_forward(w->h + first * P, w->c ? w->c + first * C : NULL, direction->bridge, trainer->given->summary + first * N,
                   N, P, C, trainer->scratch, end - first);
  }
}

void given_start_backward(Trainer *trainer) {
  const Network *network = trainer->network;
  const size_t N = network->summary_size;
  if (N == 0) return;
  GivenMemory *given = trainer->given;
  fill_zero(given->dsummary, trainer->batch * N);
  for (size_t d = 0; d < network->direction_count; d++) {
    const Direction *direction = &network->directions[d];
    const CellWindow *w = &trainer->windows[d];
    real *dparameters[BRIDGE_PARAMETERS] = {NULL};
    for (size_t p = 0; p < BRIDGE_PARAMETERS; p++) {
      if (direction->bridge[p]) dparameters[p] = trainer->gradients + (direction->bridge[p] - network->values);
    }
    bridge_backward(given->dsummary, dparameters, w->dh0, w->dc0, w->h, direction->bridge, given->summary, N,
                    cell_h_size(&direction->config), cell_c_size(direction->kind, &direction->config), trainer->scratch,
                    trainer->fresh, &trainer->leaves);
  }
}

const real *given_output(const Trainer *trainer, const real *h) {
  return has_attention(trainer->network) ? trainer->given->attention.output : h;
}

const real *given_read(Trainer *trainer, const real *h) {
  if (has_attention(trainer->network)) {
    trainer->given->attention.window = trainer->steps;
    attention_forward(&trainer->given->attention, h);
  }
  return given_output(trainer, h);
}

void given_read_backward(Trainer *trainer, real *dh, const real *h) {
  if (has_attention(trainer->network)) attention_backward(&trainer->given->attention, dh, h);
}
