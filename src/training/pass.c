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

// Whether the gradient of the state before the window is asked for, or of a parameter that it was made from.
static bool wants_start(const Trainer *trainer, const CellWindow *w) {
  const Direction *direction = &trainer->network->directions[w - trainer->windows];
  return trainer->wants_all || direction->h0 || direction->c0 || direction->bridge[0];
}

static void backward_direction(Trainer *trainer, CellWindow *w) {
  add_end(trainer, w);
  w->skips_dh0 = !wants_start(trainer, w);
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

static Targets targets_of(const Trainer *trainer) {
  return (Targets){trainer->target_classes, trainer->target_values, trainer->row_weights,
                   trainer->has_class_weights ? trainer->class_weights : NULL};
}

// Of each leaf.
typedef struct {
  double losses[LEAVES_MOST], terms[LEAVES_MOST];
} LeafTotals;

// An output, which becomes its gradient, and its row among all of them.
static void add_loss(LeafTotals *totals, Trainer *trainer, const Targets *targets, real *output, size_t row) {
  const Head *head = &trainer->network->head;
  const size_t leaf = leaf_of(&trainer->leaves, row % trainer->batch);
  totals->losses[leaf] += head_loss(output, head, targets, trainer->scale, trainer->scratch, row, 1);
  totals->terms[leaf] += head_terms(head, targets, row, 1);
}

// Where the gradients of the head's parameters are summed, or NULL.
static real *head_gradient(const Trainer *trainer, const real *parameter) {
  return trainer->network->head.kind == OUTPUT_HIDDEN ? NULL : trainer->gradients + (parameter - trainer->network->values);
}

// All outputs lie in memory, and are gradients by now.
static void backward_outputs(Trainer *trainer) {
  const Head *head = &trainer->network->head;
  head_backward(head_gradient(trainer, head->weight), head_gradient(trainer, head->bias), pass_hidden_gradient(trainer), head,
                head_input(trainer), trainer->outputs, trainer->scratch, &trainer->leaves, trainer->steps);
}

// Rows of the head's input, or back of its gradient: `rows` rows of a leaf, from number `first` of them on.
static void move_leaf(Trainer *trainer, size_t leaf, size_t first, size_t rows, bool back) {
  const size_t H = trainer->network->head.input_size, start = trainer->leaves.starts[leaf];
  const size_t size = trainer->leaves.starts[leaf + 1] - start;
  const real *h = head_input(trainer);
  for (size_t i = 0; i < rows; i++) {
    const size_t row = (first + i) / size * trainer->batch + start + (first + i) % size;
    if (back) {
      copy(pass_hidden_gradient(trainer) + row * H, trainer->head_block.dh + i * H, H);
    } else {
      copy(trainer->head_block.h + i * H, h + row * H, H);
    }
  }
}

// A leaf, in blocks of outputs: its losses and gradients, of which dweight (V, H) is the sum.
static void leaf_outputs(RowsOut dweight, LeafTotals *totals, Trainer *trainer, const Targets *targets, size_t leaf) {
  const Head *head = &trainer->network->head;
  const HeadBlock *block = &trainer->head_block;
  const size_t V = head->output_size, start = trainer->leaves.starts[leaf];
  const size_t size = trainer->leaves.starts[leaf + 1] - start, count = trainer->steps * size;
  for (size_t first = 0; first < count; first += trainer->block) {
    const size_t rows = smaller(trainer->block, count - first);
    move_leaf(trainer, leaf, first, rows, false);
    head_forward(trainer->outputs, head, &trainer->head_product, block->h, trainer->head_scratch, rows);
    for (size_t i = 0; i < rows; i++) {
      const size_t row = (first + i) / size * trainer->batch + start + (first + i) % size;
      add_loss(totals, trainer, targets, trainer->outputs + i * V, row);
    }
    head_backward_block(dweight, block->dbias + leaf * V, first == 0 ? MATMUL_SET : MATMUL_ADD, block->dh, head, block->h,
                        trainer->outputs, trainer->scratch, rows);
    move_leaf(trainer, leaf, first, rows, true);
  }
}

// More outputs than lie in memory at once: leaf by leaf.
static void loss_in_blocks(LeafTotals *totals, Trainer *trainer, const Targets *targets) {
  const Leaves *leaves = &trainer->leaves;
  const Head *head = &trainer->network->head;
  const size_t V = head->output_size, H = head->input_size;
  trainer->head_product = head_pack(head, trainer->head_scratch);
  for (size_t k = 0; k < leaves->node_count; k++) {
    const RowsOut dweight = {head_gradient(trainer, head->weight) + k * leaves->node_stride, H};
    LeafStack stack = leaf_stack(leaves, dweight, V, H);
    for (size_t leaf = leaves->nodes[k]; leaf < leaves->nodes[k + 1]; leaf++) {
      leaf_outputs(leaf_stack_push(&stack), totals, trainer, targets, leaf);
      leaf_stack_close(&stack, leaf - leaves->nodes[k]);
    }
  }
  leaves_sum_up(head_gradient(trainer, head->bias), leaves, trainer->head_block.dbias, V);
}

void pass_loss(Trainer *trainer, bool gradients) {
  const size_t V = trainer->network->head.output_size, all = row_count(trainer);
  const Targets targets = targets_of(trainer);
  LeafTotals totals = {{0}, {0}};
  if (gradients && trainer->block < trainer->window * trainer->batch) {
    loss_in_blocks(&totals, trainer, &targets);
  } else {
    for (size_t first = 0; first < all; first += trainer->block) {
      const size_t rows = pass_outputs(trainer, first);
      for (size_t i = 0; i < rows; i++) add_loss(&totals, trainer, &targets, trainer->outputs + i * V, first + i);
    }
    if (gradients) backward_outputs(trainer);
  }
  const Leaves *leaves = &trainer->leaves;
  double loss = 0, terms = 0;
  for (size_t k = 0; k < leaves->node_count; k++) {
    const Totals sums = {leaves_sum_up_doubles(leaves, k, totals.losses), leaves_sum_up_doubles(leaves, k, totals.terms)};
    *node_totals(trainer, k) = sums;
    loss += sums.loss;
    terms += sums.terms;
  }
  trainer->loss = terms > 0 ? loss / terms : 0;
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
  CellWindow *first = layers[0].forward, *reverse = layers[0].reverse;
  real *dx = first->dx, *reverse_dx = reverse ? reverse->dx : NULL;
  for (size_t l = network->layer_count; l-- > 0;) {
    real *dh = trainer->flow[l % 2];
    // The gradients of vector inputs.
    if (l == 0 && !network->embedding.weight && !trainer->wants_all) {
      first->dx = NULL;
      if (reverse) reverse->dx = NULL;
    }
    if (layers[l].mask) multiply_to(dh, dh, layers[l].mask, output_count(trainer, &layers[l]));
    backward_layer(trainer, &layers[l], dh);
  }
  first->dx = dx;
  if (reverse) reverse->dx = reverse_dx;
  const Embedding *embedding = &network->embedding;
  if (!embedding->weight) return;
  // Tied, that of the head's weight stands there, and this one behind all others.
  const bool is_tied = embedding->weight == network->head.weight;
  const size_t at = is_tied ? network->value_count : (size_t)(embedding->weight - network->values);
  embedding_backward(trainer->gradients + at, embedding, trainer->input_tokens, trainer->windows[0].dx, &trainer->leaves,
                     trainer->steps);
}
