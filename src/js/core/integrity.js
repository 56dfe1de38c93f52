// integrity.js: hashes of bytes, as in HTML's attribute `integrity` (W3C Subresource Integrity).
import { builtin } from './builtin.js';
import { refuse } from './check.js';
import { LstmError } from './errors.js';

/** From the weakest up, and their lengths in bytes. */
const algorithms = /** @type {const} */ ({ sha256: 32, sha384: 48, sha512: 64 });

/** @typedef {{ algorithm: keyof typeof algorithms, hash: string }} Digest `hash` in base64 */

/**
 * One or several, separated by spaces, of which one must fit. Of several algorithms only the strongest counts.
 * @type {import('./check.js').Reader<Digest[]>}
 */
export function readIntegrity(value, path) {
  const expected = "'sha256-', 'sha384-' or 'sha512-' and a hash of that length in base64, or several separated by spaces";
  if (typeof value !== 'string' || value.trim() === '') refuse(path, expected, value);
  const digests = value.trim().split(/\s+/).map((text) => {
    // Base64 or base64url, then options, of which none is known yet.
    const [, name, letters, end] = /^(sha256|sha384|sha512)-([\w+/-]+)(={0,2})(?:\?.*)?$/.exec(text) ?? [];
    const algorithm = /** @type {keyof typeof algorithms} */ (name);
    const length = algorithms[algorithm];
    if (!length || Math.ceil((length * 4) / 3) !== letters.length) refuse(path, expected, text);
    const hash = letters.replace(/-/g, '+').replace(/_/g, '/').padEnd(Math.ceil(length / 3) * 4, '=');
    if (end && letters.length + end.length !== hash.length) refuse(path, expected, text);
    return { algorithm, hash };
  });
  const strongest = digests.map(({ algorithm }) => algorithm).sort().at(-1);
  return digests.filter(({ algorithm }) => algorithm === strongest);
}

/**
 * @param {Uint8Array<ArrayBuffer>} bytes that nobody else changes
 * @param {Digest[]} digests
 * @throws {LstmError} where none fits
 */
export async function assertIntegrity(bytes, digests) {
  const subtle = globalThis.crypto?.subtle ?? builtin('node:crypto')?.webcrypto.subtle;
  if (!subtle) throw new LstmError('integrity needs crypto.subtle, which browsers have only on pages of https and of localhost');
  const [{ algorithm }] = digests;
  const hash = new Uint8Array(await subtle.digest(algorithm.replace('sha', 'SHA-'), bytes));
  const got = btoa(String.fromCharCode(...hash));
  if (digests.some((digest) => digest.hash === got)) return;
  const expected = digests.map((digest) => `${algorithm}-${digest.hash}`).join(' or ');
  throw new LstmError(`its integrity must be ${expected}, got ${algorithm}-${got}`);
}
