// What can be asked of each kind of cell, and what is refused, by name.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { load } from 'lstm-wasm';
import { kindNames, optionBits, optionNames } from '../../../src/js/network/cell-options.js';
import { layers } from '../layer-list.js';

const lstm = await load();
const network = (layer) => lstm.createNetwork({ input: { size: 2 }, layers: [{ hiddenSize: 3, ...layer }] });
const refuses = (call, message) => assert.throws(call, { name: 'ArgumentError', message });

/** For each option: the kinds that take it, something that it can be, and what it cannot. */
const all = {
  bidirectional: [kindNames, true, [['yes', 'true or false, got "yes"'], [null, 'true or false, got null']]],
  trainableState: [['rnn', 'lstm', 'gru', 'four-gate'], true, [[0, 'true or false, got 0']]],
  activation: [['rnn', 'feedforward', 'tdnn'], 'relu', [['sigmoid', "one of 'tanh', 'relu', got \"sigmoid\""]]],
  clip: [['rnn', 'lstm', 'gru'], 2, [0, -1, NaN, Infinity, 1e-60, 1e60, '2', null].map((value) => [
    value, `a number above 0 that fits a 32-bit float, got ${typeof value === 'string' ? '"2"' : value}`])],
  forgetBias: [['lstm', 'four-gate'], -2, [NaN, -Infinity, 1e60, '2', null].map((value) => [
    value, `a number that fits a 32-bit float, got ${typeof value === 'string' ? '"2"' : value}`])],
  peephole: [['lstm'], 'full', [[true, "one of 'none', 'diagonal', 'full', got true"]]],
  coupled: [['lstm'], true, [['f', 'true or false, got "f"']]],
  inputGate: [['lstm'], false, [[0, 'true or false, got 0']]],
  forgetGate: [['lstm'], false, [['no', 'true or false, got "no"']]],
  outputGate: [['lstm'], false, [[{}, 'true or false, got an object']]],
  inputActivation: [['lstm'], false, [['tanh', 'true or false, got "tanh"']]],
  outputActivation: [['lstm'], false, [['tanh', 'true or false, got "tanh"']]],
  fullGateRecurrence: [['lstm'], true, [[1, 'true or false, got 1']]],
  layerNorm: [['lstm'], 'products', [1e-5, 'all', null].map((value) => [
    value, `true, false or 'products', got ${value === 1e-5 ? '0.00001' : value ? '"all"' : value}`])],
  initialGain: [['lstm'], 0.25, [0, -1, NaN, Infinity, 1e60, '2', null].map((value) => [
    value, `a number above 0 that fits a 32-bit float, got ${typeof value === 'string' ? '"2"' : value}`])],
  multiplicative: [['lstm'], 'diagonal', [[true, "one of 'none', 'diagonal', got true"]]],
  projection: [['lstm'], 2, [0, 1.5, 65537, '2', null].map((value) => [
    value, `an integer from 1 to 65536, got ${typeof value === 'string' ? '"2"' : value}`])],
  resetAfter: [['gru'], true, [['after', 'true or false, got "after"']]],
  delays: [['tdnn'], 3, [1, 0, 2.5, 1025, NaN].map((value) => [value, `an integer from 2 to 1024, got ${value}`])],
};
const required = (kind, name) => ({ ...(kind === 'tdnn' && { delays: 2 }), ...(name === 'initialGain' && { layerNorm: true }) });

test('the table is whole: every option of every kind is here', () => {
  for (const kind of kindNames) {
    const taken = Object.keys(all).filter((name) => name !== 'bidirectional' && all[name][0].includes(kind));
    assert.deepEqual(optionNames(kind).sort(), taken.sort(), kind);
  }
});

for (const [name, [kinds, value, wrong]] of Object.entries(all)) {
  describe(name, () => {
    test(`is taken by ${kinds.join(', ')}, and stays in the configuration`, () => {
      for (const kind of kinds) {
        const { layers: [layer] } = network({ kind, ...required(kind, name), [name]: value }).config;
        assert.deepEqual(layer, { kind, hiddenSize: 3, bias: true, ...required(kind, name), [name]: value });
      }
    });

    test('is refused with other values', () => {
      const [kind] = kinds;
      for (const [other, message] of wrong) {
        const options = { kind, ...required(kind), [name]: other };
        refuses(() => network(options), `createNetwork: layers[0]: ${name} must be ${message}`);
      }
    });

    const others = kindNames.filter((kind) => !kinds.includes(kind));
    if (others.length === 0) return;
    test(`is refused for ${others.join(', ')}`, () => {
      const list = kinds.map((kind) => `'${kind}'`).join(', ');
      for (const kind of others) {
        const taken = ['hiddenSize', 'bias', 'bidirectional', ...optionNames(kind)].join(', ');
        const message = `${name} is an option of kind ${list} and not of '${kind}', which takes only ${taken}`;
        const options = { ...required(kind), [name]: value };
        refuses(() => network({ kind, ...options }), `createNetwork: layers[0]: ${message}`);
        refuses(() => lstm.createCell({ kind, inputSize: 2, hiddenSize: 2, ...options }), `createCell: ${message}`);
        refuses(() => lstm.createCharModel({ text: 'ab', kind, ...options }), `createCharModel: ${message}`);
        refuses(() => lstm.createCharModel({ text: 'ab', layers: [{ kind, hiddenSize: 2, ...options }] }),
          `createCharModel: layers[0]: ${message}`);
      }
    });
  });
}

