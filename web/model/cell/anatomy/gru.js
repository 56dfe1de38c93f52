/** The gated recurrent unit in parts: look back, learn, remember. */
import { digits, plus, printed, rest, times, valueOf } from '../digits.js';
import { map, setTo } from './shared.js';
import { inAll, sumOf, withOneMemory } from './words.js';

/** @typedef {import('./types.js').Numbers} Numbers */

/** @param {Record<string, any>} config @returns {import('./types.js').Anatomy} */
export function gruAnatomy(config) {
  const { resetAfter } = config;
  const mixed = (/** @type {Numbers} */ n) => plus(times(n.update, n.hBefore), times(rest(n.update), n.candidate));
  return {
    kind: 'gru',
    config,
    gates: ['reset', 'candidate', 'update'],
    flows: (n) => ({ sum: valueOf(mixed(n)), ...(resetAfter ? {} : { seen: n.reset * n.hBefore }) }),
    parts: [
      {
        id: 'look-back',
        title: { course: 'Look back', symbols: 'Reset gate r', pytorch: 'r_t' },
        name: 'reset gate',
        words: 'The reset gate chooses what of its only memory the candidate may look at.',
        equations: inAll((of) => [
          `${of.gates.reset} = σ(${sumOf({ of, row: 'r', config })})`,
          `${of.gates.reset}${of.dot}${resetAfter ? recurrent(of, config) : of.hBefore}`,
        ]),
        printed: (n) => (resetAfter ? undefined : printed(times(n.reset, n.hBefore))),
        sentence: (n) => {
          if (resetAfter) return `${digits(n.reset)} of what the memory would add to the new is let through.`;
          const { text, number } = printed(times(n.reset, n.hBefore));
          return `${text} may be looked at of the ${number(n.hBefore)} that was there.`;
        },
        maps: [map('r', 'reset gate', 'reset', true)],
      },
      {
        id: 'learn',
        title: { course: 'Learn', symbols: 'Candidate n', pytorch: 'n_t' },
        name: 'candidate',
        words: 'The candidate is what could be noted.',
        equations: inAll((of) => [`${withOneMemory(of).gates.candidate} = tanh(${candidateSum(of, config)})`]),
        printed: () => undefined,
        sentence: (n) => `${digits(n.candidate)} is new, and could be noted.`,
        maps: [map('n', 'candidate', 'candidate')],
      },
      {
        id: 'remember',
        title: { course: 'Remember', symbols: 'Update gate z, hidden state h', pytorch: 'z_t, h_t' },
        name: 'update gate, hidden state',
        words: 'The update gate keeps the old, as a forget gate does, and lets the new in where it does not.',
        equations: inAll((of) => {
          const z = of.gates.update;
          return [
            `${z} = σ(${sumOf({ of, row: 'z', config })})`,
            `${of.h} = ${z}${of.dot}${of.hBefore} + (1 − ${z})${of.dot}${withOneMemory(of).gates.candidate}`,
          ];
        }),
        printed: (n) => printed(mixed(n)),
        sentence: (n) => `${printed(mixed(n)).text} is the new memory${setTo(n.h, valueOf(mixed(n)))}.`,
        maps: [map('z', 'update gate', 'update', true), { symbol: 'h', name: 'hidden state', values: ({ h }) => h }],
      },
    ],
  };
}

/** What h′ adds to the candidate where the reset gate acts on the product. @param {import('./words.js').Words} of @param {Record<string, any>} config */
function recurrent(of, { bias = true }) {
  const [weight, added] = of.names === 'pytorch' ? ['W_hn', 'b_hn'] : ['U_n', 'd_n'];
  return bias ? `(${weight} ${of.hBefore} + ${added})` : `(${weight} ${of.hBefore})`;
}

/**
 * W_hn h has a bias of its own, which r multiplies only with resetAfter.
 *
 * @param {import('./words.js').Words} of
 * @param {Record<string, any>} config
 */
function candidateSum(of, config) {
  const { resetAfter, bias = true, clip } = config;
  const r = of.gates.reset;
  const isTorch = of.names === 'pytorch';
  const own = isTorch ? `W_in ${of.x}${bias ? ' + b_in' : ''}` : `W_n ${of.x}`;
  const last = bias && !isTorch ? ' + b_n' : '';
  const seen = `${r}${of.dot}${of.hBefore}`;
  const sum = resetAfter ? `${own} + ${r}${of.dot}${recurrent(of, config)}${last}`
    : isTorch ? `${own} + W_hn (${seen})${bias ? ' + b_hn' : ''}` : `W_n [${seen}, ${of.x}]${last}`;
  return clip === undefined ? sum : `clip(${sum})`;
}
