// to-keras.js: a network as a program of Python's that builds it in Keras 3: model.py, which reads model.safetensors beside it
// and writes model.keras. No library that is small and well kept writes HDF5, which those files are made of.
import { ArgumentError } from '../../core/errors.js';
import { describeNetwork, programFiles } from './own-file.js';

/** @typedef {import('../../network/cell-options.js').LayerConfig} LayerConfig */

/** What a layer there can have as well. @type {Partial<Record<LayerConfig['kind'], string[]>>} */
const THERE = { lstm: [], gru: ['resetAfter'], rnn: ['activation'], feedforward: ['activation'] };
const COMMON = ['kind', 'hiddenSize', 'bias', 'forgetBias', 'bidirectional'];

/** @type {import('./export-file.js').Exporter} */
export function write(file, where) {
  const { config } = file;
  const fail = (/** @type {string} */ what) => {
    throw new ArgumentError(`${where}: ${what}, which Keras has not: export('torch') writes it out as a module of PyTorch's`);
  };
  if (config.memory) fail('the network is given a memory');
  if (config.output && 'mixture' in config.output) fail('the output is a mixture');
  config.layers.forEach((layer, l) => {
    const known = THERE[layer.kind] ?? fail(`layers[${l}] is a ${layer.kind}`);
    const other = Object.keys(layer).find((name) => !COMMON.includes(name) && !known.includes(name));
    if (other) fail(`layers[${l}] has ${other}`);
    if (layer.kind === 'feedforward' && layer.bidirectional) fail(`layers[${l}] is a feedforward that is bidirectional`);
  });
  return programFiles(programOf(config), file);
}

/** @param {import('./own-file.js').OwnFile['config']} config */
function programOf({ input, layers, output }) {
  const isOfTokens = 'tokens' in input;
  const embedding = isOfTokens ? `keras.layers.Embedding(${input.tokens}, ${input.embedding ?? input.tokens}, name='embedding')` : undefined;
  const outputs = output && Object.entries(output).find(([, count]) => typeof count === 'number');
  const squash = output && 'classes' in output ? ", activation='softmax'" : output && 'labels' in output ? ", activation='sigmoid'" : '';
  return `"""${describeNetwork({ input, layers, output, seed: 0 })}: a model of lstm-wasm in Keras 3, with the numbers in the .safetensors of the same name beside it.

    python model.py                          writes model.keras
    from model import model                  a keras.Model: (batch, steps${isOfTokens ? ') of tokens' : `, ${input.size})`} to what it answers after each step

Needs keras with one of its backends, numpy and safetensors.
"""
from pathlib import Path

import keras
import numpy
from safetensors.numpy import load_file

FILE = Path(__file__).with_suffix('.safetensors')
NUMBERS = load_file(FILE)


def turned(name, order):
    """Blocks of rows, gates, in Keras's order; of a matrix its other side."""
    blocks = numpy.split(NUMBERS[name], len(order))
    return numpy.concatenate([blocks[gate] for gate in order]).T


def cell(end, order, two_biases=False):
    """Kernel, recurrent kernel and bias: one, the sum of both here, or two."""
    weights = [turned('weight_ih' + end, order), turned('weight_hh' + end, order)]
    if 'bias_ih' + end in NUMBERS:
        biases = [turned(name + end, order) for name in ('bias_ih', 'bias_hh')]
        weights.append(numpy.stack(biases) if two_biases else sum(biases))
    return weights


def dense(weight, bias):
    return [NUMBERS[weight].T, *([NUMBERS[bias]] if bias in NUMBERS else [])]


inputs = x = keras.Input(${isOfTokens ? "(None,), dtype='int32'" : `(None, ${input.size})`})
${[
    ...(embedding ? [`x = ${embedding}(x)`] : []),
    ...layers.map((layer, l) => `x = ${layerOf(layer, l)}(x)`),
    ...(outputs ? [`x = keras.layers.Dense(${outputs[1]}${squash}, name='head')(x)`] : []),
    'model = keras.Model(inputs, x)',
    ...(embedding ? [`model.get_layer('embedding').set_weights([${'embedding' in input && input.embedding ? "NUMBERS['embedding.weight']" : `numpy.eye(${/** @type {any} */ (input).tokens}, dtype='float32')`}])`] : []),
    ...layers.map((layer, l) => `model.get_layer('layer_${l}').set_weights(${weightsOf(layer, l)})`),
    ...(outputs ? [`model.get_layer('head').set_weights(dense('${output && 'tied' in output ? 'embedding' : 'head'}.weight', 'head.bias'))`] : []),
  ].join('\n')}

if __name__ == '__main__':
    model.save(FILE.with_suffix('.keras'))
    model.summary()
`;
}

/** @param {LayerConfig} layer @param {number} l */
function layerOf(layer, l) {
  const { kind, hiddenSize, bias, bidirectional } = layer;
  const own = `name='layer_${l}'`;
  const activation = 'activation' in layer && layer.activation ? layer.activation : 'tanh';
  const noBias = bias ? '' : ', use_bias=False';
  if (kind === 'feedforward') return `keras.layers.Dense(${hiddenSize}, activation='${activation}'${noBias}, ${own})`;
  const options = `${hiddenSize}, return_sequences=True${noBias}${bidirectional ? '' : `, ${own}`}`;
  const cell = kind === 'lstm' ? `keras.layers.LSTM(${options})`
    : kind === 'gru' ? `keras.layers.GRU(${options}, reset_after=${layer.resetAfter ? 'True' : 'False'})`
      : `keras.layers.SimpleRNN(${options}, activation='${activation}')`;
  return bidirectional ? `keras.layers.Bidirectional(${cell}, ${own})` : cell;
}

/** @param {LayerConfig} layer @param {number} l */
function weightsOf(layer, l) {
  const { kind, bidirectional } = layer;
  if (kind === 'feedforward') return `dense('weight_ih_l${l}', 'bias_ih_l${l}')`;
  // Keras: i, f, c, o as here; z, r, h.
  const order = kind === 'lstm' ? 'range(4)' : kind === 'gru' ? '[1, 0, 2]' : '[0]';
  const two = kind === 'gru' && layer.resetAfter ? ', True' : '';
  const of = (/** @type {string} */ end) => `cell('${end}', ${order}${two})`;
  return bidirectional ? `${of(`_l${l}`)} + ${of(`_l${l}_reverse`)}` : of(`_l${l}`);
}
