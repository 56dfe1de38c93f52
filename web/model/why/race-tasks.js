/**
 * What the networks of the race can learn: each a task that a paper made known, with settings under which its outcome is seen
 * within half a minute. Sequences, and where there is one the count of the paper, are those of tests/experiments.
 */
import { pack, reader, outputWidth } from './batch.js';
import { Random } from './Random.js';
import { addingSequence } from './tasks/adding.js';
import { bracketSequence } from './tasks/brackets.js';
import { copyingSequence } from './tasks/copying.js';
import { countingSequence } from './tasks/counting.js';
import { orderSequence, symbols as orderSymbols } from './tasks/order.js';
import { embeddedString, isPredicted, reberSequence, symbols as reberSymbols } from './tasks/reber.js';
import { GUESSING_ERROR, drawBatch, randomNumbers } from './tasks/remember.js';

/** @typedef {import('./batch.js').Sequence} Sequence */
/** @typedef {{ inputs: Float32Array | Int32Array, targets: Float32Array | Int32Array, options: { mask: Uint8Array, lengths?: number[] } }} Batch */

/**
 * @typedef {object} Test
 * @property {Batch} batch
 * @property {number} size   sequences
 * @property {(outputs: Float32Array) => Float32Array} answers   of outputs (T, size, V): numbers, or 1 where the answer to a
 *   sequence is right at every step that is asked for, and 0 elsewhere
 * @property {Float32Array} shown   what the numbers should be; all 1 for symbols
 */

/**
 * @typedef {object} Course   what the networks learn in one race
 * @property {() => Batch} draw   the next to learn
 * @property {Test} test
 * @property {(window: number, size: number) => Batch} flow   long ones, at whose last step alone there is an error
 */

/**
 * @typedef {object} RaceTask
 * @property {'number' | 'symbols'} answers
 * @property {readonly [number, number]} range   of numbers
 * @property {number} guessing   the error without a clue: root mean square of numbers, the wrong share of symbols
 * @property {number} allowed   an error of a number that is small enough; 0 for symbols
 * @property {{ tokens: number } | { size: number }} input
 * @property {{ classes: number } | { values: number }} output
 * @property {readonly [number, number, number, number]} sizes   hidden sizes of the racers: about as many weights each
 * @property {{ batchSize: number, learningRate: number, batches: number, rounds: number }} training   batches of a round
 * @property {(lag: number) => number} window   steps
 * @property {(lag: number) => number} memory   steps that open gates hold for
 * @property {{ cite: string, sequences?: number }} paper
 * @property {(lag: number, seed: number) => Course} make
 */

const TEST_SIZE = 64;

/** @type {RaceTask} */
const remember = {
  answers: 'number',
  range: [-1, 1],
  guessing: GUESSING_ERROR,
  allowed: 0.1,
  input: { size: 2 },
  output: { values: 1 },
  sizes: [50, 28, 24, 24],
  training: { batchSize: 16, learningRate: 0.003, batches: 1, rounds: 1000 },
  window: (lag) => lag + 1,
  memory: (lag) => lag,
  paper: { cite: '' },
  make(lag, seed) {
    const random = randomNumbers(seed, 2);
    const batchOf = (/** @type {ReturnType<typeof drawBatch>} */ { mask, ...rest }) => ({ ...rest, options: { mask } });
    const test = drawBatch(lag, TEST_SIZE, randomNumbers(seed, 3), (b) => (2 * b + 1) / TEST_SIZE - 1);
    return {
      draw: () => batchOf(drawBatch(lag, 16, random)),
      test: { batch: batchOf(test), size: TEST_SIZE, answers: (outputs) => outputs.slice(-TEST_SIZE), shown: test.targets.slice(-TEST_SIZE) },
      flow: (window, size) => batchOf(drawBatch(window - 1, size, randomNumbers(seed, 4))),
    };
  },
};

