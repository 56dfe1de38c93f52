// oom_test.c: memory that is not there: each call of malloc is made to fail, and everything that is held is counted.
#include "c/check.h"
#include "exports/network_exports.c"
#include "training/oom.h"
#include "training/trainers.h"

enum { V = 6, LAYERS = 2 };
static const int32_t layers[2 * LAYER_WORDS] = {
    0, 5, 1, CELL_LAYER_NORM_PRODUCTS | CELL_MULTIPLICATIVE_DIAGONAL, [LAYER_WORDS] = 0, 3, 1};

static Network *create(void) { return lstm_network_create(1, V, 0, layers, LAYERS, OUTPUT_CLASSES, V, 0, 0, 0, 0, 1); }

// A network and a trainer that exist before, and what they hold. Afterwards they are as if nothing had happened.
typedef struct {
  Trainer *trainer, *twin;
  int live;
} Before;

static Before set_up(void) {
  const NetworkCase k = {V, {5, 3}, true, OUTPUT_CLASSES, V, 1};
  Before before = {.trainer = make_trainer(&k, 2, 3), .twin = make_trainer(&k, 2, 3)};
  memcpy(before.twin->input_tokens, before.trainer->input_tokens, 6 * sizeof(int32_t));
  memcpy(before.twin->target_classes, before.trainer->target_classes, 6 * sizeof(int32_t));
  before.live = heap.live;
  return before;
}

static void check_untouched(Before *before, const char *what) {
  Network *network = before->trainer->network, *twin = before->twin->network;
  const OptimizerOptions options = ADAM(1e-2);
  check(heap.live == before->live, "%s: expected %d blocks held, got %d", what, before->live, heap.live);
  fail_at(0);
  check_same(network->values, twin->values, twin->value_count * sizeof(real), what);
  check_same(network->state, twin->state, twin->state_size * sizeof(real), what);
  network_step(network, 2);
  network_step(twin, 2);
  check_same(network->logits, twin->logits, V * sizeof(real), what);
  CHECK(trainer_step(before->trainer, &options, clipped, true) == TRAINER_OK);
  CHECK(trainer_step(before->twin, &options, clipped, true) == TRAINER_OK);
  check_same(network->values, twin->values, twin->value_count * sizeof(real), what);
  check(heap.calls == 0, "expected that steps and training take no memory, got %d calls", heap.calls);
}

static void tear_down(Before *before) {
  free_trainer(before->trainer);
  free_trainer(before->twin);
}

static void test_network(void) {
  test_start("lstm_network_create: every malloc fails once");
  const int nothing = heap.live;
  Before before = set_up();
  int call = 1;
  for (;; call++) {
    fail_at(call);
    Network *network = create();
    const bool failed = heap.calls >= call;
    check(!failed == !!network, "call %d: expected %s", call, failed ? "NULL" : "a network");
    lstm_network_free(network);
    check_untouched(&before, "values and state");
    if (!failed || call > 20) break;
  }
  check(call == 3, "expected 2 calls of malloc, the list of layers and the network, got %d", call - 1);
  tear_down(&before);
  check(heap.live == nothing, "expected %d blocks held at the end, got %d", nothing, heap.live);
  test_end();
}

// A decoder, with a memory of 3 numbers a step and a summary of 4.
static void test_decoder(void) {
  test_start("trainer_create_with_memory: every malloc fails once");
  const int nothing = heap.live;
  Network *network =
      lstm_network_create(1, V, 0, layers, LAYERS, OUTPUT_CLASSES, V, 0, ATTENTION_ADDITIVE, 3, 4, 1);
  CHECK(network != NULL);
  const int before = heap.live;
  int call = 1;
  for (;; call++) {
    fail_at(call);
    Trainer *trainer = trainer_create_with_memory(network, 7, 9, 5, true);
    const bool failed = heap.calls >= call;
    check(!failed == !!trainer, "call %d: expected %s", call, failed ? "NULL" : "a trainer");
    trainer_free(trainer);
    fail_at(0);
    check(heap.live == before, "expected %d blocks held, got %d", before, heap.live);
    if (!failed || call > 20) break;
  }
  network_free(network);
  check(heap.live == nothing, "expected %d blocks held at the end, got %d", nothing, heap.live);
  test_end();
}

