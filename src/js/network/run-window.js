// run-window.js: whole sequences through a network, in one window.
import { Batch } from './Batch.js';
import { areFinite, refuseNotFinite } from './finite.js';
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
    const outputs = batch.predict(layout, 'run');
    const end = batch.endState();
    if (end.some(({ h, c }) => !areFinite(h) || (c && !areFinite(c)))) refuseNotFinite('run', 'state is');
    return runResult(outputs, layout, run, network.outputSize, end);
  } finally {
    batch.free();
  }
}
