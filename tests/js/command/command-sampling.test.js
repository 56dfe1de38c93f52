// lstm-wasm sample, score and inspect tell what the library tells.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { load } from 'lstm-wasm';
import { legend, paint, takesColor } from '../../../src/js/command/surprise.js';
import { at, HANGS_AFTER_MS, jsonLines, main, model, run, runProgram } from './command-setup.js';

const lstm = await load({ variant: 'simd' });
const simd = ['--variant', 'simd'];
const opened = lstm.openCharModel(readFileSync(model));

test('sample passes on every option', () => {
  const words = ['--prime', 'the ', '--length', '60', '--temperature', '1.5', '--seed', '4', ...simd];
  const options = { prime: 'the ', length: 60, temperature: 1.5, seed: 4 };
  for (const [more, same] of [
    [['--top-k', '3'], { topK: 3 }], [['--top-p', '0.6'], { topP: 0.6 }], [['--stop', 'ta'], { stop: 'ta' }],
    [['--allowed', 'acht '], { allowed: 'acht ' }], [['--pattern', '[^t]+t'], { pattern: '[^t]+t' }],
  ]) {
    const { status, stdout } = run('sample', model, ...words, ...more);
    assert.equal(status, 0);
    assert.equal(stdout, `the ${opened.generate({ ...options, ...same })}\n`);
    assert.notEqual(stdout, `the ${opened.generate(options)}\n`);
  }
});

test('sample --count writes texts of one seed after the other', () => {
  const texts = [7, 8, 9].map((seed) => opened.generate({ length: 30, seed }));
  const words = ['--count', '3', '--seed', '7', '--length', '30', ...simd];
  assert.equal(run('sample', model, ...words).stdout, `${texts.join('\n---\n')}\n`);
  assert.deepEqual(jsonLines(run('sample', model, ...words, '--json').stdout),
    texts.map((text, i) => ({ seed: 7 + i, prime: '', text })));
  const last = jsonLines(run('sample', model, '--count', '2', '--seed', '4294967295', '--json', ...simd).stdout);
  assert.deepEqual(last.map(({ seed }) => seed), [4294967295, 0]);
});

test('sample writes as it draws', async () => {
  const child = spawn(process.execPath, [main, 'sample', model, '--length', '1000000000', '--prime', 'the ', ...simd],
    { timeout: HANGS_AFTER_MS });
  let text = '';
  for await (const piece of child.stdout.setEncoding('utf8')) {
    text += piece;
    if (text.length > 3000) break;
  }
  child.kill();
  assert.ok(text.startsWith(`the ${opened.generate({ prime: 'the ', length: 500, seed: 0 })}`));
});

test('score: a line for each character, as JSON or in words, and no colours where stdout is no terminal', () => {
  const text = 'the cat\nsat';
  writeFileSync(at('scored.txt'), text);
  for (const [more, options] of [[[], {}], [['--prime', 'rat '], { prime: 'rat ' }]]) {
    const scores = opened.score(text, options);
    const bits = Array.from(scores, (score) => -score / Math.LN2);
    const words = ['score', model, at('scored.txt'), ...simd, ...more];
    assert.deepEqual(jsonLines(run(...words, '--json').stdout),
      [...text].map((char, i) => ({ char, logProbability: scores[i], bits: bits[i] })));
    const lines = [...text].map((char, i) => `${bits[i].toFixed(3).padStart(7)}  ${JSON.stringify(char)}\n`).join('');
    for (const color of [[], ['--color', 'never']]) assert.equal(run(...words, ...color).stdout, lines);
    const mean = bits.reduce((sum, each) => sum + each, 0) / bits.length;
    assert.equal(run(...words, '--color', 'always').stdout,
      `${paint([...text], bits)}\n\n${legend()}\nmean ${mean.toFixed(4)} bits a character, 11 characters\n`);
    assert.ok(!run(...words, '--color', 'always', '--json').stdout.includes('\x1b'));
  }
});

