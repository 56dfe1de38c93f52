// Model files with another header or other bytes, for tests.

/** @param {Uint8Array} bytes */
const headerLength = (bytes) => Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));

/** @param {Uint8Array} bytes @returns {any} */
export const headerOf = (bytes) => JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + headerLength(bytes))));

/** The header without the checksum, as a program leaves it that changes a file. @param {Uint8Array} bytes */
function openHeaderOf(bytes) {
  const header = headerOf(bytes);
  delete header.__metadata__?.checksum;
  return header;
}

/** @param {Uint8Array} bytes */
export const dataOf = (bytes) => bytes.subarray(8 + headerLength(bytes));

/** @param {string | Uint8Array} header @param {Uint8Array} data */
export function fileOf(header, data) {
  const encoded = typeof header === 'string' ? new TextEncoder().encode(header) : header;
  const result = new Uint8Array(8 + encoded.length + data.length);
  new DataView(result.buffer).setBigUint64(0, BigInt(encoded.length), true);
  result.set(encoded, 8);
  result.set(data, 8 + encoded.length);
  return result;
}

/**
 * The file with a header that `change` has changed.
 * @param {Uint8Array} bytes
 * @param {(header: any) => unknown} change
 * @param {Uint8Array} [data] instead of its own
 */
export function edited(bytes, change, data = dataOf(bytes)) {
  const header = openHeaderOf(bytes);
  change(header);
  return fileOf(JSON.stringify(header), data);
}

/** The file without a checksum. @param {Uint8Array} bytes */
export const unsigned = (bytes) => edited(bytes, () => {});

/**
 * The file with another header.
 * @param {Uint8Array} bytes
 * @param {(json: string) => string} change
 */
export const rewritten = (bytes, change) => fileOf(change(JSON.stringify(openHeaderOf(bytes))), dataOf(bytes));

/** @typedef {'config' | 'alphabet' | 'checkpoint'} Part */

/**
 * The file with a part of its metadata that `change` has changed.
 * @param {Uint8Array} bytes
 * @param {Part} name
 * @param {(value: any) => unknown} change
 */
export const editedIn = (bytes, name, change) => rewrittenIn(bytes, name, (json) => {
  const value = JSON.parse(json);
  change(value);
  return JSON.stringify(value);
});

/**
 * The file with another text in its metadata.
 * @param {Uint8Array} bytes
 * @param {Part} name
 * @param {(json: string) => string} change
 */
export const rewrittenIn = (bytes, name, change) => edited(bytes, ({ __metadata__: metadata }) => {
  metadata[name] = change(metadata[name]);
});