describe('what does not go together', () => {
  const wrong = [
    [{ kind: 'lstm', coupled: true, inputGate: false },
      'createNetwork: layers[0]: coupled (f = 1 - i) must be false without both gates, got inputGate false'],
    [{ kind: 'lstm', coupled: true, forgetGate: false },
      'createNetwork: layers[0]: coupled (f = 1 - i) must be false without both gates, got forgetGate false'],
    [{ kind: 'tdnn' }, 'createNetwork: layers[0]: delays must be an integer from 2 to 1024, got undefined'],
    [{ kind: 'lstm', peepholes: 'full' },
      /: layers\[0\]: unknown option "peepholes", expected only kind, hiddenSize, bias, bidirectional, trainableState, /],
    [{ kind: 'constructor' }, /^createNetwork: layers\[0\]: kind must be one of 'rnn', .*, got "constructor"$/],
    [JSON.parse('{"kind": "gru", "__proto__": 1}'), /unknown option "__proto__"/],
    [JSON.parse('{"kind": "gru", "toString": 1}'), /unknown option "toString"/],
  ];
  wrong.push([{ kind: 'lstm', initialGain: 0.5 },
    'createNetwork: layers[0]: initialGain must be absent without layerNorm, got 0.5']);
  for (const without of [{ bias: false }, { forgetGate: false }, { coupled: true }]) {
    wrong.push([{ kind: 'lstm', forgetBias: 1, ...without },
      'createNetwork: layers[0]: forgetBias must be absent where no forget gate has a bias, got 1']);
  }
  for (const [layer, message] of wrong) test(String(message), () => refuses(() => network(layer), message));

  test('a cell and a character model go one way', () => {
    refuses(() => lstm.createCell({ kind: 'gru', inputSize: 2, hiddenSize: 2, bidirectional: true }),
      'createCell: bidirectional must be false: a cell takes one step after the other');
    const oneWay = 'bidirectional must be false: a character is predicted from what comes before';
    refuses(() => lstm.createCharModel({ text: 'ab', bidirectional: true }), `createCharModel: ${oneWay}`);
    refuses(() => lstm.createCharModel({ text: 'ab', layers: [{ kind: 'rnn', hiddenSize: 2, bidirectional: true }] }),
      `createCharModel: layers[0]: ${oneWay}`);
  });

  test('a list of layers says all that there is to say', () => {
    const list = [{ kind: 'rnn', hiddenSize: 2 }];
    refuses(() => lstm.createCharModel({ text: 'ab', layers: list, kind: 'rnn' }),
      'createCharModel: unknown option "kind", expected only text, alphabet, unknown, embedding, tied, seed, seconds, layers');
    refuses(() => lstm.createCharModel({ text: 'ab', layers: [] }),
      'createCharModel: layers must be an array of 1 to 1024 layers, got an array of 0');
    const model = (layer) => lstm.createCharModel({ text: 'ab', layers: [layer] });
    refuses(() => model({ hiddenSize: 2 }), /^createCharModel: layers\[0\]: kind must be one of/);
    refuses(() => model({ kind: 'rnn' }), /^createCharModel: layers\[0\]: hiddenSize must be an integer/);
  });
});

/** Options that do not go together. */
const apart = [
  ['coupled', 'inputGate'], ['coupled', 'forgetGate'], ['forgetBias', 'coupled'], ['forgetBias', 'forgetGate'],
];

test('all that can be asked for at once, of each kind', () => {
  for (const kind of kindNames) {
    const names = Object.keys(all).filter((name) => all[name][0].includes(kind) && !apart.some(([one]) => name === one));
    const options = Object.fromEntries(names.map((name) => [name, all[name][1]]));
    const net = network({ kind, ...options });
    assert.deepEqual(net.config.layers[0], { kind, hiddenSize: 3, bias: true, ...options });
    assert.ok(net.run([1, 2, 3, 4]).outputs.every((value) => Number.isFinite(value)));
    net.dispose();
  }
});

test('every pair of options of the lstm makes a network that trains', () => {
  const names = Object.keys(all).filter((name) => all[name][0].includes('lstm'));
  for (const one of names) {
    for (const other of names) {
      if (one !== other && apart.some((pair) => pair.includes(one) && pair.includes(other))) continue;
      const net = network({ kind: 'lstm', ...required('lstm', one), ...required('lstm', other), [one]: all[one][1], [other]: all[other][1] });
      const { h } = net.initialState()[0];
      const trainer = net.createTrainer({ batchSize: 1, window: 3, carryState: false });
      const width = h.length * ([one, other].includes('bidirectional') ? 2 : 1);
      const { loss, gradientNorm } = trainer.step([1, 2, 3, 4, 5, 6], new Float32Array(3 * width));
      assert.ok(loss > 0 && gradientNorm > 0, `${one} ${other}`);
      net.dispose();
    }
  }
});

test('the bits are those of cell.h', () => {
  const header = readFileSync(new URL('../../../src/cells/cell.h', import.meta.url), 'utf8');
  const bits = [...header.matchAll(/CELL_(\w+) = 1 << (\d+)/g)].map(([, name, shift]) => [name, 2 ** Number(shift)]);
  assert.deepEqual(Object.fromEntries(bits), { ...optionBits });
});

test('the list that the other tests go through has every option', () => {
  const used = new Set(Object.values(layers).flatMap((layer) => Object.keys(layer)));
  for (const name of Object.keys(all)) assert.ok(used.has(name) || name === 'bidirectional', name);
});
