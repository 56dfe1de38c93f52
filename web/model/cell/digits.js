/**
 * Numbers in equations, with as many digits that what is printed is true: whoever recomputes it from the printed numbers
 * gets the printed result to its last digit. Two decimals where they do, up to four, each number by itself:
 * 0.95 × (−0.87) = −0.83, 0.9996 × 18.24 = 18.23. Where four do not, ≈ stands for =.
 */

/**
 * What an equation computes from.
 * @typedef {number | { op: 'times' | 'plus' | 'rest' | 'tanh' | 'σ' | 'relu' | '−ln', parts: Expression[] }} Expression
 */

/**
 * An equation in print.
 * @typedef {object} Printed
 * @property {string} text left = right
 * @property {string} left
 * @property {'=' | '≈'} sign
 * @property {string} right
 * @property {(x: number) => string} number how a number of the left side is printed there, without brackets
 */

const FEWEST = 2;
const MOST = 4;
const RANGE = Array.from({ length: MOST - FEWEST + 1 }, (_, k) => FEWEST + k);
/** A half in the last digit can be rounded up or down, and binary fractions hardly hit it. */
const HALF = 0.5 - 1e-6;

/** @param {...Expression} parts @returns {Expression} */
export const times = (...parts) => ({ op: 'times', parts });
/** @param {...Expression} parts @returns {Expression} */
export const plus = (...parts) => ({ op: 'plus', parts });
/** 1 − x. @param {Expression} x @returns {Expression} */
export const rest = (x) => ({ op: 'rest', parts: [x] });
/** @param {Expression} x @returns {Expression} */
export const tanh = (x) => ({ op: 'tanh', parts: [x] });
/** @param {Expression} x @returns {Expression} */
export const sigmoid = (x) => ({ op: 'σ', parts: [x] });
/** @param {Expression} x @returns {Expression} */
export const relu = (x) => ({ op: 'relu', parts: [x] });

/** @type {Record<string, (...x: number[]) => number>} */
const VALUES = {
  times: (...x) => x.reduce((product, factor) => product * factor, 1),
  plus: (...x) => x.reduce((sum, term) => sum + term, 0),
  rest: (x) => 1 - x,
  tanh: Math.tanh,
  σ: (x) => 1 / (1 + Math.exp(-x)),
  relu: (x) => Math.max(0, x),
  '−ln': (x) => -Math.log(x),
};

/**
 * The sign of minus is mathematics', and zero has none.
 *
 * @param {number} x
 * @param {number} [decimals]
 */
export function digits(x, decimals = FEWEST) {
  if (!Number.isFinite(x)) return '–';
  const text = Math.abs(x).toFixed(decimals);
  return x < 0 && Number(text) !== 0 ? `−${text}` : text;
}

/** @param {Expression} expression @param {(x: number) => number} [of] each number as it is printed */
export function valueOf(expression, of = (x) => x) {
  if (typeof expression === 'number') return of(expression);
  /** @type {number} */
  const value = VALUES[expression.op](...expression.parts.map((/** @type {Expression} */ part) => valueOf(part, of)));
  return value;
}

/**
 * An equation.
 *
 * @param {Expression} expression
 * @param {number} [result] what it is in truth, where that was computed otherwise
 * @returns {Printed}
 */
export function printed(expression, result = valueOf(expression)) {
  const numbers = [...new Set(numbersOf(expression))];
  for (const choice of choices(numbers.length)) {
    const decimals = new Map(numbers.map((x, k) => [x, choice[k]]));
    const right = choice[numbers.length];
    const recomputed = valueOf(expression, (x) => rounded(x, decimals.get(x)));
    if (Math.abs(recomputed - rounded(result, right)) < HALF * 10 ** -right) return write(expression, decimals, '=', result, right);
  }
  return write(expression, new Map(numbers.map((x) => [x, FEWEST])), '≈', result, FEWEST);
}

/** @param {number} x @param {number} [decimals] */
const rounded = (x, decimals = FEWEST) => Number(x.toFixed(decimals));

/** @param {Expression} expression @returns {number[]} */
function numbersOf(expression) {
  return typeof expression === 'number' ? [expression] : expression.parts.flatMap(numbersOf);
}

/** With more numbers, all have as many decimals. */
const SINGLY = 5;

/** By how many numbers there are. @type {Map<number, number[][]>} */
const known = new Map();

/**
 * How many decimals each number and the result may have: the fewest in all first, and of these the most alike.
 *
 * @param {number} numbers
 * @returns {number[][]}
 */
function choices(numbers) {
  const found = known.get(numbers);
  if (found) return found;
  /** @type {number[][]} */
  let all = numbers > SINGLY ? RANGE.map((decimals) => Array(numbers).fill(decimals)) : [[]];
  while (all[0].length <= numbers) all = all.flatMap((choice) => RANGE.map((decimals) => [...choice, decimals]));
  const sum = (/** @type {number[]} */ choice, /** @type {number} */ power) => choice.reduce((total, n) => total + n ** power, 0);
  all.sort((a, b) => sum(a, 1) - sum(b, 1) || sum(a, 2) - sum(b, 2));
  known.set(numbers, all);
  return all;
}

/**
 * @param {Expression} expression
 * @param {Map<number, number>} decimals of each number
 * @param {'=' | '≈'} sign
 * @param {number} result
 * @param {number} last decimals of the result
 * @returns {Printed}
 */
function write(expression, decimals, sign, result, last) {
  const number = (/** @type {number} */ x) => digits(x, decimals.get(x));
  const left = side(expression, number);
  const right = digits(result, last);
  return { text: `${left} ${sign} ${right}`, left, sign, right, number };
}

/**
 * One side, written: a × (−b) + c × tanh(d).
 *
 * @param {Expression} expression
 * @param {(x: number) => string} number
 * @param {boolean} [isFirst] nothing stands before it: a minus needs no brackets
 * @returns {string}
 */
function side(expression, number, isFirst = true) {
  if (typeof expression === 'number') {
    const text = number(expression);
    return text.startsWith('−') && !isFirst ? `(${text})` : text;
  }
  const { op, parts } = expression;
  const isSum = (/** @type {Expression} */ part) => typeof part !== 'number' && (part.op === 'rest' || part.op === 'plus');
  const each = (/** @type {string} */ between, /** @type {boolean} */ brackets) => parts.map((part, k) => (
    brackets && isSum(part) ? `(${side(part, number)})` : side(part, number, isFirst && k === 0))).join(between);
  if (op === 'times') return each(' × ', true);
  if (op === 'plus') return each(' + ', false);
  if (op === 'rest') return `1 − ${side(parts[0], number, false)}`;
  return `${op}(${side(parts[0], number)})`;
}
