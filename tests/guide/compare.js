// What a snippet claims to print, against what it prints. See web/guide/README.md.

const NUMBER = /(~?)((?<![\w.])-?\d+(?:\.\d+)?(?:e[-+]?\d+)?)(?![\w])|(…)/g;
const PRINTED = '(-?\\d+(?:\\.\\d+)?(?:e[-+]?\\d+)?)(?![\\d])';

/** @param {string} text */
const escape = (text) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
/** Spaces and line ends count as one space. @param {string} text */
const flat = (text) => text.trim().replace(/\s+/g, ' ');

/**
 * How far a printed number may be from the claimed one: half of its last digit, or a fifth of it behind ~.
 * @param {string} claimed
 * @param {boolean} isAbout
 */
function toleranceOf(claimed, isAbout) {
  if (isAbout) return Math.abs(Number(claimed)) / 5;
  const [, decimals = '', exponent = '0'] = /^-?\d+(?:\.(\d+))?(?:e(.*))?$/.exec(claimed) ?? [];
  if (decimals === '' && exponent === '0') return 0;
  return 0.5 * 10 ** (Number(exponent) - decimals.length) * (1 + 1e-9);
}

/**
 * Is this what the claim says?
 * @param {string} printed
 * @param {string} claim
 */
export function agrees(printed, claim) {
  /** @type {{ value: number, tolerance: number }[]} */
  const numbers = [];
  let pattern = '';
  let end = 0;
  const text = flat(claim);
  for (const match of text.matchAll(NUMBER)) {
    pattern += escape(text.slice(end, match.index));
    end = match.index + match[0].length;
    if (match[3]) {
      pattern += '.*?';
      continue;
    }
    pattern += PRINTED;
    numbers.push({ value: Number(match[2]), tolerance: toleranceOf(match[2], match[1] === '~') });
  }
  const found = new RegExp(`^${pattern}${escape(text.slice(end))}$`, 'u').exec(flat(printed));
  return found !== null && numbers.every(({ value, tolerance }, k) => Math.abs(Number(found[k + 1]) - value) <= tolerance);
}
