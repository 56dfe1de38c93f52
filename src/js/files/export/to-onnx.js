// to-onnx.js: a network as two files of ONNX.
//
//   model.onnx       whole sequences: input (batch, steps) of tokens or (batch, steps, D) -> output (batch, steps, V), and the
//                    states after the last step. From the state that sequences start from here
//   model-step.onnx  one step: input (batch) or (batch, D), and the states -> output (batch, V), and the states after it. Not
//                    of networks that read a sequence both ways
//
// States are h_l0, c_l0, ... (ways, batch, H), after it next_h_l0, ...; where a sequence starts they are zeros, or what
// `start` in the metadata says. All numbers are float32, also where the network here has weights of 8 bits: exactly what
// those stand for. What the model is and knows stands in the metadata, as in this library's own files: it opens again as it was.
import { ArgumentError } from '../../core/errors.js';
import { VERSION as LIBRARY } from '../../core/version.js';
import { OnnxGraph } from './OnnxGraph.js';
import { assertInOnnx, onnxCell, transposed } from './onnx-weights.js';
import { describeNetwork, inputSizes, outputSize } from './own-file.js';

/** @typedef {import('./own-file.js').OwnFile} OwnFile */
/** @typedef {import('./OnnxGraph.js').Size} Size */

/** Messages of protobuf are shorter than this. */
const LONGEST = 2 ** 31;
/** The logarithm r of a deviation of a mixture becomes 10 tanh(r / 10): src/kernels/loss.c. */
const BOUND = 10;

/** @type {import('./export-file.js').Exporter} */
export function write(file, where) {
  const { config, tensors } = file;
  if (config.memory) {
    throw new ArgumentError(`${where}: the network is given a memory (its option memory), which an ONNX file of one network does not have: its save() is a `
      + 'file of safetensors, whose tensors load_file() of Python reads');
  }
  config.layers.forEach((layer, l) => assertInOnnx(layer, l, where));
  const count = [...tensors.values()].reduce((sum, { values }) => sum + values.length, 0);
  if (count * 4 > LONGEST - 2 ** 20) throw new ArgumentError(`${where}: ${count} numbers are more than an ONNX file holds, 2 GB: export('torch') has no such limit`);
  const isBoth = config.layers.some(({ bidirectional }) => bidirectional);
  return {
    'model.onnx': graphOf(file, false),
    ...(!isBoth && { 'model-step.onnx': graphOf(file, true) }),
  };
}

/**
 * @param {OwnFile} file
 * @param {boolean} isStep one step, or a whole sequence?
 */
function graphOf({ config, tensors, metadata }, isStep) {
  const graph = new OnnxGraph();
  const tensor = (/** @type {string} */ one) => /** @type {import('./own-file.js').FloatTensor} */ (tensors.get(one));
  const around = isStep ? /** @type {const} */ (['batch']) : /** @type {const} */ (['batch', 'steps']);
  const input = inputOf(graph, config.input, around, tensors);
  // From here on (steps, batch, numbers).
  let x = isStep ? graph.node('Unsqueeze', [input.name, graph.wholes('axis_0', [0])]) : input.turned;
  const sizes = inputSizes(config);
  config.layers.forEach((layer, l) => {
    x = layer.kind === 'feedforward' ? denseLayer(graph, layer, l, x, tensor)
      : cellLayer(graph, { layer, l, D: sizes[l], x, isStep, start: input.start }, tensor);
  });
  const { size, last } = headOf(graph, config, x, tensors);
  const output = isStep ? graph.node('Reshape', [last, graph.wholes('output_shape', [-1, size])], {}, ['output'])
    : graph.node('Transpose', [last], { perm: [1, 0, 2] }, ['output']);
  graph.output(output, [...around, size]);
  statesOf(graph, config);
  const starts = isStep ? startOf(tensors) : undefined;
  return graph.write({
    name: isStep ? 'model-step' : 'model', text: `${describeNetwork(config)}: ${isStep ? 'one step, from states to states' : 'whole sequences'}`, version: LIBRARY,
    metadata: new Map([...metadata, ...(starts ? [/** @type {const} */ (['start', starts])] : [])]),
  });
}

