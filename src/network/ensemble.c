// ensemble.c: one network, or several side by side, as what generates and scores.
#include "network/ensemble.h"

#include "kernels/activation.h"
#include "kernels/elementwise.h"

static size_t classes_of(const Ensemble *ensemble) { return ensemble->networks[0]->head.output_size; }

// Feeds `token` to all; false where logits are not finite.
static bool step_all(const Ensemble *ensemble, size_t token) {
  bool is_finite = true;
  for (size_t m = 0; m < ensemble->count; m++) {
    Network *network = ensemble->networks[m];
    network_step(network, token);
    is_finite = are_finite(network->logits, network->head.output_size) && is_finite;
  }
  return is_finite;
}

// Fills each one's own `output` and sums (M).
static void softmax_all(LogSum *sums, const Ensemble *ensemble) {
  for (size_t m = 0; m < ensemble->count; m++) {
    Network *network = ensemble->networks[m];
    sums[m] = softmax(network->output, network->logits, 1, network->head.output_size);
  }
}

// log p(k), from the logits and sums (M).
static double mean_log_p(const Ensemble *ensemble, const LogSum *sums, size_t k) {
  double logs[ENSEMBLE_MAX], largest = 0, total = 0;
  for (size_t m = 0; m < ensemble->count; m++) {
    logs[m] = log_p((double)ensemble->networks[m]->logits[k], sums[m]);
    if (m == 0 || logs[m] > largest) largest = logs[m];
  }
  if (ensemble->count == 1) return largest;
  for (size_t m = 0; m < ensemble->count; m++) total += natural_exp(logs[m] - largest);
  return largest + natural_log(total / (double)ensemble->count);
}

size_t ensemble_generate(uint32_t *tokens, const Ensemble *ensemble, size_t token, size_t length,
                         const Sampling *sampling) {
  Network *first = ensemble->networks[0];
  const size_t V = classes_of(ensemble);
  LogSum sums[ENSEMBLE_MAX];
  for (size_t n = 0; n < length; n++) {
    if (!step_all(ensemble, token)) return n;
    if (ensemble->count > 1) {
      softmax_all(sums, ensemble);
      for (size_t k = 0; k < V; k++) first->logits[k] = (real)mean_log_p(ensemble, sums, k);
    }
    token = network_sample(first, sampling);
    tokens[n] = (uint32_t)token;
  }
  return length;
}

void ensemble_next(double *scores, const Ensemble *ensemble, size_t token) {
  real *p = ensemble->networks[0]->output;
  const size_t V = classes_of(ensemble), M = ensemble->count;
  LogSum sums[ENSEMBLE_MAX];
  const bool is_finite = step_all(ensemble, token);
  softmax_all(sums, ensemble);
  for (size_t k = 0; k < V; k++) {
    scores[k] = is_finite ? mean_log_p(ensemble, sums, k) : (double)NAN;
    double total = 0;
    for (size_t m = 0; m < M; m++) total += (double)ensemble->networks[m]->output[k];
    p[k] = (real)(total / (double)M);
  }
}

double ensemble_score(double *scores, const Ensemble *ensemble, const int32_t *tokens, size_t count) {
  LogSum sums[ENSEMBLE_MAX];
  double loss = 0;
  for (size_t n = 0; n + 1 < count; n++) {
    const bool is_finite = step_all(ensemble, (size_t)tokens[n]);
    softmax_all(sums, ensemble);
    scores[n] = is_finite ? mean_log_p(ensemble, sums, (size_t)tokens[n + 1]) : (double)NAN;
    loss -= scores[n];
  }
  return loss;
}
