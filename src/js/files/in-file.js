// in-file.js: what is wrong in a file is the file's fault, and no argument's.
import { describe } from '../core/check.js';
import { ArgumentError, FileFormatError } from '../core/errors.js';
import { parseJson } from './json.js';

/**
 * @param {string} text
 * @param {string} name
 * @param {string} where
 * @param {(key: string, value: unknown) => unknown} [revive]
 * @returns {unknown}
 */
export function parse(text, name, where, revive) {
  const fail = (/** @type {string} */ reason) => {
    throw new FileFormatError(`${where}: ${reason}`);
  };
  const value = parseJson(text, `metadata ${name}`, fail, revive);
  return value === undefined ? fail(`metadata ${name} must be JSON, got ${describe(text)}`) : value;
}

/**
 * @template T
 * @param {string} where
 * @param {() => T} read
 * @returns {T}
 */
export function inFile(where, read) {
  try {
    return read();
  } catch (error) {
    if (error instanceof ArgumentError) throw new FileFormatError(`${where}: ${error.message}`);
    throw error;
  }
}
