// to-torch.js: a network as a module of PyTorch's: model.py, a program too, which reads model.safetensors beside it.
import { ArgumentError } from '../../core/errors.js';
import { describeNetwork, inputSizes, outputSize, programFiles } from './own-file.js';
import { cellsOf, classOf, isInTorch, ownOptions } from './torch-cells.js';
import { RUNNING, TOKENS, VECTORS } from './torch-program.js';

/** @typedef {import('../../network/cell-options.js').LayerConfig} LayerConfig */
/** @typedef {import('./own-file.js').OwnFile} OwnFile */

/** @type {import('./export-file.js').Exporter} */
export function write(file, where) {
  if (file.config.memory) {
    throw new ArgumentError(`${where}: the network is given a memory (its option memory), which the module of one network does not have: its save() is a `
      + 'file of safetensors, whose tensors load_file() of Python reads');
  }
  return programFiles(programOf(file), file);
}

/** @param {OwnFile} file */
function programOf({ config, tensors, metadata }) {
  const isOfTokens = metadata.has('alphabet') || /"kind":"tokens"/.test(metadata.get('model') ?? '');
  const cells = cellsOf(config.layers);
  const example = metadata.has('alphabet') ? "python model.py 'Once upon a '           what may come next, and how it goes on"
    : isOfTokens ? 'python model.py TOKEN TOKEN ...          what may come next, and how it goes on'
      : `python model.py '${'tokens' in config.input ? '[0, 1]' : '[[0.5, ...], ...]'}'      what it answers to a sequence, as JSON`;
  return [`"""${describeNetwork(config)}: a model of lstm-wasm in PyTorch, with the numbers in the .safetensors of the same name beside it.

    ${example}
    from model import load, save             a torch.nn.Module, to run and to train; save() writes a file that lstm-wasm opens

Needs torch, numpy and safetensors.
"""
import json
import re
import sys
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch.nn.functional import layer_norm, linear, one_hot

FILE = Path(__file__).with_suffix('.safetensors')
`, ...cells, modelOf(config, tensors), RUNNING, isOfTokens ? TOKENS : VECTORS].join('\n\n');
}

/** @param {OwnFile['config']} config @param {OwnFile['tensors']} tensors */
function modelOf({ input, layers, output }, tensors) {
  const sizes = inputSizes({ input, layers, output, seed: 0 });
  const isOfTokens = 'tokens' in input;
  const learnt = [...tensors.keys()].filter((name) => /^[hc]0_l/.test(name));
  const last = outputSize(layers[layers.length - 1]);
  const rows = tensors.get('head.bias')?.values.length;
  const shapeOf = (/** @type {string} */ name) => `(${tensors.get(name)?.shape.join(', ')},)`.replace(/(, .*),\)/, '$1)');
  return [
    'class Model(torch.nn.Module):',
    `    """x (T, B${isOfTokens ? ') of tokens' : `, ${input.size})`}, state -> (T, B, ${rows ?? last}), what \`answer\` makes its answer of, and the state after it."""`,
    '',
    '    def __init__(self):',
    '        super().__init__()',
    ...(isOfTokens && input.embedding ? [`        self.embedding = torch.nn.Embedding(${input.tokens}, ${input.embedding})`] : []),
    '        self.layers = torch.nn.ModuleList([',
    ...layers.map((layer, l) => `            ${isInTorch(layer) ? torchLayer(layer, sizes[l]) : ownLayer(layer, l, sizes[l], tensors)},`),
    '        ])',
    ...(learnt.length > 0 ? [
      '        self.learnt = torch.nn.ParameterDict({',
      ...learnt.map((name) => `            '${name}': torch.zeros(${shapeOf(name)}),`),
      '        })',
    ] : []),
    ...(rows ? [`        self.head = torch.nn.Linear(${last}, ${rows})`] : []),
    ...(output && 'tied' in output && output.tied ? ['        self.head.weight = self.embedding.weight'] : []),
    '',
    '    def start(self, batch):',
    '        """The state that sequences start from: of each layer a tuple of tensors (ways, batch, size)."""',
    '        return [',
    ...layers.map((layer, l) => `            ${startOf(layer, l, sizes[l])},`),
    '        ]',
    '',
    '    def forward(self, x, state=None):',
    ...(!isOfTokens ? [] : input.embedding ? ['        x = self.embedding(x)'] : [
      `        x = one_hot(x, ${input.tokens}).to(self.layers[0].weight_ih_l0.dtype)`]),
    '        state = self.start(x.shape[1]) if state is None else state',
    '        after = []',
    '        for layer, before in zip(self.layers, state):',
    '            if isinstance(layer, (torch.nn.GRU, torch.nn.RNN)):',
    '                x, h = layer(x, *before)',
    '                after.append((h,))',
    '            else:',
    '                x, now = layer(x, before)',
    '                after.append(now)',
    `        return ${rows ? 'self.head(x)' : 'x'}, after`,
    '',
    '    def answer(self, y):',
    ...answerOf(output),
    '',
  ].join('\n');
}

