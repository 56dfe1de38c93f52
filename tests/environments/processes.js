// Programs that are started for an environment, and never outlive it.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { basename } from 'node:path';

/** Where something cannot be had on this machine: the row is left out, and says why. */
export class NotHere extends Error {}

/** @type {Set<Started>} */
const running = new Set();

process.on('exit', () => {
  for (const one of running) one.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130));

/** @param {Record<string, string>} more */
function environment(more) {
  // npm's settings of the run that started this one must not reach the npm started here, nor this run's own Node options.
  const inherited = Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_|CI$|FORCE_COLOR$)/i.test(name));
  return { ...Object.fromEntries(inherited), NO_COLOR: '1', NEXT_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1', ...more };
}

/** A program with all that it starts itself. */
export class Started {
  #child;
  #output = '';
  #program;
  #arguments;

  /**
   * @param {string} program
   * @param {string[]} programArguments
   * @param {{ cwd: string, env?: Record<string, string> }} options
   */
  constructor(program, programArguments, { cwd, env = {} }) {
    this.#program = program;
    this.#arguments = programArguments;
    // In a group of its own, so that what it starts ends with it.
    this.#child = spawn(program, programArguments, {
      cwd, env: environment(env), detached: true, stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(this);
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => (this.#output += text));
    }
    /** @type {Promise<number | string>} its exit code, or the signal or error that ended it */
    this.ended = new Promise((resolve) => {
      this.#child.on('error', (error) => resolve(error.message));
      this.#child.on('close', (code, signal) => resolve(code ?? signal ?? 'unknown'));
    });
    this.ended.then(() => running.delete(this));
  }

  get output() {
    return this.#output;
  }

  get line() {
    return [this.#program, ...this.#arguments].join(' ');
  }

  /** @param {'SIGTERM' | 'SIGKILL'} signal */
  kill(signal) {
    try {
      if (this.#child.pid) process.kill(-this.#child.pid, signal);
    } catch {
      // it has ended
    }
  }

  /** Ends it and all that it started. */
  async stop() {
    this.kill('SIGTERM');
    await atMost(this.ended, 3);
    this.kill('SIGKILL');
    await atMost(this.ended, 3);
  }

  /**
   * An error whose first line is what matters most of its output, which follows.
   * @param {string} what
   */
  fault(what) {
    const lines = this.#output.split('\n').map((line) => line.trim()).filter(Boolean);
    const telling = lines.filter((line) => line.length > 25 && !/^at |:$/.test(line));
    const main = telling.find((line) => /\berror\b|\w(Error|_\w+)\b.*:|failed to|could not|cannot|can't|missing/i.test(line));
    return new Error(`${basename(this.#program)} ${what}: ${main ?? telling.at(-1) ?? lines.at(-1) ?? ''}\n$ ${this.line}\n${this.#output}`);
  }

  /**
   * Waits until its output holds this.
   * @param {RegExp} pattern
   * @param {number} seconds
   * @param {RegExp} [failure] after which nothing is to be expected
   * @returns {Promise<RegExpExecArray>}
   */
  async says(pattern, seconds, failure) {
    let ended = /** @type {number | string | undefined} */ (undefined);
    this.ended.then((code) => (ended = code));
    for (let left = seconds * 10; left > 0; left--) {
      const found = pattern.exec(this.#output);
      if (found) return found;
      if (ended !== undefined) throw this.fault(`ended with ${ended}`);
      if (failure?.test(this.#output)) throw this.fault('failed');
      await wait(0.1);
    }
    throw this.fault(`did not say ${pattern} in ${seconds} s`);
  }
}

/** @param {number} seconds @returns {Promise<void>} */
export function wait(seconds) {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}

/**
 * @template T
 * @param {Promise<T>} promise
 * @param {number} seconds
 * @returns {Promise<T | undefined>} undefined where it takes longer
 */
export async function atMost(promise, seconds) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, seconds * 1000, undefined);
  });
  try {
    return await Promise.race([promise, /** @type {Promise<undefined>} */ (late)]);
  } finally {
    clearTimeout(timer);
  }
}

/** @returns {Promise<number>} a port that was free a moment ago */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });
}
