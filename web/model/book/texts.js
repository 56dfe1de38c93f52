/** Texts to look at a network with: a passage, and a long one to search and to count over. */
import { keep } from '../keep.js';
import { sift } from '../sift.js';
import { fetchMobyDick } from '../learn/text.js';
import { Random } from '../why/Random.js';
import { livelyPart } from './features.js';

/** @typedef {import('../cell/types.js').Subject} Subject */

/** Of Moby-Dick: direct speech, a name that comes twice, lines that end. */
const PASSAGE = `"To be sure," said Peleg. "Fetch him along, and we'll look at him."

"What lay does he want?" groaned Bildad, glancing up from the book.`;

/** Where a passage is asked about first: within a name. */
export const PLACE = 'Bil';

const BRACKETS = '(abc)[hello wor](remember';

/** Units are sought, and costs counted, over so much: characters. A network that learns is another one every second. */
const LONG = { yours: 2000, others: 6000 };
const PASSAGE_LENGTH = 200;

/**
 * @param {{ text?: { text: string } }} session whose text the visitor's network learns
 * @returns {import('./Book.js').Texts}
 */
export function textsFor(session) {
  const moby = keep(async () => (await fetchMobyDick()).text);
  const brackets = keep(async () => bracketText(LONG.others));
  return {
    passage(subject) {
      if (subject.id.startsWith('brackets')) return BRACKETS;
      const own = session.text?.text.trimStart();
      return subject.id === 'yours' && own && !isKnown(PASSAGE, subject) ? [...own.slice(0, 2 * PASSAGE_LENGTH)].slice(0, PASSAGE_LENGTH).join('') : PASSAGE;
    },
    async long(subject) {
      if (subject.id.startsWith('brackets')) return brackets();
      const length = subject.id === 'yours' ? LONG.yours : LONG.others;
      const own = session.text && livelyPart(session.text.text, length);
      return own && isKnown(own, subject) ? own : livelyPart(await moby(), length);
    },
  };
}

/** All but a few of its characters are. @param {string} text @param {Subject} subject */
function isKnown(text, { alphabet }) {
  return sift(text, new Set(alphabet)).known.length > 0.9 * text.length;
}

/**
 * Groups in round and square brackets, as the bracket networks read them: always the same.
 *
 * @param {number} length
 */
function bracketText(length) {
  const random = new Random(1);
  let text = '';
  while (text.length < length) {
    const [opening, closing] = random.pick(['()', '[]']);
    text += opening + Array.from({ length: random.integer(1, 10) }, () => random.pick(' abcdefghijklmnopqrstuvwxyz')).join('') + closing;
  }
  return text;
}
