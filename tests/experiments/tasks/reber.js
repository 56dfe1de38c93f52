// The embedded Reber grammar: Hochreiter & Schmidhuber 1997, experiment 1; continual: Gers, Schmidhuber & Cummins 2000.
import { Learner } from '../learner.js';
import { Random } from '../random.js';
import { kinds, plainKinds } from '../kinds.js';
import { stepsUntilWrong, untilTestPasses } from '../trials.js';

export const symbols = 'BTPSXVE';

/** From each node: the symbols that may come, and where each leads. The last node is the end. */
const reber = [{ B: 1 }, { T: 2, P: 3 }, { S: 2, X: 4 }, { T: 3, V: 5 }, { X: 3, S: 6 }, { P: 4, V: 6 }, { E: 7 }, {}];
const inner = reber.length - 1;

/**
 * B, T or P, a Reber string, the same T or P, E; both branches of a node are equally probable.
 * @param {Random} random
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
const indexOf = (symbol) => symbols.indexOf(symbol);

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

/**
 * @param {object} options
 * @param {number} [options.strings] in the training set, and in the test set
 * @param {import('../tasks.js').Settings} options.settings
 * @returns {import('../tasks.js').Task}
 */
export function embeddedReber({ strings = 256, settings }) {
  return {
    name: 'reber',
    title: 'Embedded Reber grammar',
    paper: { source: 'H&S 1997, table 1', sequences: 8440, solved: '30 of 30', weights: 276 },
    criterion: `all possible symbols more active than the others, at every step of ${strings} training and ` +
      `${strings} other test strings`,
    input: { tokens: symbols.length },
    output: { classes: symbols.length },
    kinds: plainKinds,
    settings,
    error(sequence, at) {
      const { possible } = /** @type {ReturnType<typeof reberSequence>} */ (sequence);
      return possible.findIndex((symbols, t) => !isPredicted(at(t), symbols)) < 0 ? 0 : 1;
    },
    trial(lstm, kind, seed, limit) {
      const random = new Random(seed, 6);
      const training = Array.from({ length: strings }, () => embeddedString(random));
      const known = new Set(training.map(({ string }) => string));
      const others = [];
      while (others.length < strings) {
        const drawn = embeddedString(random);
        if (!known.has(drawn.string)) others.push(drawn);
      }
      const trained = training.map(reberSequence);
      const all = [...trained, ...others.map(reberSequence)];
      const window = Math.max(...all.map(({ length }) => length));
      const learner = new Learner(lstm, this, kind, seed, { window, batchSize: settings.batchSize });
      try {
        const test = () => learner.largestError(all, 1) === 0;
        return untilTestPasses(learner, { draw: () => random.pick(trained), test, every: 64, limit });
      } finally {
        learner.dispose();
      }
    },
  };
}

/**
 * Strings one after the other, without end or reset.
 * @param {Random} random
 * @returns {Generator<{ symbol: number, next: number, possible: string }>} `possible` may follow `symbol`, `next` does
 */
export function* reberStream(random) {
  let last = -1;
  while (true) {
    const { string, possible } = embeddedString(random);
    for (let t = 0; t < string.length; t++) {
      if (last >= 0) yield { symbol: last, next: indexOf(string[t]), possible: possible[t] };
      last = indexOf(string[t]);
    }
  }
}

/** Symbols of a stream of the training. Then the state is reset and another begins, so that beginnings are learnt. */
const trainedSymbols = 1000;

/**
 * @param {object} options
 * @param {number} [options.streams] of the test
 * @param {number} [options.symbols] of each
 * @param {import('../tasks.js').Settings} options.settings
 * @returns {import('../tasks.js').Task}
 */
export function continualReber({ streams = 10, symbols: count = 100000, settings }) {
  return {
    name: 'reber-continual',
    title: 'Continual embedded Reber grammar',
    paper: {
      source: 'GS&C 2000, table 2',
      solved: '18 of 100, with a falling learning rate 62; without forget gate 0',
      weights: 424,
    },
    criterion: `no wrong prediction in ${streams} new streams of ${count} symbols each, never reset`,
    measures: 'where not solved, symbols until the first error, at best',
    input: { tokens: symbols.length },
    output: { classes: symbols.length },
    kinds: [...plainKinds, kinds.noForget],
    settings,
    error: () => NaN,
    trial(lstm, kind, seed, limit) {
      const window = 50;
      const { batchSize } = settings;
      const learner = new Learner(lstm, this, kind, seed, { window, batchSize, carryState: true });
      const random = new Random(seed, 7);
      const inputs = new Int32Array(window * batchSize);
      const targets = new Int32Array(window * batchSize);
      let strings = 0;
      let longest = 0;
      try {
        for (let tests = 0; strings < limit; tests++) {
          const training = Array.from({ length: batchSize }, () => reberStream(random));
          learner.trainer.resetState();
          learner.slowDown(strings);
          for (let done = 0; done < trainedSymbols; done += window) {
            training.forEach((stream, b) => {
              for (let t = 0; t < window; t++) {
                const { symbol, next } = /** @type {any} */ (stream.next()).value;
                inputs[t * batchSize + b] = symbol;
                targets[t * batchSize + b] = next;
                if (symbol === indexOf('E') && next === indexOf('B')) strings += 1;
              }
            });
            learner.trainer.step(inputs, targets);
          }
          const lengths = testStreams(learner.network, new Random(seed, 8, tests), streams, count);
          longest = Math.max(longest, lengths.reduce((sum, length) => sum + length, 0) / lengths.length);
          if (lengths.length === streams && lengths.every((length) => length === count)) {
            return { solved: true, sequences: strings };
          }
        }
        return { solved: false, sequences: strings, measured: Math.round(longest) };
      } finally {
        learner.dispose();
      }
    },
  };
}

/**
 * @param {any} network
 * @param {Random} random
 * @param {number} streams
 * @param {number} count symbols of each
 * @returns {number[]} symbols until the first error, of the streams up to and with the first that has one
 */
function testStreams(network, random, streams, count) {
  const lengths = [];
  for (let i = 0; i < streams && (i === 0 || lengths[i - 1] === count); i++) {
    lengths.push(stepsUntilWrong(network, take(reberStream(random), count)));
  }
  return lengths;
}

/** @param {ReturnType<typeof reberStream>} stream @param {number} count */
function* take(stream, count) {
  for (let i = 0; i < count; i++) {
    const { symbol, possible } = /** @type {any} */ (stream.next()).value;
    yield { input: symbol, isRight: (/** @type {Float32Array} */ output) => isPredicted(output, possible) };
  }
}
