// sampling.h: from logits to probabilities and tokens. For networks with classes.
#ifndef LSTM_NETWORK_SAMPLING_H
#define LSTM_NETWORK_SAMPLING_H

#include "network/network.h"

// How a token is drawn: from softmax(logits / temperature) over the allowed tokens, of these from the top_k of highest
// rank, of these from the fewest of highest rank whose probabilities, now summing to 1, reach top_p (nucleus sampling,
// Holtzman et al. 2020). Of equal logits the smaller token ranks higher. What is left is drawn by its probabilities.
typedef struct {
  double temperature;      // 0: the allowed one of highest rank
  size_t top_k;            // at least 1; V or more: all
  double top_p;            // above 0; 1: all
  const uint8_t *allowed;  // (V), 0 for what may not be drawn, at least one is not 0; NULL: all
  uint32_t *order;         // (V), scratch
} Sampling;

// Fills `output` from `logits`: the softmax of logits / temperature for classes, else a copy. temperature > 0.
void network_output(Network *network, double temperature);

// Draws a token. One number is taken from the generator, none where temperature is 0.
size_t network_sample(Network *network, const Sampling *sampling);

#endif
