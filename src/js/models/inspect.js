// inspect.js: what a file is, as its header says.
import { describeCheckpoint } from '../files/checkpoint-file.js';
import { describeSource } from '../files/describe-file.js';
import { formats } from './formats.js';

/**
 * @typedef {import('./inspect-model.js').ModelDescription & {
 *   checkpoint?: import('../files/checkpoint-file.js').CheckpointDescription }} FileDescription `checkpoint` where the file is one
 */

/**
 * What a model file is, read from its header without opening the model: it takes no WebAssembly and little time, and
 * checks what it tells, but not the parameters themselves. Of bytes it is told at once.
 * @overload
 * @param {ArrayBufferView | ArrayBufferLike} source bytes of the whole file
 * @param {import('../files/model-source.js').OpenOptions} [options]
 * @returns {FileDescription}
 * @throws {import('../core/errors.js').FileFormatError} where it is no file of this library, or cut off
 */
/**
 * The same of a file that is read first, by a promise.
 * @overload
 * @param {import('../core/source.js').Source} source a Blob or File, a Response, a URL, an address (in Node also a path), or a
 *   promise of one or of bytes
 * @param {import('../files/model-source.js').OpenOptions} [options]
 * @returns {Promise<FileDescription>}
 * @throws {import('../core/errors.js').ArgumentError} where the source cannot be read
 * @throws {import('../core/errors.js').FileFormatError} where it is no file of this library, or cut off
 */
/**
 * @param {unknown} source
 * @param {import('../files/model-source.js').OpenOptions} [options]
 * @returns {FileDescription | Promise<FileDescription>}
 */
export function inspect(source, options) {
  return /** @type {any} */ (describeSource(source, options, formats, describeCheckpoint));
}
