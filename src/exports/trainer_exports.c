// trainer_exports.c: trainers: windows in, losses, gradients and updates out.
#include "exports/exports.h"
#include "exports/updates.h"
#include "training/trainer.h"

// can_train 0: only for lstm_trainer_run and lstm_trainer_predict. memory_steps 0 for a network without attention. `precision`
// is a Precision, of the products of cells: 0 float32, 1 int16, 2 int8.
EXPORT Trainer *lstm_trainer_create(Network *network, size_t batch, size_t window, size_t memory_steps, int can_train,
                                    int precision) {
  if (!can_train || precision == PRECISION_FLOAT32) {
    return trainer_create_with_memory(network, batch, window, memory_steps, can_train != 0);
  }
  return trainer_create_with_precision(network, batch, window, memory_steps, 0, leaf_count(batch), (Precision)precision);
}

// A batch is cut into leaves, 1 to 8 of them: leaf l holds the sequences from lstm_trainer_leaf_start(batch, l) to the one
// before lstm_trainer_leaf_start(batch, l + 1).
EXPORT size_t lstm_trainer_leaf_count(size_t batch) { return leaf_count(batch); }
EXPORT size_t lstm_trainer_leaf_start(size_t batch, size_t leaf) { return leaf_start(batch, leaf); }

// A trainer of the sequences of some leaves only, leaf_count of them from first_leaf on: its inputs, targets, lengths, weights
// and states are of those. Parts train together, each with a network of its own (trainer.h):
//
//   lstm_trainer_pass      each: forward and backward
//                          the nodes of each are given to all others: lstm_trainer_node_bytes bytes from lstm_trainer_node on,
//                          and lstm_trainer_node_leaves; copied as they are, to addresses that 8 divides
//   lstm_trainer_sum       each: of all nodes of the batch, from left to right, those of its own among them: `nodes` is a list of
//                          count addresses, `leaves` of count int32
//   lstm_trainer_finish    each: the update, which is the same in all. Or lstm_trainer_accumulate
EXPORT Trainer *lstm_trainer_create_part(Network *network, size_t batch, size_t window, size_t memory_steps,
                                         size_t first_leaf, size_t leaf_count, int precision) {
  return trainer_create_with_precision(network, batch, window, memory_steps, first_leaf, leaf_count, (Precision)precision);
}
EXPORT void lstm_trainer_pass(Trainer *trainer) { trainer_pass(trainer); }
EXPORT size_t lstm_trainer_node_count(const Trainer *trainer) { return trainer_node_count(trainer); }
EXPORT size_t lstm_trainer_node_leaves(const Trainer *trainer, size_t node) { return trainer_node_leaves(trainer, node); }
EXPORT size_t lstm_trainer_node_bytes(const Trainer *trainer) { return trainer_node_bytes(trainer); }
EXPORT void *lstm_trainer_node(Trainer *trainer, size_t node) { return trainer_node(trainer, node); }
EXPORT void lstm_trainer_sum(Trainer *trainer, const void *const *nodes, const int32_t *leaves, size_t count) {
  trainer_sum(trainer, nodes, leaves, count);
}

// To be called before the network that it trains is freed.
EXPORT void lstm_trainer_free(Trainer *trainer) { trainer_free(trainer); }

// Probabilities, each 0 to below 1: see dropout.h. 0 where there is not enough memory.
EXPORT int lstm_trainer_use_dropout(Trainer *trainer, double between, double recurrent, double weights, uint32_t seed) {
  return trainer_use_dropout(trainer, (DropoutRates){between, recurrent, weights}, seed);
}
// The random generator of dropout: four words to read and write.
EXPORT uint32_t *lstm_trainer_random(Trainer *trainer) { return trainer->random.state; }

// Where the caller puts a window, time-major: tokens (T, B) of int32 or vectors (T, B, D) of floats; classes (T, B) of
// int32 or values (T, B, target_size of the head) of floats.
EXPORT void *lstm_trainer_inputs(Trainer *trainer) {
  return trainer->input_tokens ? (void *)trainer->input_tokens : (void *)trainer->input_vectors;
}
EXPORT void *lstm_trainer_targets(Trainer *trainer) {
  return trainer->target_classes ? (void *)trainer->target_classes : (void *)trainer->target_values;
}

// Where the caller puts the lengths of the sequences, int32 (B), and how much each output counts, floats (T, B) from 0; then
// says with lstm_trainer_use which of the two the windows that follow have.
EXPORT int32_t *lstm_trainer_lengths(Trainer *trainer) { return trainer->lengths; }
EXPORT real *lstm_trainer_weights(Trainer *trainer) { return trainer->weights; }
EXPORT void lstm_trainer_use(Trainer *trainer, int lengths, int weights) {
  trainer_use(trainer, lengths != 0, weights != 0);
}
// Where the caller puts the weights of classes or labels, V floats above 0, 0 for other outputs: they are used from then on.
EXPORT real *lstm_trainer_class_weights(Trainer *trainer) {
  trainer->has_class_weights = true;
  return trainer->class_weights;
}
// The steps of its longest sequence: what is computed, of all arrays over T.
EXPORT size_t lstm_trainer_steps(const Trainer *trainer) { return trainer->steps; }

