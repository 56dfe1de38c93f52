// What is handed out keeps alive what it needs, and no more: looked at after collections, when the finalizers have run.
import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { describe, test } from 'node:test';
import { runInNewContext } from 'node:vm';
import { load } from 'lstm-wasm';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc');
/** Finalizers run as tasks of their own. */
async function collect() {
  for (let i = 0; i < 5; i++) {
    gc();
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

const lstm = await load();
const text = 'In the beginning the cat sat on the mat.\n'.repeat(30);
const bytes = (() => {
  const model = lstm.createCharModel({ text, hiddenSize: 8, seed: 1 });
  for (const report of model.train(text, { steps: 5, batchSize: 2, window: 8 })) void report;
  return model.checkpoint();
})();
const model = () => lstm.openCharModel(bytes);
const network = () => lstm.createNetwork({ input: { tokens: 4 }, layers: [{ kind: 'lstm', hiddenSize: 5 }], output: { classes: 4 } });
const window = [0, 1, 2, 3];
const sizes = { batchSize: 2, window: 2 };
const asked = { steps: 8, reportEvery: 1 };
const begun = (iterator) => { iterator.next(); return iterator; };
/** Something handed out by a thing that nobody holds, and its use. @type {Record<string, [() => any, (given: any) => unknown]>} */
const handed = {
  'the network of a model': [() => model().network, (net) => net.step(0, net.initialState())],
  'the network of an opened file': [() => lstm.openNetwork(network().save()), (net) => net.run([0, 1])],
  'the network of an 8-bit model': [() => model().quantize().network, (net) => net.step(0, net.initialState())],
  'an 8-bit network': [() => network().quantize(), (net) => net.run([0, 1])],
  'a trainer': [() => network().createTrainer(sizes), (trainer) => trainer.step(window, window)],
  'a trainer of a network of a model': [() => model().network.createTrainer(sizes), (trainer) => trainer.step(window, window)],
  'a cell': [() => lstm.createCell({ inputSize: 1, hiddenSize: 2 }), (cell) => cell.step([1], cell.initialState())],
  'reports': [() => model().train(text, asked), (reports) => [...reports].at(-1).done || assert.fail()],
  'reports of a run under way': [() => begun(model().train(text, asked)), (reports) => [...reports].at(-1).done || assert.fail()],
  'a reading': [() => model().read('In'), (reading) => reading.push(' the').predict()],
  'a branch of a reading': [() => model().read('In').branch(), (reading) => reading.generate()],
  'a stream': [() => model().stream({ length: 9 }), (stream) => [...stream]],
  'a stream under way': [() => begun(model().stream({ length: 9 })), (stream) => [...stream]],
  'a stream of a reading': [() => begun(model().read('In').stream({ length: 9 })), (stream) => [...stream]],
};

describe('what is handed out by something that nobody holds can be used after a collection', () => {
  const kept = Object.fromEntries(Object.entries(handed).map(([name, [make]]) => [name, make()]));
  for (const [name, [, use]] of Object.entries(handed)) {
    test(name, async () => {
      await collect();
      use(kept[name]);
      await collect();
      if (!/stream|reports/.test(name)) use(kept[name]);
    });
  }
});

test('and what nobody holds is let go, with its memory', async () => {
  const forget = (count) => {
    const seen = [];
    for (let i = 0; i < count; i++) for (const [make] of Object.values(handed)) seen.push(new WeakRef(make()));
    return seen;
  };
  forget(2);
  await collect();
  const before = lstm.memoryBytes;
  for (let i = 0; i < 20; i++) {
    const seen = forget(2);
    await collect();
    assert.deepEqual(seen.filter((one) => one.deref()).length, 0);
  }
  assert.equal(lstm.memoryBytes, before);
});

test('disposing a model disposes its network, at once', () => {
  const one = model();
  const { network: inner } = one;
  one.dispose();
  assert.ok(inner.disposed);
  assert.throws(() => inner.run([0]), { name: 'DisposedError' });
});
