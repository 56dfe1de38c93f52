// trainer.h: truncated backpropagation through time.
//
// A trainer holds a batch of B sequences and takes a window of T steps of each at a time: forward through the window,
// backward through the same window, one update. The state at the end of a window is the start of the next, or every
// window starts anew; gradients stop at the window's start (Williams & Peng 1990).
//
// Memory, in reals, with N parameters, and for each direction its P, C, H and its tape (see its cell):
//   nodes (N, + V E where tied) + 2 N       sums of gradients, one of each node of its leaves (kernels/leaves.h), 64 bytes
//                                           before each; values are the network's; and the optimiser's moments
//   leaves_spares times the largest matrix that a product has, V + T B whole numbers with tokens
//   sum over directions: tape + (T + 4) B (P + C)  states, gradients of the first and of the last, the state the window
//                                                  started from
//   2 T B W                                 gradients between layers; W = the largest output of a layer, or D of vectors,
//                                           or E of an embedding
//   R V + T B (D or 1) + T B (V or 1 + 1)   outputs, inputs, targets (n of a mixture) and their weights; R = T B rows of
//                                           outputs, or fewer of many classes (head_block); and V weights of classes
//   max(scratch of any direction, of the head, of what it is given), and that of the head once more where R is less than
//   T B, with 2 R H + 8 V
//   each bidirectional layer: 2 T B P (its two h side by side) + T B D (its input reversed); and once 3 T B W
//   with an embedding: T B E                its vectors
//   with dropout: see dropout.h
//   with attention, S steps of memory: S B (2 M + 2 H) + T B (2 S + M + 4 H) + B H; of the product 3 H and no B H
//   with summaries: 2 B N
//   with accumulation: N
// To predict only, there are no gradients of any kind, moments, targets, weights, and states that the window started from.
#ifndef LSTM_TRAINING_TRAINER_H
#define LSTM_TRAINING_TRAINER_H

#include "kernels/leaves.h"
#include "network/network.h"
#include "training/optimizer.h"

enum {
  TRAINER_MAX_BATCH = 1 << 16,
  TRAINER_MAX_WINDOW = 1 << 20,
};

typedef enum {
  TRAINER_OK = 0,
  TRAINER_NOT_FINITE = 1,  // the loss or a gradient is infinite or NaN: nothing was updated
  TRAINER_TOO_LARGE = 2,   // the clipped gradient's square, which the optimizer keeps, is no float: nothing was updated
  TRAINER_OVERFLOWS = 3,   // a parameter or a moment would not be finite: nothing was updated
} TrainerStatus;

// A state of a direction for the batch: h (B, P) and c (B, C), NULL for kinds without one.
typedef struct {
  real *h, *c;
} BatchState;

// A layer of the stack, for a window: one direction, or two.
typedef struct {
  CellWindow *forward;  // the one that reads from the start
  CellWindow *reverse;  // the other, or NULL
  size_t size;          // of its output: P, or 2 P
  // Only where there are two:
  real *h;           // (T, B, 2 P): side by side
  real *reversed_x;  // (T, B, D): the input reversed in time, one of the two
  int32_t *reversed_tokens;
  // Where mask is not NULL, the output is `dropped` = h times mask, all (T, B, size).
  const real *mask;
  real *dropped;
} LayerWindow;

// Probabilities, each 0 to below 1: see dropout.h.
typedef struct {
  double between, recurrent, weights;
} DropoutRates;

typedef struct Dropout Dropout;

// What a trainer's network is given beside its window: for attention, `attention`; and summaries (B, N), which the states
// before the window are made from where sequences start there.
typedef struct {
  AttentionWindow attention;
  real *summary, *dsummary;  // (B, N)
} GivenMemory;

// What is summed beside gradients: weight times loss, and the weights (times V where the mean is over elements).
typedef struct {
  double loss, terms;
} Totals;

// The sums of windows that were added up before an update. One allocation.
typedef struct {
  Arena arena;
  real *gradients;  // (N)
  Totals totals;
  size_t windows;   // how many they are of
} Accumulated;

// What a head of many classes needs to train a block of rows of one leaf at a time.
typedef struct {
  real *h, *dh;      // (R, H)
  real *dbias;       // (leaves, V)
} HeadBlock;

