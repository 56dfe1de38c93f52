// beside.js: what lies beside a file: the shards of a model.json.
import { isObject, refuse } from '../../core/check.js';
import { ArgumentError, FileFormatError } from '../../core/errors.js';
import { quote } from '../../core/quote.js';
import { isA } from '../../core/realms.js';
import { addressOf, isBytes, readSource } from '../../core/source.js';

const LIMIT = 2 ** 32;

/**
 * @param {unknown} source of the file
 * @param {unknown} files the option
 * @param {string} where the call, for messages
 * @param {AbortSignal | undefined} signal
 * @returns {(name: string) => Promise<Uint8Array>}
 */
export function besideOf(source, files, where, signal) {
  const given = files === undefined ? undefined : byName(files, `${where}: files`);
  return async (name) => {
    if (!/^(?!.*\.\.)[^\\:/?#][^\\:?#]*$/.test(name)) {
      throw new FileFormatError(`${where}: a file beside it must have a plain name, got ${quote(name.slice(0, 80))}`);
    }
    const own = given?.get(name) ?? given?.get(name.slice(name.lastIndexOf('/') + 1));
    const address = own ?? addressBeside(await source, name);
    if (address === undefined) {
      throw new ArgumentError(`${where}: files must have ${quote(name)}, which lies beside the file: open(source, { files: { ${quote(name)}: … } }), `
        + `or give the file's address; got ${given ? [...given.keys()].slice(0, 5).map(quote).join(', ') || 'none' : 'nothing'}`);
    }
    return readSource(address, `${where}: ${name}`, { what: 'part', Failure: FileFormatError, signal, limit: LIMIT });
  };
}

/** @param {unknown} files @param {string} path @returns {Map<string, unknown>} */
function byName(files, path) {
  const isIterable = typeof files === 'object' && files !== null && Symbol.iterator in files && !isBytes(files);
  if (!isIterable && !isObject(files)) refuse(path, 'sources by name, or Files', files);
  if (!isIterable) return new Map(Object.entries(/** @type {object} */ (files)));
  const all = [.../** @type {Iterable<any>} */ (files)];
  const bad = all.findIndex((file) => typeof file?.name !== 'string');
  if (bad >= 0) refuse(`${path}[${bad}]`, 'a File', all[bad]);
  return new Map(all.map((file) => [file.name, file]));
}

/**
 * @param {unknown} source
 * @param {string} name
 * @returns {URL | string | undefined}
 */
function addressBeside(source, name) {
  const own = isA(source, 'Response') ? /** @type {Response} */ (source).url : source;
  if (own === '' || (typeof own !== 'string' && !isA(own, 'URL'))) return undefined;
  const address = addressOf(/** @type {string | URL} */ (own), 'open: source');
  return typeof address === 'string' ? address.replace(/[^/\\]*$/, '') + name : new URL(name, address);
}
