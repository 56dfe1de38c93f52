// The embedded Reber grammar: Hochreiter & Schmidhuber 1997, experiment 1.

export const symbols = 'BTPSXVE';

/** From each node: the symbols that may come, and where each leads. The last node is the end. */
const reber = [{ B: 1 }, { T: 2, P: 3 }, { S: 2, X: 4 }, { T: 3, V: 5 }, { X: 3, S: 6 }, { P: 4, V: 6 }, { E: 7 }, {}];
const inner = reber.length - 1;

/**
 * B, T or P, a Reber string, the same T or P, E; both branches of a node are equally probable.
 * @param {import('../Random.js').Random} random
 * @returns {{ string: string, possible: string[] }} the symbols that might have come in each place
 */
export function embeddedString(random) {
  const outer = random.pick('TP');
  let string = `B${outer}`;
  const possible = ['B', 'TP'];
  for (let node = 0; node !== inner;) {
    const next = /** @type {Record<string, number>} */ (reber[node]);
    const symbol = random.pick(Object.keys(next));
    possible.push(Object.keys(next).join(''));
    string += symbol;
    node = next[symbol];
  }
  return { string: `${string}${outer}E`, possible: [...possible, outer, 'E'] };
}

/** @param {string} symbol */
export const indexOf = (symbol) => symbols.indexOf(symbol);

/**
 * Is each possible symbol's output larger than each other's?
 * @param {ArrayLike<number>} output
 * @param {string} possible
 */
export function isPredicted(output, possible) {
  let least = Infinity;
  let most = -Infinity;
  for (let i = 0; i < symbols.length; i++) {
    if (possible.includes(symbols[i])) least = Math.min(least, output[i]);
    else most = Math.max(most, output[i]);
  }
  return least > most;
}

/**
 * The next symbol at every step but the last.
 * @param {ReturnType<typeof embeddedString>} drawn
 */
export function reberSequence({ string, possible }) {
  const all = [...string].map(indexOf);
  const length = all.length - 1;
  return { length, inputs: all.slice(0, -1), targets: all.slice(1), lastOnly: false, possible: possible.slice(1) };
}