test('score: of a text that is left out as a whole there is no mean', () => {
  writeFileSync(at('unknown.txt'), '猫猫');
  const { status, stdout } = run('score', model, at('unknown.txt'), '--unknown', 'skip', '--color', 'always', ...simd);
  assert.equal(status, 0);
  assert.match(stdout, /\nmean - bits a character, 0 characters\n$/);
});

test('score colours on a terminal, unless NO_COLOR is set', (t) => {
  assert.equal(takesColor({ isTTY: true }, {}), true);
  assert.equal(takesColor({ isTTY: true }, { NO_COLOR: '' }), true);
  assert.equal(takesColor({ isTTY: true }, { NO_COLOR: '1' }), false);
  assert.equal(takesColor({ isTTY: true }, { TERM: 'dumb' }), false);
  assert.equal(takesColor({}, {}), false);
  if (spawnSync('script', ['--version']).status !== 0) return t.skip('there is no script(1) to make a terminal');
  writeFileSync(at('scored.txt'), 'the cat');
  const command = `'${process.execPath}' '${main}' score '${model}' '${at('scored.txt')}'`;
  const onTerminal = (env) => runProgram('script', ['-qec', command, '/dev/null'],
    { encoding: 'utf8', env: { ...process.env, TERM: 'xterm', NO_COLOR: '', ...env } }).stdout;
  assert.match(onTerminal({}), /\x1b\[30;48;5;\d+m/);
  assert.doesNotMatch(onTerminal({ NO_COLOR: '1' }), /\x1b/);
});

test('a text is painted in runs, line ends too, and what a terminal would obey is shown and not sent', () => {
  const on = (color, text) => `\x1b[30;48;5;${color}m${text}\x1b[0m`;
  assert.equal(paint([...'abcd'], [0, 0.99, 0, 0]), 'abcd');
  assert.equal(paint([...'abcdefg'], [1, 1.9, 2, 3.9, 4, 6, 9]),
    `${on(223, 'ab')}${on(216, 'cd')}${on(209, 'e')}${on(203, 'f')}${on(196, 'g')}`);
  assert.equal(paint([...'a\nb\n\n'], [0, 0, 5, 5, 20]), `a\n${on(209, 'b↵')}\n${on(196, '↵')}\n`);
  assert.equal(paint(['\x1b', '\t', '\x07', '\x7f', '\x9b', '🐈'], [0, 0, 0, 0, 0, 0]), '␛→␇␡�🐈');
  assert.equal(paint([], []), '');
});

test('inspect prints the configuration and the table of parameters', () => {
  const { network, alphabet, config } = opened;
  const parameters = Object.entries(network.parameters()).map(([name, { length }]) =>
    ({ name, shape: network.shapes[name], count: length }));
  const [json] = jsonLines(run('inspect', model, '--json').stdout);
  const { parameterCount } = network;
  const expected = { bytes: statSync(model).size, isQuantized: false, config, alphabet, parameterCount, parameters };
  assert.deepEqual(json, JSON.parse(JSON.stringify(expected)));
  const words = run('inspect', model).stdout;
  for (const line of [/^file +\d+ bytes, weights of 32 bits$/m, /^alphabet +15 characters: "\\n ,.acdehmnorst"$/m,
    /^hiddenSize +8$/m, /^layers +1$/m, /^seed +1$/m, /^weight_hh_l0 +32 x 8 +256$/m, /^head\.bias +15 +15$/m,
    new RegExp(`^parameters +${parameterCount}$`, 'm')]) assert.match(words, line);

  const layers = [{ kind: 'gru', hiddenSize: 4, resetAfter: true }, { kind: 'rnn', hiddenSize: 3 }];
  const mixed = lstm.createCharModel({ text: 'ab', layers }).quantize();
  writeFileSync(at('mixed'), mixed.save());
  const shown = run('inspect', at('mixed')).stdout;
  assert.match(shown, /^file .* weights of 8 bits$/m);
  assert.match(shown, /^layers\[0\] +kind gru, hiddenSize 4, .*resetAfter true$/m);
  assert.match(shown, /^layers\[1\] +kind rnn, hiddenSize 3/m);
});
