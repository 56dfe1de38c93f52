// own-data.js: what measures a run, where that is data of their own.
import { isList, isObject, readOptions } from '../core/check.js';

/**
 * The data of the option `validation`: as train takes them, or under a name.
 * @param {object} validation
 * @param {string} name
 * @param {(given: Record<string, unknown>) => boolean} [isBare] is an object that is no list the data themselves?
 * @returns {{ data: unknown, path: string }} and how the caller would write them
 * @throws {import('../core/errors.js').ArgumentError} for what is neither
 */
export function ownDataOf(validation, name, isBare = () => false) {
  const path = 'train: validation';
  if (isList(validation) || ArrayBuffer.isView(validation) || (isObject(validation) && isBare(validation))) return { data: validation, path };
  return { data: readOptions(path, validation, { [name]: (value) => value })[name], path: `${path}.${name}` };
}
