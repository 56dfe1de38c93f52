// Counting: a^n b^n and a^n b^n c^n, Gers & Schmidhuber 2001.

/**
 * S a^n b^n ... At every step the targets say which symbols may come next, 1 or 0 for a, b, ..., T: after S an a, after
 * an a another or a b, and from the first b on exactly one. Tokens: S is 0, a is 1 and so on.
 * @param {number} letters 2 or 3
 * @param {number} n at least 1
 */
export function countingSequence(letters, n) {
  const length = 1 + letters * n;
  const V = letters + 1;
  const inputs = [0];
  const targets = new Array(length * V).fill(0);
  targets[0] = 1;
  for (let letter = 0; letter < letters; letter++) {
    for (let i = 1; i <= n; i++) {
      const t = inputs.push(letter + 1) - 1;
      if (letter === 0 || i < n) targets[t * V + letter] = 1;
      if (letter === 0 || i === n) targets[t * V + letter + 1] = 1;
    }
  }
  return { length, inputs, targets, lastOnly: false };
}
