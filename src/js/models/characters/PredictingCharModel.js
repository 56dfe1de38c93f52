// PredictingCharModel.js: predicts the characters of a text.
import { writeModelFile } from '../../files/model-file.js';
import { SequenceModel } from '../tokens/SequenceModel.js';
import { charConfigOf } from './char-config.js';
import { describeCharacters } from './char-file.js';

/**
 * @template {import('../PredictingNetwork.js').PredictingNetwork} Network
 * @extends {SequenceModel<Network, import('./char-face.js').CharFace>}
 */
export class PredictingCharModel extends SequenceModel {
  #alphabet;

  /**
   * @internal
   * @param {Network} network owned by the model from now on
   * @param {import('../../sampling/Alphabet.js').Alphabet} alphabet
   * @param {import('./char-file.js').CharNotes} [notes]
   */
  constructor(network, alphabet, notes = {}) {
    super('CharModel', network, alphabet, notes);
    this.#alphabet = alphabet;
  }

  /** The characters that the model knows, in the order of their tokens. */
  get alphabet() {
    return [...this.#alphabet.characters];
  }

  /** What the model was made with, as createCharModel takes it. @returns {import('./char-options.js').CharModelConfig} */
  get config() {
    return charConfigOf(this.networkConfig, this.notes.unknown);
  }

  /**
   * @override
   * @internal
   * @param {string} call
   * @param {import('../../files/model-file.js').CheckpointPart} [checkpoint]
   */
  fileOf(call, checkpoint) {
    return writeModelFile({ network: this.held.network }, call, describeCharacters(this.#alphabet, this.notes), checkpoint);
  }
}
