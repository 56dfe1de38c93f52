// What the page computes to look inside a network, without the page: features of a text, units that track them, the
// steps of each kind of cell.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { load } from 'lstm-wasm';
import { FEATURES, insideQuotes, livelyPart, placeSince } from '../../web/model/book/features.js';
import { Inspection } from '../../web/model/book/Inspection.js';
import { stepsOf } from '../../web/model/book/steps.js';
import { Correlations, findUnits } from '../../web/model/book/units.js';

const lstm = await load({ variant: 'simd' });
const text = 'He said: "Go on!" And on\nthey went, the "whale" behind.';

describe('features of a text', () => {
  test('inside quotation marks: straight or curled, until closed or the line ends', () => {
    const marked = (/** @type {string} */ quoted) => insideQuotes([...quoted]).join('');
    assert.equal(marked('a"bc"d'), '011100'.slice(0, 6));
    assert.equal(marked('a “b” c'), '0011000');
    assert.equal(marked('«b» c'), '11000');
    assert.equal(marked('"open\nno'), '11111000');
  });

  test('the place in a line or word begins anew, and ends where it is no longer told apart', () => {
    const isSpace = (/** @type {string} */ char) => char === ' ';
    assert.deepEqual([...placeSince([...'ab cdefg'], isSpace, 4)], [0.25, 0.5, 0, 0.25, 0.5, 0.75, 1, 1]);
  });

  test('each gives a number from 0 to 1 for every character, not the same for all of a text', () => {
    for (const { label, measure } of FEATURES) {
      const values = measure([...text]);
      assert.equal(values.length, text.length, label);
      assert.ok(values.every((value) => value >= 0 && value <= 1), label);
      assert.ok(new Set(values).size > 1, label);
    }
  });

  test('the part with most direct speech is found; a short text is its own', () => {
    const speech = '"Yes." "No." "Why?" '.repeat(5);
    assert.equal(livelyPart('x'.repeat(500) + speech + 'y'.repeat(500), 100).split('"').length > 20, true);
    assert.equal(livelyPart('short', 100), 'short');
  });
});

describe('correlations', () => {
  /** Pearson's r by its definition. @param {number[]} x @param {number[]} y */
  function pearson(x, y) {
    const mean = (/** @type {number[]} */ values) => values.reduce((a, b) => a + b) / values.length;
    const [mx, my] = [mean(x), mean(y)];
    const sum = (/** @type {(i: number) => number} */ of) => x.reduce((total, _, i) => total + of(i), 0);
    return sum((i) => (x[i] - mx) * (y[i] - my)) / Math.sqrt(sum((i) => (x[i] - mx) ** 2) * sum((i) => (y[i] - my) ** 2));
  }

  test('are Pearson\'s, in whatever parts the activations come', () => {
    const feature = Float32Array.from({ length: 50 }, (_, t) => (t * 7) % 5);
    const units = 3;
    const values = Float32Array.from({ length: 50 * units }, (_, n) => Math.sin(n * n) + (n % units === 1 ? feature[Math.floor(n / units)] : 0));
    const correlations = new Correlations([feature], units);
    for (const [from, to] of [[0, 1], [1, 20], [20, 50]]) correlations.add(values.subarray(from * units, to * units));
    const found = correlations.of(0);
    for (let k = 0; k < units; k++) {
      const own = Array.from({ length: 50 }, (_, t) => values[t * units + k]);
      assert.ok(Math.abs(found[k] - pearson(own, [...feature])) < 1e-6, `${found[k]}`);
    }
    assert.ok(found[1] > 0.8 && Math.abs(found[0]) < 0.5);
  });

  test('are 0 with what never changes', () => {
    const correlations = new Correlations([Float32Array.of(1, 1, 1), Float32Array.of(0, 1, 0)], 2);
    correlations.add(Float32Array.of(0.3, 0.1, 0.3, 0.2, 0.3, 0.4));
    assert.deepEqual([...correlations.of(0)], [0, 0]);
    assert.equal(correlations.of(1)[0], 0);
  });
});

test('a unit that was made to track spaces is found, in whichever layer, and the reading is given back', async () => {
  const model = lstm.createCharModel({ text, layers: 2, hiddenSize: 4, kind: 'rnn', seed: 1 });
  // Unit 2 of the first layer is driven by nothing but whether a character is a sign.
  const values = model.network.parameters();
  values.weight_hh_l0.fill(0, 2 * 4, 3 * 4);
  model.alphabet.forEach((char, token) => {
    values.weight_ih_l0[2 * model.alphabet.length + token] = /[A-Za-z]/.test(char) ? -1 : 1;
  });
  model.network.setParameters(values);
  let disposed = 0;
  const asWorker = { read: async () => {
    const reading = model.read();
    return {
      trace: async (/** @type {string} */ part) => reading.trace(part),
      push: async (/** @type {string} */ part) => void reading.push(part),
      dispose: async () => { disposed++; },
    };
  } };
  const found = await findUnits(/** @type {any} */ (asWorker), text.repeat(10), FEATURES, 3);
  assert.equal(found.length, FEATURES.length);
  const [best, ...others] = found[FEATURES.findIndex(({ label }) => label === 'spaces and signs')];
  assert.deepEqual([best.layer, best.unit], [0, 2]);
  assert.ok(best.r > 0.98, `${best.r}`);
  assert.ok(others.every(({ r }) => Math.abs(r) <= best.r));
  assert.equal(disposed, 1);
});