/**
 * A course of sequences that are drawn one by one.
 *
 * @param {Pick<RaceTask, 'input' | 'output'> & { batchSize: number, window: number, seed: number }} shape
 * @param {(random: Random) => Sequence} draw
 * @param {Sequence[]} tested
 * @param {(sequence: any, at: (t: number) => Float32Array) => number} answer   1 or 0, or a number
 * @param {(sequence: Sequence) => number} [right]   the number that it should be
 * @returns {Course}
 */
function courseOf({ input, output, batchSize, window, seed }, draw, tested, answer, right = () => 1) {
  const random = new Random(seed, 2);
  const batch = (/** @type {Sequence[]} */ sequences) => pack({ input, output }, sequences, window);
  const V = outputWidth(output);
  const size = tested.length;
  return {
    draw: () => batch(Array.from({ length: batchSize }, () => draw(random))),
    test: {
      batch: batch(tested),
      size,
      answers: (outputs) => Float32Array.from(tested, (sequence, b) => answer(sequence, reader(outputs, size, V, b))),
      shown: Float32Array.from(tested, right),
    },
    flow(steps, count) {
      const others = new Random(seed, 4);
      const chained = Array.from({ length: count }, () => {
        let long = chain([draw(others)]);
        while (long.length < steps) long = chain([draw(others), long]);
        return tail(long, steps, input, output);
      });
      return pack({ input, output }, chained, steps);
    },
  };
}

/** One after the other. @param {Sequence[]} sequences @returns {Sequence} */
const chain = (sequences) => ({
  length: sequences.reduce((sum, { length }) => sum + length, 0),
  inputs: sequences.flatMap(({ inputs }) => Array.from(inputs)),
  targets: sequences.flatMap(({ targets }) => Array.from(targets)),
  lastOnly: true,
});

/** Its last steps. @param {Sequence} sequence @param {number} steps @param {RaceTask['input']} input @param {RaceTask['output']} output @returns {Sequence} */
const tail = ({ inputs, targets }, steps, input, output) => ({
  length: steps,
  inputs: Array.from(inputs).slice(-steps * ('size' in input ? input.size : 1)),
  targets: Array.from(targets).slice(-steps * ('values' in output ? output.values : 1)),
  lastOnly: true,
});

/** @param {Random} random @param {(random: Random) => Sequence} draw */
const several = (random, draw) => Array.from({ length: TEST_SIZE }, () => draw(random));

/** Which output is the largest. @param {Float32Array} output */
const best = (output) => output.indexOf(Math.max(...output));

/** 1 where the class of every step that counts is the largest. @type {(sequence: Sequence, at: (t: number) => Float32Array) => number} */
function areClassesRight({ length, targets, counts, lastOnly }, at) {
  for (let t = 0; t < length; t++) {
    const asked = lastOnly ? t === length - 1 : counts?.[t] ?? 1;
    if (asked && best(at(t)) !== targets[t]) return 0;
  }
  return 1;
}

/**
 * @param {Omit<RaceTask, 'make' | 'window' | 'memory'> & { longest: number, memorySteps: number }} task
 * @param {(random: Random) => Sequence} draw
 * @param {(sequence: any, at: (t: number) => Float32Array) => number} answer
 * @param {{ tested?: () => Sequence[], right?: (sequence: Sequence) => number }} [more]
 * @returns {RaceTask}
 */
const taskOf = ({ longest, memorySteps, ...task }, draw, answer, { tested, right } = {}) => ({
  ...task,
  window: () => longest,
  memory: () => memorySteps,
  make: (_, seed) => courseOf({ ...task, batchSize: task.training.batchSize, window: longest, seed }, draw,
    tested?.() ?? several(new Random(seed, 3), draw), answer, right),
});

