// What people ask for with texts, words and lists, each in at most twelve lines.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from 'lstm-wasm';

const lstm = await load({ variant: 'simd' });

test('words in the place of characters', async () => {
  const text = 'the cat sat on the mat . the dog sat on the log . the cat saw the dog . '.repeat(40);
  const model = lstm.createTokenModel({ text, by: 'word', hiddenSize: 32, seed: 1 });
  const last = await model.fit(text, { steps: 150 });
  const written = model.generate({ prime: 'the', length: 20, temperature: 0.5, seed: 1 });
  assert.ok(Number(last?.loss) < 1);
  assert.ok(text.includes(`the${written.slice(0, written.indexOf('.'))}`), written);
  assert.ok([' cat', ' dog', ' mat', ' log'].includes(model.predict('the', { top: 1 })[0].token));
  assert.throws(() => model.predict('the zebra'), { name: 'ArgumentError', message: /zebra/ });
});

test('the memory of a text that is being written survives a reload', () => {
  const text = 'abc '.repeat(200);
  const model = lstm.createCharModel({ text, hiddenSize: 8 });
  const reading = model.read('abc a');
  reading.learn('bc abc');
  const kept = JSON.stringify({ state: reading.save(), model: [...model.save()] });
  const { state, model: file } = JSON.parse(kept);
  const again = lstm.openCharModel(Uint8Array.from(file)).read({ state });
  assert.deepEqual(again.predict(), reading.predict());
  assert.deepEqual(model.read({ state: structuredClone(reading.save()) }).predict(), reading.predict());
});

test('little text: a few quotes, or one, as words or as characters', () => {
  const quotes = ['Stay hungry, stay foolish.', 'So it goes.', 'Less is more.', 'Be yourself.'];
  for (const data of [quotes, ['Less is more.'], 'Less is more.']) {
    for (const create of /** @type {const} */ (['createTokenModel', 'createCharModel'])) {
      const model = lstm[create]({ text: data, hiddenSize: 16, seed: 1 });
      const [last] = [...model.train(data, { steps: 150 })].slice(-1);
      assert.ok(last.loss < 1, `${last.loss}`);
      const prime = [data].flat()[0].slice(0, 4);
      assert.ok([data].flat()[0].startsWith(prime + model.generate({ prime, temperature: 0.2, length: 3, seed: 1 })));
    }
  }
});

test('names are learnt with their beginnings and ends, also as lists of syllables', () => {
  const names = ['albertosaurus', 'allosaurus', 'ankylosaurus', 'apatosaurus', 'baryonyx', 'brachiosaurus', 'carnotaurus', 'centrosaurus'];
  const lists = names.map((name) => name.match(/[^aeiouy]*[aeiouy]+x?/g) ?? []);
  const model = lstm.createTokenModel({ sequences: lists, hiddenSize: 32, seed: 1 });
  for (const report of model.train(lists, { steps: 300 })) void report;
  for (let seed = 0; seed < 5; seed++) {
    const name = model.generate({ temperature: 0.3, seed }).join('');
    assert.ok(names.some((known) => known.startsWith(name.slice(0, 4))) && name.length < 20, name);
  }
});