static void test_trainer(void) {
  test_start("trainer_create: every malloc fails once");
  const int nothing = heap.live;
  Before before = set_up();
  int call = 1;
  for (;; call++) {
    fail_at(call);
    Trainer *trainer = trainer_create(before.trainer->network, 7, 9, true);
    const bool failed = heap.calls >= call;
    check(!failed == !!trainer, "call %d: expected %s", call, failed ? "NULL" : "a trainer");
    trainer_free(trainer);
    check_untouched(&before, "values and state");
    if (!failed || call > 20) break;
  }
  check(call == 2, "expected 1 call of malloc, got %d", call - 1);
  tear_down(&before);
  check(heap.live == nothing, "expected %d blocks held at the end, got %d", nothing, heap.live);
  test_end();
}

static void test_dropout(void) {
  test_start("trainer_use_dropout: every malloc fails once, and what was in use stays");
  const int nothing = heap.live;
  Before before = set_up();
  const DropoutRates rates = {0.3, 0.2, 0.1}, others = {0.5, 0.5, 0.5};
  CHECK(trainer_use_dropout(before.trainer, rates, 7) && trainer_use_dropout(before.twin, rates, 7));
  before.live = heap.live;
  fail_at(1);
  CHECK(!trainer_use_dropout(before.trainer, others, 8));
  CHECK(heap.calls == 1);
  check_untouched(&before, "dropout");
  fail_at(0);
  CHECK(trainer_use_dropout(before.trainer, others, 8));
  check(heap.live == before.live && heap.calls == 1, "expected the former masks freed and 1 call, got %d", heap.calls);
  CHECK(trainer_use_dropout(before.trainer, (DropoutRates){0}, 8));
  check(heap.live == before.live - 1, "expected nothing held without rates");
  tear_down(&before);
  check(heap.live == nothing, "expected %d blocks held, got %d", nothing, heap.live);
  test_end();
}

static void test_huge_networks(void) {
  test_start("networks of the largest sizes are refused, and no count of bytes wraps around");
  const int nothing = heap.live;
  const long double H = NETWORK_MAX_HIDDEN, D = NETWORK_MAX_INPUT;
  static int32_t most[LAYER_WORDS * NETWORK_MAX_LAYERS];
  for (int l = 0; l < NETWORK_MAX_LAYERS; l++) {
    most[LAYER_WORDS * l] = 0;
    most[LAYER_WORDS * l + 1] = NETWORK_MAX_HIDDEN;
    most[LAYER_WORDS * l + 2] = 1;
  }
  const struct {
    size_t layers;
    long double parameters;
  } sizes[] = {{1, 4 * H * (D + H + 2) + D * H}, {2, 4 * H * (D + 3 * H + 4) + D * H},
               {NETWORK_MAX_LAYERS, 4 * H * D + (NETWORK_MAX_LAYERS * 2 - 1) * 4 * H * H}};
  for (int k = 0; k < 3; k++) {
    for (int tokens = 0; tokens < 2; tokens++) {
      fail_at(0);
      const Network *network = lstm_network_create(tokens, NETWORK_MAX_INPUT, 0, most, sizes[k].layers, OUTPUT_CLASSES,
                                                   NETWORK_MAX_INPUT, 0, 0, 0, 0, 0);
      check_refused(network, sizes[k].parameters * sizeof(real), "network");
    }
  }
  CHECK(heap.live == nothing);
  test_end();
}