/** @param {OwnFile['config']['output']} output */
function answerOf(output) {
  if (output && 'classes' in output) return ['        """Of each class its probability."""', '        return y.softmax(-1)'];
  if (output && 'labels' in output) return ['        """Of each label its probability."""', '        return y.sigmoid()'];
  if (!output || !output.mixture) return ['        """It is the answer."""', '        return y'];
  const { mixture: K, values: n } = output;
  return [
    `        """Of a mixture of ${K} normal densities over ${n} values: weights, means (${K}, ${n}), deviations (${K}, ${n})."""`,
    `        weights, means, deviations = y.split([${K}, ${K * n}, ${K * n}], -1)`,
    '        return torch.cat([weights.softmax(-1), means, (10 * torch.tanh(deviations / 10)).exp()], -1)',
  ];
}

/** @param {LayerConfig} layer @param {number} D */
function torchLayer(layer, D) {
  const { kind, hiddenSize, bias, bidirectional } = layer;
  const values = /** @type {Record<string, unknown>} */ (layer);
  return `torch.nn.${kind.toUpperCase()}(${[
    D, hiddenSize,
    ...(bias ? [] : ['bias=False']),
    ...(bidirectional ? ['bidirectional=True'] : []),
    ...(values.projection ? [`proj_size=${values.projection}`] : []),
    ...(values.activation === 'relu' ? ["nonlinearity='relu'"] : []),
  ].join(', ')})`;
}

/** @param {LayerConfig} layer @param {number} l @param {number} D @param {OwnFile['tensors']} tensors */
function ownLayer(layer, l, D, tensors) {
  const end = `_l${l}`;
  const shapes = [...tensors].filter(([name]) => name.endsWith(end) && !/^[hc]0_/.test(name))
    .map(([name, { shape }]) => `${name.slice(0, -end.length)}=(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`);
  const options = ownOptions(layer).map(([name, value]) =>
    `, ${name}=${typeof value === 'boolean' ? (value ? 'True' : 'False') : JSON.stringify(value)}`);
  const sizes = stateSizes(layer, D);
  return `${classOf(layer)}(dict(${shapes.join(', ')}), (${sizes.join(', ')}${sizes.length === 1 ? ',' : ''})${layer.bidirectional ? ', ways=2' : ''}${options.join('')})`;
}

/** How many numbers its state has. @param {LayerConfig} layer @param {number} D */
function stateSizes(layer, D) {
  const H = layer.hiddenSize;
  switch (layer.kind) {
    case 'lstm': {
      const { inputGate = true, forgetGate = true, outputGate = true, coupled, projection = H, fullGateRecurrence } = layer;
      const gates = [inputGate, forgetGate && !coupled, outputGate].filter(Boolean).length;
      return [projection, H + (fullGateRecurrence ? gates * H : 0)];
    }
    case 'four-gate': return [H, H];
    case 'feedforward': return [];
    case 'tdnn': return [(layer.delays - 1) * D];
    default: return [H];
  }
}

/** @param {LayerConfig} layer @param {number} l @param {number} D */
function startOf(layer, l, D) {
  const ways = layer.bidirectional ? 2 : 1;
  const isLearnt = 'trainableState' in layer && layer.trainableState;
  const parts = stateSizes(layer, D).map((size, i) => {
    const ends = ways === 2 ? [`_l${l}`, `_l${l}_reverse`] : [`_l${l}`];
    if (!isLearnt) return `next(self.parameters()).new_zeros(${ways}, batch, ${size})`;
    const learnt = ends.map((end) => `self.learnt['${'hc'[i]}0${end}']`);
    return `torch.stack([${learnt.join(', ')}])[:, None].repeat(1, batch, 1)`;
  });
  return `(${parts.join(', ')}${parts.length === 1 ? ',' : ''})`;
}
