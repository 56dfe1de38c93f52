/**
 * What the things in a cell are called, in three vocabularies: as many courses do, by the letters of the equations, as
 * PyTorch does. `_f` and `_(t−1)` are indices, ′ marks what was before.
 */

/** @typedef {import('../types.js').Names} Names */

/**
 * @typedef {object} Words
 * @property {Names} names
 * @property {string} x
 * @property {string} h
 * @property {string} hBefore
 * @property {string} c
 * @property {string} cBefore
 * @property {string} dot between factors
 * @property {Record<string, string>} gates the letter of each gate, by its name in a trace
 * @property {Record<string, string>} rows the index of its weights
 */

const letters = {
  forget: 'f', input: 'i', candidate: 'g', output: 'o', use: 'u', reset: 'r', update: 'z',
};

/** @type {Record<Names, Words>} */
export const words = {
  course: {
    names: 'course', x: 'E_t', h: 'STM_t', hBefore: 'STM_(t−1)', c: 'LTM_t', cBefore: 'LTM_(t−1)', dot: ' · ',
    gates: { forget: 'f_t', input: 'i_t', candidate: 'N_t', output: 'V_t', use: 'U_t', reset: 'r_t', update: 'z_t' },
    rows: { ...letters, candidate: 'n', output: 'v' },
  },
  symbols: {
    names: 'symbols', x: 'x', h: 'h', hBefore: 'h′', c: 'c', cBefore: 'c′', dot: ' · ',
    gates: letters, rows: letters,
  },
  pytorch: {
    names: 'pytorch', x: 'x_t', h: 'h_t', hBefore: 'h_(t−1)', c: 'c_t', cBefore: 'c_(t−1)', dot: ' ⊙ ',
    gates: Object.fromEntries(Object.entries(letters).map(([gate, letter]) => [gate, `${letter}_t`])), rows: letters,
  },
};

/** Where there is one memory, n is the candidate. @param {Words} of @returns {Words} */
export function withOneMemory(of) {
  const candidate = of.names === 'course' ? 'N_t' : of.names === 'symbols' ? 'n' : 'n_t';
  return { ...of, gates: { ...of.gates, candidate }, rows: { ...of.rows, candidate: 'n' } };
}

/** Once in each vocabulary. @template T @param {(of: Words) => T} make @returns {Record<Names, T>} */
export function inAll(make) {
  return { course: make(words.course), symbols: make(words.symbols), pytorch: make(words.pytorch) };
}

/**
 * What a layer adds up before it squashes.
 *
 * @typedef {object} Terms
 * @property {Words} of
 * @property {string} row the index of the weights
 * @property {Record<string, any>} config of the layer
 * @property {boolean} [noMemory] only what comes in
 * @property {string} [c] of a sigmoid gate: the cell state that it looks at where it has peepholes
 */

/**
 * The sum, with its biases, as far as the layer has them: W_f [h′, x] + b_f.
 *
 * @param {Terms} terms
 */
export function sumOf({ of, row, config, noMemory, c }) {
  const { peephole, bias = true, layerNorm, multiplicative = 'none', fullGateRecurrence, clip } = config;
  const sees = c && peephole && peephole !== 'none' ? peephole : 'none';
  const isTorch = of.names === 'pytorch';
  const index = row === '' ? '' : `_${row}`;
  const isApart = isTorch || layerNorm || multiplicative !== 'none';
  const gate = multiplicative === 'none' ? '' : ` ⊙ (1 + ${isTorch ? 'W_m' : 'M'} ${of.x})`;
  /** @type {string[]} */
  const parts = [];
  if (isApart) {
    const normal = (/** @type {string} */ product) => (layerNorm ? `LN(${product})` : product);
    const own = (/** @type {string} */ from) => (isTorch ? `_${from}${row}` : index);
    parts.push(normal(`W${own('i')} ${of.x}`));
    if (isTorch && bias) parts.push(`b${own('i')}`);
    if (!noMemory) parts.push(normal(`${isTorch ? 'W' : 'U'}${own('h')} ${gate ? `(${of.hBefore}${gate})` : of.hBefore}`));
    if (isTorch && bias && !noMemory) parts.push(`b${own('h')}`);
    if (sees === 'full') parts.push(`${isTorch ? `W_c${row}` : `P${index}`} ${c}`);
  } else {
    const looks = [...(sees === 'full' ? [c] : []), of.hBefore, of.x];
    parts.push(noMemory ? `W${index} ${of.x}` : `W${index} [${looks.join(', ')}]`);
  }
  if (sees === 'diagonal') parts.push(`${isTorch ? `w_c${row}` : `p${index}`} ⊙ ${c}`);
  if (fullGateRecurrence && c !== undefined) parts.push(`R${index} [i, f, o before]`);
  if (bias && !isTorch) parts.push(`b${index}`);
  const sum = parts.join(' + ');
  return clip === undefined ? sum : `clip(${sum})`;
}