// The state before the window becomes the one that sequences start from; or only that of sequence b does. And: the caller has
// written another state there.
EXPORT void lstm_trainer_reset(Trainer *trainer) { trainer_reset(trainer); }
EXPORT void lstm_trainer_begin(Trainer *trainer, size_t b) { trainer_begin(trainer, b); }
EXPORT void lstm_trainer_state_given(Trainer *trainer) { trainer_state_given(trainer); }

// Direction d's state before the window, (B, P) and (B, C) floats; c is 0 for kinds without one. Behind it, in the same
// array, the states after each step of the last window.
EXPORT real *lstm_trainer_h(Trainer *trainer, size_t d) { return trainer_h(trainer, d); }
EXPORT real *lstm_trainer_c(Trainer *trainer, size_t d) { return trainer_c(trainer, d); }

// After lstm_trainer_backward: all parameters' gradients, flat; those of the state before the window; those of vector
// inputs, (T, B, D), 0 for tokens.
EXPORT real *lstm_trainer_gradients(Trainer *trainer) { return trainer->gradients; }
EXPORT real *lstm_trainer_dh(Trainer *trainer, size_t d) { return trainer->windows[d].dh0; }
EXPORT real *lstm_trainer_dc(Trainer *trainer, size_t d) { return trainer->windows[d].dc0; }
EXPORT real *lstm_trainer_dinputs(Trainer *trainer) { return trainer_input_gradients(trainer); }

// See trainer.h: rows of V floats, from the first; and, called next, those from another on.
EXPORT const real *lstm_trainer_predict(Trainer *trainer) {
  trainer_predict(trainer);
  return trainer->outputs;
}
EXPORT const real *lstm_trainer_predict_from(Trainer *trainer, size_t first) {
  trainer_predict_from(trainer, first);
  return trainer->outputs;
}
// The window up to the last layer: no outputs, only states.
EXPORT void lstm_trainer_run(Trainer *trainer) { trainer_run(trainer); }
// How many rows of outputs there are at most.
EXPORT size_t lstm_trainer_block(const Trainer *trainer) { return trainer->block; }

// Each returns a TrainerStatus; see trainer.h.
EXPORT int lstm_trainer_gradient_flow(Trainer *trainer, double *norms) { return trainer_gradient_flow(trainer, norms); }
EXPORT int lstm_trainer_forward(Trainer *trainer) { return trainer_forward(trainer); }
EXPORT int lstm_trainer_backward(Trainer *trainer) { return trainer_backward(trainer); }

// Behind lstm_trainer_pass, which with this is a step: a check, clipping and one update.
EXPORT int lstm_trainer_finish(Trainer *trainer, int kind, double learning_rate, double weight_decay, double beta1,
                               double beta2, double epsilon, double dampening, double rate_decay, int nesterov,
                               double clip_norm, double clip_value, int carry) {
  const OptimizerOptions options = optimizer_options(kind, learning_rate, weight_decay, beta1, beta2, epsilon, dampening,
                                                     rate_decay, nesterov);
  return trainer_finish(trainer, &options, (Clipping){clip_norm, clip_value}, carry != 0);
}

// An update of several windows: lstm_trainer_use_accumulation once (0 where there is not enough memory), then for each but the
// last lstm_trainer_pass and lstm_trainer_accumulate, which returns a TrainerStatus; for the last lstm_trainer_pass and
// lstm_trainer_finish. lstm_trainer_use_accumulation drops what is kept.
EXPORT int lstm_trainer_use_accumulation(Trainer *trainer) { return trainer_use_accumulation(trainer); }
EXPORT int lstm_trainer_accumulate(Trainer *trainer, int carry) { return trainer_accumulate(trainer, carry != 0); }

EXPORT double lstm_trainer_loss(const Trainer *trainer) { return trainer->loss; }
EXPORT double lstm_trainer_gradient_norm(const Trainer *trainer) { return trainer->gradient_norm; }

// The optimiser's state, to read and to write: first (0) or second (1) moments, as flat as the parameters; and three
// doubles, the number of updates and Adam's beta1^steps and beta2^steps.
EXPORT real *lstm_trainer_moments(Trainer *trainer, int second) {
  return second ? trainer->optimizer.v : trainer->optimizer.m;
}
EXPORT double *lstm_trainer_progress(Trainer *trainer) { return &trainer->optimizer.steps; }

// The state before the window is the one that sequences start from, of all of them.
EXPORT int lstm_trainer_is_fresh(const Trainer *trainer) { return trainer_is_fresh(trainer); }

// Gives `to` the optimiser's state of `from`; both train the same network.
EXPORT void lstm_trainer_copy_optimizer(Trainer *to, const Trainer *from) {
  optimizer_copy(&to->optimizer, &from->optimizer, from->network->value_count);
}
