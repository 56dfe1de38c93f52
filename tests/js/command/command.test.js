// The command as a person uses it: the real process, small texts, a folder of its own.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync,
} from 'node:fs';
import { test } from 'node:test';
import { load } from 'lstm-wasm';
import { ensemble } from '../../../src/js/command/ensemble.js';
import { evaluate } from '../../../src/js/command/eval.js';
import { exportCommand } from '../../../src/js/command/export.js';
import { invalidUtf8Offset } from '../../../src/js/command/files.js';
import { inspect } from '../../../src/js/command/inspect.js';
import { predict } from '../../../src/js/command/predict.js';
import { quote } from '../../../src/js/core/quote.js';
import { duration, ProgressLine } from '../../../src/js/command/ProgressLine.js';
import { sample } from '../../../src/js/command/sample.js';
import { score } from '../../../src/js/command/score.js';
import { train } from '../../../src/js/command/train.js';
import { readSafetensors as readTensors } from '../../reference/read.js';
import { at, folder, jsonLines, model, run, small, startCommand, text, trained } from './command-setup.js';

const lstm = await load({ variant: 'simd' });

test('--help is about all commands, COMMAND --help one screen, with --all about every operand and option', () => {
  const general = run('--help');
  assert.equal(general.status, 0);
  assert.equal(general.stderr, '');
  assertFits(general.stdout);
  for (const command of [train, sample, predict, evaluate, score, inspect, ensemble, exportCommand]) {
    assert.match(general.stdout, new RegExp(`lstm-wasm ${command.name} `));
    const brief = helpOf(command.name, '--help');
    assertFits(brief);
    assert.match(brief, new RegExp(`lstm-wasm ${command.name} --help --all `));
    const all = helpOf(command.name, '--help', '--all');
    for (const { name } of command.operands) assert.ok(all.includes(`\n  ${name} `) && brief.includes(`\n  ${name} `), name);
    for (const [name, option] of Object.entries(command.options)) {
      const label = `--${name}${option.placeholder ? ` ${option.placeholder}` : ''}  `;
      assert.ok(all.includes(label), name);
      assert.equal(brief.includes(label), option.brief !== undefined, name);
      if (option.preset === undefined) continue;
      assert.match(all.replace(/\s+/g, ' '), new RegExp(`default: ${option.preset}`));
    }
    for (const line of all.split('\n')) assert.ok(line.length <= 88, line);
  }
  assert.equal(helpOf('train', '-h'), helpOf('train', '--help'));
});

/** @param {string[]} words */
function helpOf(...words) {
  const { status, stdout, stderr } = run(...words);
  assert.equal(status, 0);
  assert.equal(stderr, '');
  assert.match(stdout, new RegExp(`^usage: lstm-wasm ${words[0]} [A-Z]+(\\.\\.\\.)? `));
  return stdout;
}

/** A screen of 24 lines of 80 characters, the last for the shell. @param {string} help */
function assertFits(help) {
  const lines = help.trimEnd().split('\n');
  assert.ok(lines.length < 24, `${lines.length} lines:\n${help}`);
  for (const line of lines) assert.ok(line.length <= 80, line);
}

test('--version is the package\'s', () => {
  const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
  const { status, stdout } = run('--version');
  assert.equal(status, 0);
  assert.equal(stdout, `${version}\n`);
});

test('the same seed and steps give the same file, another seed or rate another', () => {
  const first = trained('first', '--steps', '12', '--seed', '7', '--keep-last').bytes;
  assert.deepEqual(trained('second', '--steps', '12', '--seed', '7').bytes, first);
  assert.notDeepEqual(trained('second', '--steps', '12', '--seed', '8').bytes, first);
  assert.notDeepEqual(trained('second', '--steps', '12', '--seed', '7', '--lr', '0.1').bytes, first);
  assert.notDeepEqual(trained('second', '--steps', '13', '--seed', '7').bytes, first);
  const opened = lstm.createCharModel({ text: readFileSync(text, 'utf8'), hiddenSize: 8, seed: 7 });
  const options = { batchSize: 4, window: 16, steps: 12, validation: 0.1 };
  for (const report of opened.train(readFileSync(text, 'utf8'), options)) assert.ok(report.step <= 12);
  assert.deepEqual(Buffer.from(opened.save()), first);
});

