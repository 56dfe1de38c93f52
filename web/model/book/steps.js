/**
 * What a cell does with a character, as steps to be shown one after the other: names, equations, words, the numbers of
 * one unit. Equations are written plainly: W_f is W with the index f, ′ marks what was before.
 */
import { decimal } from '../../format.js';

/** @typedef {import('lstm-wasm/worker').LayerTrace} LayerTrace */

/**
 * A picture of a step: what all units did at all characters.
 *
 * @typedef {object} StepMap
 * @property {string} symbol
 * @property {string} name
 * @property {(trace: LayerTrace) => Float32Array} values   (T, H)
 * @property {boolean} [isGate]   from 0 to 1; else each unit has its own reach to both sides of 0
 */

/**
 * @typedef {object} Step
 * @property {string} title   what courses call it
 * @property {string} name   what the field calls it
 * @property {string} words
 * @property {string[]} equations
 * @property {(n: Record<string, number>) => string} numbers   the last equation with the numbers of a unit
 * @property {StepMap[]} maps
 */

const WRITTEN_ANEW = 'All of the memory is written anew with every character: no gate keeps what was there. That is why a '
  + 'plain RNN forgets; see the next part.';

/** A number in a product or a sum, in brackets if it is negative. @param {number} x */
const factor = (x) => (x < 0 ? `(${decimal(x)})` : decimal(x));

/**
 * @param {string} symbol
 * @param {string} gate   its name in the trace
 * @returns {StepMap}
 */
const gateMap = (symbol, gate) => ({ symbol, name: `${gate} gate`, values: ({ gates }) => gates[gate], isGate: true });

/** What may be negative. @param {string} symbol @param {string} gate @param {string} name @returns {StepMap} */
const signedMap = (symbol, gate, name) => ({ symbol, name, values: ({ gates }) => gates[gate] });

/** @type {StepMap} */
const cellStateMap = { symbol: 'c', name: 'cell state', values: ({ c }) => /** @type {Float32Array} */ (c) };
/** @type {StepMap} */
const hiddenStateMap = { symbol: 'h', name: 'hidden state', values: ({ h }) => h };

/**
 * The steps of a layer.
 *
 * @param {Record<string, any>} config   its kind and options
 * @returns {Step[]}
 */
export function stepsOf(config) {
  switch (config.kind) {
    case 'lstm': return lstmSteps(config);
    case 'four-gate': return [...lstmSteps(config).slice(0, 3), useOfFourGates];
    case 'gru': return gruSteps(config);
    case 'rnn': return [plainStep(config, '[h′, x]', WRITTEN_ANEW)];
    default: return [plainStep(config, 'x', 'This layer has no memory: what it gives depends only on what comes in.')];
  }
}

