// sampling_test.c: probabilities, draws, generation and scores.
#include "c/check.h"
#include "kernels/activation.h"
#include "network/ensemble.h"
#include "network/networks.h"

static const NetworkCase classes = {6, {5, 4}, true, OUTPUT_CLASSES, 6, 7};
enum { V = 6 };

#define ONLY(network) (&(Ensemble){.networks = (Network *const[]){network}, .count = 1})

static Sampling all(double temperature) {
  return (Sampling){.temperature = temperature, .top_k = V, .top_p = 1};
}

static size_t sample_all(Network *network, double temperature) {
  const Sampling sampling = all(temperature);
  return network_sample(network, &sampling);
}

static void set_logits(Network *network, const double *logits) {
  for (int k = 0; k < V; k++) network->logits[k] = (real)logits[k];
}

static void softmax_of(double *p, const double *logits, double temperature) {
  double sum = 0;
  for (int k = 0; k < V; k++) sum += p[k] = exp(logits[k] / temperature);
  for (int k = 0; k < V; k++) p[k] /= sum;
}

static void test_output(void) {
  test_start("network_output: softmax(logits / temperature) for classes, else a copy");
  Network *network = make_network(&classes);
  const double logits[V] = {1, -2, 0.5, 3, 0, -1}, temperatures[] = {1, 0.5, 4};
  set_logits(network, logits);
  for (int i = 0; i < 3; i++) {
    double p[V];
    softmax_of(p, logits, temperatures[i]);
    network_output(network, temperatures[i]);
    for (int k = 0; k < V; k++) {
      check_near(network->output[k], p[k], 10 * REAL_EPSILON, "temperature %g, p[%d]", temperatures[i], k);
      check_near(network->logits[k], logits[k], 0, "logits[%d]", k);
    }
  }
  network_free(network);
  const NetworkCase others[] = {{-2, {3}, true, OUTPUT_VALUES, 4, 1}, {-2, {3}, true, OUTPUT_HIDDEN, 0, 1}};
  for (int i = 0; i < 2; i++) {
    network = make_network(&others[i]);
    network_step(network, 0);
    network_output(network, 1);
    check_same(network->output, network->logits, network->head.output_size * sizeof(real), "output");
    network_free(network);
  }
  test_end();
}

// Pearson's sum of (observed - expected)^2 / expected over the tokens that can be drawn has one degree of freedom less
// than there are of them; above limits[that] it lies once in 10000. The seed is fixed: a test gives the same every time.
static void check_draws(Network *network, const Sampling *sampling, const double *p) {
  const double limits[V] = {0, 15.1, 18.4, 21.1, 23.5, 25.7};
  enum { DRAWS = 100000 };
  double chi_square = 0;
  int seen[V] = {0}, possible = 0;
  for (int n = 0; n < DRAWS; n++) {
    const size_t token = network_sample(network, sampling);
    if (CHECK(token < V)) seen[token]++;
  }
  for (int k = 0; k < V; k++) {
    if (p[k] > 0) {
      chi_square += (seen[k] - DRAWS * p[k]) * (seen[k] - DRAWS * p[k]) / (DRAWS * p[k]);
      possible++;
    } else {
      check(seen[k] == 0, "expected token %d never, got it %d times", k, seen[k]);
    }
  }
  if (possible == 1) return;
  check(chi_square < limits[possible - 1], "expected chi-square below %g, got %g", limits[possible - 1], chi_square);
  check(chi_square > 0, "expected some chance, got chi-square 0");
}

static void test_distribution(double temperature) {
  test_start("network_sample draws from softmax(logits / %g)", temperature);
  Network *network = make_network(&classes);
  const double logits[V] = {1, -2, 0.5, 3, 0, -1};
  double p[V];
  set_logits(network, logits);
  softmax_of(p, logits, temperature);
  const Sampling sampling = all(temperature);
  check_draws(network, &sampling, p);
  network_free(network);
  test_end();
}

// What top-k and top-p leave of p, by sorting.
static void keep_ranked(double *p, const double *logits, const uint8_t *allowed, size_t top_k, double top_p) {
  bool taken[V];
  double kept[V] = {0}, total = 0, mass = 0;
  size_t order[V], n = 0;
  for (int k = 0; k < V; k++) taken[k] = allowed && !allowed[k];
  for (;;) {
    int best = -1;
    for (int k = 0; k < V; k++) {
      if (!taken[k] && (best < 0 || logits[k] > logits[best])) best = k;
    }
    if (best < 0 || n == top_k) break;
    taken[best] = true;
    order[n++] = (size_t)best;
    total += p[best];
  }
  for (size_t i = 0; i < n && (i == 0 || mass < top_p * total - 1e-9); i++) {
    kept[order[i]] = p[order[i]];
    mass += p[order[i]];
  }
  for (int k = 0; k < V; k++) p[k] = kept[k] / mass;
}

