// The most probable completions, against trying every text.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from 'lstm-wasm';

const lstm = await load({ variant: 'simd' });

/** @param {string} alphabet @param {number} seed */
function opinionated(alphabet, seed) {
  const model = lstm.createCharModel({ alphabet, hiddenSize: 6, seed });
  const { 'head.weight': weight } = model.network.parameters();
  model.network.setParameters({ 'head.weight': weight.map((w) => 8 * w) });
  return model;
}

const logOf = (/** @type {Float64Array} */ scores) => scores.reduce((sum, score) => sum + score, 0);

/**
 * Every text that can be written, with its log-probability: it ends with a stop string, or has `length` characters.
 * @param {any} model
 * @param {string} prime
 * @param {{ length: number, stop?: string[] }} options
 */
function all(model, prime, { length, stop = [] }) {
  /** @type {{ text: string, logProbability: number }[]} */
  const found = [];
  const extend = (/** @type {string} */ before) => {
    for (const char of model.alphabet) {
      const text = before + char;
      const end = stop.filter((each) => text.endsWith(each)).sort((a, b) => b.length - a.length)[0];
      if (end === undefined && text.length < length) {
        extend(text);
        continue;
      }
      const logProbability = logOf(model.score(text, { prime }));
      found.push(end === undefined ? { text, logProbability } : { text: text.slice(0, -end.length), logProbability, stop: end });
    }
  };
  extend('');
  return found.sort((a, b) => b.logProbability - a.logProbability);
}

test('with beams enough it finds the best of all texts', () => {
  for (let seed = 0; seed < 12; seed++) {
    const model = opinionated('abc.', seed);
    for (const options of [{ length: 1 }, { length: 4 }, { length: 5, stop: ['.'] }, { length: 4, stop: ['a', 'ba', 'c.'] }]) {
      const expected = all(model, 'ab', options);
      const got = model.complete('ab', { ...options, beams: 1000 });
      assert.deepEqual(got, expected.slice(0, 1000));
      const total = got.reduce((sum, { logProbability }) => sum + Math.exp(logProbability), 0);
      assert.ok(Math.abs(total - 1) < 1e-5, `probabilities sum to ${total}`);
    }
  }
});

test('with few beams it follows the best of each length, as a search written plainly does', () => {
  for (let seed = 0; seed < 12; seed++) {
    const model = opinionated('abcdefg', seed);
    for (const beams of [1, 2, 5]) {
      let open = [''];
      for (let n = 0; n < 6; n++) {
        open = open.flatMap((text) => model.alphabet.map((char) => text + char))
          .map((text) => ({ text, logProbability: logOf(model.score(text, { prime: 'a' })) }))
          .sort((a, b) => b.logProbability - a.logProbability).slice(0, beams).map(({ text }) => text);
      }
      const got = model.complete('a', { beams, length: 6 });
      assert.deepEqual(got.map(({ text }) => text), open);
      for (const { text, logProbability } of got) assert.equal(logProbability, logOf(model.score(text, { prime: 'a' })));
    }
    const [one] = model.complete('a', { beams: 1, length: 6 });
    assert.equal(one.text, model.generate({ prime: 'a', temperature: 0, length: 6 }));
  }
});

test('patterns and characters: the best of the texts that match', () => {
  for (let seed = 0; seed < 8; seed++) {
    const model = opinionated('abc', seed);
    const texts = (/** @type {RegExp} */ whole) => [1, 2, 3, 4].flatMap((length) => all(model, 'c', { length }))
      .filter(({ text }) => whole.test(text)).sort((a, b) => b.logProbability - a.logProbability);
    const same = (/** @type {any[]} */ got, /** @type {any[]} */ expected) => {
      assert.deepEqual(got.map(({ text }) => text), expected.map(({ text }) => text));
      got.forEach(({ logProbability }, i) => assert.ok(Math.abs(logProbability - expected[i].logProbability) < 1e-12));
    };
    same(model.complete('c', { beams: 500, length: 4, pattern: /a+b?c+|bb/ }), texts(/^(a+b?c+|bb)$/));
    same(model.complete('c', { beams: 500, length: 4, allowed: 'ab' }), texts(/^[ab]{4}$/));
    same(model.complete('c', { beams: 500, length: 4, allowed: 'ab', pattern: '.b.?' }), texts(/^[ab]b[ab]?$/));
  }
  const model = opinionated('abc', 1);
  assert.deepEqual(model.complete('c', { pattern: '' }), [{ text: '', logProbability: 0 }]);
});

test('the model and its generator are as before', () => {
  const [one, other] = [opinionated('abcd', 1), opinionated('abcd', 1)];
  one.complete(undefined, { length: 9, stop: 'd' });
  assert.deepEqual(one.complete(), other.complete(undefined, { beams: 4, length: 200 }));
  assert.equal(one.generate(), other.generate());
});
