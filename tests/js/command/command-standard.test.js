// - is standard input and standard output; what is given may be of any size.

import assert from 'node:assert/strict';
import {
  closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync,
} from 'node:fs';
import { test } from 'node:test';
import { load } from 'lstm-wasm';
import { readBytes, readText } from '../../../src/js/command/files.js';
import { StandardOutput } from '../../../src/js/command/StandardOutput.js';
import {
  at, fed, folder, jsonLines, main, model, run, runProgram, small, startCommand, text, trained,
} from './command-setup.js';

const lstm = await load({ variant: 'simd' });
const simd = ['--variant', 'simd'];
const options = [...small, '--steps', '12', '--seed', '3'];
const bytes = readFileSync(model);
const learnt = readFileSync(text, 'utf8');

test('train - -o -: the text comes from stdin, the bytes of the model go to stdout and all else to stderr', () => {
  const whole = trained('filed', '--steps', '12', '--seed', '3');
  for (const json of [[], ['--json', '--report', '4']]) {
    const { status, stdout, stderr } = fed(learnt, 'train', '-', '-o', '-', ...options, ...json);
    assert.equal(status, 0, stderr);
    assert.deepEqual(stdout, whole.bytes);
    if (json.length > 0) {
      const lines = jsonLines(stderr);
      assert.deepEqual(lines.map(({ step }) => step), [4, 8, 12, 12].slice(0, lines.length));
      assert.deepEqual([lines.at(-1).output, lines.at(-1).checkpoint, lines.at(-1).done], ['-', null, true]);
    } else {
      assert.match(stderr, /\n12 steps, 768 characters in .*\nloss .*\nsaved -; the same text and options /);
    }
  }
  assert.deepEqual(fed(learnt, 'train', '-', '-o', at('from'), ...options).stdout.length > 0, true);
  assert.deepEqual(readFileSync(at('from')), whole.bytes);
  assert.deepEqual(fed(learnt.slice(0, 200), 'train', text, '--val-text', '-', '-o', '-', ...options).status, 0);
  assert.ok(!existsSync(at('-')) && !existsSync(at('-.checkpoint')));
});

test('every command reads a model, or a text, from stdin', () => {
  for (const [input, words] of [
    [bytes, ['sample', model, '--length', '50']],
    [bytes, ['predict', model, 'the ', '--json']],
    [bytes, ['inspect', model]],
    [bytes, ['inspect', model, '--json']],
    [bytes, ['eval', model, text]],
    [bytes, ['score', model, text]],
    [learnt, ['eval', model, text]],
    [learnt, ['score', model, text, '--json']],
  ]) {
    const expected = run(...words, ...simd);
    assert.equal(expected.status, 0);
    const { status, stdout, stderr } = fed(input, ...words.map((word) =>
      (word === (input === bytes ? model : text) ? '-' : word)), ...simd);
    assert.equal(status, 0, stderr);
    assert.equal(String(stdout), expected.stdout);
  }
  // What predict is given is the text itself.
  assert.match(run('predict', model, '-').stderr, /predict: text must only have characters .*"-"/);
  assert.match(fed('no model', 'inspect', '-').stderr, /^lstm-wasm: MODEL: cannot open stdin: /);
  assert.match(fed('', 'train', '-', '-o', '-').stderr, /^lstm-wasm: [^\n]*text[^\n]*\n$/);
  assert.match(fed(Buffer.from([0x41, 0xff]), 'eval', model, '-').stderr,
    /^lstm-wasm: TEXT: expected UTF-8 in stdin, got the byte 0xff at offset 1\n$/);
});

test('stdin is for one, and what the terminal or another file cannot take is refused', () => {
  const cases = [
    [['eval', '-', '-'], /TEXT: expected the path of a file, got - for stdin, which is MODEL already/],
    [['score', '-', '-'], /TEXT: expected the path of a file, got - for stdin, which is MODEL already/],
    [['train', '-', '--val-text', '-', '-o', 'x'], /--val-text: expected the path of a file, got - .* which is TEXT al/],
    [['train', text, '-o', '-', '--resume'], /--resume: expected a file as --output, got stdout/],
    [['train', text, '--val-text', at('same'), '-o', at('same')], /-o, --output: expected another file than --val-text/],
  ];
  writeFileSync(at('same'), learnt);
  for (const [words, message] of cases) {
    const { status, stdout, stderr } = fed(learnt, ...words);
    assert.equal(status, 2, stderr);
    assert.equal(stdout.length, 0);
    assert.match(stderr, message);
  }
  // stdin redirected from the file that would be replaced.
  const input = openSync(at('same'), 'r');
  const { status, stderr } = runProgram(process.execPath, [main, 'train', '-', '-o', at('same'), ...options],
    { stdio: [input, 'pipe', 'pipe'], encoding: 'utf8' });
  closeSync(input);
  assert.equal(status, 2);
  assert.match(stderr, /-o, --output: expected another file than TEXT/);
  assert.equal(readFileSync(at('same'), 'utf8'), learnt);
  assert.throws(() => new StandardOutput(/** @type {any} */ ({ isTTY: true })),
    { name: 'UsageError', message: /-o, --output: expected a file, or - with stdout into a file or a pipe/ });
});

