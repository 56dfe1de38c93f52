// ClassifierReading.js: a place in a sequence that is read step by step.
import { integer, number, optional, readOptions } from '../../core/check.js';
import { ArgumentError, DisposedError, DivergedError } from '../../core/errors.js';
import { predictionsOf } from './predictions.js';

/** @typedef {import('./PredictingClassifier.js').PredictingClassifier<any>} Model */

/** So many steps are read between two pieces. */
const PIECE_STEPS = 1024;

/** A place in a sequence, with what is known of it so far. */
export class ClassifierReading {
  #model;
  /** @type {import('../../network/state.js').CellState[]} */
  #state;
  /** The last output. @type {Float32Array | undefined} */
  #output;
  #steps = 0;

  /** @internal use read of a classifier @param {Model} model */
  constructor(model) {
    this.#model = model;
    this.#state = model.network.initialState();
  }

  /** How many steps were read. */
  get steps() {
    return this.#steps;
  }

  /**
   * Reads one step more.
   * @param {import('./PredictingClassifier.js').Step} step
   * @returns {this}
   * @throws {ArgumentError} where it is not what the model reads; nothing has changed then
   * @throws {DivergedError} where the network's outputs are not finite; nothing has changed then
   */
  push(step) {
    this.#assertUsable('push');
    const { network, knows } = this.#model;
    const input = knows.encoder.readStep(step, 'push: step');
    if (input !== undefined) this.#read(network, input, 'push');
    return this;
  }

  /** @internal @param {unknown} sequence @param {string} path */
  *readInPieces(sequence, path) {
    const { encoder } = this.#model.knows;
    const raw = encoder.read(sequence, path);
    const inputs = encoder.encode(raw, path);
    const steps = encoder.stepsOf(raw);
    const width = inputs.length / steps;
    for (let t = 0; t < steps; t++) {
      if (t > 0 && t % PIECE_STEPS === 0) yield;
      const isToken = inputs instanceof Int32Array;
      this.#read(this.#model.network, isToken ? inputs[t] : inputs.subarray(t * width, (t + 1) * width), path);
    }
  }

  /**
   * What the sequence is, as far as it was read; where every step has a label, what the last one is.
   * @param {{ top?: number, threshold?: number }} [options] as predict of the model takes them
   * @returns {import('./predictions.js').Prediction[]} the most probable first
   * @throws {ArgumentError} where nothing was read yet
   */
  predict(options = {}) {
    const asked = readOptions('predict', options, { top: optional(integer(1, 2 ** 30)), threshold: number(0, 1, 0) });
    this.#assertUsable('predict');
    if (!this.#output) throw new ArgumentError('predict: expected a reading of at least one step, got none: push one first');
    return predictionsOf(this.#output, this.#model.knows.labels, asked);
  }

  /** @param {string} call */
  #assertUsable(call) {
    if (this.#model.disposed) throw new DisposedError(`ClassifierReading.${call}: the Classifier of this reading was disposed`);
  }

  /**
   * @param {import('../PredictingNetwork.js').PredictingNetwork} network
   * @param {number | Float32Array} input
   * @param {string} call
   */
  #read(network, input, call) {
    const state = this.#state.map((layer) => /** @type {any} */ (
      Object.fromEntries(Object.entries(layer).map(([name, values]) => [name, values.slice()]))));
    const output = network.step(input, state);
    const bad = output.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) throw new DivergedError(`${call}: the network answers with ${output[bad]}, expected probabilities: the training has diverged`);
    this.#state = state;
    this.#output = output;
    this.#steps += 1;
  }
}
