// The cells that PyTorch does not have, beside their equations: every variant against the equation files of
// tests/reference, which equations.py computes step by step and PyTorch differentiates.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assertGradients, assertRun, assertSteps, build, isBidirectional } from '../../reference/conformance.js';
import { references } from '../../reference/read.js';
import { libraries, variants } from '../../reference/variants.js';

for (const variant of variants) {
  describe(`${variant}: outputs, gates, states and gradients as the equations`, () => {
    for (const reference of references('equation')) {
      test(reference.name.replace('equation-', ''), (t) => {
        const network = build(libraries[variant], reference);
        if (!isBidirectional(reference)) assertSteps(network, reference);
        assertRun(network, reference);
        const difference = assertGradients(network, reference);
        t.diagnostic(`largest difference of a gradient ${difference.toExponential(1)}`);
        network.dispose();
      });
    }
  });
}

test('gates have the names of their kind, in the order of the files', () => {
  const names = {
    'rnn': [],
    'lstm': ['input', 'forget', 'candidate', 'output'],
    'gru': ['reset', 'update', 'candidate'],
    'four-gate': ['input', 'forget', 'candidate', 'output', 'use'],
    'feedforward': [],
    'tdnn': [],
  };
  for (const [kind, gates] of Object.entries(names)) {
    const layer = { kind, hiddenSize: 2, ...(kind === 'tdnn' && { delays: 2 }) };
    const network = libraries.simd.createNetwork({ input: { size: 1 }, layers: [layer] });
    network.step([1], network.initialState());
    assert.deepEqual(Object.keys(network.gates(0)), gates, kind);
    network.dispose();
  }
});
