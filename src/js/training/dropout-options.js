// dropout-options.js: what a trainer may leave out at random.
import { number, refuse } from '../core/check.js';
import { readSeed } from '../network/network-options.js';

/**
 * What is left out is drawn anew for each step of a trainer; the rest is divided by 1 - p, as PyTorch does. Only step()
 * leaves anything out: evaluate, predict, gradients and gradientFlow see the whole network.
 * @typedef {object} DropoutOptions
 * @property {number} [dropout] p, 0 to below 1, for each number that a layer gives to the next or to the output;
 *   default 0, and in CharModel.train by how often it reads the text
 * @property {number} [recurrentDropout] p for each number of h that a layer sees of the step before, the same in all
 *   steps of a window (Gal & Ghahramani 2016); default 0
 * @property {number} [weightDrop] p for each weight of weight_hh, drawn once a window (Merity et al. 2018); default 0
 * @property {number} [seed] of the generator that draws them, 0 to 4294967295; default 0
 */

const probability = number(0, 1, 0, { below: true });

export const dropoutReaders = {
  dropout: probability,
  recurrentDropout: probability,
  weightDrop: probability,
  seed: readSeed,
};

/**
 * Refuses what would do nothing.
 * @param {string} where the call, for messages
 * @param {Required<DropoutOptions>} options
 * @param {import('../network/network-options.js').NetworkConfig} network
 */
export function checkDropout(where, { dropout, recurrentDropout, weightDrop }, { layers, output }) {
  if (dropout > 0 && layers.length === 1 && !output) {
    refuse(`${where}: dropout`, '0 for a network of one layer without output', dropout);
  }
  if (layers.some(({ kind }) => kind !== 'feedforward' && kind !== 'tdnn')) return;
  for (const [name, p] of Object.entries({ recurrentDropout, weightDrop })) {
    if (p > 0) refuse(`${where}: ${name}`, '0 for a network without a layer that sees its h', p);
  }
}
