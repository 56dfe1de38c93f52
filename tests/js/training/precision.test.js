// The option precision: the same bits on scalar and simd, near float32 on each, everywhere that trains; kept in checkpoints.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ArgumentError, DivergedError } from 'lstm-wasm';
import { libraries, variants } from '../../reference/variants.js';
import { layers, tokens } from '../layer-list.js';

const { simd } = libraries;
const B = 5;
const T = 7;
const inputs = tokens(B * T, 6, 1);
const targets = tokens(B * T, 6, 2);
const size = { batchSize: B, window: T, carryState: false };
const lstm = { kind: 'lstm' };
const integers = /** @type {const} */ (['int16', 'int8']);

const network = (lstm, layer) => lstm.createNetwork({
  input: { tokens: 6 }, layers: [{ hiddenSize: 19, ...layer }, { kind: 'gru', hiddenSize: 13 }], output: { classes: 6 }, seed: 1,
});

/** @param {any} lstm @param {object} layer @param {object} options */
function run(lstm, layer, options, steps = 8) {
  const net = network(lstm, layer);
  const trainer = net.createTrainer({ ...size, ...options });
  const { loss, gradientNorm } = trainer.gradients(inputs, targets);
  const losses = Array.from({ length: steps }, () => trainer.step(inputs, targets).loss);
  const result = { loss, gradientNorm, losses, parameters: net.parameters(), state: trainer.state() };
  net.dispose();
  return result;
}

for (const [name, layer] of Object.entries(layers)) {
  describe(name, () => {
    for (const precision of integers) {
      test(`${precision} gives the same bits on scalar and simd, and others than float32`, () => {
        const [scalar, ofSimd, float] = [[libraries.scalar, precision], [simd, precision], [simd, 'float32']]
          .map(([lstm, precision]) => run(lstm, layer, { precision }));
        assert.deepEqual(ofSimd, scalar);
        assert.notDeepEqual(ofSimd.losses, float.losses);
      });
    }

    for (const variant of variants) {
      test(`${variant}: near float32, int16 nearer`, () => {
        const [float, int16, int8] = ['float32', ...integers].map((precision) => run(libraries[variant], layer, { precision }));
        for (const [result, bound] of [[int16, 0.002], [int8, 0.05]]) {
          assert.ok(Math.abs(result.loss - float.loss) < bound * float.loss, `loss ${result.loss} of ${float.loss}`);
          const last = Math.abs(result.losses[7] - float.losses[7]);
          assert.ok(last < 2 * bound * float.losses[7], `loss after 7 steps ${result.losses[7]} of ${float.losses[7]}`);
        }
      });
    }
  });
}

describe('createTrainer', () => {
  test("float32 is the default, bit for bit; a trainer says its precision", () => {
    assert.deepEqual(run(simd, lstm, { precision: 'float32' }), run(simd, lstm, {}));
    const net = network(simd, lstm);
    assert.equal(net.createTrainer(size).precision, 'float32');
    assert.equal(net.createTrainer({ ...size, precision: 'int8' }).precision, 'int8');
    net.dispose();
  });

  test('another precision is refused by name', () => {
    const net = network(simd, lstm);
    for (const precision of ['int4', 'float64', 8, null, '']) {
      assert.throws(() => net.createTrainer({ ...size, precision: /** @type {any} */ (precision) }),
        (error) => error instanceof ArgumentError && /createTrainer: .*precision must be .*float32.*int16.*int8/.test(error.message));
    }
    net.dispose();
  });

  test('a checkpoint goes on with any precision, and on as it would have with its own', () => {
    const net = network(simd, lstm);
    const options = { ...size, carryState: true, precision: /** @type {const} */ ('int8') };
    const trainer = net.createTrainer(options);
    for (let i = 0; i < 5; i++) trainer.step(inputs, targets);
    const [checkpoint, parameters] = [trainer.checkpoint(), net.parameters()];
    const on = (precision) => {
      net.setParameters(parameters);
      const next = net.createTrainer({ ...options, precision });
      next.restore(checkpoint);
      return Array.from({ length: 5 }, () => next.step(inputs, targets).loss);
    };
    const own = Array.from({ length: 5 }, () => trainer.step(inputs, targets).loss);
    assert.deepEqual(on('int8'), own);
    assert.notDeepEqual(on('float32'), own);
    net.dispose();
  });

  test('a step whose gradient is not finite changes nothing, and is told', () => {
    const net = network(simd, lstm);
    const trainer = net.createTrainer({ ...size, precision: 'int8' });
    const parameters = net.parameters();
    const broken = { ...parameters, weight_hh_l0: parameters.weight_hh_l0.map((w, i) => (i === 3 ? 3e38 : w)) };
    net.setParameters(broken);
    try {
      trainer.step(inputs, targets);
    } catch (error) {
      assert.ok(error instanceof DivergedError);
      assert.deepEqual(net.parameters(), broken);
    }
    net.setParameters(parameters);
    assert.ok(trainer.step(inputs, targets).loss < 3);
    net.dispose();
  });
});

