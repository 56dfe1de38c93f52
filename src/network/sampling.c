// sampling.c: from logits to probabilities, tokens and scores.
#include "kernels/activation.h"
#include "kernels/elementwise.h"
#include "network/network.h"

void network_output(Network *network, real temperature) {
  const size_t V = network->head.output_size;
  if (network->head.kind == OUTPUT_CLASSES) {
    softmax(network->output, network->logits, 1 / temperature, V);
  } else {
    copy(network->output, network->logits, V);
  }
}

static size_t most_probable(const real *logits, size_t n) {
  size_t best = 0;
  for (size_t k = 1; k < n; k++) {
    if (logits[k] > logits[best]) best = k;
  }
  return best;
}

size_t network_sample(Network *network, real temperature) {
  const size_t V = network->head.output_size;
  if (temperature == 0) return most_probable(network->logits, V);
  network_output(network, temperature);
  const real draw = (real)random_uniform(&network->random);
  real below = 0;
  for (size_t k = 0; k < V; k++) {
    below += network->output[k];
    if (draw < below) return k;
  }
  // The probabilities summed to a little less than 1, and the draw lay above.
  return most_probable(network->logits, V);
}

void network_generate(uint32_t *tokens, Network *network, size_t token, size_t length, real temperature) {
  for (size_t n = 0; n < length; n++) {
    network_step(network, token);
    token = network_sample(network, temperature);
    tokens[n] = (uint32_t)token;
  }
}

double network_score(Network *network, const int32_t *tokens, size_t count) {
  double loss = 0;
  for (size_t n = 0; n + 1 < count; n++) {
    network_step(network, (size_t)tokens[n]);
    loss += softmax(network->output, network->logits, 1, network->head.output_size) -
            (double)network->logits[tokens[n + 1]];
  }
  return loss;
}
