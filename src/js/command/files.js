// Reading what a command is given: files, or standard input where the path is -.

import { constants } from 'node:buffer';
import { createReadStream, fstatSync, statSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { foreignKind } from '../files/foreign-kind.js';
import { LstmError, inspect } from '../index.js';
import { CommandError, reasonOf } from './errors.js';

/** The path that means standard input, or standard output. */
export const STANDARD = '-';

/** As much as the module's memory can have: no file of a model is larger. */
const MOST_MODEL_BYTES = 2 ** 32;

/** A larger file is asked by its beginning whether it can be a model at all. */
const TRUSTED_BYTES = 2 ** 28;

/** @param {string} path as messages name it */
const named = (path) => (path === STANDARD ? 'stdin' : `'${path}'`);

/**
 * @param {string} path
 * @param {string} what the operand's name
 * @returns {AsyncGenerator<Buffer, void, void>}
 */
async function* piecesOf(path, what) {
  try {
    yield* path === STANDARD ? process.stdin : createReadStream(path, { highWaterMark: 2 ** 20 });
  } catch (error) {
    throw new CommandError(`${what}: cannot read ${named(path)}: ${reasonOf(error)}`);
  }
}

/**
 * The bytes of a model; of a large file that begins as none does, only the beginning, for which it is refused.
 * @param {string} path
 * @param {string} what the operand's name
 */
export async function readBytes(path, what) {
  /** @type {Buffer[]} */
  const pieces = [];
  const size = statOf(path)?.size ?? 0;
  const tooLarge = () => new CommandError(`${what}: expected a model, got more than 4 GiB in ${named(path)}`);
  if (size > MOST_MODEL_BYTES) throw tooLarge();
  let length = 0;
  for await (const piece of piecesOf(path, what)) {
    length += piece.length;
    if (length > MOST_MODEL_BYTES) throw tooLarge();
    pieces.push(piece);
    const [start] = pieces;
    const isLarge = Math.max(size, length) > TRUSTED_BYTES;
    if (isLarge && start.length >= 8 && !isBeginning(start)) break;
  }
  try {
    return Buffer.concat(pieces, length);
  } catch {
    throw new CommandError(`${what}: cannot read ${named(path)}: not enough memory for ${length} bytes`);
  }
}

/**
 * Does a model's file begin so? Safetensors begins with the length of its header, 64 bits: the upper half is 0, and the lower is not.
 * @param {Buffer} start 8 bytes or more
 */
const isBeginning = (start) => (start.readUInt32LE(0) !== 0 && start.readUInt32LE(4) === 0) || foreignKind(start) !== undefined;

/** @param {string} path @param {string} what the operand's name */
const tooLong = (path, what) => new CommandError(
  `${what}: expected at most ${constants.MAX_STRING_LENGTH} characters in ${named(path)}, got more: give a part of it`);

/**
 * Refuses a file that is too long for a string before any of it is kept: by its size, or where that leaves it open,
 * since UTF-8 takes one to three bytes for a UTF-16 unit, by counting these.
 * @param {string} path
 * @param {string} what the operand's name
 */
async function checkLength(path, what) {
  const size = path === STANDARD ? 0 : statOf(path)?.size ?? 0;
  if (size <= constants.MAX_STRING_LENGTH) return;
  if (size > 3 * constants.MAX_STRING_LENGTH) throw tooLong(path, what);
  let units = 0;
  for await (const piece of piecesOf(path, what)) {
    // A byte that continues a character is 10xxxxxx; one of 11110xxx begins a character of two units.
    for (let i = 0; i < piece.length; i++) units += (piece[i] & 0xc0) === 0x80 ? 0 : piece[i] < 0xf0 ? 1 : 2;
    if (units > constants.MAX_STRING_LENGTH) throw tooLong(path, what);
  }
}

/**
 * Reads a text as it is: a byte order mark and CRLF are characters like any other, and nothing is replaced.
 * @param {string} path
 * @param {string} what the operand's name
 */
export async function readText(path, what) {
  await checkLength(path, what);
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let text = '';
  let offset = 0;
  /** @param {Uint8Array} bytes */
  const add = (bytes) => {
    let more = '';
    try {
      more = decoder.decode(bytes);
    } catch {
      const at = invalidUtf8Offset(bytes);
      const byte = bytes[at].toString(16).padStart(2, '0');
      throw new CommandError(`${what}: expected UTF-8 in ${named(path)}, got the byte 0x${byte} at offset ${offset + at}`);
    }
    if (text.length + more.length > constants.MAX_STRING_LENGTH) throw tooLong(path, what);
    text += more;
    offset += bytes.length;
  };
  let rest = Buffer.alloc(0);
  for await (const piece of piecesOf(path, what)) {
    const bytes = Buffer.concat([rest, piece]);
    const end = wholeLength(bytes);
    add(bytes.subarray(0, end));
    rest = bytes.subarray(end);
  }
  add(rest);
  return text;
}

/**
 * How many bytes come before a character of which only the beginning is there.
 * @param {Uint8Array} bytes
 */
function wholeLength(bytes) {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back];
    if (byte < 0x80) break;
    const length = byte < 0xc0 ? 0 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    if (length > back) return bytes.length - back;
    if (length > 0) break;
  }
  return bytes.length;
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
 * @param {string} [alphabet] the path of a JSON file, for a file of another framework
 */
