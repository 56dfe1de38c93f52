// CharTraining.js: what train does: plans a run, goes through it and reports; keeps the best; grows with the alphabet.
import { assertNotAborted } from '../core/abort.js';
import { isSameText, planRun } from './char-plan.js';
import { ArgumentError } from '../core/errors.js';
import { grow } from './growth.js';
import { Learner } from './Learner.js';
import { healthy } from './RunHealth.js';
import { hashOf } from '../core/hash.js';
import { finish, signalOf } from '../core/pieces.js';
import { measureInPieces } from './measure.js';
import { RunSteps } from './RunSteps.js';
import { isList, textsOf } from './texts.js';
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
 * @property {import('./growth.js').HeldNetwork} held where the alphabet grows, another takes its place
 * @property {import('../sampling/Alphabet.js').Alphabet} alphabet
 * @property {{ seconds?: number, lines?: boolean }} notes what is known of its texts and training, kept up to date
 */

/** A run goes back by at least this many steps, where it has so many, and by at most twice as many. */
const POINT_STEPS = 100;
/** With a signal, seconds between reports, where no step is longer. */
const HEARING_SECONDS = 0.1;

export class CharTraining {
  #held;
  #alphabet;
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
  constructor({ held, alphabet, notes }, checkpoint = { step: 0, chars: 0 }) {
    const { network } = held;
    this.#held = held;
    this.#alphabet = alphabet;
    this.#notes = notes;
    this.#learner = new Learner(network, checkpoint);
    this.#opened = checkpoint.last;
    if (checkpoint.parameters) this.#taken = { best: network.parameters(), last: checkpoint.parameters };
  }

  get #network() {
    return this.#held.network;
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
    const list = isList(texts) ? [...texts] : texts;
    const plan = () => {
      const { step } = this.#learner;
      const { seconds } = this.#notes;
      return planRun(list, given, { network: this.#network, alphabet: this.#alphabet, step, seconds, opened: this.#opened });
    };
    const known = this.#alphabet.size;
    const first = plan();
    // What was trained meanwhile may have added characters.
    const pieces = this.#start(() => (this.#alphabet.size === known ? first : plan()), () => pieces);
    return pieces;
  }

  /**
   * @param {() => import('./char-plan.js').CharPlan} plan
   * @param {() => TrainPieces} self
   * @returns {TrainPieces}
   */
  *#start(plan, self) {
    if (this.#isInStep) throw new ArgumentError('train: this model is in the middle of a step of another training');
    const { opened, options, alphabet, text, isOfLines, reader, measured, isNewBudget, isNewRate } = plan();
    assertNotAborted(options.signal);
    this.#learner.assertUsable();
    // Ends it as if its loop had been left; whoever still holds it is told that it is done.
    this.#pieces?.return();
    this.#pieces = self();
    this.#isInStep = true;
    try {
      const planned = opened === this.#opened ? opened : undefined;
      const former = planned ? { text: planned.text, optimizer: planned.trainer.optimizer.name }
        : this.#run && { text: this.#text, optimizer: this.#learner.trainer.optimizer };
      const grown = alphabet.characters.slice(this.#alphabet.size);
      const { going, isSamePlace } = this.#prepare(alphabet, reader, options, planned);
      const here = { step: this.#learner.step, read: reader.read };
      const best = { of: hashOf(measured), misses: 0 };
      const fresh = { start: here, since: here, seconds: 0, health: healthy(), best };
      const isSame = former !== null && isSameText(former.text, text);
      const now = { isSamePlace, isSameText: isSame, isNewBudget, isNewRate };
      const state = going ? continuedState(going.state, fresh, now) : fresh;
      const run = new TrainingRun(options, this.#learner, state, this.#alphabet.size);
      const at = isSamePlace ? 'same place' : isSame ? 'start of the same text' : 'start of another text';
      if (former) run.beginning.resumed = { at, moments: former.optimizer === options.optimizer.name };
      if (grown.length > 0) run.beginning.grown = grown;
      this.#run = run;
      this.#text = text;
      this.#notes.lines = isOfLines || undefined;
      this.#opened = undefined;
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
   * Gets ready to train like this, from the parameters that the next step starts from; for a larger alphabet with another
   * network in the place of that before.
   * @param {import('../sampling/Alphabet.js').Alphabet} alphabet
   * @param {import('./TextReader.js').TextReader} reader
   * @param {import('./train-options.js').CheckedTrainOptions} options
   * @param {TrainingCheckpoint['last']} going
   */
  #prepare(alphabet, reader, options, going) {
    const former = this.#network;
    const next = this.#next;
    if (alphabet.size === this.#alphabet.size) {
      const isSamePlace = this.#learner.prepare(reader, options, going);
      if (next) former.setParameters(next);
      this.#taken = null;
      return { going, isSamePlace };
    }
    const parts = { parameters: next ?? former.parameters(), learner: this.#learner, last: this.checkpoint().last };
    const sizes = { from: this.#alphabet.size, to: alphabet.size };
    const { network, learner, run, isSamePlace } = grow(former, sizes, parts, reader, options);
    this.#learner = learner;
    this.#held.network = network;
    this.#alphabet.become(alphabet);
    this.#taken = null;
    former.dispose();
    return { going: going && run, isSamePlace };
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
    const steps = new RunSteps(run, learner, this.#network);

    /** The second is young: what spoils the run may be in it already. @type {import('./RunSteps.js').GoodPoint[]} */
    let points = [];
    let tally = { from: run.elapsed, steps: 0, loss: 0, chars: 0 };
    let gradientNorm = 0;
    for (;;) {
      if (recoveries > 0 && !(learner.step - points[points.length - 1]?.step < POINT_STEPS)) {
        points = [...points.slice(-1), { ...learner.point(), health: health.state }];
      }
      trainer.learningRate = run.learningRate;
      const result = steps.trainStep();
      let wrong = typeof result === 'string' ? result : '';
      const goBack = () => {
        steps.goBack(points[0], wrong);
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
    if (!report?.done) this.#learner.assertUsable();
  }

  /**
   * @param {TrainingRun} run
   * @param {Int32Array[]} texts
   * @returns {Generator<undefined, number | undefined, void>} nats a character, NaN where the logits are not finite;
   *   undefined where a signal ended it
   */
  *#validate(run, texts) {
    const measured = { loss: NaN };
    this.#validation = measureInPieces(texts, this.#held, run, measured);
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
