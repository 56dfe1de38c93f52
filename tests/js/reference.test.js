// The library beside PyTorch: every variant against the values in tests/reference (made by its generate.py).
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assertAllNear, assertNear } from '../reference/compare.js';
import { group, references } from '../reference/read.js';
import { libraries, variants } from '../reference/variants.js';

// Parts of a tensor's largest value. The references are float64 rounded once, so these are float32's own errors.
const NEAR = 1e-5;
const CURVE_NEAR = 1e-4;
const TRAINED_NEAR = 1e-4;

const networks = references('network');
const trainings = references('training');
const cells = references('cell');

/** @typedef {{ h: Float32Array, c: Float32Array }[]} State */

/**
 * The state stored as `prefix.h_l0`, `prefix.c_l0`, ...: [B, H] each, as the trainer takes it.
 * @param {import('../reference/read.js').Reference} reference
 * @param {string} prefix
 */
function storedState(reference, prefix) {
  return reference.case.layers.map((/** @type {unknown} */ _, /** @type {number} */ l) => ({
    h: reference.tensors[`${prefix}.h_l${l}`], c: reference.tensors[`${prefix}.c_l${l}`] }));
}

/**
 * Row `b` of every [B, H] in a state.
 * @param {State} state
 * @param {number} b
 * @param {number} batch
 */
function stateOf(state, b, batch) {
  const row = (/** @type {Float32Array} */ a) => a.slice(b * a.length / batch, (b + 1) * a.length / batch);
  return state.map(({ h, c }) => ({ h: row(h), c: row(c) }));
}

/** @param {State} state */
function byName(state) {
  return Object.fromEntries(state.flatMap(({ h, c }, l) => [[`h_l${l}`, h], [`c_l${l}`, c]]));
}

/**
 * A network with the reference's shape and parameters.
 * @param {any} lstm
 * @param {import('../reference/read.js').Reference} reference
 */
function build(lstm, reference) {
  const { input, layers, output } = reference.case;
  const network = lstm.createNetwork({ input, layers, ...(output && { output }) });
  const parameters = group(reference, 'parameter');
  assert.deepEqual(network.shapes, Object.fromEntries(
    Object.keys(parameters).map((name) => [name, reference.shapes[`parameter.${name}`]])), 'shapes');
  assert.equal(network.parameterCount, Object.values(parameters).reduce((sum, { length }) => sum + length, 0));
  network.setParameters(parameters);
  assert.deepEqual(network.parameters(), parameters, 'parameters come back as set');
  return network;
}

