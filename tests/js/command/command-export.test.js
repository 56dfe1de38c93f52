// lstm-wasm export: the files of another framework beside each other.

import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { load } from 'lstm-wasm';
import { at, fed, jsonLines, model, run } from './command-setup.js';

const lstm = await load();
const bytes = readFileSync(model);

test('export --to onnx writes two files under the name given, of which each opens as the model', async () => {
  const { status, stdout, stderr } = run('export', model, '--to', 'onnx', '-o', at('my model.onnx'));
  assert.equal(status, 0, stderr);
  const files = [at('my model.onnx'), at('my model-step.onnx')];
  assert.equal(stdout, files.map((file) => `${file}  ${readFileSync(file).length} bytes\n`).join(''));
  for (const file of files) assert.equal(run('predict', file, 'a').stdout, run('predict', model, 'a').stdout);
});

test('export --to torch and keras write a program beside its numbers; --json says what', async () => {
  for (const to of ['torch', 'keras']) {
    const { status, stdout, stderr } = run('export', model, '--to', to, '-o', at(`${to}.py`), '--json');
    assert.equal(status, 0, stderr);
    const [program, numbers] = [at(`${to}.py`), at(`${to}.safetensors`)];
    assert.deepEqual(jsonLines(stdout), [{ format: to, files: [program, numbers].map((name) => ({ name, bytes: readFileSync(name).length })) }]);
    assert.match(readFileSync(program, 'utf8'), /^"""/);
    assert.deepEqual(Buffer.from((await lstm.open(readFileSync(numbers))).save()), Buffer.from((await lstm.open(bytes)).save()));
  }
});

test('export takes any model, from stdin too, and one of another framework', async () => {
  const network = lstm.createNetwork({ input: { size: 2 }, layers: [{ kind: 'gru', hiddenSize: 3 }], output: { values: 2 } });
  const { status, stderr } = fed(network.save(), 'export', '-', '--to', 'onnx', '-o', at('gru.onnx'));
  assert.equal(status, 0, stderr);
  assert.equal(run('export', at('gru.onnx'), '--to', 'torch', '-o', at('gru.py')).status, 0);
  assert.deepEqual(Buffer.from((await lstm.open(readFileSync(at('gru.safetensors')))).save()), Buffer.from(network.save()));
});

test('export refuses what cannot be written, and loses nothing', () => {
  const network = lstm.createNetwork({ input: { size: 2 }, layers: [{ kind: 'four-gate', hiddenSize: 3 }], output: { values: 2 } });
  writeFileSync(at('four.safetensors'), network.save());
  writeFileSync(at('none.safetensors'), 'nothing');
  const cases = /** @type {[string[], number, RegExp][]} */ ([
    [[model, '--to', 'onnx'], 2, /-o, --output FILE: expected the path of a file, got nothing/],
    [[model, '-o', at('x.onnx')], 2, /--to FORMAT: expected onnx, torch or keras, got nothing/],
    [[model, '--to', 'tflite', '-o', at('x.onnx')], 2, /--to: expected onnx, torch or keras, got 'tflite'/],
    [[model, '--to', 'onnx', '-o', at('x.py')], 2, /-o, --output: expected a path that ends with \.onnx for --to onnx, got '.*x\.py'/],
    [[model, '--to', 'torch', '-o', '-'], 2, /-o, --output: expected a path, since there are several files, got -/],
    [[at('four.safetensors'), '--to', 'onnx', '-o', at('x.onnx')], 1, /MODEL: export: layers\[0\] is a four-gate, which ONNX has not: export\('torch'\)/],
    [[at('four.safetensors'), '--to', 'torch', '-o', at('four.py')], 1, /--output: expected another name, '.*four\.safetensors' is the MODEL itself/],
    [[at('none.safetensors'), '--to', 'torch', '-o', at('x.py')], 1, /MODEL: cannot open '.*none\.safetensors': open: /],
    [[model, '--to', 'onnx', '-o', at('no-folder/x.onnx')], 1, /--output: cannot write '.*x\.onnx': no such file or directory/],
  ]);
  for (const [words, code, message] of cases) {
    const { status, stdout, stderr } = run('export', ...words);
    assert.deepEqual([status, stdout], [code, ''], words.join(' '));
    assert.match(stderr, message);
  }
  assert.deepEqual(readFileSync(at('four.safetensors')), Buffer.from(network.save()));
  for (const file of ['x.onnx', 'x-step.onnx', 'x.py', 'four.py']) assert.ok(!existsSync(at(file)), file);
});
