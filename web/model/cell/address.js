import { clip, quote, readWhole, readWord } from '../address.js';

/**
 * What the centrepiece shows, in the fragment of the address:
 * `source=brackets&kind=four-gate&text=%28abc&layer=0&unit=3&at=5&part=forget&names=course`, and what was tampered with:
 *
 *     hold=f:0@4-7!3     the forget gate of unit 3 is 0 while characters 4 to 7 are read; 4 alone is that
 *                        one, 4- all from there on; !all of all units; without !… the unit that is looked at
 *     edit=c:0.5@4!3     the long-term memory (h: the short-term) of unit 3 is 0.5 after character 4
 *     swap=@4!3:[abc     both memories of unit 3, after character 4, are those that “[abc” leaves
 *     silence=88,95      nothing hears these units
 *
 * hold, edit and swap can stand there many times.
 */

/** @typedef {import('./types.js').Tampering} Tampering */
/** @typedef {import('./types.js').Hold} Hold */

/**
 * @typedef {object} View
 * @property {import('./types.js').Source} source
 * @property {import('./types.js').Kind} kind
 * @property {string} text
 * @property {number} layer
 * @property {number} unit
 * @property {number} at
 * @property {string} part   by its name: forget, learn, …
 * @property {import('./types.js').Names} names
 * @property {Tampering} tampering
 */

export const sources = Object.freeze(/** @type {const} */ (['moby', 'brackets', 'yours']));
export const cellKinds = Object.freeze(/** @type {const} */ (['lstm', 'four-gate', 'peephole', 'gru', 'rnn', 'coupled']));
export const namings = Object.freeze(/** @type {const} */ (['course', 'symbols', 'pytorch']));

export const cellKeys = Object.freeze(['source', 'kind', 'text', 'layer', 'unit', 'at', 'part', 'names', 'hold', 'edit', 'swap',
  'silence']);

/** The gates by their letters in the equations. */
const letters = Object.freeze(/** @type {Record<string, string>} */ ({
  f: 'forget', i: 'input', g: 'candidate', o: 'output', u: 'use', r: 'reset', z: 'update',
}));
const letterOf = new Map(Object.entries(letters).map(([letter, gate]) => [gate, letter]));

/** As long as the text box takes; more of anything is not tampered with by hand. */
const LONGEST_TEXT = 5000;
const LONGEST_SWAP = 500;
const MOST = 50;
const UNITS = { least: 0, most: 4095 };
const PLACES = { least: 0, most: LONGEST_TEXT };

/** @returns {Tampering} */
export const untampered = () => ({ holds: [], edits: [], swaps: [], silenced: [] });

/**
 * Reads what is given; what cannot be read is left out with a note that says so. Whether there is such a unit or
 * character, the network and its text know.
 *
 * @param {URLSearchParams} query
 * @returns {{ view: Partial<View>, notes: string[] }}   the view is empty where nothing of it is given
 */
export function readCell(query) {
  /** @type {string[]} */
  const notes = [];
  const isGiven = cellKeys.some((key) => query.has(key));
  const text = readText(query, notes);
  const unit = readWhole(query, 'unit', UNITS, notes);
  const part = query.get('part');
  const isWord = part === null || /^[a-z-]{1,20}$/.test(part);
  if (!isWord) notes.push(`part=${quote(part)} is no part of a step; it is left out.`);
  const given = {
    source: readWord(query, 'source', sources, notes),
    kind: readWord(query, 'kind', cellKinds, notes),
    text,
    layer: readWhole(query, 'layer', { least: 0, most: 63 }, notes),
    unit,
    at: readWhole(query, 'at', PLACES, notes),
    part: isWord ? part ?? undefined : undefined,
    names: readWord(query, 'names', namings, notes),
    tampering: isGiven ? readTampering(query, unit ?? 0, notes) : undefined,
  };
  const view = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return { view, notes };
}

/** @param {URLSearchParams} query @param {string[]} notes */
function readText(query, notes) {
  const given = query.get('text');
  if (given === null) return undefined;
  const plain = given.replace(/\r\n?/g, '\n'); // as a text box has it
  if (plain.length > LONGEST_TEXT) notes.push(`text has ${plain.length} characters; its first ${LONGEST_TEXT} are taken.`);
  return clip(plain, LONGEST_TEXT);
}

/**
 * @param {URLSearchParams} query
 * @param {number} unit   that is meant where none is named
 * @param {string[]} notes
 * @returns {Tampering}
 */
function readTampering(query, unit, notes) {
  /**
   * @template T
   * @param {string} key
   * @param {(given: string) => T | undefined} read
   * @returns {T[]}
   */
  const all = (key, read) => {
    const given = query.getAll(key);
    if (given.length > MOST) notes.push(`${key} is given ${given.length} times; the first ${MOST} are taken.`);
    return given.slice(0, MOST).flatMap((one) => {
      const value = read(one);
      if (value === undefined) notes.push(`${key}=${quote(one)} cannot be read; it is left out.`);
      return value ?? [];
    });
  };
  return {
    holds: all('hold', (given) => readHold(given, unit)),
    edits: all('edit', (given) => readEdit(given, unit)),
    swaps: all('swap', (given) => readSwap(given, unit)),
    silenced: readSilenced(query, notes),
  };
}

