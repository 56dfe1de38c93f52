// Ensemble.js: several models as one, which predicts the mean of what they predict.
import { writeModelFile } from '../../files/model-file.js';
import { charConfigOf } from '../characters/char-config.js';
import { SequenceModel } from '../tokens/SequenceModel.js';
import { describeEnsemble } from './ensemble-file.js';

/** @typedef {import('../characters/char-face.js').CharFace} CharFace */

/**
 * What an ensemble was made with: what each model was, and what they have together.
 * @typedef {object} EnsembleConfig
 * @property {import('../characters/char-options.js').CharModelConfig[]} members
 * @property {string} [by] of tokens: how they cut texts
 * @property {string} [locale] of tokens: whose words
 * @property {string} [unknown] the rule for unknown ones, where they are no error
 */

/**
 * Several models of characters, or of tokens, as one: each reads what is read, and the mean of their probabilities is what is
 * predicted, drawn from and scored. It predicts and is not trained.
 * @template {import('../tokens/face.js').Face} [F=CharFace]
 * @extends {SequenceModel<any, F>}
 */
export class Ensemble extends SequenceModel {
  #vocabulary;

  /**
   * @internal use lstm.createEnsemble
   * @param {import('./EnsembleNetwork.js').EnsembleNetwork} network owned by the model from now on
   * @param {import('../tokens/face.js').AnyVocabulary} vocabulary
   * @param {import('../tokens/SequenceModel.js').Notes} [notes]
   */
  constructor(network, vocabulary, notes = {}) {
    super('Ensemble', network, vocabulary, notes);
    this.#vocabulary = vocabulary;
  }

  /** The characters that it knows, in the order of their tokens; of a model of tokens undefined. @returns {string[] | undefined} */
  get alphabet() {
    return this.#isOfCharacters ? [...this.#vocabulary.names] : undefined;
  }

  /** The tokens that it knows, in their order; of a model of characters undefined. @returns {string[] | undefined} */
  get tokens() {
    return this.#isOfCharacters ? undefined : [...this.#vocabulary.names];
  }

  get #isOfCharacters() {
    return 'characters' in this.#vocabulary;
  }

  /** What its models were made with. @returns {EnsembleConfig} */
  get config() {
    const { unknown } = this.notes;
    const { form } = /** @type {{ form?: import('../../sampling/TokenVocabulary.js').TokenForm }} */ (/** @type {unknown} */ (this.#vocabulary));
    const { networks } = /** @type {any} */ (this.networkConfig);
    return { members: networks.map((/** @type {any} */ config) => charConfigOf(config)), ...form, ...(unknown && { unknown }) };
  }

  /**
   * @override
   * @internal
   * @param {string} call
   */
  fileOf(call) {
    const { named } = this.held.network;
    return writeModelFile(named, call, describeEnsemble(Object.keys(named).length, this.#vocabulary, this.notes));
  }
}
