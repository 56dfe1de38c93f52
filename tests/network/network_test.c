// network_test.c: creation, the parameter table, initial values, steps, and which sizes are taken.
#include "network/network.h"

#include "c/check.h"
#include "network/networks.h"

typedef struct {
  const char *name;
  size_t rows, columns;
  bool column_major;
} Row;

static void check_table(const NetworkCase *k, const Row *rows, size_t count) {
  test_start("parameter table: %s", describe(k));
  Network *network = make_network(k);
  check_near(network->parameter_count, count, 0, "number of parameters");
  size_t offset = 0;
  for (size_t i = 0; i < count && i < network->parameter_count; i++) {
    const Parameter *row = &network->table[i];
    check(strcmp(row->name, rows[i].name) == 0, "row %zu: expected %s, got %s", i, rows[i].name, row->name);
    check_near(row->rows, rows[i].rows, 0, "rows of %s", row->name);
    check_near(row->columns, rows[i].columns, 0, "columns of %s", row->name);
    check_near(row->column_major, rows[i].column_major, 0, "%s is column-major", row->name);
    check_near(row->offset, offset, 0, "offset of %s", row->name);
    check_near(row->count, rows[i].rows * (rows[i].columns ? rows[i].columns : 1), 0, "count of %s", row->name);
    offset += row->count;
  }
  check_near(network->value_count, offset, 0, "number of values");
  network_free(network);
  test_end();
}

static void test_tables(void) {
  const Row tokens[] = {
      {"weight_ih_l0", 20, 7, true},  {"weight_hh_l0", 20, 5, false}, {"bias_ih_l0", 20, 0, false},
      {"bias_hh_l0", 20, 0, false},   {"weight_ih_l1", 12, 5, false}, {"weight_hh_l1", 12, 3, false},
      {"bias_ih_l1", 12, 0, false},   {"bias_hh_l1", 12, 0, false},   {"head.weight", 9, 3, false},
      {"head.bias", 9, 0, false},
  };
  check_table(&(NetworkCase){7, {5, 3}, true, OUTPUT_CLASSES, 9, 0}, tokens, 10);
  const Row vectors[] = {{"weight_ih_l0", 16, 3, false}, {"weight_hh_l0", 16, 4, false}, {"head.weight", 2, 4, false},
                         {"head.bias", 2, 0, false}};
  check_table(&(NetworkCase){-3, {4}, false, OUTPUT_VALUES, 2, 0}, vectors, 4);
  check_table(&(NetworkCase){-3, {4}, false, OUTPUT_HIDDEN, 0, 0}, vectors, 2);
}

static void test_deep_names(void) {
  test_start("1024 layers: every layer's name carries its number");
  LayerConfig layers[NETWORK_MAX_LAYERS];
  for (int l = 0; l < NETWORK_MAX_LAYERS; l++) {
    layers[l] = (LayerConfig){.kind = &lstm_cell, .hidden_size = 1};
  }
  const NetworkConfig config = {.input_size = 1, .layer_count = NETWORK_MAX_LAYERS, .layers = layers};
  Network *network = network_create(&config);
  CHECK(network != NULL);
  for (size_t i = 0; network && i < network->parameter_count; i++) {
    char name[40];
    snprintf(name, sizeof name, i % 2 ? "weight_hh_l%zu" : "weight_ih_l%zu", i / 2);
    check(strcmp(network->table[i].name, name) == 0, "row %zu: expected %s, got %s", i, name, network->table[i].name);
  }
  network_free(network);
  test_end();
}

static void test_seeds(void) {
  test_start("the same seed gives the same values, another seed others");
  NetworkCase k = {7, {5, 3}, true, OUTPUT_CLASSES, 7, 11};
  Network *first = make_network(&k), *same = make_network(&k);
  k.seed = 12;
  Network *other = make_network(&k);
  check_same(same->values, first->values, first->value_count * sizeof(real), "values");
  check_same(&same->random, &first->random, sizeof first->random, "generator");
  size_t equal = 0;
  for (size_t i = 0; i < first->value_count; i++) equal += first->values[i] == other->values[i];
  // Only the forget biases, which are set: 2 (5 + 3).
  check(equal == 16, "expected 16 values that are equal for two seeds, got %zu", equal);
  network_free(first);
  network_free(same);
  network_free(other);
  test_end();
}

