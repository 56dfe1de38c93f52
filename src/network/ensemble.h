// ensemble.h: one network, or several side by side, as what generates and scores. For networks with classes.
#ifndef LSTM_NETWORK_ENSEMBLE_H
#define LSTM_NETWORK_ENSEMBLE_H

#include "network/sampling.h"

// Networks of as many classes that read the same tokens. What is drawn and scored is the mean of their probabilities
// (Hansen and Salamon 1990, "Neural network ensembles"):
//
//   p(k) = (p_1(k) + ... + p_M(k)) / M      log p(k) = l + log(sum exp(log p_m(k) - l) / M), l the largest log p_m(k)
//
// One network alone gives its own, bit for bit. The first one's generator draws, and its logits and output become those of
// the mean: log p and p.
typedef struct {
  Network *const *networks;  // (M)
  size_t count;              // M, 1 to ENSEMBLE_MAX
} Ensemble;

enum { ENSEMBLE_MAX = 64 };

// Feeds `token`, samples, feeds what was sampled, ...: writes `length` tokens and leaves the states behind the last but
// one fed, so that feeding tokens[length - 1] continues. Returns how many were drawn: where logits are not
// finite it stops.
size_t ensemble_generate(uint32_t *tokens, const Ensemble *ensemble, size_t token, size_t length,
                         const Sampling *sampling);

// Feeds `token`, fills `output`, and writes log p, in nats, of each token that may come next to scores (V): NaN where
// logits are not finite.
void ensemble_next(double *scores, const Ensemble *ensemble, size_t token);

// Feeds tokens[0 .. count - 2], writes log p(tokens[t + 1]) in nats to scores[t], NaN where logits are not finite, and
// returns the sum of -scores; the states are carried.
double ensemble_score(double *scores, const Ensemble *ensemble, const int32_t *tokens, size_t count);

#endif
