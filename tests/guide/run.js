// Runs a snippet as its reader would, in a folder of its page.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { agrees } from './compare.js';

/** @typedef {import('./snippets.js').Snippet} Snippet */
/** @typedef {{ line: number, text: string }} Print */

const root = fileURLToPath(new URL('../../', import.meta.url));
const record = new URL('record.js', import.meta.url).href;
/** Longer than the guide promises, since tests share the machine. */
const TIMEOUT = 120_000;

/**
 * A new folder inside the package, so that it finds itself by its name, with files for what reads files.
 * @param {string} name
 */
export function makeFolder(name) {
  const folder = join(root, 'build', 'snippets', name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  symlinkSync(root, join(folder, 'node_modules', 'lstm-wasm'), 'dir');
  writeFileSync(join(folder, 'book.txt'), 'Call me Ishmael. Some years ago, never mind how long precisely.\n'.repeat(100));
  const rows = Array.from({ length: 400 }, (_, day) => `${day},${(20 + 10 * Math.sin(day / 4)).toFixed(2)},${day % 7 === 0 ? 1 : 0}`);
  writeFileSync(join(folder, 'data.csv'), `day,sales,rain\n${rows.join('\n')}\n`);
  return folder;
}

/** Without the lines of bundled code that Node quotes. @param {string} text */
const readable = (text) => text.split('\n').filter((line) => line.length < 400 && line.trim()).join('\n');

/**
 * A program's end: an exit status other than 0 is an error that tells what the program wrote.
 * @param {string} command
 * @param {string[]} args
 * @param {string} cwd
 * @returns {Promise<{ stdout: string, records: string }>} records: what came on file descriptor 3
 */
export function run(command, args, cwd) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
    const texts = ['', '', '', ''];
    for (const k of [1, 2, 3]) {
      const stream = /** @type {import('node:stream').Readable} */ (child.stdio[k]);
      stream.setEncoding('utf8').on('data', (text) => { texts[k] += text; });
    }
    const timer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT);
    child.on('error', reject);
    child.on('close', (status, signal) => {
      clearTimeout(timer);
      if (status === 0) resolve({ stdout: texts[1], records: texts[3] });
      else reject(new Error(signal ? `it does not end in ${TIMEOUT / 1000} s` : `it ends with status ${status}:\n${readable(texts[2])}`));
    });
  });
}

/**
 * What a module prints in Node.
 * @param {string} code
 * @param {string} folder
 * @param {number} index for the name of its file
 * @returns {Promise<Print[]>}
 */
export async function runInNode(code, folder, index) {
  const file = join(folder, `snippet-${index}.mjs`);
  writeFileSync(file, code);
  const { records } = await run(process.execPath, ['--import', record, file], folder);
  /** @type {Print[]} */
  let prints = [];
  for (const line of records.split('\n').filter(Boolean)) {
    const { clear, ...print } = JSON.parse(line);
    if (clear) prints = [];
    else prints.push(print);
  }
  return prints;
}

/**
 * Each claim of a snippet holds for what it has printed.
 * @param {Snippet} snippet
 * @param {Print[]} prints
 */
export function assertClaims({ claims, offset, output, place }, prints) {
  const all = prints.map(({ text }) => text).join('\n');
  if (output !== undefined) assert.ok(agrees(all, output), `${place} prints\n${all}\nand not\n${output}`);
  for (const { line, text } of claims) {
    const there = prints.filter((print) => print.line === line + offset);
    assert.ok(there.length > 0, `${place}: line ${line} prints nothing, and not ${text}`);
    for (const print of there) {
      assert.ok(agrees(print.text, text), `${place}: line ${line} prints\n${print.text}\nand not\n${text}`);
    }
  }
}
