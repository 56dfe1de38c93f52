// Ensembles in a Worker answer the same bits as on the page's own thread; what is made of models there names what is none.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ArgumentError, DisposedError } from '../../../src/js/core/errors.js';
import { load } from '../../../src/js/models/load.js';
import { openBothEnds } from './both-ends.js';

const library = await load({ variant: 'simd' });
const text = 'to be or not to be\nthat is the question\n';
const options = [{ text, hiddenSize: 5, seed: 1 }, { text, kind: /** @type {const} */ ('gru'), hiddenSize: 4, seed: 2 }];
const here = await library.createEnsemble(options.map((one) => library.createCharModel(one)));

/** @param {import('node:test').TestContext} t */
const open = (t) => openBothEnds(t, load, { variant: 'simd' });

test('an ensemble of models of the Worker does all that one here does', async (t) => {
  const { lstm } = await open(t);
  const models = await Promise.all(options.map((one) => lstm.createCharModel(one)));
  const there = await lstm.createEnsemble(new Set(models));
  for (const model of models) await model.dispose();
  const told = (/** @type {any} */ { config, parameterCount, isQuantized, alphabet, tokens, unknown }) => ({ config, parameterCount, isQuantized, alphabet, tokens, unknown });
  assert.deepEqual(told(there), told(here));
  assert.deepEqual(await there.predict('to'), here.predict('to'));
  assert.deepEqual(await there.score(text), here.score(text));
  assert.deepEqual(await there.evaluate(text), here.evaluate(text));
  assert.deepEqual(await there.complete('to', { length: 3 }), here.complete('to', { length: 3 }));
  assert.deepEqual(await there.trace('to'), here.trace('to'));
  assert.equal(await there.generate({ seed: 1 }), here.generate({ seed: 1 }));
  let written = '';
  for await (const piece of there.stream({ seed: 1 })) written += piece;
  assert.equal(written, here.generate({ seed: 1 }));
  assert.deepEqual(await there.save(), here.save());

  const reading = await there.read('to');
  const branch = await (await reading.push(' b')).branch();
  const state = await branch.save();
  assert.deepEqual(state, here.read('to').push(' b').save());
  assert.deepEqual(await (await there.read({ state })).predict({ top: 3 }), here.read('to b').predict({ top: 3 }));
  assert.equal('learn' in reading, false);

  const quantized = await there.quantize();
  assert.equal(quantized.isQuantized, true);
  const larger = await lstm.createEnsemble([quantized, await lstm.open(await there.save())].map((one) => /** @type {any} */ (one)));
  assert.equal(larger.config.members.length, 4);
  await assert.rejects(there.export('onnx'), (error) => error instanceof ArgumentError && /an ensemble is several networks/.test(error.message));
  await there.dispose();
  await assert.rejects(there.predict('to'), DisposedError);
  await assert.rejects(branch.predict(), DisposedError);
});

test('what is no model of this Worker is refused by name', async (t) => {
  const { lstm } = await open(t);
  const { lstm: other } = await open(t);
  const own = await lstm.createCharModel(options[0]);
  const theirs = await other.createCharModel(options[1]);
  const cases = /** @type {[any, RegExp][]} */ ([
    [3, /^createEnsemble: models must be a list of models/],
    [[own], /^createEnsemble: expected 2 to 64 models, got 1/],
    [[own, theirs], /^createEnsemble: models\[1\] must be a model of characters or tokens/],
    [[own, here], /^createEnsemble: models\[1\] must be a model of characters or tokens/],
    [[own, await lstm.createCharModel({ alphabet: 'ab', hiddenSize: 2 })], /^createEnsemble: models\[1\] must know the same characters/],
  ]);
  for (const [models, message] of cases) await assert.rejects(lstm.createEnsemble(models), { name: 'ArgumentError', message });
  await own.dispose();
  await assert.rejects(lstm.createEnsemble([own, own]), { name: 'ArgumentError' });
});