test('--seconds says its steps, and where the clock sets no rate they repeat the run byte for byte', () => {
  const steady = ['--seed', '3', '--schedule', 'constant', '--lr', '0.01', '--dropout', '0', '--keep-last'];
  const { bytes, stdout } = trained('clock', '--seconds', '0.3', '--json', ...steady);
  const last = jsonLines(stdout).at(-1);
  assert.ok(last.step > 0);
  assert.deepEqual(trained('counted', '--steps', String(last.step), ...steady).bytes, bytes);
  const { stdout: words } = trained('clock', '--seconds', '0.1', '--seed', '3');
  const [, steps, again] = words.match(/^(\d+) steps[^]*; with --steps (\d+) instead of --seconds a run can be/) ?? [];
  assert.ok(steps > 0, words);
  assert.equal(steps, again);
  const counted = trained('counted', '--epochs', '2', '--seed', '3');
  assert.match(counted.stdout, /; the same text and options with --seed 3 --variant simd repeat this run\n$/);
  assert.deepEqual(trained('again', '--epochs', '2', '--seed', '3').bytes, counted.bytes);
});

test('the model of the best validation is written, and with --keep-last the last', () => {
  // Of another kind than the text, which is soon known by heart.
  const strange = 'hat the on, mat rat sat and at cat.\n'.repeat(5);
  writeFileSync(at('strange.txt'), strange);
  const asked = ['--val-text', at('strange.txt'), '--steps', '300', '--validate', '10', '--lr', '0.03', '--json'];
  for (const [words, which] of [[[], 'best'], [['--keep-last'], 'valLoss']]) {
    const { stdout, bytes } = trained('kept', ...asked, ...words);
    const last = jsonLines(stdout).at(-1);
    assert.ok(last.best < last.valLoss, 'it was better before the end');
    assert.ok(Math.abs(lstm.openCharModel(bytes).evaluate(strange).loss - last[which]) < 1e-9, which);
  }
});

test('what nobody says fits the time, and what is said is done', () => {
  const sizeOf = (...words) => {
    const result = run('train', text, '-o', at('sized'), '--variant', 'simd', ...words);
    assert.equal(result.status, 0, result.stderr);
    return lstm.openCharModel(readFileSync(at('sized'))).config.hiddenSize;
  };
  assert.equal(sizeOf('--seconds', '0.1'), 64);
  assert.equal(sizeOf('--steps', '1'), 192);
  assert.equal(sizeOf('--seconds', '0.1', '--hidden', '5'), 5);
  const { last } = JSON.parse(readTensors(readFileSync(at('sized.checkpoint'))).metadata.checkpoint);
  const { batchSize, window, learningRate, schedule, dropout, keepBest } = last.options;
  assert.deepEqual([batchSize, window, learningRate, schedule.type, dropout, keepBest], [16, 32, 0.03, 'cosine', 0.4, true]);
  trained('said', '--steps', '3', '--dropout', '0.25', '--options', 'forgetBias=1');
  const said = readTensors(readFileSync(at('said.checkpoint')));
  assert.equal(JSON.parse(said.metadata.checkpoint).last.options.dropout, 0.25);
  assert.equal(lstm.openCharModel(readFileSync(at('said'))).config.forgetBias, 1);
});

test('sizes and seed reach the model', () => {
  trained('sizes', '--layers', '2', '--hidden', '5', '--cell', 'lstm', '--seed', '9', '--steps', '1');
  const opened = lstm.openCharModel(readFileSync(at('sizes')));
  const { layers, hiddenSize, kind, seed } = opened.config;
  assert.deepEqual({ layers, hiddenSize, kind, seed }, { layers: 2, hiddenSize: 5, kind: 'lstm', seed: 9 });
});

