// token-options.js: what a model of tokens can be made with.
import { describe, integer, number, optional, refuse, string } from '../../core/check.js';
import { ArgumentError } from '../../core/errors.js';
import { checkTied, MAX_INPUT, readEmbedding, readSeed, readTied } from '../../network/network-options.js';
import { readStack } from '../../network/stack-options.js';
import { END, TokenVocabulary } from '../../sampling/TokenVocabulary.js';
import { hasHalf } from '../../sampling/whole-text.js';
import { CHAR_FORGET_BIAS, hiddenSizeFor } from '../characters/char-defaults.js';

/**
 * @typedef {object} VocabularyOptions
 * @property {string | Iterable<string>} [text] one or several, whose tokens become the vocabulary; this, `sequences` or
 *   `tokens`
 * @property {Iterable<string> | Iterable<Iterable<string>>} [sequences] a list of tokens, or several, whose tokens become
 *   the vocabulary
 * @property {readonly string[]} [tokens] the vocabulary itself, in its order
 * @property {'word' | 'character' | (string & {})} [by] how texts are cut into tokens: by Intl.Segmenter into words, a space
 *   with the word behind it and all else a token of its own, so that they come back as they were; into characters; or at
 *   this separator. Without it, and without `text`, sequences are lists of tokens; default of `text` 'word'
 * @property {string} [locale] whose words they are, a BCP 47 tag; default: the engine's
 * @property {number} [most] only so many different tokens of `text` or `sequences` are in the vocabulary, the most
 *   frequent; default 10000
 * @property {import('../../sampling/Vocabulary.js').Unknown} [unknown] what becomes of tokens outside the vocabulary: 'error';
 *   'skip', they are left out; or a token that stands for them, which is never written. Training on such is no error, but
 *   the vocabulary grows; default 'error', and `'<unknown>'` where there were more than `most`
 * @property {number} [embedding] the length of vectors that stand for the tokens and are trained, 1 to 1048576; default: of
 *   up to 256 tokens none, one-hot vectors; of more as many as the last layer has
 * @property {boolean} [tied] the output multiplies by the embedding, which is as long as the last h then: half the numbers, but
 *   it learns less in the first minutes; default false
 * @property {number} [seconds] how long the model is going to be trained, above 0: train takes it where it has no budget of
 *   its own; neither in the config nor in a file
 * @property {number} [seed] 0 to 4294967295; default 0
 */

/**
 * The layers are as in a character model.
 * @typedef {(VocabularyOptions & import('../../network/stack-options.js').StackSize & import('../../network/cell-options.js').AnyKindOptions)
 *   | (VocabularyOptions & { layers: readonly import('../../network/cell-options.js').LayerOptions[] })} TokenModelOptions */

/** @typedef {{ by?: string, locale?: string, unknown?: string, embedding?: number, tied?: boolean, seed: number }
 *   & import('../../network/stack-options.js').StackConfig} TokenModelConfig What a model was made with, but for its tokens */

const MOST = 10_000;
/** Up to so many tokens are one-hot vectors. */
const FEW = 256;
const UNKNOWN = '<unknown>';
const where = 'createTokenModel';

/** @type {import('../../core/check.js').Reader<string>} */
export function readLocale(value, path) {
  const locale = string()(value, path);
  try {
    return Intl.getCanonicalLocales(locale)[0];
  } catch {
    return refuse(path, 'a BCP 47 language tag', value);
  }
}

/**
 * The names of a vocabulary, checked.
 * @param {unknown} given
 * @param {string} path
 * @returns {string[]}
 */
export function readNames(given, path) {
  if (!Array.isArray(given) || given.length === 0) refuse(path, 'an array of at least one token', given);
  if (given.length > MAX_INPUT) refuse(path, `an array of at most ${MAX_INPUT} tokens`, given);
  const seen = new Set();
  given.forEach((name, i) => {
    if (typeof name !== 'string') refuse(`${path}[${i}]`, 'a token, a string', name);
    if (hasHalf(name)) refuse(`${path}[${i}]`, 'of whole characters, no lone surrogate', name);
    if (seen.has(name)) throw new ArgumentError(`${path}[${i}]: ${describe(name)} is there twice`);
    seen.add(name);
  });
  return [...given];
}

/**
 * The tokens of sequences, the most frequent first, of equals that which came first.
 * @param {unknown} given
 * @param {import('../../sampling/TokenVocabulary.js').TokenForm} form
 * @param {string} path
 */
