// classifier-options.js: what a classifier can be made with.
import { flag, object, refuse } from '../../core/check.js';
import { ArgumentError } from '../../core/errors.js';
import { readEmbedding, readSeed } from '../../network/network-options.js';
import { readStack } from '../../network/stack-options.js';
import { readScale } from '../Scaler.js';
import { classWeightsReader } from './class-weights.js';
import { readEvery, readFeatures, shapeOf } from './knowledge.js';
import { LabelSet, readLabels } from './labels.js';
import { StepEncoder } from './StepEncoder.js';
import { readBy, readTokens, tokensOf, vocabularyOf } from './vocabulary.js';

/**
 * @typedef {object} ClassifierOwnOptions
 * @property {readonly string[]} labels the names of what is told apart, at least two; one is enough where several can hold
 * @property {number | readonly string[]} [features] the numbers of each step, how many or their names; by names a step can
 *   be an object too. This, or tokens, or both
 * @property {readonly string[]} [tokens] what the steps are, by name. Beside features, each step has both
 * @property {string | readonly (string | readonly string[])[]} [text] whose tokens become the model's, the most frequent
 *   first; this or `tokens`
 * @property {import('./vocabulary.js').By} [by] how a text is cut into tokens: 'character'; 'word', in small letters, other
 *   signs than letters and digits for themselves; or at this separator; default 'word'
 * @property {import('../../sampling/Vocabulary.js').Unknown} [unknown] what becomes of other tokens: 'error'; 'skip', they are left out;
 *   or one of the tokens, which stands for them; default 'error'
 * @property {import('../Scaler.js').Scale} [scale] how features are scaled, one word or one a feature: 'standard',
 *   'min-max', 'robust' or 'none'. It is measured on what is trained on first, and kept; default 'standard'
 * @property {'sequence' | 'step'} [every] has every sequence a label, or every step? Default 'sequence'
 * @property {boolean} [several] can several labels hold at once, or none? Default false
 * @property {import('./class-weights.js').ClassWeights} [classWeights] of labels in the loss: 'balanced', or by name, 1
 *   where one is not named; for labels that hold at once, what a yes weighs beside a no; default: all alike
 * @property {number} [embedding] the length of vectors that stand for the tokens and are trained, where there are only
 *   tokens; default: none, one-hot vectors
 * @property {number} [seed] 0 to 4294967295; default 0
 */

/**
 * The layers are so many of one kind (default one 'lstm' of 64 units), with its options; or a list of layers of any kinds.
 * `bidirectional` where whole sequences are given: read() needs a model that is not.
 * @typedef {ClassifierOwnOptions & ((import('../../network/stack-options.js').StackSize
 *   & import('../../network/cell-options.js').AnyKindOptions)
 *   | { layers: readonly import('../../network/cell-options.js').LayerOptions[] })} ClassifierOptions
 */

/**
 * What a classifier was made with, as createClassifier takes it.
 * @typedef {Omit<ClassifierOwnOptions, 'text'> & import('../../network/stack-options.js').StackConfig} ClassifierConfig
 */

const HIDDEN_SIZE = 64;

/**
 * The network's description, and what else the model knows.
 * @param {unknown} options
 * @returns {{ config: import('../../network/network-options.js').NetworkConfig, knows: import('./knowledge.js').Knowledge }}
 * @throws {ArgumentError}
 */
export function createClassifierNetwork(options) {
  const where = 'createClassifier';
  const given = object(options, `${where}: options`);
  const as = (/** @type {any} */ value) => value;
  const { layers, seed, embedding, ...read } = readStack(where, options, {
    labels: as, features: readFeatures, tokens: as, text: as, by: readBy, unknown: as, scale: as, every: readEvery,
    several: flag(false), classWeights: as, embedding: readEmbedding, seed: readSeed,
  }, { hiddenSize: HIDDEN_SIZE });
  const { every, several, features } = read;
  const labels = new LabelSet(readLabels(read.labels, `${where}: labels`, several), several);
  const vocabulary = readVocabularyOptions(where, given, read.by);
  if (features.names.length === 0 && !vocabulary) {
    throw new ArgumentError(`${where}: expected features, or tokens or a text of them, or both, got neither`);
  }
  if (embedding !== undefined && features.names.length > 0) {
    throw new ArgumentError(`${where}: embedding must be absent beside features: tokens are one-hot there, and the first layer's weights stand for them`);
  }
  if (every === 'step' && vocabulary?.unknown === 'skip') {
    throw new ArgumentError(`${where}: unknown must not be 'skip' where every step has a label`);
  }
  if (given.scale !== undefined && features.names.length === 0) refuse(`${where}: scale`, 'absent without features', given.scale);
  const knows = {
    labels, every, vocabulary, features,
    scale: readScale(features.names)(given.scale, `${where}: scale`),
    classWeights: classWeightsReader(labels)(given.classWeights, `${where}: classWeights`),
    encoder: new StepEncoder({ features: features.names, isNamed: features.isNamed, vocabulary }),
  };
  const { input, output } = shapeOf(knows, embedding);
  return { config: { input, layers, output, seed }, knows };
}

/**
 * @param {string} where
 * @param {Record<string, unknown>} given
 * @param {import('./vocabulary.js').By} by
 */
function readVocabularyOptions(where, { tokens, text, by: asked, unknown }, by) {
  if (tokens !== undefined && text !== undefined) throw new ArgumentError(`${where}: expected either tokens or a text of them, got both`);
  if (tokens === undefined && text === undefined) {
    for (const [name, value] of Object.entries({ by: asked, unknown })) {
      if (value !== undefined) refuse(`${where}: ${name}`, 'absent without tokens or a text of them', value);
    }
    return undefined;
  }
  const names = tokens === undefined ? tokensOf(text, by, `${where}: text`) : readTokens(tokens, `${where}: tokens`);
  return vocabularyOf(names, by, unknown, `${where}: unknown`);
}
