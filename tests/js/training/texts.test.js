// Training on several texts: how they are read, and that each starts from the initial state.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { load } from 'lstm-wasm';
import { hashOf } from '../../../src/js/core/hash.js';
import { TextReader, encodeTexts } from '../../../src/js/training/TextReader.js';

const lstm = await load({ variant: 'simd' });
const text = 'In the beginning the cat sat on the mat, and the rat ran at the hat; '.repeat(40);
const create = () => lstm.createCharModel({ text, hiddenSize: 10, seed: 1 });
const last = (reports) => reports[reports.length - 1];

describe('several texts', () => {
  const encode = (one) => Int32Array.from(one, (char) => char.charCodeAt(0));
  /** What a reader reads in so many windows: 'inputs>targets', with * where a stream begins a text. */
  function read(texts, batchSize, window, windows) {
    const reader = new TextReader(encodeTexts(texts, 'text', encode), { batchSize, window });
    return Array.from({ length: windows }, () => {
      const begins = reader.beginners;
      const { inputs, targets, options: { lengths = Array(batchSize).fill(window) }, characters } = reader.window();
      const row = (values, b) =>
        Array.from({ length: lengths[b] }, (_, t) => String.fromCharCode(values[t * batchSize + b])).join('');
      const rows = Array.from({ length: batchSize }, (_, b) =>
        `${row(inputs, b)}>${row(targets, b)}${begins.includes(b) ? '*' : ''}`);
      assert.equal(characters, [...lengths].reduce((sum, length) => sum + length));
      const before = reader.read;
      reader.advance();
      assert.equal(reader.read, before + characters);
      return rows.join(' | ');
    });
  }

  test('one text in streams, the same in a list', () => {
    const expected = ['abc>bcd* | hij>ijk*', 'def>efg | klm>lmn', 'abc>bcd* | hij>ijk*'];
    assert.deepEqual(read('abcdefghijklmno', 2, 3, 3), expected);
    assert.deepEqual(read(['abcdefghijklmno'], 2, 3, 3), expected);
  });

  test('each begins anew, and no target is of another', () => {
    assert.deepEqual(read(['abc', 'defgh', 'ij', 'klmnopqrstuv'], 2, 3, 5), [
      'ab>bc* | klm>lmn*', 'def>efg* | nop>opq', 'g>h | qrs>rst', 'i>j* | klm>lmn*', 'ab>bc* | nop>opq',
    ]);
    assert.deepEqual(read(new Set(['emma', 'olivia', 'ann', 'bo']), 1, 8, 5),
      ['emm>mma*', 'olivi>livia*', 'an>nn*', 'b>o*', 'emm>mma*']);
  });

  test('texts of any lengths: all is read once an epoch, but for ends that are too short', () => {
    let state = 5;
    const random = (limit) => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) % limit;
    for (let i = 0; i < 300; i++) {
      const texts = Array.from({ length: 2 + random(12) }, () => 'x'.repeat(2 + random(30)));
      const [batchSize, window] = [1 + random(3), 1 + random(9)];
      const tokens = encodeTexts(texts, 'text', encode);
      if (tokens.length <= 3 * batchSize) continue;
      const reader = new TextReader(tokens, { batchSize, window });
      const all = texts.reduce((sum, { length }) => sum + length - 1, 0);
      const { perEpoch } = reader;
      assert.ok(perEpoch <= all && perEpoch > all - batchSize * (window + 1), `${perEpoch} of ${all}`);
      for (let n = 0; n < 40; n++) {
        const copy = new TextReader(tokens, { batchSize, window });
        assert.equal(copy.goTo(reader.position), true);
        assert.deepEqual(copy.window(), reader.window());
        reader.advance();
      }
      assert.equal(new TextReader(tokens, { batchSize, window: window + 1 }).goTo(reader.position), false);
    }
  });

  test('streams that begin a text start from the initial state, the others go on', () => {
    const names = ['emma', 'olivia', 'ann', 'bo', 'li', 'mona', 'eva', 'noel'];
    const model = lstm.createCharModel({ text: names.join(''), hiddenSize: 6, seed: 1 });
    const steady = { learningRate: 0.01, schedule: { type: 'constant' }, dropout: 0 };
    const asked = { batchSize: 2, window: 3, ...steady, reportEvery: 1 };
    const reports = [...model.train(names, { ...asked, steps: 12 })];
    // The same by hand: one window at a time, each stream with a state of its own.
    const net = lstm.createCharModel({ text: names.join(''), hiddenSize: 6, seed: 1 }).network;
    const trainer = net.createTrainer({ batchSize: 2, window: 3, learningRate: 0.01, carryState: true });
    const tokens = encodeTexts(names, 'text', (one) => Int32Array.from(one, (char) => model.alphabet.indexOf(char)));
    const reader = new TextReader(tokens, asked);
    for (const { loss } of reports) {
      const state = trainer.state();
      for (const b of reader.beginners) for (const values of [state[0].h, state[0].c]) values.fill(0, 6 * b, 6 * b + 6);
      trainer.setState(state);
      const window = reader.window();
      assert.equal(trainer.step(window.inputs, window.targets, window.options).loss, loss);
      reader.advance();
    }
    assert.deepEqual(model.network.parameters(), net.parameters());
  });

  test('a list of names is learnt', () => {
    const names = ['emma', 'olivia', 'anna', 'bella', 'carla'];
    const model = lstm.createCharModel({ text: names.join(''), hiddenSize: 24, seed: 1 });
    const asked = { batchSize: 2, window: 8, steps: 400, learningRate: 0.01, validation: { text: names }, dropout: 0 };
    const report = last([...model.train(names, asked)]);
    // From the initial state on, a name follows from its first letter; "a" may end it.
    assert.ok(report.valLoss < 0.1, `${report.valLoss}`);
    assert.equal(model.generate({ prime: 'ol', length: 4, temperature: 0 }), 'ivia');
  });

  test('what is no text is refused by name', () => {
    for (const [texts, message] of [
      [5, 'train: text must be a string or an iterable of strings, got 5'],
      [null, 'train: text must be a string or an iterable of strings, got null'],
      [[], 'train: text must be an iterable of at least one string, got an array of 0'],
      [['the cat', 'a'], 'train: text[1] must be a string of at least 2 characters, got "a"'],
      [['the cat', 7], 'train: text[1] must be a string of at least 2 characters, got 7'],
      [['the cat', 'the cat'],
        'train: text must have at least 25 characters to train on (batchSize 8 x 3 + 1), got 15'],
    ]) {
      assert.throws(() => create().train(texts, { batchSize: 8, window: 4 }), { name: 'ArgumentError', message });
    }
  });

  test('other texts have other hashes', () => {
    const hashes = ['', 'a', 'b', 'ab', 'ba', 'aa', 'aaa', text, `${text}a`].map((one) => hashOf(encode(one)));
    assert.equal(new Set(hashes).size, hashes.length);
    assert.notEqual(hashOf(encodeTexts(['ab', 'cd'], '', encode)), hashOf(encodeTexts(['abc', 'd!'], '', encode)));
    assert.ok(hashes.every((hash) => /^[0-9a-f]{14}$/.test(hash)));
  });
});