/** @param {Record<string, any>} config @returns {Step[]} */
function lstmSteps({ peephole, coupled, inputGate, forgetGate, outputGate, inputActivation, ...options }) {
  const sees = peephole ? '[c′, h′, x]' : '[h′, x]';
  const gate = (/** @type {string} */ f, /** @type {unknown} */ has, /** @type {string} */ of) =>
    (has === false ? `${f} = 1, since this cell has no such gate` : `${f} = σ(W_${f} ${of} + b_${f})`);
  const squash = inputActivation === false ? '' : 'tanh';
  const { outputActivation, layerNorm, projection } = options;
  const used = (/** @type {string} */ c) => {
    const normal = layerNorm ? `LN(${c})` : c;
    return outputActivation === false ? normal : `tanh(${normal})`;
  };
  return [
    {
      title: 'Forget', name: 'forget gate',
      words: 'The forget gate keeps or drops each number of the long-term memory: 1 keeps it, 0 drops it.',
      equations: [coupled ? 'f = 1 − i' : gate('f', forgetGate, sees), 'f · c′'],
      numbers: ({ forget, cBefore }) => `${decimal(forget)} · ${factor(cBefore)} = ${decimal(forget * cBefore)}`,
      maps: [gateMap('f', 'forget')],
    },
    {
      title: 'Learn', name: 'input gate, candidate',
      words: 'The candidate is what could be noted; the input gate lets the useful part through.',
      equations: [gate('i', inputGate, sees), `g = ${squash}(W_g [h′, x] + b_g)`, 'i · g'],
      numbers: ({ input, candidate }) => `${decimal(input)} · ${factor(candidate)} = ${decimal(input * candidate)}`,
      maps: [gateMap('i', 'input'), signedMap('g', 'candidate', 'candidate')],
    },
    {
      title: 'Remember', name: 'cell state',
      words: 'What was kept and what was learnt, added, are the new long-term memory.',
      equations: ['c = f · c′ + i · g'],
      numbers: ({ forget, cBefore, input, candidate, c }) =>
        `${decimal(forget)} · ${factor(cBefore)} + ${decimal(input)} · ${factor(candidate)} = ${decimal(c)}`,
      maps: [cellStateMap],
    },
    {
      title: 'Use', name: 'output gate, hidden state',
      words: 'The output gate chooses what of it is needed now: the new short-term memory, which predicts.',
      equations: [
        gate('o', outputGate, peephole ? '[c, h′, x]' : '[h′, x]'), `${projection ? 'h = W_p m, m' : 'h'} = o · ${used('c')}`,
      ],
      numbers: ({ output, c, h }) => {
        const product = `${decimal(output)} · ${used(decimal(c))}`;
        return h === undefined ? product : `${product} = ${decimal(h)}`;
      },
      maps: [gateMap('o', 'output'), ...(projection ? [] : [hiddenStateMap])],
    },
  ];
}

/** Where the use gate is one of its own, as some courses have it. @type {Step} */
const useOfFourGates = {
  title: 'Use', name: 'output gate, use gate, hidden state',
  words: 'The use gate looks at what was kept, before anything was learnt; the output gate chooses what of it is needed.',
  equations: ['o = σ(W_o [h′, x] + b_o)', 'u = tanh(W_u (f · c′) + b_u)', 'h = u · o'],
  numbers: ({ use, output, h }) => `${factor(use)} · ${decimal(output)} = ${decimal(h)}`,
  maps: [gateMap('o', 'output'), signedMap('u', 'use', 'use gate'), hiddenStateMap],
};

/** @param {Record<string, any>} config @returns {Step[]} */
function gruSteps({ resetAfter }) {
  return [
    {
      title: 'Look back', name: 'reset gate',
      words: 'The reset gate chooses what of its only memory the candidate may look at.',
      equations: ['r = σ(W_r [h′, x] + b_r)', 'r · h′'],
      numbers: ({ reset, hBefore }) => `${decimal(reset)} · ${factor(hBefore)} = ${decimal(reset * hBefore)}`,
      maps: [gateMap('r', 'reset')],
    },
    {
      title: 'Learn', name: 'candidate',
      words: 'The candidate is what could be noted.',
      equations: [resetAfter ? 'n = tanh(W_n x + r · (U_n h′) + b_n)' : 'n = tanh(W_n [r · h′, x] + b_n)'],
      numbers: ({ candidate }) => decimal(candidate),
      maps: [signedMap('n', 'candidate', 'candidate')],
    },
    {
      title: 'Remember', name: 'update gate, hidden state',
      words: 'The update gate keeps the old, as a forget gate does, and lets the new in where it does not.',
      equations: ['z = σ(W_z [h′, x] + b_z)', 'h = z · h′ + (1 − z) · n'],
      numbers: ({ update, hBefore, candidate, h }) =>
        `${decimal(update)} · ${factor(hBefore)} + ${decimal(1 - update)} · ${factor(candidate)} = ${decimal(h)}`,
      maps: [gateMap('z', 'update'), hiddenStateMap],
    },
  ];
}

/**
 * @param {Record<string, any>} config
 * @param {string} of
 * @param {string} words
 * @returns {Step}
 */
function plainStep({ activation = 'tanh' }, of, words) {
  return {
    title: 'Remember', name: 'hidden state', words, equations: [`h = ${activation}(W ${of} + b)`],
    numbers: ({ h }) => decimal(h), maps: [hiddenStateMap],
  };
}
