// attention.c: what a network reads of a memory; the equations stand in attention.h.
#include "network/attention.h"

#include "cells/clip.h"
#include "cells/squash.h"
#include "kernels/activation.h"
#include "kernels/elementwise.h"
#include "kernels/sizes.h"

enum { WEIGHT_KEY, WEIGHT_QUERY, BIAS, WEIGHT_SCORE, WEIGHT_OUTPUT };

void attention_parameters(CellParameter *list, const Attention *attention) {
  const size_t H = attention->size, M = attention->memory_size;
  if (attention->kind == ATTENTION_NONE) return;
  list[WEIGHT_KEY] = (CellParameter){"weight_key", H, M, false};
  list[WEIGHT_OUTPUT] = (CellParameter){"weight_output", H, M + H, false};
  if (attention->kind == ATTENTION_PRODUCT) return;
  list[WEIGHT_QUERY] = (CellParameter){"weight_query", H, H, false};
  list[BIAS] = (CellParameter){"bias", H, 0, false};
  list[WEIGHT_SCORE] = (CellParameter){"weight_score", H, 0, false};
}

static Product key_product(const Attention *attention) {
  return (Product){.place = WEIGHT_KEY, .rows = attention->size, .columns = attention->memory_size};
}

static Product query_product(const Attention *attention) {
  const bool has_query = attention->kind == ATTENTION_ADDITIVE;
  return (Product){.place = WEIGHT_QUERY, .rows = has_query ? attention->size : 0, .columns = attention->size};
}

static Product output_product(const Attention *attention) {
  return (Product){
      .place = WEIGHT_OUTPUT, .rows = attention->size, .columns = attention->memory_size + attention->size};
}

// What keys are summed from: the bias, or zeros.
static void start_keys(real *keys, const Attention *attention, size_t rows) {
  if (attention->kind == ATTENTION_ADDITIVE) {
    fill_rows(keys, attention->parameters[BIAS], rows, attention->size);
  } else {
    fill_zero(keys, rows * attention->size);
  }
}

// u = tanh(query + key), (H).
static void squash_sum(real *u, const real *query, const real *key, size_t H) {
  add_to(u, query, key, H);
  tanh_all(u, u, H);
}

// ---------------------------------------------------------------- one step of one sequence

uint64_t attention_memory_size(const Attention *attention, size_t steps) {
  const uint64_t H = attention->size, M = attention->memory_size;
  return count_sum(count_product(steps, M + H + 1), M + 3 * H);
}

AttentionMemory attention_memory(const Attention *attention, real *reals, size_t steps) {
  const size_t H = attention->size, M = attention->memory_size;
  real *keys = reals + steps * M, *weights = keys + steps * H, *query = weights + steps;
  return (AttentionMemory){steps, reals, keys, weights, query, query + H, query + 2 * H + M};
}

void attention_keys(AttentionMemory *memory, const Attention *attention) {
  const size_t H = attention->size, M = attention->memory_size;
  const Product product = key_product(attention);
  start_keys(memory->keys, attention, memory->steps);
  for (size_t s = 0; s < memory->steps; s++) {
    product_step(memory->keys + s * H, &product, attention->parameters, NULL, memory->values + s * M);
  }
}

// sum (n) = sum over the rows of weights (rows) times x (rows, n).
VEC_INLINE void weighted_sum_at(real *sum, const real *weights, const real *x, size_t rows, size_t n, size_t j,
                                size_t lanes) {
  vec total = vec_splat(0);
  for (size_t s = 0; s < rows; s++) total = vec_madd(total, vec_splat(weights[s]), vec_load_part(x + s * n + j, lanes));
  vec_store_part(sum + j, total, lanes);
}

static void score_step(AttentionMemory *memory, const Attention *attention, const real *h) {
  const size_t H = attention->size;
  fill_zero(memory->weights, memory->steps);
  if (attention->kind == ATTENTION_PRODUCT) {
    matvec_add(memory->weights, memory->keys, h, memory->steps, H);
    return;
  }
  const Product product = query_product(attention);
  real *u = memory->output;
  fill_zero(memory->query, H);
  product_step(memory->query, &product, attention->parameters, NULL, h);
  for (size_t s = 0; s < memory->steps; s++) {
    squash_sum(u, memory->query, memory->keys + s * H, H);
    matvec_add(memory->weights + s, attention->parameters[WEIGHT_SCORE], u, 1, H);
  }
}

