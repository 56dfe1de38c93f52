// description.c: the cells of a described network, one by one, and whether the description is valid.
#include "network/description.h"

static size_t h_size(const LayerConfig *layer) { return layer->projection ? layer->projection : layer->hidden_size; }

static size_t output_size(const LayerConfig *layer) { return h_size(layer) * (layer->bidirectional ? 2 : 1); }

Walk walk_start(const NetworkConfig *config) {
  return (Walk){.layer = config->layers, .input_size = config->embedding ? config->embedding : config->input_size};
}

bool walk_ended(const Walk *walk, const NetworkConfig *config) { return walk->index == config->layer_count; }

void walk_on(Walk *walk) {
  if (walk->layer->bidirectional && !walk->reverse) {
    walk->reverse = true;
    return;
  }
  walk->input_size = output_size(walk->layer);
  walk->reverse = false;
  walk->index++;
  walk->layer++;
}

CellConfig walk_cell(const Walk *walk, const NetworkConfig *config) {
  const LayerConfig *layer = walk->layer;
  return (CellConfig){
      .input_size = walk->input_size,
      .hidden_size = layer->hidden_size,
      .tokens = walk->index == 0 && config->tokens && !config->embedding,
      .bias = layer->bias,
      .options = layer->options,
      .projection = layer->projection,
      .delays = layer->delays,
      .clip = layer->clip,
      .forget_bias = layer->forget_bias,
      .initial_gain = layer->initial_gain,
  };
}

// At most one of `options` is asked for.
static bool at_most_one(uint32_t asked, uint32_t options) {
  const uint32_t both = asked & options;
  return (both & (both - 1)) == 0;
}

static bool is_valid_layer(const LayerConfig *layer) {
  const CellKind *kind = layer->kind;
  if (layer->hidden_size < 1 || layer->hidden_size > NETWORK_MAX_HIDDEN) return false;
  if (layer->options & ~kind->options) return false;
  if (!at_most_one(layer->options, CELL_PEEPHOLE_DIAGONAL | CELL_PEEPHOLE_FULL)) return false;
  if (!at_most_one(layer->options, CELL_LAYER_NORMS)) return false;
  if (!at_most_one(layer->options, CELL_COUPLED | CELL_NO_INPUT_GATE)) return false;
  if (!at_most_one(layer->options, CELL_COUPLED | CELL_NO_FORGET_GATE)) return false;
  if (layer->projection > (kind->takes_projection ? NETWORK_MAX_HIDDEN : 0)) return false;
  if (kind->takes_delays ? layer->delays < 2 || layer->delays > NETWORK_MAX_DELAYS : layer->delays != 0) return false;
  if (!(layer->clip >= 0 && layer->clip < INFINITY)) return false;
  if (!kind->takes_clip && layer->clip != 0) return false;
  if (!(layer->initial_gain >= 0 && layer->initial_gain < INFINITY)) return false;
  if (!(layer->options & CELL_LAYER_NORMS) && layer->initial_gain != 0) return false;
  return isfinite(layer->forget_bias) && (kind->takes_forget_bias || layer->forget_bias == 0);
}

// V of what is no mixture, K (1 + 2 n) of one.
static size_t head_size(const NetworkConfig *config) {
  if (config->output == OUTPUT_HIDDEN) return output_size(&config->layers[config->layer_count - 1]);
  const size_t n = config->output_size;
  return config->output == OUTPUT_MIXTURE ? config->components * (1 + 2 * n) : n;
}

static bool can_tie(const NetworkConfig *config) {
  return config->output == OUTPUT_CLASSES && config->output_size == config->input_size && config->embedding > 0 &&
         config->embedding == output_size(&config->layers[config->layer_count - 1]);
}

static bool can_read_memory(const NetworkConfig *config) {
  if ((unsigned)config->attention >= ATTENTION_KINDS) return false;
  const size_t least = config->attention == ATTENTION_NONE ? 0 : 1, most = least * NETWORK_MAX_INPUT;
  if (config->memory_size < least || config->memory_size > most) return false;
  return config->summary_size <= NETWORK_MAX_INPUT;
}

// The summary gives what would be trained.
static bool starts_twice(const NetworkConfig *config, const LayerConfig *layer) {
  return config->summary_size > 0 && layer->trainable_state;
}

static bool is_valid_output(const NetworkConfig *config) {
  const bool is_mixture = config->output == OUTPUT_MIXTURE;
  if ((unsigned)config->output >= OUTPUT_KINDS || (config->components > 0) != is_mixture) return false;
  if (config->output == OUTPUT_HIDDEN) return true;
  if (config->output_size < 1 || config->output_size > NETWORK_MAX_INPUT) return false;
  return !is_mixture || (config->components <= NETWORK_MAX_COMPONENTS && head_size(config) <= NETWORK_MAX_INPUT);
}

bool config_is_valid(const NetworkConfig *config) {
  if (config->input_size < 1 || config->input_size > NETWORK_MAX_INPUT) return false;
  if (config->embedding > (config->tokens ? NETWORK_MAX_INPUT : 0)) return false;
  if (config->layer_count < 1 || config->layer_count > NETWORK_MAX_LAYERS) return false;
  for (size_t l = 0; l < config->layer_count; l++) {
    if (!is_valid_layer(&config->layers[l]) || starts_twice(config, &config->layers[l])) return false;
  }
  if (!can_read_memory(config)) return false;
  if (config->tied && !can_tie(config)) return false;
  return is_valid_output(config);
}

Attention config_attention(const NetworkConfig *config) {
  return (Attention){
      .kind = config->attention,
      .memory_size = config->memory_size,
      .size = output_size(&config->layers[config->layer_count - 1]),
  };
}

Head config_head(const NetworkConfig *config) {
  const size_t V = head_size(config);
  return (Head){
      .kind = config->output,
      .input_size = output_size(&config->layers[config->layer_count - 1]),
      .output_size = V,
      .components = config->components,
      .target_size = config->output == OUTPUT_MIXTURE ? config->output_size : V,
  };
}
