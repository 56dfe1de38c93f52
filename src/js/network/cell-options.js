// cell-options.js: what each kind of cell can be asked for: the one table behind checks, messages, files and the ABI.
import { flag, integer, objectOf, oneOf, optional, readChoice, refuse } from '../core/check.js';
import { ArgumentError } from '../core/errors.js';

/**
 * The kinds of cells.
 * @typedef {'rnn' | 'lstm' | 'gru' | 'four-gate' | 'feedforward' | 'tdnn'} CellKindName
 */

/**
 * What every kind takes.
 * @typedef {object} SizeOptions
 * @property {number} hiddenSize H, 1 to 65536
 * @property {boolean} [bias] default true
 * @property {boolean} [bidirectional] a second cell reads the sequence from its end, and the two outputs lie side by
 *   side; for whole sequences (createTrainer, run), not for steps; default false
 */

/**
 * What the kinds with a memory take.
 * @typedef {object} MemoryOptions
 * @property {boolean} [trainableState] the state that a sequence starts from is learnt too, as parameters h0 and c0,
 *   instead of zeros; default false
 */

/**
 * Elman's network: h = tanh(W_ih x + b_ih + W_hh h_prev + b_hh).
 * @typedef {object} RnnOptions
 * @property {'tanh' | 'relu'} [activation] default 'tanh'
 * @property {number} [clip] what goes into the activation is kept in [-clip, clip]; default: it is not
 */

/**
 * What the kinds with a forget gate take, where it has a bias.
 * @typedef {object} ForgetOptions
 * @property {number} [forgetBias] what the two biases of the forget gate sum to before they are trained: above 0 it
 *   starts open, and the memory reaches far back (Jozefowicz, Zaremba & Sutskever 2015); default 1, and 0 in
 *   createCharModel, where it learns texts better
 */

/**
 * The long short-term memory cell. The plain one is torch.nn.LSTM's; what differs from it is an option.
 * @typedef {object} LstmOptions
 * @property {'none' | 'diagonal' | 'full'} [peephole] the gates see the cell state, each unit its own ('diagonal': Gers
 *   & Schmidhuber 2000) or all of it ('full'): i and f the c before, o the new one; default 'none'
 * @property {boolean} [coupled] f = 1 - i, as ONNX's input_forget; default false
 * @property {boolean} [inputGate] false: without, i = 1; default true
 * @property {boolean} [forgetGate] false: without, f = 1 (Hochreiter & Schmidhuber 1997); default true
 * @property {boolean} [outputGate] false: without, o = 1; default true
 * @property {boolean} [inputActivation] false: the candidate g is not squashed; default true
 * @property {boolean} [outputActivation] false: h = o * c; default true
 * @property {boolean} [fullGateRecurrence] the gates see the gates of the step before; default false
 * @property {boolean | 'products'} [layerNorm] layer normalisation: of both products and of c (Ba et al. 2016), or of the
 *   products alone, with which a text is learnt better; default false
 * @property {number} [initialGain] with layerNorm, what its weights are before they are trained; above 0; default 1, and 0.5
 *   for 'products'
 * @property {'none' | 'diagonal'} [multiplicative] 'diagonal': h is multiplied by 1 + W_mx x, unit by unit, before W_hh
 *   multiplies it (Krause et al. 2016 with a diagonal; a Mogrifier round, Melis et al. 2020). W_mx starts as zeros;
 *   default 'none'
 * @property {number} [projection] P, 1 to 65536: h = W_hr (o * tanh(c)) has P numbers, as PyTorch's proj_size; default:
 *   none
 * @property {number} [clip] what goes into the gates is kept in [-clip, clip]; default: it is not
 */

/**
 * The gated recurrent unit of Cho et al. 2014.
 * @typedef {object} GruOptions
 * @property {boolean} [resetAfter] the reset gate acts on the product W_hn h_prev, as in PyTorch and cuDNN, instead of
 *   on h_prev; default false
 * @property {number} [clip] what goes into the gates is kept in [-clip, clip]; default: it is not
 */

/**
 * A layer without memory: h = tanh(W_ih x + b_ih).
 * @typedef {object} FeedforwardOptions
 * @property {'tanh' | 'relu'} [activation] default 'tanh'
 */

/**
 * A time-delay network (Waibel 1989): as feedforward, over the last inputs.
 * @typedef {object} TdnnOptions
 * @property {number} delays how many inputs a step sees, the newest among them; 2 to 1024
 * @property {'tanh' | 'relu'} [activation] default 'tanh'
 */

/**
 * A kind with its options.
 * @typedef {({ kind: 'lstm' } & MemoryOptions & ForgetOptions & LstmOptions)
 *   | ({ kind: 'rnn' } & MemoryOptions & RnnOptions)
 *   | ({ kind: 'gru' } & MemoryOptions & GruOptions)
 *   | ({ kind: 'four-gate' } & MemoryOptions & ForgetOptions)
 *   | ({ kind: 'feedforward' } & FeedforwardOptions)
 *   | ({ kind: 'tdnn' } & TdnnOptions)} KindOptions
 */
