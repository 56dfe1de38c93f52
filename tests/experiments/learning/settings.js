// What is compared: for a time, nothing but the time, and then one thing that is otherwise.

/**
 * @typedef {object} Setting
 * @property {number} seconds
 * @property {Record<string, any>} model for createCharModel, beside text, seconds and seed
 * @property {Record<string, any>} train for train, beside seconds and validation
 */

/** @type {Record<number, { model?: Record<string, any>, train?: Record<string, any> }[]>} */
const bySeconds = {
  5: [{}, { model: { hiddenSize: 48 } }, { model: { hiddenSize: 96 } }, { train: { learningRate: 0.01 } }],
  20: [{}, { model: { hiddenSize: 96 } }, { model: { hiddenSize: 192 } }, { train: { learningRate: 0.03 } }],
  60: [
    {},
    { model: { forgetBias: 1 } },
    { model: { hiddenSize: 128 } },
    { model: { hiddenSize: 256 } },
    { model: { kind: 'gru' } },
    { model: { coupled: true } },
    { model: { layers: 2 } },
    { train: { batchSize: 32, window: 64 } },
    { train: { batchSize: 8 } },
    { train: { window: 64 } },
    { train: { dropout: 0 } },
    { train: { schedule: { type: 'constant' } } },
    { train: { learningRate: 0.006 } },
    { train: { learningRate: 0.015 } },
  ],
  180: [
    {},
    { model: { forgetBias: 1 } },
    { model: { hiddenSize: 192 } },
    { model: { hiddenSize: 320 } },
    { train: { batchSize: 32, window: 64 } },
    { train: { dropout: 0 } },
  ],
};

/** @type {Setting[]} */
export const settings = Object.entries(bySeconds).flatMap(([seconds, list]) =>
  list.map(({ model = {}, train = {} }) => ({ seconds: Number(seconds), model, train })));
