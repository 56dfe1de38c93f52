import { quote } from './address.js';

/**
 * How the page is shown, for teachers and for other pages: `big=1` for a projector, `hide=train,race` without some of
 * its parts, `only=cell` one of them alone.
 *
 * @typedef {{ big: boolean, hide: Part[], only?: Part }} Modes
 */

/** @typedef {keyof typeof parts} Part */

/** The parts that can be hidden or shown alone: what they are called. */
export const parts = Object.freeze(/** @type {const} */ ({
  cell: 'The cell',
  tamper: 'Tampering',
  why: 'Why an RNN forgets',
  message: 'The message back',
  race: 'The race',
  train: 'Watch it learn',
  book: 'A network that read a book',
  beyond: 'Beyond letters',
  exercises: 'Exercises',
  use: 'In your page',
}));

const names = /** @type {Part[]} */ (Object.keys(parts));

export const modeKeys = Object.freeze(['big', 'hide', 'only']);

/**
 * @param {URLSearchParams} query
 * @returns {{ modes: Modes, notes: string[] }}
 */
export function readModes(query) {
  /** @type {string[]} */
  const notes = [];
  const known = (/** @type {string} */ given, /** @type {string} */ key) => {
    const name = names.find((one) => one === given);
    if (!name && given) notes.push(`${key}=${quote(given)} is no part of the page (${names.join(', ')}); it is left out.`);
    return name ?? [];
  };
  const hide = [...new Set((query.get('hide') ?? '').split(',', 20).flatMap((name) => known(name, 'hide')))];
  const [only] = [known(query.get('only') ?? '', 'only')].flat();
  const big = query.get('big');
  if (big !== null && !['', '0', '1'].includes(big)) notes.push(`big=${quote(big)} is neither 1 nor 0; it is left out.`);
  return { modes: { big: big === '1' || big === '', hide, ...(only && { only }) }, notes };
}

/**
 * @param {Modes} modes
 * @returns {import('./address.js').Entries}
 */
export function writeModes({ big, hide, only }) {
  return [
    ...(only ? [/** @type {[string, string]} */ (['only', only])] : []),
    ...(hide.length ? [/** @type {[string, string]} */ (['hide', hide.join(',')])] : []),
    ...(big ? [/** @type {[string, string]} */ (['big', '1'])] : []),
  ];
}
