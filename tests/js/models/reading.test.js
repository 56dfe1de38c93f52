// Reading a text, going several ways from one place, and scores.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ArgumentError, DisposedError, load } from 'lstm-wasm';

const lstm = await load({ variant: 'simd' });
const text = 'In the beginning was the word, and the word was new.\n'.repeat(40);
const model = lstm.createCharModel({ text, hiddenSize: 24, seed: 1 });
for (const report of model.train(text, { steps: 120, batchSize: 8, window: 16, learningRate: 0.01 })) void report;

const sum = (/** @type {Float64Array} */ values) => values.reduce((total, value) => total + value, 0);

describe('score', () => {
  test('is log p of each character after all before it', () => {
    const prime = 'In the ';
    const scored = 'word was new.\nIn';
    const scores = model.score(scored, { prime });
    assert.equal(scores.length, scored.length);
    for (let i = 0; i < scored.length; i++) {
      const found = model.predict(prime + scored.slice(0, i)).find(({ char }) => char === scored[i]);
      assert.ok(Math.abs(scores[i] - Math.log(found?.probability ?? 0)) < 1e-5, `${scored[i]}: ${scores[i]}`);
    }
  });

  test('sums to evaluate\'s loss', () => {
    for (const length of [2, 100, 4097, 4098, 9000]) {
      const long = text.repeat(5).slice(0, length);
      const { loss, characters } = model.evaluate(long);
      const scores = model.score(long.slice(1), { prime: long[0] });
      assert.equal(scores.length, characters);
      assert.ok(Math.abs(-sum(scores) / characters - loss) < 1e-12 * length, `${loss} ${-sum(scores) / characters}`);
    }
  });

  test('the first character is scored from where generate starts', () => {
    assert.deepEqual(model.score('the'), model.score('the', { prime: '\n' }));
    const odd = lstm.createCharModel({ alphabet: 'xyz', hiddenSize: 3, seed: 1 });
    assert.deepEqual(odd.score('zy'), odd.score('zy', { prime: 'x' }));
  });

  test('has one number a character, not a code unit', () => {
    const cats = lstm.createCharModel({ alphabet: '🐈a', hiddenSize: 3, seed: 1 });
    assert.equal(cats.score('🐈a🐈').length, 3);
  });
});

describe('a reading', () => {
  test('asks and writes what the model does after the same text', () => {
    const reading = model.read('In the b').push('eg').push('inning');
    const prime = 'In the beginning';
    assert.deepEqual(reading.predict({ top: 3 }), model.predict(prime, { top: 3 }));
    assert.deepEqual(reading.score(' was'), model.score(' was', { prime }));
    assert.deepEqual(reading.complete({ length: 4 }), model.complete(prime, { length: 4 }));
    const options = { length: 30, seed: 6 };
    assert.equal(reading.generate(options), model.generate({ prime, ...options }));
    assert.equal([...reading.stream(options)].join(''), reading.generate(options));
    assert.equal(model.read().generate(options), model.generate(options));
  });

  test('stays where it is: nothing but push moves it, and branches do not disturb each other', () => {
    const here = model.read('In the ');
    const before = here.predict();
    const [one, two] = [here.branch().push('word'), here.branch()];
    const [ofOne, ofTwo] = [one.predict(), two.predict()];
    here.generate({ length: 50, seed: 1 });
    here.score('beginning');
    here.complete({ length: 3 });
    for (const char of here.stream({ length: 5, seed: 2 })) two.push(char);
    one.branch().push(', and');
    model.generate({ length: 9 });
    assert.deepEqual(here.predict(), before);
    assert.deepEqual(one.predict(), ofOne);
    assert.deepEqual(ofTwo, before);
    assert.notDeepEqual(two.predict(), ofTwo);
    assert.deepEqual(one.predict(), model.predict('In the word'));
  });

  test('a text that is refused is not read', () => {
    const reading = model.read('In');
    const before = reading.predict();
    assert.throws(() => reading.push(' the 猫'), { name: 'ArgumentError', message: /^push: text must only .* "猫"/ });
    for (const wrong of ['', 7, undefined, null, ['a']]) {
      assert.throws(() => reading.push(/** @type {any} */ (wrong)), ArgumentError);
      assert.throws(() => reading.score(/** @type {any} */ (wrong)), ArgumentError);
    }
    assert.deepEqual(reading.predict(), before);
  });

  test('holds its model, and ends with it', async () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc');
    const bytes = model.save();
    const reading = lstm.openCharModel(bytes).read('In the');
    const stream = lstm.openCharModel(bytes).stream({ prime: 'In the', length: 4, temperature: 0 });
    for (let i = 0; i < 5; i++) {
      collectGarbage();
      await new Promise((resolve) => setTimeout(resolve, 1)); // finalizers run as tasks of their own
    }
    assert.deepEqual(reading.predict(), model.predict('In the'));
    assert.equal([...stream].join(''), model.generate({ prime: 'In the', length: 4, temperature: 0 }));

    const other = lstm.openCharModel(bytes);
    const [left, begun] = [other.read('In'), other.stream()];
    begun.next();
    other.dispose();
    for (const use of [() => left.predict(), () => left.push('a'), () => left.generate(), () => begun.next()]) {
      assert.throws(use, DisposedError);
    }
    assert.throws(() => other.read('In'), { name: 'DisposedError', message: /^CharModel\.read/ });
  });
});

