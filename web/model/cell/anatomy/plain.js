/** Cells without gates, in their one part: the RNN, and the two kinds that remember nothing. */
import { digits } from '../digits.js';
import { inAll, sumOf } from './words.js';

/** @param {Record<string, any>} config of kind rnn, feedforward or tdnn @returns {import('./types.js').Anatomy} */
export function plainAnatomy(config) {
  const { kind, activation = 'tanh', delays } = config;
  const isRnn = kind === 'rnn';
  return {
    kind,
    config,
    gates: [],
    flows: () => ({}),
    parts: [{
      id: 'write',
      title: isRnn ? { course: 'Write anew', symbols: 'Hidden state h', pytorch: 'h_t' }
        : { course: 'Answer', symbols: 'Output h', pytorch: 'h_t' },
      name: isRnn ? 'hidden state' : 'output',
      words: isRnn ? 'All of the memory is written anew with every character: no gate keeps what was there. That is why a plain RNN forgets.'
        : `This layer has no memory: what it gives depends only on ${delays ? `the last ${delays} inputs` : 'what comes in'}.`,
      equations: inAll((of) => {
        const row = of.names === 'pytorch' ? 'h' : '';
        const inputs = delays ? { ...of, x: `[${of.x}, … the last ${delays}]` } : of;
        return [`${of.h} = ${activation}(${sumOf({ of: inputs, row, config, noMemory: !isRnn })})`];
      }),
      printed: () => undefined,
      sentence: (n, isSet = false) => {
        const given = isSet ? `${digits(n.h)} was set` : `${digits(n.h)} is ${isRnn ? 'written anew' : 'given on'}`;
        return isRnn ? `${given}; of the ${digits(n.hBefore)} before it, nothing passes by.` : `${given}, and nothing is remembered.`;
      },
      maps: [{ symbol: 'h', name: 'hidden state', values: ({ h }) => h }],
    }],
  };
}