static void test_ranked(void) {
  const double logits[V] = {1, -2, 0.5, 3, 0, -1}, ties[V] = {0, 0, 0, 0, 0, 0};
  const uint8_t even[V] = {1, 0, 1, 0, 1, 0}, one[V] = {0, 0, 0, 0, 0, 1};
  const struct {
    const double *logits;
    double temperature;
    size_t top_k;
    double top_p;
    const uint8_t *allowed;
  } cases[] = {
      {logits, 1, 1, 1, NULL},      {logits, 1, 2, 1, NULL},       {logits, 0.7, 5, 1, NULL},
      {logits, 1, V, 0.5, NULL},    {logits, 1, V, 0.8, NULL},     {logits, 2, V, 0.9, NULL},
      {logits, 1, V, 0.999, NULL},  {logits, 1, V, 1e-300, NULL},  {logits, 1.5, 3, 0.9, NULL},
      {logits, 1, 1000, 0.8, NULL}, {logits, 1, 3, 1 - 1e-16, NULL}, {logits, 1, V, 1, even},
      {logits, 1, 2, 1, even},      {logits, 1, V, 0.7, even},     {logits, 3, 2, 0.6, even},
      {logits, 1, 3, 1, even},      {logits, 1, 1, 0.5, one},      {logits, 1, V, 1, one},
      {ties, 1, 2, 1, NULL},        {ties, 1, V, 0.5, NULL},       {ties, 1, 4, 0.5, NULL},
      {ties, 1, V, 0.51, NULL},     {ties, 1, 2, 1, even},         {ties, 5, V, 0.01, even},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const double top_p = cases[i].top_p;
    const uint8_t *allowed = cases[i].allowed;
    test_start("top-k %zu, top-p %g%s at temperature %g%s", cases[i].top_k, top_p, allowed ? " of some" : "",
               cases[i].temperature, cases[i].logits == ties ? ", all equal" : "");
    Network *network = make_network(&classes);
    set_logits(network, cases[i].logits);
    double p[V], sum = 0;
    for (int k = 0; k < V; k++) {
      p[k] = allowed && !allowed[k] ? 0 : exp(cases[i].logits[k] / cases[i].temperature);
      sum += p[k];
    }
    for (int k = 0; k < V; k++) p[k] /= sum;
    keep_ranked(p, cases[i].logits, allowed, cases[i].top_k, top_p);
    const Sampling sampling = {.temperature = cases[i].temperature, .top_k = cases[i].top_k, .top_p = top_p,
                               .allowed = allowed, .order = test_block(V * sizeof(uint32_t))};
    check_draws(network, &sampling, p);
    network_free(network);
    test_end();
  }
}

// Ranks by a heap, against counting, for many sizes and with equal logits.
static void test_heap(void) {
  test_start("top-k draws the k of highest rank, whatever the order they stand in");
  for (size_t size = 2; size < 40; size++) {
    const NetworkCase k = {1, {1}, true, OUTPUT_CLASSES, size, 1};
    Network *network = make_network(&k);
    uint32_t *order = test_block(size * sizeof *order);
    for (size_t j = 0; j < size; j++) network->logits[j] = (real)(test_random_below(size) / 2) / 8;
    const size_t top_k = 1 + test_random_below(size - 1);
    for (int n = 0; n < 200; n++) {
      const Sampling sampling = {.temperature = 1, .top_k = top_k, .top_p = 1, .order = order};
      const size_t token = network_sample(network, &sampling);
      size_t higher = 0;
      for (size_t j = 0; j < size; j++) {
        const real other = network->logits[j], own = network->logits[token];
        higher += other > own || (other == own && j < token);
      }
      check(higher < top_k, "size %zu: expected a rank below %zu, got %zu", size, top_k, higher);
    }
    network_free(network);
  }
  test_end();
}

