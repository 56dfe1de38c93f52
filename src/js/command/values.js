// The kinds of values that options take: each reads a word of the command line and can say what it expects.

/**
 * @template T
 * @typedef {object} Value
 * @property {string} expected as in "expected <expected>, got ..."
 * @property {(word: string) => T | undefined} parse undefined: not one of these
 */

const decimal = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;

/** @param {string} word */
export const numberOf = (word) => (decimal.test(word) ? Number(word) : NaN);

/**
 * @param {number} min
 * @param {number} [max]
 * @returns {Value<number>}
 */
export function wholeNumber(min, max = Number.MAX_SAFE_INTEGER) {
  return {
    expected: max === Number.MAX_SAFE_INTEGER ? `a whole number from ${min}` : `a whole number from ${min} to ${max}`,
    parse(word) {
      const value = numberOf(word);
      return Number.isInteger(value) && value >= min && value <= max ? value : undefined;
    },
  };
}

/** @type {Value<number>} */
export const positiveNumber = {
  expected: 'a number above 0',
  parse(word) {
    const value = numberOf(word);
    return value > 0 && value < Infinity ? value : undefined;
  },
};

/** @type {Value<number>} */
export const numberFromZero = {
  expected: 'a number from 0',
  parse(word) {
    const value = numberOf(word);
    return value >= 0 && value < Infinity ? value : undefined;
  },
};

/** @type {Value<number>} */
export const fraction = {
  expected: 'a number from 0 to below 1',
  parse(word) {
    const value = numberOf(word);
    return value >= 0 && value < 1 ? value : undefined;
  },
};

/** @type {Value<number>} */
export const seed = wholeNumber(0, 2 ** 32 - 1);

/**
 * @param {string[]} names
 * @returns {Value<string>}
 */
export function oneOf(names) {
  return {
    expected: names.length === 1 ? names[0] : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`,
    parse: (word) => (names.includes(word) ? word : undefined),
  };
}

/** @type {Value<string>} */
export const anyText = { expected: 'text', parse: (word) => word };

/** @type {Value<string>} */
export const unknownRule = {
  expected: 'error, skip or one character',
  parse: (word) => (word === 'error' || word === 'skip' || [...word].length === 1 ? word : undefined),
};

/** @type {Value<string>} */
export const path = { expected: 'the path of a file', parse: (word) => word || undefined };

/** Of a file to read; - is standard input, which only one can have. @type {Value<string>} */
export const inputPath = { ...path };
