// network_exports.c: networks: creation, parameters, steps, sampling.
#include <stdlib.h>
#include <string.h>

#include "exports/exports.h"
#include "kernels/elementwise.h"
#include "network/ensemble.h"
#include "network/run.h"

enum { LAYER_WORDS = 11 };

// Reads `layer_count` layers of LAYER_WORDS numbers each: kind, hidden size, bias (0 or 1), options (CellOption bits),
// projection, delays, clip and forget bias (the bits of a float each), bidirectional (0 or 1), trainable state (0 or 1),
// initial gain (the bits of a float; 0: what is usual).
// False for a kind that is not known.
static bool read_layers(LayerConfig *list, const int32_t *words, size_t layer_count) {
  for (size_t l = 0; l < layer_count; l++, words += LAYER_WORDS) {
    if ((size_t)words[0] >= CELL_KINDS) return false;
    float clip, forget_bias, initial_gain;
    memcpy(&clip, &words[6], sizeof clip);
    memcpy(&forget_bias, &words[7], sizeof forget_bias);
    memcpy(&initial_gain, &words[10], sizeof initial_gain);
    list[l] = (LayerConfig){
        .kind = cell_kinds[words[0]],
        .hidden_size = (size_t)words[1],
        .bias = words[2] != 0,
        .options = (uint32_t)words[3],
        .projection = (size_t)words[4],
        .delays = (size_t)words[5],
        .clip = (real)clip,
        .forget_bias = (real)forget_bias,
        .bidirectional = words[8] != 0,
        .trainable_state = words[9] != 0,
        .initial_gain = (real)initial_gain,
    };
  }
  return true;
}

// Fills `config` and returns its list of layers, which the caller frees; NULL where a kind or the number of layers is not
// valid.
static LayerConfig *read_config(NetworkConfig *config, int tokens, size_t input_size, size_t embedding,
                                const int32_t *layers, size_t layer_count, int output, size_t output_size, int option,
                                int attention, size_t memory_size, size_t summary_size) {
  if (layer_count < 1 || layer_count > NETWORK_MAX_LAYERS) return NULL;
  LayerConfig *list = malloc(layer_count * sizeof *list);
  if (!list) return NULL;
  if (!read_layers(list, layers, layer_count)) {
    free(list);
    return NULL;
  }
  *config = (NetworkConfig){
      .tokens = tokens != 0,
      .input_size = input_size,
      .embedding = embedding,
      .layer_count = layer_count,
      .layers = list,
      .output = (OutputKind)output,
      .output_size = output_size,
      .components = output == OUTPUT_MIXTURE ? (size_t)option : 0,
      .tied = output == OUTPUT_CLASSES && option != 0,
      .attention = (AttentionKind)attention,
      .memory_size = memory_size,
      .summary_size = summary_size,
  };
  return list;
}

// `layers` as read_layers takes them; embedding 0: none; `option` 1 for classes: tied, for a mixture: K; attention an
// AttentionKind, with what network.h says. 0 where memory is short or the description is not valid.
EXPORT Network *lstm_network_create(int tokens, size_t input_size, size_t embedding, const int32_t *layers,
                                    size_t layer_count, int output, size_t output_size, int option, int attention,
                                    size_t memory_size, size_t summary_size, uint32_t seed) {
  NetworkConfig config;
  LayerConfig *list =
      read_config(&config, tokens, input_size, embedding, layers, layer_count, output, output_size, option, attention,
                  memory_size, summary_size);
  if (!list) return NULL;
  config.seed = seed;
  Network *network = network_create(&config);
  free(list);
  return network;
}