/** `f:0@4-7!3` @param {string} given @param {number} preset @returns {Hold | undefined} */
function readHold(given, preset) {
  const [, name, amount, first, dash, last, unitName] = /^([a-z]+):([^@!]+)@(\d+)(?:(-)(\d*))?(?:!(all|\d+))?$/.exec(given) ?? [];
  const gate = Object.hasOwn(letters, name ?? '') ? letters[name] : letterOf.has(name) ? name : undefined;
  const value = numberIn(amount, gate === 'candidate' || gate === 'use' ? -1 : 0, 1);
  const from = numberIn(first, PLACES.least, PLACES.most);
  const to = dash ? (last ? numberIn(last, PLACES.least, PLACES.most) : undefined) : from;
  const unit = unitName === 'all' ? 'all' : unitName ? numberIn(unitName, 0, UNITS.most) : preset;
  if (!gate || value === undefined || from === undefined || unit === undefined) return undefined;
  if (to === undefined ? Boolean(last) : to < from) return undefined;
  return { gate, value, unit, from, ...(to !== undefined && { to }) };
}

/** `c:0.5@4!3` @param {string} given @param {number} preset @returns {import('./types.js').Edit | undefined} */
function readEdit(given, preset) {
  const [, memory, amount, place, unitName] = /^(c|h):([^@!]+)@(\d+)(?:!(\d+))?$/.exec(given) ?? [];
  const value = numberIn(amount, -1e6, 1e6);
  const at = numberIn(place, PLACES.least, PLACES.most);
  const unit = unitName ? numberIn(unitName, 0, UNITS.most) : preset;
  if (value === undefined || at === undefined || unit === undefined) return undefined;
  return { memory: /** @type {'c' | 'h'} */ (memory), unit, at, value };
}

/** `@4!3:[abc` @param {string} given @param {number} preset @returns {import('./types.js').Swap | undefined} */
function readSwap(given, preset) {
  const [, place, unitName, text] = /^@(\d+)(?:!(\d+))?:([^]*)$/.exec(given) ?? [];
  const at = numberIn(place, PLACES.least, PLACES.most);
  const unit = unitName ? numberIn(unitName, 0, UNITS.most) : preset;
  if (at === undefined || unit === undefined || !text || text.length > LONGEST_SWAP) return undefined;
  return { unit, at, text: text.replace(/\r\n?/g, '\n') };
}

/** `88,95` @param {URLSearchParams} query @param {string[]} notes */
function readSilenced(query, notes) {
  const given = (query.get('silence') ?? '').split(',', MOST + 1).filter((name) => name !== '');
  if (given.length > MOST) notes.push(`silence names more than ${MOST} units; the first ${MOST} are taken.`);
  const units = given.slice(0, MOST).flatMap((name) => {
    const unit = /^\d+$/.test(name) ? numberIn(name, 0, UNITS.most) : undefined;
    if (unit === undefined) notes.push(`silence=${quote(name)} is no unit; it is left out.`);
    return unit ?? [];
  });
  return [...new Set(units)];
}

/** @param {string | undefined} given @param {number} least @param {number} most */
function numberIn(given, least, most) {
  const number = given === undefined || given.trim() === '' || given.length > 30 ? NaN : Number(given);
  return number >= least && number <= most ? number : undefined;
}

/**
 * All that another visitor needs to see the same.
 *
 * @param {View} view
 * @returns {import('../address.js').Entries}
 */
export function writeCell({ source, kind, text, layer, unit, at, part, names, tampering }) {
  const { holds, edits, swaps, silenced } = tampering;
  const of = (/** @type {number | 'all'} */ one) => (one === unit ? '' : `!${one}`);
  /** @type {[string, string | undefined][]} */
  const entries = [
    ['source', source === 'moby' ? undefined : source],
    ['kind', kind === 'lstm' ? undefined : kind],
    ['text', text],
    ['layer', layer ? String(layer) : undefined],
    ['unit', String(unit)],
    ['at', String(at)],
    ['part', part || undefined],
    ...holds.map((hold) => /** @type {[string, string]} */ (['hold',
      `${letterOf.get(hold.gate) ?? hold.gate}:${hold.value}@${hold.from}${span(hold)}${of(hold.unit)}`])),
    ...edits.map((edit) => /** @type {[string, string]} */ (['edit', `${edit.memory}:${edit.value}@${edit.at}${of(edit.unit)}`])),
    ...swaps.map((swap) => /** @type {[string, string]} */ (['swap', `@${swap.at}${of(swap.unit)}:${swap.text}`])),
    ['silence', silenced.length ? silenced.join(',') : undefined],
    ['names', names === 'course' ? undefined : names],
  ];
  return /** @type {import('../address.js').Entries} */ (entries.filter(([, value]) => value !== undefined));
}

/** @param {Hold} hold */
const span = ({ from, to }) => (to === from ? '' : `-${to ?? ''}`);
