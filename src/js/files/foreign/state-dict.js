// state-dict.js: the layers of a PyTorch state_dict, read from the names and shapes of its tensors.
//
//   PREFIX.weight_ih_l0, ...        torch.nn.LSTM, GRU or RNN: G = 4, 3, 1 gates of H rows; G H x D and G H x H, or x P with a
//                                   projection; without _l0 those of an LSTMCell, GRUCell or RNNCell
//   PREFIX.weight (and .bias)       torch.nn.Linear (out, in), or torch.nn.Embedding (V, E), which has no bias
//
// What order they have, and what stands between them, no state_dict says. The order is the one in which sizes fit.
import { nameOf } from '../../core/quote.js';
import { inputOf, sizeOf } from './assemble.js';

/** @typedef {import('./Weight.js').Weight} Weight */
/** @typedef {import('./assemble.js').Step} Step */
/** @typedef {import('./ByteReader.js').Fail} Fail */

const CELL = /^(?:(.*)\.)?(weight_ih|weight_hh|weight_hr|bias_ih|bias_hh)(?:_l(\d{1,4}))?(_reverse)?$/;
const GATES = /** @type {Record<number, 'lstm' | 'gru' | 'rnn'>} */ ({ 4: 'lstm', 3: 'gru', 1: 'rnn' });
/** What a matrix without bias is called where it is an embedding. */
const EMBEDDING = /(emb|wte|lookup|^encoder$)[^.]*$/i;
/** More modules than this are not put in order, nor has one more layers. */
const MOST = 64;
/** And no more ways of it are looked at. */
const TRIES = 20_000;

/**
 * @typedef {object} StateOptions
 * @property {string} [module] only the tensors below this name
 * @property {'relu' | 'tanh' | 'none'} [activation] what stands between linear layers, and that of an RNN
 * @property {boolean} [isOrdered] do they stand in the order in which the module made them? Safetensors files sort them
 * @property {string[]} [names] of the tokens
 */

/**
 * @param {Map<string, Weight>} tensors
 * @param {Fail} fail
 * @param {StateOptions} options
 * @returns {Omit<import('./assemble.js').ForeignModel, 'format'>}
 */
export function readStateDict(tensors, fail, { module, activation, isOrdered = false, names }) {
  const own = below(tensors, module, fail);
  const { cells, others } = sorted(own);
  if (cells.size === 0) fail(`no LSTM, GRU or RNN among its ${own.size} tensors${listed([...own.keys()])}`);
  /** @type {string[]} */
  const notes = [];
  const stacks = [...cells].map(([name, parts]) => cellsOf(name, parts, activation, fail));
  const matrices = matricesOf(others, fail);
  const steps = ordered(stacks, matrices, isOrdered, fail, notes);
  const flat = steps.flat();
  withActivations(flat, activation, fail);
  const isRnn = flat.some((step) => step.type === 'cell' && step.kind === 'rnn');
  if (isRnn && activation === undefined) notes.push("the activation of an RNN is not in a state_dict: taken as tanh, PyTorch's default");
  const [first, last] = [flat[0], flat[flat.length - 1]];
  const V = first.type === 'embedding' ? first.weight.rows : names ? inputOf(first) : -1;
  const output = last.type === 'dense' && last.weight.rows === V ? 'classes' : 'values';
  return { steps: flat, output, tokens: names !== undefined && first.type !== 'embedding', names, notes };
}

/** @param {readonly string[]} names */
const listed = (names) => (names.length === 0 ? '' : `: ${names.slice(0, 6).map(nameOf).join(', ')}${names.length > 6 ? ', …' : ''}`);

/** @param {Map<string, Weight>} tensors @param {string | undefined} module @param {Fail} fail */
function below(tensors, module, fail) {
  if (module === undefined) return tensors;
  const prefix = module.endsWith('.') ? module : `${module}.`;
  const own = new Map([...tensors].filter(([name]) => name.startsWith(prefix)));
  if (own.size === 0) fail(`no tensors below the module ${nameOf(module)}${listed([...tensors.keys()])}`);
  return own;
}

/** @typedef {{ part: string, layer: number, isReverse: boolean, weight: Weight }} CellPart */

/** @param {Map<string, Weight>} tensors */
function sorted(tensors) {
  /** @type {Map<string, CellPart[]>} */
  const cells = new Map();
  /** @type {Map<string, Weight>} */
  const others = new Map();
  for (const [name, weight] of tensors) {
    const [, prefix = '', part, layer, reverse] = CELL.exec(name) ?? [];
    if (part === undefined) {
      others.set(name, weight);
      continue;
    }
    const parts = cells.get(prefix) ?? [];
    parts.push({ part, layer: Number(layer ?? 0), isReverse: reverse !== undefined, weight });
    cells.set(prefix, parts);
  }
  return { cells, others };
}

