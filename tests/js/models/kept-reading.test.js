// A reading that is kept goes on in another process, another variant, a Worker, with the same bits.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { load } from 'lstm-wasm';
import { layers } from '../layer-list.js';

const lstm = await load({ variant: 'simd' });
const alphabet = 'abc \n';
const create = (/** @type {object} */ more = { hiddenSize: 6 }) => lstm.createCharModel({ alphabet, seed: 2, ...more });
const throughJson = (/** @type {unknown} */ value) => JSON.parse(JSON.stringify(value));

describe('save() is a place to go on from', () => {
  for (const [name, layer] of Object.entries(layers)) {
    test(name, () => {
      const model = create({ layers: [{ hiddenSize: 6, ...layer }, { kind: 'lstm', hiddenSize: 4 }] });
      const reading = model.read('abca b');
      for (const state of [throughJson(reading.save()), structuredClone(reading.save())]) {
        const again = model.read({ state });
        assert.deepEqual(again.predict(), reading.predict());
        assert.deepEqual(again.save(), reading.save(), 'asking moves nothing');
        assert.equal(again.generate({ length: 30, seed: 1 }), reading.generate({ length: 30, seed: 1 }));
        assert.deepEqual(again.push('cab').score('abc'), model.read('abca bcab').score('abc'));
        assert.deepEqual(again.save(), model.read('abca bcab').save());
      }
    });
  }

  test('in another variant, of a file, with 8 bits a weight', async () => {
    const model = create();
    const state = throughJson(model.read('ab').save());
    const scalar = (await load({ variant: 'scalar' })).openCharModel(model.save());
    assert.deepEqual(scalar.read({ state }).predict(), model.read('ab').predict());
    const small = model.quantize();
    assert.deepEqual(small.read({ state: small.read('ab').save() }).predict(), small.predict('ab'));
    assert.equal(small.read({ state }).predict().length, alphabet.length, 'states are data: those of the float model fit too');
  });

  test('in another process', () => {
    const model = create();
    const reading = model.read('cab ');
    const script = `
      import { readFileSync } from 'node:fs';
      import { load } from 'lstm-wasm';
      const { options, state } = JSON.parse(readFileSync(0));
      const reading = (await load({ variant: 'simd' })).createCharModel(options).read({ state });
      console.log(JSON.stringify([reading.predict(), reading.generate({ length: 50, seed: 4 })]));`;
    const input = JSON.stringify({ options: { alphabet, hiddenSize: 6, seed: 2 }, state: reading.save() });
    const other = spawnSync(process.execPath, ['--input-type=module', '-e', script],
      { input, encoding: 'utf8', cwd: new URL('../../..', import.meta.url) });
    assert.deepEqual(JSON.parse(other.stdout), [reading.predict(), reading.generate({ length: 50, seed: 4 })], other.stderr);
  });

  test('of a model that was trained on since', () => {
    const model = create();
    const { state } = { state: model.read('ab').save() };
    for (const report of model.train('abc '.repeat(50), { steps: 2 })) void report;
    assert.notDeepEqual(model.read({ state }).predict(), create().predict('ab'));
  });
});

describe('what is wrong is named', () => {
  const model = create();
  const state = throughJson(model.read('ab').save());
  const [layer] = state.layers;
  /** @type {Record<string, [state: unknown, message: RegExp]>} */
  const cases = {
    'nothing': [undefined, /^read: state must be what save\(\) of a reading gave, got undefined$/],
    'a text': ['abc', /^read: state must be what save\(\) of a reading gave, got "abc"$/],
    'another version': [{ ...state, version: 2 }, /^read: state: version must be 1, got 2$/],
    'no model': [{ ...state, model: undefined }, /^read: state: model must be a string/],
    'damaged': [{ ...state, layers: [{ ...layer, h: layer.h.slice(1) }] }, /^read: state: layers\[0\]\.h must be an array of 6 numbers, got an array of 5$/],
    'what JSON makes of NaN': [{ ...state, layers: [{ ...layer, c: layer.c.with(2, null) }] }, /^read: state: layers\[0\]\.c\[2\] must be a finite number, got null$/],
    'not finite': [{ ...state, layers: [{ ...layer, c: layer.c.with(5, Infinity) }] }, /^read: state: layers\[0\]\.c\[5\] must be a finite number, got Infinity$/],
    'no layers': [{ ...state, layers: undefined }, /^read: state: layers must be an array of 1 layers' states, got undefined$/],
    'another character': [{ ...state, last: 'x' }, /^read: state: last must be a character of the alphabet, got "x"$/],
    'a larger alphabet': [{ ...state, characters: 2 ** 20 }, /^read: state: model must be '[0-9a-f]{14}', of a model with these layers/],
    'too large an alphabet': [{ ...state, characters: 1e9 }, /^read: state: characters must be an integer from 1 to 1048576, got 1000000000$/],
    'another name': [{ ...state, token: 1 }, /^read: state: unknown option "token"/],
    'a prototype': [JSON.parse('{"__proto__": 1}'), /^read: state: unknown option "__proto__"/],
  };
  for (const [name, [given, message]] of Object.entries(cases)) {
    test(name, () => {
      assert.throws(() => model.read(/** @type {any} */ ({ state: given })), { name: 'ArgumentError', message });
    });
  }

  test('of another model', () => {
    const message = /^read: state: model must be '[0-9a-f]{14}', of a model with these layers, this seed and this alphabet, got "[0-9a-f]{14}"$/;
    for (const other of [{ alphabet: 'abd \n' }, { hiddenSize: 7 }, { kind: 'gru' }, { layers: 2 }, { seed: 3 }].map((one) => ({ hiddenSize: 6, ...one }))) {
      assert.throws(() => create(other).read({ state }), { name: 'ArgumentError', message });
    }
    assert.throws(() => model.read(/** @type {any} */ ({ text: 'ab' })), { message: 'read: unknown option "text", expected only state' });
    const disposed = create();
    disposed.dispose();
    assert.throws(() => disposed.read({ state }), { name: 'DisposedError' });
  });
});