static void test_mask(void) {
  test_start("what is not allowed is never drawn, the greediest draw included, and all allowed is as none");
  Network *network = make_network(&classes), *twin = make_network(&classes);
  const double logits[V] = {-60, 200, -50, 300, -70, 100};
  const uint8_t some[V] = {1, 0, 1, 0, 1, 0}, every[V] = {1, 1, 7, 1, 255, 1};
  set_logits(network, logits);
  Sampling sampling = all(0);
  sampling.allowed = some;
  check_near(network_sample(network, &sampling), 2, 0, "greedy");
  const Random largest = {{0, 1, 2, 0xffffffff}}, smallest = {{0, 0, 0, 0}};
  const double temperatures[] = {1, 1e-3, 1e-39, 5e-324, 1e30, 1e39, 1.7e308};
  for (int i = 0; i < 7; i++) {
    sampling.temperature = temperatures[i];
    network->random = largest;
    CHECK(some[network_sample(network, &sampling)]);
    network->random = smallest;
    CHECK(some[network_sample(network, &sampling)]);
  }
  const double others[V] = {1, -2, 0.5, 3, 0, -1};
  set_logits(network, others);
  set_logits(twin, others);
  random_seed(&network->random, 9, RANDOM_NETWORK);
  random_seed(&twin->random, 9, RANDOM_NETWORK);
  sampling.temperature = 1;
  sampling.allowed = every;
  for (int n = 0; n < 1000; n++) {
    check_near(network_sample(network, &sampling), (double)sample_all(twin, 1), 0, "draw %d", n);
  }
  network_free(network);
  network_free(twin);
  test_end();
}

static void test_not_finite(void) {
  test_start("logits that are not finite give a token that is allowed");
  Network *network = make_network(&classes);
  uint32_t *order = test_block(V * sizeof *order);
  const uint8_t some[V] = {0, 1, 0, 1, 1, 0};
  const double values[] = {NAN, INFINITY, -INFINITY, 0};
  for (int n = 0; n < 4096; n++) {
    for (int k = 0; k < V; k++) network->logits[k] = (real)values[(n >> (2 * k)) & 3];
    for (int way = 0; way < 4; way++) {
      const Sampling sampling = {.temperature = way == 3 ? 0 : 1, .top_k = way == 1 ? 2 : V, .top_p = way == 2 ? 0.5 : 1,
                                 .allowed = some, .order = order};
      const size_t token = network_sample(network, &sampling);
      CHECK(token < V && some[token]);
    }
  }
  network_free(network);
  test_end();
}

static void test_greedy(void) {
  test_start("temperature 0 takes the most probable, and draws nothing from the generator");
  Network *network = make_network(&classes);
  for (int best = 0; best < V; best++) {
    for (int k = 0; k < V; k++) network->logits[k] = (real)(k == best ? 0.25 : -0.25 * k);
    const Random before = network->random;
    check_near(sample_all(network, 0), best, 0, "token");
    check_same(&network->random, &before, sizeof before, "generator");
    // So near to 0 that the others have no chance; and so near that 1 / temperature is infinite.
    check_near(sample_all(network, 1e-6), best, 0, "token at temperature 1e-6");
    check_near(sample_all(network, 1e-39), best, 0, "token at temperature 1e-39");
    check_near(sample_all(network, 5e-324), best, 0, "token at the least temperature");
  }
  network_free(network);
  test_end();
}

// A generator whose next draw is the largest: 1 - 2^-24.
static void test_largest_draw(void) {
  test_start("the largest draw gives a token of the alphabet that is not impossible");
  Network *network = make_network(&classes);
  const double logits[V] = {0.1, 0.2, 0.3, 0.4, 0.5, -200};
  set_logits(network, logits);
  network->random = (Random){{0, 1, 2, 0xffffffff}};
  const size_t token = sample_all(network, 1);
  check(token == 4, "expected token 4, the last that is possible and the most probable, got %zu", token);
  network_free(network);
  test_end();
}

