// reader-claims.js: what a checkpoint says of the place in the data that it has come to, for each kind of reader: what can be
// told without the data. The rest is told when training goes on.
import { integer, isObject, oneOf, readOptions, refuse, string } from '../core/check.js';
import { ArgumentError } from '../core/errors.js';
import { batchSizeReader, readSeed, windowReader } from '../network/network-options.js';

/** @template T @typedef {import('../core/check.js').Reader<T>} Reader */

export const count = integer(0, Number.MAX_SAFE_INTEGER);

/** @type {Reader<string>} */
export const hash = (value, path) => {
  const text = string()(value, path);
  return /^[0-9a-f]{14}$/.test(text) ? text : refuse(path, '14 hexadecimal digits', text);
};

/**
 * @template T
 * @param {Reader<T>} reader
 * @param {number} length
 * @returns {Reader<T[]>}
 */
export const list = (reader, length) => (value, path) => {
  if (!Array.isArray(value) || value.length !== length) refuse(path, `an array of ${length}`, value);
  return value.map((item, i) => reader(item, `${path}[${i}]`));
};

/** @type {Reader<any>} */
const anything = (value) => value;
const manner = { batchSize: batchSizeReader(), window: windowReader(), read: count };

/**
 * How a kind is read, and held against the data's mark and the options.
 * @typedef {object} Kind
 * @property {Reader<any>} read
 * @property {(position: any, about: { path: string, data: import('../training/plan.js').DataMark, options: Record<string, any> }) => void} check
 */

/** Of a TextReader. @type {Kind} */
const text = {
  read(value, path) {
    const { streams, ...position } = readOptions(path, value, { text: hash, length: count, ...manner, streams: anything });
    // A stream has a character and one behind it, and begins behind the one before.
    const at = list(integer(0, position.length - 2), position.batchSize)(streams, `${path}: streams`);
    const bad = at.findIndex((start, b) => b > 0 && start <= at[b - 1]);
    if (bad >= 0) refuse(`${path}: streams[${bad}]`, `above ${at[bad - 1]}, where the stream before it is`, at[bad]);
    return { ...position, streams: at };
  },
  // What is read is the text, or the part of it that is not validated with.
  check(reader, { path, data, options: { batchSize, window, validation } }) {
    const part = typeof validation === 'number' ? validation : 0;
    const length = data.length - Math.floor(data.length * part);
    if (reader.length !== length) refuse(`${path}: length`, `${length}, as the text and its validation say`, reader.length);
    if (part === 0 && reader.text !== data.hash) refuse(`${path}: text`, `${data.hash}, as the whole text`, reader.text);
    const least = batchSize * Math.min(window, 3) + 1;
    if (length < least) refuse(`${path}: length`, `at least ${least} for ${batchSize} streams`, length);
  },
};

/** Of a SequenceReader. @type {Kind} */
const sequences = {
  read(value, path) {
    const { sequences: own, places, read, drawn, ...position } = readOptions(path, value, {
      kind: oneOf(/** @type {const} */ (['sequences'])), data: hash, count: integer(1, 2 ** 31 - 1), ...manner, seed: readSeed,
      drawn: count, sequences: anything, places: anything,
    });
    const { batchSize } = position;
    if (position.count < batchSize) refuse(`${path}: count`, `at least ${batchSize}, the batchSize`, position.count);
    if (drawn < batchSize) refuse(`${path}: drawn`, `at least ${batchSize}, the batchSize`, drawn);
    return {
      ...position,
      read,
      drawn,
      sequences: list(integer(0, position.count - 1), batchSize)(own, `${path}: sequences`),
      places: list(count, batchSize)(places, `${path}: places`),
    };
  },
  check({ count: learnt }, { path, data }) {
    if (learnt > data.length) refuse(`${path}: count`, `at most ${data.length}, as there are sequences`, learnt);
  },
};

/** Of a SeriesReader. @type {Kind} */
const series = {
  read: (value, path) => readOptions(path, value, {
    kind: oneOf(/** @type {const} */ (['series'])), data: hash, rows: integer(1, 2 ** 31 - 1), ...manner, windows: count,
  }),
  check({ rows }, { path, data }) {
    if (rows >= data.length) refuse(`${path}: rows`, `below ${data.length}, as there are rows`, rows);
  },
};

/** By what a position says of itself; that of a text says nothing. @type {Record<string, Kind>} */
const kinds = { text, sequences, series };

/** @param {unknown} position */
const kindOf = (position) => (isObject(position) && 'kind' in position ? String(position.kind) : 'text');

/** @type {Reader<any>} */
export const readerPosition = (value, path) => {
  const kind = kindOf(value);
  if (kind === 'text' || !Object.hasOwn(kinds, kind)) {
    if (isObject(value) && 'kind' in value) refuse(`${path}: kind`, "'sequences', 'series' or absent", value.kind);
  }
  return kinds[kind].read(value, path);
};

/**
 * What is read is read in the way that the options say, and is of these data.
 * @param {{ data: import('../training/plan.js').DataMark, reader: any }} run
 * @param {Record<string, any>} options
 */
export function checkReader({ data, reader }, options) {
  const path = 'checkpoint: last: reader';
  for (const name of ['batchSize', 'window']) {
    if (reader[name] === options[name]) continue;
    throw new ArgumentError(`${path}: ${name} must be ${options[name]}, as the options say, got ${reader[name]}`);
  }
  kinds[kindOf(reader)].check(reader, { path, data, options });
}
