// Learner.js: a network, its trainer and what it reads, step by step; and the way back to a step that was.
import { DisposedError } from '../core/errors.js';
import { readersOf } from './optimizer-options.js';
import { Trainer } from './Trainer.js';

/** @typedef {import('./train-options.js').CheckedTrainOptions} CheckedTrainOptions */
/** @typedef {import('./TextReader.js').TextReader} TextReader */

/**
 * All that the next step depends on, beside the parameters.
 * @typedef {object} LearnerCheckpoint
 * @property {import('./TextReader.js').ReaderPosition} reader
 * @property {import('./trainer-checkpoint.js').TrainerCheckpoint} trainer
 */

/**
 * A step to come back to.
 * @typedef {LearnerCheckpoint & { step: number, chars: number, parameters: Record<string, Float32Array> }} Point
 */

export class Learner {
  #network;
  /** @type {Trainer | null} */
  #trainer = null;
  /** What the trainer was made with. */
  #manner = '';
  /** @type {TextReader | null} */
  #reader = null;

  /**
   * @param {import('../network/Network.js').Network} network
   * @param {{ step: number, chars: number }} counts of the life of the model: updates, and characters trained on
   */
  constructor(network, { step, chars }) {
    this.#network = network;
    this.step = step;
    this.chars = chars;
  }

  get reader() {
    return /** @type {TextReader} */ (this.#reader);
  }

  get trainer() {
    return /** @type {Trainer} */ (this.#trainer);
  }

  /** @throws {DisposedError} where its network was disposed, as with the model */
  assertUsable() {
    if (this.#network.disposed) throw new DisposedError('CharModel.train: this CharModel was disposed');
  }

  /** @returns {LearnerCheckpoint} */
  checkpoint() {
    return { reader: this.reader.position, trainer: this.trainer.checkpoint() };
  }

  /** @returns {Point} */
  point() {
    const { step, chars } = this;
    return { step, chars, parameters: this.#network.parameters(), ...this.checkpoint() };
  }

  /** @param {Point} point */
  goBack({ step, chars, parameters, reader, trainer }) {
    this.#network.setParameters(parameters);
    this.trainer.restore(trainer);
    this.reader.goTo(reader);
    this.step = step;
    this.chars = chars;
  }

  /**
   * Gets ready to read and to train like this. Where the texts are read in the same way as before, it goes on with the
   * state and at the position that it has come to, and with the same optimizer, with its moments.
   * @param {TextReader} reader
   * @param {CheckedTrainOptions} options
   * @param {LearnerCheckpoint & { options: Record<string, any> }} [opened] what to go on from instead
   * @returns {boolean} are the texts read in the same way?
   */
  prepare(reader, options, opened) {
    // A position that cannot be is found before any memory is taken.
    const position = opened ? opened.reader : this.#reader?.position;
    const isSame = position !== undefined && reader.goTo(position);
    if (opened) {
      const { batchSize, window } = opened.reader;
      const { dropout = 0, recurrentDropout = 0, weightDrop = 0, seed = 0 } = opened.options;
      const { optimizer } = opened.trainer;
      const drops = { dropout, recurrentDropout, weightDrop, seed };
      this.#useTrainer({ ...options, optimizer, batchSize, window, ...drops });
      this.trainer.restore(opened.trainer);
    }
    this.#useTrainer(options);
    this.#reader = reader;
    return isSame;
  }

  /**
   * One window: one update. The rate is the trainer's.
   * @throws {import('../core/errors.js').DivergedError} where the loss or gradient is not finite; nothing was updated then
   */
  trainStep() {
    const { reader, trainer } = this;
    this.#beginTexts(reader.beginners);
    const { inputs, targets, options, characters } = reader.window();
    const result = trainer.step(inputs, targets, options);
    reader.advance();
    this.step += 1;
    this.chars += characters;
    return { ...result, characters };
  }

  /**
   * These streams start anew, from the initial state.
   * @param {number[]} streams
   */
  #beginTexts(streams) {
    const { trainer } = this;
    if (streams.length === trainer.batchSize) return trainer.resetState();
    if (streams.length === 0) return;
    const state = trainer.state();
    this.#network.initialState().forEach((initial, l) => {
      for (const [name, values] of Object.entries(initial)) {
        for (const b of streams) state[l][/** @type {'h'} */ (name)].set(values, b * values.length);
      }
    });
    trainer.setState(state);
  }

  /** @param {CheckedTrainOptions} options */
  #useTrainer({ optimizer: { name, numbers }, batchSize, window, clipNorm, clipValue, ...others }) {
    const { dropout, recurrentDropout, weightDrop, seed } = others;
    // The rate is set before every step.
    const own = Object.keys(readersOf(name)).filter((key) => key !== 'learningRate').map((key) => [key, numbers[key]]);
    const drops = { dropout, recurrentDropout, weightDrop, seed };
    const options = { optimizer: name, ...Object.fromEntries(own), batchSize, window, ...drops, carryState: true };
    const manner = JSON.stringify(options);
    const former = this.#trainer;
    if (manner !== this.#manner) {
      const trainer = new Trainer(this.#network, options);
      if (former) {
        trainer.continueFrom(former);
        if (former.batchSize === batchSize) trainer.setState(former.state());
        former.dispose();
      }
      this.#trainer = trainer;
      this.#manner = manner;
    }
    this.trainer.clipNorm = clipNorm;
    this.trainer.clipValue = clipValue;
  }
}