typedef struct {
  Arena arena;
  Network *network;  // whose parameters are trained; has to outlive the trainer
  size_t batch, window;  // sequences that it holds, and steps
  size_t whole_batch;    // sequences that are trained together: its own and those of other parts
  Leaves leaves;         // which of them are its own
  size_t steps;         // of the window that is there: those of its longest sequence. Nothing behind them is computed
  size_t block;         // R, rows of outputs that are there at once
  bool can_train;       // false: only trainer_run and trainer_predict
  CellWindow *windows;  // one a direction of the network
  BatchState *starts;   // the state that the last window started from, one a direction
  BatchState *ends;     // gradients of the state behind the window, from what reads it, one a direction
  bool has_ends;        // they are to go back with those of the outputs: see trainer_backward_from
  LayerWindow *layers;
  GivenMemory *given;   // NULL where the network is given nothing
  bool *fresh;          // (B): the state before the window is the one that sequences start from
  real *gradients;      // as flat as network->values; behind them, where the head is tied, the embedding's (V, E); and the
                        // other nodes', leaves.node_stride apart, each with Totals before it: trainer_node
  double scale;         // a power of two: sums of gradients are those of scale times the sum of the losses
  double factor;        // what they are multiplied by to be those of the mean loss
  bool is_dropped;      // they were made with dropout
  bool wants_all;       // the gradients of vector inputs and of the states before the window are asked for
  Accumulated *accumulated;    // NULL: every window is an update
  HeadBlock head_block;
  Optimizer optimizer;
  Dropout *dropout;     // NULL: none
  Random random;        // of dropout
  Random random_before; // the window
  // The caller fills the inputs and targets of a window, time-major: (T, B, ...). One of each pair is NULL.
  int32_t *input_tokens;   // (T, B)
  real *input_vectors;     // (T, B, D)
  real *embedded;          // (T, B, E), filled from tokens; NULL without embedding
  int32_t *target_classes; // (T, B)
  real *target_values;     // (T, B, target_size of the head)
  // The caller says which of that is there: see trainer_use.
  int32_t *lengths;        // (B): steps of each sequence, 1 to T
  real *weights;           // (T, B): how much each output counts in the loss, from 0
  const real *row_weights; // weights, or NULL where all count alike
  real *class_weights;     // (V), for classes and labels: see Targets
  bool has_class_weights;  // they are used
  real *outputs;           // (R, V): outputs, then their gradients
  real *flow[2];           // (T, B, W): gradients between layers, taking turns
  real *side[3];           // (T, B, W): the same within a bidirectional layer
  real *scratch;
  real *head_scratch;      // where the head's packed weights stay from block to block; or scratch
  Product head_product;    // as it is packed there
  double *dh_squares;    // where not NULL: (directions, 2, T + 1), for trainer_gradient_flow
  double loss;           // mean over the window's steps and sequences that count
  double gradient_norm;  // over all parameters, before clipping; of windows that are accumulated: over all of them
} Trainer;

// NULL where there is not enough memory or a size is 0 or above its largest. The caller frees it, before the network.
// The state is the one that sequences start from.
Trainer *trainer_create(Network *network, size_t batch, size_t window, bool can_train);
// The largest memory that the network is given has `memory_steps` steps: 1 or more where it has attention.
Trainer *trainer_create_with_memory(Network *network, size_t batch, size_t window, size_t memory_steps, bool can_train);
void trainer_free(Trainer *trainer);

// A part of a batch: a trainer of the sequences of leaves first_leaf to first_leaf + leaf_count - 1 (kernels/leaves.h) of
// `batch` sequences. Its inputs, targets and states are of those only, in the same order. Parts of the same batch, each with
// its own network of the same parameters, train as one trainer of the whole batch does, to the last bit:
//
//   trainer_pass       each part: its window forward and backward, with dropout
//                      then each is given what trainer_node gives of all others
//   trainer_sum        each part: the same sums of all nodes
//   trainer_finish     each part: the same check, clipping and update; its own state is carried on
//
// A window that is to be added to others first (trainer_use_accumulation) ends with trainer_accumulate instead of
// trainer_finish. Lengths and weights may differ between parts; whether there are class weights may not.
Trainer *trainer_create_part(Network *network, size_t batch, size_t window, size_t memory_steps, size_t first_leaf,
                             size_t leaf_count);

// The same, whose cells have products of this precision: see cells/product.h. All else is float: activations, states, sums of
// products, the update and the parameters. What it predicts and evaluates is of that precision too.
Trainer *trainer_create_with_precision(Network *network, size_t batch, size_t window, size_t memory_steps, size_t first_leaf,
                                       size_t leaf_count, Precision precision);

void trainer_pass(Trainer *trainer);

// Of a part's leaves, the sums of the largest whole subtrees, from left to right: how many there are; of how many leaves one
// is; and where it lies, all of trainer_node_bytes: Totals, 64 bytes in all, and from there reals.
size_t trainer_node_count(const Trainer *trainer);
size_t trainer_node_leaves(const Trainer *trainer, size_t node);
size_t trainer_node_bytes(const Trainer *trainer);
void *trainer_node(Trainer *trainer, size_t node);

// The sums become those of all `count` nodes of the whole batch, from left to right, each of leaves[k] leaves; its own may be
// those that trainer_node gives. Where there is only one part, it is not needed.
void trainer_sum(Trainer *trainer, const void *const *nodes, const int32_t *leaves, size_t count);

// The steps that follow use dropout, with masks drawn from a generator that starts at `seed`. False where a rate is out of
// range or there is not enough memory; nothing has changed then.
bool trainer_use_dropout(Trainer *trainer, DropoutRates rates, uint32_t seed);