test('a model that nobody takes from stdout is saved in a temporary folder', async () => {
  mkdirSync(at('tmp'));
  const { child, ended } = startCommand(['train', text, '-o', '-', ...options],
    { env: { ...process.env, TMPDIR: at('tmp'), TEMP: at('tmp') } });
  child.stdout.destroy();
  const { code, stderr } = await ended;
  assert.equal(code, 1, stderr);
  const [, path] = stderr.match(/--output: cannot write to stdout: broken pipe; the model is saved in '(.*)' instead\n/) ?? [];
  assert.ok(path, stderr);
  lstm.openCharModel(readFileSync(path)).dispose();
});

test('a text, a model of any size: it is read, or refused in a line, with a heap that no such text fits in', () => {
  // Files with holes, which take no room on the disk.
  for (const [size, words, message] of [
    [540e6, ['train', at('large'), '-o', at('never')], /TEXT: expected at most \d+ characters in '.*large', got more: give/],
    [540e6, ['eval', model, at('large')], /TEXT: expected at most \d+ characters in/],
    [540e6, ['score', model, at('large')], /TEXT: expected at most \d+ characters in/],
    [540e6, ['inspect', at('large')], /MODEL: cannot open '.*large': openCharModel: not a safetensors file/],
    [2500e6, ['sample', at('large')], /MODEL: cannot open '.*large': openCharModel: not a safetensors file/],
    [2500e6, ['eval', model, at('large')], /TEXT: expected at most \d+ characters in/],
    [6000e6, ['inspect', at('large')], /MODEL: expected a model, got more than 4 GiB in/],
  ]) {
    writeFileSync(at('large'), '');
    truncateSync(at('large'), size);
    const { status, stdout, stderr } = runProgram(process.execPath, ['--max-old-space-size=100', main, ...words],
      { encoding: 'utf8' });
    assert.equal(status, 1, stderr);
    assert.equal(stdout, '');
    assert.match(stderr, /^lstm-wasm: [^\n]*\n$/);
    assert.match(stderr, message);
  }
  rmSync(at('large'));
  assert.ok(!readdirSync(folder).includes('never'));
});

test('a large file that begins as that of another framework is read to its end', async () => {
  // A zip, HDF5.
  for (const beginning of ['PK\x03\x04', '\x89HDF\r\n\x1a\n']) {
    writeFileSync(at('large'), Buffer.from(beginning, 'latin1'));
    truncateSync(at('large'), 270e6);
    assert.equal((await readBytes(at('large'), 'MODEL')).length, 270e6);
  }
  rmSync(at('large'));
});

test('a text is the same in whatever pieces it is read, and a wrong byte is found in any', async () => {
  const whole = `a${'🐈é猫b'.repeat(400_000)}`;
  const utf8 = Buffer.from(whole);
  writeFileSync(at('pieces.txt'), utf8);
  assert.ok((await readText(at('pieces.txt'), 'TEXT')) === whole);
  for (const k of [0, 104857, 104858, 399999]) {
    const start = 1 + 10 * k; // of a cat, four bytes
    for (const [cut, byte, offset] of [[start, 'ff', start], [start + 1, 'f0', start], [start + 3, 'f0', start]]) {
      writeFileSync(at('pieces.txt'), Buffer.concat([utf8.subarray(0, cut), Buffer.from([0xff])]));
      await assert.rejects(readText(at('pieces.txt'), 'TEXT'),
        { message: `TEXT: expected UTF-8 in '${at('pieces.txt')}', got the byte 0x${byte} at offset ${offset}` });
    }
    writeFileSync(at('pieces.txt'), utf8.subarray(0, start + 2));
    await assert.rejects(readText(at('pieces.txt'), 'TEXT'), { message: new RegExp(`got the byte 0xf0 at offset ${start}$`) });
  }
});
