// networks.h: networks for tests, in one line.
#ifndef LSTM_TESTS_NETWORKS_H
#define LSTM_TESTS_NETWORKS_H

#include "c/check.h"
#include "network/network.h"

// input: +V for V tokens, -D for vectors of D. hidden: sizes of the layers, up to the first 0.
typedef struct {
  int input;
  size_t hidden[4];
  bool bias;
  OutputKind output;
  size_t output_size;
  uint32_t seed;
} NetworkCase;

static inline Network *make_network(const NetworkCase *k) {
  LayerConfig layers[4];
  size_t count = 0;
  for (; count < 4 && k->hidden[count]; count++) {
    layers[count] = (LayerConfig){.kind = &lstm_cell, .hidden_size = k->hidden[count], .bias = k->bias,
                                   .forget_bias = 1};
  }
  const NetworkConfig config = {
      .tokens = k->input > 0,
      .input_size = (size_t)abs(k->input),
      .layer_count = count,
      .layers = layers,
      .output = k->output,
      .output_size = k->output_size,
      .seed = k->seed,
  };
  return network_create(&config);
}

// "tokens 7, layers 5 4, bias, 7 classes"
static inline const char *describe(const NetworkCase *k) {
  static const char *outputs[] = {"hidden", "classes", "values"};
  static char text[160];
  int used = snprintf(text, sizeof text, "%s %d, layers", k->input > 0 ? "tokens" : "vectors", abs(k->input));
  for (size_t l = 0; l < 4 && k->hidden[l]; l++) {
    used += snprintf(text + used, sizeof text - (size_t)used, " %zu", k->hidden[l]);
  }
  snprintf(text + used, sizeof text - (size_t)used, ", %s, %zu %s", k->bias ? "bias" : "no bias", k->output_size,
           outputs[k->output]);
  return text;
}

#endif
