// pass.c: a window through all layers of a network, forward and backward.
//
// A bidirectional layer has two directions, a cell each. The reverse direction runs like the other on the input reversed
// in time, each sequence within its own length; its output and the gradients of that are reversed again:
//
//   x --------------> forward -> h -----------+
//   x -> reversed --> reverse -> h reversed --+--> h of both, side by side
#include "training/pass.h"

#include "kernels/elementwise.h"
#include "kernels/sizes.h"
#include "training/given.h"
#include "training/memory.h"

// to[t][b] = from[u][b] or, with `adds`, += , for blocks of n reals: u = t, or what step t is when the sequence is read
// from its end. Reversing twice changes nothing. What lies behind the end of a sequence stays where it is.
static void move_rows(RowsOut to, Rows from, size_t n, const Trainer *trainer, bool reversed, bool adds) {
  const int32_t *lengths = trainer->windows[0].lengths;
  const size_t B = trainer->batch;
  for (size_t t = 0; t < trainer->steps; t++) {
    for (size_t b = 0; b < B; b++) {
      const size_t end = lengths ? (size_t)lengths[b] : trainer->steps;
      const size_t u = reversed && t < end ? end - 1 - t : t;
      real *target = to.first + (t * B + b) * to.stride;
      const real *source = from.first + (u * B + b) * from.stride;
      if (adds) {
        add(target, source, n);
      } else {
        copy(target, source, n);
      }
    }
  }
}

static void reverse_tokens(int32_t *to, const int32_t *from, const Trainer *trainer) {
  const int32_t *lengths = trainer->windows[0].lengths;
  const size_t B = trainer->batch;
  for (size_t t = 0; t < trainer->steps; t++) {
    for (size_t b = 0; b < B; b++) {
      const size_t end = lengths ? (size_t)lengths[b] : trainer->steps;
      to[t * B + b] = from[(t < end ? end - 1 - t : t) * B + b];
    }
  }
}

static const CellPass *pass_of(const Trainer *trainer, const CellWindow *w) {
  return cell_pass(trainer->network->directions[w - trainer->windows].kind);
}

// The h of a cell in the window, (T, B, P).
static real *h_of(const CellWindow *w) { return w->h + w->batch * cell_h_size(&w->config); }

static const real *whole_output_of(const LayerWindow *layer) { return layer->reverse ? layer->h : h_of(layer->forward); }

// The output of a layer, (T, B, size), after dropout.
static const real *output_of(const LayerWindow *layer) { return layer->mask ? layer->dropped : whole_output_of(layer); }

static size_t output_count(const Trainer *trainer, const LayerWindow *layer) {
  return trainer->steps * trainer->batch * layer->size;
}

static void forward_layer(Trainer *trainer, const LayerWindow *layer) {
  CellWindow *forward = layer->forward, *reverse = layer->reverse;
  pass_of(trainer, forward)->forward(forward);
  if (!reverse) return;
  const size_t P = cell_h_size(&forward->config), D = forward->config.input_size;
  if (forward->tokens) {
    reverse_tokens(layer->reversed_tokens, forward->tokens, trainer);
  } else {
    move_rows((RowsOut){layer->reversed_x, D}, (Rows){forward->x, D}, D, trainer, true, false);
  }
  pass_of(trainer, reverse)->forward(reverse);
  move_rows((RowsOut){layer->h, layer->size}, (Rows){h_of(forward), P}, P, trainer, false, false);
  move_rows((RowsOut){layer->h + P, layer->size}, (Rows){h_of(reverse), P}, P, trainer, true, false);
}

// After the backward pass of a direction, for trainer_gradient_flow: the squares of dLoss/dh of each step.
static void record_dh(Trainer *trainer, const CellWindow *w) {
  const size_t d = (size_t)(w - trainer->windows), n = batch_h_count(trainer, d);
  double *squares = trainer->dh_squares + 2 * d * (trainer->window + 1);
  squares[0] = sum_of_squares(w->dh0, n);
  for (size_t t = 0; t < trainer->steps; t++) squares[t + 1] = sum_of_squares(w->dh + t * n, n);
}

// What is computed from the state behind the window goes back with the rest.
static void add_end(const Trainer *trainer, CellWindow *w) {
  const size_t d = (size_t)(w - trainer->windows), n = batch_h_count(trainer, d);
  const BatchState *end = &trainer->ends[d];
  w->dc_end = trainer->has_ends ? end->c : NULL;
  if (trainer->has_ends) add(w->dh + (w->window - 1) * n, end->h, n);
}

static void backward_direction(Trainer *trainer, CellWindow *w) {
  add_end(trainer, w);
  pass_of(trainer, w)->backward(w);
  if (trainer->dh_squares) record_dh(trainer, w);
}

