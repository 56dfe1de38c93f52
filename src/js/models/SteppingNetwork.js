// SteppingNetwork.js: a network that only predicts, on a module without windows.
import { runSteps } from '../network/run-steps.js';
import { PredictingNetwork } from './PredictingNetwork.js';

/** A network that predicts step by step, and is not trained. */
export class SteppingNetwork extends PredictingNetwork {
  /**
   * @internal
   * @param {unknown} inputs
   * @param {import('../network/run.js').Run} run
   */
  compute(inputs, run) {
    return runSteps(this.handle, this.sequence, inputs, run);
  }
}
