// lstm-wasm inspect MODEL

import { inspect as inspectFile, load } from '../index.js';
import { alphabetOption, variantOption } from './arguments.js';
import { openBytes, openedAs, readBytes } from './files.js';
import { quote } from '../core/quote.js';
import { print, printJson } from './stdout.js';
import { inputPath } from './values.js';

/** @type {import('./arguments.js').Command} */
export const inspect = {
  name: 'inspect',
  summary: 'tell what a model is made of',
  operands: [{ name: 'MODEL', about: 'a model file written by train, or one of PyTorch, Keras, ONNX, TensorFlow.js; - for stdin', value: inputPath }],
  options: {
    ...alphabetOption,
    ...variantOption,
    json: {
      brief: 'print one JSON object',
      about: 'print one JSON object: bytes (of the file), isQuantized, config, alphabet, parameterCount and '
        + 'parameters, each with name, shape, count',
    },
  },
  notes: [
    'Prints the size of the file, the alphabet, the configuration with the names that createCharModel takes, and the '
      + 'table of parameters with PyTorch\'s names and shapes.',
  ],
  examples: ['lstm-wasm inspect book.safetensors', 'lstm-wasm inspect book.safetensors --json'],
  async run({ model: file, alphabet: alphabetFile, variant, json }) {
    const bytes = await readBytes(file, 'MODEL');
    const model = await openBytes(await load({ variant }), bytes, file, 'MODEL', alphabetFile);
    const { origin } = await inspectFile(...openedAs(bytes, file, alphabetFile));
    const { isQuantized, parameterCount, shapes } = /** @type {import('../index.js').Network} */ (model.network ?? model);
    const parameters = Object.entries(shapes).map(([name, shape]) =>
      ({ name, shape, count: shape.reduce((product, length) => product * length) }));
    const { alphabet, tokens, config } = model;
    const names = { ...(alphabet && { alphabet }), ...(tokens && { tokens }), ...(origin && { origin }) };
    if (json) return printJson({ bytes: bytes.length, isQuantized, config, ...names, parameterCount, parameters });
    print(table([
      ['file', `${bytes.length} bytes, weights of ${isQuantized ? 8 : 32} bits`],
      ...(origin ? [['written by', origin.format], ...(origin.notes ?? []).map((note) => ['note', note])] : []),
      ...(alphabet ? [['alphabet', `${alphabet.length} characters: ${quote(alphabet.join(''))}`]] : []),
      ...(tokens ? [['tokens', `${tokens.length}`]] : []),
      ...Object.entries(config).flatMap(([name, value]) => rowsOf(name, value)),
      ['parameters', String(parameterCount)],
    ], []));
    print('');
    print(table([
      ['parameter', 'shape', 'count'],
      ...parameters.map(({ name, shape, count }) => [name, shape.join(' x '), String(count)]),
    ], [2]));
  },
};

/**
 * A list of layers is a row each.
 * @param {string} name
 * @param {unknown} value
 * @returns {string[][]}
 */
function rowsOf(name, value) {
  if (!Array.isArray(value)) {
    const isGroup = typeof value === 'object' && value !== null;
    return [[name, isGroup ? settings(value) : name === 'unknown' ? quote(String(value)) : String(value)]];
  }
  return value.map((layer, l) => [`${name}[${l}]`, settings(layer)]);
}

/** @param {object} options */
const settings = (options) => Object.entries(options).map(([option, setting]) => `${option} ${setting}`).join(', ');

/**
 * Columns as wide as what is in them.
 * @param {string[][]} rows
 * @param {number[]} right the columns that stand at their right edge
 */
function table(rows, right) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const padded = (/** @type {string} */ cell, /** @type {number} */ column) =>
    (right.includes(column) ? cell.padStart(widths[column]) : cell.padEnd(widths[column]));
  return rows.map((row) => row.map(padded).join('  ').trimEnd()).join('\n');
}
