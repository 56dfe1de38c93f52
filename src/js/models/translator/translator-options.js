// translator-options.js: what createTranslator can be asked for.
import { flag, objectOf, oneOf, optional, refuse } from '../../core/check.js';
import { ArgumentError } from '../../core/errors.js';
import { ATTENTIONS } from '../../network/memory-options.js';
import { readEmbedding, readSeed } from '../../network/network-options.js';
import { readStack, stackConfigOf } from '../../network/stack-options.js';
import { readUnknown } from '../../sampling/Vocabulary.js';
import { plain, readLocale } from '../tokens/token-options.js';
import { readPairs } from './pairs.js';
import { readBy, readNames, SymbolSet } from './SymbolSet.js';

/** @typedef {import('../../network/network-options.js').NetworkConfig} NetworkConfig */

/**
 * What a translator is made of. Its symbols are those in `pairs`, or those that `source` and `target` have.
 * @typedef {object} TranslatorSymbols
 * @property {Iterable<import('./pairs.js').Pair>} [pairs] whose symbols it knows, such as those that it will be trained on
 * @property {string | readonly string[]} [source] a text that has the symbols of all sources, or a list of them
 * @property {string | readonly string[]} [target] the same of the targets
 * @property {'character' | 'word' | (string & {})} [by] how texts are cut: into characters; by Intl.Segmenter into words, a space
 *   with the word behind it; any other is a separator, such as ' '. Without it sources and targets are lists of names, but where
 *   pairs of texts, or a text, are given: then 'character'
 * @property {string} [locale] whose words they are, a BCP 47 tag; default: the engine's
 * @property {'error' | 'skip'} [unknown] what becomes of symbols of a source that it does not know: an error, or they are left
 *   out; those of a target have to be known; default 'error'
 * @property {number} [embedding] the length of the vectors that symbols become; default half of the hiddenSize, 16 to 256
 * @property {'additive' | 'product' | false} [attention] how the decoder finds what to read of the source: see MemoryOptions;
 *   default 'product'; false: it has only the encoder's last state
 * @property {boolean} [bidirectional] does the encoder read from both ends? Each direction has half of the units then;
 *   default true
 * @property {number} [seed] default 0
 */

/**
 * The layers of both networks are so many of one kind (default one 'lstm' of 128 units), with its options; or a list of layers
 * of any kinds.
 * @typedef {TranslatorSymbols & ((import('../../network/stack-options.js').StackSize
 *   & import('../../network/cell-options.js').AnyKindOptions)
 *   | { layers: readonly import('../../network/cell-options.js').LayerOptions[] })} TranslatorOptions
 */

/**
 * What a translator was made with, as createTranslator takes it.
 * @typedef {Required<Pick<TranslatorSymbols, 'unknown' | 'embedding' | 'attention' | 'bidirectional' | 'seed'>>
 *   & Pick<TranslatorSymbols, 'by' | 'locale'> & { source: string[], target: string[] }
 *   & import('../../network/stack-options.js').StackConfig} TranslatorConfig
 */

/** What a translator knows. @typedef {import('./pairs.js').Sides} Knowledge */

const HIDDEN_SIZE = 128;

/**
 * @param {unknown} options
 * @returns {{ sides: Knowledge, encoder: NetworkConfig, decoderWith: (sizes: { output: number, summary: number }) => NetworkConfig }}
 * @throws {ArgumentError}
 */
