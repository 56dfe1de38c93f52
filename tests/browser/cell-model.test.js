// The centrepiece of the page without the page: what a cell's parts say is recomputed from what they print.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { load } from 'lstm-wasm';
import { anatomyOf } from '../../web/model/cell/anatomy.js';
import { digits, plus, printed, relu, rest, sigmoid, tanh, times } from '../../web/model/cell/digits.js';

const lstm = await load({ variant: 'simd' });
const text = 'He said: "Go on!" And on\nthey went, the "whale" behind (or before).';
const names = /** @type {const} */ (['course', 'symbols', 'pytorch']);

/**
 * The value of what is written, as a reader with a calculator gets it: × before +, functions and brackets first.
 * @param {string} written 0.95 × (−0.87) + (1 − 0.77) × tanh(0.50)
 */
function calculated(written) {
  const plain = written.replaceAll('−', '-').replaceAll('×', '*').replaceAll('tanh', 'Math.tanh').replaceAll('σ', 'sigma').replaceAll('relu', 'rectified');
  assert.match(plain, /^([-+*()\d. ]|Math\.tanh|sigma|rectified)+$/, written);
  const sigma = (/** @type {number} */ x) => 1 / (1 + Math.exp(-x));
  const rectified = (/** @type {number} */ x) => Math.max(0, x);
  return new Function('sigma', 'rectified', `return ${plain}`)(sigma, rectified);
}

/**
 * Is the equation true to its last digit?
 * @param {string} equation left = right; one with ≈ claims nothing
 */
function isTrue(equation) {
  const [left, right] = equation.split(' = ');
  if (right === undefined) return equation.includes(' ≈ ');
  const decimals = right.split('.')[1].length;
  return Math.abs(calculated(left) - Number(right.replace('−', '-'))) <= 0.5 * 10 ** -decimals + 1e-9;
}

/**
 * The unit's numbers at a character, as a trace has them.
 * @param {import('lstm-wasm').LayerTrace} trace
 * @param {number} unit
 * @param {number} at
 */
function numbersOf({ gates, h, c, start, hiddenSize }, unit, at) {
  const here = at * hiddenSize + unit;
  const before = (/** @type {Float32Array} */ values, /** @type {Float32Array} */ first) => (at > 0 ? values[here - hiddenSize] : first[unit]);
  return {
    ...Object.fromEntries(Object.entries(gates).map(([name, values]) => [name, values[here]])),
    ...(c && start.c ? { c: c[here], cBefore: before(c, start.c) } : {}),
    ...(start.h.length === hiddenSize ? { h: h[here], hBefore: before(h, start.h) } : {}),
  };
}

const EQUATION = /^[^a-z]*?(?:tanh\([^)]*\))?[^a-z]* [=≈] −?\d+\.\d+/;

/**
 * Reads all that is said of a layer: how many equations there were, and which of them are false.
 * @param {Record<string, any>} config
 * @param {import('lstm-wasm').LayerTrace} trace
 */
function readAll(config, trace) {
  const { parts } = anatomyOf(config);
  let [equations, approximate] = [0, 0];
  /** @type {string[]} */
  const wrong = [];
  const length = trace.h.length / trace.start.h.length;
  for (let at = 0; at < length; at++) {
    for (let unit = 0; unit < trace.hiddenSize; unit++) {
      const numbers = numbersOf(trace, unit, at);
      for (const part of parts) {
        const sentence = part.sentence(numbers);
        const says = part.printed(numbers);
        const where = `${part.id} at ${at}, unit ${unit}: ${sentence}`;
        if (/NaN|undefined|–|then set/.test(sentence)) wrong.push(where);
        if (!says) continue;
        equations++;
        if (says.sign === '≈') approximate++;
        if (EQUATION.exec(sentence)?.[0] !== says.text) wrong.push(`not its equation: ${where}`);
        if (!isTrue(says.text)) wrong.push(where);
        const of = / of the (−?[\d.]+) /.exec(sentence)?.[1];
        if (of !== undefined && !says.left.includes(of)) wrong.push(`of another number: ${where}`);
        const truth = { remember: config.kind === 'gru' ? numbers.h : numbers.c, use: config.projection ? undefined : numbers.h }[part.id];
        if (truth !== undefined && digits(truth, says.right.split('.')[1].length) !== says.right) wrong.push(`not ${truth}: ${where}`);
      }
    }
  }
  return { equations, approximate, wrong };
}