const real *attention_step(AttentionMemory *memory, const Attention *attention, const real *h) {
  const size_t H = attention->size, M = attention->memory_size, S = memory->steps;
  const Product product = output_product(attention);
  score_step(memory, attention, h);
  softmax(memory->weights, memory->weights, 1, S);
  VEC_FOR(M, weighted_sum_at, memory->joined, memory->weights, memory->values, S, M);
  copy(memory->joined + M, h, H);
  fill_zero(memory->output, H);
  product_step(memory->output, &product, attention->parameters, NULL, memory->joined);
  tanh_all(memory->output, memory->output, H);
  return memory->output;
}

// ---------------------------------------------------------------- windows

AttentionWindow attention_window(Arena *arena, const Attention *attention, size_t batch, size_t window, size_t steps,
                                 bool can_train) {
  const uint64_t H = attention->size, M = attention->memory_size;
  const uint64_t rows = (uint64_t)window * batch, memories = (uint64_t)steps * batch;
  const bool has_query = attention->kind == ATTENTION_ADDITIVE;
  AttentionWindow w = {.attention = attention, .batch = batch, .window = window, .most_steps = steps, .steps = steps};
  w.lengths = arena_take(arena, batch, sizeof *w.lengths);
  w.memory = arena_reals(arena, count_product(memories, M));
  w.keys = arena_reals(arena, count_product(memories, H));
  w.queries = has_query ? arena_reals(arena, count_product(rows, H)) : NULL;
  w.weights = arena_reals(arena, count_product(rows, steps));
  w.joined = arena_reals(arena, count_product(rows, M + H));
  w.output = arena_reals(arena, count_product(rows, H));
  if (!can_train) return w;
  w.dmemory = arena_reals(arena, count_product(memories, M));
  w.dkeys = arena_reals(arena, count_product(memories, H));
  w.dqueries = arena_reals(arena, count_product(rows, H));
  w.dscores = arena_reals(arena, count_product(rows, steps));
  w.dweight_scores = has_query ? arena_reals(arena, count_product(batch, H)) : NULL;
  return w;
}

// Of a sequence: a workspace for left-hand sides of H, S, M or T numbers, and behind it the packed memory or keys.
static uint64_t sequence_workspace(const Attention *attention, size_t window, size_t steps) {
  const size_t widest = (size_t)larger(larger(attention->size, attention->memory_size), larger(steps, window));
  const uint64_t gradient = larger(matmul_transposed_workspace(steps, attention->memory_size),
                                   matmul_transposed_workspace(steps, attention->size));
  return larger(matmul_workspace(widest), gradient);
}

static uint64_t sequence_packed(const Attention *attention, size_t steps) {
  const size_t widest = (size_t)larger(attention->size, attention->memory_size);
  return larger(matmul_packed_size(widest, steps), matmul_packed_size(steps, widest));
}

uint64_t attention_scratch_size(const Attention *attention, size_t window, size_t steps) {
  const Product list[] = {key_product(attention), query_product(attention), output_product(attention)};
  uint64_t most = count_product(steps, attention->size);
  for (size_t p = 0; p < sizeof list / sizeof list[0]; p++) most = larger(most, products_scratch(&list[p], 1));
  return larger(most, count_sum(sequence_workspace(attention, window, steps), sequence_packed(attention, steps)));
}

// The part of sequence b in (rows, B, n).
static Rows rows_of(const AttentionWindow *w, const real *values, size_t b, size_t n) {
  return (Rows){values + b * n, w->batch * n};
}
static RowsOut rows_out(const AttentionWindow *w, real *values, size_t b, size_t n) {
  return (RowsOut){values + b * n, w->batch * n};
}

// y (T, columns) = x (T, k) times the rows (k, columns), or with `transposed` (columns, k), of sequence b's memory or keys.
static void multiply_rows(RowsOut y, const AttentionWindow *w, Rows x, Rows right, bool transposed, size_t k,
                          size_t columns) {
  real *packed = w->scratch + sequence_workspace(w->attention, w->window, w->most_steps);
  matmul_pack(packed, right.first, transposed ? 1 : right.stride, transposed ? right.stride : 1, k, columns);
  matmul(y, MATMUL_SET, x, packed, w->scratch, w->window, k, columns);
}