static void test_bad_numbers(void) {
  test_start("lstm_network_create: unknown kinds and sizes out of range are refused and leave nothing");
  const int nothing = heap.live;
  enum { KIND, HIDDEN, BIAS, OPTIONS, PROJECTION, DELAYS, CLIP, FORGET_BIAS, GAIN = 10 };
  static const int32_t plain[LAYER_WORDS] = {0, 5, 1};
  static const struct {
    int word;
    int32_t value;
  } bad[] = {{KIND, -1}, {KIND, 99}, {HIDDEN, 0}, {HIDDEN, -5}, {HIDDEN, INT32_MAX}, {HIDDEN, INT32_MIN},
             {OPTIONS, CELL_RELU}, {OPTIONS, CELL_RESET_AFTER}, {OPTIONS, -1}, {OPTIONS, 1 << 30},
             {OPTIONS, CELL_PEEPHOLE_DIAGONAL | CELL_PEEPHOLE_FULL}, {OPTIONS, CELL_COUPLED | CELL_NO_INPUT_GATE},
             {OPTIONS, CELL_COUPLED | CELL_NO_FORGET_GATE}, {PROJECTION, -1}, {PROJECTION, INT32_MAX}, {DELAYS, 1},
             {DELAYS, -1}, {CLIP, INT32_MIN | 0x3f800000}, {CLIP, 0x7f800000}, {CLIP, 0x7fc00000},
             {FORGET_BIAS, 0x7f800000}, {FORGET_BIAS, 0x7fc00000},
             {OPTIONS, CELL_LAYER_NORM | CELL_LAYER_NORM_PRODUCTS}, {GAIN, 0x3f800000}};
  for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
    int32_t words[LAYER_WORDS];
    memcpy(words, plain, sizeof words);
    words[bad[k].word] = bad[k].value;
    check(!lstm_network_create(1, V, 0, words, 1, OUTPUT_CLASSES, V, 0, 0, 0, 0, 1), "word %d = %d: expected NULL", bad[k].word,
          bad[k].value);
    CHECK(lstm_config_values(1, V, 0, words, 1, OUTPUT_CLASSES, V, 0, 0, 0, 0) == -1);
  }
  CHECK(lstm_config_values(1, V, 0, plain, 1, OUTPUT_CLASSES, V, 0, 0, 0, 0) == 4 * 5 * (V + 5 + 2) + V * 5 + V);
  // A forget bias for a kind without one: rnn.
  const int32_t without[LAYER_WORDS] = {1, 5, 1, [FORGET_BIAS] = 0x3f800000};
  CHECK(lstm_config_values(1, V, 0, without, 1, OUTPUT_CLASSES, V, 0, 0, 0, 0) == -1);
  const int32_t gains[] = {INT32_MIN | 0x3f800000, 0x7f800000, 0x7fc00000};
  for (size_t k = 0; k < 3; k++) {
    const int32_t normed[LAYER_WORDS] = {0, 5, 1, CELL_LAYER_NORM, [GAIN] = gains[k]};
    CHECK(lstm_config_values(1, V, 0, normed, 1, OUTPUT_CLASSES, V, 0, 0, 0, 0) == -1);
  }
  // A layer of unknown kind behind a good one, and before one.
  const int32_t behind[2 * LAYER_WORDS] = {0, 5, 1, [LAYER_WORDS] = 77, 5, 1};
  const int32_t ahead[2 * LAYER_WORDS] = {77, 5, 1, [LAYER_WORDS] = 0, 5, 1};
  CHECK(!lstm_network_create(1, V, 0, behind, 2, OUTPUT_CLASSES, V, 0, 0, 0, 0, 1));
  CHECK(!lstm_network_create(1, V, 0, ahead, 2, OUTPUT_CLASSES, V, 0, 0, 0, 0, 1));
  CHECK(!lstm_network_create(1, V, 0, layers, 0, OUTPUT_CLASSES, V, 0, 0, 0, 0, 1));
  CHECK(!lstm_network_create(1, V, 0, layers, NETWORK_MAX_LAYERS + 1, OUTPUT_CLASSES, V, 0, 0, 0, 0, 1));
  CHECK(!lstm_network_create(1, V, 0, layers, SIZE_MAX, OUTPUT_CLASSES, V, 0, 0, 0, 0, 1));
  CHECK(!lstm_network_create(1, (size_t)UINT32_MAX, 0, layers, 1, OUTPUT_CLASSES, V, 0, 0, 0, 0, 1));
  CHECK(!lstm_network_create(1, V, 0, layers, 1, OUTPUT_VALUES, (size_t)UINT32_MAX, 0, 0, 0, 0, 1));
  // Embeddings: only for tokens, and tied only where they fit.
  CHECK(lstm_config_values(1, V, 5, plain, 1, OUTPUT_CLASSES, V, 0, 0, 0, 0) == V * 5 + 4 * 5 * (5 + 5 + 2) + V * 5 + V);
  CHECK(lstm_config_values(1, V, 5, plain, 1, OUTPUT_CLASSES, V, 1, 0, 0, 0) == V * 5 + 4 * 5 * (5 + 5 + 2) + V);
  CHECK(lstm_config_values(0, V, 5, plain, 1, OUTPUT_CLASSES, V, 0, 0, 0, 0) == -1);
  CHECK(lstm_config_values(1, V, NETWORK_MAX_INPUT + 1, plain, 1, OUTPUT_CLASSES, V, 0, 0, 0, 0) == -1);
  CHECK(lstm_config_values(1, V, 0, plain, 1, OUTPUT_CLASSES, V, 1, 0, 0, 0) == -1);
  CHECK(lstm_config_values(1, V, 4, plain, 1, OUTPUT_CLASSES, V, 1, 0, 0, 0) == -1);
  CHECK(lstm_config_values(1, V, 5, plain, 1, OUTPUT_CLASSES, V + 1, 1, 0, 0, 0) == -1);
  // A mixture: 1 component and more; values have no option.
  CHECK(lstm_config_values(0, V, 0, plain, 1, OUTPUT_MIXTURE, V, 0, 0, 0, 0) == -1);
  CHECK(lstm_config_values(0, V, 0, plain, 1, OUTPUT_MIXTURE, V, -1, 0, 0, 0) == -1);
  CHECK(lstm_config_values(0, V, 0, plain, 1, OUTPUT_MIXTURE, V, 2, 0, 0, 0) ==
        lstm_config_values(0, V, 0, plain, 1, OUTPUT_VALUES, 2 * (1 + 2 * V), 0, 0, 0, 0));
  CHECK(lstm_config_values(1, V, 5, plain, 1, OUTPUT_VALUES, V, 1, 0, 0, 0) ==
        lstm_config_values(1, V, 5, plain, 1, OUTPUT_CLASSES, V, 0, 0, 0, 0));
  CHECK(!lstm_network_create(1, V, 4, plain, 1, OUTPUT_CLASSES, V, 1, 0, 0, 0, 1));
  CHECK(heap.live == nothing);
  test_end();
}

