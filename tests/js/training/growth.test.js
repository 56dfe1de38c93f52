// An alphabet that grows where training goes on with a text of new characters.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { load } from '../../../src/js/models/load.js';
import { Learner } from '../../../src/js/training/Learner.js';
import { readSafetensors as readTensors } from '../../reference/read.js';
import { layers } from '../layer-list.js';

const lstm = await load({ variant: 'simd' });
const one = 'hello world, this is the first of many. '.repeat(12);
const two = 'Ärger? Neue Zeichen: 42! \u{1F408} '.repeat(12);
const added = [...new Set(two)].filter((char) => !one.includes(char) && char !== '\n');
const asked = { batchSize: 2, window: 10, schedule: { type: 'constant' }, learningRate: 0.01, dropout: 0 };

/** @param {any} model @param {any} text @param {object} options @returns {any[]} */
const train = (model, text, options) => [...model.train(text, { ...asked, ...options })];

/** Up to the first step, which fails. @param {any} model @param {any} text @param {object} [options] */
function begin(model, text, options) {
  const { trainStep } = Learner.prototype;
  Learner.prototype.trainStep = () => { throw new Error('here'); };
  try {
    assert.throws(() => train(model, text, { steps: 1, ...options }), { message: 'here' });
  } finally {
    Learner.prototype.trainStep = trainStep;
  }
}

/** Of each character, by name. @param {any} model @param {string} text */
const predictionsOf = (model, text) => Object.fromEntries(model.predict(text).map((/** @type {any} */ p) => [p.char, p.probability]));

/**
 * Holds a tensor against that of before, place by place. @param {Float32Array} got @param {Float32Array} old
 * @param {number[]} to its shape @param {number[]} from its shape before
 * @param {[before: number, after: number]} sizes of the alphabet
 * @param {(mean: number, index: number) => number} fresh what a new place has, where the old of its kind have this mean
 */
function assertGrown(got, old, to, from, [V, size], fresh) {
  const [rows, columns = 1] = to;
  const isByRows = from[0] !== to[0];
  const place = (/** @type {number} */ row, /** @type {number} */ column) => (isByRows
    ? [row, column, (k) => old[k * columns + column]]
    : [column % size, Math.floor(column / size), (k) => old[row * (from[1] ?? 1) + Math.floor(column / size) * V + k]]);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const [k, , at] = place(row, column);
      let sum = 0;
      for (let each = 0; each < V; each++) sum += at(each);
      assert.equal(got[row * columns + column], k < V ? at(k) : Math.fround(fresh(sum / V, row * columns + column)), `${row} ${column}`);
    }
  }
}

/** @type {Record<string, any>} */
const optimizers = {
  adam: {},
  adamw: { optimizer: 'adamw' },
  'sgd with momentum': { optimizer: 'sgd', momentum: 0.9 },
  adagrad: { optimizer: 'adagrad', initialAccumulator: 0.25 },
  'rmsprop with momentum': { optimizer: 'rmsprop', momentum: 0.5, learningRate: 0.001 },
};
const wide = { hiddenSize: 6 };
/** @type {[string, any, any][]} */
const cases = [
  ...Object.entries(layers).map(([name, layer]) => /** @type {[string, any, any]} */ ([name, { layers: [{ ...wide, ...layer }, { kind: 'lstm', ...wide }] }, {}])),
  ...Object.entries(layers).map(([name, layer]) => /** @type {[string, any, any]} */ ([`${name}, embedding`, { layers: [{ ...wide, ...layer }], embedding: 3 }, {}])),
  ...['lstm', 'gru', 'tdnn'].map((kind) => /** @type {[string, any, any]} */ ([`${kind}, tied`, { layers: [{ ...wide, ...layers[kind] }], embedding: 6, tied: true }, {}])),
  ...Object.entries(optimizers).map(([name, options]) => /** @type {[string, any, any]} */ ([name, wide, options])),
];

