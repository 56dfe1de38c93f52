// An encoder and its decoder beside PyTorch: losses, outputs and all gradients, of every variant (tests/reference/
// generate_pairs.py); and what their trainer promises.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ArgumentError, DisposedError, DivergedError, load } from 'lstm-wasm';
import { assertAllNear, assertNear } from '../../reference/compare.js';
import { group, references } from '../../reference/read.js';
import { libraries, variants } from '../../reference/variants.js';

const NEAR = 1e-5;
const pairs = references('pair');

/** @param {Float32Array | Uint8Array} flat (T, B) @param {number[]} lengths @returns {number[][]} */
const nested = (flat, lengths) => lengths.map((length, b) => Array.from({ length }, (_, t) => flat[t * lengths.length + b]));

/** @param {any} lstm @param {any} reference @param {object} [options] */
function build(lstm, reference, options = {}) {
  const { encoder: first, decoder: second, source_lengths: sources, target_lengths: targets } = reference.case;
  const encoder = lstm.createNetwork(first), decoder = lstm.createNetwork(second);
  const parameters = Object.entries(group(reference, 'parameter'));
  for (const [network, prefix] of [[encoder, 'encoder.'], [decoder, 'decoder.']]) {
    network.setParameters(Object.fromEntries(parameters.filter(([name]) => name.startsWith(prefix))
      .map(([name, values]) => [name.slice(prefix.length), values])));
  }
  // Windows that are longer than all that is in them.
  const trainer = decoder.createPairTrainer(encoder, { batchSize: 4, window: 6, sourceWindow: 9, ...options });
  const { source, inputs, targets: y } = reference.tensors;
  return { encoder, decoder, trainer, source: nested(source, sources), target: nested(inputs, targets), y: nested(y, targets) };
}

for (const variant of variants) {
  describe(`${variant}: encoders and decoders as PyTorch`, () => {
    for (const reference of pairs) {
      test(reference.name, () => {
        const { trainer, source, target, y } = build(libraries[variant], reference);
        const { loss, gradientNorm, parameters } = trainer.gradients({ source, target }, y);
        assertNear('loss', [loss], reference.tensors.loss, NEAR);
        assertNear('norm', [gradientNorm], reference.tensors.gradient_norm, NEAR);
        assertAllNear('gradient of', parameters, group(reference, 'gradient'), NEAR);
      });
    }
  });

  test(`${variant}: steps with a memory as PyTorch's windows`, () => {
    for (const reference of pairs) {
      const { encoder, decoder, source, target } = build(libraries[variant], reference);
      const { memory } = decoder.config;
      target.forEach((tokens, b) => {
        const { outputs, state } = encoder.run([source[b]]);
        const summary = state.flatMap((/** @type {any} */ { h, c }) => [...h, ...(c ?? [])]);
        decoder.setMemory({ ...(memory.attention && { values: outputs }), ...(memory.summary && { summary }) });
        const own = decoder.initialState();
        tokens.forEach((token, t) => {
          const V = 6, at = (t * 4 + b) * V;
          assertNear('p', decoder.step(token, own), reference.tensors.outputs.subarray(at, at + V), NEAR);
          const weights = [...decoder.memoryWeights()];
          if (memory.attention) assert.ok(Math.abs(weights.reduce((sum, w) => sum + w, 0) - 1) < 1e-5);
        });
      });
    }
  });
}

