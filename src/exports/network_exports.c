// network_exports.c: networks: creation, parameters, steps, sampling.
#include <stdlib.h>

#include "exports/exports.h"
#include "network/network.h"

// `layers` holds three numbers a layer: kind, hidden size, bias (0 or 1).
EXPORT Network *lstm_network_create(int tokens, size_t input_size, const int32_t *layers, size_t layer_count,
                                    int output, size_t output_size, uint32_t seed) {
  if (layer_count < 1 || layer_count > NETWORK_MAX_LAYERS) return NULL;
  LayerConfig *list = malloc(layer_count * sizeof *list);
  if (!list) return NULL;
  bool known = true;
  for (size_t l = 0; l < layer_count; l++, layers += 3) {
    known = known && (size_t)layers[0] < cell_kind_count;
    list[l] = (LayerConfig){known ? cell_kinds[layers[0]] : NULL, (size_t)layers[1], layers[2] != 0};
  }
  const NetworkConfig config = {
      .tokens = tokens != 0,
      .input_size = input_size,
      .layer_count = layer_count,
      .layers = list,
      .output = (OutputKind)output,
      .output_size = output_size,
      .seed = seed,
  };
  Network *network = known ? network_create(&config) : NULL;
  free(list);
  return network;
}

EXPORT void lstm_network_free(Network *network) { network_free(network); }

// The parameter table, row by row.
EXPORT size_t lstm_network_parameter_count(const Network *network) { return network->parameter_count; }
EXPORT const char *lstm_network_parameter_name(const Network *network, size_t row) { return network->table[row].name; }
EXPORT size_t lstm_network_parameter_rows(const Network *network, size_t row) { return network->table[row].rows; }
// 0 for a vector.
EXPORT size_t lstm_network_parameter_columns(const Network *network, size_t row) {
  return network->table[row].columns;
}
EXPORT int lstm_network_parameter_is_column_major(const Network *network, size_t row) {
  return network->table[row].column_major;
}
// In floats, from the start of the values, gradients or moments.
EXPORT size_t lstm_network_parameter_offset(const Network *network, size_t row) { return network->table[row].offset; }

// All parameters, flat: lstm_network_value_count floats.
EXPORT real *lstm_network_values(Network *network) { return network->values; }
EXPORT size_t lstm_network_value_count(const Network *network) { return network->value_count; }

// The state that a step starts from and leaves: for each layer h (H), then c (H) where there is one.
EXPORT real *lstm_network_state(Network *network) { return network->state; }
EXPORT size_t lstm_network_state_size(const Network *network) { return network->state_size; }

// Where a vector input (D floats) is put before a step, and where the output (V floats) is found.
EXPORT real *lstm_network_input(Network *network) { return network->input; }
EXPORT real *lstm_network_output(Network *network) { return network->output; }

// The gates (G, H) of layer l in the last step.
EXPORT real *lstm_network_gates(Network *network, size_t l) { return network->layers[l].gates; }

// One step; `token` is not read for vector inputs. Fills state and output.
EXPORT void lstm_network_step(Network *network, size_t token) {
  network_step(network, token);
  network_output(network, 1);
}

// 1 where the network now steps with 8-bit weights, 0 where there is not enough memory; see network.h.
EXPORT int lstm_network_quantize(Network *network) { return network_quantize(network); }
// The scale of a row of 8-bit weights with this largest magnitude; see kernels/int8.h.
EXPORT float lstm_int8_scale(float largest) { return int8_scale(largest); }

// The random generator: four words to read and write.
EXPORT uint32_t *lstm_network_random(Network *network) { return network->random.state; }
EXPORT void lstm_network_seed(Network *network, uint32_t seed) { random_seed(&network->random, seed); }

// See network.h.
EXPORT void lstm_network_generate(uint32_t *tokens, Network *network, size_t token, size_t length, float temperature) {
  network_generate(tokens, network, token, length, temperature);
}
EXPORT double lstm_network_score(Network *network, const int32_t *tokens, size_t count) {
  return network_score(network, tokens, count);
}