/** Every option that changes what is said, alone and beside others. */
const layers = [
  { kind: 'lstm' }, { kind: 'lstm', peephole: 'diagonal' }, { kind: 'lstm', peephole: 'full' }, { kind: 'lstm', coupled: true },
  { kind: 'lstm', forgetGate: false }, { kind: 'lstm', inputGate: false }, { kind: 'lstm', outputGate: false },
  { kind: 'lstm', inputActivation: false }, { kind: 'lstm', outputActivation: false }, { kind: 'lstm', fullGateRecurrence: true },
  { kind: 'lstm', layerNorm: true }, { kind: 'lstm', layerNorm: 'products', multiplicative: 'diagonal' }, { kind: 'lstm', projection: 3 }, { kind: 'lstm', projection: 12 },
  { kind: 'lstm', bias: false, clip: 3 }, { kind: 'lstm', peephole: 'full', layerNorm: true, projection: 5, outputActivation: false },
  { kind: 'four-gate' }, { kind: 'four-gate', bias: false }, { kind: 'gru' }, { kind: 'gru', resetAfter: true }, { kind: 'gru', bias: false, clip: 2 },
  { kind: 'rnn' }, { kind: 'rnn', activation: 'relu' }, { kind: 'feedforward' }, { kind: 'tdnn', delays: 2 },
];

/**
 * A random network of such layers: larger weights shut and open its gates, and its memories grow.
 * @param {Record<string, any>[]} of
 * @param {number} scale of its weights
 */
function randomNetwork(of, scale) {
  const model = lstm.createCharModel({ text, seed: 2, layers: /** @type {any} */ (of.map((options) => ({ hiddenSize: 12, ...options }))) });
  const values = model.network.parameters();
  for (const [name, array] of Object.entries(values)) if (!name.includes('norm')) array.forEach((x, k) => { array[k] = x * scale; });
  model.network.setParameters(values);
  return model;
}

describe('an equation in print', () => {
  test('has two decimals where they are true, and more where they have to be', () => {
    assert.equal(printed(times(0.95, -0.87)).text, '0.95 × (−0.87) = −0.83');
    assert.equal(printed(times(0.9996, 18.24)).text, '0.9996 × 18.24 = 18.23');
    assert.equal(printed(times(-0.54, 0.71)).text, '−0.54 × 0.71 = −0.38');
    assert.equal(printed(plus(times(0.5, -1), times(0.25, -2))).text, '0.50 × (−1.00) + 0.25 × (−2.00) = −1.00');
    assert.equal(printed(plus(times(0.77, 0.5), times(rest(0.77), 0.95))).text, '0.77 × 0.50 + (1 − 0.77) × 0.95 = 0.60');
    assert.equal(printed(times(0.71, tanh(-0.6))).text, '0.71 × tanh(−0.60) = −0.38');
    assert.equal(printed(sigmoid(2.94)).text, 'σ(2.94) = 0.95');
    assert.equal(printed(relu(-2)).text, 'relu(−2.00) = 0.00');
    assert.equal(printed(times(-0.001, 0.5)).text, '0.00 × 0.50 = 0.00');
  });

  test('says ≈ where four decimals are not enough', () => {
    assert.match(printed(times(0.00004, 30000)).text, / ≈ 1\.20$/);
  });

  test('is true for numbers of every size, also with many of them', () => {
    let state = 1;
    const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
    const number = () => (random() - 0.5) * 10 ** (4 * random() - 1);
    for (let k = 0; k < 20_000; k++) {
      const [f, i] = [random() ** 4, 1 - random() ** 4];
      const many = plus(number(), ...Array.from({ length: 5 }, () => times(number(), number())));
      for (const expression of [times(f, number()), plus(times(f, number()), times(i, number())), tanh(number()), sigmoid(number()), ...(k % 50 ? [] : [many])]) {
        const { text: written } = printed(expression);
        assert.ok(isTrue(written), written);
      }
    }
  });
});

describe('every equation and every sentence of a cell is true', () => {
  for (const options of layers) {
    for (const scale of [1, options.activation === 'relu' ? 2 : 8]) {
      test(`${JSON.stringify(options)}, weights × ${scale}: all units, all characters`, () => {
        const model = randomNetwork([options], scale);
        const { equations, approximate, wrong } = readAll(model.network.config.layers[0], model.trace(text).layers[0]);
        assert.deepEqual(wrong.slice(0, 5), [], `${wrong.length} are wrong of ${equations}`);
        assert.ok(approximate <= equations / 100, `${approximate} of ${equations} only say ≈`);
      });
    }
  }

  const file = new URL('../../web/networks/pretrained.safetensors', import.meta.url);
  test('in the network that read the book', async () => {
    const model = /** @type {import('lstm-wasm').CharModel} */ (await lstm.open(await readFile(file)));
    const passage = '"Call me Ishmael," said the old man. There she blows! And the white whale went down, down into the deep.\n';
    const { equations, approximate, wrong } = readAll(model.network.config.layers[0], model.trace(passage).layers[0]);
    assert.ok(equations > 50_000);
    assert.deepEqual(wrong.slice(0, 5), [], `${wrong.length} are wrong of ${equations}`);
    assert.ok(approximate <= equations / 100, `${approximate} of ${equations} only say ≈`);
  });
});

