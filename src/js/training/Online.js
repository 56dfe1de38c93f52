// Online.js: learning from what just happened, one update a window, and the way back.
//
// Each window is scored by the parameters that there are before it changes them, so that the sum of the losses is that of
// an honest prediction: dynamic evaluation (Krause et al. 2018). The optimizer is Adam without a first moment, which is
// RMSprop (Krause's choice) with the mean of squares corrected for its start, so that the first update is no larger than
// those that come: tests/experiments/online compares.
import { ArgumentError, DivergedError } from '../core/errors.js';
import { signalField } from '../core/pieces.js';
import { learningRate, readOptimizer } from './optimizer-options.js';
import { Trainer } from './Trainer.js';
import { readClipNorm, readClipValue } from './trainer-options.js';

/** @typedef {import('../network/state.js').CellState} CellState */

/**
 * What a step on what just happened takes: an optimizer with its options, as torch.optim's. Without one it is Adam with
 * beta1 0 and a rate of 0.2 / H of the widest layer, at most 0.003. Its moments are kept from call to call, as long as it is the same optimizer.
 * @typedef {import('./optimizer-options.js').OptimizerOptions & import('../core/pieces.js').Stoppable & {
 *   clipNorm?: number, clipValue?: number }} LearnOptions `clipNorm`: default 1; `clipValue`: default Infinity: off
 */

/**
 * A window to learn, as trainer.step takes it.
 * @typedef {object} OnlineWindow
 * @property {import('../network/StepArray.js').Steps} inputs
 * @property {import('../network/StepArray.js').Steps} targets
 * @property {import('../network/Batch.js').WindowOptions} [options]
 * @property {number} [count] what it counts in the mean of the losses; default 1
 */

/**
 * How windows are learnt.
 * @typedef {object} OnlineManner
 * @property {number} window as long as the longest
 * @property {number} [batchSize] sequences side by side; default 1
 * @property {readonly CellState[]} [state] of a batch of one, from which the first window starts, and each other from
 *   where the one before has come to. Without it each window starts from the initial state
 * @property {() => void} [undo] what unlearn does beside it
 */

const CLIP_NORM = 1;

/**
 * No parameter becomes larger than this, or than the largest that there is: beside it the sums of a float keep nothing of
 * what was learnt, and soon overflow. One update is as large as the rate.
 */
const MOST = 2 ** 20;

/** 0.2 / H of the widest layer, at most 0.003. @param {readonly { hiddenSize: number }[]} layers */
const rateFor = (layers) => Math.min(0.2 / Math.max(...layers.map(({ hiddenSize }) => hiddenSize)), 0.003);

export class Online {
  #held;
  #model;
  #rate;
  #steps;
  /** Of whom the trainer is. @type {unknown} */
  #network = null;
  /** And what it was made with. @type {{ trainer: Trainer, manner: string } | null} */
  #tool = null;
  /** Steps that it has memory for. */
  #size = 1;
  #isAtWork = false;
  /** What the last call has changed; `settle`: it stays. @type {{ steps: number, goBack: () => void, settle: () => void } | null} */
  #last = null;

  /**
   * @param {{ readonly network: import('../network/Network.js').Network }} held whose network another may replace
   * @param {object} about
   * @param {string} about.model for messages: 'CharModel'
   * @param {number} [about.learningRate] where none is given; default: a tenth of what a training of Adam starts from
   * @param {() => number} about.steps updates that its training has made: what it learnt before is a part of them
   */
  constructor(held, { model, learningRate: rate, steps }) {
    this.#held = held;
    this.#model = model;
    this.#rate = rate;
    this.#steps = steps;
  }

  /**
   * Checks the options, which learn takes then.
   * @template {Record<string, import('../core/check.js').Reader<any>>} [Others={}]
   * @param {unknown} options
   * @param {Others} [others] how others are read
   * @param {string} [call] for messages
   */
  readOptions(options, others, call = 'learn') {
    const given = /** @type {Record<string, unknown>} */ (options ?? {});
    const isOwn = typeof given === 'object' && given.optimizer === undefined;
    const { optimizer, others: read } = readOptimizer(call, options, {
      .../** @type {Others} */ (others),
      clipNorm: (/** @type {unknown} */ value, /** @type {string} */ path) => readClipNorm(value ?? CLIP_NORM, path),
      clipValue: readClipValue,
      ...signalField,
    });
    if (isOwn) {
      optimizer.numbers.beta1 = given.beta1 ?? 0;
      const rate = this.#rate ?? rateFor(this.#held.network.config.layers);
      optimizer.numbers.learningRate = learningRate(rate)(given.learningRate, `${call}: learningRate`);
    }
    return { optimizer, ...read };
  }

