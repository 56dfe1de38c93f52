// random.js: what a seed draws in JavaScript: orders, and who is measured on. Mulberry32.

/**
 * Numbers from 0 to below 1.
 * @param {number} seed
 */
export function randomOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Draws the first so many of a list, to its front (Fisher and Yates).
 * @template T
 * @param {T[]} list
 * @param {() => number} random
 * @param {number} [count] default: all of them
 */
export function draw(list, random, count = list.length) {
  for (let i = 0; i < count; i++) {
    const j = i + Math.floor(random() * (list.length - i));
    [list[i], list[j]] = [list[j], list[i]];
  }
  return list;
}
