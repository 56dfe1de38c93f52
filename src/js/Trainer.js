// Trainer.js: truncated backpropagation through time over windows of a batch of sequences.
import { copyNumbers, copyTokens, integer, number, oneOf, readOptions } from './check.js';
import { DisposedError, DivergedError, OutOfMemoryError } from './errors.js';
import { Owned } from './Owned.js';
import { readState, zeroState } from './state.js';

/** @typedef {import('./state.js').CellState} CellState */

/**
 * @typedef {object} TrainerOptions
 * @property {'adam'} [optimizer] default 'adam' (Kingma & Ba 2015, as torch.optim.Adam)
 * @property {number} [learningRate] above 0; default 0.002
 * @property {number} [beta1] decay of the first moment, 0 to below 1; default 0.9
 * @property {number} [beta2] decay of the second moment, 0 to below 1; default 0.999
 * @property {number} [epsilon] above 0; default 1e-8
 * @property {number} [clipNorm] gradients are scaled down to this global norm, as torch's clip_grad_norm_; Infinity: off;
 *   default 5
 * @property {number} [batchSize] B, sequences side by side, 1 to 65536; default 32
 * @property {number} [window] T, steps that a gradient flows back through, 1 to 1048576; default 50
 */

/**
 * @typedef {object} Gradients
 * @property {number} loss
 * @property {number} gradientNorm over all parameters
 * @property {Record<string, Float32Array>} parameters by name, in PyTorch's layouts
 * @property {CellState[]} state of the state before the window: (batchSize, hiddenSize) each
 * @property {Float32Array} [inputs] of vector inputs: (window, batchSize, size)
 */

/** @param {number} fallback */
export const learningRate = (fallback) => number(0, Infinity, fallback, { above: true, below: true });
export const readClipNorm = number(0, Infinity, 5, { above: true });
export const readBatchSize = integer(1, 2 ** 16, 32);
const readWindow = integer(1, 2 ** 20, 50);

const fields = {
  optimizer: oneOf(/** @type {const} */ (['adam']), 'adam'),
  learningRate: learningRate(2e-3),
  beta1: number(0, 1, 0.9, { below: true }),
  beta2: number(0, 1, 0.999, { below: true }),
  epsilon: number(0, Infinity, 1e-8, { above: true, below: true }),
  clipNorm: readClipNorm,
  batchSize: readBatchSize,
  window: readWindow,
};

export class Trainer extends Owned {
  #network;
  #wasm;
  #config;
  #table;
  #stateShapes;
  #pointer;
  #options;
  #steps = 0;

  /**
   * @internal use network.createTrainer
   * @param {import('./Network.js').Network} network
   * @param {{ wasm: import('./Wasm.js').Wasm, pointer: number, config: import('./Network.js').NetworkConfig,
   *   table: import('./ParameterTable.js').ParameterTable, stateShapes: readonly import('./state.js').StateShape[] }} handle
   *   of the network
   * @param {TrainerOptions} options
   */
  constructor(network, { wasm, pointer: networkPointer, config, table, stateShapes }, options) {
    const checked = readOptions('createTrainer', options, fields);
    const pointer = wasm.exports.lstm_trainer_create(networkPointer, checked.batchSize, checked.window);
    if (pointer === 0) {
      throw new OutOfMemoryError(
        `createTrainer: not enough memory for batchSize ${checked.batchSize} and window ${checked.window}`,
      );
    }
    super('Trainer', () => wasm.exports.lstm_trainer_free(pointer));
    this.#network = network;
    this.#wasm = wasm;
    this.#config = config;
    this.#table = table;
    this.#stateShapes = stateShapes;
    this.#pointer = pointer;
    this.#options = checked;
  }

  /** B, how many sequences are trained side by side. */
  get batchSize() {
    return this.#options.batchSize;
  }

  /** T, through how many steps a gradient flows back. */
  get window() {
    return this.#options.window;
  }

  /** How many updates were made. */
  get steps() {
    return this.#steps;
  }

  get learningRate() {
    return this.#options.learningRate;
  }

  set learningRate(value) {
    this.#options.learningRate = fields.learningRate(value, 'Trainer.learningRate');
  }

  get clipNorm() {
    return this.#options.clipNorm;
  }

  set clipNorm(value) {
    this.#options.clipNorm = readClipNorm(value, 'Trainer.clipNorm');
  }

