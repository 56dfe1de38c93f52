// The library beside PyTorch: every variant against the values in tests/reference (made by its generate.py).
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assertAllNear, assertNear } from '../../reference/compare.js';
import {
  assertGradients, assertRun, assertSteps, build, byName, isBidirectional, NEAR, storedState,
} from '../../reference/conformance.js';
import { group, references } from '../../reference/read.js';
import { libraries, variants } from '../../reference/variants.js';

// Parts of a tensor's largest value: 100 updates carry float32's errors on.
const CURVE_NEAR = 1e-4;
const TRAINED_NEAR = 1e-4;

const networks = references('network');
const trainings = references('training');
const cells = references('cell');

for (const variant of variants) {
  const lstm = libraries[variant];

  describe(`${variant}: one step at a time as PyTorch`, () => {
    for (const reference of networks.filter((one) => !isBidirectional(one))) {
      test(reference.name, () => {
        const network = build(lstm, reference);
        assertSteps(network, reference);
        network.dispose();
      });
    }
  });

  describe(`${variant}: whole sequences as PyTorch`, () => {
    for (const reference of networks) {
      test(reference.name, () => {
        const network = build(lstm, reference);
        assertRun(network, reference);
        network.dispose();
      });
    }
  });

  describe(`${variant}: loss and gradients as PyTorch`, () => {
    for (const reference of networks.filter(({ tensors: { targets } }) => targets)) {
      test(reference.name, (t) => {
        const network = build(lstm, reference);
        const difference = assertGradients(network, reference);
        t.diagnostic(`largest difference of a gradient ${difference.toExponential(1)}`);
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
          optimizer: 'adam', learningRate, clipNorm: clipNorm ?? Infinity, batchSize, window, carryState: true });
        // One time step of the stream is batchSize elements, each one token or a vector of one number.
        const size = window * batchSize;
        const reports = Array.from({ length: steps }, (_, s) => trainer.step(
          stream.slice(s * size, (s + 1) * size), stream.slice(s * size + batchSize, (s + 1) * size + batchSize)));

        assert.equal(trainer.steps, steps);
        const curve = assertNear('losses', reports.map(({ loss }) => loss), losses, CURVE_NEAR);
        const norms = assertNear('gradient norms', reports.map((r) => r.gradientNorm), gradientNorms, CURVE_NEAR);
        const trained = assertAllNear('trained', network.parameters(), group(reference, 'trained'), TRAINED_NEAR);
        assertAllNear('final state', byName(trainer.state(), reference),
          byName(storedState(reference, 'final'), reference), TRAINED_NEAR);
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