// At both ends of what a double holds a temperature does what it tends to; a float of it, or of its inverse, is 0 or
// infinite.
static void test_extreme_temperatures(void) {
  const double logits[V] = {1, -2, 0.5, 3, 3, -1}, cold[] = {1e-39, 1e-46, 5e-324}, hot[] = {1e30, 1e39, 1.7e308};
  const uint8_t some[V] = {1, 0, 1, 1, 1, 1};
  uint32_t order[V];
  for (int i = 0; i < 3; i++) {
    for (int way = 0; way < 3; way++) {
      const uint8_t *allowed = way == 1 ? some : NULL;
      test_start("temperatures %g and %g, way %d", cold[i], hot[i], way);
      Network *network = make_network(&classes);
      set_logits(network, logits);
      Sampling sampling = {.temperature = cold[i], .top_k = V, .top_p = way == 2 ? 0.999999 : 1, .allowed = allowed, .order = order};
      // The two of the largest logit are equal.
      check_draws(network, &sampling, (double[V]){0, 0, 0, 0.5, 0.5, 0});
      network_output(network, cold[i]);
      check_near((double)network->output[3], 0.5, 1e-6, "cold p[3]");
      sampling.temperature = hot[i];
      const double one = allowed ? 0.2 : 1.0 / 6;
      check_draws(network, &sampling, (double[V]){one, allowed ? 0 : one, one, one, one, one});
      network_output(network, hot[i]);
      for (int k = 0; k < V; k++) check_near((double)network->output[k], 1.0 / 6, 1e-6, "hot p[%d]", k);
      network_free(network);
      test_end();
    }
  }
}

// A generator whose next word is `bits`: see random_bits with the first number 0.
static Random next_word(uint32_t bits) { return (Random){{0, 1, 2, (bits >> 7) | (bits << 25)}}; }

static void test_many_tokens(void) {
  test_start("of a million tokens each is drawn where its probability lies, the last too");
  enum { MANY = 1000000 };
  Network *network = make_network(&(NetworkCase){1, {1}, true, OUTPUT_CLASSES, MANY, 1});
  uint32_t *order = test_block(MANY * sizeof *order);
  uint8_t *every = test_block(MANY);
  for (size_t k = 0; k < MANY; k++) network->logits[k] = (real)1.5;
  const Sampling ways[] = {{.temperature = 1, .top_k = MANY, .top_p = 1},
                           {.temperature = 0.7, .top_k = MANY, .top_p = 1, .allowed = every},
                           {.temperature = 1, .top_k = MANY, .top_p = 0.9999999, .order = order},
                           {.temperature = 1, .top_k = MANY - 1, .top_p = 1, .order = order}};
  for (int way = 0; way < 4; way++) {
    for (int i = 0; i <= 8; i++) {
      const uint32_t bits = i == 8 ? 0xffffffffu : (uint32_t)i << 29;
      network->random = next_word(bits);
      const double expected = (double)bits * 0x1p-32 * MANY;
      check_near((double)network_sample(network, &ways[way]), floor(expected), 2, "way %d, draw %d", way, i);
    }
  }
  const LogSum sum = softmax(network->output, network->logits, 1, MANY);
  check_near(sum.largest + sum.rest, 1.5 + log(MANY), 1e-9, "log of the sum");
  network_free(network);
  test_end();
}

static void test_generate(double temperature, size_t top_k) {
  test_start("ensemble_generate is stepping and sampling, at temperature %g, top-k %zu", temperature, top_k);
  Network *network = make_network(&classes), *twin = make_network(&classes);
  enum { LENGTH = 50 };
  const Sampling sampling = {.temperature = temperature, .top_k = top_k, .top_p = 1,
                             .order = test_block(V * sizeof(uint32_t))};
  uint32_t *tokens = test_block(LENGTH * sizeof *tokens);
  check_near((double)ensemble_generate(tokens, ONLY(network), 2, LENGTH, &sampling), LENGTH, 0, "drawn");
  size_t token = 2;
  for (int n = 0; n < LENGTH; n++) {
    network_step(twin, token);
    token = network_sample(twin, &sampling);
    check_near(tokens[n], (double)token, 0, "token %d", n);
  }
  check_same(network->state, twin->state, twin->state_size * sizeof(real), "state");
  check_same(&network->random, &twin->random, sizeof twin->random, "generator");

  // In two parts: the last token of the first starts the second.
  Network *parts = make_network(&classes);
  uint32_t *again = test_block(LENGTH * sizeof *again);
  ensemble_generate(again, ONLY(parts), 2, 20, &sampling);
  ensemble_generate(again + 20, ONLY(parts), again[19], LENGTH - 20, &sampling);
  check_same(again, tokens, LENGTH * sizeof *tokens, "tokens in two parts");
  ensemble_generate(again, ONLY(parts), 0, 0, &sampling);
  network_free(network);
  network_free(twin);
  network_free(parts);
  test_end();
}