// The largest batch and window on networks that still fit into memory: wide input, wide output, wide layer.
static void test_huge_trainers(void) {
  test_start("trainers of the largest batch and window are refused, and no count of bytes wraps around");
  const int nothing = heap.live;
  const long double count = (long double)TRAINER_MAX_BATCH * TRAINER_MAX_WINDOW;
  const int wide = NETWORK_MAX_INPUT;
  const struct {
    NetworkCase network;
    long double reals;  // for each step of each sequence
  } cases[] = {
      {{-wide, {1}, true, OUTPUT_VALUES, NETWORK_MAX_INPUT, 0}, 4.0L * wide},
      {{3, {1}, true, OUTPUT_CLASSES, NETWORK_MAX_INPUT, 0}, 10},
      {{3, {1000, 900}, false, OUTPUT_HIDDEN, 0, 0}, 7 * 1900},
  };
  for (int k = 0; k < 3; k++) {
    Network *network = make_network(&cases[k].network);
    if (!CHECK(network != NULL)) continue;
    fail_at(0);
    const Trainer *trainer = trainer_create(network, TRAINER_MAX_BATCH, TRAINER_MAX_WINDOW, true);
    check_refused(trainer, cases[k].reals * count * sizeof(real), "trainer");
    network_free(network);
  }
  CHECK(heap.live == nothing);
  test_end();
}