// Every parameter of a layer is drawn from U(-1/sqrt(H), 1/sqrt(H)), the head's from its input's H.
static void test_initial_values(void) {
  test_start("initial values: range, spread, forget bias, state zero");
  const NetworkCase k = {30, {16, 25}, true, OUTPUT_CLASSES, 40, 3};
  Network *network = make_network(&k);
  for (size_t i = 0; i < network->parameter_count; i++) {
    const Parameter *row = &network->table[i];
    const size_t H = strstr(row->name, "l0") ? 16 : 25;
    const double bound = 1 / sqrt((double)H);
    const bool is_bias = strncmp(row->name, "bias_", 5) == 0, is_ih = strncmp(row->name, "bias_ih", 7) == 0;
    double least = 2, most = -2;
    for (size_t v = 0; v < row->count; v++) {
      const double value = network->values[row->offset + v];
      if (is_bias && v / H == 1) {
        check_near(value, is_ih ? 1 : 0, 0, "%s[%zu], of the forget gate", row->name, v);
        continue;
      }
      least = fmin(least, value);
      most = fmax(most, value);
    }
    check(least >= -bound && least < -0.8 * bound, "%s: expected from -%g on, got %g", row->name, bound, least);
    check(most <= bound && most > 0.8 * bound, "%s: expected up to %g, got %g", row->name, bound, most);
  }
  for (size_t i = 0; i < network->state_size; i++) check_near(network->state[i], 0, 0, "state[%zu]", i);
  network_free(network);
  test_end();
}

// What the head of network.h says, in reals; and the structures, and up to ARENA_ALIGNMENT - 1 bytes behind each block.
static void test_memory(const NetworkCase *k) {
  test_start("memory is what network.h says: %s", describe(k));
  Network *network = make_network(k);
  const CellConfig *first = &network->directions[0].config;
  const size_t V = network->head.output_size, D = first->tokens ? 0 : first->input_size;
  size_t reals = network->value_count + D + 2 * V, states = 0;
  for (size_t d = 0; d < network->direction_count; d++) {
    reals += (4 + 2) * network->directions[d].config.hidden_size;
    states += 2 * network->directions[d].config.hidden_size;
  }
  check_near(network->state_size, states, 0, "state_size");
  const size_t structures = sizeof *network + network->direction_count * sizeof(Direction) +
                            network->parameter_count * sizeof(Parameter);
  const size_t least = reals * sizeof(real) + structures, blocks = 8 + network->direction_count;
  check(network->arena.used >= least && network->arena.used < least + blocks * (ARENA_ALIGNMENT + ARENA_RED_ZONE),
        "expected %zu bytes and the padding of %zu blocks, got %zu", least, blocks, (size_t)network->arena.used);
  CHECK(network->arena.used == network->arena.capacity);
  network_free(network);
  test_end();
}

