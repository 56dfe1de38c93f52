// attention.h: what a network reads of a memory, such as the outputs of an encoder, between its last layer and its head.
//
// For each output h of the last layer, a score of each step of the memory says how much of it is read; the head is given
// what was read together with h:
//
//   score_s   = weight_score . tanh(W_query h + W_key m_s + bias)      additive (Bahdanau, Cho & Bengio 2015)
//   score_s   = h . W_key m_s                                          product (Luong, Pham & Manning 2015: "general")
//   a         = softmax(score) over the steps of the memory
//   context   = sum_s a_s m_s
//   y         = tanh(W_output [context, h])                            Luong's attentional vector
//
// With either score this is Luong's place: the query is the h of the same step, and y goes to the head alone. (Bahdanau's
// query is the h of the step before, and his context is an input of the layer.)
//
// Letters: S steps of the memory, M the length of one, H that of h, of a key W_key m_s and of y; T window, B batch.
// Parameters: weight_key (H, M), weight_output (H, M + H); additive: weight_query (H, H), bias (H), weight_score (H).
//
// Backward, with d for "gradient of the loss with respect to", z for what a tanh is taken of, u_s = tanh(z_s):
//
//   dz       = dy * (1 - y^2)        [dcontext, dh] = W_output^T dz
//   da_s     = dcontext . m_s        dm_s  = sum over steps of a_s dcontext
//   dscore_s = a_s (da_s - sum_r a_r da_r)
//   product:   dkey_s = sum over steps of dscore_s h          dh += sum_s dscore_s key_s
//   additive:  dz_s = dscore_s weight_score * (1 - u_s^2)     dweight_score = sum of dscore_s u_s
//              dkey_s = sum over steps of dz_s                dh += W_query^T sum_s dz_s
//   dW_key = sum of dkey_s m_s^T     dm_s += W_key^T dkey_s
#ifndef LSTM_NETWORK_ATTENTION_H
#define LSTM_NETWORK_ATTENTION_H

#include "cells/product.h"
#include "network/arena.h"

typedef enum { ATTENTION_NONE, ATTENTION_ADDITIVE, ATTENTION_PRODUCT, ATTENTION_KINDS } AttentionKind;

enum { ATTENTION_PARAMETERS = 5 };

typedef struct {
  AttentionKind kind;
  size_t memory_size;  // M
  size_t size;         // H
  real *parameters[ATTENTION_PARAMETERS];
} Attention;

// Fills list[0 .. ATTENTION_PARAMETERS - 1], which comes in as zeros; those that this kind does not have stay zero.
void attention_parameters(CellParameter *list, const Attention *attention);

// A memory to step with. `values` (S, M) and `keys` (S, H); the rest is of the last step: `weights` (S) are a.
typedef struct {
  size_t steps;  // S
  real *values, *keys, *weights;
  real *query;   // (H)
  real *joined;  // (M + H)
  real *output;  // (H): y
} AttentionMemory;

// Its memory: of `reals`, attention_memory_size of them, whose first S M are the values.
uint64_t attention_memory_size(const Attention *attention, size_t steps);
AttentionMemory attention_memory(const Attention *attention, real *reals, size_t steps);

// The keys, which are the same in all steps.
void attention_keys(AttentionMemory *memory, const Attention *attention);

// Returns y (H) from h (H).
const real *attention_step(AttentionMemory *memory, const Attention *attention, const real *h);

// Memories and windows of a batch.
typedef struct {
  const Attention *attention;
  size_t batch, most_steps;  // B, and the largest S
  const Leaves *leaves;      // as in CellWindow
  // The caller fills:
  size_t window;     // T, up to that which it was taken for
  size_t steps;      // S of this window
  int32_t *lengths;  // (B): the steps of each memory, 1 to S
  real *memory;      // (S, B, M)
  // Forward leaves:
  real *keys;     // (S, B, H)
  real *queries;  // (T, B, H): W_query h, additive only
  real *weights;  // (T, B, S): a, 0 behind the end of a memory
  real *joined;   // (T, B, M + H)
  real *output;   // (T, B, H): y
  // Backward leaves:
  real *dmemory;   // (S, B, M): 0 behind the end of a memory
  real *dkeys;     // (S, B, H)
  real *dqueries;  // (T, B, H)
  real *dscores;   // (T, B, S)
  real *dweight_scores;  // (B, H), additive only: dweight_score of each sequence
  real *dparameters[ATTENTION_PARAMETERS];
  real *scratch;  // attention_scratch_size reals
} AttentionWindow;

// Takes the memory of one; no gradients where it cannot train. scratch, and dparameters, are the caller's to fill.
AttentionWindow attention_window(Arena *arena, const Attention *attention, size_t batch, size_t window, size_t steps,
                                 bool can_train);
uint64_t attention_scratch_size(const Attention *attention, size_t window, size_t steps);

// w->output from h (T, B, H).
void attention_forward(AttentionWindow *w, const real *h);

// From dh (T, B, H), the gradient of w->output, which becomes that of h. After attention_forward of the same h.
void attention_backward(AttentionWindow *w, real *dh, const real *h);

#endif
