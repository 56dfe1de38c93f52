// Nested brackets of two kinds: the Dyck language of two pairs.

export const brackets = '([)]';

/**
 * Brackets of `pairs` pairs, at most `depth` deep. At every closing bracket the network has to have said which of the two
 * kinds closes: the target of the step before.
 *
 * @param {number} pairs
 * @param {number} depth
 * @param {import('../Random.js').Random} random
 */
export function bracketSequence(pairs, depth, random) {
  /** @type {number[]} */
  const open = [];
  const all = [];
  for (let left = pairs; left > 0 || open.length > 0;) {
    const opens = open.length === 0 || (left > 0 && open.length < depth && random.next() < 0.5);
    if (opens) {
      const kind = random.integer(0, 1);
      open.push(kind);
      all.push(kind);
      left -= 1;
    } else {
      all.push(2 + Number(open.pop()));
    }
  }
  const next = all.slice(1);
  return {
    length: next.length,
    inputs: all.slice(0, -1),
    targets: next.map((symbol) => (symbol < 2 ? 0 : symbol - 2)),
    counts: next.map((symbol) => Number(symbol >= 2)),
    lastOnly: false,
  };
}
