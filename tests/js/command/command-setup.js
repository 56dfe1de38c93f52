// For the tests of the command: a folder of its own, a small text, and the real process.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
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

/** @param {string[]} words the command line */
export const run = (...words) => spawnSync(process.execPath, [main, ...words], { encoding: 'utf8' });

/** The same, with standard input, and what it writes as bytes. @param {Uint8Array | string} input @param {string[]} words */
export const fed = (input, ...words) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...words], { input, cwd: folder });
  return { status, stdout, stderr: String(stderr) };
};

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
