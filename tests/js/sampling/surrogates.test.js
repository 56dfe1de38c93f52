// A character is a code point. Half of one is refused wherever a text is given, and lengths are those of [...text].
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from 'lstm-wasm';
import { Alphabet } from '../../../src/js/sampling/Alphabet.js';

const lstm = await load();
const text = 'the cat 🐈 sat on the mat 🐀, e\u0301\u{1f469}\u200d\u{1f52c}. '.repeat(20);
const model = lstm.createCharModel({ text, hiddenSize: 6, seed: 3 });
const reading = model.read('the');
const halves = ['\ud83d', '\udc08', '\udfff', '\ud800'];
/** A cat in halves, with other characters before and between. */
const strangeTexts = halves.flatMap((half) => [[`🐈t${half}`, 2], [`${half}🐈`, 0], [`t🐈${half}t`, 2]]).concat([['\udc08\ud83d', 0]]);

test('half of a character is refused in every text, by its position', () => {
  const train = (given, options = {}) => [...model.train(given, { steps: 1, batchSize: 1, window: 2, ...options })];
  const calls = {
    'createCharModel: text': (given) => lstm.createCharModel({ text: given, hiddenSize: 2 }),
    'train: text': (given) => train(given),
    'train: text[1]': (given) => train([text, given + text]),
    'train: validation.text': (given) => train(text, { validation: { text: given } }),
    'evaluate: text': (given) => model.evaluate(given),
    'read: text': (given) => model.read(given),
    'push: text': (given) => reading.push(given),
    'predict: text': (given) => model.predict(given),
    'score: text': (given) => reading.score(given),
    'score: prime': (given) => model.score('t', { prime: given }),
    'trace: text': (given) => model.trace(given),
    'generate: prime': (given) => model.generate({ prime: given }),
    'generate: stop': (given) => model.generate({ stop: ['t', given] }),
    'generate: allowed': (given) => reading.generate({ allowed: given }),
    'generate: pattern': (given) => model.generate({ pattern: given }),
    'stream: prime': (given) => model.stream({ prime: given }),
    'stream: stop': (given) => reading.stream({ stop: given }),
    'complete: prime': (given) => model.complete(given),
    'complete: stop': (given) => reading.complete({ stop: given }),
  };
  for (const [path, call] of Object.entries(calls)) {
    for (const [given, at] of strangeTexts) {
      const half = [...given].find((one) => one.length === 1 && one >= '\ud800').charCodeAt(0).toString(16).toUpperCase();
      assert.throws(() => call(given), {
        name: 'ArgumentError',
        message: `${path} must be of whole characters, got a lone surrogate (U+${half}) as character ${at}`,
      });
    }
  }
  for (const alphabet of ['a\ud83d', ['a', '\ud83d']]) {
    assert.throws(() => lstm.createCharModel({ alphabet, hiddenSize: 2 }), {
      name: 'ArgumentError',
      message: 'createCharModel: alphabet[1] must be a whole character, no lone surrogate, got "\\ud83d"',
    });
  }
});

test('as many characters are written as were asked for, as [...text] counts', () => {
  const options = { length: 40, allowed: '🐈🐀t e\u0301' };
  let wide = 0;
  for (let seed = 0; seed < 50; seed++) {
    const written = model.generate({ ...options, seed });
    assert.equal([...written].length, 40);
    wide += Number(written.length > 40);
    assert.deepEqual([...model.stream({ ...options, seed })], [...written]);
    assert.deepEqual([...model.generate({ ...options, seed, pattern: '.{40}' })].length, 40);
    // No character is cut where a stop string is waited for.
    const stop = '🐈🐈🐈🐈🐈🐈';
    assert.ok([...model.stream({ ...options, seed, stop })].every((one) => [...one].length === 1 && model.alphabet.includes(one)));
  }
  assert.ok(wide > 40);
  for (const { text: completed } of model.complete('the ', { length: 7, allowed: '🐈🐀' })) assert.equal([...completed].length, 7);
  const net = model.network;
  for (const length of [1, 40, 4097]) {
    assert.equal(net.generate({ state: net.initialState(), token: 0, length }).length, length);
    assert.equal([...model.generate({ length })].length, length);
  }
});

/** As version 0.1.0 would have saved it with another alphabet. */
function withAlphabet(bytes, alphabet) {
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  header.__metadata__.alphabet = JSON.stringify(alphabet);
  delete header.__metadata__.checksum; // younger than that version
  const text = new TextEncoder().encode(JSON.stringify(header));
  const padded = new Uint8Array(Math.ceil(text.length / 8) * 8).fill(32);
  padded.set(text);
  const start = new DataView(new ArrayBuffer(8));
  start.setBigUint64(0, BigInt(padded.length), true);
  return new Uint8Array(Buffer.concat([new Uint8Array(start.buffer), padded, bytes.subarray(8 + length)]));
}

test('a model of version 0.1.0 that learnt halves opens, predicts as it did, and writes whole characters only', () => {
  const whole = lstm.createCharModel({ alphabet: ['a', 'b', '\u{fd83d}', '\u{fdc08}', '🐈'], hiddenSize: 6, seed: 1 });
  const old = lstm.openCharModel(withAlphabet(whole.save(), ['a', 'b', '\ud83d', '\udc08', '🐈']));
  assert.deepEqual(old.alphabet, whole.alphabet);
  assert.deepEqual(old.predict('ab🐈'), whole.predict('ab🐈'));
  assert.deepEqual(Buffer.from(old.save()), Buffer.from(whole.save()));
  for (let seed = 0; seed < 20; seed++) {
    const written = old.generate({ length: 40, seed });
    assert.equal([...written].length, 40);
    assert.ok(!/\p{Surrogate}/u.test(written));
  }
  assert.throws(() => lstm.openCharModel(withAlphabet(whole.save(), ['a', 'b', '\ud83d', '\u{fd83d}', '🐈'])),
    { name: 'FileFormatError', message: /alphabet\[3\]: .* is there twice/ });
  assert.throws(() => lstm.openCharModel(withAlphabet(whole.save(), ['a', 'b', 'c', '\ud83da', '🐈'])),
    { name: 'FileFormatError', message: /alphabet\[3\] must be one character/ });
});

test('a text of more characters than a string can have is out of memory, whatever its pieces', () => {
  const alphabet = new Alphabet(['x'.repeat(2 ** 20), 'y']);
  assert.throws(() => alphabet.decode(new Uint32Array(2 ** 13), 'generate'),
    { name: 'OutOfMemoryError', message: 'generate: not enough memory for a text of 8192 characters' });
  const tokens = Uint32Array.from({ length: 50_000 }, (_, i) => i % 3);
  const letters = new Alphabet(['a', '🐈', 'c']);
  assert.ok(letters.decode(tokens, 'generate') === Array.from(tokens, (token) => letters.characters[token]).join(''));
});
