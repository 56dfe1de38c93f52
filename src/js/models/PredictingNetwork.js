// PredictingNetwork.js: a network that runs, generates, forecasts, and is saved.
import { finish, signalOf } from '../core/pieces.js';
import { forecastInPieces } from './forecast.js';
import { generateInPieces } from '../sampling/generate.js';
import { Network } from '../network/Network.js';
import { readRun } from '../network/run.js';
import { Sampler } from '../sampling/Sampler.js';
import { exportModel } from '../files/export-model.js';
import { writeModelFile } from '../files/model-file.js';

/** @typedef {import('../core/errors.js').ArgumentError} ArgumentError */
/** @typedef {import('../core/errors.js').OutOfMemoryError} OutOfMemoryError */

/** A network that runs, generates, forecasts and is saved. */
export class PredictingNetwork extends Network {
  /** @type {Sampler | undefined} */
  #sampler;

  /**
   * Runs whole sequences, forward only; what it takes of memory is given back.
   *
   * Inputs are nested, one array a sequence: [sequence][step] of tokens, [sequence][step][number] of vectors, of one
   * length or of several; or [step][number] of one sequence. Or they are flat and time-major, as PyTorch's default: what
   * sequence b gets at step t is at index t * batchSize + b; or flat and batch-first: see the option layout.
   * @param {import('../network/StepArray.js').Steps} inputs tokens, or vectors; T, the steps of the longest sequence, is at most
   *   1048576
   * @param {import('../network/run.js').RunOptions} [options]
   * @returns {import('../network/run.js').RunResult}
   * @throws {ArgumentError | OutOfMemoryError}
   * @throws {import('../core/errors.js').DivergedError} where an output or a state grows beyond what a float holds
   */
  run(inputs, options = {}) {
    this.assertUsable('run');
    const read = readRun(this.handle, inputs, options);
    this.assertUsable('run');
    return this.compute(inputs, read);
  }

  /**
   * What run() computes: in one window, or step by step where there are none.
   * @internal
   * @param {unknown} inputs
   * @param {import('../network/run.js').Run} run
   * @returns {import('../network/run.js').RunResult}
   */
  compute(inputs, run) {
    throw new TypeError(`${this.constructor.name} computes no ${run.window} steps of ${inputs}`);
  }

  /**
   * Feeds a token, draws the next, feeds that, and so on. For networks with token input and as many classes.
   * @param {import('../sampling/generate.js').TokenGenerateOptions} options
   * @returns {Uint32Array} the tokens drawn
   * @throws {ArgumentError}
   * @throws {import('../core/errors.js').DivergedError} where logits are not finite; state and generator are as before
   */
  generate(options) {
    return finish(this.generateInPieces(options), signalOf('generate', options));
  }

  /** @internal @param {unknown} options */
  *generateInPieces(options) {
    this.assertUsable('generate');
    this.assertOneWay('generate');
    return yield* this.#whileUsable('generate', generateInPieces(this, options));
  }

  /**
   * Continues a series: reads its history, predicts the next vector, reads that as if it had come, and so on. For a
   * network that was trained to predict the next vector: of vector input, with as many output values.
   *
   *     network.forecast(24, { inputs: history }); // the next 24 vectors, scaled as those that it was trained on
   *
   * @param {number} n how many vectors, 1 to 1048576
   * @param {import('./forecast.js').ForecastOptions} options
   * @returns {Float32Array} (n, size): number i of vector t is at t * size + i
   * @throws {ArgumentError}
   * @throws {import('../core/errors.js').DivergedError} where what is predicted stops being finite
   */
  forecast(n, options) {
    return finish(this.forecastInPieces(n, options), signalOf('forecast', options));
  }

  /** @internal @param {unknown} n @param {unknown} options */
  *forecastInPieces(n, options) {
    this.assertUsable('forecast');
    this.assertOneWay('forecast');
    return yield* this.#whileUsable('forecast', forecastInPieces(this.handle, this.sequence, n, options));
  }

  /** The random generator's four words. @internal @returns {number[]} */
  get random() {
    return [...this.#random()];
  }

  /** @internal */
  set random(words) {
    this.#random().set(words);
  }

  /**
   * Draws and scores, unchecked.
   * @internal
   */
  get sampler() {
    this.assertUsable('sampler');
    return (this.#sampler ??= new Sampler([this]));
  }

  /**
   * A copy for predicting: every matrix rounded to 8 bits a weight, with a scale a row (symmetric). A quarter of the
   * file, and steps that read a quarter of the bytes. It steps, generates and is saved like any network; it cannot be
   * trained. parameters() gives what the rounded weights stand for, and run() computes with those.
   * @returns {this}
   * @throws {OutOfMemoryError}
   */
  quantize() {
    this.assertUsable('quantize');
    const Kind = /** @type {new (...description: ConstructorParameters<typeof Network>) => this} */ (this.constructor);
    const network = new Kind(this.handle.wasm, this.config, 'quantize');
    try {
      network.setParameters(this.parameters());
      network.roundToInt8('quantize', this.int8Scales);
    } catch (error) {
      network.dispose();
      throw error;
    }
    return network;
  }

  /**
   * The network as a safetensors file. lstm.openNetwork opens it.
   * @returns {Uint8Array<ArrayBuffer>}
   * @throws {import('../core/errors.js').DivergedError} where a number is infinite or NaN: no file with such can be opened
   */
  save() {
    this.assertUsable('save');
    return this.fileOf('save');
  }

  /**
   * The network in another framework's files, with all numbers as 32-bit floats: as ExportedModel says.
   * @param {'onnx' | 'torch' | 'keras'} format
   * @returns {Promise<import('../files/export-model.js').ExportedModel>}
   * @throws {ArgumentError} for what the format does not have
   */
  async export(format) {
    this.assertUsable('export');
    return exportModel(this.fileOf('export'), format);
  }

  /**
   * @internal
   * @param {string} call
   * @param {import('../files/model-file.js').CheckpointPart} [checkpoint]
   */
  fileOf(call, checkpoint) {
    return writeModelFile({ network: this }, call, undefined, checkpoint);
  }

  /**
   * Between two pieces it may be disposed, or be given another memory, which others read then.
   * @template T
   * @param {string} call
   * @param {import('../core/pieces.js').Pieces<T>} pieces
   * @returns {import('../core/pieces.js').Pieces<T>}
   */
  *#whileUsable(call, pieces) {
    const { memory } = this.handle;
    const { current } = memory;
    for (;;) {
      const { done, value } = memory.during(current, () => pieces.next());
      if (done) return value;
      yield;
      this.assertUsable(call);
    }
  }

  #random() {
    const { wasm, pointer } = this.handle;
    return wasm.ints(wasm.exports.lstm_network_random(pointer), 4);
  }
}
