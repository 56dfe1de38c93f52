// What a network has made of a task, in words that its answers bear out.

/**
 * Of numbers:
 * - `none`      the answers do not depend on the number shown, or hardly
 * - `levels`    a latch: they stand on a few levels
 * - `follows`   they follow the number
 * - `right`     all are near enough
 * Of symbols: `none`, `some` and `right`, by how many of the answers are right.
 *
 * @typedef {object} Verdict
 * @property {'none' | 'levels' | 'follows' | 'some' | 'right'} kind
 * @property {number} error   root mean square of numbers, the wrong share of symbols
 * @property {number} correlation   of the answers with the numbers shown
 * @property {number} levels   2 to 4, or 0
 */

/** Below this share of their variance the numbers shown explain too little of the answers to speak of. */
const LEAST_EXPLAINED = 0.1;
/** So many levels are looked for. Answers spread evenly over k groups keep 1 / k² of their variance in the groups. */
const MOST_LEVELS = 4;
/** A variance that rounding may make. */
const ALIKE = 1e-10;
/** On levels, answers keep less than this part of that. */
const ON_LEVELS = 0.25;

/**
 * @param {Pick<import('./race-tasks.js').RaceTask, 'answers' | 'allowed' | 'guessing'>} task
 * @param {ArrayLike<number>} shown
 * @param {ArrayLike<number>} answers
 * @returns {Verdict}
 */
export function verdictOf({ answers: kind, allowed, guessing }, shown, answers) {
  const given = Array.from(answers);
  const wanted = Array.from(shown);
  if (kind === 'symbols') {
    const error = given.filter((right) => right !== 1).length / given.length;
    return { kind: error === 0 ? 'right' : error === 1 ? 'none' : 'some', error, correlation: NaN, levels: 0 };
  }
  const error = Math.sqrt(mean(given.map((answer, b) => (answer - wanted[b]) ** 2)));
  const correlation = correlationOf(given, wanted);
  const levels = levelsOf(given);
  const isRight = given.every((answer, b) => Math.abs(answer - wanted[b]) < allowed);
  // Without a clue, answers may differ in their last digits, and these follow something.
  const differ = Math.sqrt(varianceOf(given)) > 0.1 * guessing;
  if (isRight) return { kind: 'right', error, correlation, levels };
  if (!differ || correlation ** 2 < LEAST_EXPLAINED) return { kind: 'none', error, correlation, levels };
  return { kind: levels ? 'levels' : 'follows', error, correlation, levels };
}

/**
 * On how few levels the numbers stand: 2 to 4, or 0 where they are spread.
 *
 * @param {number[]} numbers
 */
export function levelsOf(numbers) {
  const sorted = Float64Array.from(numbers).sort();
  const whole = spread(sorted, 0, sorted.length);
  if (!(whole > ALIKE * sorted.length)) return 0;
  for (let levels = 2; levels <= MOST_LEVELS; levels++) {
    if (leastSpread(sorted, levels) < ON_LEVELS * whole / levels ** 2) return levels;
  }
  return 0;
}

/** The sum of squares about the means, of the best division into so many groups. @param {Float64Array} sorted @param {number} groups */
function leastSpread(sorted, groups) {
  const n = sorted.length;
  let least = Array.from({ length: n + 1 }, (_, to) => spread(sorted, 0, to));
  for (let group = 1; group < groups; group++) {
    least = least.map((_, to) => {
      let best = Infinity;
      for (let from = 0; from <= to; from++) best = Math.min(best, least[from] + spread(sorted, from, to));
      return best;
    });
  }
  return least[n];
}

/** @param {Float64Array} sorted @param {number} from @param {number} to */
function spread(sorted, from, to) {
  let sum = 0;
  for (let i = from; i < to; i++) sum += sorted[i];
  const middle = sum / (to - from);
  let squares = 0;
  for (let i = from; i < to; i++) squares += (sorted[i] - middle) ** 2;
  return squares;
}

/** @param {number[]} numbers */
const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

/** @param {number[]} numbers */
function varianceOf(numbers) {
  const middle = mean(numbers);
  return mean(numbers.map((number) => (number - middle) ** 2));
}

/** Pearson's; 0 where one of the two does not vary. @param {number[]} some @param {number[]} others */
function correlationOf(some, others) {
  const [a, b] = [mean(some), mean(others)];
  const together = mean(some.map((number, i) => (number - a) * (others[i] - b)));
  const scale = Math.sqrt(varianceOf(some) * varianceOf(others));
  return scale > 0 ? together / scale : 0;
}