describe('a pair trainer', async () => {
  const lstm = await load({ variant: 'simd' });
  const [reference] = pairs;

  test('learns, and goes on from a checkpoint bit for bit, with dropout too', () => {
    const options = { optimizer: 'adam', learningRate: 0.02, dropout: 0.2, recurrentDropout: 0.1, seed: 3 };
    const [one, two] = [build(lstm, reference, options), build(lstm, reference, options)];
    const step = (/** @type {any} */ { trainer, source, target, y }) => trainer.step({ source, target }, y).loss;
    const first = step(one);
    for (let i = 0; i < 30; i++) step(one);
    two.trainer.restore(one.trainer.checkpoint());
    two.encoder.setParameters(one.encoder.parameters());
    two.decoder.setParameters(one.decoder.parameters());
    for (let i = 0; i < 5; i++) assert.equal(step(one), step(two));
    assert.deepEqual(one.encoder.parameters(), two.encoder.parameters());
    assert.ok(one.trainer.evaluate({ source: one.source, target: one.target }, one.y).loss < first / 2);
  });

  test('changes neither network where a step diverges', () => {
    const { encoder, decoder, trainer, source, target, y } = build(lstm, reference);
    const scaled = Object.fromEntries(Object.entries(decoder.parameters()).map(([name, values]) => (
      [name, name === 'head.weight' ? /** @type {any} */ (values).map(() => 3e38) : values])));
    decoder.setParameters(scaled);
    const before = [encoder.parameters(), decoder.parameters()];
    assert.throws(() => trainer.step({ source, target }, y), DivergedError);
    assert.deepEqual([encoder.parameters(), decoder.parameters()], before);
    assert.equal(trainer.steps, 0);
  });

  test('says what does not fit', () => {
    const { encoder, decoder, trainer, source, target, y } = build(lstm, reference);
    const other = lstm.createNetwork({ input: { tokens: 9 }, layers: [{ kind: 'gru', hiddenSize: 3 }] });
    const says = (/** @type {() => void} */ call, /** @type {RegExp} */ message) => assert.throws(call, (/** @type {any} */ error) => (
      error instanceof ArgumentError && message.test(error.message)));
    says(() => decoder.createPairTrainer(other), /memory\.size of the decoder must be 3, .* got 8/);
    says(() => decoder.createPairTrainer(/** @type {any} */ ({})), /encoder must be a network/);
    says(() => decoder.createPairTrainer(decoder), /encoder must be another network/);
    says(() => encoder.createPairTrainer(other), /decoder must have the option memory/);
    says(() => other.createPairTrainer(decoder), /without output and memory/);
    says(() => decoder.createTrainer(), /given a memory/);
    says(() => decoder.run([[1, 2]]), /given a memory/);
    says(() => decoder.step(1, decoder.initialState()), /setMemory has to give it first/);
    says(() => other.setMemory({ values: [1] }), /reads no memory/);
    says(() => decoder.setMemory({ values: [1, 2, 3] }), /vectors of 8 numbers/);
    says(() => decoder.setMemory({ values: new Float32Array(8).fill(NaN), summary: new Float32Array(16) }), /finite/);
    says(() => decoder.setMemory({ values: new Float32Array(8), summary: [1] }), /summary must be 16 numbers/);
    says(() => trainer.step({ source: [[1]], target }, y), /source/);
    says(() => trainer.step(/** @type {any} */ (source), y), /inputs must be an object/);
    const memory = { attention: 'product', size: 4, summary: 3 };
    const rest = { input: { tokens: 4 }, layers: [{ kind: 'lstm', hiddenSize: 2 }], output: { classes: 4 } };
    for (const [given, message] of /** @type {[any, RegExp][]} */ ([
      [{ ...memory, attention: 'dot' }, /attention must be one of/], [{ attention: 'product' }, /size must be the length/],
      [{ size: 3 }, /absent without attention/], [{}, /memory must be/], [{ summary: 0 }, /summary must be an integer/],
    ])) says(() => lstm.createNetwork(/** @type {any} */ ({ ...rest, memory: given })), message);
    says(() => lstm.createNetwork(/** @type {any} */ ({ ...rest, memory, layers: [{ kind: 'lstm', hiddenSize: 2, trainableState: true }] })),
      /trainableState must be absent/);
    encoder.dispose();
    assert.throws(() => trainer.step({ source, target }, y), DisposedError);
  });
});
