// One training step of a network, in slow motion, on a copy: nothing of the run changes.
import { wordsOfWeight } from './weight-words.js';

/** A passage of so many characters is learnt, after the reading of those before it. */
export const PASSAGE = 12;
/** So many weights are named, those that move furthest. */
const MOST = 5;

/**
 * A weight that is pushed.
 *
 * @typedef {object} Push
 * @property {string} name   PyTorch's, with its place: weight_hh_l0[131, 17]
 * @property {string} [words]   what it is, in plain words, where there are some
 * @property {number} from
 * @property {number} to
 */

/**
 * The network's guesses at the characters of the passage.
 *
 * @typedef {object} Guesses
 * @property {Float64Array} probabilities   of each character that came
 * @property {number} loss   the mean of −ln of them, in nats
 */

/**
 * @typedef {object} SlowStep
 * @property {string[]} characters   PASSAGE: those that came, one after the other
 * @property {string} first   the character that was read before them
 * @property {Guesses} before
 * @property {Guesses} after   the step
 * @property {Float64Array} flow   PASSAGE: how much the last character's surprise depends on the memory at each: the norm of its
 *   gradient by c, or by h where there is no c
 * @property {Push[]} pushes   the furthest first
 * @property {number} weights   how many there are
 * @property {{ name: string, learningRate: number, isOfRun: boolean }} optimizer   isOfRun: it goes on from the run's moments
 */

/**
 * @param {import('lstm-wasm').Lstm} lstm
 * @param {Uint8Array} bytes   a model, or a checkpoint, whose step it then is
 * @param {{ text: string, learningRate: number }} asked   text: that which is read, and then the passage at its end;
 *   learningRate: where there is no run to take it from
 * @returns {SlowStep}
 */
export function slowStep(lstm, bytes, { text, learningRate }) {
  const model = lstm.openCharModel(bytes);
  const network = lstm.openNetwork(bytes);
  try {
    const { alphabet } = model;
    const tokenOf = new Map(alphabet.map((char, token) => [char, token]));
    const tokens = [...text].flatMap((char) => tokenOf.get(char) ?? []);
    if (tokens.length <= PASSAGE) {
      throw new Error(`This network knows only ${tokens.length} of the text's characters; a step needs ${PASSAGE + 1}.`);
    }
    const passage = tokens.slice(-PASSAGE - 1);
    const [inputs, targets] = [passage.slice(0, -1), passage.slice(1)];
    const { trainer, isOfRun } = makeTrainer(network, bytes, learningRate);
    const context = tokens.slice(0, -PASSAGE - 1);
    const state = context.length ? network.run(context, { batchSize: 1 }).state : network.initialState();
    const former = network.parameters();

    const before = guess(trainer, state, inputs, targets);
    trainer.setState(state);
    trainer.evaluate(inputs, targets);
    const flow = flowOf(trainer.gradientFlow());
    trainer.setState(state);
    trainer.step(inputs, targets);
    const after = guess(trainer, state, inputs, targets);
    return {
      first: alphabet[passage[0]],
      characters: targets.map((token) => alphabet[token]),
      before,
      after,
      flow,
      pushes: pushesOf(former, network, alphabet),
      weights: network.parameterCount,
      optimizer: { name: trainer.optimizer, learningRate: trainer.learningRate, isOfRun },
    };
  } finally {
    network.dispose();
    model.dispose();
  }
}

/**
 * Of one sequence, with the optimizer of the run: its rate, and its moments as they are.
 *
 * @param {import('lstm-wasm').Network} network
 * @param {Uint8Array} bytes
 * @param {number} learningRate
 */
function makeTrainer(network, bytes, learningRate) {
  const run = readRun(bytes);
  const size = { batchSize: 1, window: PASSAGE, carryState: true };
  if (!run) return { trainer: network.createTrainer({ ...size, optimizer: 'adam', learningRate, clipNorm: 5 }), isOfRun: false };
  const { steps, optimizer, options, tensor } = run;
  const { clipNorm, clipValue } = options;
  const trainer = network.createTrainer(/** @type {any} */ ({ ...size, optimizer: optimizer.name, clipNorm, clipValue }));
  const fresh = trainer.checkpoint();
  const names = Object.keys(network.shapes);
  // rmsprop keeps one or two moments, sgd one or none: as many as the file has.
  const moments = [0, 1].filter((k) => tensor(`optimizer.${k}.${names[0]}`))
    .map((k) => Object.fromEntries(names.map((name) => [name, /** @type {Float32Array<ArrayBuffer>} */ (tensor(`optimizer.${k}.${name}`))])));
  trainer.restore({ ...fresh, steps, optimizer, moments });
  return { trainer, isOfRun: true };
}

/**
 * The run of a checkpoint file: see the guide's page on files.
 *
 * @param {Uint8Array} bytes
 */
function readRun(bytes) {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const { __metadata__, ...entries } = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  if (!__metadata__?.checkpoint) return undefined;
  const { last } = JSON.parse(__metadata__.checkpoint, (_, value) => (value === 'Infinity' ? Infinity : value));
  if (!last) return undefined;
  const { trainer: { steps, optimizer }, options } = last;
  /** @param {string} name */
  const tensor = (name) => {
    if (!entries[name]) return undefined;
    const [from, to] = entries[name].data_offsets;
    return new Float32Array(/** @type {ArrayBuffer} */ (bytes.slice(8 + length + from, 8 + length + to).buffer));
  };
  return { steps, optimizer, options, tensor };
}

/**
 * @param {import('lstm-wasm').Trainer} trainer
 * @param {import('lstm-wasm').CellState[]} state
 * @param {number[]} inputs
 * @param {number[]} targets
 * @returns {Guesses}
 */
function guess(trainer, state, inputs, targets) {
  trainer.setState(state);
  const rows = trainer.predict(inputs);
  const V = rows.length / PASSAGE;
  trainer.setState(state);
  const { loss } = trainer.evaluate(inputs, targets);
  return { probabilities: Float64Array.from(targets, (token, t) => rows[t * V + token]), loss };
}

/** Of the uppermost layer, in the order of the characters. @param {import('lstm-wasm').GradientFlow[]} layers */
function flowOf(layers) {
  const { h, c } = layers[layers.length - 1];
  return (c ?? h).slice(0, PASSAGE).reverse();
}

/**
 * @param {Record<string, Float32Array>} former
 * @param {import('lstm-wasm').Network} network   after the step
 * @param {string[]} alphabet
 * @returns {Push[]}
 */
function pushesOf(former, network, alphabet) {
  const { shapes, config } = network;
  /** @type {{ name: string, index: number, from: number, to: number }[]} */
  let largest = [];
  for (const [name, values] of Object.entries(network.parameters())) {
    values.forEach((to, index) => {
      const from = former[name][index];
      const least = largest[MOST - 1];
      if (least && Math.abs(to - from) <= Math.abs(least.to - least.from)) return;
      largest.push({ name, index, from, to });
      largest = largest.sort((a, b) => Math.abs(b.to - b.from) - Math.abs(a.to - a.from)).slice(0, MOST);
    });
  }
  return largest.map(({ name, index, from, to }) => {
    const [, columns] = shapes[name];
    const place = columns ? [Math.floor(index / columns), index % columns] : [index];
    return { name: `${name}[${place.join(', ')}]`, words: wordsOfWeight(name, place, config, alphabet), from, to };
  });
}