test('every kind of cell is trained, and used like any model', () => {
  const cells = [
    ['rnn', 'activation=relu,clip=5', { activation: 'relu', clip: 5 }],
    ['lstm', 'peephole=diagonal,layerNorm,forgetGate=false,projection=4',
      { peephole: 'diagonal', forgetGate: false, layerNorm: true, projection: 4 }],
    ['gru', 'resetAfter,bias=false,trainableState', { resetAfter: true, trainableState: true }],
    ['four-gate', '', {}],
    ['feedforward', '', {}],
    ['tdnn', 'delays=4', { delays: 4 }],
  ];
  for (const [kind, list, options] of cells) {
    trained('cell', '--cell', kind, ...(list ? ['--options', list] : []), '--layers', '2', '--steps', '5');
    const opened = lstm.openCharModel(readFileSync(at('cell')));
    const bias = !list.includes('bias=false');
    const starts = kind === 'four-gate' && { forgetBias: 0 };
    assert.deepEqual(opened.config, { kind, hiddenSize: 8, bias, ...starts, ...options, layers: 2, seed: 0 });
    const { loss } = JSON.parse(run('eval', at('cell'), text, '--json', '--variant', 'simd').stdout);
    assert.equal(loss, opened.evaluate(readFileSync(text, 'utf8')).loss);
    assert.equal(run('sample', at('cell'), '--length', '20', '--seed', '3', '--variant', 'simd').stdout,
      `${opened.generate({ length: 20, seed: 3 })}\n`);
    assert.equal(run('predict', at('cell'), 'the', '--json', '--top', '1').status, 0);
  }
});

test('--json: a line every --report steps and a last one', () => {
  const { stdout, stderr } = trained('json', '--steps', '25', '--report', '4', '--json', '--seed', '2');
  const lines = jsonLines(stdout);
  assert.deepEqual(lines.map(({ step }) => step), [4, 8, 12, 16, 20, 24, 25]);
  lines.forEach((line, i) => {
    assert.equal(line.done, i === lines.length - 1);
    assert.equal(line.chars, line.step * 4 * 16);
    for (const name of ['seconds', 'epoch', 'loss', 'gradientNorm', 'charsPerSecond']) {
      assert.ok(Number.isFinite(line[name]), `${name}: ${line[name]}`);
    }
    if (!line.done) assert.equal(line.valLoss, null);
  });
  const { valLoss, ...last } = lines.at(-1);
  assert.ok(valLoss > 0);
  const expected = { output: at('json'), variant: 'simd', seed: 2, interrupted: false };
  assert.deepEqual({ ...last, ...expected }, last);
  assert.doesNotMatch(stderr, /\r|\x1b/);
});

test('--val 0 validates nothing and learns the whole text', () => {
  const whole = jsonLines(trained('whole', '--epochs', '1', '--val', '0', '--json').stdout).at(-1);
  const part = jsonLines(trained('part', '--epochs', '1', '--val', '0.5', '--json').stdout).at(-1);
  assert.equal(whole.valLoss, null);
  assert.ok(part.valLoss > 0);
  assert.ok(part.chars < whole.chars && whole.chars <= statSync(text).size, `${part.chars} ${whole.chars}`);
});

