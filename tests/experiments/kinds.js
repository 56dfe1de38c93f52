// The cells that are compared.

/** @typedef {import('./tasks.js').Kind} Kind */

/** @type {Record<'rnn' | 'gru' | 'lstm' | 'identity' | 'noForget' | 'peephole', Kind>} */
export const kinds = {
  rnn: { name: 'rnn', layer: { kind: 'rnn' } },
  gru: { name: 'gru', layer: { kind: 'gru' } },
  lstm: { name: 'lstm', layer: { kind: 'lstm' } },
  // h = o * c, as Hochreiter & Schmidhuber have it in their task 2a.
  identity: { name: 'lstm-identity', layer: { kind: 'lstm', outputActivation: false } },
  // Hochreiter & Schmidhuber's of 1997.
  noForget: { name: 'lstm-1997', layer: { kind: 'lstm', forgetGate: false } },
  // Gers & Schmidhuber's of 2000.
  peephole: { name: 'lstm-peephole', layer: { kind: 'lstm', peephole: 'diagonal' } },
};

export const plainKinds = [kinds.rnn, kinds.gru, kinds.lstm];
