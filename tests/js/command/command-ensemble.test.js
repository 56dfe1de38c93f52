// lstm-wasm ensemble: several models as one file, which the other commands take.

import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { load } from 'lstm-wasm';
import { at, fed, jsonLines, run } from './command-setup.js';

const lstm = await load();
const text = 'the cat sat on the mat.\n'.repeat(20);
const models = [1, 2, 3].map((seed) => {
  const model = lstm.createCharModel({ text, kind: seed === 2 ? 'gru' : 'lstm', hiddenSize: 6, seed });
  for (const report of model.train(text, { steps: 20, batchSize: 2, window: 12, validation: 0 })) void report;
  writeFileSync(at(`${seed}.safetensors`), model.save());
  return model;
});
const files = models.map((_, i) => at(`${i + 1}.safetensors`));
const [a, b, c] = files;
const both = at('both.safetensors');
writeFileSync(at('text.txt'), text);
const made = await lstm.createEnsemble(models.slice(0, 2));

test('ensemble A B -o FILE writes what createEnsemble gives, and tells what it is', () => {
  const { status, stdout, stderr } = run('ensemble', a, b, '-o', both);
  assert.equal(status, 0, stderr);
  assert.deepEqual(readFileSync(both), Buffer.from(made.save()));
  assert.equal(stdout, `2 models, ${made.parameterCount} parameters, ${readFileSync(both).length} bytes\n`);
  // With a third.
  const json = run('ensemble', both, c, '-o', at('three.safetensors'), '--json');
  assert.deepEqual(jsonLines(json.stdout).map(({ members }) => members), [3]);
  const piped = fed(readFileSync(c), 'ensemble', both, '-', '-o', '-');
  assert.deepEqual(piped.stdout, readFileSync(at('three.safetensors')));
  assert.match(piped.stderr, /^3 models/);
});

test('the commands that take a model take it', () => {
  assert.equal(jsonLines(run('eval', both, at('text.txt'), '--json').stdout)[0].loss, made.evaluate(text).loss);
  assert.equal(run('sample', both, '--seed', '4', '--length', '30').stdout, `${made.generate({ seed: 4, length: 30 })}\n`);
  const [{ char, probability }] = made.predict('the', { top: 1 });
  assert.deepEqual(jsonLines(run('predict', both, 'the', '--top', '1', '--json').stdout), [{ char, probability }]);
  assert.equal(jsonLines(run('score', both, at('text.txt'), '--json').stdout)[0].logProbability, made.score(text)[0]);
  const [told] = jsonLines(run('inspect', both, '--json').stdout);
  assert.deepEqual([told.config, told.parameterCount, told.alphabet], [made.config, made.parameterCount, made.alphabet]);
  assert.match(run('inspect', both).stdout, /^members\[1\] +kind gru, hiddenSize 6/m);
  assert.equal(fed(readFileSync(both), 'sample', '-', '--seed', '4', '--length', '30').stdout.toString(), `${made.generate({ seed: 4, length: 30 })}\n`);
});

test('what cannot be one is refused by the name of its file, and nothing is written', () => {
  writeFileSync(at('other.safetensors'), lstm.createCharModel({ alphabet: 'abc', hiddenSize: 2 }).save());
  writeFileSync(at('none.safetensors'), 'nothing');
  const cases = /** @type {[string[], number, RegExp][]} */ ([
    [['ensemble', '-o', at('x')], 2, /MODEL: expected model files .*, got nothing\nusage: lstm-wasm ensemble MODEL\.\.\. -o FILE \[options\]/],
    [['ensemble', a, b], 2, /-o, --output FILE: expected the path of a file, got nothing/],
    [['ensemble', a, '-o', at('x')], 1, /MODEL: expected 2 to 64 models, got 1/],
    [['ensemble', a, '-', '-', '-o', at('x')], 2, /MODEL: expected the path of a file, got - for stdin, which is MODEL already/],
    [['ensemble', a, at('other.safetensors'), '-o', at('x')], 1, /MODEL: '.*other\.safetensors' must know the same characters as '.*1\.safetensors', got one without/],
    [['ensemble', a, at('none.safetensors'), '-o', at('x')], 1, /MODEL: cannot open '.*none\.safetensors'/],
    [['ensemble', a, b, '-o', b], 1, /--output: expected another name, '.*2\.safetensors' is a MODEL itself/],
    [['ensemble', a, b, '-o', at('no-folder/x')], 1, /--output: cannot write '.*x': no such file or directory/],
    [['train', at('text.txt'), '--from', both, '-o', at('x'), '--steps', '1'], 1, /--from: expected a model that can be trained, got an ensemble in '.*both\.safetensors'/],
    [['export', both, '--to', 'onnx', '-o', at('x.onnx')], 1, /MODEL: export: an ensemble is several networks/],
    [['predict', a, 'the', 'cat'], 2, /expected MODEL TEXT and no more, got 'cat'/],
  ]);
  for (const [words, code, message] of cases) {
    const { status, stdout, stderr } = run(...words);
    assert.deepEqual([status, stdout], [code, ''], words.join(' '));
    assert.match(stderr, message);
  }
  assert.deepEqual(readFileSync(b), Buffer.from(models[1].save()));
  for (const name of ['x', 'x.onnx']) assert.ok(!existsSync(at(name)), name);
});
