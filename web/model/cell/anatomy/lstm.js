/** The LSTM with its options, and the cell with a use gate of its own, in parts: forget, learn, remember, use. */
import { digits, plus, printed, tanh, times, valueOf } from '../digits.js';
import { map, setTo } from './shared.js';
import { inAll, sumOf } from './words.js';

/** @typedef {import('./types.js').Part} Part */
/** @typedef {import('./types.js').Numbers} Numbers */
/** @typedef {import('./words.js').Words} Words */
/** @typedef {Record<string, any>} Config */

/** @param {Config} config of kind lstm or four-gate @returns {import('./types.js').Anatomy} */
export function lstmAnatomy(config) {
  const isFourGate = config.kind === 'four-gate';
  const { peephole = 'none', coupled, inputGate, forgetGate, outputGate } = config;
  const kind = isFourGate ? 'four-gate' : coupled ? 'coupled' : peephole !== 'none' ? 'peephole' : 'lstm';
  const missing = { forget: forgetGate === false, input: inputGate === false, output: outputGate === false };
  return {
    kind,
    config,
    parts: [forget(config), learn(config), remember, isFourGate ? useOfFourGates(config) : use(config)],
    gates: ['forget', 'input', 'candidate', ...(isFourGate ? ['use'] : []), 'output'].filter((gate) => !(/** @type {any} */ (missing)[gate])),
    flows: (n) => ({
      kept: n.forget * n.cBefore,
      learnt: n.input * n.candidate,
      sum: valueOf(sumOfProducts(n)),
      tanh: Math.tanh(valueOf(sumOfProducts(n))),
      ...(isFourGate ? { shown: n.use * n.output } : config.layerNorm === true ? {} : { shown: valueOf(shown(n, config)) }),
    }),
  };
}

/**
 * @param {Words} of
 * @param {string} gate a sigmoid
 * @param {Config} config
 * @param {string} c what a peephole of it sees
 * @param {unknown} has
 */
function gateEquation(of, gate, config, c, has) {
  const letter = of.gates[gate];
  return has === false ? `${letter} = 1, since this cell has no such gate`
    : `${letter} = σ(${sumOf({ of, row: of.rows[gate], config, c })})`;
}

/** @param {Config} config @returns {Part} */
const forget = (config) => ({
  id: 'forget',
  title: { course: 'Forget', symbols: 'Forget gate f', pytorch: 'f_t' },
  name: 'forget gate',
  words: 'The forget gate keeps or drops each number of the long-term memory: 1 keeps it, 0 drops it.',
  equations: inAll((of) => [
    config.coupled ? `${of.gates.forget} = 1 − ${of.gates.input}` : gateEquation(of, 'forget', config, of.cBefore, config.forgetGate),
    of.names === 'course' ? `${of.cBefore}${of.dot}${of.gates.forget}` : `${of.gates.forget}${of.dot}${of.cBefore}`,
  ]),
  printed: (n) => printed(times(n.forget, n.cBefore)),
  sentence: (n) => {
    const { text, number } = printed(times(n.forget, n.cBefore));
    return `${text} is kept of the ${number(n.cBefore)} that was there.`;
  },
  maps: [map('f', 'forget gate', 'forget', true)],
});

/** @param {Config} config @returns {Part} */
const learn = (config) => ({
  id: 'learn',
  title: { course: 'Learn', symbols: 'Input gate i, candidate g', pytorch: 'i_t, g_t' },
  name: 'input gate, candidate',
  words: 'The candidate is what could be noted; the input gate lets the useful part through.',
  equations: inAll((of) => {
    const { input, candidate } = of.gates;
    const sum = sumOf({ of, row: of.rows.candidate, config });
    return [
      gateEquation(of, 'input', config, of.cBefore, config.inputGate),
      `${candidate} = ${config.inputActivation === false ? sum : `tanh(${sum})`}`,
      of.names === 'course' ? `${candidate}${of.dot}${input}` : `${input}${of.dot}${candidate}`,
    ];
  }),
  printed: (n) => printed(times(n.input, n.candidate)),
  sentence: (n) => {
    const { text, number } = printed(times(n.input, n.candidate));
    return `${text} is learnt of the ${number(n.candidate)} that is new.`;
  },
  maps: [map('i', 'input gate', 'input', true), map('g', 'candidate', 'candidate')],
});

/** What the memory is by its equation, whatever it was set to since. @param {Numbers} n */
const sumOfProducts = (n) => plus(times(n.forget, n.cBefore), times(n.input, n.candidate));

