// output-options.js: what a network answers: the one table behind checks, messages, files, windows and the ABI.
import { flag, integer, optional, refuse } from '../core/check.js';

/**
 * A linear layer over the last h, and how it is trained.
 * @typedef {{ classes: number, tied?: boolean } | { values: number, mixture?: number } | { labels: number }} OutputOptions
 */

export const MAX_SIZE = 2 ** 20;
const MAX_COMPONENTS = 2 ** 10;

export const readSize = integer(1, MAX_SIZE);
export const readTied = flag(false);

/**
 * One of several ways of writing a size: { name: n }; beside each there may be options of its own.
 * @param {Record<string, Record<string, import('../core/check.js').Reader<any>>>} forms the options by the names of sizes
 * @returns {import('../core/check.js').Reader<any>}
 */
export function oneOfForms(forms) {
  const options = Object.entries(forms).flatMap(([name, readers]) => (
    Object.entries(readers).map(([option, read]) => ({ name, option, read }))));
  const ways = Object.keys(forms).map((name) => `{ ${name}: n }`);
  const expected = `${ways.slice(0, -1).join(', ')} or ${ways[ways.length - 1]}`;
  return (value, path) => {
    const given = /** @type {Record<string, unknown>} */ (typeof value === 'object' && value !== null ? value : {});
    const names = Object.keys(given).filter((name) => !options.some(({ option }) => option === name));
    const [own] = names;
    if (names.length !== 1 || !Object.hasOwn(forms, own)) {
      refuse(path, expected, names.length > 0 ? `{ ${names.join(', ')} }` : value);
    }
    /** @type {Record<string, unknown>} */
    const read = { [own]: readSize(given[own], `${path}.${own}`) };
    for (const { name, option, read: reader } of options) {
      const chosen = reader(given[option], `${path}.${option}`);
      if (chosen && name !== own) refuse(`${path}.${option}`, `absent without ${name}`, chosen);
      if (chosen) read[option] = chosen;
    }
    return read;
  };
}

const readForm = oneOfForms({
  classes: { tied: readTied },
  values: { mixture: optional(integer(1, MAX_COMPONENTS)) },
  labels: {},
});

/**
 * @param {unknown} value
 * @param {string} path
 * @returns {OutputOptions | null}
 */
export function readOutput(value, path) {
  if (value === undefined || value === null) return null;
  const output = readForm(value, path);
  const most = Math.floor(MAX_SIZE / (1 + 2 * output.values));
  if (output.mixture > most) refuse(`${path}.mixture`, `at most ${most} of ${output.values} values`, output.mixture);
  return output;
}

/**
 * What an output is: `kind`, `given` and `option` as the ABI takes them, its length V, and what a target is.
 * @param {OutputOptions | null} output
 * @param {number} h the length of the last h
 * @returns {{ kind: number, given: number, option: number, size: number, target: import('./StepArray.js').StepKind }}
 */
export function outputFacts(output, h) {
  if (!output) return { kind: 0, given: 0, option: 0, size: h, target: { size: h, isWhole: false } };
  if ('classes' in output) {
    const { classes: given, tied } = output;
    return { kind: 1, given, option: tied ? 1 : 0, size: given, target: { size: 1, isWhole: true, most: given - 1 } };
  }
  if ('labels' in output) {
    const { labels: given } = output;
    return { kind: 3, given, option: 0, size: given, target: { size: given, isWhole: false, least: 0, most: 1 } };
  }
  const { values: given, mixture: option = 0 } = output;
  const size = option > 0 ? option * (1 + 2 * given) : given;
  return { kind: option > 0 ? 4 : 2, given, option, size, target: { size: given, isWhole: false } };
}
