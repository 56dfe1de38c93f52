// CharTraining.js: what train does: plans a run, goes through it and reports; goes back where it diverges; keeps the
// best.
import { assertNotAborted } from '../core/abort.js';
import { planRun } from './char-plan.js';
import { ArgumentError, DisposedError, DivergedError } from '../core/errors.js';
import { Learner } from './Learner.js';
import { healthy } from './RunHealth.js';
import { hashOf } from '../core/hash.js';
import { finish, signalOf } from '../core/pieces.js';
import { measureInPieces } from './measure.js';
import { textsOf } from './texts.js';
import { plainOptions } from './train-options.js';
import { continuedState, TrainingRun } from './TrainingRun.js';

/** @typedef {import('./train-options.js').TrainReport} TrainReport */
/** @typedef {Generator<TrainReport | undefined, void, void>} TrainPieces a report where one is due, after a piece of work */
/** @typedef {Record<string, Float32Array>} Parameters */

/**
 * A run, as a checkpoint has it.
 * @typedef {object} RunCheckpoint
 * @property {import('./char-plan.js').TextMark} text all of it, with the part to validate with
 * @property {Record<string, unknown>} options what plainOptions gave
 * @property {import('./TrainingRun.js').RunState} state
 */

/**
 * A model's training.
 * @typedef {object} TrainingCheckpoint
 * @property {number} step
 * @property {number} chars
 * @property {RunCheckpoint & import('./Learner.js').LearnerCheckpoint} [last] run, if there was one
 * @property {Parameters} [parameters] those that the next step starts from, where the model has others: its best
 */

/**
 * What is trained.
 * @typedef {object} TrainedModel
 * @property {import('../network/Network.js').Network} network
 * @property {import('../sampling/Alphabet.js').Alphabet} alphabet
 * @property {(tokens: Int32Array) => import('../core/pieces.js').Pieces<number>} lossOf the network's sum of -log p of all
 *   tokens but the first
 * @property {{ seconds?: number, lines?: boolean }} notes what is known of its texts and training, kept up to date
 */

/** @typedef {import('./Learner.js').Point & { health: import('./RunHealth.js').HealthState }} GoodPoint */

/** A run goes back by at least this many steps, where it has so many, and by at most twice as many. */
const POINT_STEPS = 100;
/** With a signal, seconds between reports, where no step is longer. */
const HEARING_SECONDS = 0.1;

export class CharTraining {
  #network;
  #alphabet;
  #lossOf;
  #learner;
  /** @type {TrainingRun | null} */
  #run = null;
  /** @type {import('./char-plan.js').TextMark} */
  #text = { hash: '', length: 0 };
  /** Of a checkpoint, until it goes on. @type {TrainingCheckpoint['last']} */
  #opened;
  /**
   * While the network has the best parameters: these, and those to go on from.
   * @type {{ best: Parameters, last: Parameters } | null}
   */
  #taken = null;
  /** The training that was begun and has not ended. @type {TrainPieces | null} */
  #pieces = null;
  /** The validation that was begun and has not ended. @type {import('../core/pieces.js').Pieces<void> | null} */
  #validation = null;
  #isInStep = false;
  #notes;

  /**
   * @param {TrainedModel} model
   * @param {TrainingCheckpoint} [checkpoint] to go on from
   */
  constructor({ network, alphabet, lossOf, notes }, checkpoint = { step: 0, chars: 0 }) {
    this.#network = network;
    this.#alphabet = alphabet;
    this.#lossOf = lossOf;
    this.#notes = notes;
    this.#learner = new Learner(network, checkpoint);
    this.#opened = checkpoint.last;
    if (checkpoint.parameters) this.#taken = { best: network.parameters(), last: checkpoint.parameters };
  }