// Direction d's state before the window, (B, P) and (B, C); c is NULL for kinds without one. Whoever writes
// there calls trainer_state_given: then no gradient flows to the trained initial state.
real *trainer_h(Trainer *trainer, size_t d);
real *trainer_c(Trainer *trainer, size_t d);
void trainer_state_given(Trainer *trainer);

// All sequences start anew; or sequence b does, and the others go on. Whether all do.
void trainer_reset(Trainer *trainer);
void trainer_begin(Trainer *trainer, size_t b);
bool trainer_is_fresh(const Trainer *trainer);

// Whether the windows that follow have `lengths`, and whether they have `weights`. At the start they have neither.
// With lengths, what lies behind the end of a sequence changes no state and has no part in the loss, whatever its weight
// is; the weights are changed accordingly. A window is as long as its longest sequence then.
void trainer_use(Trainer *trainer, bool lengths, bool weights);

// Gradients of the loss with respect to vector inputs (steps, B, D), after trainer_backward; NULL for tokens.
real *trainer_input_gradients(Trainer *trainer);

// The outputs of the window, the first R of (steps B, V) in trainer->outputs, as head_answer gives them.
// Changes no state. And R more of them, those from row `first` on, before anything else is computed.
void trainer_predict(Trainer *trainer);
void trainer_predict_from(Trainer *trainer, size_t first);

// The loss of the window. Changes no parameter and no state.
TrainerStatus trainer_forward(Trainer *trainer);

// The window forward, up to the last layer: pass_hidden.
void trainer_run(Trainer *trainer);

// trainer_forward, and the gradients of all parameters, of the state before the window and of vector inputs. Of the whole
// batch only.
TrainerStatus trainer_backward(Trainer *trainer);

// What trainer_backward is made of. The sums of the window, of each node. Or, where pass_hidden_gradient and `ends` hold the
// gradients of what is computed from the output of the last layer and from the state behind the window after trainer_run, of a
// network without a head and attention: all sums but their own and the totals.
TrainerStatus trainer_sum_own(Trainer *trainer);
void trainer_sum_from(Trainer *trainer);
// The sums of all nodes become those of the gradients; loss, factor and gradient_norm, from such totals.
void trainer_complete(Trainer *trainer);
void trainer_measure(Trainer *trainer, Totals totals);
// trainer_complete; then the sums are those of the windows that were kept too, and nothing is kept any more. And: the sums of a
// window, after trainer_complete, are kept.
void trainer_complete_all(Trainer *trainer);
void trainer_keep(Trainer *trainer);
bool trainer_is_finite(const Trainer *trainer);  // loss and gradient_norm are
// They become the gradients of the mean loss.
void trainer_mean(Trainer *trainer);

// Gradients are scaled to a global norm of at most `norm`, then each is kept in [-value, value]. Infinite: not clipped.
typedef struct {
  double norm, value;
} Clipping;

// Whether an update with this gradient_norm can be made; and the update, from the gradients.
TrainerStatus trainer_check_update(const Trainer *trainer, const OptimizerOptions *options, Clipping clipping);
bool trainer_clip(real *scale, Trainer *trainer, const OptimizerOptions *options, Clipping clipping);
void trainer_update(Trainer *trainer, const OptimizerOptions *options, real scale);

// What trainer_step does behind the pass: a check, clipping, one update, and on to the next window, which goes on with the
// state behind this (carry) or starts anew.
TrainerStatus trainer_finish(Trainer *trainer, const OptimizerOptions *options, Clipping clipping, bool carry);

// trainer_pass and trainer_finish. Of the whole batch only.
TrainerStatus trainer_step(Trainer *trainer, const OptimizerOptions *options, Clipping clipping, bool carry);

// An update may be made of several windows: the gradient is that of the mean loss over all of them. False where there is not
// enough memory. Then, in the place of trainer_finish, for all windows but the last: its sums are kept, and it goes on to the
// next window. TRAINER_NOT_FINITE: they are not, and all is as before the window. trainer_finish adds what is kept, which is
// lost then, whatever it returns.
// Called again, it only drops what is kept.
bool trainer_use_accumulation(Trainer *trainer);
TrainerStatus trainer_accumulate(Trainer *trainer, bool carry);

// How far the gradient of the last step's loss reaches back: norms (directions, 2, T + 1), of dLoss/dh and dLoss/dc over
// the batch, lag 0 (the last step) to lag `steps` (the state before the window), and zeros behind; zeros for kinds without
// c. Loss is the mean over the batch of the loss at each sequence's last step, by its weights. The last window is run once
// more, with the parameters of now. Changes no parameter and no state; the gradients are lost. Behind the end of a shorter
// sequence there is nothing to add; lags are counted from the last step of the longest sequence, and in a direction that
// reads backwards, from the end of what it reads.
TrainerStatus trainer_gradient_flow(Trainer *trainer, double *norms);

#endif
