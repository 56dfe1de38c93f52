/** What a unit may track in a text: a number for each character, known from the text alone. */

/** A place further on than this in a line or a word is no longer told apart: characters. */
const LONGEST_LINE = 80;
const LONGEST_WORD = 10;

const LETTER = /[\p{L}\p{N}’']/u;
const CAPITAL = /\p{Lu}/u;

/**
 * @typedef {object} Feature
 * @property {string} label
 * @property {(characters: readonly string[]) => Float32Array} measure
 */

/** @type {readonly Feature[]} */
export const FEATURES = [
  { label: 'inside quotation marks', measure: insideQuotes },
  { label: 'place in the line', measure: (chars) => placeSince(chars, (char) => char === '\n', LONGEST_LINE) },
  { label: 'spaces and signs', measure: (chars) => flags(chars, (char) => !LETTER.test(char)) },
  { label: 'place in the word', measure: (chars) => placeSince(chars, (char) => !LETTER.test(char), LONGEST_WORD) },
  { label: 'capital letters', measure: (chars) => flags(chars, (char) => CAPITAL.test(char)) },
  { label: 'inside round brackets', measure: (chars) => insideBrackets(chars, '(', ')') },
  { label: 'inside square brackets', measure: (chars) => insideBrackets(chars, '[', ']') },
];

/**
 * 1 from an opening mark to the character before the closing one. A mark that was never closed ends with its line.
 *
 * @param {readonly string[]} characters
 */
export function insideQuotes(characters) {
  let isInside = false;
  return Float32Array.from(characters, (char) => {
    if (char === '"') isInside = !isInside;
    else if (char === '“' || char === '„' || char === '«') isInside = true;
    else if (char === '”' || char === '»' || char === '\n') isInside = false;
    return Number(isInside);
  });
}

/**
 * 1 from an opening bracket to the character before the closing one.
 *
 * @param {readonly string[]} characters
 * @param {string} opening
 * @param {string} closing
 */
function insideBrackets(characters, opening, closing) {
  let isInside = false;
  return Float32Array.from(characters, (char) => {
    isInside = char === opening || (isInside && char !== closing);
    return Number(isInside);
  });
}

/**
 * How far a character is behind the last that begins something anew, from 0 to 1.
 *
 * @param {readonly string[]} characters
 * @param {(char: string) => boolean} begins
 * @param {number} longest
 */
export function placeSince(characters, begins, longest) {
  let place = 0;
  return Float32Array.from(characters, (char) => {
    place = begins(char) ? 0 : Math.min(place + 1, longest);
    return place / longest;
  });
}

/**
 * @param {readonly string[]} characters
 * @param {(char: string) => boolean} isSo
 */
function flags(characters, isSo) {
  return Float32Array.from(characters, (char) => Number(isSo(char)));
}

/**
 * A part of a text with much direct speech in it, since quotation marks are the rarest of the features.
 *
 * @param {string} text
 * @param {number} length
 */
export function livelyPart(text, length) {
  const count = Math.max(1, Math.floor((2 * text.length) / length) - 1);
  const starts = Array.from({ length: count }, (_, k) => (k * length) / 2);
  const marks = starts.map((from) => text.slice(from, from + length).split(/["“”«»]/u).length);
  const from = starts[marks.indexOf(Math.max(...marks))];
  return [...text.slice(from, from + length)].join('');
}