// On a machine of 32 bits an address space ends long before a count of 64 bits does. arena_allocate is given the count,
// whatever the machine is: more than PTRDIFF_MAX is refused before malloc is asked for a truncated size.
static void test_arena(void) {
  test_start("an arena counts in 64 bits and refuses what no address reaches");
  Arena counted = {0}, arena;
  CHECK(arena_take(&counted, (uint64_t)1 << 40, sizeof(float)) == NULL);
  check(counted.used == ((uint64_t)1 << 42) + ARENA_RED_ZONE, "expected 2^42 bytes, got %llu", (unsigned long long)counted.used);
  CHECK(arena_take(&counted, 1, 1) == NULL);
  check(counted.used == ((uint64_t)1 << 42) + ARENA_ALIGNMENT + 2 * ARENA_RED_ZONE, "expected 2^42 + 64 bytes, got %llu",
        (unsigned long long)counted.used);
  CHECK(arena_take(&counted, 0, 8) == NULL);
  check(counted.used == ((uint64_t)1 << 42) + ARENA_ALIGNMENT + 2 * ARENA_RED_ZONE, "expected that nothing takes nothing");
  fail_at(0);
  CHECK(!arena_allocate(&arena, &counted));
  counted.used = (uint64_t)PTRDIFF_MAX - ARENA_ALIGNMENT + 1;
  fail_at(0);
  CHECK(!arena_allocate(&arena, &counted));
  CHECK(heap.calls == 0);

  counted.used = 192 + 2 * ARENA_RED_ZONE;
  CHECK(arena_allocate(&arena, &counted));
  check(arena.capacity == counted.used && arena.used == 0, "expected 192 bytes, none used");
  check((uintptr_t)arena.base % ARENA_ALIGNMENT == 0, "expected a base on a line of the cache");
  const unsigned char *first = arena_take(&arena, 3, 1), *second = arena_take(&arena, 65, 1);
  CHECK(second == first + ARENA_ALIGNMENT + ARENA_RED_ZONE);
  for (int i = 0; i < 3; i++) check(first[i] == 0, "byte %d: expected 0", i);
  for (int i = 0; i < 65; i++) check(second[i] == 0, "byte %d of the second: expected 0", i);
  arena_assert_full(&arena);
  arena_free(&arena);
  CHECK(arena.memory == NULL && arena.base == NULL && arena.used == 0);
  test_end();
}

static void test_quantize(void) {
  test_start("network_quantize: every malloc fails once, and nothing changes");
  const int nothing = heap.live;
  Before before = set_up();
  for (int call = 1;; call++) {
    fail_at(call);
    const bool made = network_quantize(before.trainer->network, NULL);
    const bool failed = heap.calls >= call;
    check(made == !failed, "call %d: expected %s", call, failed ? "false" : "true");
    if (!failed) break;
    check_untouched(&before, "a network that could not be quantised");
  }
  tear_down(&before);
  check(heap.live == nothing, "expected %d blocks held, got %d", nothing, heap.live);
  test_end();
}

int main(void) {
  test_network();
  test_trainer();
  test_decoder();
  test_dropout();
  test_huge_networks();
  test_bad_numbers();
  test_huge_trainers();
  test_arena();
  test_quantize();
  return test_exit();
}
