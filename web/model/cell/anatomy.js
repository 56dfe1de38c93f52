/**
 * What a cell does with a character, in parts that come one after the other: names, equations, words, the numbers of
 * one unit. Equations are written plainly: W_f is W with the index f, c_(t−1) has the index t−1, ′ marks what was before.
 */
import { gruAnatomy } from './anatomy/gru.js';
import { lstmAnatomy } from './anatomy/lstm.js';
import { plainAnatomy } from './anatomy/plain.js';

/** @typedef {import('./anatomy/types.js').Anatomy} Anatomy */
/** @typedef {import('./anatomy/types.js').Part} Part */
/** @typedef {import('./anatomy/types.js').PartMap} PartMap */
/** @typedef {import('./anatomy/types.js').Numbers} Numbers */

/**
 * @param {Record<string, any>} config a layer, its kind and options, as network.config has it
 * @returns {Anatomy}
 */
export function anatomyOf(config) {
  switch (config.kind) {
    case 'lstm':
    case 'four-gate': return lstmAnatomy(config);
    case 'gru': return gruAnatomy(config);
    default: return plainAnatomy(config);
  }
}
