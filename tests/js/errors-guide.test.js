// The guide's page of errors: each message that it quotes is provoked, and each class that it lists exists.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import * as library from 'lstm-wasm';

const page = readFileSync(new URL('../../web/guide/errors.md', import.meta.url), 'utf8');
const rows = [...page.matchAll(/^\| `(.+?)` \| [A-Z].*\|$/gm)].map(([, quoted]) => quoted);

/** @param {string} quoted … stands for anything */
const patternOf = (quoted) =>
  new RegExp(quoted.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*'));

const lstm = await library.load();
const text = 'a cat ate a tea at '.repeat(30);
const model = lstm.createCharModel({ text, hiddenSize: 4, seed: 1 });
const layers = /** @type {const} */ ([{ kind: 'lstm', hiddenSize: 3 }]);
const net = lstm.createNetwork({ input: { size: 2 }, layers, output: { values: 1 } });
const trainer = net.createTrainer({ batchSize: 2, window: 3 });
const html = new TextEncoder().encode('<!doctype html><title>Not found</title>');
const changed = model.save();
changed[changed.length - 1] ^= 1;

/** @param {string} learnt @param {Record<string, any>} [options] @param {any} [of] */
const train = (learnt, options, of = model) => { for (const report of of.train(learnt, options)) void report; };

/** @type {Record<string, () => unknown>} */
const failures = {
  'a module that is HTML': () => library.load({ wasm: html }),
  'a module of another hash': () => library.load({ integrity: 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' }),
  'a module that is missing': () => library.load({ wasm: './nothing.wasm' }),
  'a variant that is none': () => library.load({ variant: /** @type {any} */ ('fast') }),
  'no text': () => lstm.createCharModel(/** @type {any} */ ({})),
  'a misspelt option': () => lstm.createCharModel(/** @type {any} */ ({ text, hiddensize: 4 })),
  'an option of another kind': () => lstm.createCharModel(/** @type {any} */ ({ text, kind: 'gru', peephole: 'full' })),
  'a giant': () => lstm.createNetwork({
    input: { size: 65536 }, layers: [{ kind: 'lstm', hiddenSize: 65536 }], output: { values: 1 },
  }),
  'too little text': () => train('a'),
  'two budgets': () => train(text, { seconds: 1, steps: 2 }),
  'the best without a validation': () => train(text, { keepBest: true, steps: 1 }),
  'training with 8 bits': () => train(text, { steps: 1 }, model.quantize()),
  'too few numbers': () => trainer.step(new Float32Array(5), new Float32Array(6)),
  'a gap': () => trainer.step(new Float32Array(12).fill(NaN), new Float32Array(6)),
  'numbers that run away': () => {
    const other = lstm.openNetwork(net.save());
    const wild = other.createTrainer({ batchSize: 2, window: 3, optimizer: 'sgd', learningRate: 100, clipNorm: Infinity });
    for (let step = 0; step < 20; step++) wild.step(new Float32Array(12).fill(1e20), new Float32Array(6).fill(1e20));
  },
  'a rate without measure': () => {
    const other = lstm.openNetwork(net.save());
    other.createTrainer({ batchSize: 2, window: 3, optimizer: 'sgd', learningRate: 1e38, clipNorm: Infinity }).step(new Float32Array(12).fill(1), new Float32Array(6).fill(1000));
  },
  'a foreign character': () => model.predict('a dog'),
  'nothing to read': () => model.predict(''),
  'a pattern that nothing matches': () => model.generate({ pattern: /[0-9]+/ }),
  'a step of both ways': () => {
    const both = lstm.createNetwork({ input: { size: 2 }, layers: [{ ...layers[0], bidirectional: true }], output: { values: 1 } });
    both.step([1, 2], both.initialState());
  },
  'a forecast of other sizes': () => net.forecast(3, { inputs: [[1, 2]] }),
  'after dispose': () => {
    const gone = lstm.createCharModel({ text, hiddenSize: 4 });
    gone.dispose();
    gone.predict('a');
  },
  'a file of HTML': () => lstm.openCharModel(html),
  'a picture': () => lstm.openCharModel(new TextEncoder().encode('GIF89a, and what follows')),
  'half a file': () => lstm.openCharModel(model.save().subarray(0, 300)),
  'a flipped bit': () => lstm.openCharModel(changed),
  'a file of a network': () => lstm.openCharModel(net.save()),
};

/** @param {() => unknown} fail */
async function messageOf(fail) {
  try {
    await fail();
  } catch (error) {
    assert.ok(error instanceof library.LstmError, String(/** @type {Error} */ (error).stack));
    return error.message;
  }
  return assert.fail('nothing is thrown');
}

/** @type {Set<string>} */
const seen = new Set();

for (const [name, fail] of Object.entries(failures)) {
  test(`${name}: the page quotes what is said`, async () => {
    const message = await messageOf(fail);
    const quoting = rows.filter((quoted) => patternOf(quoted).test(message));
    assert.ok(quoting.length > 0, `no row for: ${message}`);
    for (const quoted of quoting) seen.add(quoted);
  });
}

test('every message of the page was provoked', () => {
  assert.ok(rows.length >= 24, `only ${rows.length} rows were found`);
  assert.deepEqual(rows.filter((quoted) => !seen.has(quoted)), []);
});

test('classes and codes are as the page lists them', () => {
  const listed = [...page.matchAll(/^\| `(\w+)` \| `(ERR_\w+)` \|/gm)].map(([, name, code]) => [name, code]);
  const classes = Object.entries(library).filter(([name]) => name.endsWith('Error'));
  assert.deepEqual(listed.map(([name]) => name).sort(), classes.map(([name]) => name).sort());
  for (const [name, code] of listed) assert.equal(new (/** @type {any} */ (library)[name])('').code, code);
});