export function readTranslatorOptions(options) {
  const where = 'createTranslator';
  const as = (/** @type {any} */ value) => value;
  const read = readStack(where, options, {
    pairs: as, source: as, target: as, by: readBy, locale: optional(readLocale), unknown: oneOf(/** @type {const} */ (['error', 'skip']), 'error'),
    embedding: readEmbedding, bidirectional: flag(true), seed: readSeed,
    attention: (/** @type {unknown} */ value, /** @type {string} */ path) => (value === false ? false
      : oneOf(ATTENTIONS, 'product')(value, path)),
  }, { hiddenSize: HIDDEN_SIZE });
  const { attention, bidirectional, seed, unknown } = read;
  const twoWay = read.layers.findIndex((layer) => layer.bidirectional);
  if (twoWay >= 0 && Array.isArray(objectOf(where, options).layers)) {
    refuse(`${where}: layers[${twoWay}].bidirectional`, 'absent: it is the encoder that may read from both ends, by an option of its own', true);
  }
  const layers = read.layers.map(oneWay);
  const sides = sidesOf(where, objectOf(where, options), read);
  sides.source.unknown = unknown;
  const trained = layers.findIndex((layer) => 'trainableState' in layer && layer.trainableState);
  if (trained >= 0) refuse(`${where}: trainableState`, 'absent: the encoder gives the state to start from', true);
  const size = layers[0].hiddenSize;
  const embedding = read.embedding ?? Math.max(16, Math.min(256, Math.ceil(size / 2)));
  const encoder = {
    input: { tokens: sides.source.size, embedding },
    layers: bidirectional ? layers.map(halved) : layers,
    output: null,
    seed,
  };
  const symbols = sides.target.size + 1;
  const decoderWith = (/** @type {{ output: number, summary: number }} */ { output, summary }) => ({
    input: { tokens: symbols, embedding },
    layers,
    output: { classes: symbols },
    seed: (seed + 1) % 2 ** 32,
    memory: { ...(attention && { attention, size: output }), summary },
  });
  return { sides, encoder, decoderWith };
}

/** @param {any} layer */
const oneWay = ({ bidirectional, ...layer }) => layer;

/** A layer of two directions with half of the units each. @param {any} layer */
const halved = (layer) => ({
  ...layer,
  hiddenSize: Math.ceil(layer.hiddenSize / 2),
  ...(layer.projection && { projection: Math.ceil(layer.projection / 2) }),
  bidirectional: true,
});

/**
 * @param {string} where
 * @param {Record<string, any>} given
 * @param {{ by?: string, locale?: string }} asked
 * @returns {Knowledge}
 */
function sidesOf(where, { pairs, source, target }, { by: asked, locale }) {
  const formFor = (/** @type {boolean} */ isText) => {
    const by = asked ?? (isText ? 'character' : undefined);
    if (locale !== undefined && by !== 'word') refuse(`${where}: locale`, "absent but with by: 'word'", locale);
    return { by, locale };
  };
  if (pairs === undefined) {
    const form = formFor(typeof source === 'string' || typeof target === 'string');
    const [first, second] = Object.entries({ source, target }).map(([side, value]) => readNames(value, form, `${where}: ${side}`));
    return { source: new SymbolSet(first, form, 'source'), target: new SymbolSet(second, form, 'target') };
  }
  if (source !== undefined || target !== undefined) {
    throw new ArgumentError(`${where}: pairs say what the tokens are: source and target must be absent beside them`);
  }
  const list = readPairs(pairs, `${where}: pairs`);
  const form = formFor(typeof list[0][0] === 'string');
  const [first, second] = [0, 1].map((side) => {
    const names = SymbolSet.namesOf(list.map((pair) => pair[side]), form, `${where}: pairs`);
    if (names.length === 0) throw new ArgumentError(`${where}: pairs must have at least one token among the ${side ? 'targets' : 'sources'}`);
    return new SymbolSet(names, form, side ? 'target' : 'source');
  });
  return { source: first, target: second };
}

/**
 * What a translator was made with.
 * @param {Knowledge} sides
 * @param {NetworkConfig} encoder
 * @param {NetworkConfig} decoder
 * @returns {TranslatorConfig}
 */
export const translatorConfigOf = ({ source, target }, encoder, { input, layers, memory }) => /** @type {any} */ ({
  source: [...source.names],
  target: [...target.names],
  ...plain(source.form),
  unknown: source.unknown,
  embedding: /** @type {any} */ (input).embedding,
  attention: memory?.attention ?? false,
  bidirectional: encoder.layers.some(({ bidirectional }) => bidirectional),
  ...stackConfigOf(layers),
  seed: encoder.seed,
});

