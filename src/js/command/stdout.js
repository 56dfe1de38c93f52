// Results go to stdout, or to stderr where a model's bytes go to stdout. Its reader may leave early (`| head`): that is
// the end of the work, not an error.

import { exit } from './end.js';
import { reasonOf } from './errors.js';

/** @type {NodeJS.WritableStream} */
let results = process.stdout;

/** @type {(error: NodeJS.ErrnoException) => void} */
let onError = (error) => {
  if (error.code === 'EPIPE') exit();
  tell(`cannot write to stdout: ${reasonOf(error)}`);
  exit(1);
};

process.stdout.on('error', (error) => onError(error));
process.stderr.on('error', () => {});

/** @param {(error: NodeJS.ErrnoException) => void} handler called instead of ending the process */
export function whenStdoutFails(handler) {
  onError = handler;
}

/** Leaves stdout to something else: results go to stderr from now on. */
export function leaveStdout() {
  results = process.stderr;
}

/** @param {string} text one line or several, without the last line end */
export const print = (text) => void results.write(`${text}\n`);

/**
 * Writes a piece of something long, and gives the reader of stdout and signals their turn.
 * @param {string} text
 */
export async function write(text) {
  const isTaken = results.write(text);
  await new Promise((resolve) => (isTaken ? setImmediate(resolve) : results.once('drain', resolve)));
}

/** @param {Record<string, unknown>} object written on one line; a number that is not finite becomes null */
export const printJson = (object) => print(JSON.stringify(object));

/** @param {string} message a line for the person, which is no result */
export const tell = (message) => void process.stderr.write(`lstm-wasm: ${message}\n`);
