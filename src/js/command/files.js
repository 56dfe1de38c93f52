// Reading the files a command is given.

import { readFileSync } from 'node:fs';
import { LstmError } from '../index.js';
import { CommandError, reasonOf } from './errors.js';

/**
 * @param {string} path
 * @param {string} what the operand's name
 */
function readBytes(path, what) {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new CommandError(`${what}: cannot read '${path}': ${reasonOf(error)}`);
  }
}

/**
 * Reads a text as it is: a byte order mark and CRLF are characters like any other, and nothing is replaced.
 * @param {string} path
 * @param {string} what the operand's name
 */
export function readText(path, what) {
  const bytes = readBytes(path, what);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    const offset = invalidUtf8Offset(bytes);
    if (offset === -1) throw new CommandError(`${what}: cannot read '${path}': ${reasonOf(error)}`);
    const byte = bytes[offset].toString(16).padStart(2, '0');
    throw new CommandError(`${what}: expected UTF-8 in '${path}', got the byte 0x${byte} at offset ${offset}`);
  }
}

/**
 * Where bytes stop being UTF-8, or -1. A lenient decoder marks the place with U+FFFD; one that the text itself
 * holds is three bytes EF BF BD there.
 * @param {Uint8Array} bytes
 */
export function invalidUtf8Offset(bytes) {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  let offset = 0;
  let from = 0;
  for (let at = text.indexOf('\ufffd'); at !== -1; at = text.indexOf('\ufffd', from)) {
    offset += Buffer.byteLength(text.slice(from, at));
    if (bytes[offset] !== 0xef || bytes[offset + 1] !== 0xbf || bytes[offset + 2] !== 0xbd) return offset;
    offset += 3;
    from = at + 1;
  }
  return -1;
}

/**
 * @param {any} lstm what load() gave
 * @param {string} path
 * @param {string} [what] who asks for it
 */
export function openModel(lstm, path, what = 'MODEL') {
  const bytes = readBytes(path, what);
  try {
    return lstm.openCharModel(bytes);
  } catch (error) {
    if (error instanceof LstmError) throw new CommandError(`${what}: cannot open '${path}': ${error.message}`);
    throw error;
  }
}