const adding = taskOf({
  answers: 'number',
  range: [0, 1],
  // Of 1/2 + (X1 + X2) / 4, both even over -1 to 1.
  guessing: Math.sqrt(1 / 24),
  allowed: 0.04,
  input: { size: 2 },
  output: { values: 1 },
  sizes: [18, 10, 8, 8],
  training: { batchSize: 8, learningRate: 0.01, batches: 2, rounds: 1500 },
  longest: 110,
  memorySteps: 100,
  paper: { cite: 'hochreiter1997', sequences: 74_000 },
}, (random) => addingSequence(100, random), ({ length }, at) => at(length - 1)[0],
{ right: ({ length, targets }) => targets[length - 1] });

const order = taskOf({
  answers: 'symbols',
  range: [0, 1],
  guessing: 3 / 4,
  allowed: 0,
  input: { tokens: orderSymbols.length },
  output: { classes: 4 },
  sizes: [22, 12, 10, 10],
  training: { batchSize: 8, learningRate: 0.01, batches: 2, rounds: 1000 },
  longest: 110,
  memorySteps: 100,
  paper: { cite: 'hochreiter1997', sequences: 31_390 },
}, (random) => orderSequence('6a', random), areClassesRight);

const reber = taskOf({
  answers: 'symbols',
  range: [0, 1],
  guessing: 1,
  allowed: 0,
  input: { tokens: reberSymbols.length },
  output: { classes: reberSymbols.length },
  sizes: [26, 14, 12, 12],
  training: { batchSize: 4, learningRate: 0.02, batches: 2, rounds: 1500 },
  longest: 60,
  memorySteps: 15,
  paper: { cite: 'hochreiter1997', sequences: 8_440 },
}, drawString, ({ possible }, at) => Number(possible.every((/** @type {string} */ symbols, /** @type {number} */ t) => isPredicted(at(t), symbols))));

/** One in 10 000 strings is longer than the window, and drawn anew. @param {Random} random @returns {Sequence} */
function drawString(random) {
  const sequence = reberSequence(embeddedString(random));
  return sequence.length <= 60 ? sequence : drawString(random);
}

const nested = taskOf({
  answers: 'symbols',
  range: [0, 1],
  guessing: 1,
  allowed: 0,
  input: { tokens: 4 },
  output: { classes: 2 },
  sizes: [26, 14, 12, 12],
  training: { batchSize: 16, learningRate: 0.01, batches: 1, rounds: 1500 },
  longest: 39,
  memorySteps: 20,
  paper: { cite: '' },
}, (random) => bracketSequence(20, 5, random), areClassesRight);

/** n from 1 to this are learnt. */
const COUNTED = 10;

const counting = taskOf({
  answers: 'symbols',
  range: [0, 1],
  guessing: 1,
  allowed: 0,
  input: { tokens: 3 },
  output: { values: 3 },
  sizes: [9, 5, 4, 4],
  training: { batchSize: 4, learningRate: 0.01, batches: 2, rounds: 1500 },
  longest: 1 + 2 * 20,
  memorySteps: 20,
  paper: { cite: 'gers2001' },
}, (random) => countingSequence(2, random.integer(1, COUNTED)), ({ length, targets }, at) => {
  for (let t = 0; t < length; t++) if (at(t).some((y, v) => y > 0.5 !== targets[t * 3 + v] > 0.5)) return 0;
  return 1;
}, { tested: () => Array.from({ length: 20 }, (_, n) => countingSequence(2, n + 1)) });

const copying = taskOf({
  answers: 'symbols',
  range: [0, 1],
  guessing: 1,
  allowed: 0,
  input: { tokens: 6 },
  output: { classes: 4 },
  sizes: [50, 28, 24, 24],
  training: { batchSize: 16, learningRate: 0.02, batches: 1, rounds: 1000 },
  longest: 3 + 20 + 3,
  memorySteps: 30,
  paper: { cite: 'arjovsky2016' },
}, (random) => copyingSequence({ letters: 4, count: 3, blanks: 20 }, random), areClassesRight);

/** By their names in the address. @type {Readonly<Record<string, RaceTask>>} */
export const raceTasks = Object.freeze({ remember, adding, order, reber, brackets: nested, counting, copying });