describe('models', () => {
  const text = 'In the beginning the cat sat on the mat, and the rat ran at the hat; '.repeat(30);
  const create = () => simd.createCharModel({ text, seed: 1, hiddenSize: 20 });
  const asked = { batchSize: 4, window: 10, steps: 40, schedule: { type: 'constant' } };
  const trained = (model, options, texts = text) => {
    for (const report of model.train(texts, options)) void report;
    return model;
  };

  test('train learns with each, and a checkpoint keeps which', async () => {
    const losses = {};
    for (const precision of ['float32', ...integers]) {
      const model = trained(create(), { ...asked, precision });
      const [bytes, file] = [model.checkpoint(), new TextDecoder('latin1').decode(model.checkpoint())];
      assert.equal(file.includes('precision'), precision !== 'float32', 'what is float32 says nothing');
      assert.equal(file.includes(precision), precision !== 'float32');
      const again = await simd.open(bytes);
      trained(again, { steps: 20 });
      trained(model, { ...asked, steps: 20, precision });
      assert.deepEqual(again.save(), model.save(), `${precision} goes on as it would have`);
      losses[precision] = model.evaluate(text).loss;
      for (const one of [model, again]) one.dispose();
    }
    assert.notEqual(losses.int8, losses.float32);
    for (const precision of integers) assert.ok(Math.abs(losses[precision] - losses.float32) < 0.1, JSON.stringify(losses));
  });

  test('a train with another precision goes on with the moments', () => {
    const [model, same] = [create(), create()].map((model) => trained(model, { ...asked, precision: 'int16' }));
    trained(model, { ...asked, steps: 10 });
    trained(same, { ...asked, steps: 10, precision: 'int16' });
    assert.equal(model.steps, 50);
    assert.ok(Math.abs(model.evaluate(text).loss - same.evaluate(text).loss) < 0.02);
    for (const one of [model, same]) one.dispose();
  });

  test('train refuses another by name', () => {
    const model = create();
    assert.throws(() => trained(model, { ...asked, precision: 'int4' }), /train: precision must be .*'int16'/);
    model.dispose();
  });

  test('pairs train with each', () => {
    const losses = ['float32', ...integers].map((precision) => {
      const encoder = simd.createNetwork({ input: { tokens: 6 }, layers: [{ kind: 'gru', hiddenSize: 17 }], seed: 2 });
      const decoder = simd.createNetwork({
        input: { tokens: 6 }, layers: [{ kind: 'gru', hiddenSize: 17 }], output: { classes: 6 }, seed: 3,
        memory: { size: 17, attention: 'additive' },
      });
      const trainer = decoder.createPairTrainer(encoder, { batchSize: B, window: T, sourceWindow: T, precision });
      assert.equal(trainer.precision, precision);
      const result = Array.from({ length: 20 }, () => trainer.step({ source: inputs, target: inputs }, targets).loss);
      for (const one of [encoder, decoder]) one.dispose();
      return result[19];
    });
    assert.equal(new Set(losses).size, 3);
    for (const loss of losses) assert.ok(Math.abs(loss - losses[0]) < 0.05, losses.join(' '));
  });
});

describe('of characters where nobody says', () => {
  const text = 'the cat sat on the mat, and the rat ran at the hat; '.repeat(20);
  const said = { steps: 6, batchSize: 4, window: 8 };
  const bits = (model) => Object.values(model.network.parameters());
  /** @param {object} shape @param {object} options */
  function trained(shape, options) {
    const model = simd.createCharModel({ text, seed: 1, ...shape });
    for (const report of model.train(text, { ...said, ...options })) void report;
    return model;
  }

  for (const [name, shape, precision] of /** @type {const} */ ([
    ['an lstm of 128 units', { hiddenSize: 128 }, 'int8'],
    ['two of them', { hiddenSize: 128, layers: 2 }, 'int8'],
    ['a narrower one', { hiddenSize: 127 }, 'float32'],
    ['one with a narrower one above it', { layers: [{ kind: 'lstm', hiddenSize: 128 }, { kind: 'lstm', hiddenSize: 8 }] }, 'float32'],
    ['another kind', { kind: 'gru', hiddenSize: 128 }, 'float32'],
  ])) {
    test(`${name}: ${precision}`, () => {
      const other = precision === 'int8' ? 'float32' : 'int8';
      assert.deepEqual(bits(trained(shape, {})), bits(trained(shape, { precision })));
      assert.notDeepEqual(bits(trained(shape, {})), bits(trained(shape, { precision: other })));
    });
  }

  test('a checkpoint that says none, as older ones do, goes on with float32', () => {
    const goOn = (precision) => {
      const model = trained({ hiddenSize: 128 }, { precision: 'float32', schedule: { type: 'constant' } });
      const opened = simd.openCharModel(model.checkpoint());
      for (const report of opened.train(text, { steps: 6, ...precision })) void report;
      return bits(opened);
    };
    assert.deepEqual(goOn({}), goOn({ precision: 'float32' }));
    assert.notDeepEqual(goOn({}), goOn({ precision: 'int8' }));
  });
});
