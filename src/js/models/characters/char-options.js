// char-options.js: what a character model can be made with.
import { alphabetOf, readAlphabet } from '../../sampling/Alphabet.js';
import { readUnknown } from '../../sampling/Vocabulary.js';
import { number, optional, string } from '../../core/check.js';
import { ArgumentError } from '../../core/errors.js';
import { checkTied, readEmbedding, readSeed, readTied } from '../../network/network-options.js';
import { readStack } from '../../network/stack-options.js';
import { CHAR_FORGET_BIAS, hiddenSizeFor } from './char-defaults.js';
import { isList } from '../../core/check.js';

/** @typedef {import('../../network/cell-options.js').LayerOptions} LayerOptions */
/** @typedef {import('../../network/cell-options.js').LayerConfig} LayerConfig */
/** @typedef {import('../../network/cell-options.js').AnyKindOptions} AnyKindOptions */

/**
 * @typedef {object} AlphabetOptions
 * @property {string | Iterable<string>} [text] whose characters become the alphabet, of one text or of several, and
 *   with them the line's end, which stands for the beginning of a text and for its end; this or `alphabet`
 * @property {string | readonly string[]} [alphabet] the characters themselves, in the order of their tokens
 * @property {import('../../sampling/Vocabulary.js').Unknown} [unknown] what becomes of characters outside the alphabet,
 *   wherever the model reads a text: 'error'; 'skip', they are left out; or one character of the alphabet, which stands for
 *   them. Training on a text with such is no error, but the alphabet grows: see train; default 'error'
 * @property {number} [embedding] the length of vectors that stand for the characters and are trained, 1 to 1048576;
 *   default: none, one-hot vectors
 * @property {boolean} [tied] the output multiplies by the embedding, which is as long as the last h then; default false
 * @property {number} [seconds] how long the model is going to be trained, above 0: train takes it where it has no
 *   budget of its own; neither in the config nor in a file
 * @property {number} [seed] 0 to 4294967295; default 0
 */

/**
 * So many layers of one kind. Beside these, the options of the kind.
 * @typedef {object} StackOptions
 * @property {number} [layers] 1 to 1024; default 1
 * @property {number} [hiddenSize] of each layer, 1 to 65536; default 192; with `seconds`, what learns most in the time:
 *   64 up to 8 s, 128 up to 30 s, 192 up to 100 s, 256 up to 10 minutes, else 384, where each layer above the first
 *   counts as two; of a text of up to 10 000 characters at most 64, of up to 100 000 at most 128
 * @property {boolean} [bias] default true
 */

/**
 * The layers are so many of one kind (default 'lstm'), with its options; or a list of layers of any kinds. None can be
 * bidirectional, since a text is predicted from what comes before.
 * @typedef {AlphabetOptions & ((StackOptions & AnyKindOptions) | { layers: readonly LayerOptions[] })} CharModelOptions
 */

/**
 * What a model was made with: `layers` is a number where all layers are alike, and their kind, hiddenSize, bias and
 * other options stand beside it. Else it is a list of all layers' options.
 * @typedef {{ embedding?: number, tied?: boolean, unknown?: string, seed: number } & (({ layers: number } & LayerConfig)
 *   | { layers: LayerConfig[], kind?: undefined, hiddenSize?: undefined, bias?: undefined })} CharModelConfig
 */

/** Why no layer of a character model can be bidirectional. */
export const oneWay = 'a character is predicted from what comes before';

/**
 * One text, or several end to end: only its characters and its length count.
 * @type {import('../../core/check.js').Reader<string>}
 */
function readText(value, path) {
  if (!isList(value)) return string()(value, path);
  const texts = Array.from(value, (text, i) => string()(text, `${path}[${i}]`));
  return string()(texts.join('\n'), path);
}

/**
 * The alphabet and the network's description that the options of createCharModel stand for.
 * @param {CharModelOptions} options
 */
export function createCharNetwork(options) {
  const fields = {
    text: optional(readText),
    alphabet: optional((value, path) => readAlphabet(typeof value === 'string' ? [...value] : value, path)),
    unknown: (/** @type {unknown} */ value) => value,
    embedding: readEmbedding,
    tied: readTied,
    seed: readSeed,
    seconds: optional(number(0, Infinity, undefined, { above: true, below: true })),
  };
  const { layers, text, alphabet, unknown: given, embedding, tied, seed, seconds } = readStack('createCharModel', options, fields, {
    oneWay,
    forgetBias: CHAR_FORGET_BIAS,
    hiddenSize: (read) => hiddenSizeFor(read.seconds, read.text?.length, read.layers),
  });
  if ((text === undefined) === (alphabet === undefined)) {
    const got = text === undefined ? 'neither' : 'both';
    throw new ArgumentError(`createCharModel: expected either text or alphabet, got ${got}`);
  }
  const known = alphabet ?? alphabetOf(/** @type {string} */ (text), 'createCharModel: text');
  const config = {
    input: { tokens: known.size, ...(embedding && { embedding }) },
    layers,
    output: { classes: known.size, ...(tied && { tied }) },
    seed,
  };
  checkTied('createCharModel', config);
  const unknown = readUnknown(known)(given, 'createCharModel: unknown');
  return { alphabet: known, config, notes: { ...(seconds !== undefined && { seconds }), ...(unknown && { unknown }) } };
}
