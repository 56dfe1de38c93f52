// inspect-model.js: what a file is, for those who only predict.
import { describeSource } from '../files/describe-file.js';
import { toldKinds } from './told-kinds.js';

/** @typedef {import('../files/describe-file.js').AnyFile} AnyFile */
/** @typedef {import('../network/network-options.js').NetworkConfig} NetworkConfig */

/**
 * @typedef {object} NetworkFile
 * @property {'network'} kind a network alone
 * @property {NetworkConfig} config of it
 * @property {undefined} [alphabet]
 */

/**
 * @typedef {object} CharModelFile
 * @property {'characters'} kind a character model
 * @property {NetworkConfig} config of its network
 * @property {string[]} alphabet in the order of its tokens
 */

/**
 * @typedef {object} TokenModelFile
 * @property {'tokens'} kind a token model
 * @property {NetworkConfig} config of its network
 * @property {string[]} tokens in their order
 * @property {string} [by] how it cuts texts
 * @property {string} [locale] whose words
 * @property {undefined} [alphabet]
 */

/**
 * @typedef {object} ClassifierFile
 * @property {'classifier'} kind a classifier
 * @property {NetworkConfig} config of its network
 * @property {string[]} labels in the order of the network's outputs
 * @property {boolean} several can several hold at once?
 * @property {'sequence' | 'step'} every what has a label
 * @property {number | string[]} [features] of each step
 * @property {string[]} [tokens] in the order of their numbers
 * @property {undefined} [alphabet]
 */

/**
 * @typedef {object} TranslatorFile
 * @property {'translator'} kind a translator
 * @property {{ encoder: NetworkConfig, decoder: NetworkConfig }} config of its networks
 * @property {string[]} source the symbols that it reads
 * @property {string[]} target the symbols that it writes
 * @property {undefined} [alphabet]
 */

/**
 * @typedef {object} ForecasterFile
 * @property {'forecaster'} kind a forecaster
 * @property {NetworkConfig} config of its network
 * @property {string[]} columns
 * @property {string[]} predict those that are forecast
 * @property {undefined} [alphabet]
 */

/**
 * @typedef {object} EnsembleFile
 * @property {'ensemble'} kind several models as one
 * @property {'characters' | 'tokens'} of which kind they are
 * @property {number} members how many
 * @property {Record<string, NetworkConfig>} config of each one's network: 'member.0', 'member.1', ...
 * @property {string[]} [alphabet] of characters, in the order of their tokens
 * @property {string[]} [tokens] of tokens, in their order
 * @property {string} [by] how it cuts texts
 * @property {string} [locale] whose words
 */

/**
 * What a model file holds, told without opening it.
 * @typedef {Omit<AnyFile, 'kind' | 'config'> & (NetworkFile | CharModelFile | TokenModelFile | ClassifierFile | TranslatorFile | ForecasterFile | EnsembleFile)} ModelDescription
 */

/**
 * What a model file is, read from its header without opening the model: it takes no WebAssembly and little time, and
 * checks what it tells, but not the parameters themselves. Of bytes it is told at once.
 * Nothing is told of a checkpoint but the model in it.
 * @overload
 * @param {ArrayBufferView | ArrayBufferLike} source bytes of the whole file
 * @param {import('../files/model-source.js').OpenOptions} [options]
 * @returns {ModelDescription}
 * @throws {import('../core/errors.js').FileFormatError} where it is no file of this library, or cut off
 */
/**
 * @overload
 * @param {import('../core/source.js').Source} source a Blob or File, a Response, a URL, an address (in Node also a path), or a
 *   promise of one or of bytes
 * @param {import('../files/model-source.js').OpenOptions} [options]
 * @returns {Promise<ModelDescription>}
 * @throws {import('../core/errors.js').ArgumentError} where the source cannot be read
 * @throws {import('../core/errors.js').FileFormatError} where it is no file of this library, or cut off
 */
/**
 * @param {unknown} source
 * @param {import('../files/model-source.js').OpenOptions} [options]
 * @returns {ModelDescription | Promise<ModelDescription>}
 */
export function inspectModel(source, options) {
  return /** @type {any} */ (describeSource(source, options, toldKinds()));
}
