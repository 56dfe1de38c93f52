// For the tests of the command: a folder of its own, a small text, and the real process.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';

export const main = fileURLToPath(new URL('../../../src/js/command/main.js', import.meta.url));
export const folder = mkdtempSync(join(tmpdir(), 'lstm-wasm-command-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** @param {string} name */
export const at = (name) => join(folder, name);

/** What runs longer than this hangs. No command of these tests takes more than some seconds. */
export const HANGS_AFTER_MS = 180_000;

/**
 * Runs a program to its end. One that hangs is killed, and the error has what it wrote.
 * @param {string} program
 * @param {string[]} words
 * @param {import('node:child_process').SpawnSyncOptions} [options]
 */
export function runProgram(program, words, options) {
  const result = spawnSync(program, words, { timeout: HANGS_AFTER_MS, killSignal: 'SIGKILL', ...options });
  if (/** @type {NodeJS.ErrnoException} */ (result.error)?.code === 'ETIMEDOUT') {
    throw hangs([program, ...words], String(result.stdout), String(result.stderr));
  }
  return /** @type {any} */ (result);
}

/** @param {string[]} words @param {string} stdout @param {string} stderr */
const hangs = (words, stdout, stderr) => new Error(
  `still running after ${HANGS_AFTER_MS / 1000} s: ${words.join(' ')}\nstdout: ${stdout.slice(-2000)}\nstderr: ${stderr.slice(-2000)}`);

/** @param {string[]} words the command line */
export const run = (...words) => runProgram(process.execPath, [main, ...words], { encoding: 'utf8' });

/** The same, with standard input, and what it writes as bytes. @param {Uint8Array | string} input @param {string[]} words */
export const fed = (input, ...words) => {
  const { status, stdout, stderr } = runProgram(process.execPath, [main, ...words], { input, cwd: folder });
  return { status, stdout, stderr: String(stderr) };
};

/**
 * Starts the command. `ended` gives how it ended and what it wrote; of one that hangs, an error with what it wrote.
 * @param {string[]} words the command line
 * @param {import('node:child_process').SpawnOptionsWithoutStdio} [options]
 */
export function startCommand(words, options) {
  const child = spawn(process.execPath, [main, ...words], options);
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (data) => (output.stdout += data));
  child.stderr.setEncoding('utf8').on('data', (data) => (output.stderr += data));
  const ended = new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(hangs(words, output.stdout, output.stderr));
    }, HANGS_AFTER_MS);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, ...output });
    });
  });
  return { child, output, ended };
}

/** @param {string} output @returns {any[]} */
export const jsonLines = (output) => output.trimEnd().split('\n').map((line) => JSON.parse(line));

export const text = at('text.txt');
writeFileSync(text, 'the cat sat on the mat, and the rat ran at the hat.\n'.repeat(60));

export const small = ['--hidden', '8', '--batch', '4', '--window', '16', '--variant', 'simd'];

/**
 * Trains a small model and returns the process and the file's bytes.
 * @param {string} name of the file
 * @param {string[]} words more options
 */
export function trained(name, ...words) {
  const result = run('train', text, '-o', at(name), ...small, ...words);
  assert.equal(result.status, 0, result.stderr);
  return { ...result, bytes: readFileSync(at(name)) };
}

export const model = at('model.safetensors');
trained('model.safetensors', '--steps', '30', '--seed', '1');
