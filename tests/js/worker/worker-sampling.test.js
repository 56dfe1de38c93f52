// Drawing, scoring, tracing and reading in a Worker, with the real library.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ArgumentError, DisposedError, DivergedError } from '../../../src/js/core/errors.js';
import { load } from '../../../src/js/models/load.js';
import { openBothEnds } from './both-ends.js';

const alphabet = 'abcdefgh \n';
const options = { alphabet, hiddenSize: 12, seed: 5 };
const local = (await load({ variant: 'simd' })).createCharModel(options);

/** @param {import('node:test').TestContext} t */
async function open(t) {
  const ends = await openBothEnds(t, load, { variant: 'simd' });
  return { ...ends, model: await ends.lstm.createCharModel(options) };
}

test('the model answers as it does in the page', async (t) => {
  const { model } = await open(t);
  const write = { prime: 'bad', length: 50, seed: 3, temperature: 1.2, topK: 6, topP: 0.9 };
  assert.equal(await model.generate(write), local.generate(write));
  for (const more of [{ stop: ['a ', 'e'] }, { allowed: 'abc' }, { pattern: /[a-c]+ D?/i }]) {
    assert.equal(await model.generate({ ...write, ...more }), local.generate({ ...write, ...more }));
    let text = '';
    for await (const char of model.stream({ ...write, ...more })) {
      assert.equal([...char].length, 1);
      text += char;
    }
    assert.equal(text, local.generate({ ...write, ...more }));
  }
  assert.deepEqual(await model.score('face', { prime: 'a' }), local.score('face', { prime: 'a' }));
  assert.deepEqual(await model.score('face'), local.score('face'));
  assert.deepEqual(await model.complete('fa', { beams: 3, length: 4 }), local.complete('fa', { beams: 3, length: 4 }));
  assert.deepEqual(await model.complete(), local.complete());
});

test('a trace crosses whole, and its arrays are handed over and not copied', async (t) => {
  const { model, handedOver } = await open(t);
  assert.deepEqual(await model.trace('a bad face', { prime: 'be' }), local.trace('a bad face', { prime: 'be' }));
  // h and c at the start, four gates, h and c; the scores.
  assert.equal(handedOver.length, 9);
  for (const buffer of handedOver) assert.equal(buffer.byteLength, 0);
  assert.deepEqual(await model.trace('hag', { layer: 0 }), local.trace('hag', { layer: 0 }));
  const reading = await model.read('bad');
  assert.deepEqual(await reading.trace(' face'), local.read('bad').trace(' face'));
  await assert.rejects(model.trace('xyz'), { name: 'ArgumentError', message: /^trace: text must only have characters/ });
  await assert.rejects(reading.trace('a', { layer: 1 }), { name: 'ArgumentError', message: /layer/ });
});

test('a reading is kept, in the Worker and in the page', async (t) => {
  const { model } = await open(t);
  const state = await (await model.read('bad')).save();
  assert.deepEqual(state, local.read('bad').save());
  assert.deepEqual(local.read({ state }).predict(), local.predict('bad'));
  const again = await model.read({ state: JSON.parse(JSON.stringify(state)) });
  assert.deepEqual(await (await again.push(' face')).predict(), local.predict('bad face'));
  await assert.rejects(model.read({ state: { ...state, last: 'x' } }), { name: 'ArgumentError', message: /^read: state: last must be/ });
});

test('a reading answers as it does in the page, and branches', async (t) => {
  const { model } = await open(t);
  const here = await model.read('bad');
  const there = await (await here.branch()).push(' face');
  for (const [reading, same] of [[here, local.read('bad')], [there, local.read('bad face')]]) {
    assert.deepEqual(await reading.predict({ top: 2 }), same.predict({ top: 2 }));
    assert.deepEqual(await reading.score('ab'), same.score('ab'));
    assert.deepEqual(await reading.complete({ length: 3 }), same.complete({ length: 3 }));
    assert.equal(await reading.generate({ length: 20, seed: 1 }), same.generate({ length: 20, seed: 1 }));
    let text = '';
    for await (const char of reading.stream({ length: 20, seed: 1 })) text += char;
    assert.equal(text, same.generate({ length: 20, seed: 1 }));
  }
  assert.deepEqual(await (await model.read()).predict(), local.read().predict());
  await there.dispose();
  await there.dispose();
  await assert.rejects(there.predict(), { name: 'DisposedError', message: /predict: the reading has been disposed/ });
  assert.deepEqual(await here.predict(), local.predict('bad'));
});

test('other calls are answered between the pieces of a stream, and leaving the loop stops it', async (t) => {
  const { model, sent } = await open(t);
  let count = 0;
  for await (const char of model.stream({ length: 2 ** 30, seed: 1 })) {
    assert.ok(alphabet.includes(char));
    count++;
    if (count === 10) assert.deepEqual(await model.predict('bad'), local.predict('bad'));
    if (count === 20) break;
  }
  await model.predict('a');
  const before = sent.length;
  for (let i = 0; i < 50; i++) await new Promise(setImmediate);
  assert.equal(sent.length, before);
});

test('errors cross with their class, and what was disposed is gone', async (t) => {
  const { model } = await open(t);
  await assert.rejects(model.stream({ topP: 2 }).next(), { name: 'ArgumentError', message: /^stream: topP must be/ });
  await assert.rejects(model.generate({ pattern: /a\b/ }), { name: 'ArgumentError', message: /no word boundary/ });
  await assert.rejects(model.complete('a', { beams: 0 }), ArgumentError);
  await assert.rejects(model.score('猫'), ArgumentError);
  await assert.rejects(model.read('猫'), ArgumentError);
  const reading = await model.read('a');
  await assert.rejects(reading.push('猫'), ArgumentError);
  assert.deepEqual(await reading.predict(), local.predict('a'));
  const stream = model.stream({ length: 2 ** 30 });
  await stream.next();
  await model.dispose();
  await assert.rejects(reading.predict(), DisposedError);
  await assert.rejects(async () => {
    for await (const char of stream) assert.ok(char);
  }, DisposedError);
  assert.deepEqual(await stream.next(), { done: true, value: undefined });
  await assert.rejects(model.stream().next(), DisposedError);
  await assert.rejects(model.read('a'), DisposedError);
});

test('logits that are not finite are a DivergedError of each call', async (t) => {
  const { lstm } = await open(t);
  const wild = (await load({ variant: 'simd' })).createCharModel(options);
  const { 'head.weight': weight } = wild.network.parameters();
  wild.network.setParameters({ 'head.weight': weight.map((w) => Math.sign(w) * 3e38), 'head.bias': alphabet.split('').map(() => 3e38) });
  const model = await lstm.openCharModel(wild.save());
  const reading = await model.read('bad');
  const asked = /** @type {[string, () => Promise<any>][]} */ ([
    ['predict', () => model.predict('bad')],
    ['score', () => model.score('bad')],
    ['evaluate', () => model.evaluate('bad')],
    ['trace', () => model.trace('bad')],
    ['complete', () => model.complete('bad', { length: 2 })],
    ['generate', () => model.generate({ length: 2 })],
    ['stream', async () => { for await (const char of model.stream({ length: 2 })) assert.fail(char); }],
    ['predict', () => reading.predict()],
    ['generate', () => reading.generate({ length: 2 })],
  ]);
  for (const [call, ask] of asked) {
    await assert.rejects(ask, (error) => {
      assert.ok(error instanceof DivergedError, call);
      assert.match(error.message, new RegExp(`^${call}: the network's logits are not finite: `));
      return true;
    });
  }
});
