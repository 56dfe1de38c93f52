// checksum.js: of all that a file means, so that one flipped bit is found, which else would be another weight or letter.
//
// __metadata__.checksum is the hash of core/hash.js over
//   the tensors, sorted by their names: the text of JSON [name, dtype, shape], then the bytes, in words of 32 bits,
//   little-endian, filled up with zeros
//   the other entries of the metadata, sorted by their names: the text of JSON [name, value]
// where a text is a word a UTF-16 code unit. How the header is written and where tensors lie makes no difference, so that a
// file that others copy keeps it. It is there to find damage; a file without it opens.
import { describe } from '../core/check.js';
import { FileFormatError } from '../core/errors.js';
import { Hash } from '../core/hash.js';

/** @typedef {import('./safetensors.js').TensorFile} TensorFile */

const NAME = 'checksum';

/** @param {TensorFile} file */
function checksumOf({ metadata, tensors }) {
  const hash = new Hash();
  const addText = (/** @type {unknown} */ value) => {
    const text = JSON.stringify(value);
    hash.add(Int32Array.from({ length: text.length }, (_, i) => text.charCodeAt(i)));
  };
  for (const [name, { shape, values }] of sorted(tensors)) {
    addText([name, values instanceof Int8Array ? 'I8' : 'F32', shape]);
    hash.add(wordsOf(values));
  }
  for (const [name, value] of sorted(metadata)) if (name !== NAME) addText([name, value]);
  return hash.digits;
}

/** @param {Float32Array | Int8Array} values */
function wordsOf({ buffer, byteOffset, byteLength }) {
  if (byteOffset % 4 === 0 && byteLength % 4 === 0) return new Int32Array(buffer, byteOffset, byteLength / 4);
  const filled = new Uint8Array(Math.ceil(byteLength / 4) * 4);
  filled.set(new Uint8Array(buffer, byteOffset, byteLength));
  return new Int32Array(filled.buffer);
}

/** @template T @param {Map<string, T>} map */
const sorted = (map) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));

/**
 * The file with its checksum.
 * @param {TensorFile} file
 * @returns {TensorFile}
 */
export const withChecksum = (file) => ({ ...file, metadata: new Map([...file.metadata, [NAME, checksumOf(file)]]) });

/**
 * @param {TensorFile} file
 * @param {string} where the call, for messages
 * @throws {FileFormatError} where it has a checksum, and of something else
 */
export function verifyChecksum(file, where) {
  const said = file.metadata.get(NAME);
  if (said === undefined) {
    // Its name may be what is damaged.
    const [other] = [...file.metadata].find(([name, value]) => name.length === NAME.length && /^[0-9a-f]{14}$/.test(value)) ?? [];
    if (other === undefined) return;
    throw new FileFormatError(`${where}: the file is not as it was saved: it has a checksum under the name ${describe(other)}`);
  }
  const got = checksumOf(file);
  if (said === got) return;
  throw new FileFormatError(
    `${where}: the file is not as it was saved: its checksum is ${describe(said)}, that of what it has "${got}". It is ` +
      "damaged; or a program has changed it and kept the old checksum: then let it leave 'checksum' out of the metadata",
  );
}
