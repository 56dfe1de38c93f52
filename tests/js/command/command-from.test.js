// train --from: a new run that starts with what another has learnt, here or in another framework.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { load } from 'lstm-wasm';
import { at, jsonLines, run, text, trained } from './command-setup.js';

const lstm = await load({ variant: 'simd' });
const steps = ['--steps', '20', '--variant', 'simd', '--json', '--report', '1'];

test('it begins with the weights of the model, and otherwise anew', () => {
  const { bytes } = trained('begun', '--steps', '200');
  const model = lstm.openCharModel(bytes);
  const before = model.evaluate(readFileSync(text, 'utf8')).loss;
  const { status, stdout, stderr } = run('train', text, '-o', at('on'), '--from', at('begun'), ...steps);
  assert.equal(status, 0, stderr);
  const lines = jsonLines(stdout);
  assert.equal(lines[0].step, 1);
  assert.ok(Math.abs(lines[0].loss - before) < 0.3, `${lines[0].loss} after ${before}`);
  assert.deepEqual(lstm.openCharModel(readFileSync(at('on'))).config, model.config);
  assert.deepEqual(readFileSync(at('begun')), bytes, 'the model that it began with is as it was');

  const ofCheckpoint = run('train', text, '-o', at('on2'), '--from', at('begun.checkpoint'), ...steps);
  assert.equal(ofCheckpoint.status, 0, ofCheckpoint.stderr);
  const onItself = run('train', text, '-o', at('begun'), '--from', at('begun'), ...steps);
  assert.equal(onItself.status, 0, onItself.stderr);
  assert.deepEqual(readFileSync(at('begun')), readFileSync(at('on')));
});

test('characters that it does not know are added, or follow its rule', () => {
  trained('letters', '--steps', '20');
  writeFileSync(at('strange.txt'), `${readFileSync(text, 'utf8')} ψ`.repeat(2));
  const grown = run('train', at('strange.txt'), '-o', at('grown'), '--from', at('letters'), ...steps);
  assert.equal(grown.status, 0, grown.stderr);
  assert.match(grown.stderr, /1 new characters in the alphabet: "ψ"/);
  assert.ok(lstm.openCharModel(readFileSync(at('grown'))).alphabet.includes('ψ'));
  trained('skipping', '--steps', '20', '--unknown', 'skip');
  const skipped = run('train', at('strange.txt'), '-o', at('skipped'), '--from', at('skipping'), ...steps);
  assert.equal(skipped.status, 0, skipped.stderr);
  assert.ok(!lstm.openCharModel(readFileSync(at('skipped'))).alphabet.includes('ψ'));
});

test('what it cannot begin with is refused, and nothing is written', () => {
  const { bytes } = trained('begin', '--steps', '20');
  writeFileSync(at('small.model'), lstm.openCharModel(bytes).quantize().save());
  writeFileSync(at('network'), lstm.createNetwork({ input: { size: 2 }, layers: [{ kind: 'lstm', hiddenSize: 3 }], output: { values: 1 } }).save());
  writeFileSync(at('text'), 'a text');
  const cases = /** @type {[string[], number, RegExp][]} */ ([
    [['--from', at('nowhere')], 1, /--from: cannot read '.*nowhere': no such file or directory/],
    [['--from', at('text')], 1, /--from: cannot open '.*text': /],
    [['--from', at('network')], 1, /--from: cannot open '.*network': .*|--from: expected a model of characters, got in '.*network' a network/],
    [['--from', at('small.model')], 1, /--from: expected a model of floats, got 8-bit weights, which cannot be trained, in '.*small\.model'/],
    [['--from', at('begin'), '--hidden', '9'], 2, /--hidden: cannot be given with --from, which begins with the model's own/],
    [['--from', at('begin'), '--seed', '9'], 2, /--seed: cannot be given with --from/],
    [['--from', at('begin'), '--resume'], 2, /expected one of --resume, --from, got --resume and --from/],
  ]);
  for (const [words, code, said] of cases) {
    const { status, stderr } = run('train', text, '-o', at('refused'), ...words);
    assert.equal(status, code, stderr);
    assert.match(stderr, said);
    assert.throws(() => readFileSync(at('refused')), /ENOENT/);
  }
});
