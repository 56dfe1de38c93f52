// chance.js: numbers drawn by the generator mulberry32, the same everywhere.

/**
 * @param {number} seed
 * @param {number} stream of it: streams of one seed have nothing to do with each other
 * @returns {(below: number) => number} draws a whole number from 0 to below - 1
 */
export function drawerOf(seed, stream) {
  let state = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(stream + 1, 0x85ebca6b)) | 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let z = Math.imul(state ^ (state >>> 15), state | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return Math.floor((((z ^ (z >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}
