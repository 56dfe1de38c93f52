/**
 * The address of the page: `?kind=gru&size=64` are the settings of a run (learn/settings.js reads them), and the
 * fragment says where one is and what is seen there: `#cell?kind=four-gate&text=%28abc&unit=3&at=5&hold=f:0@4-`. Each
 * part of the page reads and writes the keys that are its own; here is what they share. Nothing in an address is
 * trusted: it can come from anyone.
 *
 * @typedef {[key: string, value: string][]} Entries
 */

/** @typedef {(typeof sections)[number]} Section */

/** In the order of the page. */
export const sections = Object.freeze(/** @type {const} */ (['cell', 'why', 'learn', 'book', 'beyond', 'exercises', 'use']));

/** What sections were called in former versions of the page. */
const formerly = new Map(/** @type {[string, Section][]} */ ([['predict', 'cell'], ['inside', 'cell']]));

/** Longer fragments are cut: the longest that the page writes itself has 5 000 characters of text, nine signs each. */
const LONGEST = 100_000;

/**
 * What a fragment says.
 *
 * @typedef {object} Fragment
 * @property {string} anchor         before the question mark; a former name is replaced by that of now
 * @property {Section} [section]     that the anchor names
 * @property {URLSearchParams} query
 * @property {boolean} hasQuery
 * @property {boolean} isFormer      the anchor was a former name
 */

/**
 * @param {string} hash   with or without its number sign
 * @param {string} [search]   of the address: what a former version looked inside was the kind of the run
 * @returns {Fragment}
 */
export function parseFragment(hash, search = '') {
  const fragment = hash.replace(/^#/, '').slice(0, LONGEST);
  const mark = fragment.indexOf('?');
  const given = decode(mark < 0 ? fragment : fragment.slice(0, mark));
  const anchor = formerly.get(given) ?? given;
  const section = sections.find((name) => name === anchor);
  const query = new URLSearchParams(mark < 0 ? '' : fragment.slice(mark + 1));
  const kind = given === 'inside' ? new URLSearchParams(search).get('kind') : null;
  if (kind !== null && !query.has('kind')) query.set('kind', kind);
  return {
    anchor,
    ...(section && { section }),
    query,
    hasQuery: mark >= 0,
    isFormer: anchor !== given,
  };
}

/** @param {string} text */
function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * The fragment with its number sign; '' without an anchor and entries.
 *
 * @param {string} anchor
 * @param {Entries} [entries]
 */
export function writeFragment(anchor, entries = []) {
  const query = entries.map(([key, value]) => `${encode(key)}=${encode(value)}`).join('&');
  const fragment = `${encode(anchor)}${query && `?${query}`}`;
  return fragment && `#${whole(fragment)}`;
}

/** As plain as links in mails, chats and Markdown bear it. Halves of surrogate pairs become U+FFFD. @param {string} text */
function encode(text) {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'))
    .replace(/[()']/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`)
    .replaceAll('%20', '+').replaceAll('%3A', ':').replaceAll('%40', '@').replaceAll('%2C', ',').replaceAll('%2F', '/');
}

/** What finds links in a text takes a sign at their end for the sentence's. @param {string} fragment */
function whole(fragment) {
  return fragment.replace(/\+$/, '%20').replace(/[^\w]$|_$/, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
}

/** What is quoted of an address in a message. @param {string} given */
export const quote = (given) => (given.length > 20 ? `${given.slice(0, 20)}…` : given);

/**
 * A whole number of an address; undefined with a note where it is none, the bound where it is beyond.
 *
 * @param {URLSearchParams} query
 * @param {string} key
 * @param {{ least: number, most: number, step?: number }} bounds   step: of which it is a multiple
 * @param {string[]} notes
 */
export function readWhole(query, key, { least, most, step = 1 }, notes) {
  const given = query.get(key);
  if (given === null) return undefined;
  if (!/^\s*[-+]?\d+\s*$/.test(given)) {
    notes.push(`${key}=${quote(given)} is no whole number; it is left out.`);
    return undefined;
  }
  const number = Math.min(most, Math.max(least, step * Math.round(Number(given) / step)));
  if (number !== Number(given)) notes.push(`${key}=${quote(given)} is not possible; ${number} is taken.`);
  return number;
}

/**
 * One of some words; undefined with a note where it is none of them.
 *
 * @template {string} W
 * @param {URLSearchParams} query
 * @param {string} key
 * @param {readonly W[]} words
 * @param {string[]} notes
 * @returns {W | undefined}
 */
export function readWord(query, key, words, notes) {
  const given = query.get(key);
  if (given === null) return undefined;
  const word = words.find((one) => one === given);
  if (word === undefined) notes.push(`${key}=${quote(given)} is none of ${words.join(', ')}; it is left out.`);
  return word;
}

/**
 * The longest beginning of a text that fits, with whole characters.
 *
 * @param {string} text
 * @param {number} most   UTF-16 units
 */
export function clip(text, most) {
  if (text.length <= most) return text;
  return /[\ud800-\udbff]/.test(text[most - 1]) ? text.slice(0, most - 1) : text.slice(0, most);
}
