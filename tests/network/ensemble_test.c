// ensemble_test.c: the mean of several networks' probabilities: scored, drawn from, and where one of them is not finite.
#include "network/ensemble.h"

#include "c/check.h"
#include "network/networks.h"

enum { V = 6, M = 3 };
static const NetworkCase cases[M] = {{V, {5, 4}, true, OUTPUT_CLASSES, V, 7},
                                     {V, {3}, false, OUTPUT_CLASSES, V, 8},
                                     {V, {9, 2, 4}, true, OUTPUT_CLASSES, V, 9}};

typedef struct {
  Network *networks[M];
} Several;

static Several make_several(void) {
  Several several;
  for (int m = 0; m < M; m++) several.networks[m] = make_network(&cases[m]);
  return several;
}
static void free_several(const Several *several) {
  for (int m = 0; m < M; m++) network_free(several->networks[m]);
}
static Ensemble ensemble_of(const Several *several) { return (Ensemble){several->networks, M}; }

// Feeds a token and fills p (V) with the mean of what the networks answer alone.
static void mean_of(double *p, const Several *several, size_t token) {
  for (int k = 0; k < V; k++) p[k] = 0;
  for (int m = 0; m < M; m++) {
    double scores[V];
    ensemble_next(scores, &(Ensemble){&several->networks[m], 1}, token);
    for (int k = 0; k < V; k++) p[k] += exp(scores[k]) / M;
  }
}

static void check_states(const Several *a, const Several *b, const char *what) {
  for (int m = 0; m < M; m++) {
    check_same(a->networks[m]->state, b->networks[m]->state, a->networks[m]->state_size * sizeof(real), what);
  }
}

// A head without weights, whose bias is these logits.
static void set_bias(Network *network, const double *logits) {
  for (size_t k = 0; k < network->head.output_size * network->head.input_size; k++) network->head.weight[k] = 0;
  for (int k = 0; k < V; k++) network->head.bias[k] = (real)logits[k];
}

static void test_scores(void) {
  test_start("ensemble_next and ensemble_score give the mean of the networks' probabilities");
  const Several several = make_several(), scored = make_several(), twins = make_several();
  const Ensemble ensemble = ensemble_of(&several), other = ensemble_of(&scored);
  enum { COUNT = 40 };
  const int32_t *tokens = test_tokens(COUNT, V);
  double *all = test_block((COUNT - 1) * sizeof *all), expected = 0;
  const double loss = ensemble_score(all, &other, tokens, COUNT);
  for (int n = 0; n + 1 < COUNT; n++) {
    double p[V], scores[V];
    mean_of(p, &twins, (size_t)tokens[n]);
    ensemble_next(scores, &ensemble, (size_t)tokens[n]);
    for (int k = 0; k < V; k++) {
      check_near(scores[k], log(p[k]), 1e-14, "step %d, log p[%d]", n, k);
      check_near((double)several.networks[0]->output[k], p[k], 2 * REAL_EPSILON, "step %d, p[%d]", n, k);
    }
    check_near(all[n], scores[tokens[n + 1]], 0, "score %d", n);
    expected -= all[n];
  }
  check_near(loss, expected, 0, "loss");
  check_near(ensemble_score(all, &other, tokens, 1), 0, 0, "loss of one token");
  check_states(&several, &twins, "state");
  free_several(&several);
  free_several(&scored);
  free_several(&twins);
  test_end();
}

static void test_extremes(void) {
  test_start("where one network is sure of what the other excludes, the mean is right to the last digit");
  const double sure[V] = {0, -2000, -1000, 0, -60, 3e38}, others[V] = {-1000, -1000, -1000, -1, -60, -3e38};
  // log p of the other network, whose largest logit is -1.
  const double other_log_p[V] = {-999, -999, -999, 0, -59, -3e38 + 1};
  Network *const two[] = {make_network(&cases[0]), make_network(&cases[2])};
  set_bias(two[0], sure);
  set_bias(two[1], others);
  double scores[V];
  ensemble_next(scores, &(Ensemble){two, 2}, 1);
  for (int k = 0; k < V; k++) {
    const double a = sure[k] - 3e38, b = other_log_p[k], largest = fmax(a, b);
    const double expected = largest + log((exp(a - largest) + exp(b - largest)) / 2);
    check_near(scores[k], expected, 1e-6 + 1e-7 * fabs(expected), "log p[%d]", k);
  }
  network_free(two[0]);
  network_free(two[1]);
  test_end();
}