for (const variant of variants) {
  const lstm = libraries[variant];

  describe(`${variant}: one step at a time as PyTorch`, () => {
    for (const reference of networks) {
      test(reference.name, () => {
        const { batch, window, input } = reference.case;
        const { inputs, outputs } = reference.tensors;
        const network = build(lstm, reference);
        const [inputWidth, outputWidth] = [inputs.length, outputs.length].map((length) => length / (batch * window));
        for (let b = 0; b < batch; b++) {
          const state = stateOf(storedState(reference, 'initial'), b, batch);
          for (let t = 0; t < window; t++) {
            const at = t * batch + b;
            const x = input.tokens ? inputs[at] : inputs.slice(at * inputWidth, (at + 1) * inputWidth);
            assertNear(`output of sequence ${b}, step ${t}`, network.step(x, state),
              outputs.slice(at * outputWidth, (at + 1) * outputWidth), NEAR);
          }
          assertAllNear(`final state of sequence ${b}`, byName(state),
            byName(stateOf(storedState(reference, 'final'), b, batch)), NEAR);
        }
        network.dispose();
      });
    }
  });

  describe(`${variant}: loss and gradients as PyTorch`, () => {
    for (const reference of networks.filter(({ case: { output } }) => output)) {
      test(reference.name, (t) => {
        const { batch: batchSize, window } = reference.case;
        const { inputs, targets, loss, gradient_norm: gradientNorm } = reference.tensors;
        const network = build(lstm, reference);
        const trainer = network.createTrainer({ optimizer: 'adam', batchSize, window });
        const initial = storedState(reference, 'initial');
        trainer.setState(initial);

        const { parameters, state, ...got } = trainer.gradients(inputs, targets);
        assertNear('loss', [got.loss], loss, NEAR);
        assertNear('gradient norm', [got.gradientNorm], gradientNorm, NEAR);
        const initialGradients = Object.entries(byName(state)).map(([name, values]) => [`initial.${name}`, values]);
        const difference = assertAllNear('gradient of', { ...parameters, ...Object.fromEntries(initialGradients),
          ...('inputs' in got && { inputs: got.inputs }) }, group(reference, 'gradient'), NEAR);
        t.diagnostic(`largest difference of a gradient ${difference.toExponential(1)}`);

        assertNear('loss of evaluate', [trainer.evaluate(inputs, targets).loss], loss, NEAR);
        assert.deepEqual(trainer.state(), initial, 'gradients and evaluate leave the state');
        assert.deepEqual(network.parameters(), group(reference, 'parameter'), '... and the parameters');

        const step = trainer.step(inputs, targets);
        assertNear('loss of step', [step.loss], loss, NEAR);
        assertNear('gradient norm of step', [step.gradientNorm], gradientNorm, NEAR);
        assertAllNear('state carried on', byName(trainer.state()), byName(storedState(reference, 'final')), NEAR);
        trainer.dispose();
        network.dispose();
      });
    }
  });

  describe(`${variant}: 100 steps of Adam as PyTorch`, () => {
    for (const reference of trainings) {
      test(reference.name, (t) => {
        const { batch: batchSize, window, steps, learning_rate: learningRate, clip_norm: clipNorm } = reference.case;
        const { stream, losses, gradient_norms: gradientNorms } = reference.tensors;
        const network = build(lstm, reference);
        const trainer = network.createTrainer({
          optimizer: 'adam', learningRate, clipNorm: clipNorm ?? Infinity, batchSize, window });
        // One time step of the stream is batchSize elements, each one token or a vector of one number.
        const size = window * batchSize;
        const reports = Array.from({ length: steps }, (_, s) => trainer.step(
          stream.slice(s * size, (s + 1) * size), stream.slice(s * size + batchSize, (s + 1) * size + batchSize)));

        assert.equal(trainer.steps, steps);
        const curve = assertNear('losses', reports.map(({ loss }) => loss), losses, CURVE_NEAR);
        const norms = assertNear('gradient norms', reports.map((r) => r.gradientNorm), gradientNorms, CURVE_NEAR);
        const trained = assertAllNear('trained', network.parameters(), group(reference, 'trained'), TRAINED_NEAR);
        assertAllNear('final state', byName(trainer.state()), byName(storedState(reference, 'final')), TRAINED_NEAR);
        t.diagnostic(`largest difference of the loss curve ${curve.toExponential(1)}, ` +
          `of gradient norms ${norms.toExponential(1)}, of parameters ${trained.toExponential(1)}`);
        trainer.dispose();
        network.dispose();
      });
    }
  });

  describe(`${variant}: a cell and its gates as PyTorch`, () => {
    for (const reference of cells) {
      test(reference.name, () => {
        const { input_size: inputSize, hidden_size: hiddenSize, bias, window } = reference.case;
        const { tensors } = reference;
        const cell = lstm.createCell({ kind: 'lstm', inputSize, hiddenSize, bias });
        cell.setParameters(group(reference, 'parameter'));
        assert.deepEqual(cell.parameters(), group(reference, 'parameter'));
        const state = { h: tensors['initial.h'].slice(), c: tensors['initial.c'].slice() };
        for (let t = 0; t < window; t++) {
          const row = (/** @type {string} */ name, width = hiddenSize) => (
            tensors[name].slice(t * width, (t + 1) * width));
          assert.equal(cell.step(row('inputs', inputSize), state), state, 'step returns the state it was given');
          const { input, forget, candidate, output } = cell.gates();
          const got = { h: state.h, c: state.c, input, forget, candidate, output };
          const expected = Object.fromEntries(Object.keys(got).map((name) => [name, row(name)]));
          assertAllNear(`step ${t}`, got, expected, NEAR);
        }
        cell.dispose();
      });
    }
  });
}