describe('before a step, old parameters and moments are as they were, and new ones say next to nothing', () => {
  for (const [name, shape, options] of cases) {
    test(name, () => {
      const model = lstm.createCharModel({ text: one, seed: 1, ...shape });
      train(model, one, { steps: 25, ...options });
      const primes = ['h', 'hello w', one.slice(0, 60)];
      const before = primes.map((prime) => predictionsOf(model, prime));
      const reading = model.read('hello');
      const saved = reading.save();
      const old = readTensors(model.checkpoint());
      const sizes = [model.alphabet.length, model.alphabet.length + added.length];
      const known = model.alphabet;
      const former = model.network;

      begin(model, two, options);
      assert.deepEqual(model.alphabet, [...known, ...added], 'behind the others, as they came');
      assert.ok(former.disposed && !model.network.disposed);
      assert.equal(model.steps, 25);
      primes.forEach((prime, i) => {
        const now = predictionsOf(model, prime);
        for (const char of known) assert.ok(Math.abs(now[char] - before[i][char]) < 1e-6, `${char}: ${before[i][char]}, now ${now[char]}`);
        assert.ok(added.reduce((sum, char) => sum + now[char], 0) < 1e-6);
      });
      assert.deepEqual(model.read({ state: saved }).predict(), reading.predict());
      assert.deepEqual(reading.predict(), model.predict('hello'));

      const got = readTensors(model.checkpoint());
      assert.deepEqual(Object.keys(got.tensors), Object.keys(old.tensors));
      const distance = Math.log(added.length / sizes[0] / 5e-7);
      const initial = lstm.createCharModel({ alphabet: model.alphabet, seed: 1, ...shape }).network.parameters();
      for (const [tensor, values] of Object.entries(got.tensors)) {
        const [from, to] = [old.shapes[tensor], got.shapes[tensor]];
        if (from.join() === to.join()) assert.deepEqual(values, old.tensors[tensor], tensor);
        else {
          const isMean = tensor.startsWith('head.') || shape.tied;
          const fresh = tensor.startsWith('optimizer.') ? () => options.initialAccumulator ?? 0
            : (/** @type {number} */ mean, /** @type {number} */ i) => (isMean ? mean : initial[tensor][i]);
          // The bias is below.
          if (tensor !== 'head.bias') assertGrown(/** @type {any} */ (values), /** @type {any} */ (old.tensors[tensor]), to, from, sizes, fresh);
        }
      }
      const bias = /** @type {Float32Array} */ (got.tensors['head.bias']);
      const oldBias = /** @type {Float32Array} */ (old.tensors['head.bias']);
      const mean = oldBias.reduce((sum, each) => sum + each, 0) / sizes[0];
      assert.deepEqual(bias.slice(0, sizes[0]), oldBias);
      for (const each of bias.slice(sizes[0])) assert.ok(Math.abs(each - (mean - distance)) < 1e-5);
    });
  }
});

describe('new characters are learnt', () => {
  for (const [name, shape, options, steps] of /** @type {[string, object, object, number][]} */ ([
    ['one-hot', {}, {}, 300], ['embedding', { embedding: 8 }, {}, 300], ['tied', { embedding: 24, tied: true }, {}, 300],
    ['sgd', {}, { optimizer: 'sgd', momentum: 0.9, learningRate: 0.1 }, 600],
  ])) {
    test(name, () => {
      const model = lstm.createCharModel({ text: one, hiddenSize: 24, seed: 1, ...shape });
      train(model, one, { steps: 100, ...options });
      assert.throws(() => model.evaluate(two), { name: 'ArgumentError' });
      const [first] = train(model, two, { steps, ...options });
      assert.deepEqual(first.grown, added);
      assert.deepEqual(first.resumed, { at: 'start of another text', moments: true });
      const { loss } = model.evaluate(two);
      assert.ok(loss < 0.3, `${loss}, where guessing costs ${Math.log(model.alphabet.length)}`);
    });
  }

  test('in files, and with 8 bits a weight, which cannot grow', () => {
    const model = lstm.createCharModel({ text: one, hiddenSize: 8 });
    const small = model.quantize();
    const [known, predicted] = [small.alphabet, small.predict('hello')];
    train(model, two, { steps: 5 });
    assert.deepEqual([small.alphabet, small.predict('hello')], [known, predicted], 'a copy stays as it is');
    assert.throws(() => small.train(two), { name: 'ArgumentError', message: /^train: needs a model with float weights/ });
    for (const bytes of [model.save(), model.checkpoint(), model.quantize().save()]) {
      assert.deepEqual(lstm.openCharModel(bytes).alphabet, [...known, ...added]);
    }
    assert.deepEqual(lstm.openCharModel(model.save()).predict('Ä'), model.predict('Ä'));
  });
});