/**
 * What the network reads, as vectors.
 * @param {OnnxGraph} graph
 * @param {OwnFile['config']['input']} input
 * @param {readonly Size[]} around its first axes
 * @param {OwnFile['tensors']} tensors
 */
function inputOf(graph, input, around, tensors) {
  const isWhole = 'tokens' in input;
  const given = graph.input('input', isWhole ? 'int64' : 'float', isWhole ? around : [...around, input.size]);
  /** (1, batch, 1), for what a sequence starts from. */
  const start = () => {
    const shape = graph.node('Shape', [given]);
    const batch = graph.node('Gather', [shape, graph.wholes('axis_of_batch', [0])]);
    const one = graph.wholes('one', [1]);
    return graph.node('Concat', [one, batch, one], { axis: 0 });
  };
  const turn = (/** @type {string} */ x, /** @type {number[]} */ perm) => (around.length > 1 ? graph.node('Transpose', [x], { perm }) : x);
  if (!isWhole) return { name: given, turned: turn(given, [1, 0, 2]), start };
  const tokens = turn(given, [1, 0]);
  const table = tensors.get('embedding.weight');
  if (table) {
    const x = graph.node('Gather', [graph.floats('embedding.weight', table.shape, table.values), tokens], { axis: 0 });
    return { name: x, turned: x, start };
  }
  const depth = graph.wholes('tokens', [input.tokens]);
  const x = graph.node('OneHot', [tokens, depth, graph.floats('off_on', [2], Float32Array.of(0, 1))], { axis: -1 });
  return { name: x, turned: x, start };
}

/**
 * @param {OnnxGraph} graph
 * @param {import('../../network/cell-options.js').LayerConfig} layer
 * @param {number} l
 * @param {string} x
 * @param {(name: string) => import('./own-file.js').FloatTensor} tensor
 */
function denseLayer(graph, layer, l, x, tensor) {
  const { activation } = /** @type {{ activation?: 'relu' }} */ (layer);
  const y = linear(graph, x, `l${l}`, tensor(`weight_ih_l${l}`), layer.bias ? tensor(`bias_ih_l${l}`) : undefined);
  return graph.node(activation === 'relu' ? 'Relu' : 'Tanh', [y]);
}

/**
 * x W^T + b
 * @param {OnnxGraph} graph
 * @param {string} x
 * @param {string} name
 * @param {import('./own-file.js').FloatTensor} weight
 * @param {import('./own-file.js').FloatTensor} [bias]
 */
function linear(graph, x, name, weight, bias) {
  const { shape, values } = transposed(weight);
  const y = graph.node('MatMul', [x, graph.floats(`${name}.weight`, shape, values)]);
  return bias ? graph.node('Add', [y, graph.floats(`${name}.bias`, bias.shape, bias.values)]) : y;
}

/**
 * @param {OnnxGraph} graph
 * @param {{ layer: import('../../network/cell-options.js').LayerConfig, l: number, D: number, x: string, isStep: boolean, start: () => string }} about
 * @param {(name: string) => import('./own-file.js').FloatTensor} tensor
 */
function cellLayer(graph, { layer, l, D, x, isStep, start }, tensor) {
  const { kind, hiddenSize: H, bidirectional } = layer;
  const ways = bidirectional ? 2 : 1;
  const { type, attributes, W, R, B, P, h0, c0 } = onnxCell(layer, l, D, (name) => tensor(name).values);
  const constant = (/** @type {string} */ name, /** @type {import('./onnx-weights.js').Matrix | undefined} */ matrix) =>
    (matrix ? graph.floats(`l${l}.${name}`, matrix.shape, matrix.values) : '');
  const state = (/** @type {'h' | 'c'} */ name, /** @type {import('./onnx-weights.js').Matrix | undefined} */ learnt) => {
    if (isStep) return graph.input(`${name}_l${l}`, 'float', [ways, 'batch', H]);
    return learnt ? graph.node('Expand', [constant(`${name}0`, learnt), start()]) : '';
  };
  // Input 4 is how long each sequence is.
  const inputs = [x, constant('W', W), constant('R', R), constant('B', B), '', state('h', h0)];
  if (kind === 'lstm') inputs.push(state('c', c0), constant('P', P));
  while (inputs[inputs.length - 1] === '') inputs.pop();
  const names = kind === 'lstm' ? ['h', 'c'] : ['h'];
  const y = graph.node(type, inputs, attributes, [`y_l${l}`, ...names.map((name) => `next_${name}_l${l}`)]);
  if (ways === 1) return graph.node('Squeeze', [y, graph.wholes(`l${l}.ways`, [1])]);
  // (steps, ways, batch, H) to (steps, batch, 2 H)
  return graph.node('Reshape', [graph.node('Transpose', [y], { perm: [0, 2, 1, 3] }), graph.wholes(`l${l}.joined`, [0, 0, 2 * H])]);
}

