// train --threads: several threads write the file of one.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { at, run, small, text } from './command-setup.js';

const common = [text, ...small, '--steps', '60', '--dropout', '0.2', '--json', '--report', '20'];

/** @param {string} name @param {string[]} more */
function trainedBy(name, ...more) {
  const { status, stdout, stderr } = run('train', ...common, '-o', at(name), ...more);
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

test('what is no count of threads is refused', () => {
  for (const word of ['0', '65', '1.5', 'all']) {
    const { status, stderr } = run('train', ...common, '-o', at('none.safetensors'), '--threads', word);
    assert.equal(status, 2);
    assert.match(stderr, /--threads: expected a whole number from 1 to 64, got/);
  }
});