// A step is the layers' steps one behind the other, and y = W h + b.
static void test_step(const NetworkCase *k) {
  test_start("network_step goes through layers and head: %s", describe(k));
  Network *network = make_network(k);
  const size_t layers = network->direction_count, D = network->directions[0].config.input_size;
  fill_random(network->state, network->state_size, 1);
  real *h[4], *c[4], gates[64];
  const real *state = network->state;
  for (size_t d = 0; d < layers; d++, state += network->directions[d - 1].config.hidden_size * 2) {
    h[d] = test_copy(state, network->directions[d].config.hidden_size);
    c[d] = test_copy(state + network->directions[d].config.hidden_size, network->directions[d].config.hidden_size);
  }
  const Head *head = &network->head;
  const Parameter *weight = &network->table[network->parameter_count - 2], *bias = weight + 1;
  for (size_t t = 0; t < 4; t++) {
    const size_t token = t % D;
    if (k->input < 0) fill_random(network->input, D, 1);
    const real *x = network->input;
    for (size_t d = 0; d < layers; d++) {
      Direction *direction = &network->directions[d];
      direction->kind->step(h[d], c[d], gates, direction->parameters, NULL, x, token, &direction->config);
      x = h[d];
    }
    network_step(network, token);
    for (size_t d = 0; d < layers; d++) {
      const size_t bytes = network->directions[d].config.hidden_size * sizeof(real);
      check_same(network->directions[d].h, h[d], bytes, "h");
      check_same(network->directions[d].c, c[d], bytes, "c");
    }
    check_same(network->directions[layers - 1].gates, gates, 4 * head->input_size * sizeof(real), "gates");
    for (size_t v = 0; v < head->output_size; v++) {
      double y = head->kind == OUTPUT_HIDDEN ? x[v] : network->values[bias->offset + v];
      for (size_t j = 0; j < head->input_size && head->kind != OUTPUT_HIDDEN; j++) {
        y += (double)network->values[weight->offset + v * head->input_size + j] * x[j];
      }
      check_near(network->logits[v], y, (double)(head->input_size + 4) * REAL_EPSILON, "step %zu, logits[%zu]", t, v);
    }
    // The state is one flat array: h, then c, layer by layer.
    CHECK(network->directions[0].h == network->state);
    CHECK(network->directions[layers - 1].c + head->input_size == network->state + network->state_size);
  }
  network_free(network);
  test_end();
}

// Creation with one number changed; a created network is freed again.
static bool is_taken(NetworkConfig config, size_t hidden_size) {
  LayerConfig layers[] = {{.kind = &lstm_cell, .hidden_size = hidden_size, .bias = true},
                          {.kind = &lstm_cell, .hidden_size = 2, .bias = true}};
  config.layers = layers;
  Network *network = network_create(&config);
  network_free(network);
  return network != NULL;
}

static void test_sizes(void) {
  test_start("sizes of 0 or above the largest give NULL, the sizes beside them a network");
  const NetworkConfig good = {.input_size = 2, .layer_count = 2, .output = OUTPUT_CLASSES, .output_size = 2};
  const size_t bad_inputs[] = {0, NETWORK_MAX_INPUT + 1, (size_t)1 << 31, SIZE_MAX};
  const size_t bad_hidden[] = {0, NETWORK_MAX_HIDDEN + 1, (size_t)1 << 31, SIZE_MAX};
  CHECK(is_taken(good, 1));
  for (int i = 0; i < 4; i++) {
    NetworkConfig config = good;
    config.input_size = bad_inputs[i];
    check(!is_taken(config, 1), "input size %zu: expected NULL", bad_inputs[i]);
    config = good;
    config.output_size = bad_inputs[i];
    check(!is_taken(config, 1), "output size %zu: expected NULL", bad_inputs[i]);
    config.output = OUTPUT_VALUES;
    check(!is_taken(config, 1), "%zu values: expected NULL", bad_inputs[i]);
    config.output = OUTPUT_HIDDEN;
    check(is_taken(config, 1), "no head: the output size is not read, %zu", bad_inputs[i]);
    check(!is_taken(good, bad_hidden[i]), "hidden size %zu: expected NULL", bad_hidden[i]);
  }
  NetworkConfig config = good;
  config.layer_count = 0;
  CHECK(!is_taken(config, 1));
  config.layer_count = NETWORK_MAX_LAYERS + 1;
  CHECK(!is_taken(config, 1));
  config = good;
  config.input_size = config.output_size = NETWORK_MAX_INPUT;
  config.tokens = true;
  CHECK(is_taken(config, 1));
  network_free(NULL);
  test_end();
}

int main(void) {
  const NetworkCase cases[] = {
      {7, {5, 3}, true, OUTPUT_CLASSES, 7, 1},
      {-3, {4}, false, OUTPUT_VALUES, 2, 2},
      {-6, {8, 1, 13}, true, OUTPUT_HIDDEN, 0, 3},
      {1, {1}, true, OUTPUT_CLASSES, 1, 4},
  };
  test_tables();
  test_deep_names();
  test_seeds();
  test_initial_values();
  for (int k = 0; k < 4; k++) {
    test_memory(&cases[k]);
    test_step(&cases[k]);
  }
  test_sizes();
  return test_exit();
}
