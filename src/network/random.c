// random.c: xoshiro128++, seeded by splitmix32.
#include "network/random.h"

static uint32_t rotate_left(uint32_t x, int bits) { return (x << bits) | (x >> (32 - bits) % 32); }

void random_seed(Random *random, uint32_t seed, RandomUse use) {
  for (int i = 0; i < 4; i++) {
    seed += 0x9e3779b9u;
    uint32_t z = seed;
    z = (z ^ (z >> 16)) * 0x85ebca6bu;
    z = (z ^ (z >> 13)) * 0xc2b2ae35u;
    random->state[i] = z ^ (z >> 16) ^ rotate_left((uint32_t)use * 0x6a09e667u, 8 * i);
  }
}

uint32_t random_bits(Random *random) {
  uint32_t *s = random->state;
  const uint32_t result = rotate_left(s[0] + s[3], 7) + s[0];
  const uint32_t t = s[1] << 9;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = rotate_left(s[3], 11);
  return result;
}

float random_uniform(Random *random) { return (float)(random_bits(random) >> 8) * 0x1p-24f; }

double random_fraction(Random *random) { return (double)random_bits(random) * 0x1p-32; }

void random_fill(real *values, Random *random, real bound, size_t n) {
  for (size_t i = 0; i < n; i++) values[i] = (2 * (real)random_uniform(random) - 1) * bound;
}
