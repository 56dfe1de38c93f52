// check.js: arguments are looked at once, where they come in. Each reader returns the value or throws an ArgumentError
// that says which argument, what was expected and what was got.
import { describe } from './describe.js';
import { ArgumentError } from './errors.js';
import { isA, isDetached } from './realms.js';

export { describe };

/**
 * Reads one value. `path` is how the caller would write the argument.
 * @template T
 * @typedef {(value: unknown, path: string) => T} Reader
 */

/**
 * @param {string} path
 * @param {string} expected
 * @param {unknown} got
 * @returns {never}
 */
export function refuse(path, expected, got) {
  throw new ArgumentError(`${path} must be ${expected}, got ${describe(got)}`);
}

/**
 * A whole number in [min, max].
 * @param {number} min
 * @param {number} max
 * @param {number} [fallback]
 * @returns {Reader<number>}
 */
export function integer(min, max, fallback) {
  return (value, path) => {
    if (value === undefined && fallback !== undefined) return fallback;
    if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max) {
      refuse(path, `an integer from ${min} to ${max}`, value);
    }
    return value;
  };
}

/**
 * A number in [min, max]; finite unless max is Infinity.
 * @param {number} min
 * @param {number} max
 * @param {number} [fallback]
 * @param {{ above?: boolean, below?: boolean }} [open] `above`: min itself is refused; `below`: max itself is refused
 * @returns {Reader<number>}
 */
export function number(min, max, fallback, { above = false, below = false } = {}) {
  const range = `a number ${above ? 'above' : 'from'} ${min}${max === Infinity ? '' : ` ${below ? 'to below' : 'to'} ${max}`}`;
  return (value, path) => {
    if (value === undefined && fallback !== undefined) return fallback;
    const inRange =
      typeof value === 'number' && (above ? value > min : value >= min) && (below ? value < max : value <= max);
    if (!inRange) refuse(path, range, value);
    return /** @type {number} */ (value);
  };
}

/**
 * @param {boolean} fallback
 * @returns {Reader<boolean>}
 */
export function flag(fallback) {
  return (value, path) => {
    if (value === undefined) return fallback;
    if (typeof value !== 'boolean') refuse(path, 'true or false', value);
    return value;
  };
}

/**
 * One of a list of strings.
 * @template {string} T
 * @param {readonly T[]} list
 * @param {T} [fallback]
 * @returns {Reader<T>}
 */
export function oneOf(list, fallback) {
  const expected = list.length === 1 ? `'${list[0]}'` : `one of ${list.map((name) => `'${name}'`).join(', ')}`;
  return (value, path) => {
    if (value === undefined && fallback !== undefined) return fallback;
    const found = list.find((name) => name === value);
    if (found === undefined) refuse(path, expected, value);
    return found;
  };
}

/**
 * A value that may be absent.
 * @template T
 * @param {Reader<T>} reader
 * @returns {Reader<T | undefined>}
 */
export function optional(reader) {
  return (value, path) => (value === undefined ? undefined : reader(value, path));
}

/**
 * A text of at least `least` characters.
 * @param {number} [least]
 * @returns {Reader<string>}
 */
export function string(least = 1) {
  return (value, path) => {
    if (typeof value !== 'string' || value.length < least) {
      refuse(path, least === 0 ? 'a string' : 'a string that is not empty', value);
    }
    return value;
  };
}

/** Of any realm. @type {Reader<AbortSignal>} */
export function abortSignal(value, path) {
  const { aborted, addEventListener } = /** @type {Partial<AbortSignal>} */ (value ?? {});
  if (typeof aborted !== 'boolean' || typeof addEventListener !== 'function') refuse(path, 'an AbortSignal', value);
  return /** @type {AbortSignal} */ (value);
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>} an object, and no array
 */
export function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * @param {unknown} value
 * @param {string} path
 * @param {string} [expected] for the message
 * @returns {Record<string, unknown>}
 */
export function object(value, path, expected = 'an object') {
  if (!isObject(value)) refuse(path, expected, value);
  return value;
}

/**
 * @param {string} where the call, for messages: 'createCell'
 * @param {unknown} options
 */
export const objectOf = (where, options) => object(options, `${where}: options`);

/**
 * Reads an object of options, refusing names that are not known.
 * @template {Record<string, Reader<any>>} Fields
 * @param {string} where the call, for messages: 'createCell'
 * @param {unknown} options
 * @param {Fields} fields
 * @returns {{ [Name in keyof Fields]: ReturnType<Fields[Name]> }}
 */
export function readOptions(where, options, fields) {
  const given = objectOf(where, options);
  const known = Object.keys(fields);
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(fields, name)) {
      throw new ArgumentError(`${where}: unknown option ${describe(name)}, expected only ${known.join(', ')}`);
    }
  }
  /** @type {Record<string, unknown>} */
  const values = {};
  for (const name of known) values[name] = fields[name](given[name], `${where}: ${name}`);
  return /** @type {any} */ (values);
}

/**
 * Reads options of which one chooses who takes some of the others.
 * @param {string} where the call, for messages
 * @param {unknown} options
 * @param {string} key the one that chooses: 'optimizer'
 * @param {Record<string, Record<string, Reader<any>>>} tables what each choice takes
 * @param {string} [fallback] what is chosen where nothing is
 * @param {Record<string, Reader<any>>} [others] what all take
 * @returns {Record<string, any>}
 */
