// pair.c: an encoder and its decoder, trained as one.
#include "training/pair.h"

#include <string.h>

#include "kernels/elementwise.h"
#include "training/dropout.h"
#include "training/memory.h"
#include "training/pass.h"

size_t pair_summary_size(const Network *encoder) {
  size_t size = 0;
  for (size_t d = 0; d < encoder->direction_count; d++) {
    const Direction *direction = &encoder->directions[d];
    size += bridge_summary_h(&direction->config) + bridge_summary_c(direction->kind, &direction->config);
  }
  return size;
}

static void copy_columns(RowsOut to, Rows from, size_t rows, size_t n) {
  for (size_t row = 0; row < rows; row++) copy(to.first + row * to.stride, from.first + row * from.stride, n);
}

// The last states lie side by side in a summary: h, then c, of each direction.
static void gather_summary(Trainer *decoder, const Trainer *encoder) {
  const size_t B = encoder->batch, N = decoder->network->summary_size;
  real *to = decoder->given->summary;
  for (size_t d = 0; d < encoder->network->direction_count; d++) {
    const Direction *direction = &encoder->network->directions[d];
    const CellWindow *w = &encoder->windows[d];
    const size_t P = bridge_summary_h(&direction->config), C = bridge_summary_c(direction->kind, &direction->config);
    copy_columns((RowsOut){to, N}, (Rows){w->h + w->window * B * P, P}, B, P);
    to += P;
    if (C > 0) copy_columns((RowsOut){to, N}, (Rows){w->c + w->window * B * C, C}, B, C);
    to += C;
  }
}

static void scatter_summary(Trainer *encoder, const Trainer *decoder) {
  const size_t B = encoder->batch, N = decoder->network->summary_size;
  const real *from = decoder->given->dsummary;
  for (size_t d = 0; d < encoder->network->direction_count; d++) {
    const Direction *direction = &encoder->network->directions[d];
    const BatchState *end = &encoder->ends[d];
    const size_t P = bridge_summary_h(&direction->config), C = bridge_summary_c(direction->kind, &direction->config);
    fill_zero(end->h, batch_h_count(encoder, d));
    if (end->c) fill_zero(end->c, batch_c_count(encoder, d));
    if (N == 0) continue;
    copy_columns((RowsOut){end->h, P}, (Rows){from, N}, B, P);
    from += P;
    if (C > 0) copy_columns((RowsOut){end->c, C}, (Rows){from, N}, B, C);
    from += C;
  }
}

static size_t hidden_count(const Trainer *encoder) {
  return encoder->windows[0].window * encoder->batch * encoder->network->head.output_size;
}

// What runs next puts the states there.
static void start_anew(Trainer *trainer) { memset(trainer->fresh, true, trainer->batch * sizeof(bool)); }

static void encode(Trainer *encoder, Trainer *decoder) {
  start_anew(encoder);
  trainer_run(encoder);
  if (has_attention(decoder->network)) {
    AttentionWindow *w = &decoder->given->attention;
    w->steps = encoder->windows[0].window;
    copy(w->memory, pass_hidden(encoder), hidden_count(encoder));
    const int32_t *lengths = encoder->windows[0].lengths;
    for (size_t b = 0; b < encoder->batch; b++) w->lengths[b] = lengths ? lengths[b] : (int32_t)w->steps;
  }
  if (decoder->network->summary_size > 0) gather_summary(decoder, encoder);
  start_anew(decoder);
}

void pair_predict(Trainer *encoder, Trainer *decoder) {
  encode(encoder, decoder);
  trainer_predict(decoder);
}

TrainerStatus pair_forward(Trainer *encoder, Trainer *decoder) {
  encode(encoder, decoder);
  return trainer_forward(decoder);
}

// The sums of each node of both.
static void sum_both(Trainer *encoder, Trainer *decoder) {
  encode(encoder, decoder);
  trainer_sum_own(decoder);
  if (has_attention(decoder->network)) {
    copy(pass_hidden_gradient(encoder), decoder->given->attention.dmemory, hidden_count(encoder));
  } else {
    fill_zero(pass_hidden_gradient(encoder), hidden_count(encoder));
  }
  scatter_summary(encoder, decoder);
  trainer_sum_from(encoder);
  // The loss is the decoder's, and so is its scale.
  for (size_t k = 0; k < trainer_node_count(encoder); k++) *node_totals(encoder, k) = *node_totals(decoder, k);
  encoder->scale = decoder->scale;
}

// The norm of all.
static TrainerStatus measure_both(Trainer *encoder, Trainer *decoder) {
  const double norm = sqrt(encoder->gradient_norm * encoder->gradient_norm +
                           decoder->gradient_norm * decoder->gradient_norm);
  encoder->gradient_norm = decoder->gradient_norm = norm;
  return trainer_is_finite(decoder) ? TRAINER_OK : TRAINER_NOT_FINITE;
}

TrainerStatus pair_backward(Trainer *encoder, Trainer *decoder) {
  encoder->wants_all = decoder->wants_all = true;
  sum_both(encoder, decoder);
  encoder->wants_all = decoder->wants_all = false;
  trainer_complete(encoder);
  trainer_complete(decoder);
  const TrainerStatus status = measure_both(encoder, decoder);
  if (status != TRAINER_OK) return status;
  trainer_mean(encoder);
  trainer_mean(decoder);
  return TRAINER_OK;
}

void pair_pass(Trainer *encoder, Trainer *decoder) {
  decoder->random_before = encoder->random = decoder->random;
  dropout_begin(encoder);
  decoder->random = encoder->random;
  dropout_begin(decoder);
  sum_both(encoder, decoder);
  dropout_end(encoder);
  dropout_end(decoder);
}

TrainerStatus pair_finish(Trainer *encoder, Trainer *decoder, const OptimizerOptions *options, Clipping clipping) {
  trainer_complete_all(encoder);
  trainer_complete_all(decoder);
  TrainerStatus status = measure_both(encoder, decoder);
  if (status == TRAINER_OK) status = trainer_check_update(decoder, options, clipping);
  real scales[2] = {1, 1};
  if (status == TRAINER_OK && !(trainer_clip(&scales[0], encoder, options, clipping) &&
                                trainer_clip(&scales[1], decoder, options, clipping))) {
    status = TRAINER_OVERFLOWS;
  }
  if (status != TRAINER_OK) {
    decoder->random = decoder->random_before;
    return status;
  }
  trainer_update(encoder, options, scales[0]);
  trainer_update(decoder, options, scales[1]);
  return TRAINER_OK;
}

TrainerStatus pair_accumulate(Trainer *encoder, Trainer *decoder) {
  trainer_complete(encoder);
  trainer_complete(decoder);
  const TrainerStatus status = measure_both(encoder, decoder);
  if (status != TRAINER_OK) {
    decoder->random = decoder->random_before;
    return status;
  }
  trainer_keep(encoder);
  trainer_keep(decoder);
  return TRAINER_OK;
}

TrainerStatus pair_step(Trainer *encoder, Trainer *decoder, const OptimizerOptions *options, Clipping clipping) {
  pair_pass(encoder, decoder);
  return pair_finish(encoder, decoder, options, clipping);
}