// y (rows, R) = or += W x (rows, K).
static void multiply_all(RowsOut y, MatmulInto into, const AttentionWindow *w, Product product, Rows x, size_t rows) {
  products_pack(&product, 1, PRODUCT_FORWARD, w->attention->parameters, w->scratch);
  product_forward(y, into, &product, x, w->scratch, rows);
}

// dW, and dx (steps, B, K) = or += W^T dy.
static void multiply_all_backward(RowsOut dx, MatmulInto into, const AttentionWindow *w, Product product, Rows dy, Rows x,
                                  size_t steps) {
  product_gradient(w->dparameters, &product, dy, x, w->scratch, w->leaves, steps);
  products_pack(&product, 1, PRODUCT_BACKWARD, w->attention->parameters, w->scratch);
  product_backward(dx, into, &product, dy, w->scratch, steps * w->batch);
}

static void additive_scores(const AttentionWindow *w, size_t b, size_t length) {
  const size_t H = w->attention->size, B = w->batch, S = w->steps;
  real *u = w->scratch;
  for (size_t t = 0; t < w->window; t++) {
    real *scores = w->weights + (t * B + b) * S;
    for (size_t s = 0; s < length; s++) {
      squash_sum(u + s * H, w->queries + (t * B + b) * H, w->keys + (s * B + b) * H, H);
    }
    fill_zero(scores, length);
    matvec_add(scores, u, w->attention->parameters[WEIGHT_SCORE], length, H);
  }
}

void attention_forward(AttentionWindow *w, const real *h) {
  const Attention *attention = w->attention;
  const size_t H = attention->size, M = attention->memory_size, B = w->batch, S = w->steps, count = w->window * B;
  start_keys(w->keys, attention, S * B);
  multiply_all((RowsOut){w->keys, H}, MATMUL_ADD, w, key_product(attention), (Rows){w->memory, M}, S * B);
  if (w->queries) multiply_all((RowsOut){w->queries, H}, MATMUL_SET, w, query_product(attention), (Rows){h, H}, count);
  for (size_t b = 0; b < B; b++) {
    const size_t length = (size_t)w->lengths[b];
    if (attention->kind == ATTENTION_ADDITIVE) {
      additive_scores(w, b, length);
    } else {
      multiply_rows(rows_out(w, w->weights, b, S), w, rows_of(w, h, b, H), rows_of(w, w->keys, b, H), true, H, length);
    }
    for (size_t t = 0; t < w->window; t++) {
      real *weights = w->weights + (t * B + b) * S;
      softmax(weights, weights, 1, length);
      fill_zero(weights + length, S - length);
    }
    multiply_rows(rows_out(w, w->joined, b, M + H), w, rows_of(w, w->weights, b, S), rows_of(w, w->memory, b, M), false,
                  length, M);
  }
  for (size_t n = 0; n < count; n++) copy(w->joined + n * (M + H) + M, h + n * H, H);
  multiply_all((RowsOut){w->output, H}, MATMUL_SET, w, output_product(attention), (Rows){w->joined, M + H}, count);
  tanh_all(w->output, w->output, count * H);
}

// u becomes dz = dscore weight_score * (1 - u^2), and dweight_score += dscore u.
VEC_INLINE void score_backward_at(real *u, real *dweight_score, real dscore, const real *weight_score, size_t j,
                                  size_t lanes) {
  const vec u_j = vec_load_part(u + j, lanes), d = vec_splat(dscore);
  const vec slope = tanh_slope(u_j, NULL);
  vec_store_part(dweight_score + j, vec_madd(vec_load_part(dweight_score + j, lanes), d, u_j), lanes);
  vec_store_part(u + j, vec_flush(vec_mul(vec_mul(d, vec_load_part(weight_score + j, lanes)), slope)), lanes);
}

// dscore = a * (da - sum a da), in the place of da.
static void softmax_backward(real *da, const real *a, size_t n) {
  double mean = 0;
  for (size_t s = 0; s < n; s++) mean += (double)a[s] * (double)da[s];
  for (size_t s = 0; s < n; s++) da[s] = (real)((double)a[s] * ((double)da[s] - mean));
}

