// The benchmark's results as a table for people.

/** @type {{ title: string, width: number }[]} */
const columns = [
  { title: 'case', width: 22 },
  { title: 'variant', width: 9 },
  { title: 'characters/s', width: -13 },
  { title: 'limit', width: -11 },
  { title: 'of limit', width: -10 },
];

/** @param {string[]} cells one a column; a negative width aligns to the right */
const line = (cells) =>
  columns.map(({ width }, i) => (width < 0 ? cells[i].padStart(-width) : cells[i].padEnd(width))).join('').trimEnd();

/** @param {number} value three significant digits, thousands apart */
const round = (value) => Number(value.toPrecision(3)).toLocaleString('en-US').replaceAll(',', ' ');

/** @param {string} engine name and version */
export function header(engine) {
  return [
    `lstm-wasm on ${engine}, one thread, f32, 65 symbols`,
    'train (batch, window): Adam, against the multiply-add peak; step: one character sampled and fed back, against',
    'the bandwidth of reading the weights once; limits measured beside each case, medians of 5 rounds',
    '',
    line(columns.map(({ title }) => title)),
  ].join('\n');
}

/** @param {import('./run.js').Result} result */
export function row({ name, variant, charsPerSecond, limit, ofLimit }) {
  return line([name, variant, round(charsPerSecond), round(limit), ofLimit.toFixed(2)]);
}

/** @param {{ name: string, variant: string, milliseconds: number }} result */
export function loadRow({ name, variant, milliseconds }) {
  return line([name, variant, `${milliseconds.toFixed(1)} ms`, '', '']);
}