  /**
   * Learns windows, one after the other, one update each. Where one fails, all is as before.
   * @param {Iterable<OnlineWindow>} windows
   * @param {ReturnType<Online['readOptions']>} options
   * @param {OnlineManner} manner
   * @returns {import('../core/pieces.js').Pieces<{ loss: number, state: CellState[] }>} the mean loss of the windows, each
   *   before its update; and the state behind the last, where one was given
   * @throws {DivergedError} where a loss, a gradient or an update is not finite, or an update is enormous
   * @throws {import('../core/errors.js').OutOfMemoryError}
   */
  *learnInPieces(windows, options, { window, batchSize = 1, state, undo }) {
    if (this.#isAtWork) throw new ArgumentError(`learn: this ${this.#model} is in the middle of another learn()`);
    const { network } = this.#held;
    const former = this.#network === network ? this.#tool : null;
    const tool = this.#toolFor(options, former, { window, batchSize, carryState: state !== undefined });
    const { trainer } = tool;
    const parameters = network.parameters();
    const most = Math.max(MOST, network.largest);
    const checkpoint = tool === former ? trainer.checkpoint() : null;
    const goBack = () => {
      network.setParameters(parameters);
      if (checkpoint) trainer.restore(checkpoint);
      else trainer.dispose();
      this.#tool = former;
      undo?.();
    };
    this.#network = network;
    this.#tool = tool;
    let isDone = false;
    this.#isAtWork = true;
    try {
      if (state) trainer.setState(state);
      let [sum, count] = [0, 0];
      for (const { inputs, targets, options: about = {}, count: weight = 1 } of windows) {
        if (count > 0) yield;
        sum += weight * this.#step(trainer, inputs, targets, about, most);
        count += weight;
      }
      isDone = true;
      this.#last?.settle();
      this.#last = { steps: this.#steps(), goBack, settle: () => tool !== former && former?.trainer.dispose() };
      return { loss: sum / count, state: trainer.state() };
    } finally {
      this.#isAtWork = false;
      // A loop that is left, as by a signal, comes here too.
      if (!isDone && !network.disposed) goBack();
    }
  }

  /**
   * Takes back what the last call has learnt.
   * @throws {ArgumentError} where there is nothing, or the model was trained since
   */
  unlearn() {
    if (this.#isAtWork) throw new ArgumentError(`unlearn: this ${this.#model} is in the middle of a learn()`);
    const last = this.#last;
    if (!last || this.#network !== this.#held.network || last.steps !== this.#steps()) {
      const why = last ? `this ${this.#model} was trained since it last learnt` : 'the last learn() was taken back, or there was none';
      throw new ArgumentError(`unlearn: expected something to take back: ${why}`);
    }
    this.#last = null;
    last.goBack();
  }

  /**
   * @param {Trainer} trainer
   * @param {any} inputs
   * @param {any} targets
   * @param {import('../network/Batch.js').WindowOptions} options
   * @param {number} most that a parameter may be
   */
  #step(trainer, inputs, targets, options, most) {
    const rate = trainer.learningRate;
    const refuse = (/** @type {string} */ what) => new DivergedError(
      `learn: ${what}; this ${this.#model} is as before. A lower learningRate (now ${rate}) may help`);
    try {
      const { loss } = trainer.step(inputs, targets, options);
      if (this.#held.network.largest <= most) return loss;
    } catch (error) {
      throw error instanceof DivergedError ? refuse('the loss or its gradient is not finite') : error;
    }
    throw refuse(`the parameters after it are not finite, or above ${most}`);
  }

  /**
   * A trainer for windows of this kind: the one before, or one with its moments.
   * @param {ReturnType<Online['readOptions']>} options
   * @param {{ trainer: Trainer, manner: string } | null} former
   * @param {{ window: number, batchSize: number, carryState: boolean }} shape
   */
  #toolFor({ optimizer: { name, numbers }, clipNorm, clipValue }, former, { window, ...shape }) {
    if (!former) this.#size = 1;
    while (this.#size < window) this.#size *= 2;
    const { learningRate: rate, ...own } = numbers;
    const options = /** @type {import('./Trainer.js').TrainerOptions} */ ({ optimizer: name, ...own, ...shape, window: this.#size });
    const manner = JSON.stringify(options);
    const tool = former?.manner === manner ? former : { trainer: new Trainer(this.#held.network, options), manner };
    if (former && tool !== former) tool.trainer.continueFrom(former.trainer);
    tool.trainer.learningRate = rate;
    tool.trainer.clipNorm = clipNorm;
    tool.trainer.clipValue = clipValue;
    return tool;
  }
}