/** @type {Part} */
const remember = {
  id: 'remember',
  title: { course: 'Remember', symbols: 'Cell state c', pytorch: 'c_t' },
  name: 'cell state',
  words: 'What was kept and what was learnt, added, are the new long-term memory.',
  equations: inAll((of) => {
    const { forget: f, input, candidate } = of.gates;
    const products = of.names === 'course' ? [`${of.cBefore}${of.dot}${f}`, `${candidate}${of.dot}${input}`]
      : [`${f}${of.dot}${of.cBefore}`, `${input}${of.dot}${candidate}`];
    return [`${of.c} = ${products.join(' + ')}`];
  }),
  printed: (n) => printed(sumOfProducts(n)),
  sentence: (n) => `${printed(sumOfProducts(n)).text} is the new long-term memory${setTo(n.c, valueOf(sumOfProducts(n)))}.`,
  maps: [{ symbol: 'c', name: 'cell state', values: ({ c }) => /** @type {Float32Array} */ (c) }],
};

/** What the output gate lets out of the memory, without layer normalisation. @param {Numbers} n @param {Config} config */
function shown(n, { outputActivation }) {
  const c = valueOf(sumOfProducts(n));
  return times(n.output, outputActivation === false ? c : tanh(c));
}

/** @type {import('./types.js').PartMap} */
const hiddenState = { symbol: 'h', name: 'hidden state', values: ({ h }) => h };

/** @param {Config} config @returns {Part} */
function use(config) {
  const { projection, outputActivation } = config;
  const layerNorm = config.layerNorm === true;
  const squashed = (/** @type {string} */ c) => {
    const normal = layerNorm ? `LN(${c})` : c;
    return outputActivation === false ? normal : `tanh(${normal})`;
  };
  return {
    id: 'use',
    title: { course: 'Use', symbols: 'Output gate o, hidden state h', pytorch: 'o_t, h_t' },
    name: 'output gate, hidden state',
    words: 'The output gate chooses what of it is needed now: the new short-term memory, which predicts.',
    equations: inAll((of) => {
      const { output, use: u } = of.gates;
      const gate = gateEquation(of, 'output', config, of.c, config.outputGate);
      const into = (/** @type {string} */ product) => (projection ? [`m = ${product}`, `${of.h} = W_p m`] : [`${of.h} = ${product}`]);
      return of.names === 'course' ? [gate, `${u} = ${squashed(of.c)}`, ...into(`${u}${of.dot}${output}`)]
        : [gate, ...into(`${output}${of.dot}${squashed(of.c)}`)];
    }),
    printed: (n) => (layerNorm ? undefined : printed(shown(n, config))),
    sentence: (n) => {
      const where = projection ? 'goes to the projection, which mixes all units into h' : 'is shown: the new short-term memory';
      if (layerNorm) return `${digits(n.output)} of the memory, normalised over all units, ${where}.`;
      const isOwn = !projection && n.h !== undefined;
      return `${printed(shown(n, config)).text} ${where}${isOwn ? setTo(n.h, valueOf(shown(n, config))) : ''}.`;
    },
    maps: [map('o', 'output gate', 'output', true), ...(projection ? [] : [hiddenState])],
  };
}

/** Where the use gate is one of its own, as some courses have it. @param {Config} config @returns {Part} */
function useOfFourGates(config) {
  const { bias = true } = config;
  return {
    id: 'use',
    title: { course: 'Use', symbols: 'Use gate u, output gate o', pytorch: 'u_t, o_t, h_t' },
    name: 'output gate, use gate, hidden state',
    words: 'The use gate looks at what was kept, before anything was learnt; the output gate chooses what of it is needed.',
    equations: inAll((of) => {
      const { output, use: u, forget: f } = of.gates;
      const kept = of.names === 'course' ? `${of.cBefore}${of.dot}${f}` : `${f}${of.dot}${of.cBefore}`;
      const [weight, added] = of.names === 'pytorch' ? ['W_uc', ' + b_u'] : ['W_u', ' + b_u'];
      return [
        gateEquation(of, 'output', config, of.c, true),
        `${u} = tanh(${weight} (${kept})${bias ? added : ''})`,
        `${of.h} = ${u}${of.dot}${output}`,
      ];
    }),
    printed: (n) => printed(times(n.use, n.output)),
    sentence: (n) => {
      const product = times(n.use, n.output);
      return `${printed(product).text} is shown: the new short-term memory${setTo(n.h, valueOf(product))}.`;
    },
    maps: [map('o', 'output gate', 'output', true), map('u', 'use gate', 'use'), hiddenState],
  };
}
