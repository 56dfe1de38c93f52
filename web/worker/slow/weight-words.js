// What a weight of a network is, in plain words: unit 3's forget gate, from “e”.
import { charName, isNamed } from '../../format.js';

/** @typedef {Record<string, any>} Layer   of network.config */

/** The gates of a layer, in the order of the rows of its weights. A gate that the cell does not have takes none. @param {Layer} layer */
function gatesOf({ kind, coupled, inputGate, forgetGate, outputGate }) {
  if (kind === 'gru') return ['reset gate', 'update gate', 'candidate'];
  if (kind !== 'lstm' && kind !== 'four-gate') return [''];
  return [
    ...(inputGate === false ? [] : ['input gate']),
    ...(forgetGate === false || coupled ? [] : ['forget gate']),
    'candidate',
    ...(outputGate === false ? [] : ['output gate']),
  ];
}

/** @param {string} char */
const quoted = (char) => (isNamed(char) ? charName(char) : `“${char}”`);

/**
 * @param {string} name   PyTorch's
 * @param {number[]} place   row and column, or the index in a vector
 * @param {{ layers: Layer[] }} config
 * @param {string[]} alphabet
 * @returns {string | undefined}   where there are no such words
 */
export function wordsOfWeight(name, [row, column], config, alphabet) {
  if (name === 'head.weight') return `the score of ${quoted(alphabet[row])}, from unit ${column}`;
  if (name === 'head.bias') return `the score of ${quoted(alphabet[row])}, its bias`;
  const [, what, number] = name.match(/^(.+)_l(\d+)$/) ?? [];
  const layer = config.layers[Number(number)];
  if (!layer) return undefined;
  const { hiddenSize: H } = layer;
  const unit = row % H;
  const gate = gatesOf(layer)[Math.floor(row / H)];
  const seeing = gatesOf(layer).filter((one) => one !== 'candidate')[Math.floor(row / H)];
  const where = config.layers.length > 1 ? ` in layer ${Number(number) + 1}` : '';
  const of = (/** @type {string | undefined} */ one) => (one ? `unit ${unit}’s ${one}${where}` : `unit ${unit}${where}`);
  const from = (/** @type {string} */ whose) => `from ${column === unit ? 'its own' : `unit ${column}’s`} ${whose}`;
  switch (what) {
    case 'weight_ih': return `${of(gate)}, from ${number === '0' ? quoted(alphabet[column]) : `unit ${column} below`}`;
    case 'weight_hh': return `${of(gate)}, from ${column === unit ? 'itself' : `unit ${column}`}`;
    case 'bias_ih':
    case 'bias_hh': return `${of(gate)}, its bias`;
    case 'weight_ch': return `${of(seeing)}, ${column === undefined ? 'from its own memory' : from('memory')}`;
    case 'weight_uc': return `${of('use gate')}, ${from('memory')}`;
    case 'bias_u': return `${of('use gate')}, its bias`;
    default: return undefined;
  }
}
