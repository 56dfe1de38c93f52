// classifier-file.js: what a classifier knows, as it is in its file.
import { flag, optional, readOptions, refuse } from '../../core/check.js';
import { ArgumentError } from '../../core/errors.js';
import { readScale, readScaler } from '../Scaler.js';
import { classWeightsReader } from './class-weights.js';
import { readEvery, readFeatures, shapeOf } from './knowledge.js';
import { LabelSet, readLabels } from './labels.js';
import { StepEncoder } from './StepEncoder.js';
import { readVocabulary } from './vocabulary.js';

/** @typedef {import('./knowledge.js').Knowledge} Knowledge */

/** @param {Knowledge} knows */
export function describeClassifier({ labels, every, features, vocabulary, scale, classWeights, encoder }) {
  const { names, isNamed } = features;
  return {
    kind: 'classifier',
    labels: labels.names,
    ...(labels.several && { several: true }),
    every,
    ...(names.length > 0 && { features: isNamed ? names : names.length, scale, scaler: encoder.scaler?.columns }),
    ...(vocabulary && { tokens: vocabulary.description }),
    ...(classWeights && { classWeights }),
  };
}

/** @type {import('../../core/check.js').Reader<any>} */
const as = (value) => value;

/** @satisfies {import('../../files/model-metadata.js').ModelFormat} */
export const classifierFormat = {
  kind: /** @type {const} */ ('classifier'),
  name: 'a classifier',

  /**
   * @param {object} description
   * @param {import('../../network/network-options.js').NetworkConfig} config
   * @returns {Knowledge}
   */
  read(description, config) {
    const given = readOptions('model', description, {
      labels: as, several: flag(false), every: readEvery, features: readFeatures, scale: as, scaler: as,
      tokens: optional(readVocabulary), classWeights: as,
    });
    const { several, every, features, tokens: vocabulary } = given;
    const labels = new LabelSet(readLabels(given.labels, 'model: labels', several), several);
    const { names, isNamed } = features;
    if (names.length === 0 && !vocabulary) throw new ArgumentError('model: expected features or tokens, got neither');
    if (vocabulary?.unknown === 'skip' && every === 'step') refuse('model: tokens.unknown', "none but 'skip' where every step has a label", 'skip');
    const encoder = new StepEncoder({ features: names, isNamed, vocabulary });
    if (given.scaler !== undefined) encoder.scaler = readScaler(given.scaler, names.length, 'model: scaler');
    const knows = {
      labels, every, features, vocabulary, encoder,
      scale: scalesOf(given.scale, names),
      classWeights: classWeightsReader(labels)(given.classWeights, 'model: classWeights'),
    };
    checkShape(knows, config);
    return knows;
  },

  /** @param {Knowledge} knows */
  tell: ({ labels, every, features, vocabulary }) => ({
    labels: [...labels.names],
    several: labels.several,
    every,
    ...(features.names.length > 0 && { features: features.isNamed ? [...features.names] : features.names.length }),
    ...(vocabulary && { tokens: [...vocabulary.names] }),
  }),
};

/** @param {unknown} value @param {string[]} names */
function scalesOf(value, names) {
  if (names.length === 0) return value === undefined ? [] : refuse('model: scale', 'absent without features', value);
  if (!Array.isArray(value) || value.length !== names.length) refuse('model: scale', `an array of ${names.length}`, value);
  return value.map((method, k) => readScale([names[k]])(method, `model: scale[${k}]`)[0]);
}

/**
 * @param {Knowledge} knows
 * @param {import('../../network/network-options.js').NetworkConfig} config
 */
function checkShape(knows, { input, output }) {
  const embedding = 'tokens' in input ? input.embedding : undefined;
  const expected = shapeOf(knows, embedding);
  if (JSON.stringify({ input, output }) === JSON.stringify(expected)) return;
  throw new ArgumentError(`a classifier of this description needs ${JSON.stringify(expected)}, got ${JSON.stringify({ input, output })}`);
}
