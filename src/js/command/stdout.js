// Results go to stdout. Its reader may leave early (`| head`): that is the end of the work, not an error.

import { reasonOf } from './errors.js';

/** @type {() => void} */
let onBrokenPipe = () => process.exit();

process.stdout.on('error', (error) => {
  if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EPIPE') return onBrokenPipe();
  process.stderr.write(`lstm-wasm: cannot write to stdout: ${reasonOf(error)}\n`);
  process.exit(1);
});
process.stderr.on('error', () => {});

/** @param {string} text one line or several, without the last line end */
export const print = (text) => void process.stdout.write(`${text}\n`);

/**
 * Writes a piece of something long, and gives the reader of stdout and signals their turn.
 * @param {string} text
 */
export async function write(text) {
  const isTaken = process.stdout.write(text);
  await new Promise((resolve) => (isTaken ? setImmediate(resolve) : process.stdout.once('drain', resolve)));
}

/** @param {Record<string, unknown>} object written on one line; a number that is not finite becomes null */
export const printJson = (object) => print(JSON.stringify(object));

/** @param {() => void} handler called instead of ending the process */
export function whenPipeBreaks(handler) {
  onBrokenPipe = handler;
}
