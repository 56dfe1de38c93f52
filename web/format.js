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
 * Rounded to three digits, since the last ones of a speed only flicker.
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

/**
 * Two decimals, with the sign of minus as mathematics has it.
 *
 * @param {number} x
 */
export function decimal(x) {
  const text = Math.abs(x).toFixed(2);
  return x < 0 && Number(text) !== 0 ? `−${text}` : text;
}

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** A power of ten. @param {number} exponent */
export function powerOfTen(exponent) {
  const digits = String(Math.abs(exponent)).replace(/\d/g, (digit) => SUPERSCRIPTS[Number(digit)]);
  return `10${exponent < 0 ? '⁻' : ''}${digits}`;
}

/**
 * Two digits of a number from 0 that may be very small or large.
 *
 * @param {number} x
 */
export function scientific(x) {
  if (x === 0 || (x >= 0.01 && x < 1000)) return String(Number(x.toPrecision(2)));
  const [digits, exponent] = x.toExponential(1).split('e');
  return `${digits} × ${powerOfTen(Number(exponent))}`;
}