describe('a checkpoint', () => {
  const made = () => {
    const model = lstm.createCharModel({ text: one, hiddenSize: 8, seed: 1 });
    train(model, one, { steps: 30, validation: { text: one.slice(0, 50) }, validateEvery: 10, keepBest: true });
    return model;
  };

  test('of before grows as the model does', () => {
    const model = made();
    const opened = lstm.openCharModel(model.checkpoint());
    const [mine, its] = [model, opened].map((each) => train(each, two, { steps: 20, keepBest: false, validation: 0 }));
    assert.deepEqual([its[0].grown, its[0].resumed], [mine[0].grown, mine[0].resumed]);
    assert.deepEqual(opened.save(), model.save());
  });

  test('goes on bit for bit after it', () => {
    const model = made();
    /** @type {Uint8Array | undefined} */
    let bytes;
    for (const { step } of model.train(two, { ...asked, steps: 40, reportEvery: 1 })) if (step === 50) bytes = model.checkpoint();
    const opened = lstm.openCharModel(/** @type {Uint8Array} */ (bytes));
    const [first] = opened.train(two, { reportEvery: 1 });
    assert.deepEqual([first.step, first.grown, first.resumed], [51, undefined, { at: 'same place', moments: true }]);
    for (const report of opened.train(two, { ...asked, steps: 19 })) void report;
    assert.deepEqual(opened.save(), model.save());
  });

  test('whose best is kept goes on from the last, with the best of the same validation', () => {
    const validation = { text: one.slice(0, 50) };
    const model = lstm.createCharModel({ text: one, hiddenSize: 8, seed: 1 });
    train(model, one, { steps: 30, learningRate: 0.05, validation, validateEvery: 5, keepBest: true });
    const opened = lstm.openCharModel(model.checkpoint());
    const best = model.evaluate(validation.text).loss;
    const reports = train(opened, two, { steps: 10, validation, validateEvery: 5, keepBest: true });
    assert.ok(reports.every((report) => report.best <= best + 1e-6));
    assert.ok(opened.evaluate(validation.text).loss <= best + 1e-5, 'what was best is that still, with a larger alphabet');
    assert.deepEqual(lstm.openCharModel(opened.checkpoint()).save(), opened.save());
  });
});

test('a text with nothing new changes nothing of it, nor one of a model with a rule', () => {
  const model = lstm.createCharModel({ text: one, hiddenSize: 4 });
  const { network } = model;
  const [first] = train(model, one, { steps: 3 });
  assert.ok(!('grown' in first) && !('resumed' in first));
  assert.equal(model.network, network);
  model.unknown = 'skip';
  assert.ok(!('grown' in train(model, two, { steps: 3 })[0]));
  assert.equal(model.network, network);
});

test('only training adds characters, and halves of one are none', () => {
  const model = lstm.createCharModel({ text: one, hiddenSize: 4 });
  const known = model.alphabet;
  for (const call of ['predict', 'evaluate', 'read', 'score']) {
    assert.throws(() => model[/** @type {'read'} */ (call)](two), { name: 'ArgumentError', message: /got "Ä"/ });
  }
  assert.throws(() => model.train(one, { validation: { text: two } }), { message: /^train: validation.text must only have/ });
  assert.throws(() => model.train(`${one}\ud83d`), { message: /^train: text must be of whole characters, got a lone surrogate/ });
  assert.throws(() => model.train(two, { steps: 0 }), { name: 'ArgumentError' });
  const asking = model.train(two);
  assert.deepEqual(model.alphabet, known, 'nothing happens before the first report is asked for');
  asking.return();
  assert.deepEqual(model.alphabet, known);
});

test('one training after the other, in any order, adds each character once', () => {
  const model = lstm.createCharModel({ text: 'ab', hiddenSize: 4 });
  const [x, y] = ['abx ', 'aby '].map((text) => model.train(text.repeat(20), { ...asked, steps: 5, reportEvery: 1 }));
  assert.deepEqual(y.next().value?.grown, ['y', ' ']);
  // Planned when there was no y.
  assert.deepEqual(x.next().value?.grown, ['x']);
  assert.deepEqual(model.alphabet, ['\n', 'a', 'b', 'y', ' ', 'x']);
  assert.ok(y.next().done);
  assert.equal([...x].length, 4);
  assert.deepEqual(model.predict('abx').length, 6);
});

test('a line\'s end is a new character like others', () => {
  const model = lstm.createCharModel({ alphabet: 'ab', hiddenSize: 4 });
  train(model, 'ab\n'.repeat(20), { steps: 2 });
  assert.deepEqual(model.alphabet, ['a', 'b', '\n']);
  assert.equal(model.read().save().last, '\n');
});