// The number of parameters, counted singly, of such a network; -1 where the description is not valid.
EXPORT double lstm_config_values(int tokens, size_t input_size, size_t embedding, const int32_t *layers,
                                 size_t layer_count, int output, size_t output_size, int option, int attention,
                                 size_t memory_size, size_t summary_size) {
  NetworkConfig config;
  uint64_t count = 0;
  LayerConfig *list =
      read_config(&config, tokens, input_size, embedding, layers, layer_count, output, output_size, option, attention,
                  memory_size, summary_size);
  if (!list) return -1;
  const bool is_valid = network_count_values(&count, &config);
  free(list);
  return is_valid ? (double)count : -1;
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
EXPORT bool lstm_network_is_finite(const Network *network) { return are_finite(network->values, network->value_count); }
EXPORT size_t lstm_network_value_count(const Network *network) { return network->value_count; }

// The directions, a cell each: one or two for each layer, from the input up.
EXPORT size_t lstm_network_direction_count(const Network *network) { return network->direction_count; }
// The length of direction d's h, and of its c, 0 where it has none.
EXPORT size_t lstm_network_h_size(const Network *network, size_t d) {
  return cell_h_size(&network->directions[d].config);
}
EXPORT size_t lstm_network_c_size(const Network *network, size_t d) {
  return cell_c_size(network->directions[d].kind, &network->directions[d].config);
}

// What a network is given: reals that a memory of `steps` takes, of which the first (S, M) are its values; the steps that
// follow read it there, and how much of each step the last one read is in (S). The summary (N) is what the initial state is
// made from.
EXPORT double lstm_network_memory_size(const Network *network, size_t steps) {
  return (double)attention_memory_size(&network->attention, steps);
}
EXPORT void lstm_network_use_memory(Network *network, real *memory, size_t steps) {
  network_use_memory(network, memory, steps);
}
EXPORT const real *lstm_network_read_weights(const Network *network) { return network->memory.weights; }
EXPORT real *lstm_network_summary(Network *network) { return network->summary; }

// Puts the state that sequences start from into the state below.
EXPORT void lstm_network_initial_state(Network *network) { network_initial_state(network); }
// The state that a step starts from and leaves: for each direction h, then c where there is one.
EXPORT real *lstm_network_state(Network *network) { return network->state; }
EXPORT size_t lstm_network_state_size(const Network *network) { return network->state_size; }
// Whether all numbers of it are finite.
EXPORT int lstm_network_has_finite_state(const Network *network) {
  return are_finite(network->state, network->state_size);
}

// Where a vector input (D floats) is put before a step, and where the output (V floats) is found.
EXPORT real *lstm_network_input(Network *network) { return network->input; }
EXPORT real *lstm_network_output(Network *network) { return network->output; }

// The gates (G, H) of direction d in the last step.
EXPORT real *lstm_network_gates(Network *network, size_t d) { return network->directions[d].gates; }

// One step; `token` is not read for vector inputs. Fills state and output. Not for bidirectional networks.
EXPORT void lstm_network_step(Network *network, size_t token) {
  network_step(network, token);
  network_output(network, 1);
}

// A whole sequence; see run.h.
EXPORT size_t lstm_network_run_width(const Network *network) { return network_run_width(network); }
EXPORT const real *lstm_network_run(Network *network, real *memory, const int32_t *tokens, size_t steps) {
  return network_run(network, memory, tokens, steps);
}

// 1 where the network now steps with 8-bit weights, 0 where there is not enough memory; see network.h. `scales` may be 0.
EXPORT int lstm_network_quantize(Network *network, const real *scales) { return network_quantize(network, scales); }
// The scale of a row of 8-bit weights with this largest magnitude; see kernels/int8.h.
EXPORT float lstm_int8_scale(float largest) { return int8_scale(largest); }

// The random generator: four words to read and write.
EXPORT uint32_t *lstm_network_random(Network *network) { return network->random.state; }
EXPORT void lstm_network_seed(Network *network, uint32_t seed) { random_seed(&network->random, seed, RANDOM_NETWORK); }

// Of one network or several: see ensemble.h, and sampling.h on how tokens are drawn. `allowed` is 0 where every token is.
EXPORT size_t lstm_network_generate(uint32_t *tokens, Network *const *networks, size_t count, size_t token,
                                    size_t length, double temperature, size_t top_k, double top_p,
                                    const uint8_t *allowed, uint32_t *order) {
  const Sampling sampling = {
      .temperature = temperature, .top_k = top_k, .top_p = top_p, .allowed = allowed, .order = order};
  return ensemble_generate(tokens, &(Ensemble){networks, count}, token, length, &sampling);
}
EXPORT void lstm_network_next(double *scores, Network *const *networks, size_t count, size_t token) {
  ensemble_next(scores, &(Ensemble){networks, count}, token);
}
EXPORT double lstm_network_score(double *scores, Network *const *networks, size_t count, const int32_t *tokens,
                                 size_t length) {
  return ensemble_score(scores, &(Ensemble){networks, count}, tokens, length);
}
