// foreign-kind.js: is this file one of another framework? By its content, never by its name.
import { TextDecoder } from '../core/builtin.js';
import { MAX_HEADER } from './safetensors.js';

/** @typedef {'safetensors' | 'zip' | 'hdf5' | 'pickle' | 'tar' | 'onnx' | 'saved-model' | 'json'} ForeignKind */

/** What the metadata of this library's own files have, any of which may be damaged. */
const OWN = /"(lstm_wasm|checksum|config)" *:/;

/**
 * @param {Uint8Array} bytes
 * @returns {ForeignKind | undefined} undefined: one of this library's, or nothing that is known
 */
export function foreignKind(bytes) {
  const [first, second, third] = bytes;
  // The length of the header of a safetensors file has 8 bytes, and it begins with a brace.
  if (bytes[8] === 0x7b && bytes[5] + bytes[6] + bytes[7] === 0) {
    const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
    return length > MAX_HEADER || OWN.test(new TextDecoder('latin1').decode(bytes.subarray(8, 8 + length))) ? undefined : 'safetensors';
  }
  const head = String.fromCharCode(...bytes.subarray(0, 262));
  if (head.startsWith('PK\x03\x04')) return 'zip';
  if (head.startsWith('\x89HDF\r\n\x1a\n')) return 'hdf5';
  if (first === 0x80 && second > 0 && second < 6) return 'pickle';
  if (head.startsWith('ustar', 257)) return 'tar';
  // A message of protobuf whose field 1 is a small number, the version, and whose next field has a length.
  if (first === 8 && second < 32 && (third & 7) === 2) return second < 3 ? 'saved-model' : 'onnx';
  return /^(\xef\xbb\xbf)?\s*\{\s*"/.test(head) ? 'json' : undefined;
}