export async function openModel(lstm, path, what = 'MODEL', alphabet = undefined) {
  const model = await openBytes(lstm, await readBytes(path, what), path, what, alphabet);
  if (model.alphabet) return model;
  throw new CommandError(`${what}: expected a model of characters, got in ${named(path)} ${model.tokens ? 'one of tokens' : 'a network without '
    + "an alphabet: give the file that has it, --alphabet vocab.json"}`);
}

/**
 * The model of characters, or of a file of another framework whatever it holds.
 * @param {any} lstm what load() gave
 * @param {Uint8Array} bytes
 * @param {string} path where they come from
 * @param {string} [what] who asks for it
 * @param {string} [alphabet] the path of a JSON file, for a file of another framework
 * @param {boolean} [isAny] whatever else it holds too?
 */
export async function openBytes(lstm, bytes, path, what = 'MODEL', alphabet = undefined, isAny = false) {
  try {
    if (isEnsemble(bytes)) return await lstm.open(bytes);
    if (!isAny && alphabet === undefined && !foreignKind(bytes)) return lstm.openCharModel(bytes);
    return await lstm.open(...openedAs(bytes, path, alphabet));
  } catch (error) {
    if (error instanceof LstmError) throw new CommandError(`${what}: cannot open ${named(path)}: ${error.message}`);
    throw error;
  }
}

/** @param {Uint8Array} bytes of a file; what is wrong with it is told when it is opened */
function isEnsemble(bytes) {
  try {
    return inspect(bytes).kind === 'ensemble';
  } catch {
    return false;
  }
}

/**
 * What open() and inspect() are given.
 * @param {Uint8Array} bytes
 * @param {string} path
 * @param {string} [alphabet]
 * @returns {[Blob | URL, { alphabet?: URL }]}
 */
export const openedAs = (bytes, path, alphabet) => [
  // What lies beside a file is found by its address.
  path === STANDARD ? new Blob([/** @type {Uint8Array<ArrayBuffer>} */ (bytes)]) : pathToFileURL(path),
  { alphabet: alphabet === undefined ? undefined : pathToFileURL(alphabet) },
];

/**
 * Are these one file, by whatever names?
 * @param {string} input a path, or - for what standard input was redirected from
 * @param {string} output a path
 */
export function isSameFile(input, output) {
  const [a, b] = [statOf(input), statOf(output)];
  return Boolean(a?.isFile() && b?.isFile() && a.dev === b.dev && a.ino === b.ino);
}

/** @param {string} path @returns {import('node:fs').Stats | undefined} undefined where there is none to be seen */
function statOf(path) {
  try {
    return path === STANDARD ? fstatSync(0) : statSync(path);
  } catch {
    return undefined;
  }
}
