// sampling_test.c: probabilities, draws, generation and scores.
#include "c/check.h"
#include "network/network.h"
#include "network/networks.h"

static const NetworkCase classes = {6, {5, 4}, true, OUTPUT_CLASSES, 6, 7};
enum { V = 6 };

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
    network_output(network, (real)temperatures[i]);
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

// Pearson's sum of (observed - expected)^2 / expected has V - 1 = 5 degrees of freedom; above 25.7 it lies once in 10000.
// The seed is fixed: the test gives the same every time.
static void test_distribution(double temperature) {
  test_start("network_sample draws from softmax(logits / %g)", temperature);
  Network *network = make_network(&classes);
  const double logits[V] = {1, -2, 0.5, 3, 0, -1};
  set_logits(network, logits);
  enum { DRAWS = 100000 };
  double p[V], chi_square = 0;
  int seen[V] = {0};
  softmax_of(p, logits, temperature);
  for (int n = 0; n < DRAWS; n++) {
    const size_t token = network_sample(network, (real)temperature);
    if (CHECK(token < V)) seen[token]++;
  }
  for (int k = 0; k < V; k++) chi_square += (seen[k] - DRAWS * p[k]) * (seen[k] - DRAWS * p[k]) / (DRAWS * p[k]);
  check(chi_square < 25.7, "expected chi-square below 25.7, got %g", chi_square);
  check(chi_square > 0.2, "expected some chance (chi-square above 0.2), got %g", chi_square);
  network_free(network);
  test_end();
}

static void test_greedy(void) {
  test_start("temperature 0 takes the most probable, and draws nothing from the generator");
  Network *network = make_network(&classes);
  for (int best = 0; best < V; best++) {
    for (int k = 0; k < V; k++) network->logits[k] = (real)(k == best ? 0.25 : -0.25 * k);
    const Random before = network->random;
    check_near(network_sample(network, 0), best, 0, "token");
    check_same(&network->random, &before, sizeof before, "generator");
    // So near to 0 that the others have no chance; and so near that 1 / temperature is infinite.
    check_near(network_sample(network, (real)1e-6), best, 0, "token at temperature 1e-6");
    check_near(network_sample(network, (real)1e-39), best, 0, "token at temperature 1e-39");
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
  const size_t token = network_sample(network, 1);
  check(token == 4, "expected token 4, the last that is possible and the most probable, got %zu", token);
  network_free(network);
  test_end();
}

static void test_generate(double temperature) {
  test_start("network_generate is stepping and sampling, at temperature %g", temperature);
  Network *network = make_network(&classes), *twin = make_network(&classes);
  enum { LENGTH = 50 };
  uint32_t *tokens = test_block(LENGTH * sizeof *tokens);
  network_generate(tokens, network, 2, LENGTH, (real)temperature);
  size_t token = 2;
  for (int n = 0; n < LENGTH; n++) {
    network_step(twin, token);
    token = network_sample(twin, (real)temperature);
    check_near(tokens[n], (double)token, 0, "token %d", n);
  }
  check_same(network->state, twin->state, twin->state_size * sizeof(real), "state");
  check_same(&network->random, &twin->random, sizeof twin->random, "generator");

  // In two parts: the last token of the first starts the second.
  Network *parts = make_network(&classes);
  uint32_t *again = test_block(LENGTH * sizeof *again);
  network_generate(again, parts, 2, 20, (real)temperature);
  network_generate(again + 20, parts, again[19], LENGTH - 20, (real)temperature);
  check_same(again, tokens, LENGTH * sizeof *tokens, "tokens in two parts");
  network_generate(again, parts, 0, 0, (real)temperature);
  network_free(network);
  network_free(twin);
  network_free(parts);
  test_end();
}

static void test_score(void) {
  test_start("network_score is the sum of -log p of each next token");
  Network *network = make_network(&classes), *twin = make_network(&classes);
  enum { COUNT = 40 };
  const int32_t *tokens = test_tokens(COUNT, V);
  const double score = network_score(network, tokens, COUNT);
  double expected = 0;
  for (int n = 0; n + 1 < COUNT; n++) {
    network_step(twin, (size_t)tokens[n]);
    network_output(twin, 1);
    expected -= log((double)twin->output[tokens[n + 1]]);
  }
  check_near(score, expected, COUNT * 8 * REAL_EPSILON, "score");
  check_same(network->state, twin->state, twin->state_size * sizeof(real), "state");
  check_near(network_score(network, tokens, 1), 0, 0, "score of one token");
  check_near(network_score(network, tokens, 0), 0, 0, "score of none");
  check_same(network->state, twin->state, twin->state_size * sizeof(real), "state behind no step");
  network_free(network);
  network_free(twin);
  test_end();
}

int main(void) {
  test_output();
  test_distribution(1);
  test_distribution(0.7);
  test_distribution(10);
  test_greedy();
  test_largest_draw();
  test_generate(0);
  test_generate(1);
  test_score();
  return test_exit();
}
