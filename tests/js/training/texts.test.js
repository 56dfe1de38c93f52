// Training on several texts: how they are read, and that each starts from the initial state.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { load } from 'lstm-wasm';
import { hashOf } from '../../../src/js/core/hash.js';
import { TextReader } from '../../../src/js/models/tokens/TextReader.js';
import { encodeTexts } from '../../../src/js/models/tokens/texts.js';
import { Alphabet } from '../../../src/js/sampling/Alphabet.js';

const lstm = await load({ variant: 'simd' });
const text = 'In the beginning the cat sat on the mat, and the rat ran at the hat; '.repeat(40);
const ascii = new Alphabet(Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)));
const create = () => lstm.createCharModel({ text, hiddenSize: 10, seed: 1 });
const last = (reports) => reports[reports.length - 1];

describe('several texts', () => {
  /** What a reader reads in so many windows: 'inputs>targets', with * where a stream begins a text. */
  function read(texts, batchSize, window, windows) {
    const reader = new TextReader(encodeTexts(texts, 'text', ascii, {}), { batchSize, window }, { source: 'text', many: 'characters' });
    return Array.from({ length: windows }, () => {
      const begins = reader.beginners;
      const { inputs, targets, options: { lengths = Array(batchSize).fill(window) }, count } = reader.window();
      const row = (values, b) =>
        Array.from({ length: lengths[b] }, (_, t) => String.fromCharCode(values[t * batchSize + b])).join('');
      const rows = Array.from({ length: batchSize }, (_, b) =>
        `${row(inputs, b)}>${row(targets, b)}${begins.includes(b) ? '*' : ''}`);
      assert.equal(count, [...lengths].reduce((sum, length) => sum + length));
      const before = reader.read;
      reader.advance();
      assert.equal(reader.read, before + count);
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
      const tokens = encodeTexts(texts, 'text', ascii, {});
      if (tokens.length <= 3 * batchSize) continue;
      const reader = new TextReader(tokens, { batchSize, window }, { source: 'text', many: 'characters' });
      const all = texts.reduce((sum, { length }) => sum + length - 1, 0);
      const { perEpoch } = reader;
      assert.ok(perEpoch <= all && perEpoch > all - batchSize * (window + 1), `${perEpoch} of ${all}`);
      for (let n = 0; n < 40; n++) {
        const copy = new TextReader(tokens, { batchSize, window }, { source: 'text', many: 'characters' });
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
    const net = lstm.createCharModel({ text: names, hiddenSize: 6, seed: 1 }).network;
    const trainer = net.createTrainer({ batchSize: 2, window: 3, learningRate: 0.01, carryState: true });
    const tokens = encodeTexts(names, 'text', new Alphabet(model.alphabet), { end: 0 });
    assert.equal(model.alphabet[0], '\n');
    const reader = new TextReader(tokens, asked, { source: 'text', many: 'characters' });
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
    // Which name it is costs log 5; the rest follows from its first letter. Five names and their ends have 30 characters.
    assert.ok(report.valLoss < (5 * Math.log(5)) / 30 + 0.05, `${report.valLoss}`);
    assert.equal(model.generate({ prime: 'ol', length: 9, temperature: 0 }), 'ivia');
  });

  describe('a list is learnt with beginnings and ends', () => {
    const names = ['emma', 'olivia', 'anna', 'bella', 'carla', 'dora'];
    const asked = { batchSize: 2, window: 8, steps: 500, learningRate: 0.01, dropout: 0 };
    const train = (texts, made = { text: texts.join('') }) => {
      const model = lstm.createCharModel({ hiddenSize: 24, seed: 1, ...made });
      for (const report of model.train(texts, asked)) void report;
      return model;
    };
    const model = train(names);
    const write = (one, more = {}) => Array.from({ length: 30 }, (_, seed) => one.generate({ seed, temperature: 0.4, ...more }));

    test('what it writes are whole names, of every first letter', () => {
      const written = write(model);
      assert.deepEqual([...new Set(written)].sort(), [...names].sort());
      const line = { prime: '\n', temperature: 0, length: 20 };
      assert.equal(model.generate(line), model.generate({ temperature: 0 }));
      assert.equal([...model.stream({ seed: 4 })].join(''), model.generate({ seed: 4 }));
      assert.equal(model.read().generate({ seed: 4 }), model.generate({ seed: 4 }));
      assert.deepEqual(model.complete('ol', { beams: 1 })[0].text, 'ivia');
      assert.equal(model.generate({ prime: 'be', temperature: 0, pattern: /[a-z]{2}/ }), 'll', 'a pattern ends it itself');
    });

    test('a text that is given is read as one from its beginning', () => {
      assert.ok(model.evaluate('olivia').loss < 0.5);
      assert.equal(model.evaluate('olivia').characters, 6);
      assert.deepEqual(model.evaluate('\nolivia'), model.evaluate('olivia'));
      assert.deepEqual(model.predict('be', { top: 1 }), model.predict('\nbe', { top: 1 }));
      assert.ok(model.score('olivia')[5] > -0.2);
    });

    test('ends that are there are not doubled', () => {
      for (const each of [(name) => `${name}\n`, (name) => `\n${name}`, (name) => `\n${name}\n`]) {
        const other = train(names.map(each));
        assert.deepEqual(other.network.parameters(), model.network.parameters());
        assert.deepEqual(write(other), write(model));
      }
      assert.deepEqual(train(names, { text: new Set(names) }).save(), model.save());
    });

    test('a file keeps it, and so does an 8-bit copy and a checkpoint that goes on', () => {
      const bytes = model.checkpoint();
      for (const other of [lstm.openCharModel(model.save()), model.quantize(), lstm.openCharModel(bytes)]) {
        assert.ok(write(other).every((name) => names.includes(name)));
      }
      const opened = lstm.openCharModel(bytes);
      for (const one of [model, opened]) for (const report of one.train(names, { ...asked, steps: 5 })) void report;
      assert.deepEqual(opened.network.parameters(), model.network.parameters());
      assert.deepEqual(opened.checkpoint(), lstm.openCharModel(opened.checkpoint()).checkpoint());
    });

    test('the run of a checkpoint from before there were ends goes on without them', () => {
      const alphabet = [...new Set(names.join(''))].sort();
      const before = lstm.createCharModel({ alphabet, hiddenSize: 8, seed: 1 });
      for (const { step } of before.train(names, { ...asked, steps: 9, reportEvery: 1 })) if (step === 4) break;
      const bytes = before.checkpoint();
      assert.ok(!new TextDecoder().decode(bytes).includes('"ends'));
      for (const report of lstm.openCharModel(bytes).train(names, {})) void report;
      assert.ok(before.generate({ length: 30, seed: 1 }).length === 30, 'an alphabet without a line\'s end has none');
    });

    test('texts of several lines begin, and do not end at a line', () => {
      const poems = ['roses\nare red', 'violets\nare blue'];
      const poet = train(poems);
      const written = write(poet, { length: 60 });
      assert.ok(written.every((poem) => [...poem].length === 60 && poems.some((one) => poem.startsWith(one))), written.join('|'));
    });

    test('one text after it ends no line any more', () => {
      const other = lstm.openCharModel(model.save());
      for (const report of other.train(names.join('\n'), { ...asked, steps: 1 })) void report;
      assert.equal(other.generate({ seed: 1, length: 30 }).length, 30);
    });
  });

  test('what is no text is refused by name', () => {
    for (const [texts, message] of [
      [5, 'train: text must be a string or an iterable of strings, got 5'],
      [null, 'train: text must be a string or an iterable of strings, got null'],
      [[], 'train: text must be an iterable of at least one string, got an array of 0'],
      [['the cat', ''], 'train: text[1] must be a string of at least 1 character, got ""'],
      [['the cat', 7], 'train: text[1] must be a string of at least 1 character, got 7'],
      [['the cat', 'the cat'],
        'train: text must have at least 25 characters to train on (batchSize 8 x 3 + 1), got 19'],
    ]) {
      assert.throws(() => create().train(texts, { batchSize: 8, window: 4 }), { name: 'ArgumentError', message });
    }
  });

  test('other texts have other hashes', () => {
    const hashes = ['', 'a', 'b', 'ab', 'ba', 'aa', 'aaa', text, `${text}a`].map((one) => hashOf(ascii.encode(one, 'text')));
    assert.equal(new Set(hashes).size, hashes.length);
    assert.notEqual(hashOf(encodeTexts(['ab', 'cd'], '', ascii, {})), hashOf(encodeTexts(['abc', 'd!'], '', ascii, {})));
    assert.ok(hashes.every((hash) => /^[0-9a-f]{14}$/.test(hash)));
  });
});
