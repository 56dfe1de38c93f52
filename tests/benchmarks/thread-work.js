// Training in a Worker and those that train with it: free of Node, so that it runs in a page too.

/** @typedef {import('./thread-cases.js').ThreadCase} ThreadCase */
/** @typedef {{ precision: string, threads: number }} Way */
/** @typedef {{ variant: string, run: (seconds: number) => Promise<number>, stop: () => void }} Training `run` gives characters a second */

const alphabet = Array.from({ length: 65 }, (_, i) => String.fromCharCode(40 + i)).join('');
let state = 1;
const text = Array.from({ length: 100_000 }, () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return alphabet[Math.floor((state / 2 ** 32) * alphabet.length)];
}).join('');

/**
 * @param {typeof import('lstm-wasm/worker').openWorker} openWorker
 * @param {ThreadCase} work
 * @param {Way} way
 * @returns {Promise<Training>}
 */
export async function openTraining(openWorker, { batchSize, window, hiddenSize, layers }, { precision, threads }) {
  const lstm = await openWorker();
  const model = await lstm.createCharModel({ alphabet, seed: 1, hiddenSize, layers });
  const options = /** @type {any} */ ({
    batchSize, window, threads, precision, recoveries: 0, learningRate: 1e-4, dropout: 0, schedule: { type: 'constant' }, steps: Infinity, reportEvery: 1,
  });
  return {
    variant: lstm.variant,
    // Without the first steps, which begin.
    async run(seconds) {
      /** @type {{ step: number, seconds: number } | undefined} */
      let first;
      for await (const { step, seconds: at } of model.train(text, options)) {
        first ??= { step, seconds: at };
        if (at - first.seconds >= seconds) return ((step - first.step) * batchSize * window) / (at - first.seconds);
      }
      return NaN;
    },
    stop: () => lstm.terminate(),
  };
}
