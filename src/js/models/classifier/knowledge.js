// knowledge.js: what a classifier knows beside its network, and which network fits it.
import { isArray, oneOf, refuse, string } from '../../core/check.js';
import { ArgumentError } from '../../core/errors.js';
import { MAX_INPUT, readInputSize } from '../../network/network-options.js';

/**
 * @typedef {object} Knowledge
 * @property {import('./labels.js').LabelSet} labels
 * @property {'sequence' | 'step'} every
 * @property {{ names: string[], isNamed: boolean }} features
 * @property {import('./vocabulary.js').StepVocabulary} [vocabulary]
 * @property {import('../Scaler.js').ScaleMethod[]} scale
 * @property {import('./class-weights.js').ClassWeights} [classWeights]
 * @property {import('./StepEncoder.js').StepEncoder} encoder with the scaler, where the model was trained
 */

export const readEvery = oneOf(/** @type {const} */ (['sequence', 'step']), 'sequence');

/** @param {unknown} value @param {string} path @returns {{ names: string[], isNamed: boolean }} */
export function readFeatures(value, path) {
  if (value === undefined) return { names: [], isNamed: false };
  if (typeof value === 'number') {
    return { names: Array.from({ length: readInputSize(value, path) }, (_, k) => `${k}`), isNamed: false };
  }
  if (!isArray(value) || value.length === 0 || value.length > MAX_INPUT) refuse(path, 'a number of features, or an array of their names', value);
  const names = Array.from(value, (name, k) => string()(name, `${path}[${k}]`));
  const twice = names.findIndex((name, k) => names.indexOf(name) < k);
  if (twice >= 0) throw new ArgumentError(`${path}[${twice}]: '${names[twice]}' is there twice`);
  return { names, isNamed: true };
}

/**
 * What a network of a classifier reads and answers.
 * @param {Knowledge} knows
 * @param {number} [embedding]
 * @returns {Pick<import('../../network/network-options.js').NetworkConfig, 'input' | 'output'>}
 */
export function shapeOf({ labels, features, vocabulary, encoder }, embedding) {
  return {
    input: features.names.length === 0 && vocabulary
      ? { tokens: vocabulary.size, ...(embedding && { embedding }) }
      : { size: readInputSize(encoder.width, 'createClassifier: features and tokens together') },
    output: /** @type {any} */ (labels.several ? { labels: labels.size } : { classes: labels.size }),
  };
}
