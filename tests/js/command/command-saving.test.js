// What cannot be written loses no run: full disks, folders that go away, terminals that close, processes killed.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, statSync, symlinkSync, writeFileSync,
} from 'node:fs';
import { test } from 'node:test';
import { setTimeout as later } from 'node:timers/promises';
import { load } from 'lstm-wasm';
import {
  at, folder, HANGS_AFTER_MS, jsonLines, main, model, run, runProgram, small, startCommand, text, trained,
} from './command-setup.js';

const lstm = await load({ variant: 'simd' });
const noFull = { skip: !existsSync('/dev/full') };
const noShell = { skip: process.platform === 'win32' };
const noScript = { skip: !/util-linux/.test(spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout ?? '') };
const hour = ['--steps', '1000000000', '--json', '--report', '1'];

/** In a folder of its own. @param {string} name */
function place(name) {
  mkdirSync(at(name));
  return (/** @type {string} */ file) => at(`${name}/${file}`);
}

/** Runs the command in a shell, with what is said before it. */
const inShell = (before, words, after = '', env = {}) => runProgram('sh',
  ['-c', `${before} exec "$0" "$@" ${after}`, process.execPath, main, ...words],
  { encoding: 'utf8', env: { ...process.env, ...env } });

/**
 * Trains until `onLine` has killed or the budget is used up.
 * @param {(step: number, child: import('node:child_process').ChildProcess) => void} onLine
 */
