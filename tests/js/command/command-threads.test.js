// train --threads: several threads write the file of one.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { at, run, small, text } from './command-setup.js';

const common = [text, ...small, '--dropout', '0.2', '--json', '--report', '20'];

/** @param {string} name @param {string[]} more */
function trainedBy(name, ...more) {
  const steps = more.includes('--steps') ? [] : ['--steps', '60'];
  const { status, stdout, stderr } = run('train', ...common, ...steps, '-o', at(name), ...more);
  assert.equal(status, 0, stderr);
  const losses = stdout.trimEnd().split('\n').map((line) => JSON.parse(line)).map(({ step, loss, valLoss }) => [step, loss, valLoss]);
  return { bytes: readFileSync(at(name)), losses };
}

test('the file is that of one thread, whatever --threads says', () => {
  const alone = trainedBy('one.safetensors', '--threads', '1');
  assert.ok(alone.losses.length >= 3);
  for (const threads of ['2', '4']) assert.deepEqual(trainedBy(`${threads}.safetensors`, '--threads', threads), alone);
});

test('--resume goes on with as many as it is told', () => {
  const whole = trainedBy('whole.safetensors', '--threads', '1', '--schedule', 'constant');
  trainedBy('part.safetensors', '--threads', '3', '--schedule', 'constant');
  for (const name of ['whole', 'part']) {
    const { status, stderr } = run('train', text, '-o', at(`${name}.safetensors`), '--resume', '--steps', '20', '--threads', name === 'whole' ? '2' : '1');
    assert.equal(status, 0, stderr);
  }
  assert.deepEqual(readFileSync(at('part.safetensors')), readFileSync(at('whole.safetensors')));
  assert.notDeepEqual(readFileSync(at('part.safetensors')), whole.bytes);
});

test('--accumulate is that of train, on any number of threads, and --resume keeps it', () => {
  const asked = ['--steps', '20', '--accumulate', '3', '--schedule', 'constant'];
  const one = trainedBy('kept-one.safetensors', '--threads', '1', ...asked);
  assert.deepEqual(trainedBy('kept-two.safetensors', '--threads', '2', ...asked), one);
  const plain = trainedBy('plain.safetensors', '--threads', '1', '--steps', '20', '--schedule', 'constant');
  assert.notDeepEqual(plain.bytes, one.bytes);
  for (const name of ['kept-one', 'kept-two']) {
    const more = name === 'kept-one' ? ['--accumulate', '3'] : [];
    const { status, stderr } = run('train', text, '-o', at(`${name}.safetensors`), '--resume', '--steps', '10', ...more);
    assert.equal(status, 0, stderr);
  }
  assert.deepEqual(readFileSync(at('kept-two.safetensors')), readFileSync(at('kept-one.safetensors')));
  for (const word of ['0', '65537', '1.5', 'all']) {
    const { status, stderr } = run('train', ...common, '-o', at('none.safetensors'), '--accumulate', word);
    assert.equal(status, 2);
    assert.match(stderr, /--accumulate: expected a whole number from 1 to 65536, got/);
  }
});

test('what is no count of threads is refused', () => {
  for (const word of ['0', '65', '1.5', 'all']) {
    const { status, stderr } = run('train', ...common, '-o', at('none.safetensors'), '--threads', word);
    assert.equal(status, 2);
    assert.match(stderr, /--threads: expected a whole number from 1 to 64, got/);
  }
});
