/** What stands on the things in a drawing. */

/** @typedef {import('./types.js').Text} Text */
/** @typedef {import('./types.js').Place} Place */
/** @typedef {Record<import('../types.js').Names, string>} Named */

/** @param {string} course @param {string} symbols @param {string} pytorch @returns {Named} */
const named = (course, symbols, pytorch) => ({ course, symbols, pytorch });

/** The rows of a gate in weight_ih and weight_hh, as torch.nn orders them. @param {number} row @param {number} size H */
const rows = (row, size) => `rows ${row * size}:${(row + 1) * size}`;

/**
 * A gate's title, letter, and name for a screen reader.
 *
 * @param {string} gate
 * @param {Record<string, any>} config
 * @returns {{ title: Named, letter: Named, label: Named }}
 */
export function gateNames(gate, config) {
  const { kind, hiddenSize } = config;
  const row = rowOf(gate, config);
  const inRows = row === undefined ? 'weight_uc' : row < 0 ? 'no rows' : rows(row, hiddenSize);
  const isGru = kind === 'gru';
  const [course, symbols, letter, courseLetter = letter] = /** @type {Record<string, string[]>} */ ({
    forget: ['Forget', 'forget gate', 'f'],
    input: ['Ignore factor', 'input gate', 'i'],
    candidate: ['What is new', 'candidate', isGru ? 'n' : 'g', 'N'],
    output: ['Use', 'output gate', 'o', 'V'],
    use: ['tanh W_u', 'use gate', 'u', 'U'],
    reset: ['Look back', 'reset gate', 'r'],
    update: ['Remember', 'update gate', 'z'],
  })[gate];
  const spoken = { candidate: 'What is new, N', input: 'Ignore factor i', use: 'tanh W_u, U' }[gate] ?? `${course} gate`;
  return {
    title: named(course, symbols, inRows),
    letter: named(courseLetter, letter, `${letter}_t`),
    label: named(spoken, `${symbols} ${letter}`, `${letter}_t, ${inRows}`),
  };
}

/** Which rows of weight_ih are the gate's; −1: none, undefined: a matrix of its own. @param {string} gate @param {Record<string, any>} config */
function rowOf(gate, { kind, coupled, inputGate, forgetGate, outputGate }) {
  if (gate === 'use') return undefined;
  if (kind === 'gru') return ['reset', 'update', 'candidate'].indexOf(gate);
  const has = { input: inputGate !== false, forget: forgetGate !== false && !coupled, candidate: true, output: outputGate !== false };
  return Object.entries(has).flatMap(([name, isThere]) => (isThere ? [name] : [])).indexOf(gate);
}

/** Where what a layer gives goes. @param {Place} place */
export const goal = ({ layer, layers }) => (layer + 1 < layers ? `layer ${layer + 2}` : 'prediction');

/** @type {Named} */
export const longBefore = named('long-term memory LTM', 'cell state c′', 'c_(t−1)');
/** @type {Named} */
export const longBeforeShort = named('long-term LTM', 'cell state c′', 'c_(t−1)');
/** @type {Named} */
export const longAfter = named('new LTM', 'c', 'c_t');
/** @type {Named} */
export const shortBefore = named('short-term memory STM', 'hidden state h′', 'h_(t−1)');
/** @type {Named} */
export const shortBeforeShort = named('short-term STM', 'hidden h′', 'h_(t−1)');
/** @param {Place} place */
export const shortAfter = (place) => named(`new STM → ${goal(place)}`, `h → ${goal(place)}`, `h_t → ${goal(place)}`);
/** @type {Named} */
export const onlyBefore = named('memory', 'hidden state h′', 'h_(t−1)');
/** @param {Place} place */
export const onlyAfter = (place) => named(`new memory → ${goal(place)}`, `h → ${goal(place)}`, `h_t → ${goal(place)}`);
/** @type {Named} */
export const learnt = named('Learn', 'i · g', 'i_t ⊙ g_t');
/** @type {Named} */
export const remembered = named('Remember', 'f·c′ + i·g', 'c_t');
/** @type {Named} */
export const event = named('event E', 'x', 'x_t');
/** @type {Named} */
export const longMemory = named('new long-term memory', 'cell state c', 'c_t');
/** @type {Named} */
export const shortMemory = named('new short-term memory', 'hidden state h', 'h_t');