describe('the steps of a cell', () => {
  const kinds = [
    { kind: 'lstm' }, { kind: 'lstm', peephole: 'diagonal' }, { kind: 'lstm', coupled: true }, { kind: 'lstm', forgetGate: false },
    { kind: 'lstm', outputActivation: false }, { kind: 'lstm', layerNorm: true }, { kind: 'lstm', projection: 3 },
    { kind: 'four-gate' }, { kind: 'gru' }, { kind: 'gru', resetAfter: true }, { kind: 'rnn' }, { kind: 'rnn', activation: 'relu' },
    { kind: 'feedforward' }, { kind: 'tdnn', delays: 2 },
  ];
  for (const options of kinds) {
    test(`${JSON.stringify(options)}: every picture has its numbers, every equation comes out`, () => {
      const hiddenSize = 5;
      const model = lstm.createCharModel({ text, seed: 2, layers: [{ hiddenSize, ...options }] });
      const look = new Inspection();
      look.show(model.trace(text), model.network.config.layers, true);
      look.choose(3);
      for (const at of [0, 20, text.length - 1]) {
        look.go(at);
        for (const step of stepsOf(look.layerConfig)) {
          for (const map of step.maps) {
            const values = map.values(/** @type {any} */ (look.layerTrace));
            assert.equal(values.length, text.length * hiddenSize, map.name);
            if (map.isGate) assert.ok(values.every((value) => value >= 0 && value <= 1), map.name);
          }
          const numbers = step.numbers(look.numbers);
          assert.doesNotMatch(numbers, /NaN|undefined/);
          assertComesOut(numbers);
        }
      }
    });
  }

  /**
   * Computes what is written, with the rounded numbers that stand there.
   * @param {string} written a · (−b) + c · tanh(d) = e
   */
  function assertComesOut(written) {
    const [sum, result] = written.split(' = ');
    if (result === undefined || sum.includes('LN')) return;
    const plain = (/** @type {string} */ part) => Number(part.replace(/[()]/g, '').replace('−', '-'));
    const value = (/** @type {string} */ part) => (part.startsWith('tanh') ? Math.tanh(plain(part.slice(4))) : plain(part));
    const total = sum.split(' + ').reduce((all, product) => all + product.split(' · ').reduce((p, part) => p * value(part), 1), 0);
    assert.ok(Math.abs(total - plain(result)) < 0.03, written);
  }
});

describe('an inspection', () => {
  const model = lstm.createCharModel({ text, layers: 2, hiddenSize: 6, seed: 3 });
  const open = () => {
    const look = new Inspection();
    look.show(model.trace(text), model.network.config.layers, true);
    return look;
  };

  test('stays inside the text and the layer, also when these become shorter', () => {
    const look = open();
    look.go(1000);
    assert.equal(look.at, text.length - 1);
    look.go(-3);
    assert.equal(look.at, 0);
    look.choose(99, 1);
    assert.deepEqual([look.unit, look.layer], [5, 1]);
    look.go(30);
    const small = lstm.createCharModel({ text, kind: 'gru', hiddenSize: 2 });
    look.show(small.trace('He said'), small.network.config.layers, true);
    assert.deepEqual([look.at, look.unit, look.layer, look.memory], [6, 1, 0, 'h']);
    assert.equal(look.activation.values.length, 7);
  });

  test('tells its listeners once of each change, and of none that is none', () => {
    const look = open();
    /** @type {string[]} */
    const heard = [];
    for (const type of ['trace', 'unit', 'at']) look.addEventListener(type, () => heard.push(type));
    look.go(3);
    look.go(3);
    look.choose(4);
    look.choose(4);
    look.lookAt(1);
    look.lookAt(1);
    look.remember('h');
    assert.deepEqual(heard, ['at', 'unit', 'trace', 'unit']);
  });

  test('what is larger than 1 is shown as a part of its reach', () => {
    const counting = lstm.createCharModel({ text, hiddenSize: 2, seed: 3 });
    const values = counting.network.parameters();
    for (const bias of [values.bias_ih_l0, values.bias_hh_l0]) bias.fill(20);
    counting.network.setParameters(values);
    const look = new Inspection();
    look.show(counting.trace(text), counting.network.config.layers, true);
    const { reach, values: shown } = look.activation;
    // All gates are open, and so c grows by 1 with each character.
    assert.ok(Math.abs(reach - text.length - 1) < 0.01, `${reach}`);
    assert.ok(Math.abs(shown[9] - 11 / reach) < 1e-3);
  });

  test('activations are within -1 and 1; rows keep their places while a network grows older', () => {
    const look = open();
    const { order } = look;
    assert.deepEqual([...order].sort(), [0, 1, 2, 3, 4, 5]);
    for (let unit = 0; unit < 6; unit++) {
      look.choose(unit);
      assert.ok(look.activation.values.every((value) => Math.abs(value) <= 1));
    }
    look.show(model.trace([...text].reverse().join('')), model.network.config.layers, false);
    assert.equal(look.order, order);
  });
});
