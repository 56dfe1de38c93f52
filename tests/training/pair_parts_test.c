// pair_parts_test.c: an encoder and its decoder in parts of a batch do what they do with the whole of it, to the last bit.
#include "training/dropout.h"
#include "training/given.h"
#include "training/pairs.h"
#include "training/parts.h"

enum { S = 7, T = 6, STEPS = 4, MOST_PARTS = 8 };

typedef struct {
  Trainer *encoder, *decoder;
} Pair;

static Pair make_part(const PairCase *k, size_t B, size_t first, size_t leaves, bool dropout) {
  Network *encoder = make_encoder(k), *decoder = make_decoder(k, encoder);
  if (!encoder || !decoder) abort();
  const Pair pair = {trainer_create_part(encoder, B, S, 0, first, leaves), trainer_create_part(decoder, B, T, S, first, leaves)};
  Trainer *both[] = {pair.encoder, pair.decoder};
  for (size_t i = 0; i < 2; i++) {
    if (!both[i] || !trainer_use_accumulation(both[i])) abort();
    if (dropout && !trainer_use_dropout(both[i], (DropoutRates){0.3, 0.4, 0.25}, 7)) abort();
  }
  return pair;
}

static void free_pair(Pair pair) {
  free_trainer(pair.decoder);
  free_trainer(pair.encoder);
}

// Some windows are shorter than those before, and in some parts alone.
static void draw_lengths(Trainer *trainer, size_t most) {
  for (size_t b = 0; b < trainer->batch; b++) trainer->lengths[b] = (int32_t)(1 + test_random_below(most));
}

static void take_side(Trainer *part, const Trainer *whole, size_t first, bool lengths) {
  const size_t W = whole->window, from = whole->batch, to = part->batch, n = whole->network->directions[0].config.input_size;
  take(part->input_tokens, to, whole->input_tokens, from, first, W, sizeof(int32_t));
  take(part->input_vectors, to, whole->input_vectors, from, first, W, n * sizeof(real));
  take(part->target_classes, to, whole->target_classes, from, first, W, sizeof(int32_t));
  take(part->lengths, to, whole->lengths, from, first, 1, sizeof(int32_t));
  trainer_use(part, lengths, false);
}

static void check_side(const Trainer *part, const Trainer *whole) {
  check_same(part->network->values, whole->network->values, whole->network->value_count * sizeof(real), "values");
  check_same(&part->gradient_norm, &whole->gradient_norm, sizeof(double), "gradient norm");
}

static void step_all(Pair whole, const Pair *parts, size_t count, const size_t *cuts, size_t step, bool lengths) {
  const OptimizerOptions options = ADAM(0.01);
  Trainer *encoders[MOST_PARTS], *decoders[MOST_PARTS];
  fill_window(whole.encoder);
  fill_window(whole.decoder);
  draw_lengths(whole.encoder, S - step);
  draw_lengths(whole.decoder, T - step);
  for (size_t p = 0; p < count; p++) {
    const size_t first = leaf_start(whole.encoder->batch, cuts[p]);
    encoders[p] = parts[p].encoder;
    decoders[p] = parts[p].decoder;
    take_side(encoders[p], whole.encoder, first, lengths);
    take_side(decoders[p], whole.decoder, first, lengths);
    pair_pass(encoders[p], decoders[p]);
  }
  trainer_use(whole.encoder, lengths, false);
  trainer_use(whole.decoder, lengths, false);
  exchange(encoders, count);
  exchange(decoders, count);
  const bool is_kept = step == 1;
  pair_pass(whole.encoder, whole.decoder);
  CHECK((is_kept ? pair_accumulate(whole.encoder, whole.decoder)
                 : pair_finish(whole.encoder, whole.decoder, &options, clipped)) == TRAINER_OK);
  for (size_t p = 0; p < count; p++) {
    CHECK((is_kept ? pair_accumulate(encoders[p], decoders[p]) : pair_finish(encoders[p], decoders[p], &options, clipped)) ==
          TRAINER_OK);
    check_side(encoders[p], whole.encoder);
    check_side(decoders[p], whole.decoder);
    check_same(&decoders[p]->loss, &whole.decoder->loss, sizeof(double), "loss");
    check_same(decoders[p]->random.state, whole.decoder->random.state, sizeof(Random), "the generator");
  }
}