test('progress goes to stderr, results to stdout', () => {
  const { stdout, stderr } = trained('progress', '--steps', '5');
  assert.match(stderr, /^\[[#-]{20}\]  20%  \d+:\d\d left  loss \d\.\d+  step 1  \d+ characters\/s\n$/);
  assert.match(stdout, /^5 steps, 320 characters in .*\nloss \d.*, validation loss \d.* nats .*\nsaved .*\n$/);
});

test('eval, predict and sample tell what the library tells', () => {
  const opened = lstm.openCharModel(readFileSync(model));
  const simd = ['--variant', 'simd'];
  const expected = opened.evaluate(readFileSync(text, 'utf8'));
  assert.deepEqual(JSON.parse(run('eval', model, text, '--json', ...simd).stdout), expected);
  const words = run('eval', model, text, ...simd).stdout;
  for (const value of [expected.loss, expected.bitsPerCharacter, expected.perplexity]) {
    assert.ok(words.includes(value.toFixed(4)), words);
  }
  assert.ok(words.includes(String(expected.characters)));
  for (const [flags, options] of /** @type {const} */ ([[['--windows', '8'], { windows: 8 }], [['--dynamic'], { dynamic: true }]])) {
    const told = JSON.parse(run('eval', model, text, '--json', ...flags, ...simd).stdout);
    assert.deepEqual(told, { ...opened.evaluate(readFileSync(text, 'utf8'), options), ...options });
  }

  const best = run('predict', model, 'the c', '--top', '3', '--json', ...simd).stdout;
  assert.deepEqual(jsonLines(best), opened.predict('the c', { top: 3 }));
  const all = run('predict', model, 'the c', '--top', '999', ...simd).stdout.trimEnd().split('\n');
  assert.equal(all.length, opened.alphabet.length);
  assert.ok(all.some((line) => /^\d\.\d{6} {2}"\\n"$/.test(line)), all.join('\n'));
  assert.equal(run('predict', model, 'the c', ...simd).stdout.trimEnd().split('\n').length, 10);

  const options = { prime: 'the ', length: 50, temperature: 0.5, seed: 4 };
  assert.equal(
    run('sample', model, '--prime', 'the ', '--length', '50', '--temperature', '0.5', '--seed', '4', ...simd).stdout,
    `the ${opened.generate(options)}\n`);
  assert.equal(run('sample', model, ...simd).stdout, `${opened.generate({ length: 200, temperature: 1, seed: 0 })}\n`);
  assert.notEqual(run('sample', model, ...simd).stdout, run('sample', model, '--seed', '1', ...simd).stdout);
});

test('byte order mark, CRLF and characters beyond 16 bits are learnt as they are', () => {
  writeFileSync(at('crlf.txt'), '\ufeff' + 'one 🐈\r\ntwo\r\n'.repeat(80));
  assert.equal(run('train', at('crlf.txt'), '-o', at('crlf'), ...small, '--steps', '1').status, 0);
  const { alphabet } = lstm.openCharModel(readFileSync(at('crlf')));
  for (const char of ['\ufeff', '\r', '\n', '🐈']) assert.ok(alphabet.includes(char), JSON.stringify(char));
  const chars = jsonLines(run('predict', at('crlf'), '🐈', '--json').stdout).map(({ char }) => char);
  assert.deepEqual(chars.slice().sort(), [...alphabet].sort());
});

test('an existing model survives a training that fails, and is replaced in place by one that does not', () => {
  mkdirSync(at('place'));
  writeFileSync(at('place/real'), 'old');
  chmodSync(at('place/real'), 0o640);
  symlinkSync('real', at('place/link'));
  assert.equal(run('train', at('short.txt'), '-o', at('place/link'), '--steps', '1').status, 1);
  assert.equal(readFileSync(at('place/real'), 'utf8'), 'old');
  trained('place/link', '--steps', '1');
  assert.ok(lstatSync(at('place/link')).isSymbolicLink());
  assert.equal(statSync(at('place/real')).mode & 0o777, 0o640);
  lstm.openCharModel(readFileSync(at('place/real'))).dispose();
  assert.deepEqual(readdirSync(at('place')).sort(), ['link', 'link.checkpoint', 'real']);
});

test('a loss that is no number ends the training and saves nothing', () => {
  const { status, stderr } = run('train', text, '-o', at('never'), ...small, '--steps', '200', '--lr', '1e38');
  assert.equal(status, 1);
  assert.equal(stderr.match(/\nlstm-wasm: the loss [^\n]*: back to step 0, on with learning rate /g).length, 10);
  assert.match(stderr, /\nlstm-wasm: train: the loss rose from [^\n]* after going back 10 times [^\n]*\n$/);
  assert.deepEqual(readdirSync(folder).filter((name) => name.startsWith('never')), []);
});

const steady = ['--schedule', 'constant', '--dropout', '0', '--lr', '0.01', '--keep-last'];

/** Starts a training without end and waits for its first line. */
async function started(output) {
  const endless = ['--steps', '1000000000', '--json', '--report', '1', ...steady];
  const { child, output: written, ended } = startCommand(['train', text, '-o', output, ...small, ...endless]);
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return { child, output: () => written, ended: ended.then(({ code, signal }) => ({ code, signal })) };
}

for (const [signal, exitCode] of [['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]]) {
  test(`${signal} stops the training and saves the model of the last step`, async () => {
    const { child, ended, output } = await started(at(signal));
    child.kill(signal);
    assert.deepEqual(await ended, { code: exitCode, signal: null });
    const last = jsonLines(output().stdout).at(-1);
    assert.equal(last.done, true);
    assert.equal(last.interrupted, true);
    assert.ok(output().stderr.endsWith(`lstm-wasm: ${signal}: stopped after ${last.step} steps, the model is saved; --resume goes on\n`));
    assert.deepEqual(trained('repeated', '--steps', String(last.step), ...steady).bytes, readFileSync(at(signal)));
  });
}

test('a second Ctrl-C leaves at once', { skip: process.platform === 'win32' }, async () => {
  // A pipe that nobody reads: saving waits forever.
  assert.equal(spawnSync('mkfifo', [at('pipe')]).status, 0);
  const { child, ended } = await started(at('pipe'));
  const insist = setInterval(() => child.kill('SIGINT'), 300);
  assert.deepEqual(await ended, { code: null, signal: 'SIGINT' });
  clearInterval(insist);
});

test('a reader that leaves early is no error', async () => {
  const { child, ended, output } = await started(at('unread'));
  child.stdout.destroy();
  assert.deepEqual(await ended, { code: 0, signal: null });
  assert.doesNotMatch(output().stderr, /lstm-wasm:|EPIPE|    at /);
  lstm.openCharModel(readFileSync(at('unread'))).dispose();

  const sampling = startCommand(['sample', model, '--length', '2000000']);
  sampling.child.stdout.destroy();
  const { code, signal, stderr } = await sampling.ended;
  assert.deepEqual([code, signal, stderr], [0, null, '']);
});

test('nothing is left beside the models', () => {
  assert.deepEqual(readdirSync(folder).filter((name) => name.startsWith('.')), []);
});

test('the progress line is redrawn in place, cut to the terminal, and erased', () => {
  let written = '';
  let seconds = 0;
  const line = new ProgressLine({ isTTY: true, columns: 6, write: (piece) => (written += piece) }, () => seconds);
  line.update(() => 'abcdefgh');
  line.update(() => assert.fail('too soon'));
  seconds += 1;
  line.update(() => 'xyz');
  line.end();
  line.end();
  assert.equal(written, '\rabcde\x1b[K\rxyz\x1b[K\r\x1b[K');
  assert.deepEqual([0, 59.6, 3599, 3600 + 62, -3].map(duration), ['0:00', '1:00', '59:59', '1:01:02', '0:00']);
});

test('the offset of the first byte that is not UTF-8', () => {
  const offset = (...bytes) => invalidUtf8Offset(Uint8Array.from(bytes));
  assert.equal(offset(0x41, 0x42), -1);
  assert.equal(offset(0xef, 0xbb, 0xbf, 0x41), -1);
  assert.equal(offset(0xef, 0xbf, 0xbd, 0x41), -1);
  assert.equal(offset(0xef, 0xbf, 0xbd, 0xef, 0xbf, 0xbd, 0x80), 6);
  assert.equal(offset(0xef, 0xbb, 0xbf, 0xc3, 0x28), 3);
  assert.equal(offset(0xf0, 0x9f, 0x90, 0x88, 0xe2, 0x82), 4);
  assert.equal(offset(0xed, 0xa0, 0x80), 0);
});

test('a character that cannot be seen is quoted with escapes', () => {
  assert.deepEqual(['a', ' ', '"', '\n', '\u00a0', '\ufeff', '\u009b', '猫', '🐈', '\u{e0001}'].map(quote),
    ['"a"', '" "', '"\\""', '"\\n"', '"\\u00a0"', '"\\ufeff"', '"\\u009b"', '"猫"', '"🐈"', '"\\udb40\\udc01"']);
});
