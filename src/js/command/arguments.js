// From a command's table of operands and options to its values: parsing and checking. help.js reads the same table.

import { parseArgs } from 'node:util';
import { UsageError } from './errors.js';
import { STANDARD } from './files.js';
import { anyText, inputPath, oneOf, path } from './values.js';

/**
 * @typedef {object} Option
 * @property {string} about what it does
 * @property {string | true} [brief] the same in a line of --help, its default said; true where `about` is brief enough. What
 *   has none stands in --help --all only
 * @property {string} [short] its one letter
 * @property {string} [placeholder] name of its value in the help; without one it is a flag, true or false
 * @property {import('./values.js').Value<any>} [value]
 * @property {any} [preset] the value when the option is not given
 * @property {string} [presetAbout] the same in words, where there is more to say
 * @property {boolean} [required]
 *
 * @typedef {object} Operand
 * @property {string} name as shown: TEXT
 * @property {string} about
 * @property {string} [brief] the same in a line of --help
 * @property {import('./values.js').Value<any>} value
 * @property {true} [many] one or more of them, the last operand; its values are a list
 *
 * @typedef {object} Command
 * @property {string} name
 * @property {string} summary what it does, in a line
 * @property {Operand[]} operands all required, in this order
 * @property {Record<string, Option>} options by long name
 * @property {string[][]} [exclusive] groups of options of which only one can be given
 * @property {string[]} notes paragraphs below the options in --help --all
 * @property {string[]} examples the first of them in --help, all in --help --all
 * @property {(values: any) => Promise<number | void>} run values by option name and by operand name in lower case;
 *   returns the exit code when it is not 0
 */

/** Options that every command has. @type {Record<string, Option>} */
export const helpOptions = {
  help: { short: 'h', about: 'print the help that fits one screen, and exit' },
  all: { about: 'with --help: every option and what there is to know, as here' },
};

/** @type {Record<string, Option>} */
export const variantOption = {
  variant: {
    brief: 'scalar, simd, relaxed or auto (default)',
    placeholder: 'V',
    value: oneOf(['auto', 'scalar', 'simd', 'relaxed']),
    preset: 'auto',
    about: 'the WebAssembly module to use: scalar, simd, relaxed, or auto for the fastest that runs here',
  },
};

/** @type {Record<string, Option>} */
export const alphabetOption = {
  alphabet: {
    brief: 'JSON of the characters, for another framework\'s MODEL',
    placeholder: 'FILE',
    value: path,
    about: 'the characters of a MODEL of PyTorch, Keras, ONNX or TensorFlow.js that has none: a JSON file, a list or '
      + '{ "character": number }',
  },
};

/**
 * @param {Command} command
 * @param {string[]} words the command line after the command's name
 * @returns {Record<string, any>} values; { help: 'brief' } or { help: 'all' } alone when help is asked for
 */
export function parseArguments(command, words) {
  const options = { ...command.options, ...helpOptions };
  const { tokens } = parseArgs({
    args: words,
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: Object.fromEntries(Object.entries(options).map(([name, { short, placeholder }]) => [
      name, { type: placeholder ? /** @type {const} */ ('string') : 'boolean', ...(short && { short }) },
    ])),
  });
  /** @type {Map<string, string | true>} */
  const given = new Map();
  /** @type {string[]} */
  const operands = [];
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value);
    if (token.kind !== 'option') continue;
    if (!Object.hasOwn(options, token.name)) throw new UsageError(unknownOption(token.rawName, options));
    given.set(token.name, checkPresence(options[token.name], token));
  }
  if (given.has('help')) return { help: given.has('all') ? 'all' : 'brief' };
  if (given.has('all')) throw new UsageError('--all: expected together with --help, got it alone');
  const values = { ...readOperands(command, operands), ...readOptions(command, given) };
  checkStandardInput(command, values);
  return values;
}

/**
 * @param {Command} command
 * @param {Record<string, any>} values
 */
function checkStandardInput({ operands, options }, values) {
  const readers = [
    ...operands.map(({ name, value }) => ({ label: name, key: name.toLowerCase(), value })),
    ...Object.entries(options).map(([name, { value }]) => ({ label: `--${name}`, key: name, value })),
  ].filter(({ value }) => value === inputPath)
    .flatMap(({ label, key }) => [values[key]].flat().filter((given) => given === STANDARD).map(() => label));
  if (readers.length < 2) return;
  throw new UsageError(`${readers[1]}: expected the path of a file, got - for stdin, which is ${readers[0]} already`);
}

/**
 * @param {Option} option
 * @param {{ rawName: string, value?: string, inlineValue?: boolean }} token
 */
function checkPresence({ placeholder, value: { expected } = anyText }, { rawName, value, inlineValue }) {
  if (!placeholder) {
    if (value !== undefined) throw new UsageError(`${rawName}: expected no value, got '${value}'`);
    return true;
  }
  if (value === undefined) throw new UsageError(`${rawName}: expected ${expected}, got nothing`);
  // "--prime --length 20": the value was forgotten. A value that looks like an option is given as --prime=--length.
  if (!inlineValue && /^--?[a-z]/i.test(value)) {
    const hint = `(a value like this: ${rawName}=${value})`;
    throw new UsageError(`${rawName}: expected ${expected}, got the option ${value} ${hint}`);
  }
  return value;
}

/**
 * @param {string} rawName
 * @param {Record<string, Option>} options
 */
function unknownOption(rawName, options) {
  const start = rawName.replace(/^-+/, '').slice(0, 3);
  const near = Object.keys(options).filter((name) => name.startsWith(start));
  return `unknown option ${rawName}` + (near.length ? `: expected --${near.join(' or --')}?` : '');
}

/**
 * @param {Command} command
 * @param {string[]} words
 */
function readOperands({ operands }, words) {
  if (words.length > operands.length && !operands.at(-1)?.many) {
    const names = operands.map(({ name }) => name).join(' ');
    throw new UsageError(`expected ${names} and no more, got '${words[operands.length]}' (quote text with spaces)`);
  }
  return Object.fromEntries(operands.map(({ name, about, value, many }, i) => {
    if (i >= words.length) throw new UsageError(`${name}: expected ${about}, got nothing`);
    return [name.toLowerCase(), many ? words.slice(i).map((word) => read(name, value, word)) : read(name, value, words[i])];
  }));
}

/**
 * @param {Command} command
 * @param {Map<string, string | true>} given
 */
function readOptions({ options, exclusive = [] }, given) {
  for (const group of exclusive) {
    const both = group.filter((name) => given.has(name)).map((name) => `--${name}`);
    if (both.length > 1) throw new UsageError(`expected one of --${group.join(', --')}, got ${both.join(' and ')}`);
  }
  return Object.fromEntries(Object.entries(options).map(([name, { short, placeholder, value, preset, required }]) => {
    const word = given.get(name);
    const label = short ? `-${short}, --${name}` : `--${name}`;
    if (word === undefined) {
      if (required) throw new UsageError(`${label} ${placeholder}: expected ${value?.expected}, got nothing`);
      return [name, placeholder ? preset : false];
    }
    return [name, value && word !== true ? read(`--${name}`, value, word) : word];
  }));
}

/**
 * @param {string} label
 * @param {import('./values.js').Value<any>} value
 * @param {string} word
 */
function read(label, { expected, parse }, word) {
  const result = parse(word);
  if (result === undefined) throw new UsageError(`${label}: expected ${expected}, got '${word}'`);
  return result;
}
