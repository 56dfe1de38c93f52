// The embedded Reber grammar: Hochreiter & Schmidhuber 1997, experiment 1; continual: Gers, Schmidhuber & Cummins 2000.
import { embeddedString, indexOf, isPredicted, reberSequence, symbols } from '../../../web/model/why/tasks/reber.js';
import { Random } from '../../../web/model/why/Random.js';
import { Learner } from '../learner.js';
import { kinds, plainKinds } from '../kinds.js';
import { stepsUntilWrong, untilTestPasses } from '../trials.js';

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
