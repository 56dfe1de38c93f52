// What happens inside while a text is read: trace() against stepping by hand.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ArgumentError, DisposedError, load, OutOfMemoryError } from 'lstm-wasm';

const lstm = await load({ variant: 'simd' });
const alphabet = 'abcdefgh \n';
const text = 'a bad face\nfed a\nhag';
const hiddenSize = 6;

/** Every kind that a character model can have, and the options that change what is in its state. */
const layers = {
  lstm: { kind: 'lstm' },
  gru: { kind: 'gru' },
  rnn: { kind: 'rnn' },
  'four-gate': { kind: 'four-gate' },
  feedforward: { kind: 'feedforward' },
  tdnn: { kind: 'tdnn', delays: 3 },
  peepholes: { kind: 'lstm', peephole: 'full' },
  coupled: { kind: 'lstm', coupled: true },
  'no output gate': { kind: 'lstm', outputGate: false },
  projection: { kind: 'lstm', projection: 4 },
  'full gate recurrence': { kind: 'lstm', fullGateRecurrence: true },
  'trainable state': { kind: 'gru', trainableState: true },
};
const hasCellState = (/** @type {string} */ kind) => kind === 'lstm' || kind === 'four-gate';

/**
 * The same, step by step with the network's own calls.
 * @param {import('lstm-wasm').CharModel} model
 * @param {string} prime
 */
function stepThrough({ network, alphabet: known }, prime) {
  const state = network.initialState();
  let probabilities = new Float32Array();
  const feed = (/** @type {string} */ char) => { probabilities = network.step(known.indexOf(char), state); };
  for (const char of prime) feed(char);
  const start = structuredClone(state);
  const rows = [...text].map((char) => {
    const probability = probabilities[known.indexOf(char)];
    feed(char);
    return { probability, state: structuredClone(state), gates: state.map((_, l) => network.gates(l)) };
  });
  return { start, rows };
}

const row = (/** @type {Float32Array} */ values, /** @type {number} */ t) => {
  const size = values.length / text.length;
  return values.slice(t * size, (t + 1) * size);
};

/**
 * @param {import('lstm-wasm').CharModel} model
 * @param {string} prime
 */
function assertIsSteps(model, prime) {
  const { characters, logProbabilities, layers: traced } = model.trace(text, { prime });
  const { start, rows } = stepThrough(model, prime);
  assert.deepEqual(characters, [...text]);
  assert.equal(logProbabilities.length, text.length);
  assert.equal(traced.length, start.length);
  traced.forEach(({ layer, kind, hiddenSize: H, ...of }, l) => {
    const config = model.network.config.layers[l];
    assert.deepEqual([layer, kind, H], [l, config.kind, config.hiddenSize]);
    assert.equal('c' in of, hasCellState(kind));
    assert.deepEqual(of.start.h, start[l].h);
    assert.deepEqual(of.start.c, hasCellState(kind) ? start[l].c.slice(0, H) : undefined);
    rows.forEach(({ probability, state, gates }, t) => {
      assert.ok(Math.abs(logProbabilities[t] - Math.log(probability)) < 1e-5);
      assert.deepEqual(row(of.h, t), state[l].h);
      if (of.c) assert.deepEqual(row(of.c, t), state[l].c.slice(0, H));
      assert.deepEqual(Object.keys(of.gates), Object.keys(gates[l]));
      for (const [name, values] of Object.entries(of.gates)) assert.deepEqual(row(values, t), gates[l][name]);
    });
  });
}

describe('trace is what steps are', () => {
  for (const [name, layer] of Object.entries(layers)) {
    test(name, () => {
      const one = lstm.createCharModel({ alphabet, seed: 3, layers: [{ hiddenSize, ...layer }] });
      assertIsSteps(one, '\n');
      assertIsSteps(one, 'be a ');
      const stack = [{ kind: 'rnn', hiddenSize: 5 }, { hiddenSize, ...layer }];
      const two = lstm.createCharModel({ alphabet, seed: 4, layers: stack });
      assertIsSteps(two, 'be a ');
      const small = two.quantize();
      assertIsSteps(small, 'be a ');
      assert.notDeepEqual(small.trace(text).layers[1].h, two.trace(text).layers[1].h);
    });
  }
});