// dh (T, B, size): the gradient of the output of the layer.
static void backward_layer(Trainer *trainer, const LayerWindow *layer, real *dh) {
  CellWindow *forward = layer->forward, *reverse = layer->reverse;
  if (!reverse) {
    backward_direction(trainer, forward);
    return;
  }
  const size_t P = cell_h_size(&forward->config), D = forward->config.input_size;
  move_rows((RowsOut){forward->dh, P}, (Rows){dh, layer->size}, P, trainer, false, false);
  move_rows((RowsOut){reverse->dh, P}, (Rows){dh + P, layer->size}, P, trainer, true, false);
  backward_direction(trainer, forward);
  backward_direction(trainer, reverse);
  if (forward->dx) move_rows((RowsOut){forward->dx, D}, (Rows){reverse->dx, D}, D, trainer, true, true);
}

static size_t row_count(const Trainer *trainer) { return trainer->steps * trainer->batch; }

// What the head is given, (steps, B, its size).
static const real *head_input(const Trainer *trainer) { return given_output(trainer, pass_hidden(trainer)); }

void pass_forward(Trainer *trainer) {
  const Network *network = trainer->network;
  const LayerWindow *layers = trainer->layers;
  const real *x = trainer->input_vectors;
  if (network->embedding.weight) {
    embedding_forward(trainer->embedded, &network->embedding, trainer->input_tokens, row_count(trainer));
    x = trainer->embedded;
  }
  for (size_t l = 0; l < network->layer_count; l++) {
    const LayerWindow *layer = &layers[l];
    layer->forward->x = x;
    forward_layer(trainer, layer);
    if (layer->mask) multiply_to(layer->dropped, whole_output_of(layer), layer->mask, output_count(trainer, layer));
    x = output_of(layer);
  }
  given_read(trainer, x);
}

size_t pass_outputs(Trainer *trainer, size_t first) {
  const Head *head = &trainer->network->head;
  const size_t rows = smaller(trainer->block, row_count(trainer) - first);
  if (first == 0) trainer->head_product = head_pack(head, trainer->head_scratch);
  head_forward(trainer->outputs, head, &trainer->head_product, head_input(trainer) + first * head->input_size,
               trainer->head_scratch, rows);
  return rows;
}

// Of a block of outputs, which are gradients now.
static void backward_outputs(Trainer *trainer, size_t first, size_t rows) {
  const Network *network = trainer->network;
  const Head *head = &network->head;
  real *dweight = NULL, *dbias = NULL;
  if (head->kind != OUTPUT_HIDDEN) {
    dweight = trainer->gradients + (head->weight - network->values);
    dbias = trainer->gradients + (head->bias - network->values);
  }
  const size_t at = first * head->input_size;
  head_backward(dweight, dbias, first == 0 ? MATMUL_SET : MATMUL_ADD, pass_hidden_gradient(trainer) + at, head,
                head_input(trainer) + at, trainer->outputs, trainer->scratch, rows);
}

double pass_loss(Trainer *trainer, bool gradients) {
  const Head *head = &trainer->network->head;
  const Targets targets = {trainer->target_classes, trainer->target_values, trainer->row_weights,
                           trainer->has_class_weights ? trainer->class_weights : NULL};
  const double terms = head_terms(head, &targets, row_count(trainer));
  double sum = 0;
  for (size_t first = 0; first < row_count(trainer); first += trainer->block) {
    const size_t rows = pass_outputs(trainer, first);
    sum += head_loss(trainer->outputs, head, &targets, 1 / terms, trainer->scratch, first, rows);
    if (gradients) backward_outputs(trainer, first, rows);
  }
  return terms > 0 ? sum / terms : 0;
}

void pass_backward(Trainer *trainer) {
  given_read_backward(trainer, pass_hidden_gradient(trainer), pass_hidden(trainer));
  pass_backward_hidden(trainer);
}

const real *pass_hidden(const Trainer *trainer) { return output_of(&trainer->layers[trainer->network->layer_count - 1]); }

real *pass_hidden_gradient(const Trainer *trainer) { return trainer->flow[(trainer->network->layer_count - 1) % 2]; }

void pass_backward_hidden(Trainer *trainer) {
  Network *network = trainer->network;
  const LayerWindow *layers = trainer->layers;
  for (size_t l = network->layer_count; l-- > 0;) {
    real *dh = trainer->flow[l % 2];
    if (layers[l].mask) multiply_to(dh, dh, layers[l].mask, output_count(trainer, &layers[l]));
    backward_layer(trainer, &layers[l], dh);
  }
  const Embedding *embedding = &network->embedding;
  if (!embedding->weight) return;
  // Tied, the gradient of the head's weight stands there.
  real *dembedding = trainer->gradients + (embedding->weight - network->values);
  if (embedding->weight != network->head.weight) fill_zero(dembedding, embedding->count * embedding->size);
  embedding_backward(dembedding, embedding, trainer->input_tokens, trainer->windows[0].dx, row_count(trainer));
}