  /**
   * Trains on one window: forward, backward, clip, one update of the parameters. The state behind the window is the
   * start of the next.
   *
   * Arrays are time-major, as PyTorch's default: what sequence b gets at step t is at index t * batchSize + b.
   * @param {ArrayLike<number>} inputs (window, batchSize) tokens or (window, batchSize, size) numbers
   * @param {ArrayLike<number>} targets (window, batchSize) classes or (window, batchSize, values) numbers
   * @returns {{ loss: number, gradientNorm: number }} the mean loss of the window before the update (cross-entropy in
   *   nats, or squared error), and the norm of its gradient before clipping
   * @throws {import('./errors.js').ArgumentError} where an array has a wrong length or content
   * @throws {DivergedError} where the loss or gradient is not finite; nothing has changed then
   */
  step(inputs, targets) {
    this.assertUsable('step');
    this.#load(inputs, targets, 'step');
    const { learningRate, beta1, beta2, epsilon, clipNorm } = this.#options;
    const { lstm_trainer_step } = this.#wasm.exports;
    this.#assertFinite('step', lstm_trainer_step(this.#pointer, learningRate, beta1, beta2, epsilon, clipNorm));
    this.#steps += 1;
    return { loss: this.#loss(), gradientNorm: this.#gradientNorm() };
  }

  /**
   * The loss of a window, from the trainer's state. Changes nothing.
   * @param {ArrayLike<number>} inputs as for step
   * @param {ArrayLike<number>} targets
   * @returns {{ loss: number }}
   */
  evaluate(inputs, targets) {
    this.assertUsable('evaluate');
    this.#load(inputs, targets, 'evaluate');
    this.#assertFinite('evaluate', this.#wasm.exports.lstm_trainer_forward(this.#pointer));
    return { loss: this.#loss() };
  }

  /**
   * The gradients of the mean loss of a window, unclipped. Changes nothing.
   * @param {ArrayLike<number>} inputs as for step
   * @param {ArrayLike<number>} targets
   * @returns {Gradients}
   */
  gradients(inputs, targets) {
    this.assertUsable('gradients');
    this.#load(inputs, targets, 'gradients');
    const { exports } = this.#wasm;
    this.#assertFinite('gradients', exports.lstm_trainer_backward(this.#pointer));
    const inputGradients = exports.lstm_trainer_dinputs(this.#pointer);
    return {
      loss: this.#loss(),
      gradientNorm: this.#gradientNorm(),
      parameters: this.#table.read(exports.lstm_trainer_gradients(this.#pointer)),
      state: this.#copyState(exports.lstm_trainer_dh, exports.lstm_trainer_dc),
      ...(inputGradients !== 0 && { inputs: this.#wasm.floats(inputGradients, inputs.length).slice() }),
    };
  }

  /** Copies of the state before the next window, one object a layer: (batchSize, hiddenSize) each. */
  state() {
    this.assertUsable('state');
    return this.#copyState(this.#wasm.exports.lstm_trainer_h, this.#wasm.exports.lstm_trainer_c);
  }

  /**
   * @param {CellState[]} state as state() gives it
   * @throws {import('./errors.js').ArgumentError}
   */
  setState(state) {
    this.assertUsable('setState');
    const rows = this.#options.batchSize;
    readState(state, this.#stateShapes, 'setState: state', () => {}, rows);
    const { lstm_trainer_h, lstm_trainer_c } = this.#wasm.exports;
    readState(
      state,
      this.#stateShapes,
      'setState: state',
      (values, l, name) => {
        const pointer = (name === 'h' ? lstm_trainer_h : lstm_trainer_c)(this.#pointer, l);
        this.#wasm.floats(pointer, values.length).set(values);
      },
      rows,
    );
  }

  /** Every sequence starts anew: the state becomes zero. */
  resetState() {
    this.assertUsable('resetState');
    this.setState(zeroState(this.#stateShapes, this.#options.batchSize));
  }

  /**
   * Goes on with the optimiser's state of another trainer of the same network.
   * @internal
   * @param {Trainer} other
   */
  continueFrom(other) {
    this.#wasm.exports.lstm_trainer_copy_optimizer(this.#pointer, other.#pointer);
    this.#steps = other.#steps;
  }

  /**
   * @param {string} call
   * @protected
   */
  assertUsable(call) {
    if (this.#network.disposed) {
      throw new DisposedError(`Trainer.${call}: the Network of this Trainer was disposed`);
    }
    super.assertUsable(call);
  }

  /**
   * @param {unknown} inputs
   * @param {unknown} targets
   * @param {string} call
   */
  #load(inputs, targets, call) {
    const { input, output, layers } = this.#config;
    const { exports } = this.#wasm;
    const { batchSize, window } = this.#options;
    const count = window * batchSize;
    const shape = `${count} (window ${window} x batchSize ${batchSize})`;
    const inputsAt = exports.lstm_trainer_inputs(this.#pointer);
    if ('tokens' in input) {
      copyTokens(this.#wasm.ints(inputsAt, count), inputs, input.tokens, `${call}: inputs`, shape);
    } else {
      const view = this.#wasm.floats(inputsAt, count * input.size);
      copyNumbers(view, inputs, `${call}: inputs`, `${view.length} (${shape} x size ${input.size})`);
    }
    const targetsAt = exports.lstm_trainer_targets(this.#pointer);
    if (output && 'classes' in output) {
      copyTokens(this.#wasm.ints(targetsAt, count), targets, output.classes, `${call}: targets`, shape);
    } else {
      const size = output ? output.values : layers[layers.length - 1].hiddenSize;
      const view = this.#wasm.floats(targetsAt, count * size);
      copyNumbers(view, targets, `${call}: targets`, `${view.length} (${shape} x ${size})`);
    }
  }

  #loss() {
    return this.#wasm.exports.lstm_trainer_loss(this.#pointer);
  }

  #gradientNorm() {
    return this.#wasm.exports.lstm_trainer_gradient_norm(this.#pointer);
  }

  /**
   * @param {string} call
   * @param {number} status
   */
  #assertFinite(call, status) {
    if (status === 0) return;
    throw new DivergedError(
      `Trainer.${call}: the loss or its gradient is not finite at step ${this.#steps + 1}; nothing was updated. ` +
        `A lower learningRate (now ${this.#options.learningRate}) may help`,
    );
  }

  /**
   * @param {(trainer: number, layer: number) => number} h
   * @param {(trainer: number, layer: number) => number} c
   */
  #copyState(h, c) {
    const state = zeroState(this.#stateShapes, this.#options.batchSize);
    state.forEach((layer, l) => {
      for (const name of this.#stateShapes[l].names) {
        const pointer = (name === 'h' ? h : c)(this.#pointer, l);
        layer[name].set(this.#wasm.floats(pointer, layer[name].length));
      }
    });
    return state;
  }
}
