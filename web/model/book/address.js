import { quote, readWhole, readWord } from '../address.js';

/**
 * The part about the book in the fragment of the address: `place=20&reads=cell&bars=unit&without=88,95`. Which network is
 * asked, and at which unit one looks, the centrepiece has there.
 *
 *     place=20         the guess after character 20 is asked about, from 0
 *     reads=cell       the text of the cell; without it a passage of the book
 *     bars=unit        bars show what the unit remembers; without it what the guess listens to
 *     without=88,1/95  what silencing unit 88, and unit 95 of the second layer, costs; the last one is spoken of
 */

/** @typedef {{ unit: number, layer: number }} Place   of a unit */
/** @typedef {{ reads?: 'passage' | 'cell', at?: number, without?: Place[] }} Asked */
/** @typedef {'heard' | 'unit'} Bars */

export const bookKeys = Object.freeze(['place', 'reads', 'bars', 'without']);

/** The page offers no more. */
const MOST = 24;

/** @param {URLSearchParams} query @returns {{ asked: Asked, bars: Bars, notes: string[] }} */
export function readBook(query) {
  /** @type {string[]} */
  const notes = [];
  const names = (query.get('without') ?? '').split(',', MOST).filter((name) => name !== '');
  const without = names.flatMap((name) => {
    const [, layer = '0', unit] = /^(?:(\d{1,2})\/)?(\d{1,4})$/.exec(name) ?? [];
    if (unit !== undefined) return { layer: Number(layer), unit: Number(unit) };
    notes.push(`without=${quote(name)} is no unit; it is left out.`);
    return [];
  });
  const at = readWhole(query, 'place', { least: 0, most: 5000 }, notes);
  const reads = readWord(query, 'reads', /** @type {const} */ (['passage', 'cell']), notes) ?? 'passage';
  const bars = readWord(query, 'bars', /** @type {const} */ (['heard', 'unit']), notes) ?? 'heard';
  return { asked: { reads, without, ...(at !== undefined && { at }) }, bars, notes };
}

/** @param {Asked & { bars: Bars }} shown @returns {import('../address.js').Entries} */
export function writeBook({ reads, at, bars, without = [] }) {
  /** @type {[string, string | undefined][]} */
  const entries = [
    ['place', at === undefined ? undefined : String(at)],
    ['reads', reads === 'cell' ? reads : undefined],
    ['bars', bars === 'unit' ? bars : undefined],
    ['without', without.map(({ layer, unit }) => (layer ? `${layer}/${unit}` : String(unit))).join(',') || undefined],
  ];
  return /** @type {import('../address.js').Entries} */ (entries.filter(([, value]) => value !== undefined));
}
