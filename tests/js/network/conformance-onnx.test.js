// The library beside ONNX's operators LSTM, GRU and RNN: their published node tests, and onnxruntime for what these
// leave out (tests/reference/generate_onnx.py says how gates and layouts are turned into ours).
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assertRun, build } from '../../reference/conformance.js';
import { onnxReferences } from '../../reference/read.js';
import { libraries, variants } from '../../reference/variants.js';

const cases = onnxReferences();

for (const variant of variants) {
  describe(`${variant}: as ONNX`, () => {
    for (const reference of cases) {
      test(`${reference.name}: ${reference.case.source}`, () => {
        const network = build(libraries[variant], reference);
        assertRun(network, reference);
        network.dispose();
      });
    }
  });
}

test('there are published tests of each operator, and of each option', () => {
  const published = cases.filter(({ case: { source } }) => source.includes('ONNX node tests')).map(({ name }) => name);
  for (const name of ['lstm_defaults', 'lstm_with_initial_bias', 'lstm_with_peepholes', 'lstm_batchwise',
    'gru_defaults', 'gru_with_initial_bias', 'gru_seq_length', 'gru_batchwise', 'simple_rnn_defaults',
    'simple_rnn_with_initial_bias', 'rnn_seq_length', 'simple_rnn_batchwise']) {
    assert.ok(published.includes(`test_${name}`), name);
  }
  for (const option of ['peephole', 'coupled', 'clip', 'resetAfter', 'activation', 'bidirectional']) {
    assert.ok(cases.some(({ case: { layers } }) => option in layers[0]), option);
  }
});
