// translator-file.js: what a translator knows, as it is in its file.
import { oneOf, optional, readOptions } from '../../core/check.js';
import { ArgumentError } from '../../core/errors.js';
import { plain, readLocale } from '../tokens/token-options.js';
import { readBy, readNames, SymbolSet } from './SymbolSet.js';

/** @typedef {import('./translator-options.js').Knowledge} Knowledge */
/** @typedef {import('../../network/network-options.js').NetworkConfig} NetworkConfig */

/** @param {Knowledge} sides */
export const describeTranslator = ({ source, target }) => ({
  kind: 'translator',
  source: source.names,
  target: target.names,
  ...plain(source.form),
  ...(source.unknown !== 'error' && { unknown: source.unknown }),
});

/** @type {import('../../core/check.js').Reader<any>} */
const as = (value) => value;

/** @satisfies {import('../../files/model-metadata.js').ModelFormat} */
export const translatorFormat = {
  kind: /** @type {const} */ ('translator'),
  name: 'a translator',
  networks: ['encoder', 'decoder'],

  /**
   * @param {object} description
   * @param {{ encoder: NetworkConfig, decoder: NetworkConfig }} config
   * @returns {Knowledge}
   */
  read(description, { encoder, decoder }) {
    const { by, locale, unknown, ...given } = readOptions('model', description, {
      source: as, target: as, by: readBy, locale: optional(readLocale), unknown: oneOf(/** @type {const} */ (['error', 'skip']), 'error'),
    });
    const side = (/** @type {'source' | 'target'} */ name) => {
      if (!Array.isArray(given[name])) throw new ArgumentError(`model: ${name} must be an array of names`);
      return new SymbolSet(readNames(given[name], { by, locale }, `model: ${name}`), { by, locale }, name);
    };
    const sides = { source: side('source'), target: side('target') };
    sides.source.unknown = unknown;
    const symbols = sides.target.size + 1;
    const { input, output, memory, layers } = decoder;
    const fits = 'tokens' in encoder.input && encoder.input.tokens === sides.source.size && !encoder.output && !encoder.memory
      && 'tokens' in input && input.tokens === symbols && output && 'classes' in output && output.classes === symbols && memory
      && !layers.some(({ bidirectional }) => bidirectional);
    if (fits) return sides;
    throw new ArgumentError(`a translator of ${sides.source.size} and ${sides.target.size} symbols needs an encoder of so many `
      + `tokens without output, and a decoder of ${symbols} tokens and classes, one way, with a memory`);
  },

  /** @param {Knowledge} sides */
  tell: ({ source, target }) => ({ source: [...source.names], target: [...target.names] }),
};
