import { Emitter } from '../Emitter.js';

/** @typedef {import('lstm-wasm/worker').WorkerLstm} WorkerLstm */
/** @typedef {{ dispose(): Promise<unknown> }} Model */

/**
 * A model that learns what the visitor made, in the Worker. Knows no DOM; the views listen.
 *
 * Events: `change` when anything that is shown has changed, `problem` with an Error as `detail` after which Start can be
 * pressed again.
 */
export class Demo extends Emitter {
  /** @type {'idle' | 'starting' | 'training' | 'trained'} */
  state = 'idle';
  /** Of the training: how much is done, 0 to 1. */
  progress = 0;
  #library;
  /** Of now: what former runs still tell is not heard. */
  #run = 0;
  /** @type {Model | undefined} */
  #model;

  /** @param {() => Promise<WorkerLstm>} library */
  constructor(library) {
    super();
    this.#library = library;
  }

  get isBusy() {
    return this.state === 'starting' || this.state === 'training';
  }

  /** Makes a new model, and trains it to the end of its run, or until stop or another start. */
  async start() {
    const run = this.#begin('starting');
    const isCurrent = () => run === this.#run;
    try {
      const lstm = await this.#library();
      if (!isCurrent()) return;
      await this.learn(lstm, isCurrent);
      if (isCurrent()) this.#set('trained');
    } catch (error) {
      if (!isCurrent()) return;
      this.#set('idle');
      this.emit('problem', error);
    }
  }

  /** What was learnt so far stays. */
  stop() {
    if (this.isBusy) this.#begin(this.#model ? 'trained' : 'idle');
  }

  /** Forgets the model. */
  forget() {
    this.#begin('idle');
    this.#keep(undefined);
  }

  /**
   * Makes a model and trains it, as long as this run is the current one.
   *
   * @param {WorkerLstm} _lstm
   * @param {() => boolean} _isCurrent
   * @returns {Promise<void>}
   * @protected
   */
  async learn(_lstm, _isCurrent) {}

  /**
   * Takes a new model, where it is still wanted, and lets the former go.
   *
   * @template {Model} M
   * @param {Promise<M>} made
   * @param {() => boolean} isCurrent
   * @returns {Promise<M | undefined>}
   * @protected
   */
  async take(made, isCurrent) {
    const model = await made;
    if (!isCurrent()) {
      model.dispose().catch(() => {});
      return undefined;
    }
    this.#keep(model);
    this.#set('training');
    return model;
  }

  /** @param {number} progress @protected */
  advance(progress) {
    this.progress = progress;
    this.emit('change');
  }

  /** @param {Model | undefined} model */
  #keep(model) {
    this.#model?.dispose().catch(() => {});
    this.#model = model;
  }

  /** @param {Demo['state']} state */
  #begin(state) {
    this.#run += 1;
    this.progress = 0;
    this.#set(state);
    return this.#run;
  }

  /** @param {Demo['state']} state */
  #set(state) {
    this.state = state;
    this.emit('change');
  }
}
