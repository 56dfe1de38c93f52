// worker-errors.js: errors on their way from the Worker to the page. They arrive with class, name, message, code, stack and
// causes; the structured clone knows only the engine's own classes and, in some engines, no cause.
import { describe } from '../core/check.js';
import * as ours from '../core/errors.js';

/**
 * A thrown value: an Error in parts, or any other value. Causes stand beside it in the list, by their place, so that chains
 * may be long and go in circles.
 *
 * @typedef {{ value: unknown } | ErrorParts} Thrown
 */

/**
 * @typedef {object} ErrorParts
 * @property {string} type the nearest class that both ends know
 * @property {string} name
 * @property {string} message
 * @property {string | number} [code]
 * @property {string} [stack]
 * @property {number} [cause] its place in the list
 * @property {number[]} [errors] of an AggregateError: their places
 */

/** So many errors and causes cross at most. */
const LIMIT = 100;

/** By names of their own: a minifier may rename classes. @type {Record<string, any>} */
const classes = {
  Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError, AggregateError, DOMException,
  ...(typeof WebAssembly === 'object' && {
    CompileError: WebAssembly.CompileError, LinkError: WebAssembly.LinkError, RuntimeError: WebAssembly.RuntimeError,
  }),
  ...ours,
};

/**
 * @param {unknown} thrown
 * @returns {Thrown[]} the first is what was thrown
 */
export function describeThrown(thrown) {
  const found = [thrown];
  /** @param {unknown} value @returns {number[]} its place, if there is one left */
  const placeOf = (value) => {
    const place = found.indexOf(value);
    if (place >= 0) return [place];
    return found.length < LIMIT ? [found.push(value) - 1] : [];
  };
  /** @type {Thrown[]} */
  const list = [];
  for (let i = 0; i < found.length; i++) list.push(partsOf(found[i], placeOf));
  return list;
}

/**
 * @param {any} list what describeThrown gave
 * @returns {unknown} what was thrown
 */
export function thrownFrom(list) {
  const parts = Array.isArray(list) && list.length > 0 ? list : [{}];
  const made = parts.map(revive);
  parts.forEach((part, i) => {
    if (Object.hasOwn(made, part?.cause)) define(made[i], 'cause', made[part.cause]);
    if (made[i] instanceof AggregateError && Array.isArray(part.errors)) {
      define(made[i], 'errors', part.errors.map((/** @type {number} */ place) => made[place]));
    }
  });
  return made[0];
}

/**
 * @param {any} value
 * @param {(value: unknown) => number[]} placeOf
 * @returns {Thrown}
 */
function partsOf(value, placeOf) {
  try {
    if (!isError(value)) return { value: structuredClone(value) };
    const { name, message, code, stack } = value;
    const cause = 'cause' in value ? placeOf(value.cause)[0] : undefined;
    return {
      type: typeOf(value),
      name: String(name),
      message: String(message),
      ...((typeof code === 'string' || typeof code === 'number') && { code }),
      ...(typeof stack === 'string' && { stack }),
      ...(cause !== undefined && { cause }),
      ...(Array.isArray(value.errors) && { errors: value.errors.flatMap(placeOf) }),
    };
  } catch {
    // It cannot be cloned, or looking at it throws.
    return { type: 'LstmError', name: 'LstmError', message: `the Worker threw ${describe(value)}` };
  }
}

/** @param {any} value also an error of another realm */
function isError(value) {
  const tag = Object.prototype.toString.call(value);
  return value instanceof Error || tag === '[object Error]' || tag === '[object DOMException]';
}

/** @param {Error} error */
function typeOf(error) {
  for (let proto = Object.getPrototypeOf(error); proto; proto = Object.getPrototypeOf(proto)) {
    const type = Object.keys(classes).find((name) => classes[name].prototype === proto);
    if (type) return type;
  }
  return Object.hasOwn(classes, error.name) ? error.name : 'Error';
}

/**
 * @param {any} part
 * @returns {any}
 */
function revive(part) {
  if (typeof part === 'object' && part !== null && 'value' in part) return part.value;
  const { type = 'LstmError', name = type, message = 'the Worker sent an error without a message', code, stack } = part ?? {};
  const Class = Object.hasOwn(classes, type) ? classes[type] : Error;
  const error = make(Class, String(message), String(name));
  if (error.name !== name) define(error, 'name', String(name));
  if (code !== undefined && error.code !== code) define(error, 'code', code);
  // Where it was thrown, not where it arrived.
  if (typeof stack === 'string') define(error, 'stack', stack);
  return error;
}

/** @param {any} Class @param {string} message @param {string} name */
function make(Class, message, name) {
  if (Class === AggregateError) return new AggregateError([], message);
  return Class === DOMException ? new DOMException(message, name) : new Class(message);
}

/** @param {any} error @param {string} name @param {unknown} value */
function define(error, name, value) {
  if (isError(error)) Object.defineProperty(error, name, { value, writable: true, configurable: true, enumerable: false });
}
