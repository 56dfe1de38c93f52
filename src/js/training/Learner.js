// Learner.js: who is trained, the trainer and what it reads, step by step; and the way back to a step that was.
import { DisposedError } from '../core/errors.js';
import { readersOf } from './optimizer-options.js';

/** @typedef {import('./train-options.js').CheckedTrainOptions} CheckedTrainOptions */
/** @typedef {Record<string, Float32Array>} Parameters */

/**
 * What a run trains: a network, or several as one.
 * @typedef {object} Trainee
 * @property {boolean} disposed
 * @property {boolean} isFinite are all its parameters?
 * @property {() => Parameters} parameters
 * @property {(values: Parameters) => void} setParameters
 * @property {(options: any) => TraineeTrainer} createTrainer
 * @property {() => void} dispose
 */

/**
 * Its trainer: a Trainer is one.
 * @typedef {Pick<import('./Trainer.js').Trainer, 'batchSize' | 'optimizer' | 'learningRate' | 'clipNorm' | 'clipValue'
 *   | 'checkpoint' | 'restore' | 'state' | 'setState' | 'resetState' | 'begin' | 'beginUpdate' | 'dispose'>
 *   & { step(inputs: any, targets: any, options: any): { loss: number, gradientNorm: number },
 *   continueFrom(other: any): void, carry(inputs: any, options: any): void,
 *   stepInPieces?: (inputs: any, targets: any, options: any) => Generator<Promise<void>, { loss: number, gradientNorm: number } | undefined, void>,
 *   carryInPieces?: (inputs: any, options: any) => Generator<Promise<void>, boolean, void>,
 *   abandonUpdate?: () => void, workers?: number }} TraineeTrainer of a team: its steps are in pieces, with what is to be waited for
 *   in between, and an update of several windows may have to be made again from its first
 */

/**
 * What comes of an update. The loss is the mean of its windows', by what each counts.
 * @typedef {{ loss: number, gradientNorm: number, count: number, evens: number }} StepResult
 */

/**
 * What is read, window by window. Its position is plain data.
 * @typedef {object} Reader
 * @property {number} perEpoch what is read in one epoch: characters, steps or sequences that have a target
 * @property {number} read so far
 * @property {number} epoch times that all was read, with a fraction
 * @property {readonly number[]} beginners the sequences of the next window that start from the initial state
 * @property {boolean} [startsAnew] all do, in every window; default false: the state behind a window is the start of the next
 * @property {any} position
 * @property {(position: any) => boolean} goTo goes to a position, if it is one in these data, read in this way
 * @property {() => ReaderWindow} window the next one; its arrays may be used again for the one behind it
 * @property {() => void} advance goes on to the window behind
 */

/**
 * @typedef {object} ReaderWindow
 * @property {any} inputs
 * @property {any} targets
 * @property {any} options
 * @property {number} count how many losses its loss is the mean of; 0: it is only read
 * @property {number} [evens] how many losses of one weight even out chance as those do: (sum w)^2 / sum w^2; default: count
 */

/**
 * All that the next step depends on, beside the parameters.
 * @typedef {object} LearnerCheckpoint
 * @property {any} reader its position
 * @property {import('./trainer-checkpoint.js').TrainerCheckpoint} trainer
 */

/**
 * A step to come back to.
 * @typedef {LearnerCheckpoint & { step: number, read: number, parameters: Parameters }} Point
 */

export class Learner {
  #model;
  #trainee;
  /** @type {TraineeTrainer | null} */
  #trainer = null;
  /** What the trainer was made with, and of which Workers it is. */
  #manner = '';
  #members = '';
  /** @type {Reader | null} */
  #reader = null;
  /** Windows of an update; and in the middle of one that a team makes, where its first was read. */
  #accumulate = 1;
  /** @type {any} */
  #begun;

  /**
   * @param {string} model what it is called, for messages
   * @param {Trainee} trainee
   * @param {{ step: number, read: number }} counts of the life of the model: updates, and what was trained on
   */
  constructor(model, trainee, { step, read }) {
    this.#model = model;
    this.#trainee = trainee;
    this.step = step;
    this.read = read;
  }

