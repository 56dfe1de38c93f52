import { startWorker } from '../start-worker.js';

/** @typedef {import('../../worker/slow/slow-step.js').SlowStep} SlowStep */

/**
 * One training step of a network, on a copy, in a Worker that ends with it.
 *
 * @param {Uint8Array} bytes   a model, or a checkpoint, whose step it then is; is copied
 * @param {{ text: string, learningRate: number }} asked
 * @returns {Promise<SlowStep>}
 */
export async function computeSlowStep(bytes, asked) {
  const worker = startWorker('slow');
  try {
    return await new Promise((resolve, reject) => {
      worker.addEventListener('message', ({ data }) => {
        if ('value' in data) resolve(data.value);
        else reject(Object.assign(new Error(data.error.message), { name: data.error.name }));
      });
      worker.addEventListener('error', ({ message }) => {
        reject(new Error(`The Worker that computes the step has ended: ${message || 'its script could not be loaded'}.`));
      });
      worker.postMessage({ ...asked, bytes });
    });
  } finally {
    worker.terminate();
  }
}
