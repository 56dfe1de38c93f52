// told-kinds.js: the kinds of models, as lstm-wasm/predict tells of their files without the code that opens them: what it tells
// is checked, what else is in the file is when it opens. See kinds.js.
import { flag, integer, oneOf, optional, refuse, string } from '../core/check.js';
import { charFormat } from './characters/char-file.js';
import { networkFormat } from './network-format.js';

/** @type {import('../core/check.js').Reader<string[]>} */
function names(value, path) {
  if (!Array.isArray(value)) refuse(path, 'an array of names', value);
  return value.map((name, i) => string(0)(name, `${path}[${i}]`));
}

/** @type {import('../core/check.js').Reader<number | string[]>} */
const features = (value, path) => (typeof value === 'number' ? value : names(value, path));

/** Of an ensemble: MOST_MEMBERS of ensemble/ensemble-file.js. */
const members = integer(2, 64);

/**
 * Reads those of a description's fields that are told.
 * @param {any} description
 * @param {Record<string, import('../core/check.js').Reader<any>>} fields
 */
const told = (description, fields) => Object.fromEntries(Object.entries(fields)
  .map(([name, read]) => [name, read(description[name], `model: ${name}`)])
  .filter(([, value]) => value !== undefined));

/**
 * @param {string} kind
 * @param {string} name
 * @param {(description: any) => object} read
 * @param {import('../files/model-metadata.js').ModelFormat['networks']} [networks]
 * @returns {import('../files/model-metadata.js').ModelFormat}
 */
const kindOf = (kind, name, read, networks) => ({ kind, name, read, tell: (told) => told, ...(networks && { networks }) });

/** All of them, in the order of formats.js. */
export const toldKinds = () => [
  networkFormat,
  charFormat,
  kindOf('tokens', 'a token model', (of) => told(of, { tokens: names, by: optional(string()), locale: optional(string()) })),
  kindOf('classifier', 'a classifier', ({ tokens, ...of }) => told({ ...of, tokens: tokens?.names }, {
    labels: names, several: flag(false), every: oneOf(['sequence', 'step'], 'sequence'), features: optional(features), tokens: optional(names),
  })),
  kindOf('translator', 'a translator', (of) => told(of, { source: names, target: names }), ['encoder', 'decoder']),
  kindOf('forecaster', 'a forecaster', ({ columns = ['value'], known = [], predict }) => {
    const read = told({ columns, known, predict }, { columns: names, known: names, predict: optional(names) });
    return { columns: read.columns, predict: read.predict ?? read.columns.filter((/** @type {string} */ name) => !read.known.includes(name)) };
  }),
  kindOf('ensemble', 'an ensemble', (of) => told(of, {
    of: oneOf(['characters', 'tokens']), members, alphabet: optional(names), tokens: optional(names), by: optional(string()), locale: optional(string()),
  }), (of) => Array.from({ length: members(of.members, 'model: members') }, (_, m) => `member.${m}`)),
];
