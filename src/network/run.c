// run.c: a whole sequence through a network, step by step.
#include "network/run.h"

#include "cells/product.h"
#include "kernels/elementwise.h"
#include "kernels/sizes.h"
#include "network/sampling.h"

size_t network_run_width(const Network *network) {
  const CellConfig *first = &network->directions[0].config;
  uint64_t width = larger(first->tokens ? 0 : first->input_size, network->head.output_size);
  for (size_t l = 0; l < network->layer_count; l++) width = larger(width, network_layer_size(network, l));
  return (size_t)width;
}

// y (T, size): the part of its layer's output that is this direction's, from x (T, D) or, where that is NULL, tokens (T).
static void run_direction(real *y, size_t size, const Direction *direction, const int32_t *tokens, const real *x,
                          size_t steps) {
  const CellConfig *config = &direction->config;
  for (size_t n = 0; n < steps; n++) {
    const size_t t = direction->reverse ? steps - 1 - n : n;
    direction->kind->step(direction->h, direction->c, direction->gates, direction->parameters, products_in_order,
                          x ? x + t * config->input_size : NULL, x ? 0 : (size_t)tokens[t], config);
    copy(y + t * size, direction->h, cell_h_size(config));
  }
}

const real *network_run(Network *network, real *memory, const int32_t *tokens, size_t steps) {
  const size_t V = network->head.output_size;
  real *x = memory, *y = memory + steps * network_run_width(network);
  if (network->embedding.weight) embedding_forward(x, &network->embedding, tokens, steps);
  for (size_t d = 0; d < network->direction_count;) {
    const size_t layer = network->directions[d].layer, size = network_layer_size(network, layer);
    const real *input = network->directions[d].config.tokens ? NULL : x;
    for (size_t first = 0; first < size; d++) {
      run_direction(y + first, size, &network->directions[d], tokens, input, steps);
      first += cell_h_size(&network->directions[d].config);
    }
    real *const taken = x;
    x = y;
    y = taken;
  }
  Head head = network->head;
  head.int8 = products_in_order;
  for (size_t t = 0; t < steps; t++) {
    const real *h = x + t * head.input_size;
    if (has_attention(network)) h = attention_step(&network->memory, &network->attention, h);
    head_step(network->logits, &head, h);
    network_output(network, 1);
    copy(y + t * V, network->output, V);
  }
  return y;
}