/**
 * The same, where lstm may be left unsaid.
 * @typedef {KindOptions | ({ kind?: 'lstm' } & MemoryOptions & ForgetOptions & LstmOptions)} AnyKindOptions
 */
/**
 * One layer of a network: its kind, its size, and what its kind has of its own.
 * @typedef {SizeOptions & KindOptions} LayerOptions
 */

/**
 * A checked layer: plain data, with `bias` and those of its other options that are not what they are when left unsaid.
 * @typedef {LayerOptions & { bias: boolean }} LayerConfig
 */

/**
 * How an option is read, what it is where it is not given, and which CellOptions it asks for.
 * @typedef {object} Option
 * @property {import('../core/check.js').Reader<any>} read
 * @property {unknown} preset
 * @property {(value: any) => number} bits
 */

const MAX_HIDDEN = 2 ** 16;
const MAX_DELAYS = 2 ** 10;
const FORGET_BIAS = 1;

/** CellOption in src/cells/cell.h, which says what each means. */
export const optionBits = Object.freeze({
  RELU: 1 << 0,
  RESET_AFTER: 1 << 1,
  PEEPHOLE_DIAGONAL: 1 << 2,
  PEEPHOLE_FULL: 1 << 3,
  COUPLED: 1 << 4,
  NO_INPUT_GATE: 1 << 5,
  NO_FORGET_GATE: 1 << 6,
  NO_OUTPUT_GATE: 1 << 7,
  NO_INPUT_ACTIVATION: 1 << 8,
  NO_OUTPUT_ACTIVATION: 1 << 9,
  FULL_GATE_RECURRENCE: 1 << 10,
  LAYER_NORM: 1 << 11,
  LAYER_NORM_PRODUCTS: 1 << 12,
  MULTIPLICATIVE_DIAGONAL: 1 << 13,
});
const bit = optionBits;

/** @param {number} bits @returns {Option} */
const on = (bits) => ({ read: flag(false), preset: false, bits: (value) => (value ? bits : 0) });
/** @param {number} bits @returns {Option} */
const off = (bits) => ({ read: flag(true), preset: true, bits: (value) => (value ? 0 : bits) });
/** @param {Record<string, number>} bits by word; the first is what is meant when nothing is said @returns {Option} */
const word = (bits) => {
  const [preset, ...others] = Object.keys(bits);
  return { read: oneOf([preset, ...others], preset), preset, bits: (value) => bits[value] };
};
/** @param {import('../core/check.js').Reader<any>} read @returns {Option} */
const amount = (read) => ({ read, preset: undefined, bits: () => 0 });

/** @type {import('../core/check.js').Reader<number>} */
function readAboveZero(value, path) {
  const single = typeof value === 'number' ? Math.fround(value) : NaN;
  if (!(single > 0 && single < Infinity)) refuse(path, 'a number above 0 that fits a 32-bit float', value);
  return /** @type {number} */ (value);
}

/** @type {import('../core/check.js').Reader<boolean | 'products'>} */
function readLayerNorm(value = false, path) {
  if (typeof value !== 'boolean' && value !== 'products') refuse(path, "true, false or 'products'", value);
  return /** @type {boolean | 'products'} */ (value);
}

/** @type {import('../core/check.js').Reader<number>} */
function readForgetBias(value = FORGET_BIAS, path) {
  if (typeof value !== 'number' || !Number.isFinite(Math.fround(value))) {
    refuse(path, 'a number that fits a 32-bit float', value);
  }
  return value;
}

const activation = word({ tanh: 0, relu: bit.RELU });
const clip = amount(optional(readAboveZero));
const trainableState = on(0);
const forgetBias = { ...amount(readForgetBias), preset: FORGET_BIAS };

/** Options of every kind, beside kind, hiddenSize and bias. @type {Record<string, Option>} */
const common = { bidirectional: on(0) };

/** @type {Record<CellKindName, Record<string, Option>>} */
const kinds = {
  rnn: { trainableState, activation, clip },
  lstm: {
    trainableState,
    forgetBias,
    peephole: word({ none: 0, diagonal: bit.PEEPHOLE_DIAGONAL, full: bit.PEEPHOLE_FULL }),
    coupled: on(bit.COUPLED),
    inputGate: off(bit.NO_INPUT_GATE),
    forgetGate: off(bit.NO_FORGET_GATE),
    outputGate: off(bit.NO_OUTPUT_GATE),
    inputActivation: off(bit.NO_INPUT_ACTIVATION),
    outputActivation: off(bit.NO_OUTPUT_ACTIVATION),
    fullGateRecurrence: on(bit.FULL_GATE_RECURRENCE),
    layerNorm: {
      read: readLayerNorm,
      preset: false,
      bits: (value) => (value === 'products' ? bit.LAYER_NORM_PRODUCTS : value ? bit.LAYER_NORM : 0),
    },
    initialGain: amount(optional(readAboveZero)),
    multiplicative: word({ none: 0, diagonal: bit.MULTIPLICATIVE_DIAGONAL }),
    projection: amount(optional(integer(1, MAX_HIDDEN))),
    clip,
  },
  gru: { trainableState, resetAfter: on(bit.RESET_AFTER), clip },
  'four-gate': { trainableState, forgetBias },
  feedforward: { activation },
  tdnn: { delays: amount(integer(2, MAX_DELAYS)), activation },
};