static void test_score(void) {
  test_start("ensemble_score gives log p of each next token, and the sum of -log p");
  Network *network = make_network(&classes), *twin = make_network(&classes);
  enum { COUNT = 40 };
  const int32_t *tokens = test_tokens(COUNT, V);
  double *scores = test_block((COUNT - 1) * sizeof *scores);
  const double score = ensemble_score(scores, ONLY(network), tokens, COUNT);
  double expected = 0;
  for (int n = 0; n + 1 < COUNT; n++) {
    network_step(twin, (size_t)tokens[n]);
    network_output(twin, 1);
    check_near(scores[n], log((double)twin->output[tokens[n + 1]]), 8 * REAL_EPSILON, "scores[%d]", n);
    expected -= scores[n];
  }
  check_near(score, expected, 0, "score");
  check_same(network->state, twin->state, twin->state_size * sizeof(real), "state");
  check_near(ensemble_score(scores, ONLY(network), tokens, 1), 0, 0, "score of one token");
  check_near(ensemble_score(scores, ONLY(network), tokens, 0), 0, 0, "score of none");
  check_same(network->state, twin->state, twin->state_size * sizeof(real), "state behind no step");
  network_free(network);
  network_free(twin);
  test_end();
}

// A head without weights, whose bias is these logits.
static void set_bias(Network *network, const double *logits) {
  for (size_t k = 0; k < network->head.output_size * network->head.input_size; k++) network->head.weight[k] = 0;
  for (int k = 0; k < V; k++) network->head.bias[k] = (real)logits[k];
}

static void test_next(void) {
  test_start("ensemble_next and ensemble_score give log p of logits of any size");
  const double logits[][V] = {{1, -2, 0.5, 3, 0, -1}, {1e30, 1e30, -1e30, 0, 1e30, 1e30}, {-3e38, 3e38, 0, 0, 0, 3e38},
                              {-3e38, -3e38, -3e38, -3e38, -3e38, -3e38}, {1e9, 1e9, 0, 1e9, 0, 1e9}};
  for (int i = 0; i < 5; i++) {
    Network *network = make_network(&classes);
    set_bias(network, logits[i]);
    double largest = logits[i][0], sum = 0, scores[V];
    for (int k = 0; k < V; k++) largest = fmax(largest, logits[i][k]);
    for (int k = 0; k < V; k++) sum += exp(logits[i][k] - largest);
    ensemble_next(scores, ONLY(network), 1);
    for (int k = 0; k < V; k++) {
      const double expected = (double)(real)logits[i][k] - (double)(real)largest - log(sum);
      check_near(scores[k], expected, 1e-6 + 1e-15 * fabs(expected), "logits %d, log p[%d]", i, k);
      check_near((double)network->output[k], exp(expected), 1e-6, "logits %d, p[%d]", i, k);
      double score;
      check_near(ensemble_score(&score, ONLY(network), (int32_t[]){1, k}, 2), -scores[k], 0, "loss of %d", k);
      check_near(score, scores[k], 0, "score of %d", k);
    }
    network_free(network);
  }
  test_end();
}

static void test_logits_not_finite(void) {
  test_start("where a logit is not finite nothing is drawn, and every log p is NaN");
  const double values[] = {NAN, INFINITY, -INFINITY};
  for (int at = 0; at < V; at++) {
    for (int i = 0; i < 3; i++) {
      Network *network = make_network(&classes);
      double logits[V] = {1, -2, 0.5, 3, 0, -1}, scores[V];
      logits[at] = values[i];
      set_bias(network, logits);
      uint32_t tokens[3], order[V];
      for (int way = 0; way < 4; way++) {
        const Sampling sampling = {.temperature = way == 3 ? 0 : 1, .top_k = way == 1 ? 2 : V, .top_p = way == 2 ? 0.5 : 1,
                                   .order = order};
        check_near((double)ensemble_generate(tokens, ONLY(network), 1, 3, &sampling), 0, 0, "drawn");
      }
      ensemble_next(scores, ONLY(network), 1);
      for (int k = 0; k < V; k++) CHECK(isnan(scores[k]));
      CHECK(isnan(ensemble_score(scores, ONLY(network), (int32_t[]){1, (at + 1) % V, 0}, 3)));
      CHECK(isnan(scores[0]) && isnan(scores[1]));
      network_free(network);
    }
  }
  test_end();
}

int main(void) {
  test_next();
  test_logits_not_finite();
  test_output();
  test_distribution(1);
  test_distribution(0.7);
  test_distribution(10);
  test_ranked();
  test_heap();
  test_mask();
  test_not_finite();
  test_greedy();
  test_largest_draw();
  test_extreme_temperatures();
  test_many_tokens();
  test_generate(0, V);
  test_generate(1, V);
  test_generate(1, 3);
  test_score();
  return test_exit();
}