describe('what goes on while the alphabet grows', () => {
  const create = () => lstm.createCharModel({ text: one, hiddenSize: 8, seed: 3 });

  test('a stream, kept to some characters, a pattern, or nothing', () => {
    for (const limits of [{ allowed: 'helo wrd' }, { pattern: /[a-z ]{60}/ }, { temperature: 1 }]) {
      const model = create();
      const stream = model.stream({ prime: 'hello', length: 60, seed: 1, temperature: 5, ...limits });
      let text = stream.next().value;
      begin(model, two);
      for (const char of stream) text += char;
      assert.equal(text, create().generate({ prime: 'hello', length: 60, seed: 1, temperature: 5, ...limits }));
    }
  });

  test('calls in pieces, as a Worker makes them', () => {
    const calls = /** @type {Record<string, (model: any) => Generator<any, any, void>>} */ ({
      score: (model) => model.scoreInPieces(one.repeat(100)),
      evaluate: (model) => model.evaluateInPieces(one.repeat(100)),
      complete: (model) => model.completeInPieces('hello', { length: 10, beams: 3 }),
      trace: (model) => model.traceInPieces('hello world'),
      generate: (model) => model.generateInPieces({ length: 20000, allowed: 'helo wrd', seed: 1 }),
    });
    for (const [name, call] of Object.entries(calls)) {
      const finish = (/** @type {Generator<any, any, void>} */ pieces) => {
        for (;;) {
          const { done, value } = pieces.next();
          if (done) return value;
        }
      };
      const model = create();
      const pieces = call(model);
      for (let piece = 0; piece < 2; piece++) assert.ok(!pieces.next().done, name);
      begin(model, two);
      const [got, expected] = [finish(pieces), finish(call(create()))];
      if (typeof got === 'string') assert.equal(got, expected);
      else near(got, expected, name);
    }
  });

  test('trainers and states of the former network: the one is gone, the other is good', () => {
    const model = create();
    const { network } = model;
    const trainer = network.createTrainer({ batchSize: 1, window: 2 });
    const state = network.initialState();
    network.step(1, state);
    begin(model, two);
    assert.throws(() => trainer.state(), { name: 'DisposedError' });
    assert.throws(() => network.step(1, state), { name: 'DisposedError' });
    assert.equal(model.network.step(1, state).length, model.alphabet.length);
  });
});

/** @param {any} got @param {any} expected @param {string} path */
function near(got, expected, path) {
  if (typeof got === 'number') return assert.ok(Math.abs(got - expected) <= 1e-4 * (1 + Math.abs(expected)), `${path}: ${got}, ${expected}`);
  if (typeof got !== 'object') return assert.equal(got, expected, path);
  assert.deepEqual(Object.keys(got), Object.keys(expected), path);
  for (const key of Object.keys(got)) near(got[key], expected[key], `${path}.${key}`);
}

describe('memory', () => {
  test('none is lost by growing', () => {
    const model = lstm.createCharModel({ text: one, hiddenSize: 64 });
    /** @type {number[]} */
    const taken = [];
    for (let i = 0; i < 60; i++) {
      train(model, one + String.fromCodePoint(0x4e00 + i), { steps: 1 });
      taken.push(lstm.memoryBytes);
    }
    assert.equal(model.alphabet.length, new Set(one).size + 61);
    assert.equal(taken[59], taken[20], `${taken}`);
    model.dispose();
    assert.ok(model.disposed);
    assert.throws(() => model.predict('h'), { name: 'DisposedError' });
  });

  test('where there is none, all is as it was', () => {
    const model = lstm.createCharModel({ text: one, hiddenSize: 8 });
    train(model, one, { steps: 10 });
    const [bytes, known, { network }] = [model.checkpoint(), model.alphabet, model];
    const { wasm } = network.handle;
    const { exports } = wasm;
    for (const name of ['lstm_network_create', 'lstm_trainer_create']) {
      wasm.exports = { ...exports, [name]: () => 0 };
      try {
        assert.throws(() => train(model, two, { steps: 3 }), { name: 'OutOfMemoryError' }, name);
      } finally {
        wasm.exports = exports;
      }
      assert.deepEqual(model.checkpoint(), bytes);
      assert.deepEqual(model.alphabet, known);
      assert.equal(model.network, network);
    }
    assert.equal(train(model, one, { steps: 2 })[0].resumed.at, 'same place');
    assert.deepEqual(train(model, two, { steps: 3 })[0].grown, added);
  });
});