describe('trace', () => {
  const model = lstm.createCharModel({ alphabet, layers: 2, hiddenSize, seed: 3 });

  test('the equations of the cell hold in its numbers', () => {
    const [{ gates, start, h, c }] = model.trace(text, { layer: 0 }).layers;
    assert.ok(c && start.c);
    for (let n = 0; n < c.length; n++) {
      const before = n < hiddenSize ? start.c[n] : c[n - hiddenSize];
      const { forget, input, candidate, output } = gates;
      assert.ok(Math.abs(c[n] - (forget[n] * before + input[n] * candidate[n])) < 1e-6);
      assert.ok(Math.abs(h[n] - output[n] * Math.tanh(c[n])) < 1e-6);
    }
  });

  test('is scored as score() does, from where it starts', () => {
    assert.deepEqual(model.trace(text).logProbabilities, model.score(text));
    assert.deepEqual(model.trace(text, { prime: 'bad' }).logProbabilities, model.score(text, { prime: 'bad' }));
    assert.deepEqual(model.trace(text), model.trace(text, { prime: '\n' }));
  });

  test('one layer alone is what it is among all', () => {
    const all = model.trace(text);
    assert.deepEqual(model.trace(text, { layer: 1 }), { ...all, layers: [all.layers[1]] });
  });

  test('a reading traces from where it is, stays there, and parts make up the whole', () => {
    const whole = model.trace(text);
    const reading = model.read();
    const h = [text.slice(0, 7), text.slice(7)].flatMap((part) => {
      const traced = reading.trace(part, { layer: 1 });
      assert.deepEqual(reading.trace(part, { layer: 1 }), traced);
      reading.push(part);
      return [...traced.layers[0].h];
    });
    assert.deepEqual(Float32Array.from(h), whole.layers[1].h);
  });

  test('leaves the model and former traces as they are', () => {
    const before = model.save();
    const first = model.trace(text);
    const kept = structuredClone(first);
    model.trace('hag');
    assert.deepEqual(first, kept);
    assert.deepEqual(model.save(), before);
  });

  test('has one row a character, not a code unit', () => {
    const cats = lstm.createCharModel({ alphabet: '🐈a', hiddenSize: 3, seed: 1 });
    const { characters, layers: [{ h }] } = cats.trace('🐈a🐈');
    assert.deepEqual(characters, ['🐈', 'a', '🐈']);
    assert.equal(h.length, 9);
  });

  test('refuses what it cannot read, saying what it wants', () => {
    const refuses = (/** @type {() => unknown} */ call, /** @type {RegExp} */ message) =>
      assert.throws(call, (error) => error instanceof ArgumentError && message.test(error.message));
    for (const [bad, shown] of [['', '""'], [undefined, 'undefined'], [7, '7'], [null, 'null']]) {
      refuses(() => model.trace(bad), new RegExp(`^trace: text must be a string that is not empty, got ${shown}$`));
    }
    refuses(() => model.trace('xyz'), /^trace: text must only have characters of the model's alphabet \(10\), got "x"/);
    refuses(() => model.trace('a', { prime: 'x' }), /^trace: prime must only have characters/);
    for (const layer of [2, -1, 0.5, '0', null]) {
      refuses(() => model.trace('a', { layer }), /^trace: layer must be an integer from 0 to 1, got/);
    }
    refuses(() => model.trace('a', { gates: true }), /^trace: unknown option "gates", expected only prime, layer, signal$/);
    refuses(() => model.read('a').trace('b', { prime: 'a' }), /^trace: unknown option "prime", expected only layer, signal$/);
    refuses(() => model.trace('a', 3), /^trace: options must be an object, got 3$/);
  });

  test('says when there is no memory for it', () => {
    const wide = lstm.createCharModel({ alphabet, kind: 'feedforward', hiddenSize: 2 ** 16 });
    assert.throws(() => wide.trace('a'.repeat(2 ** 20)), (error) => error instanceof OutOfMemoryError
      && error.message === 'trace: not enough memory for 1048576 characters of 65536 numbers');
  });

  test('not after dispose', () => {
    const gone = lstm.createCharModel({ alphabet, hiddenSize });
    const reading = gone.read('a');
    gone.dispose();
    for (const call of [() => gone.trace('a'), () => reading.trace('a')]) assert.throws(call, DisposedError);
  });
});
