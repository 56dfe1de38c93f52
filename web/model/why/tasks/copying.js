// Copying: Hochreiter & Schmidhuber 1997 have the idea, Arjovsky, Shah & Bengio 2016 this form.

/**
 * `count` letters, blanks, a sign, at which and after which the letters are asked for in their order. Symbols: letters are 0
 * to `letters` - 1, then the blank and the sign.
 *
 * @param {{ letters: number, count: number, blanks: number }} shape
 * @param {import('../Random.js').Random} random
 */
export function copyingSequence({ letters, count, blanks }, random) {
  const shown = Array.from({ length: count }, () => random.integer(0, letters - 1));
  const pause = new Array(blanks).fill(letters);
  const inputs = [...shown, ...pause, letters + 1, ...new Array(count - 1).fill(letters)];
  const length = inputs.length;
  const before = length - count;
  return {
    length,
    inputs,
    targets: [...new Array(before).fill(0), ...shown],
    counts: [...new Array(before).fill(0), ...new Array(count).fill(1)],
    lastOnly: false,
  };
}