/**
 * The layers of one module.
 * @param {string} prefix
 * @param {CellPart[]} parts
 * @param {StateOptions['activation']} activation
 * @param {Fail} fail
 * @returns {Step[]}
 */
function cellsOf(prefix, parts, activation, fail) {
  const name = prefix || 'the module';
  const count = parts.reduce((most, { layer }) => Math.max(most, layer), 0) + 1;
  if (count > MOST) fail(`${nameOf(name)}: ${count} layers, more than ${MOST}`);
  if (count > parts.length) fail(`${nameOf(name)}: layers are missing: ${count} by their names, ${parts.length} tensors`);
  return Array.from({ length: count }, (_, l) => {
    const mine = parts.filter(({ layer }) => layer === l);
    const ways = [false, true].flatMap((isReverse) => {
      const way = Object.fromEntries(mine.filter((part) => part.isReverse === isReverse).map(({ part, weight }) => [part, weight]));
      return Object.keys(way).length > 0 ? [way] : [];
    });
    const at = `${nameOf(name)}, layer ${l}`;
    for (const { weight_ih, weight_hh } of ways) {
      if (weight_ih?.shape.length !== 2 || weight_hh?.shape.length !== 2) fail(`${at}: weight_ih and weight_hh must be matrices`);
    }
    if (ways.length === 0) fail(`${at} is missing`);
    const [{ weight_ih, weight_hh, weight_hr }] = ways;
    const hiddenSize = weight_hr ? weight_hr.columns : weight_hh.columns;
    const kind = GATES[weight_ih.rows / hiddenSize];
    if (!kind) fail(`${at}: ${weight_ih.rows} rows of ${hiddenSize} units: LSTM has 4, GRU 3 and RNN 1 times as many`);
    for (const [d, way] of ways.entries()) checkWay(way, ways[0], `${at}${d ? ', reverse' : ''}`, fail);
    const options = kind === 'gru' ? { resetAfter: true } : kind === 'rnn' && activation === 'relu' ? { activation } : {};
    return { type: 'cell', name: `${name} layer ${l}`, kind, hiddenSize, options, directions: /** @type {any} */ (ways) };
  });
}

/** @param {Record<string, Weight>} way @param {Record<string, Weight>} first @param {string} at @param {Fail} fail */
function checkWay(way, first, at, fail) {
  for (const [part, { shape }] of Object.entries(way)) {
    const expected = part.startsWith('bias') ? [first.weight_ih.rows] : first[part]?.shape;
    if (expected && shape.join() === expected.join()) continue;
    fail(`${at}: ${part} must be ${expected ? expected.join(' x ') : 'absent, as it is forward'}, got ${shape.join(' x ') || 'a number'}`);
  }
  if (way.weight_hh.rows !== way.weight_ih.rows) fail(`${at}: weight_hh must have ${way.weight_ih.rows} rows, as weight_ih, got ${way.weight_hh.rows}`);
  if (way.weight_hr && way.weight_hr.rows !== way.weight_hh.columns) fail(`${at}: weight_hr must have ${way.weight_hh.columns} rows, got ${way.weight_hr.rows}`);
  if (!way.bias_ih !== !way.bias_hh) fail(`${at}: bias_ih and bias_hh must be both there or neither`);
}

/** @typedef {{ name: string, weight: Weight, bias?: Weight }} Matrix */

/** @param {Map<string, Weight>} others @param {Fail} fail @returns {Matrix[]} */
function matricesOf(others, fail) {
  /** @type {Matrix[]} */
  const found = [];
  const used = new Set();
  for (const [name, weight] of others) {
    if (!/(^|\.)weight$/.test(name) || weight.shape.length !== 2) continue;
    const prefix = name.slice(0, -'weight'.length);
    const bias = others.get(`${prefix}bias`);
    if (bias && bias.shape.join() !== String(weight.rows)) fail(`${nameOf(`${prefix}bias`)} must be of ${weight.rows}, got ${bias.shape.join(' x ')}`);
    used.add(name).add(bias && `${prefix}bias`);
    found.push({ name: prefix.replace(/\.$/, '') || 'weight', weight, bias });
  }
  const rest = [...others.keys()].filter((name) => !used.has(name));
  if (rest.length > 0) {
    const shapes = rest.slice(0, 4).map((name) => `${nameOf(name)} (${others.get(name)?.shape.join(' x ')})`);
    fail(`tensors of modules that are no LSTM, GRU, RNN, Linear or Embedding: ${shapes.join(', ')}${rest.length > 4 ? ', …' : ''}: `
      + "leave them out of the file, or say which module is meant: open(source, { module: 'encoder' })");
  }
  return found;
}

