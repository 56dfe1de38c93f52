// char-file.js: what a character model knows, as it is in its file.
import { readFileAlphabet } from '../../sampling/Alphabet.js';
import { readUnknown } from '../../sampling/Vocabulary.js';
import { flag, optional, readOptions } from '../../core/check.js';
import { ArgumentError } from '../../core/errors.js';

/** @typedef {import('../../sampling/Alphabet.js').Alphabet} Alphabet */

/**
 * What a character model knows beside its parameters and its alphabet.
 * @typedef {object} CharNotes
 * @property {number} [seconds] of a training whose budget nobody says; not in the file, which is the same for a run of so
 *   many seconds and for one of as many steps
 * @property {boolean} [lines] it has learnt a list of texts of one line each: a text begins after a line's end, and ends
 *   with one
 * @property {string} [unknown] what becomes of characters outside its alphabet: 'skip', or the one that stands for them;
 *   absent: they are an error
 */

/**
 * @param {Alphabet} alphabet
 * @param {CharNotes} notes
 */
export const describeCharacters = ({ characters }, { lines, unknown }) =>
  ({ kind: 'characters', alphabet: characters, ...((lines || unknown) && { notes: { lines, unknown } }) });

/** @satisfies {import('../../files/model-metadata.js').ModelFormat} */
export const charFormat = {
  kind: /** @type {const} */ ('characters'),
  name: 'a character model',

  /**
   * @param {{ alphabet: unknown, notes?: unknown }} description
   * @param {import('../../network/network-options.js').NetworkConfig} config
   * @returns {{ alphabet: Alphabet, notes: CharNotes }}
   */
  read({ alphabet: given, notes: noted = {} }, { input, output, layers }) {
    const alphabet = readFileAlphabet(given, 'alphabet');
    const { size } = alphabet;
    if (!('tokens' in input) || input.tokens !== size || !output || !('classes' in output) || output.classes !== size) {
      throw new ArgumentError(`an alphabet of ${size} characters needs input.tokens and output.classes of ${size}, `
        + `got ${JSON.stringify({ input, output })}`);
    }
    const l = layers.findIndex(({ bidirectional }) => bidirectional);
    if (l >= 0) throw new ArgumentError(`no character model: layers[${l}] is bidirectional`);
    const notes = readOptions('notes', noted, { lines: optional(flag(false)), unknown: readUnknown(alphabet) });
    if (notes.lines && alphabet.tokenOf('\n') === undefined) {
      throw new ArgumentError("metadata notes say that texts end with a line's end, which the alphabet has not");
    }
    return { alphabet, notes };
  },

  /** @param {{ alphabet: Alphabet }} model */
  tell: ({ alphabet }) => ({ alphabet: [...alphabet.characters] }),
};
