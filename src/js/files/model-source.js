// model-source.js: a model's file from wherever it is, and of whatever framework.
import { assertNotAborted, unlessAborted } from '../core/abort.js';
import { abortSignal, optional, readBytes, readOptions } from '../core/check.js';
import { ArgumentError, FileFormatError, LstmError } from '../core/errors.js';
import { isBytes, readSource, reasonOf, takeOver } from '../core/source.js';
import { foreignKind } from './foreign-kind.js';
import { asOwn } from './own-errors.js';

/** Longer files open nowhere: a module has 4 GB of memory at most. */
const LIMIT = 2 ** 32;

/**
 * What a file of another framework does not say.
 * @typedef {object} ForeignOptions
 * @property {string} [module] of a PyTorch file: only the tensors whose names begin with this module's
 * @property {'relu' | 'tanh' | 'none'} [activation] of a PyTorch file: what stands between two linear layers, and the
 *   activation of an RNN; default: two linear layers in a row are refused, and an RNN has tanh
 * @property {'classes' | 'labels' | 'values'} [output] what the last linear layer answers, where the file does not say:
 *   probabilities of which one holds, of which any may, or numbers; default: classes, where it answers as many as the
 *   embedding or the alphabet has, else values
 * @property {readonly string[] | string | Record<string, number> | Record<number, string> | import('../core/source.js').Source} [alphabet]
 *   the tokens by name, in their order or with their numbers, as `char_to_idx` or `vocab.json` have them, or that JSON file;
 *   the network becomes a model of characters or tokens. A string is an address where it ends with .json, else the
 *   characters
 * @property {Record<string, import('../core/source.js').Source> | Iterable<Blob & { name: string }>} [files] what lies beside the file, by
 *   name: the shards of a model.json; default: looked for beside the address
 */

/**
 * How a file is opened.
 * @typedef {{ signal?: AbortSignal } & ForeignOptions} OpenOptions `signal` ends the reading, which rejects with its reason
 */

const foreignOptions = ['module', 'activation', 'output', 'alphabet', 'files'];
const later = (/** @type {unknown} */ value) => value;
/** @type {Record<string, import('../core/check.js').Reader<any>>} */
const readers = { signal: optional(abortSignal), ...Object.fromEntries(foreignOptions.map((name) => [name, later])) };

/**
 * The bytes of a model's file, of one of another framework those of this library's file of the same model. Those that were
 * given are given back at once, before their memory can change.
 * @param {unknown} source
 * @param {string} where the call, for messages
 * @param {unknown} [options]
 * @returns {ArrayBufferView | ArrayBufferLike | Promise<ArrayBufferView | ArrayBufferLike>}
 * @throws {import('../core/errors.js').ArgumentError} for unknown options
 */
export function readModelSource(source, where, options = {}) {
  takeOver(source);
  const { signal, ...about } = readOptions(where, options, readers);
  const own = (/** @type {ArrayBufferView | ArrayBufferLike} */ given) => {
    const bytes = readBytes(given, `${where}: source`, 'bytes');
    const kind = foreignKind(bytes);
    if (kind) return unlessAborted(signal, () => ownFile(bytes, kind, { where, source, signal, about }));
    const name = foreignOptions.find((option) => about[option] !== undefined);
    if (name) throw new ArgumentError(`${where}: ${name} must be absent, got it for a file that is not of another framework that is known`);
    return given;
  };
  if (isBytes(source)) {
    assertNotAborted(signal);
    return own(source);
  }
  return unlessAborted(signal, () =>
    readSource(source, `${where}: source`, { what: 'model', Failure: FileFormatError, signal, limit: LIMIT })).then(own);
}

/**
 * @param {Uint8Array} bytes
 * @param {import('./foreign-kind.js').ForeignKind} kind
 * @param {import('./foreign/import-model.js').Asked} asked
 */
async function ownFile(bytes, kind, asked) {
  // What is the caller's may change while the importer is loaded.
  const { source } = asked;
  const kept = isBytes(source) || typeof (/** @type {any} */ (source)?.then) === 'function' ? bytes.slice() : bytes;
  const { importModel } = await import('./foreign/import-model.js').catch((cause) => {
    throw new LstmError(`${asked.where}: a file of another framework, whose importer lies beside the library. Loading it `
      + `failed: ${reasonOf(cause)}. All files of the package's folder dist must be there; in a service worker, which loads no scripts later, `
      + "open it in the page and give what its save() gives", { cause });
  });
  try {
    return await importModel(kept, kind, asked);
  } catch (error) {
    throw asOwn(error);
  }
}
