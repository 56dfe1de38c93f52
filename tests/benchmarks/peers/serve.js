// What every JavaScript peer has in common: a process that is handed a case, sets it up, and then does as much of it as
// it is told to, line by line on its standard input. Its answers are the lines of its standard output that start with
// '{': libraries may greet on the others.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { symbols } from '../cases.js';

/** Where `npm run bench -- --peers` installs them. */
const folder = new URL('../../../build/peers/', import.meta.url);

/** Takes a package from there. */
export const require = createRequire(new URL('package.json', folder));

/** @param {string} name of a package */
export const versionOf = (name) =>
  JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, folder), 'utf8')).version;

/** @param {number} length */
export const randomTokens = (length) => Int32Array.from({ length }, () => Math.floor(Math.random() * symbols));

/**
 * A token drawn from probabilities.
 * @param {ArrayLike<number>} probabilities
 */
export function sample(probabilities) {
  let rest = Math.random();
  let token = 0;
  while (token < symbols - 1 && (rest -= probabilities[token]) > 0) token++;
  return token;
}

/**
 * @typedef {object} Prepared
 * @property {string} version
 * @property {(done: number) => number | Promise<number>} [run] does a piece of the work and gives its characters; `done` is the part of
 *   the time that has passed
 * @property {(seconds: number) => Promise<number>} [runFor] instead: works so long, and gives its characters a second
 * @property {() => number | Promise<number>} [loss] of what was learnt, nats a character
 * @param {(work: import('../cases.js').Case) => Promise<Prepared>} prepare
 */
export async function serve(prepare) {
  const answer = (/** @type {object} */ message) => process.stdout.write(`\n${JSON.stringify(message)}\n`);
  try {
    const { version, run, runFor, loss } = await prepare(JSON.parse(process.argv.at(-1) ?? ''));
    answer({ version, threads: 1 });
    for await (const line of createInterface({ input: process.stdin })) {
      const milliseconds = 1000 * Number(line);
      const start = performance.now();
      let chars = 0;
      const passed = () => performance.now() - start;
      if (runFor) chars = (await runFor(milliseconds / 1000)) * passed() / 1000;
      else do chars += await run(passed() / milliseconds); while (passed() < milliseconds);
      const seconds = passed() / 1000;
      answer({ chars, seconds, ...(loss && { loss: await loss() }) });
    }
  } catch (error) {
    answer({ reason: /** @type {Error} */ (error).message.split('\n')[0] });
  }
  process.exit();
}