export const kindNames = /** @type {CellKindName[]} */ (Object.keys(kinds));

/** The options that only some kinds take: those of this one. @param {CellKindName} kind */
export const optionNames = (kind) => Object.keys(kinds[kind]);

const readBias = flag(true);

/** @param {string} kind @returns {Record<string, Option>} */
const optionsOf = (kind) => ({ ...common, ...kinds[/** @type {CellKindName} */ (kind)] });

/** @param {string} kind */
const readersOf = (kind) => Object.fromEntries(Object.entries(optionsOf(kind)).map(([name, { read }]) => [name, read]));

/**
 * Reads the options of a layer, and beside them others.
 * @template {Record<string, import('../core/check.js').Reader<any>>} [Others={}]
 * @param {string} where the call, for messages
 * @param {unknown} options
 * @param {object} [about]
 * @param {Others} [about.others] how the others are read
 * @param {CellKindName} [about.kind] where none is given; without it one has to be
 * @param {number} [about.hiddenSize] likewise
 * @param {number} [about.forgetBias] likewise, where the layer has one
 * @param {string} [about.oneWay] why `bidirectional` is refused; without it, it is not
 * @returns {{ layer: LayerConfig, others: { [Name in keyof Others]: ReturnType<Others[Name]> } }}
 * @throws {ArgumentError}
 */
export function readLayer(where, options, { others, oneWay, ...presets } = {}) {
  const size = { hiddenSize: integer(1, MAX_HIDDEN, presets.hiddenSize), bias: readBias };
  const tables = Object.fromEntries(kindNames.map((name) => [name, { ...size, ...readersOf(name) }]));
  const values = readChoice(where, options, 'kind', tables, presets.kind, others);
  const { kind } = values;
  if (values.bidirectional && oneWay) {
    throw new ArgumentError(`${where}: bidirectional must be false: ${oneWay}`);
  }
  for (const gate of ['inputGate', 'forgetGate']) {
    if (!values.coupled || values[gate]) continue;
    throw new ArgumentError(`${where}: coupled (f = 1 - i) must be false without both gates, got ${gate} false`);
  }
  if (values.initialGain !== undefined && !values.layerNorm) {
    throw new ArgumentError(`${where}: initialGain must be absent without layerNorm, got ${values.initialGain}`);
  }
  const { forgetBias } = objectOf(where, options);
  const isBiased = hasForgetBias(values);
  if (forgetBias !== undefined && !isBiased) {
    throw new ArgumentError(`${where}: forgetBias must be absent where no forget gate has a bias, got ${forgetBias}`);
  }
  if (forgetBias === undefined && isBiased) values.forgetBias = presets.forgetBias ?? FORGET_BIAS;
  /** @type {Record<string, unknown>} */
  const layer = { kind, hiddenSize: values.hiddenSize, bias: values.bias };
  for (const [name, { preset }] of Object.entries(optionsOf(kind))) if (values[name] !== preset) layer[name] = values[name];
  const rest = Object.fromEntries(Object.keys(others ?? {}).map((name) => [name, values[name]]));
  return { layer: /** @type {any} */ (layer), others: /** @type {any} */ (rest) };
}

/** Has the forget gate of such a layer biases? @param {Record<string, any>} layer checked */
const hasForgetBias = ({ kind, bias, coupled, forgetGate = true }) =>
  'forgetBias' in kinds[/** @type {CellKindName} */ (kind)] && bias && !coupled && forgetGate;

/**
 * The options of a checked layer, with its forget bias also where that is what createCell takes when it is left unsaid.
 * @param {LayerConfig} layer
 * @returns {LayerConfig}
 */
export function withForgetBias(layer) {
  return hasForgetBias(layer) ? /** @type {any} */ ({ forgetBias: FORGET_BIAS, ...layer }) : layer;
}

/**
 * What stands for a layer in the ABI: see lstm_network_create.
 * @param {LayerConfig} layer
 * @param {number} kind its number
 */
export function layerWords(layer, kind) {
  const values = /** @type {Record<string, any>} */ (layer);
  let bits = 0;
  for (const [name, option] of Object.entries(kinds[layer.kind])) {
    if (name in values) bits |= option.bits(values[name]);
  }
  const forgetBias = hasForgetBias(values) ? (values.forgetBias ?? FORGET_BIAS) : 0;
  const floats = Float32Array.of(values.clip ?? 0, forgetBias, values.initialGain ?? 0);
  const [clipBits, forgetBits, gainBits] = new Int32Array(floats.buffer);
  return [
    kind,
    layer.hiddenSize,
    layer.bias ? 1 : 0,
    bits,
    values.projection ?? 0,
    values.delays ?? 0,
    clipBits,
    forgetBits,
    values.bidirectional ? 1 : 0,
    values.trainableState ? 1 : 0,
    gainBits,
  ];
}