static void additive_backward(const AttentionWindow *w, size_t b, size_t length) {
  const size_t H = w->attention->size, B = w->batch, S = w->steps;
  const real *weight_score = w->attention->parameters[WEIGHT_SCORE];
  real *u = w->scratch, *dweight_score = w->dweight_scores + b * H;
  for (size_t t = 0; t < w->window; t++) {
    const size_t row = t * B + b;
    for (size_t s = 0; s < length; s++) {
      real *key = w->keys + (s * B + b) * H, *dz = u + s * H;
      squash_sum(dz, w->queries + row * H, key, H);
      VEC_FOR(H, score_backward_at, dz, dweight_score, w->dscores[row * S + s], weight_score);
      add(w->dkeys + (s * B + b) * H, dz, H);
    }
    sum_rows(w->dqueries + row * H, u, length, H);
  }
}

static void product_scores_backward(const AttentionWindow *w, const real *h, size_t b, size_t length) {
  const size_t H = w->attention->size;
  const Rows dscores = rows_of(w, w->dscores, b, w->steps);
  multiply_rows(rows_out(w, w->dqueries, b, H), w, dscores, rows_of(w, w->keys, b, H), false, length, H);
  matmul_transposed(rows_out(w, w->dkeys, b, H), MATMUL_SET, dscores, rows_of(w, h, b, H), w->scratch, length, w->window, H);
}

// dmemory but for what comes through the keys, dkeys and dqueries of sequence b, from djoined in the place of w->joined.
static void sequence_backward(const AttentionWindow *w, const real *h, size_t b) {
  const Attention *attention = w->attention;
  const size_t M = attention->memory_size, S = w->steps, length = (size_t)w->lengths[b];
  const Rows dcontext = rows_of(w, w->joined, b, M + attention->size);
  multiply_rows(rows_out(w, w->dscores, b, S), w, dcontext, rows_of(w, w->memory, b, M), true, M, length);
  matmul_transposed(rows_out(w, w->dmemory, b, M), MATMUL_SET, rows_of(w, w->weights, b, S), dcontext, w->scratch, length,
                    w->window, M);
  for (size_t t = 0; t < w->window; t++) {
    const size_t first = (t * w->batch + b) * S;
    softmax_backward(w->dscores + first, w->weights + first, length);
  }
  if (attention->kind == ATTENTION_ADDITIVE) {
    additive_backward(w, b, length);
  } else {
    product_scores_backward(w, h, b, length);
  }
}

void attention_backward(AttentionWindow *w, real *dh, const real *h) {
  const Attention *attention = w->attention;
  const size_t H = attention->size, M = attention->memory_size, B = w->batch, S = w->steps, count = w->window * B;
  tanh_backward(dh, dh, w->output, count * H);
  multiply_all_backward((RowsOut){w->joined, M + H}, MATMUL_SET, w, output_product(attention), (Rows){dh, H},
                        (Rows){w->joined, M + H}, w->window);
  fill_zero(w->dkeys, S * B * H);
  fill_zero(w->dmemory, S * B * M);
  if (attention->kind == ATTENTION_ADDITIVE) fill_zero(w->dweight_scores, B * H);
  for (size_t b = 0; b < B; b++) sequence_backward(w, h, b);
  for (size_t n = 0; n < count; n++) copy(dh + n * H, w->joined + n * (M + H) + M, H);
  if (attention->kind == ATTENTION_ADDITIVE) {
    multiply_all_backward((RowsOut){dh, H}, MATMUL_ADD, w, query_product(attention), (Rows){w->dqueries, H},
                          (Rows){h, H}, w->window);
    leaves_sum(w->dparameters[BIAS], w->leaves, (LeafTerms){.x = {w->dkeys, H}}, S, H);
    leaves_sum(w->dparameters[WEIGHT_SCORE], w->leaves, (LeafTerms){.x = {w->dweight_scores, H}}, 1, H);
  } else {
    add(dh, w->dqueries, count * H);
  }
  multiply_all_backward((RowsOut){w->dmemory, M}, MATMUL_ADD, w, key_product(attention), (Rows){w->dkeys, H},
                        (Rows){w->memory, M}, S);
}