describe('options that are wrong are refused by name, and the model goes on', () => {
  const reading = model.read('In');
  /** @type {[any, RegExp][]} */
  const writing = [
    [{ temperature: -1 }, /temperature must be a number from 0/],
    [{ temperature: NaN }, /temperature/],
    [{ topK: 0 }, /topK must be an integer from 1 to 1073741824, got 0/],
    [{ topK: 2.5 }, /topK/],
    [{ topK: null }, /topK/],
    [{ topP: 0 }, /topP must be a number above 0 to 1, got 0/],
    [{ topP: 1.01 }, /topP/],
    [{ topP: '0.5' }, /topP/],
    [{ seed: -1 }, /seed/],
    [{ topk: 3 }, /unknown option "topk", expected only temperature, topK, topP, seed, /],
  ];
  /** @type {[any, RegExp][]} */
  const limits = [
    [{ length: 0 }, /length must be an integer from 1/],
    [{ length: Infinity }, /length/],
    [{ stop: '' }, /stop must be a string that is not empty, got ""/],
    [{ stop: [] }, /stop must be a string, or an array of at least one, got an array of 0/],
    [{ stop: ['a', ''] }, /stop\[1\] must be a string that is not empty/],
    [{ stop: '猫' }, /stop must only have characters of the model's alphabet .*"猫"/],
    [{ stop: /a/ }, /stop must be a string/],
    [{ allowed: '' }, /allowed must be a string that is not empty/],
    [{ allowed: 'a猫' }, /allowed must only have characters of the model's alphabet .*"猫"/],
    [{ allowed: [3] }, /allowed\[0\] must be a string/],
    [{ pattern: 7 }, /pattern must be a RegExp or its source, got 7/],
    [{ pattern: '(' }, /pattern must be a RegExp with the flag u: .*Unterminated group/],
    [{ pattern: /a$/ }, /pattern must have no \^ or \$/],
    [{ pattern: /猫/ }, /pattern must match a text of the characters that may be drawn, got "猫"/],
    [{ pattern: /a/, allowed: 'b' }, /pattern must match a text of the characters that may be drawn/],
    [{ pattern: /a{20}/, length: 19 }, /pattern must match a text of at most length = 19 characters, got .* needs 20/],
  ];
  for (const [options, message] of [...writing, ...limits]) {
    test(String(message), () => {
      const before = model.generate({ length: 20, seed: 1 });
      const refused = (/** @type {string} */ call) =>
        ({ name: 'ArgumentError', message: new RegExp(`^${call}: ${message.source.replace(/^\^/, '')}`) });
      assert.throws(() => model.generate(options), refused('generate'));
      assert.throws(() => model.stream(options), refused('stream'));
      assert.throws(() => reading.generate(options), refused('generate'));
      if (limits.some(([other]) => other === options)) {
        assert.throws(() => model.complete('In', options), refused('complete'));
      }
      assert.equal(model.generate({ length: 20, seed: 1 }), before);
    });
  }

  test('what only some calls take', () => {
    assert.throws(() => model.complete('In', /** @type {any} */ ({ temperature: 1 })), /complete: unknown option "temp/);
    assert.throws(() => model.complete('In', { beams: 0 }), /complete: beams must be an integer from 1 to 1000, got 0/);
    assert.throws(() => model.complete('猫'), /complete: prime must only have characters/);
    assert.throws(() => reading.generate(/** @type {any} */ ({ prime: 'a' })), /generate: unknown option "prime"/);
    assert.throws(() => model.score('a', /** @type {any} */ ({ top: 1 })), /score: unknown option "top"/);
    assert.throws(() => model.score('a', { prime: '' }), /score: prime must be a string that is not empty/);
    assert.throws(() => model.score(''), /score: text must be a string that is not empty/);
    assert.throws(() => model.read(''), /read: text must be a string that is not empty/);
    for (const wrong of [null, 7, 'a', []]) {
      assert.throws(() => model.generate(/** @type {any} */ (wrong)), /generate: options must be an object/);
    }
    const { network } = model;
    const start = { state: network.initialState(), token: 0 };
    for (const [allowed, message] of [[[], /allowed must be an array of at least one token/], [[99], /allowed\[0\] must/],
      ['ab', /allowed/], [[0.5], /allowed\[0\]/]]) {
      assert.throws(() => network.generate({ ...start, allowed: /** @type {any} */ (allowed) }), message);
    }
  });
});