static void test_generate(double temperature, size_t top_k, double top_p) {
  test_start("ensemble_generate steps all and samples from the mean, at temperature %g, top-k %zu, top-p %g", temperature, top_k, top_p);
  const Several several = make_several(), twins = make_several(), parts = make_several();
  const Ensemble ensemble = ensemble_of(&several), halves = ensemble_of(&parts);
  enum { LENGTH = 60 };
  uint32_t order[V], tokens[LENGTH], again[LENGTH];
  const Sampling sampling = {.temperature = temperature, .top_k = top_k, .top_p = top_p, .order = order};
  check_near((double)ensemble_generate(tokens, &ensemble, 2, LENGTH, &sampling), LENGTH, 0, "drawn");

  // What is sampled from has the logarithms of the mean as its logits.
  Network *sampled = make_network(&cases[0]);
  size_t token = 2;
  for (int n = 0; n < LENGTH; n++) {
    double p[V];
    mean_of(p, &twins, token);
    for (int k = 0; k < V; k++) sampled->logits[k] = (real)log(p[k]);
    token = network_sample(sampled, &sampling);
    check_near(tokens[n], (double)token, 0, "token %d", n);
  }
  check_states(&several, &twins, "state");
  check_same(&several.networks[0]->random, &sampled->random, sizeof sampled->random, "the first one's generator");
  check_same(&several.networks[1]->random, &twins.networks[1]->random, sizeof sampled->random, "the second one's");

  ensemble_generate(again, &halves, 2, 20, &sampling);
  ensemble_generate(again + 20, &halves, again[19], LENGTH - 20, &sampling);
  check_same(again, tokens, sizeof tokens, "tokens in two parts");
  network_free(sampled);
  free_several(&several);
  free_several(&twins);
  free_several(&parts);
  test_end();
}

static void test_not_finite(void) {
  test_start("where a logit of one network is not finite nothing is drawn, and every log p is NaN");
  const double values[] = {NAN, INFINITY, -INFINITY};
  for (int at = 0; at < M; at += 2) {
    for (int i = 0; i < 3; i++) {
      const Several several = make_several();
      const Ensemble ensemble = ensemble_of(&several);
      const double logits[V] = {1, -2, values[i], 3, 0, -1};
      double scores[V];
      set_bias(several.networks[at], logits);
      uint32_t tokens[3], order[V];
      const Sampling sampling = {.temperature = 1, .top_k = V, .top_p = 1, .order = order};
      check_near((double)ensemble_generate(tokens, &ensemble, 1, 3, &sampling), 0, 0, "drawn");
      ensemble_next(scores, &ensemble, 1);
      for (int k = 0; k < V; k++) CHECK(isnan(scores[k]));
      CHECK(isnan(ensemble_score(scores, &ensemble, (int32_t[]){1, 3, 0}, 3)));
      CHECK(isnan(scores[0]) && isnan(scores[1]));
      free_several(&several);
    }
  }
  test_end();
}

static void test_most(void) {
  test_start("ENSEMBLE_MAX networks that are alike answer as one");
  const Several one = make_several();
  Network *networks[ENSEMBLE_MAX];
  for (int m = 0; m < ENSEMBLE_MAX; m++) networks[m] = make_network(&cases[0]);
  double scores[V], expected[V];
  ensemble_next(scores, &(Ensemble){networks, ENSEMBLE_MAX}, 3);
  ensemble_next(expected, &(Ensemble){one.networks, 1}, 3);
  for (int k = 0; k < V; k++) check_near(scores[k], expected[k], 0, "log p[%d]", k);
  for (int m = 0; m < ENSEMBLE_MAX; m++) network_free(networks[m]);
  free_several(&one);
  test_end();
}

int main(void) {
  test_scores();
  test_extremes();
  test_generate(0, V, 1);
  test_generate(1, V, 1);
  test_generate(0.7, 3, 1);
  test_generate(1.5, V, 0.6);
  test_not_finite();
  test_most();
  return test_exit();
}