/**
 * The order in which sizes fit.
 * @param {Step[][]} stacks
 * @param {Matrix[]} matrices
 * @param {boolean} isOrdered
 * @param {Fail} fail
 * @param {string[]} notes
 * @returns {Step[][]}
 */
export function ordered(stacks, matrices, isOrdered, fail, notes) {
  if (stacks.length + matrices.length > MOST) fail(`${stacks.length + matrices.length} modules, more than the ${MOST} that are put in order`);
  const { embedding, linear } = withEmbedding(stacks, matrices, fail);
  const byName = (/** @type {Step[]} */ a, /** @type {Step[]} */ b) => a[0].name.localeCompare(b[0].name, 'en', { numeric: true });
  const dense = linear.map(({ name, weight, bias }) => /** @type {Step[]} */ ([{ type: 'dense', name, weight, bias, activation: 'linear' }]));
  // Heads stand behind cells far more often than layers before them: that order is looked for first.
  const blocks = isOrdered ? [...stacks, ...dense] : [...stacks.sort(byName), ...dense.sort(byName)];
  const { paths, isWhole } = pathsThrough(blocks, embedding ? embedding.weight.columns : undefined);
  if (paths.length === 0) {
    const what = blocks.map((block) => `${nameOf(block[0].name.replace(/ layer 0$/, ''))} (${inputOf(block[0])} to ${sizeOf(block[block.length - 1])})`);
    fail(`its modules make no chain by their sizes${isWhole ? '' : ' that was found'}: ${embedding ? `${nameOf(embedding.name)} (to ${embedding.weight.columns}), ` : ''}`
      + `${what.slice(0, 6).join(', ')}: say which are meant by what their names begin with: open(source, { module: 'encoder' })`);
  }
  const [best] = paths;
  if (paths.length > 1) notes.push(`the order of its modules is not in the file: taken as ${best.map(([{ name }]) => name.replace(/ layer 0$/, '')).join(', ')}`);
  return embedding ? [[embedding], ...best] : best;
}

/**
 * All orders in which each block reads what the one before makes, the likeliest first; at most two, which is enough to know
 * that there are several.
 * @param {Step[][]} blocks
 * @param {number | undefined} size that is given to the first
 */
function pathsThrough(blocks, size) {
  /** @type {Step[][][]} */
  const paths = [];
  let tries = 0;
  /** @param {Step[][]} path @param {Step[][]} left @param {number | undefined} now */
  const go = (path, left, now) => {
    if (left.length === 0) paths.push(path);
    for (const [i, block] of left.entries()) {
      if (paths.length > 1 || ++tries > TRIES) return;
      if (now !== undefined && inputOf(block[0]) !== now) continue;
      go([...path, block], left.filter((_, at) => at !== i), sizeOf(block[block.length - 1]));
    }
  };
  go([], blocks, size);
  return { paths, isWhole: tries <= TRIES };
}

/** Which of the matrices is the embedding? @param {Step[][]} stacks @param {Matrix[]} matrices @param {Fail} fail */
function withEmbedding(stacks, matrices, fail) {
  const inputs = new Set(stacks.map(([first]) => inputOf(first)));
  const outputs = new Set(stacks.map((stack) => sizeOf(stack[stack.length - 1])));
  const can = matrices.filter(({ bias, weight }) => !bias && (inputs.has(weight.columns)
    || matrices.some((other) => other.weight !== weight && other.weight.columns === weight.columns)));
  const named = can.filter(({ name }) => EMBEDDING.test(name));
  // Without such a name it is one that can be nothing else: no linear layer behind a cell.
  const sure = named.length > 0 ? named : can.filter(({ weight }) => !outputs.has(weight.columns) && !inputs.has(weight.rows));
  if (sure.length > 1) {
    fail(`several embeddings, ${sure.slice(0, 4).map(({ name }) => nameOf(name)).join(', ')}: a network reads one. Say which module is `
      + "meant: open(source, { module: 'encoder' })");
  }
  const [found] = sure;
  const linear = matrices.filter((matrix) => matrix !== found);
  return { embedding: found && /** @type {import('./assemble.js').EmbeddingStep} */ ({ type: 'embedding', name: found.name, weight: found.weight }), linear };
}

/** @param {Step[]} steps @param {StateOptions['activation']} activation @param {Fail} fail */
export function withActivations(steps, activation, fail) {
  steps.forEach((step, s) => {
    const next = steps[s + 1];
    if (step.type !== 'dense' || !next) return;
    if (activation === undefined) {
      fail(`what stands between ${nameOf(step.name)} and ${nameOf(next.name.replace(/ layer 0$/, ''))} is not in a state_dict: say so, `
        + "open(source, { activation: 'relu' }), or 'tanh', or 'none'");
    }
    if (activation !== 'none') step.activation = activation;
  });
}
