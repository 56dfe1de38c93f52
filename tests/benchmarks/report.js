// The benchmark's results as a table for people.

/** @type {{ title: string, width: number }[]} */
const columns = [
  { title: 'case', width: 42 },
  { title: 'variant', width: 9 },
  { title: 'characters/s', width: -13 },
  { title: 'limit', width: -11 },
  { title: 'of limit', width: -10 },
  { title: 'times f32', width: -11 },
  { title: 'of share', width: -10 },
];

/** @param {string[]} cells one a column, the last ones may be missing; a negative width aligns to the right */
const line = (...cells) =>
  cells.map((cell, i) => (columns[i].width < 0 ? cell.padStart(-columns[i].width) : cell.padEnd(columns[i].width)))
    .join('')
    .trimEnd();

/** @param {number} value three significant digits, thousands apart */
export const round = (value) => Number(value.toPrecision(3)).toLocaleString('en-US').replaceAll(',', ' ');

/** @param {string} engine name and version */
export function header(engine) {
  return [
    `lstm-wasm on ${engine}, one thread, 65 symbols`,
    'train (batch, window): Adam, against the multiply-add peak; step: one character sampled and fed back, against',
    'the bandwidth of reading the weights once; int8, int16: in turn with the same as f32; memory: of the module,',
    'after a step of training; kind: training in turn with plain lstms of the same sizes, of share: their speeds in',
    'relation to their weights in products; limits measured beside each case; the best of 8 rounds',
    '',
    line(...columns.map(({ title }) => title)),
  ].join('\n');
}

/** @param {import('./run.js').Result} result */
export function row({ name, variant, charsPerSecond, limit, ofLimit, timesF32, ofShare }) {
  const compared = [timesF32, ofShare].map((value) => value?.toFixed(2) ?? '');
  return line(name, variant, round(charsPerSecond), round(limit), ofLimit.toFixed(2), ...compared);
}

/** @param {{ name: string, variant: string, milliseconds: number }} result */
export function loadRow({ name, variant, milliseconds }) {
  return line(name, variant, `${milliseconds.toFixed(1)} ms`);
}

/** @param {{ name: string, variant: string, megabytes: number, limit: number, ofLimit: number }} result */
export function memoryRow({ name, variant, megabytes, limit, ofLimit }) {
  return line(name, variant, `${round(megabytes)} MB`, `${limit} MB`, ofLimit.toFixed(2));
}