function start(words, onLine, env = {}) {
  const { child, output, ended } = startCommand(['train', text, ...words], { env: { ...process.env, ...env } });
  child.stdout.on('data', () => {
    const { stdout } = output;
    if (/^\{.*\n/.test(stdout)) onLine(JSON.parse(stdout.slice(stdout.lastIndexOf('\n{') + 1).split('\n')[0]).step, child);
  });
  return Object.assign(ended, { child });
}

test('a checkpoint on a full disk is told, the run goes on and its model is written', noFull, () => {
  const inside = place('full');
  symlinkSync('/dev/full', inside('model.checkpoint'));
  const words = ['train', text, '-o', inside('model'), ...small, '--steps', '40', '--seed', '1'];
  const { status, stderr, stdout } = run(...words, '--save', '1e-9', '--json');
  assert.equal(status, 0, stderr);
  assert.deepEqual(readFileSync(inside('model')), trained('whole', '--steps', '40', '--seed', '1').bytes);
  const lines = jsonLines(stdout);
  const unsaved = lines.filter(({ event }) => event === 'unsaved');
  assert.ok(unsaved.length > 30);
  assert.match(unsaved[0].reason, /^cannot write '.*model\.checkpoint': no space left on device$/);
  assert.deepEqual([lines.at(-1).done, lines.at(-1).checkpoint, lines.at(-1).output], [true, null, inside('model')]);
  const told = stderr.split('\n').filter((line) => line.startsWith('lstm-wasm: '));
  assert.equal(told.length, 2, stderr);
  for (const line of told) assert.match(line, /the checkpoint of step \d+ is not saved: cannot write .*no space left on de/);
  assert.match(told[1], /of step 40 /);
});

test('the model is written first, so that what is left of the disk is for it', noShell, () => {
  const inside = place('limited');
  const size = trained('sized', '--hidden', '64', '--steps', '2').bytes.length;
  // Half a kilobyte each, or in some shells a kilobyte: enough for the model, too little for its checkpoint.
  const blocks = Math.ceil((1.3 * size) / 512);
  const words = ['train', text, '-o', inside('model'), ...small, '--hidden', '64', '--steps', '2'];
  const { status, stderr } = inShell(`ulimit -f ${blocks};`, words);
  assert.equal(status, 0, stderr);
  assert.match(stderr, /lstm-wasm: the checkpoint of step 2 is not saved: cannot write .*: file too large; there is none of this run/);
  assert.deepEqual(readdirSync(inside('')), ['model']);
  assert.deepEqual(readFileSync(inside('model')), readFileSync(at('sized')));
});

test('where nothing can be written, the model of before is as it was and nothing is left beside it', noShell, () => {
  const inside = place('nothing');
  mkdirSync(inside('tmp'));
  writeFileSync(inside('model'), 'old');
  writeFileSync(inside('model.checkpoint'), 'old');
  const words = ['train', text, '-o', inside('model'), ...small, '--steps', '2'];
  const { status, stdout, stderr } = inShell('ulimit -f 1;', words, '', { TMPDIR: inside('tmp') });
  assert.equal(status, 1);
  assert.equal(stdout, '');
  assert.match(stderr, /\nlstm-wasm: --output: cannot write '.*model': file too large; nothing is saved\n$/);
  assert.deepEqual(readdirSync(inside('')).sort(), ['model', 'model.checkpoint', 'tmp']);
  assert.deepEqual(readdirSync(inside('tmp')), []);
  for (const name of ['model', 'model.checkpoint']) assert.equal(readFileSync(inside(name), 'utf8'), 'old');
});

test('a model whose place is taken is in the checkpoint, and --resume writes it', noShell, async () => {
  const inside = place('taken');
  let isTaken = false;
  const ended = await start(['-o', inside('model'), ...small, '--steps', '3000', '--json', '--report', '1'], () => {
    if (!isTaken) mkdirSync(inside('model'));
    isTaken = true;
  });
  assert.equal(ended.code, 1);
  assert.match(ended.stderr, /lstm-wasm: --output: cannot write '.*model': [^;]+; the run is saved in '.*model\.checkpoint': --resume/);
  assert.deepEqual(readdirSync(inside('')).sort(), ['model', 'model.checkpoint']);
  rmdirSync(inside('model'));
  const words = ['train', text, '-o', inside('model'), '--resume', '--variant', 'simd'];
  const resumed = run(...words);
  assert.equal(resumed.status, 0, resumed.stderr);
  assert.match(resumed.stdout, /^the run was over after 3000 steps\nsaved .*model\n$/);
  assert.deepEqual(readFileSync(inside('model')), trained('untaken', '--steps', '3000').bytes);
  assert.match(run(...words).stderr, /--resume: the run is over/);
  writeFileSync(inside('model'), 'another');
  assert.deepEqual(jsonLines(run(...words, '--json').stdout), [{
    step: 3000, done: true, output: inside('model'), checkpoint: inside('model.checkpoint'), variant: 'simd', seed: 0,
    interrupted: false,
  }]);
});

test('a checkpoint whose place is taken costs no run', noShell, async () => {
  const inside = place('besides');
  const words = ['-o', inside('model'), ...small, ...hour, '--save', '1e-9'];
  const { code, stderr } = await start(words, (step, child) => {
    if (!existsSync(inside('model.checkpoint/in'))) {
      rmSync(inside('model.checkpoint'), { force: true });
      try {
        mkdirSync(inside('model.checkpoint/in'), { recursive: true });
      } catch {
        // The next checkpoint was faster.
      }
    }
    if (step > 500 && !child.killed) child.kill('SIGINT');
  });
  assert.equal(code, 130, stderr);
  assert.match(stderr, /SIGINT: stopped after \d+ steps, the model is saved/);
  lstm.openCharModel(readFileSync(inside('model'))).dispose();
  assert.deepEqual(readdirSync(inside('')).sort(), ['model', 'model.checkpoint']);
});

test('where the folder is gone, the model is saved in a temporary one', noShell, async () => {
  const inside = place('vanishing');
  mkdirSync(at('rescued'));
  const words = ['-o', inside('model'), ...small, '--steps', '2000', '--json', '--report', '1', '--save', '1e-9'];
  const { code, stdout, stderr } = await start(words, () => rmSync(inside(''), { recursive: true, force: true }),
    { TMPDIR: at('rescued') });
  assert.equal(code, 1);
  assert.notEqual(jsonLines(stdout).at(-1).done, true);
  assert.match(stderr, /lstm-wasm: the checkpoint of step \d+ is not saved: cannot write .*: no such file or directory/);
  const [, path] = stderr.match(/lstm-wasm: --output: cannot write '.*model': no such [^;]*; the model is saved in '(.*)' instead\n$/) ?? [];
  assert.ok(path?.startsWith(at('rescued')), stderr);
  assert.deepEqual(readFileSync(path), trained('unvanished', '--steps', '2000').bytes);
});

test('a full disk under stdout loses lines and not the run', noFull, () => {
  const words = ['train', text, '-o', at('logged'), ...small, '--steps', '30', '--seed', '1'];
  for (const more of [['--json', '--report', '1'], []]) {
    rmSync(at('logged'), { force: true });
    const { status, stderr } = inShell('', [...words, ...more], '> /dev/full');
    assert.equal(status, 1);
    assert.equal(stderr.match(/lstm-wasm: cannot write to stdout: no space left on device; the run goes on\n/g)?.length, 1, stderr);
    assert.deepEqual(readFileSync(at('logged')), readFileSync(model));
  }
  for (const [name, ...others] of [['sample'], ['inspect'], ['score', text], ['eval', text], ['predict', 'the']]) {
    const { status, stderr } = inShell('', [name, model, ...others], '> /dev/full');
    assert.equal(status, 1, name);
    assert.equal(stderr, 'lstm-wasm: cannot write to stdout: no space left on device\n');
  }
});

test('a hangup that is told twice is one, and the model is saved', noShell, async () => {
  // A pipe that nobody reads yet: saving waits.
  assert.equal(spawnSync('mkfifo', [at('hangup')]).status, 0);
  let reader;
  let sent = 0;
  const ended = start(['-o', at('hangup'), ...small, ...hour], async (_, child) => {
    if (sent++ > 0) return;
    for (let i = 0; i < 3; i++) {
      child.kill('SIGHUP');
      await later(300);
    }
    reader = spawn('cat', [at('hangup')]);
    reader.pieces = [];
    reader.stdout.on('data', (piece) => reader.pieces.push(piece));
    reader.ended = new Promise((resolve) => reader.on('close', resolve));
  });
  const { code, signal, stderr } = await ended;
  assert.deepEqual({ code, signal }, { code: 129, signal: null }, stderr);
  assert.match(stderr, /SIGHUP: stopped after \d+ steps, the model is saved\n$/);
  await reader.ended;
  lstm.openCharModel(Buffer.concat(reader.pieces)).dispose();
});

test('a terminal that closes loses no run', noScript, async () => {
  const command = [process.execPath, main, 'train', text, '-o', at('closed'), ...small, ...hour].join(' ');
  const terminal = spawn('script', ['-qfc', `echo $$; exec ${command}`, '/dev/null'],
    { stdio: ['pipe', 'pipe', 'ignore'], timeout: HANGS_AFTER_MS });
  let output = '';
  for await (const piece of terminal.stdout.setEncoding('utf8')) {
    output += piece;
    if (output.includes('"step":20,')) break;
  }
  terminal.kill('SIGKILL');
  const pid = Number(output.match(/\d+/)?.[0]);
  const isRunning = () => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  while (isRunning()) await later(50);
  for (const name of ['closed', 'closed.checkpoint']) lstm.openCharModel(readFileSync(at(name))).dispose();
});

test('killed at any moment, the file is the model of before or the new one', noShell, async (t) => {
  const words = ['-o', at('either'), ...small, '--hidden', '512', '--steps', '1', '--val', '0'];
  const newer = trained('newer', '--hidden', '512', '--steps', '1', '--val', '0').bytes;
  const old = readFileSync(model);
  const counts = { old: 0, newer: 0, writing: 0 };
  for (let i = 0; i < 12; i++) {
    writeFileSync(at('either'), old);
    const ended = start(words, () => {});
    // Beside its place the model is being written, and then it is there; or it has been already.
    const beside = at(`.either.${ended.child.pid}.tmp`);
    const isWriting = () => statSync(beside, { throwIfNoEntry: false })?.size > 0;
    while (ended.child.exitCode === null && !isWriting()) await later(1);
    if (isWriting()) counts.writing++;
    await later(i);
    ended.child.kill('SIGKILL');
    await ended;
    const now = readFileSync(at('either'));
    assert.ok(now.equals(old) || now.equals(newer), `${now.length} bytes`);
    counts[now.equals(old) ? 'old' : 'newer']++;
  }
  t.diagnostic(JSON.stringify(counts));
  for (const name of readdirSync(folder)) if (/^\.either/.test(name)) rmSync(at(name));
});

test('nothing is left beside the models', () => {
  assert.deepEqual(readdirSync(folder).filter((name) => name.startsWith('.')), []);
});

test('two trainings with one output: the second says so and touches nothing; of one that was killed nothing is in the way', async () => {
  const inside = place('two');
  const words = ['-o', inside('model'), ...small, '--seed', '1'];
  const first = start([...words, ...hour, '--save', '1e-9'], async (step, child) => {
    if (step !== 5) return;
    const second = run('train', text, ...words, '--steps', '3');
    assert.equal(second.status, 1, second.stderr);
    assert.match(second.stderr, new RegExp(`^lstm-wasm: --output: '.*model' is going to be written by process ${child.pid}, which trains: wait for it, or give another file`));
    assert.ok(!existsSync(inside('model')));
    child.kill('SIGKILL');
  });
  await first;
  const third = run('train', text, ...words, '--steps', '3');
  assert.equal(third.status, 0, third.stderr);
  assert.deepEqual(readdirSync(inside('')).sort(), ['model', 'model.checkpoint']);
});
