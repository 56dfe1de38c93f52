// What the command says when something is wrong: one line that names it, never a stack trace.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { at, folder, model, run, text } from './command-setup.js';

test('what the command line has wrong is named with a usage line and exit code 2', async (t) => {
  const o = ['-o', at('never')];
  const bad = (name, word, expected) =>
    [['train', text, ...o, `--${name}=${word}`], new RegExp(`--${name}: expected ${expected}, got '${word}'`)];
  const cases = [
    [[], /expected a command \(train, sample, predict, eval, score, inspect, ensemble, export\), got nothing/],
    [['learn'], /got 'learn'/],
    [['--hidden'], /got '--hidden'/],
    [['train', ...o], /TEXT: expected .*, got nothing/],
    [['train', text], /-o, --output MODEL: expected .*, got nothing/],
    [['train', text, '-o'], /-o: expected the path of a file, got nothing/],
    [['train', text, 'more', ...o], /expected TEXT and no more, got 'more'/],
    [['train', text, ...o, '--hiden', '8'], /unknown option --hiden: expected --hidden\?/],
    [['train', text, ...o, '-x'], /unknown option -x/],
    [['train', text, ...o, '--constructor'], /unknown option --constructor/],
    [['train', text, ...o, '--seconds', '1', '--epochs', '1'],
      /one of --seconds, --epochs, --steps, got --seconds and --epochs/],
    [['train', text, ...o, '--steps', '1', '--epochs', '1'], /got --epochs and --steps/],
    [['train', text, ...o, '--json=yes'], /--json: expected no value, got 'yes'/],
    [['train', text, ...o, '--seconds', '--json'], /--seconds: expected a number above 0, got the option --json/],
    [['train', text, ...o, '--cell', 'gruu'], /--cell: expected rnn, lstm, gru, .* or tdnn, got 'gruu'/],
    [['train', text, ...o, '--cell', 'tdnn'], /--options: delays must be an integer from 2 to 1024, got undefined/],
    [['train', text, ...o, '--options', 'resetAfter'], /--options: resetAfter is an option of kind 'gru' and not of 'l/],
    [['train', text, ...o, '--options', 'clip=much'], /--options: clip must be a number above 0 .*, got "much"/],
    [['train', text, ...o, '--options', 'bidirectional'], /--options: bidirectional must be false: a character is/],
    [['train', text, ...o, '--options', 'hiddenSize=3'], /--options: expected hiddenSize as --hidden/],
    [['train', text, ...o, '--options', 'text=3'], /--options: unknown option "text", expected only kind, hiddenSize, /],
    ...['', 'clip=', 'a,,b', '=3', 'clip 3'].map((list) =>
      [['train', text, ...o, `--options=${list}`], /--options: expected NAME=VALUE or NAME, more of them after .*, got/]),
    [['train', text, ...o, '--variant', 'avx'], /--variant: expected auto, scalar, simd or relaxed, got 'avx'/],
    [['train', text, '-o', text], /expected another file than TEXT/],
    [['train', '', ...o], /TEXT: expected the path of a file, got ''/],
    ...['layers', 'hidden', 'batch', 'window', 'steps', 'report'].flatMap((name) =>
      ['0', '-1', '1.5', 'x', '', '0x10', '1e99'].map((word) => bad(name, word, 'a whole number from 1'))),
    ...['lr', 'seconds', 'epochs'].flatMap((name) =>
      ['0', '-1', 'NaN', 'Infinity', '1e999'].map((word) => bad(name, word, 'a number above 0'))),
    ...['1', '-0.1', '10%'].map((word) => bad('val', word, 'a number from 0 to below 1')),
    ...['-1', '4294967296', '0.5'].map((word) => bad('seed', word, 'a whole number from 0 to 4294967295')),
    [['sample'], /MODEL: expected a model file.*, got nothing/],
    [['sample', model, '--length', '0'], /--length: expected a whole number from 1, got '0'/],
    [['sample', model, '--temperature', '-1'], /--temperature: expected a number from 0, got '-1'/],
    [['sample', model, '--top-k', '0'], /--top-k: expected a whole number from 1, got '0'/],
    ...['0', '1.1', '-1', 'x'].map((word) =>
      [['sample', model, `--top-p=${word}`], /--top-p: expected a number above 0, at most 1, got '/]),
    [['sample', model, '--count', '0'], /--count: expected a whole number from 1, got '0'/],
    [['sample', model, '--stop', ''], /--stop: expected text that is not empty, got ''/],
    [['score', model], /TEXT: expected a text file.*, got nothing/],
    [['score', model, text, '--color', 'red'], /--color: expected auto, always or never, got 'red'/],
    [['inspect'], /MODEL: expected a model file.*, got nothing/],
    [['inspect', model, text], /expected MODEL and no more/],
    [['sample', model, '--prime'], /--prime: expected text, got nothing/],
    [['sample', model, '--prime', '--length', '3'], /--prime: expected text, got the option --length/],
    [['predict', model], /TEXT: expected the text itself.*, got nothing/],
    [['predict', model, 'a', '--top', '0'], /--top: expected a whole number from 1, got '0'/],
    [['predict', model, 'a', 'b'], /no more, got 'b'/],
    [['eval', model], /TEXT: expected a text file.*, got nothing/],
    [['eval', model, text, '--top', '3'], /unknown option --top/],
  ];
  for (const [words, expected] of cases) {
    await t.test(words.join(' ').replaceAll(folder, ''), () => {
      const { status, stdout, stderr } = run(...words);
      assert.equal(status, 2, stderr);
      assert.equal(stdout, '');
      const [message, usage, ...rest] = stderr.split('\n');
      assert.match(message, /^lstm-wasm: /);
      assert.match(message, expected);
      assert.match(usage, /^usage: lstm-wasm /);
      assert.deepEqual(rest, ['']);
    });
  }
  assert.ok(!readdirSync(folder).includes('never'));
});

test('what cannot be done is told in one line, with exit code 1', async (t) => {
  writeFileSync(at('invalid.txt'), Buffer.concat([Buffer.from('héé '), Buffer.from([0xff, 0x41])]));
  writeFileSync(at('short.txt'), 'abc');
  writeFileSync(at('empty.txt'), '');
  writeFileSync(at('foreign.txt'), 'the cat sat 猫');
  writeFileSync(at('truncated'), readFileSync(model).subarray(0, 500));
  const out = ['-o', at('never')];
  const cases = [
    ['no text', ['train', at('none.txt'), ...out], /TEXT: cannot read '.*none\.txt': no such file or directory/],
    ['a folder as text', ['train', folder, ...out], /TEXT: cannot read '.*': illegal operation on a directory/],
    ['not UTF-8', ['train', at('invalid.txt'), ...out], /TEXT: expected UTF-8 in '.*', got the byte 0xff at offset 6/],
    ['a short text', ['train', at('short.txt'), ...out, '--steps', '1'], /text|characters/],
    ['an empty text', ['train', at('empty.txt'), ...out, '--steps', '1'], /text|characters/],
    ['too large', ['train', text, ...out, '--hidden', '1000000'], /hiddenSize|memory/],
    ['no folder', ['train', text, '-o', at('none/model'), '--seconds', '999'],
      /--output: cannot write '.*none\/model': no such file/],
    ['a folder as output', ['train', text, '-o', folder, '--seconds', '999'],
      /--output: cannot write '.*': it is a directory/],
    ['no model', ['sample', at('none')], /MODEL: cannot read '.*none': no such file or directory/],
    ['not a model', ['sample', text], /MODEL: cannot open '.*text\.txt': /],
    ['a truncated model', ['predict', at('truncated'), 'a'], /MODEL: cannot open '.*truncated': /],
    ['an empty model', ['eval', at('empty.txt'), text], /MODEL: cannot open '.*empty\.txt': /],
    ['unknown in --prime', ['sample', model, '--prime', 'the 猫'], /猫/],
    ['unknown in --stop', ['sample', model, '--stop', '猫'], /stop must only have .*猫/],
    ['a pattern that cannot be kept', ['sample', model, '--pattern', 'a$'], /pattern must have no \^ or \$/],
    ['a pattern of other characters', ['sample', model, '--pattern', '猫'], /pattern must match a text of the char/],
    ['unknown in score', ['score', model, at('foreign.txt')], /猫/],
    ['no rule for unknown characters', ['score', model, at('foreign.txt'), '--unknown', '猫'],
      /^lstm-wasm: --unknown: expected error, skip or a character of the model's alphabet, got .猫.$/m],
    ['an empty text to score', ['score', model, at('empty.txt')], /score: text must be a string that is not empty/],
    ['no model to inspect', ['inspect', at('none')], /MODEL: cannot read '.*none': no such file or directory/],
    ['unknown in predict', ['predict', model, 'the 猫'], /猫/],
    ['unknown in eval', ['eval', model, at('foreign.txt')], /猫/],
  ];
  for (const [name, words, expected] of cases) {
    await t.test(name, () => {
      const { status, stdout, stderr } = run(...words);
      assert.equal(status, 1, stderr);
      assert.equal(stdout, '');
      assert.match(stderr, /^lstm-wasm: [^\n]*\n$/);
      assert.match(stderr, expected);
    });
  }
  assert.ok(!readdirSync(folder).includes('never'));
});
