// A text on a terminal, each character on a background that says how much it surprised.

/** From so many bits on, this colour of the 256: https://en.wikipedia.org/wiki/ANSI_escape_code#8-bit */
const steps = [[9, 196], [6, 203], [4, 209], [2, 216], [1, 223]];

const reset = '\x1b[0m';

/** @param {number} bits */
const colorOf = (bits) => steps.find(([least]) => bits >= least)?.[1];

/** Black on the colour. @param {string} text @param {number | undefined} color */
const painted = (text, color) => (color && text ? `\x1b[30;48;5;${color}m${text}${reset}` : text);

/**
 * What a terminal would not show, or obey, in signs for it: a line end has one before it, where it is coloured.
 * @param {string} char
 */
function visible(char) {
  const code = /** @type {number} */ (char.codePointAt(0));
  if (char === '\t') return '→';
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  return code === 0x7f ? '␡' : code >= 0x80 && code < 0xa0 ? '�' : char;
}

/**
 * @param {string[]} characters
 * @param {ArrayLike<number>} bits the surprise of each
 */
export function paint(characters, bits) {
  let text = '';
  let run = '';
  /** @type {number | undefined} */
  let runColor;
  characters.forEach((char, i) => {
    const color = colorOf(bits[i]);
    if (color !== runColor) {
      text += painted(run, runColor);
      run = '';
      runColor = color;
    }
    if (char !== '\n') {
      run += visible(char);
    } else {
      // A background that is still on would fill the next line.
      text += `${painted(color && text ? `${run}↵` : run, color)}\n`;
      run = '';
    }
  });
  return text + painted(run, runColor);
}

/** What the colours say. */
export function legend() {
  const ranges = steps.map(([least, color], i) =>
    painted(i === 0 ? ` ${least} or more ` : ` ${least} to ${steps[i - 1][0]} `, color));
  return `bits of surprise:  below 1 ${ranges.reverse().join('')}`;
}

/**
 * May colours be written to this stream? https://no-color.org
 * @param {{ isTTY?: boolean }} stream
 * @param {Record<string, string | undefined>} environment
 */
export const takesColor = ({ isTTY }, { NO_COLOR, TERM }) => Boolean(isTTY) && !NO_COLOR && TERM !== 'dumb';
