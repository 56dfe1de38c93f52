// run-window.js: whole sequences through a network, in one window.
import { Batch } from './Batch.js';
import { runResult } from './run.js';

/**
 * @param {import('./Batch.js').NetworkHandle} network
 * @param {unknown} inputs
 * @param {import('./run.js').Run} run
 * @returns {import('./run.js').RunResult}
 */
export function runWindow(network, inputs, run) {
  const { batchSize, window, lengths, layout: asked, state } = run;
  const batch = new Batch(network, { batchSize, window, canTrain: false }, 'run');
  try {
    const layout = batch.loader.loadInputs('run', inputs, { lengths, layout: asked });
    if (state !== undefined) batch.setState(state, 'run: state');
    return runResult(batch.predict(layout, 'run'), layout, run, network.outputSize, batch.endState());
  } finally {
    batch.free();
  }
}