  /** All that the next step depends on, beside the parameters. @returns {TrainingCheckpoint} */
  checkpoint() {
    // It is a part of the step before.
    if (this.#validation) finish(this.#validation);
    const { step, chars } = this.#learner;
    const run = this.#run;
    const last = run
      ? { text: this.#text, options: plainOptions(run.options), state: run.state, ...this.#learner.checkpoint() }
      : this.#opened;
    const next = this.#next;
    return { step, chars, ...(last && { last }), ...(next && { parameters: next }) };
  }

  /** How many updates were made in the life of the model. */
  get steps() {
    return this.#learner.step;
  }

  /** The parameters that the next step starts from, where the network has others: the best, since a run ended. */
  get #next() {
    const taken = this.#taken;
    return taken && isEqual(this.#network.parameters(), taken.best) ? taken.last : undefined;
  }

  /**
   * Checks everything now; trains when the generator is asked.
   * @param {unknown} texts
   * @param {unknown} given options
   * @returns {TrainPieces}
   */
  start(texts, given) {
    assertNotAborted(signalOf('train', given));
    const opened = this.#opened;
    const plan = planRun(texts, given, { network: this.#network, alphabet: this.#alphabet, seconds: this.#notes.seconds, opened });
    const pieces = this.#start(plan, opened, () => pieces);
    return pieces;
  }

  /**
   * @param {import('./char-plan.js').CharPlan} plan
   * @param {TrainingCheckpoint['last']} opened what the plan goes on from
   * @param {() => TrainPieces} self
   * @returns {TrainPieces}
   */
  *#start({ options, text, isOfLines, reader, measured, isNewBudget, isNewRate }, opened, self) {
    if (this.#isInStep) throw new ArgumentError('train: this model is in the middle of a step of another training');
    assertNotAborted(options.signal);
    // Ends it as if its loop had been left; whoever still holds it is told that it is done.
    this.#pieces?.return();
    this.#pieces = self();
    this.#isInStep = true;
    try {
      const going = opened === this.#opened ? opened : undefined;
      const isSameText = this.#learner.prepare(reader, options, going);
      const here = { step: this.#learner.step, read: reader.read };
      const best = { of: hashOf(measured), misses: 0 };
      const fresh = { start: here, since: here, seconds: 0, health: healthy(), best };
      const state = going ? continuedState(going.state, fresh, { isSameText, isNewBudget, isNewRate }) : fresh;
      const run = new TrainingRun(options, this.#learner, state, this.#alphabet.size);
      this.#run = run;
      this.#text = text;
      this.#notes.lines = isOfLines || undefined;
      this.#opened = undefined;
      const next = this.#next;
      if (next) this.#network.setParameters(next);
      this.#taken = null;
      try {
        yield* this.#loop(run, textsOf(measured));
      } finally {
        run.end();
        if (options.keepBest) this.#takeBest(run.best.parameters);
      }
    } finally {
      this.#isInStep = false;
      if (this.#pieces === self()) this.#pieces = null;
    }
  }

  /**
   * @param {TrainingRun} run
   * @param {Int32Array[]} validation
   * @returns {TrainPieces}
   */
  *#loop(run, validation) {
    const learner = this.#learner;
    const { trainer } = learner;
    const { options, best, health } = run;
    const { recoveries, validateEvery, reportEvery, signal, patience = Infinity } = options;
    if (run.isOver()) return;

    /** The second is young: what spoils the run may be in it already. @type {GoodPoint[]} */
    let points = [];
    let tally = { from: run.elapsed, steps: 0, loss: 0, chars: 0 };
    let gradientNorm = 0;
    for (;;) {
      if (recoveries > 0 && !(learner.step - points[points.length - 1]?.step < POINT_STEPS)) {
        points = [...points.slice(-1), { ...learner.point(), health: health.state }];
      }
      trainer.learningRate = run.learningRate;
      const result = this.#trainStep(run);
      let wrong = typeof result === 'string' ? result : '';
      const goBack = () => {
        this.#goBack(run, points[0], wrong);
        points = points.slice(0, 1);
      };
      if (typeof result === 'string') {
        goBack();
      } else {
        gradientNorm = result.gradientNorm;
        tally.steps += 1;
        tally.loss += result.loss;
        tally.chars += result.characters;
      }
      const time = Math.max(run.elapsed - tally.from, 1e-6);
      let isDone = run.isOver();
      const isDue = validation.length > 0 && (isDone || (!wrong && learner.step % validateEvery === 0));
      let valLoss = isDue ? yield* this.#validate(run, validation) : undefined;
      if (isDue && valLoss === undefined) isDone = false;
      if (Number.isNaN(valLoss)) {
        valLoss = undefined;
        wrong = 'the loss of the validation is not finite';
        goBack();
        isDone = run.isOver();
      }
      if (!isDone && !isDue && !wrong && learner.step % reportEvery !== 0 && !(signal && time >= HEARING_SECONDS)) {
        yield* this.#pause();
        if (!signal?.aborted) continue;
      }

      const isStopped = valLoss !== undefined && best.misses >= patience;
      isDone ||= isStopped;
      const charsPerSecond = tally.chars / time;
      yield* this.#pause(run.report({ ...tally, gradientNorm, charsPerSecond, wrong, valLoss, isStopped, isDone }));
      if (isDone) return;
      assertNotAborted(signal);
      tally = { from: run.elapsed, steps: 0, loss: 0, chars: 0 };
    }
  }

  /**
   * Between two pieces of work.
   * @template {TrainReport | undefined} R
   * @param {R} [report]
   * @returns {Generator<R | undefined, void, void>}
   */
  *#pause(report) {
    this.#isInStep = false;
    yield report;
    this.#isInStep = true;
    if (this.#network.disposed && !report?.done) throw new DisposedError('CharModel.train: this CharModel was disposed');
  }

  /**
   * One update; or why the run has gone wrong.
   * @param {TrainingRun} run
   */
  #trainStep(run) {
    const { options, health } = run;
    const before = health.smoothed;
    try {
      const result = this.#learner.trainStep();
      const { step } = this.#learner;
      // An update may be larger than any float: at the end of a run no loss would tell.
      if (!this.#network.isFinite && (options.recoveries > 0 || run.isOver())) {
        throw new DivergedError(`train: the parameters are not finite after step ${step}. A lower learningRate may help`);
      }
      const isSpike = health.isSpike(step, result.loss, result.characters);
      return isSpike ? `the loss rose from ${before.toPrecision(3)} to ${result.loss.toPrecision(3)}` : result;
    } catch (error) {
      if (!(error instanceof DivergedError) || options.recoveries === 0) throw error;
      return this.#network.isFinite ? 'the loss or its gradient is not finite' : 'an update is not finite';
    }
  }

  /**
   * @param {TrainingRun} run
   * @param {GoodPoint} point
   * @param {string} wrong
   * @throws {DivergedError} where the run has gone back often enough, or never does
   */
  #goBack({ options, health }, point, wrong) {
    const { step, trainer } = this.#learner;
    if (options.recoveries === 0) throw new DivergedError(`train: ${wrong} at step ${step}. A lower learningRate may help`);
    const rate = trainer.learningRate;
    this.#learner.goBack(point);
    if (health.recoveries >= options.recoveries) {
      health.goBack(point.health);
      throw new DivergedError(
        `train: ${wrong} at step ${step}, after going back ${health.recoveries} times with half the rate each time; ` +
          `the model is as after step ${point.step}. A lower learningRate (now ${rate}) may help`,
      );
    }
    health.recover(point.health);
  }

  /**
   * @param {TrainingRun} run
   * @param {Int32Array[]} texts
   * @returns {Generator<undefined, number | undefined, void>} nats a character, NaN where the logits are not finite;
   *   undefined where a signal ended it
   */
  *#validate(run, texts) {
    const measured = { loss: NaN };
    this.#validation = measureInPieces(texts, this.#lossOf, run, () => this.#network.parameters(), measured);
    try {
      while (!this.#validation.next().done) {
        yield* this.#pause();
        if (run.options.signal?.aborted) return undefined;
      }
    } finally {
      this.#validation = null;
    }
    return measured.loss;
  }

  /**
   * A run has ended: the model becomes the best that it was.
   * @param {Parameters} [best]
   */
  #takeBest(best) {
    if (!best || this.#network.disposed) return;
    this.#taken = { best, last: this.#network.parameters() };
    this.#network.setParameters(best);
  }
}

/**
 * @param {Parameters} a
 * @param {Parameters} b
 */
const isEqual = (a, b) => Object.entries(a).every(([name, values]) => values.every((value, i) => value === b[name][i]));
