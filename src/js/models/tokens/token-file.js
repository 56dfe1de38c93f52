// token-file.js: what a model of tokens knows, as it is in its file: its tokens, what its sequences are, its notes.
import { flag, optional, readOptions, refuse, string } from '../../core/check.js';
import { ArgumentError } from '../../core/errors.js';
import { END, TokenVocabulary } from '../../sampling/TokenVocabulary.js';
import { readUnknown } from '../../sampling/Vocabulary.js';
import { plain, readLocale, readNames } from './token-options.js';

/** @typedef {import('./SequenceModel.js').Notes} Notes */

/**
 * @param {TokenVocabulary} vocabulary
 * @param {Notes} notes
 */
export const describeTokens = ({ names, form }, { lines, unknown }) =>
  ({ kind: 'tokens', tokens: names, ...form, ...(lines && { ends: true }), ...(unknown && { unknown }) });

/** @satisfies {import('../../files/model-metadata.js').ModelFormat} */
export const tokenFormat = {
  kind: /** @type {const} */ ('tokens'),
  name: 'a token model',

  /**
   * @param {unknown} description
   * @param {import('../../network/network-options.js').NetworkConfig} config
   * @returns {{ vocabulary: TokenVocabulary, notes: Notes }}
   */
  read(description, { input, output, layers }) {
    const { tokens, by, locale, ends, unknown: rule } = readOptions('model', description, {
      tokens: readNames,
      by: optional(string()),
      locale: optional(readLocale),
      ends: optional(flag(false)),
      unknown: (value) => value,
    });
    const size = tokens.length;
    if (!tokens.includes(END)) refuse('model: tokens', `a list with the end of sequences, '${END}'`, tokens);
    if (locale !== undefined && by !== 'word') refuse('model: locale', "absent but with by: 'word'", locale);
    if (!('tokens' in input) || input.tokens !== size || !output || !('classes' in output) || output.classes !== size) {
      throw new ArgumentError(`a vocabulary of ${size} tokens needs input.tokens and output.classes of ${size}, `
        + `got ${JSON.stringify({ input, output })}`);
    }
    const l = layers.findIndex(({ bidirectional }) => bidirectional);
    if (l >= 0) throw new ArgumentError(`no token model: layers[${l}] is bidirectional`);
    const vocabulary = new TokenVocabulary(tokens, plain({ by, locale }));
    const unknown = readUnknown(vocabulary)(rule, 'model: unknown');
    return { vocabulary, notes: { ...(ends && { lines: true }), ...(unknown && { unknown }) } };
  },

  /** @param {{ vocabulary: TokenVocabulary }} model */
  tell: ({ vocabulary }) => ({ tokens: [...vocabulary.names], ...vocabulary.form }),
};
