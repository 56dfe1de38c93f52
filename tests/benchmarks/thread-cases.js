// What is trained on several cores: characters of 65 symbols, (batch, window).

/** @typedef {{ name: string, hiddenSize: number, layers: number, batchSize: number, window: number }} ThreadCase */

/** @type {ThreadCase[]} */
export const threadCases = [
  { name: '1x192, (16, 32)', hiddenSize: 192, layers: 1, batchSize: 16, window: 32 },
  { name: '1x256, (16, 32)', hiddenSize: 256, layers: 1, batchSize: 16, window: 32 },
  { name: '1x128, (32, 50)', hiddenSize: 128, layers: 1, batchSize: 32, window: 50 },
  { name: '2x256, (32, 50)', hiddenSize: 256, layers: 2, batchSize: 32, window: 50 },
  { name: '2x512, (32, 50)', hiddenSize: 512, layers: 2, batchSize: 32, window: 50 },
];
