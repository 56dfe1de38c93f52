// The kinds of cell and their options, as a command line says them: with the names that createCharModel takes.

import { kindNames, optionNames, readLayer } from '../network/cell-options.js';
import { oneWay } from '../models/characters/char-options.js';
import { ArgumentError } from '../index.js';
import { UsageError } from './errors.js';
import { numberOf } from './values.js';

/**
 * peephole=diagonal,layerNorm: what is named alone is true.
 * @type {import('./values.js').Value<Record<string, any>>}
 */
export const cellOptions = {
  expected: 'NAME=VALUE or NAME, more of them after commas',
  parse(list) {
    const pairs = list.split(',').map((pair) => pair.match(/^([a-z]\w*)(?:=(.+))?$/i));
    if (pairs.some((pair) => !pair)) return undefined;
    return Object.fromEntries(pairs.map((pair) => [pair?.[1], valueOf(pair?.[2])]));
  },
};

/** @param {string} [word] */
function valueOf(word = 'true') {
  if (word === 'true' || word === 'false') return word === 'true';
  const number = numberOf(word);
  return Number.isNaN(number) ? word : number;
}

/**
 * Throws where these options are not those of this kind.
 * @param {string} kind
 * @param {Record<string, any>} options
 * @throws {UsageError}
 */
export function checkOptions(kind, options) {
  const elsewhere = { kind: '--cell', hiddenSize: '--hidden' };
  for (const [name, option] of Object.entries(elsewhere)) {
    if (Object.hasOwn(options, name)) throw new UsageError(`--options: expected ${name} as ${option}`);
  }
  try {
    readLayer('--options', { ...options, kind, hiddenSize: 1 }, { oneWay });
  } catch (error) {
    if (error instanceof ArgumentError) throw new UsageError(error.message);
    throw error;
  }
}

/** For the help: what --options takes. */
export const cellNotes = [
  '--options says more about the cells: bias for every kind; trainableState for those with a memory; '
    + kindNames.map((kind) => [kind, optionNames(kind).filter((name) => name !== 'trainableState')])
      .filter(([, names]) => names.length > 0)
      .map(([kind, names]) => `for ${kind} ${/** @type {string[]} */ (names).join(', ')}`).join('; ')
    + '. Words and numbers follow after =, what is named alone is switched on, =false switches off.',
];