/**
 * The answer.
 * @param {OnnxGraph} graph
 * @param {OwnFile['config']} config
 * @param {string} x
 * @param {OwnFile['tensors']} tensors
 */
function headOf(graph, { output, layers }, x, tensors) {
  if (!output) return { size: outputSize(layers[layers.length - 1]), last: x };
  const isTied = 'tied' in output && output.tied;
  const bias = /** @type {import('./own-file.js').FloatTensor} */ (tensors.get('head.bias'));
  const size = bias.values.length;
  let last;
  if (isTied) {
    const y = graph.node('MatMul', [x, graph.node('Transpose', ['embedding.weight'], { perm: [1, 0] })]);
    last = graph.node('Add', [y, graph.floats('head.bias', bias.shape, bias.values)]);
  } else {
    last = linear(graph, x, 'head', /** @type {import('./own-file.js').FloatTensor} */ (tensors.get('head.weight')), bias);
  }
  if ('classes' in output) last = graph.node('Softmax', [last], { axis: -1 });
  else if ('labels' in output) last = graph.node('Sigmoid', [last]);
  else if (output.mixture) last = mixture(graph, last, output.mixture, output.values);
  return { size, last };
}

/**
 * Weights by softmax, means, and deviations by exp: of a mixture of K in n dimensions K, K n and K n numbers.
 * @param {OnnxGraph} graph
 * @param {string} y
 * @param {number} K
 * @param {number} n
 */
function mixture(graph, y, K, n) {
  const names = ['mixture_weights', 'mixture_means', 'mixture_deviations'];
  graph.node('Split', [y, graph.wholes('mixture_sizes', [K, K * n, K * n])], { axis: -1 }, names);
  const weights = graph.node('Softmax', [names[0]], { axis: -1 }, ['mixture_softmax']);
  const times = (/** @type {string} */ x, /** @type {number} */ factor, /** @type {string} */ name) =>
    graph.node('Mul', [x, graph.floats(`${name}_by`, [], Float32Array.of(factor))], {}, [name]);
  const tanh = graph.node('Tanh', [times(names[2], 1 / BOUND, 'mixture_inner')], {}, ['mixture_tanh']);
  const deviations = graph.node('Exp', [times(tanh, BOUND, 'mixture_outer')], {}, ['mixture_exp']);
  return graph.node('Concat', [weights, names[1], deviations], { axis: -1 }, ['mixture_concat']);
}

/** What comes out of the cells beside the answer. @param {OnnxGraph} graph @param {OwnFile['config']} config */
function statesOf(graph, { layers }) {
  layers.forEach(({ kind, hiddenSize, bidirectional }, l) => {
    if (kind === 'feedforward') return;
    for (const name of kind === 'lstm' ? ['h', 'c'] : ['h']) {
      graph.output(`next_${name}_l${l}`, [bidirectional ? 2 : 1, 'batch', hiddenSize]);
    }
  });
}

/** What a sequence starts from where that was learnt: JSON { h_l0: [numbers], ... }. @param {OwnFile['tensors']} tensors */
function startOf(tensors) {
  const learnt = [...tensors].filter(([name]) => /^[hc]0_l\d+$/.test(name));
  return learnt.length > 0 ? JSON.stringify(Object.fromEntries(learnt.map(([name, { values }]) => [name.replace('0', ''), [...values]]))) : undefined;
}
