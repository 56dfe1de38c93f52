/** Characters and numbers as a person reads them. */

const NAMES = new Map([
  [' ', 'space'], ['\n', 'new line'], ['\t', 'tab'], ['\r', 'carriage return'], ['\u00a0', 'no-break space'],
  ['\ufeff', 'byte order mark'], ['\u00ad', 'soft hyphen'],
]);

/** Control, format, unassigned, separating and combining characters cannot be seen by themselves. */
const INVISIBLE = /^[\p{C}\p{Z}\p{M}]$/u;

/**
 * A character as a label: itself where it can be seen, its name or number otherwise.
 *
 * @param {string} char   one code point
 */
export function charName(char) {
  const name = NAMES.get(char);
  if (name) return name;
  if (!INVISIBLE.test(char)) return char;
  return `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** @param {string} char */
export function isNamed(char) {
  return charName(char) !== char;
}

/** @param {number} n */
export function count(n) {
  return Math.round(n).toLocaleString('en');
}

/**
 * Speed to three digits: the last ones only flicker.
 *
 * @param {number} n
 */
export function roundedCount(n) {
  return Number(n.toPrecision(3)).toLocaleString('en');
}

/** @param {number} p */
export function percent(p) {
  if (p > 0 && p < 0.0005) return '< 0.1 %';
  return `${(100 * p).toFixed(1)} %`;
}

/** @param {number} seconds */
export function clock(seconds) {
  const s = Math.floor(seconds);
  const pad = (/** @type {number} */ n) => String(n).padStart(2, '0');
  if (s < 3600) return `${Math.floor(s / 60)}:${pad(s % 60)}`;
  return `${Math.floor(s / 3600)}:${pad(Math.floor(s / 60) % 60)}:${pad(s % 60)}`;
}