function countTokens(given, form, path) {
  const rule = new TokenVocabulary([END], form);
  const list = rule.listOf(given) ?? [given];
  if (list.length === 0) refuse(path, `${rule.data.kind} or an iterable of ${rule.data.kinds}`, given);
  /** @type {Map<string, number>} */
  const counts = new Map();
  list.forEach((sequence, i) => {
    const place = list.length > 1 ? `${path}[${i}]` : path;
    for (const name of rule.cut(rule.read(sequence, place))) {
      if (!rule.mayBe(name)) rule.refuseName(place, name, i, false);
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  });
  if (counts.size === 0) refuse(path, 'of at least one token', given);
  return [...counts].sort(([, a], [, b]) => b - a).map(([name]) => name);
}

/**
 * The vocabulary and the network's description that the options of createTokenModel stand for.
 * @param {TokenModelOptions} options
 */
export function createTokenNetwork(options) {
  const anything = (/** @type {unknown} */ value) => value;
  const fields = {
    text: anything,
    sequences: anything,
    tokens: optional(readNames),
    by: optional(string()),
    locale: optional(readLocale),
    most: optional(integer(1, MAX_INPUT - 2)),
    unknown: optional(string()),
    embedding: readEmbedding,
    tied: readTied,
    seed: readSeed,
    seconds: optional(number(0, Infinity, undefined, { above: true, below: true })),
  };
  const { layers, seed, seconds, ...read } = readStack(where, options, fields, {
    oneWay: 'a token is predicted from what comes before',
    forgetBias: CHAR_FORGET_BIAS,
    hiddenSize: ({ seconds: time, layers: count }) => hiddenSizeFor(time, undefined, count),
  });
  const { vocabulary, unknown } = vocabularyOf(read);
  const { size } = vocabulary;
  const [last] = layers.slice(-1);
  const length = ('projection' in last && last.projection) || last.hiddenSize;
  // An epoch of 3000 words: 4.73 nats untied, 5.02 tied.
  const { tied } = read;
  const embedding = read.embedding ?? (size > FEW + 2 || tied ? length : undefined);
  const config = {
    input: { tokens: size, ...(embedding && { embedding }) },
    layers,
    output: { classes: size, ...(tied && { tied }) },
    seed,
  };
  checkTied(where, config);
  return { vocabulary, config, notes: { ...(seconds !== undefined && { seconds }), ...(unknown && { unknown }) } };
}

/**
 * @param {{ text: unknown, sequences: unknown, tokens?: string[], by?: string, locale?: string, most?: number, unknown?: string }} read
 * @returns {{ vocabulary: TokenVocabulary, unknown?: string }}
 */
function vocabularyOf({ text, sequences, tokens, by, locale, most, unknown }) {
  const given = Object.entries({ text, sequences, tokens }).filter(([, value]) => value !== undefined).map(([name]) => name);
  if (given.length !== 1) {
    throw new ArgumentError(`${where}: expected one of text, sequences and tokens, got ${given.join(' and ') || 'none'}`);
  }
  if (sequences !== undefined && by !== undefined) refuse(`${where}: by`, 'absent with sequences, which are cut already', by);
  if (tokens && most !== undefined) refuse(`${where}: most`, 'absent with tokens, which are the vocabulary', most);
  const form = { by: by ?? (text === undefined ? undefined : 'word'), locale };
  if (locale !== undefined && form.by !== 'word') refuse(`${where}: locale`, "absent but with by: 'word'", locale);
  const all = tokens ?? (text === undefined
    ? countTokens(sequences, form, `${where}: sequences`) : countTokens(text, form, `${where}: text`));
  const kept = all.slice(0, tokens ? all.length : most ?? MOST);
  const rule = unknown ?? (kept.length < all.length ? UNKNOWN : 'error');
  const isToken = rule !== 'error' && rule !== 'skip';
  if (isToken && hasHalf(rule)) refuse(`${where}: unknown`, "'error', 'skip' or a token", unknown);
  const names = [...new Set([END, ...(isToken ? [rule] : []), ...kept])];
  if (names.length > MAX_INPUT) refuse(`${where}: tokens`, `an array of at most ${MAX_INPUT} tokens, with the end's and the unknown one's`, tokens);
  if (!names.some((name) => name !== END && (!isToken || name !== rule))) {
    throw new ArgumentError(`${where}: the vocabulary must have a token that can be written, got none`);
  }
  return { vocabulary: new TokenVocabulary(names, plain(form)), ...(rule !== 'error' && { unknown: rule }) };
}

/** Without what is not said. @param {import('../../sampling/TokenVocabulary.js').TokenForm} form */
export const plain = ({ by, locale }) => ({ ...(by !== undefined && { by }), ...(locale !== undefined && { locale }) });
