/**
 * Which gates a layer has, where the rows of their weights stand, and how a gate is held: its rows become 0, and its bias
 * is what gives the value. That is exact, and needs nothing of the cells that the library does not offer.
 */

/** @typedef {Record<string, any> & { kind: string, hiddenSize: number }} Layer as network.config has it */

/**
 * @typedef {object} Gate
 * @property {'sigmoid' | 'tanh' | 'relu' | 'none'} squash
 * @property {number} row the first of its H rows in weight_ih, weight_hh and the biases; of the use gate in weight_uc
 * @property {number} [peephole] the first of its rows in weight_ch and weight_gh
 * @property {boolean} [isUse] the four-gate's u, whose matrix is weight_uc
 * @property {string} [complementOf] it is 1 minus this gate, and has no rows of its own
 */

/**
 * The gates of a layer that weights decide, by name: those that an option left out are none.
 *
 * @param {Layer} layer
 * @returns {Record<string, Gate>}
 */
export function gatesOf(layer) {
  const H = layer.hiddenSize;
  switch (layer.kind) {
    case 'lstm': return lstmGates(layer);
    case 'four-gate': {
      const { input, forget, candidate, output } = lstmGates({ kind: 'lstm', hiddenSize: H });
      return { input, forget, candidate, output, use: { squash: 'tanh', row: 0, isUse: true } };
    }
    case 'gru': return {
      reset: { squash: 'sigmoid', row: 0 }, update: { squash: 'sigmoid', row: H }, candidate: { squash: 'tanh', row: 2 * H },
    };
    default: return {};
  }
}

/** @param {Layer} layer @returns {Record<string, Gate>} */
function lstmGates({ hiddenSize, inputGate, forgetGate, outputGate, coupled, inputActivation }) {
  /** @type {Record<string, Gate>} */
  const gates = {};
  let [row, peephole] = [0, 0];
  const add = (/** @type {string} */ name) => {
    gates[name] = { squash: 'sigmoid', row, peephole };
    row += hiddenSize;
    peephole += hiddenSize;
  };
  if (inputGate !== false) add('input');
  if (coupled) gates.forget = { ...gates.input, complementOf: 'input' };
  else if (forgetGate !== false) add('forget');
  gates.candidate = { squash: inputActivation === false ? 'none' : 'tanh', row };
  row += hiddenSize;
  if (outputGate !== false) add('output');
  return gates;
}

/** What a gate can be: [0, 1], [-1, 1], or any number. @param {Gate} gate @returns {[number, number]} */
export function rangeOf({ squash }) {
  if (squash === 'none') return [-Number.MAX_VALUE, Number.MAX_VALUE];
  return [squash === 'tanh' ? -1 : 0, 1];
}

/** A sum from which a sigmoid or a tanh is 0 or 1 in a 32-bit float: in the module e^-x stays at e^-87. */
const FAR = 100;

/** The sum behind a value. @param {Gate['squash']} squash @param {number} value */
export function sumBehind(squash, value) {
  const sum = squash === 'sigmoid' ? Math.log(value / (1 - value)) : squash === 'tanh' ? Math.atanh(value) : value;
  return squash === 'none' ? sum : Math.max(-FAR, Math.min(sum, FAR));
}

/** @param {Gate['squash']} squash @param {number} sum */
export function squashed(squash, sum) {
  switch (squash) {
    case 'sigmoid': return 1 / (1 + Math.exp(-sum));
    case 'tanh': return Math.tanh(sum);
    case 'relu': return Math.max(0, sum);
    default: return sum;
  }
}

/**
 * The names and rows of what adds to a gate of a unit, but for biases. With layer normalisation the products are left,
 * since the mean and the variance over all rows need them, and what they are multiplied by afterwards stands for them.
 *
 * @param {Gate} gate
 * @param {Layer} layer
 * @param {number} l
 * @returns {[string, number][]} the parameter and the row of unit 0; some are not in every network
 */
export function rowsOf({ row, peephole, isUse }, { layerNorm }, l) {
  if (isUse) return [[`weight_uc_l${l}`, row]];
  const [ih, hh] = layerNorm ? ['norm_ih_weight', 'norm_hh_weight'] : ['weight_ih', 'weight_hh'];
  /** @type {[string, number][]} */
  const products = [[`${ih}_l${l}`, row], [`${hh}_l${l}`, row]];
  if (peephole === undefined) return products;
  return [...products, [`weight_ch_l${l}`, peephole], [`weight_gh_l${l}`, peephole]];
}

/** The biases of a gate: they are added. @param {Gate} gate @param {number} l */
export const biasesOf = ({ isUse }, l) => (isUse ? [`bias_u_l${l}`] : [`bias_ih_l${l}`, `bias_hh_l${l}`]);
