// Unknown characters, alphabets that grow and runs that go on, in a Worker with the real library.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from '../../../src/js/models/load.js';
import { openBothEnds } from './both-ends.js';

const one = 'hello world, this is the first of many. '.repeat(12);
const two = 'Ärger? Neue Zeichen: 42! '.repeat(12);
const asked = { batchSize: 2, window: 10, steps: 400, schedule: /** @type {const} */ ({ type: 'constant' }), learningRate: 0.01, dropout: 0 };
const make = { text: one, hiddenSize: 12, seed: 1 };
const local = (await load({ variant: 'simd' })).createCharModel(make);

test('characters are left out as in the page, and positions kept', async (t) => {
  const { lstm } = await openBothEnds(t, load, { variant: 'simd' });
  const model = await lstm.createCharModel({ ...make, unknown: 'skip' });
  assert.deepEqual([model.unknown, model.config.unknown], ['skip', 'skip']);
  assert.equal((await lstm.createCharModel(make)).unknown, 'error');
  assert.deepEqual(await model.predict('heläl'), local.predict('hell'));
  assert.deepEqual(Array.from(await model.score('ÄhÄ'), Number.isNaN), [true, false, true]);
  assert.equal((await lstm.openCharModel(await model.save())).unknown, 'skip');
  assert.equal((await model.quantize()).unknown, 'skip');
  await assert.rejects(lstm.createCharModel({ ...make, unknown: 'Ä' }), { name: 'ArgumentError', message: /^createCharModel: unknown must be/ });
});

test('the alphabet grows in both places, and what went on is told once, with the first report that comes', async (t) => {
  const { lstm } = await openBothEnds(t, load, { variant: 'simd' });
  const model = await lstm.createCharModel(make);
  const reading = await model.read('hello');
  for (const texts of [one, two, two]) {
    const expected = [...local.train(texts, asked)];
    const reports = [];
    for await (const report of model.train(texts, asked)) reports.push(report);
    const tellings = reports.map(({ resumed, grown }) => ({ resumed, grown }));
    assert.deepEqual(tellings.shift(), { resumed: expected[0].resumed, grown: expected[0].grown });
    for (const telling of tellings) assert.deepEqual(telling, { resumed: undefined, grown: undefined });
    assert.deepEqual(model.alphabet, local.alphabet);
  }
  assert.ok(model.alphabet.includes('Ä') && Object.isFrozen(model.alphabet));
  assert.deepEqual(await model.save(), local.save());
  assert.equal((await reading.predict()).length, model.alphabet.length);
  const opened = await lstm.openCharModel(await model.checkpoint());
  assert.deepEqual(opened.alphabet, model.alphabet);
  await assert.rejects(opened.fit(two), { name: 'ArgumentError', message: /^train: the run of this checkpoint is over/ });
  assert.equal((await opened.fit(two, { steps: 1 }))?.resumed?.at, 'same place');
});

test('calls that are under way while it grows', async (t) => {
  const { lstm } = await openBothEnds(t, load, { variant: 'simd' });
  const model = await lstm.createCharModel(make);
  const alphabet = model.alphabet.join('');
  const prime = { prime: 'hello', seed: 2 };
  const calls = [model.score(one.repeat(200)), model.generate({ ...prime, length: 100000, allowed: alphabet }), model.complete('hel', { length: 200, beams: 20 })];
  const stream = model.stream({ ...prime, length: 3000, allowed: alphabet });
  let text = (await stream.next()).value;
  await model.fit(two, { ...asked, steps: 1, learningRate: 1e-9 });
  for await (const char of stream) text += char;
  const [scores, written, completions] = await Promise.all(calls);
  assert.equal(scores.length, 200 * one.length);
  assert.ok(scores.every(Number.isFinite));
  assert.ok([...written, ...text].every((char) => alphabet.includes(char)));
  assert.equal(completions.length, 20);
});
