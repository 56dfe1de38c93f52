// inspect.js: what a file is, as its header says.
import { describeCheckpoint } from './checkpoint-file.js';
import { describeSource } from './describe-file.js';

/**
 * @typedef {import('./describe-file.js').ModelDescription & {
 *   checkpoint?: import('./checkpoint-file.js').CheckpointDescription }} FileDescription `checkpoint` where the file is one
 */

/**
 * What a model file is, read from its header without opening the model: it takes no WebAssembly and little time, and
 * checks what it tells, but not the parameters themselves. Of bytes it is told at once.
 * @overload
 * @param {ArrayBufferView | ArrayBufferLike} source bytes of the whole file
 * @param {import('./model-source.js').OpenOptions} [options]
 * @returns {FileDescription}
 * @throws {import('../core/errors.js').FileFormatError} where it is no file of this library, or cut off
 */
/**
 * The same of a file that is read first, by a promise.
 * @overload
 * @param {import('../core/source.js').Source} source a Blob or File, a Response, a URL, an address (in Node also a path), or a
 *   promise of one or of bytes
 * @param {import('./model-source.js').OpenOptions} [options]
 * @returns {Promise<FileDescription>}
 * @throws {import('../core/errors.js').ArgumentError} where the source cannot be read
 * @throws {import('../core/errors.js').FileFormatError} where it is no file of this library, or cut off
 */
/**
 * @param {unknown} source
 * @param {import('./model-source.js').OpenOptions} [options]
 * @returns {FileDescription | Promise<FileDescription>}
 */
export function inspect(source, options) {
  return describeSource(source, options, describeCheckpoint);
}
