// Networks of every kind for the tests of the lab.
import { load } from 'lstm-wasm';
import { load as loadPredictor } from 'lstm-wasm/predict';
import { Lab } from '../../web/worker/lab/Lab.js';

/** @typedef {Record<string, any>} Layer */

export const lstm = await load({ variant: 'simd' });
/** What the lab works with: it trains nothing. */
export const predictor = await loadPredictor({ variant: 'simd' });
export const ALPHABET = [...'\nabcdefgh'];
export const HIDDEN = 5;

/** @type {Layer[]} */
export const kinds = [
  { kind: 'lstm' }, { kind: 'lstm', bias: false }, { kind: 'lstm', peephole: 'diagonal' }, { kind: 'lstm', peephole: 'full' },
  { kind: 'lstm', coupled: true }, { kind: 'lstm', coupled: true, peephole: 'full' }, { kind: 'lstm', forgetGate: false },
  { kind: 'lstm', inputGate: false, peephole: 'diagonal' }, { kind: 'lstm', outputGate: false },
  { kind: 'lstm', inputActivation: false }, { kind: 'lstm', outputActivation: false }, { kind: 'lstm', fullGateRecurrence: true },
  { kind: 'lstm', fullGateRecurrence: true, peephole: 'diagonal' }, { kind: 'lstm', layerNorm: true },
  { kind: 'lstm', layerNorm: true, peephole: 'full', fullGateRecurrence: true }, { kind: 'lstm', projection: 3 },
  { kind: 'lstm', layerNorm: 'products', multiplicative: 'diagonal' }, { kind: 'lstm', multiplicative: 'diagonal', projection: 3 },
  { kind: 'lstm', projection: 3, layerNorm: true }, { kind: 'lstm', clip: 20 }, { kind: 'lstm', trainableState: true },
  { kind: 'four-gate' }, { kind: 'four-gate', bias: false }, { kind: 'gru' }, { kind: 'gru', resetAfter: true },
  { kind: 'gru', resetAfter: true, bias: false }, { kind: 'rnn' }, { kind: 'rnn', activation: 'relu' }, { kind: 'feedforward' },
  { kind: 'tdnn', delays: 3 },
];

/** @typedef {{ name?: string, layers: Layer[], embedding?: number, tied?: boolean }} Made */

/** @type {Made[]} */
export const networks = [
  ...kinds.map((layer) => ({ name: JSON.stringify(layer), layers: [layer] })),
  ...kinds.filter(({ kind }) => kind !== 'rnn').map((layer) => (
    { name: `${JSON.stringify(layer)} between two others`, layers: [{ kind: 'gru' }, layer, { kind: 'lstm' }] })),
  { name: 'an embedding', layers: [{ kind: 'lstm' }], embedding: 3 },
  { name: 'an embedding that is the head too', layers: [{ kind: 'gru' }, { kind: 'lstm' }], embedding: HIDDEN, tied: true },
];

/** All numbers drawn anew, so that biases, norms and first states are none of the usual. @param {Made} made @param {() => number} random */
export function createModel({ layers, embedding, tied }, random) {
  const model = lstm.createCharModel({
    alphabet: ALPHABET, layers: /** @type {any} */ (layers.map((layer) => ({ hiddenSize: HIDDEN, ...layer }))),
    ...(embedding && { embedding }), ...(tied && { tied }),
  });
  const values = model.network.parameters();
  for (const all of Object.values(values)) for (let n = 0; n < all.length; n++) all[n] = 2.4 * random() - 1.2;
  model.network.setParameters(values);
  return model;
}

/** @param {Uint8Array} file */
export async function openFile(file) {
  const lab = new Lab(predictor);
  await lab.open('it', file);
  const open = lab.get('it');
  await open.prepare();
  return open;
}

/** @param {() => number} random @param {number} length */
export const drawText = (random, length) => Array.from({ length }, () => ALPHABET[Math.floor(ALPHABET.length * random())]).join('');