// cuts: the first leaf of each part, and the number of leaves.
static void test_split(const PairCase *k, size_t B, const size_t *cuts, size_t count, bool dropout) {
  static const char *attentions[] = {"no attention", "additive", "product"};
  test_start("%s to %s, %s%s%s%s%s, %zu layers, batch %zu, %zu parts", k->encoder.name, k->decoder.name,
             attentions[k->attention], k->summary ? ", summary" : "", k->bidirectional ? ", bidirectional" : "",
             k->lengths ? ", lengths" : "", dropout ? ", dropout" : "", k->layers, B, count);
  const Pair whole = make_part(k, B, 0, leaf_count(B), dropout);
  Pair parts[MOST_PARTS];
  for (size_t p = 0; p < count; p++) parts[p] = make_part(k, B, cuts[p], cuts[p + 1] - cuts[p], dropout);
  for (size_t step = 0; step < STEPS; step++) step_all(whole, parts, count, cuts, step, k->lengths);
  for (size_t p = 0; p < count; p++) free_pair(parts[p]);
  free_pair(whole);
  test_end();
}

// A window of two that are an update: where its loss is not finite, neither network changes, and nothing is kept.
static void test_not_finite(void) {
  const PairCase k = {ends[0], ends[1], ATTENTION_PRODUCT, true, true, false, true, 1};
  test_start("a window that is not finite is not kept, and the generator is as before");
  const OptimizerOptions options = ADAM(0.01);
  const Pair pair = make_part(&k, 4, 0, 4, true), twin = make_part(&k, 4, 0, 4, true);
  fill_window(pair.encoder);
  fill_window(pair.decoder);
  take_side(twin.encoder, pair.encoder, 0, false);
  take_side(twin.decoder, pair.decoder, 0, false);
  real *value = pair.encoder->network->values;
  const real was = *value;
  *value = NAN;
  pair_pass(pair.encoder, pair.decoder);
  CHECK(pair_accumulate(pair.encoder, pair.decoder) == TRAINER_NOT_FINITE);
  *value = was;
  const Pair both[] = {pair, twin};
  for (size_t i = 0; i < 2; i++) {
    pair_pass(both[i].encoder, both[i].decoder);
    CHECK(pair_finish(both[i].encoder, both[i].decoder, &options, clipped) == TRAINER_OK);
  }
  check_side(pair.encoder, twin.encoder);
  check_side(pair.decoder, twin.decoder);
  free_pair(pair);
  free_pair(twin);
  test_end();
}

// Two windows that are an update have the gradient of one of both their sequences.
static void test_accumulated(void) {
  const PairCase k = {ends[0], ends[3], ATTENTION_ADDITIVE, true, true, true, true, 1};
  test_start("two windows of an update are as one of twice as many pairs");
  const OptimizerOptions still = ADAM(0);
  const Pair whole = make_part(&k, 6, 0, 4, false), half = make_part(&k, 3, 0, 2, false);
  fill_window(whole.encoder);
  fill_window(whole.decoder);
  draw_lengths(whole.encoder, S);
  draw_lengths(whole.decoder, T);
  for (size_t i = 0; i < 2; i++) {
    take_side(half.encoder, whole.encoder, 3 * i, true);
    take_side(half.decoder, whole.decoder, 3 * i, true);
    pair_pass(half.encoder, half.decoder);
    CHECK((i == 0 ? pair_accumulate(half.encoder, half.decoder) : pair_finish(half.encoder, half.decoder, &still, unclipped)) ==
          TRAINER_OK);
  }
  trainer_use(whole.encoder, true, false);
  trainer_use(whole.decoder, true, false);
  pair_pass(whole.encoder, whole.decoder);
  CHECK(pair_finish(whole.encoder, whole.decoder, &still, unclipped) == TRAINER_OK);
  check_near(half.decoder->gradient_norm, whole.decoder->gradient_norm, 300 * REAL_EPSILON, "gradient norm");
  check_near(half.encoder->gradient_norm, whole.encoder->gradient_norm, 300 * REAL_EPSILON, "gradient norm");
  free_pair(whole);
  free_pair(half);
  test_end();
}

int main(void) {
  const size_t ones[] = {0, 1, 2, 3, 4, 5, 6, 7, 8}, thirds[] = {0, 3, 6, 8}, halves[] = {0, 4, 8}, two[] = {0, 1, 2};
  for (size_t e = 0; e < ENDS; e++) {
    for (int attention = 0; attention < ATTENTION_KINDS; attention++) {
      const PairCase k = {ends[e], ends[(e + (size_t)attention) % ENDS], (AttentionKind)attention, attention == 0 || e % 2,
                          (e + (size_t)attention) % 2, e % 3 != 0, e % 2, 1 + e % 2};
      test_split(&k, 11, thirds, 3, e % 2 == 0);
      test_split(&k, 8, e % 2 ? halves : ones, e % 2 ? 2 : 8, true);
      test_split(&k, 3, two, 2, false);
    }
  }
  test_not_finite();
  test_accumulated();
  return test_exit();
}