export function readChoice(where, options, key, tables, fallback, others = {}) {
  const given = objectOf(where, options);
  const choices = Object.keys(tables);
  const chosen = oneOf(choices, fallback)(given[key], `${where}: ${key}`);
  const fields = { [key]: () => chosen, ...tables[chosen], ...others };
  for (const name of Object.keys(given)) {
    const owners = choices.filter((choice) => Object.hasOwn(tables[choice], name)).map((choice) => `'${choice}'`);
    if (Object.hasOwn(fields, name) || owners.length === 0) continue;
    const taken = Object.keys(tables[chosen]).join(', ');
    throw new ArgumentError(
      `${where}: ${name} is an option of ${key} ${owners.join(', ')} and not of '${chosen}', which takes ` +
        (taken ? `only ${taken}` : 'none'),
    );
  }
  return readOptions(where, given, fields);
}

/**
 * Where the first number is that is infinite or NaN; -1: nowhere.
 * @param {Float32Array | Int8Array} values
 */
export const notFinite = (values) => values.findIndex((/** @type {number} */ value) => !Number.isFinite(value));

/**
 * Copies an array of finite numbers into `target`, which it has to fill exactly.
 * @param {Float32Array} target
 * @param {unknown} source an array or typed array, or what JSON makes of one
 * @param {string} path
 * @param {string} [shape] what the length means, for the message
 */
export function copyNumbers(target, source, path, shape = `${target.length} numbers`) {
  const values = arrayOf(source, target.length, path, shape);
  for (let i = 0; i < target.length; i++) {
    const value = values[i];
    if (typeof value !== 'number' || !Number.isFinite(value)) refuse(`${path}[${i}]`, 'a finite number', value);
    target[i] = value;
  }
  // Finite as a double may be infinite as a float.
  const bad = notFinite(target);
  if (bad >= 0) refuse(`${path}[${bad}]`, 'a number that fits a 32-bit float', values[bad]);
}

/**
 * Copies an array of whole numbers in [min, max] into `target`, which it has to fill exactly.
 * @param {Int32Array | Uint8Array} target
 * @param {unknown} source an array or typed array, or what JSON makes of one
 * @param {[min: number, max: number]} range
 * @param {string} path
 * @param {string} [shape] what the length means, for the message
 */
export function copyIntegers(target, source, [min, max], path, shape = `${target.length}`) {
  const values = arrayOf(source, target.length, path, shape);
  for (let i = 0; i < target.length; i++) {
    const value = values[i];
    if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max) {
      refuse(`${path}[${i}]`, `an integer from ${min} to ${max}`, value);
    }
    target[i] = value;
  }
}

/**
 * @param {unknown} source an array or typed array, or what JSON makes of one
 * @param {number} length
 * @param {string} path
 * @param {string} shape what the length means, for the message
 * @returns {ArrayLike<unknown>}
 */
function arrayOf(source, length, path, shape) {
  const array = unJson(source);
  if (!isArray(array) || array.length !== length) refuse(path, `an array of ${shape}`, source);
  return array;
}

/**
 * What JSON makes of a typed array, `{"0": 1, "1": 2}`, as an array; anything else as it is.
 * @param {unknown} value
 */
function unJson(value) {
  if (!isObject(value) || ArrayBuffer.isView(value) || !Object.hasOwn(value, 0)) return value;
  return Object.keys(value).every((key, i) => key === `${i}`) ? Object.values(value) : value;
}

/**
 * The bytes of a buffer or a view. Those that can change or shrink meanwhile are copied.
 * @param {unknown} value
 * @param {string} path
 * @param {string} expected
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function readBytes(value, path, expected) {
  const isView = ArrayBuffer.isView(value);
  const isBuffer = isA(value, 'ArrayBuffer') || isA(value, 'SharedArrayBuffer');
  if ((!isView && !isBuffer) || isDetached(/** @type {ArrayBuffer} */ (value))) refuse(path, expected, value);
  const whole = /** @type {ArrayBuffer} */ (isView ? value.buffer : value);
  const { byteOffset, byteLength } = isView ? value : { byteOffset: 0, byteLength: whole.byteLength };
  const bytes = new Uint8Array(whole, byteOffset, byteLength);
  // Decoders and compilers of browsers refuse these; `resizable` is younger than the engines that are supported.
  return isA(whole, 'SharedArrayBuffer') || /** @type {any} */ (whole).resizable ? bytes.slice() : bytes;
}

/**
 * @param {unknown} value
 * @returns {value is ArrayLike<unknown>} an array or a typed array
 */
export function isArray(value) {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !isA(value, 'DataView'));
}

/**
 * @param {unknown} value
 * @returns {value is Iterable<unknown>} an object to go through
 */
export const isList = (value) => typeof value === 'object' && value !== null && Symbol.iterator in value;

/**
 * What can be gone through only once, as an array; anything else as it is.
 * @param {any} data
 */
export const keptList = (data) => (isList(data) && !Array.isArray(data) && !ArrayBuffer.isView(data) ? [...data] : data);