  get reader() {
    return /** @type {Reader} */ (this.#reader);
  }

  get trainer() {
    return /** @type {TraineeTrainer} */ (this.#trainer);
  }

  /** @throws {DisposedError} where who is trained was disposed, as with the model */
  assertUsable() {
    const model = this.#model;
    if (this.#trainee.disposed) throw new DisposedError(`${model}.train: this ${model} was disposed`);
  }

  /** @returns {LearnerCheckpoint} */
  checkpoint() {
    return { reader: this.#begun ?? this.reader.position, trainer: this.trainer.checkpoint() };
  }

  /** @returns {Point} */
  point() {
    const { step, read } = this;
    return { step, read, parameters: this.#trainee.parameters(), ...this.checkpoint() };
  }

  /** @param {Point} point */
  goBack({ step, read, parameters, reader, trainer }) {
    this.#trainee.setParameters(parameters);
    this.trainer.restore(trainer);
    this.reader.goTo(reader);
    this.step = step;
    this.read = read;
  }

  /**
   * Gets ready to read and to train like this. Where the data are read in the same way as before, it goes on with the
   * state and at the position that it has come to, and with the same optimizer, with its moments.
   * @param {Reader} reader
   * @param {CheckedTrainOptions} options
   * @param {LearnerCheckpoint & { options: Record<string, any> }} [opened] what to go on from instead
   * @param {import('./crew.js').Team} [team] with whom it trains
   * @returns {boolean} are the data read in the same way?
   */
  prepare(reader, options, opened, team) {
    // A position that cannot be is found before any memory is taken.
    const position = opened ? opened.reader : this.#reader?.position;
    const isSame = position !== undefined && reader.goTo(position);
    const carryState = !reader.startsAnew;
    if (opened) {
      const { batchSize, window } = opened.reader;
      const { dropout = 0, recurrentDropout = 0, weightDrop = 0, seed = 0 } = opened.options;
      const { optimizer } = opened.trainer;
      const drops = { dropout, recurrentDropout, weightDrop, seed };
      this.#useTrainer({ ...options, optimizer, batchSize, window, ...drops }, carryState, team);
      this.trainer.restore(opened.trainer);
    }
    this.#useTrainer(options, carryState, team);
    this.#reader = reader;
    return isSame;
  }

  /**
   * One update: a window, or as many as are accumulated. The rate is the trainer's. Windows without a target are only read.
   * @returns {Generator<Promise<void>, StepResult, void>} what it yields is to be waited for: never anything, without a team
   * @throws {import('../core/errors.js').DivergedError} where the loss or gradient is not finite; nothing was updated then
   */
  *trainStep() {
    for (;;) {
      let isLeft = true;
      try {
        const result = yield* this.#update();
        isLeft = !result;
        if (!result) continue;
        this.step += 1;
        this.read += result.count;
        return result;
      } catch (error) {
        isLeft = false;
        throw error;
      } finally {
        if (isLeft) this.#abandon();
        this.#begun = undefined;
      }
    }
  }

  /** @returns {Generator<Promise<void>, StepResult | undefined, void>} undefined: it has to be made again */
  *#update() {
    const { reader, trainer } = this;
    if (this.#accumulate > 1) {
      if (trainer.abandonUpdate) this.#begun = reader.position;
      trainer.beginUpdate();
    }
    const sum = { loss: 0, gradientNorm: 0, count: 0, evens: 0 };
    for (let windows = 0; windows < this.#accumulate;) {
      this.#begin(reader.beginners);
      const { inputs, targets, options, count, evens = count } = reader.window();
      if (count === 0) {
        if (!trainer.carryInPieces) trainer.carry(inputs, options);
        else if (!(yield* trainer.carryInPieces(inputs, options))) return undefined;
        reader.advance();
        continue;
      }
      const result = trainer.stepInPieces ? yield* trainer.stepInPieces(inputs, targets, options) : trainer.step(inputs, targets, options);
      if (!result) return undefined;
      reader.advance();
      windows += 1;
      sum.loss += result.loss * count;
      sum.gradientNorm = result.gradientNorm;
      sum.count += count;
      sum.evens += evens;
      // As it is, and not its mean: bit for bit.
      if (this.#accumulate === 1) return { ...sum, loss: result.loss };
    }
    return { ...sum, loss: sum.loss / sum.count };
  }

  /** An update that a team was in the middle of is not made. */
  #abandon() {
    this.trainer.abandonUpdate?.();
    if (this.#begun) this.reader.goTo(this.#begun);
  }

  /**
   * These sequences of the batch start anew, from the initial state.
   * @param {readonly number[]} beginners
   */
  #begin(beginners) {
    const { trainer } = this;
    if (beginners.length === trainer.batchSize) return trainer.resetState();
    for (const b of beginners) trainer.begin(b);
  }

  /**
   * @param {CheckedTrainOptions} options
   * @param {boolean} carryState
   * @param {import('./crew.js').Team} [team]
   */
  #useTrainer({ optimizer: { name, numbers }, batchSize, window, accumulate, clipNorm, clipValue, ...others }, carryState, team) {
    const { dropout, recurrentDropout, weightDrop, seed, precision } = others;
    // The rate is set before every step.
    const own = Object.keys(readersOf(name)).filter((key) => key !== 'learningRate').map((key) => [key, numbers[key]]);
    const drops = { dropout, recurrentDropout, weightDrop, seed };
    const options = { optimizer: name, ...Object.fromEntries(own), batchSize, window, accumulate, ...drops, precision, carryState, ...others.trainer };
    const manner = JSON.stringify(options);
    const members = team?.members ?? '';
    const former = this.#trainer;
    const isSame = manner === this.#manner;
    if (!isSame || members !== this.#members) {
      const trainer = team ? team.createTrainer(this.#trainee, options) : this.#trainee.createTrainer(options);
      if (former && isSame) {
        trainer.restore(former.checkpoint());
      } else if (former) {
        trainer.continueFrom(former);
        if (former.batchSize === batchSize) trainer.setState(former.state());
      }
      former?.dispose();
      this.#trainer = trainer;
      this.#manner = manner;
      this.#members = members;
    }
    this.#accumulate = accumulate;
    this.trainer.clipNorm = clipNorm;
    this.trainer.clipValue = clipValue;
  }
}

/**
 * @param {Parameters} a
 * @param {Parameters} b
 */
export const areEqual = (a, b) => Object.entries(a).every(([name, values]) => values.every((value, i) => value === b[name][i]));
