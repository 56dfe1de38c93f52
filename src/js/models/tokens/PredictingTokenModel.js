// PredictingTokenModel.js: predicts the tokens of sequences: words, notes, events.
import { writeModelFile } from '../../files/model-file.js';
import { stackConfigOf } from '../../network/stack-options.js';
import { SequenceModel } from './SequenceModel.js';
import { describeTokens } from './token-file.js';

/**
 * @template {import('../PredictingNetwork.js').PredictingNetwork} Network
 * @extends {SequenceModel<Network, import('./token-face.js').TokenFace>}
 */
export class PredictingTokenModel extends SequenceModel {
  #vocabulary;

  /**
   * @internal
   * @param {Network} network owned by the model from now on
   * @param {import('../../sampling/TokenVocabulary.js').TokenVocabulary} vocabulary
   * @param {import('./SequenceModel.js').Notes} [notes]
   */
  constructor(network, vocabulary, notes = {}) {
    super('TokenModel', network, /** @type {any} */ (vocabulary), notes);
    this.#vocabulary = vocabulary;
  }

  /** The tokens that the model knows, in their order; '' is the place before a sequence and behind it. */
  get tokens() {
    return [...this.#vocabulary.names];
  }

  /** What the model was made with, as createTokenModel takes it beside its tokens. @returns {import('./token-options.js').TokenModelConfig} */
  get config() {
    const { input, layers, output, seed } = this.networkConfig;
    const { embedding, tied } = /** @type {{ embedding?: number, tied?: boolean }} */ ({ ...input, ...output });
    const { unknown } = this.notes;
    const own = { ...this.#vocabulary.form, ...(embedding && { embedding }), ...(tied && { tied }), ...(unknown && { unknown }), seed };
    return { ...stackConfigOf(layers), ...own };
  }

  /**
   * @override
   * @internal
   * @param {string} call
   * @param {import('../../files/model-file.js').CheckpointPart} [checkpoint]
   */
  fileOf(call, checkpoint) {
    return writeModelFile({ network: this.held.network }, call, describeTokens(this.#vocabulary, this.notes), checkpoint);
  }
}