describe('what was tampered with', () => {
  const numbers = { forget: 0.95, cBefore: -0.87, input: 0.23, candidate: 1, output: 0.71, c: -0.5965, h: -0.3794, hBefore: -0.03 };
  const { parts } = anatomyOf({ kind: 'lstm' });
  test('is said of a memory that was set, and what it is used for stays what it was', () => {
    assert.deepEqual(parts.map((part) => part.sentence({ ...numbers, c: 2, h: 0.5 })), [
      '0.95 × (−0.87) = −0.83 is kept of the −0.87 that was there.',
      '0.23 × 1.00 = 0.23 is learnt of the 1.00 that is new.',
      '0.95 × (−0.87) + 0.23 × 1.00 = −0.60 is the new long-term memory, then set to 2.00.',
      '0.71 × tanh(−0.60) = −0.38 is shown: the new short-term memory, then set to 0.50.',
    ]);
  });

  test('an RNN whose memory was set has not written it', () => {
    const [part] = anatomyOf({ kind: 'rnn' }).parts;
    assert.equal(part.sentence({ h: 0.6, hBefore: 0.5 }), '0.60 is written anew; of the 0.50 before it, nothing passes by.');
    assert.match(part.sentence({ h: 0.6, hBefore: 0.5 }, true), /^0\.60 was set; /);
  });
});

describe('equations for all units', () => {
  /** @param {Record<string, any>} config @param {typeof names[number]} name */
  const equations = (config, name) => anatomyOf(config).parts.flatMap((part) => part.equations[name]);

  test('of the four-gate cell are those of the courses\' table', () => {
    assert.deepEqual(equations({ kind: 'four-gate' }, 'course'), [
      'f_t = σ(W_f [STM_(t−1), E_t] + b_f)', 'LTM_(t−1) · f_t',
      'i_t = σ(W_i [STM_(t−1), E_t] + b_i)', 'N_t = tanh(W_n [STM_(t−1), E_t] + b_n)', 'N_t · i_t',
      'LTM_t = LTM_(t−1) · f_t + N_t · i_t',
      'V_t = σ(W_v [STM_(t−1), E_t] + b_v)', 'U_t = tanh(W_u (LTM_(t−1) · f_t) + b_u)', 'STM_t = U_t · V_t',
    ]);
  });

  test('of peepholes are the diagonal\'s or the full ones\'', () => {
    const [diagonal] = equations({ kind: 'lstm', peephole: 'diagonal' }, 'symbols');
    assert.equal(diagonal, 'f = σ(W_f [h′, x] + p_f ⊙ c′ + b_f)');
    assert.equal(equations({ kind: 'lstm', peephole: 'full' }, 'symbols')[0], 'f = σ(W_f [c′, h′, x] + b_f)');
    const output = equations({ kind: 'lstm', peephole: 'diagonal' }, 'symbols').find((equation) => equation.startsWith('o ='));
    assert.equal(output, 'o = σ(W_o [h′, x] + p_o ⊙ c + b_o)');
  });

  test('of torch.nn have its weights', () => {
    assert.equal(equations({ kind: 'lstm' }, 'pytorch')[0], 'f_t = σ(W_if x_t + b_if + W_hf h_(t−1) + b_hf)');
    assert.deepEqual(equations({ kind: 'rnn' }, 'pytorch'), ['h_t = tanh(W_ih x_t + b_ih + W_hh h_(t−1) + b_hh)']);
    assert.ok(equations({ kind: 'gru', resetAfter: true }, 'pytorch').includes('n_t = tanh(W_in x_t + b_in + r_t ⊙ (W_hn h_(t−1) + b_hn))'));
  });

  test('have pictures of all units, in every kind', () => {
    for (const options of layers) {
      const model = randomNetwork([options], 1);
      const [trace] = model.trace(text).layers;
      for (const { maps } of anatomyOf(model.network.config.layers[0]).parts) {
        for (const { name, values, isGate } of maps) {
          assert.equal(values(trace).length, [...text].length * 12, name);
          if (isGate) assert.ok(values(trace).every((value) => value >= 0 && value <= 1), name);
        }
      }
    }
  });
});
