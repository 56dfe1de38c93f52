// description.h: the cells of a described network, one by one, and whether the description is valid.
#ifndef LSTM_NETWORK_DESCRIPTION_H
#define LSTM_NETWORK_DESCRIPTION_H

#include "network/network.h"

// A walk over the cells of a description: the layers from the input up, each with its one or two directions.
typedef struct {
  const LayerConfig *layer;
  size_t index;       // of the layer in the stack, from 0
  bool reverse;
  size_t input_size;  // D of this cell
} Walk;

Walk walk_start(const NetworkConfig *config);
bool walk_ended(const Walk *walk, const NetworkConfig *config);
void walk_on(Walk *walk);

// The configuration of the cell.
CellConfig walk_cell(const Walk *walk, const NetworkConfig *config);

// The head, without its parameters.
Head config_head(const NetworkConfig *config);

// The attention, likewise.
Attention config_attention(const NetworkConfig *config);

// Every size is in its range and every option one that the kind takes.
bool config_is_valid(const NetworkConfig *config);

#endif
