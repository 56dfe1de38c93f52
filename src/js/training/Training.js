// Training.js: what train does: plans a run, goes through it and reports; keeps the best. What is special of a model is told
// by its task.
import { assertNotAborted } from '../core/abort.js';
import { ArgumentError } from '../core/errors.js';
import { hashOf } from '../core/hash.js';
import { finish, signalOf } from '../core/pieces.js';
import { assertThreads, gatherInPieces, inTurns } from './crew.js';
import { areEqual, Learner } from './Learner.js';
import { measureInPieces } from './measure.js';
import { isSameData, placeOf } from './plan.js';
import { healthy } from './RunHealth.js';
import { RunSteps } from './RunSteps.js';
import { plainOptions } from './train-options.js';
import { continuedState, TrainingRun } from './TrainingRun.js';

/** @typedef {import('./train-options.js').RunReport} RunReport */
/** @typedef {import('./plan.js').Plan} Plan */
/** @typedef {import('./plan.js').Task} Task */
/** @typedef {import('./plan.js').RunCheckpoint} RunCheckpoint */
/** @typedef {import('./plan.js').TrainingCheckpoint} TrainingCheckpoint */
/**
 * A report where one is due, after a piece of work; or what has to be waited for before the next, where a team trains.
 * @typedef {Generator<RunReport | Promise<void> | undefined, void, void>} TrainPieces
 */
/** @typedef {Record<string, Float32Array>} Parameters */

/** With a signal, seconds between reports, where no step is longer. */
const HEARING_SECONDS = 0.1;

/** What is measured where nothing is. */
const NOTHING = hashOf(new Int32Array());

export class Training {
  #task;
  #held;
  #learner;
  /** @type {TrainingRun | null} */
  #run = null;
  /** @type {import('./plan.js').DataMark} */
  #data = { hash: '', length: 0 };
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

  /**
   * @param {Task} task
   * @param {TrainingCheckpoint} [checkpoint] to go on from
   */
  constructor(task, checkpoint = { step: 0, read: 0 }) {
    const { network } = task.held;
    this.#task = task;
    this.#held = task.held;
    this.#learner = new Learner(task.model, network, checkpoint);
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
    const { step, read } = this.#learner;
    const run = this.#run;
    const last = run
      ? { data: this.#data, options: plainOptions(run.options), state: run.state, ...this.#learner.checkpoint() }
      : this.#opened;
    const next = this.#next;
    return { step, read, ...(last && { last }), ...(next && { parameters: next }) };
  }

  /** How many updates were made in the life of the model. */
  get steps() {
    return this.#learner.step;
  }

  /** The parameters that the next step starts from, where the network has others: the best, since a run ended. */
  get #next() {
    const taken = this.#taken;
    return taken && areEqual(this.#network.parameters(), taken.best) ? taken.last : undefined;
  }

  /**
   * Checks everything now; trains when the generator is asked.
   * @param {unknown} data
   * @param {unknown} given options
   * @param {import('./crew.js').Crew} [crew] who finds those that train with it
   * @returns {TrainPieces}
   */
  start(data, given, crew) {
    assertNotAborted(signalOf('train', given));
    const kept = this.#task.keep?.(data) ?? data;
    const plan = () => this.#task.plan(kept, given, { step: this.#learner.step, opened: this.#opened });
    const first = plan();
    assertThreads(first.options.threads, crew);
    // What was trained meanwhile may have changed what the data mean.
    const pieces = this.#start(() => (first.isStale?.() ? plan() : first), () => pieces, crew);
    return pieces;
  }

  /**
   * @param {() => Plan} planOf
   * @param {() => TrainPieces} self
   * @param {import('./crew.js').Crew} [crew]
   * @returns {TrainPieces}
   */
  *#start(planOf, self, crew) {
    if (this.#isInStep) throw new ArgumentError('train: this model is in the middle of a step of another training');
    const plan = planOf();
    const { opened, options, data, reader, measure, guess, isNewBudget, isNewRate } = plan;
    assertNotAborted(options.signal);
    this.#learner.assertUsable();
    // Ends it as if its loop had been left; whoever still holds it is told that it is done.
    this.#pieces?.return();
    this.#pieces = self();
    this.#isInStep = true;
    try {
      const team = crew && (yield* inTurns(gatherInPieces(crew, this.#network, options), (piece) => this.#pause(piece)));
      const planned = opened === this.#opened ? opened : undefined;
      const former = planned ? { data: planned.data, optimizer: planned.trainer.optimizer.name }
        : this.#run && { data: this.#data, optimizer: this.#learner.trainer.optimizer };
      const { going, isSamePlace } = this.#prepare(plan, planned, team);
      const here = { step: this.#learner.step, read: reader.read };
      const best = { of: measure?.hash ?? NOTHING, misses: 0 };
      const fresh = { start: here, since: here, seconds: 0, health: healthy(), best };
      const isSame = former !== null && isSameData(former.data, data);
      const now = { isSamePlace, isSameData: isSame, isNewBudget, isNewRate };
      const state = going ? continuedState(going.state, fresh, now) : fresh;
      const run = new TrainingRun(options, this.#learner, state, guess);
      if (former) run.beginning.resumed = { at: placeOf(this.#task.source, isSamePlace, isSame), moments: former.optimizer === options.optimizer.name };
      if (plan.growth) run.beginning.grown = plan.growth.grown;
      if (plan.learnt !== undefined) run.beginning.learnt = plan.learnt;
      const undo = this.#begin(run, plan);
      try {
        yield* this.#loop(run, measure);
      } finally {
        run.end();
        if (options.keepBest) this.#takeBest(run.best.parameters);
        if (this.#learner.step === here.step) undo();
      }
    } finally {
      this.#isInStep = false;
      if (this.#pieces === self()) this.#pieces = null;
    }
  }

  /**
   * A run begins.
   * @param {TrainingRun} run
   * @param {Plan} plan
   * @returns {() => void} what makes of a model that was not trained such a one again
   */
  #begin(run, { data, begin, growth }) {
    const former = { run: this.#run, data: this.#data, opened: this.#opened };
    this.#run = run;
    this.#data = data;
    const undo = begin?.();
    this.#opened = undefined;
    return () => {
      undo?.();
      // The trainer and its reader are those of this run: with one before it, it stays that which a checkpoint goes on with.
      if (former.run || growth) return;
      this.#run = null;
      this.#data = former.data;
      this.#opened = former.opened;
    };
  }

  /**
   * Gets ready to train like this, from the parameters that the next step starts from; where what is trained has to grow
   * for it, with another in its place.
   * @param {Plan} plan
   * @param {TrainingCheckpoint['last']} going
   * @param {import('./crew.js').Team} [team]
   */
  #prepare({ reader, options, growth }, going, team) {
    const former = this.#network;
    const next = this.#next;
    if (!growth) {
      const isSamePlace = this.#learner.prepare(reader, options, going, team);
      if (next) former.setParameters(next);
      this.#taken = null;
      return { going, isSamePlace };
    }
    const grown = growth.grow({ parameters: next ?? former.parameters(), last: this.checkpoint().last });
    try {
      const learner = new Learner(this.#task.model, grown.network, this.#learner);
      const isSamePlace = learner.prepare(reader, options, grown.last, team);
      this.#learner = learner;
      this.#held.network = grown.network;
      growth.accept();
      this.#taken = null;
      former.dispose();
      return { going: going && grown.last, isSamePlace };
    } catch (error) {
      grown.network.dispose();
      throw error;
    }
  }

  /**
   * @param {TrainingRun} run
   * @param {Plan['measure']} measure
   * @returns {TrainPieces}
   */
  *#loop(run, measure) {
    const learner = this.#learner;
    const { trainer } = learner;
    const { options, best } = run;
    const { validateEvery, reportEvery, signal, patience = Infinity } = options;
    const steps = new RunSteps(run, learner, this.#network);

    let tally = { from: run.elapsed, steps: 0, loss: 0, read: 0 };
    let gradientNorm = 0;
    for (;;) {
      steps.keepPoint();
      trainer.learningRate = run.learningRate;
      const result = yield* inTurns(steps.trainStep(), (piece) => this.#pause(piece));
      let wrong = typeof result === 'string' ? result : '';
      if (typeof result === 'string') {
        steps.goBack(wrong);
      } else {
        gradientNorm = result.gradientNorm;
        tally.steps += 1;
        tally.loss += result.loss;
        tally.read += result.count;
      }
      const time = Math.max(run.elapsed - tally.from, 1e-6);
      let isDone = run.isOver();
      const isDue = measure !== undefined && (isDone || (!wrong && learner.step % validateEvery === 0));
      let valLoss = isDue ? yield* this.#validate(run, measure) : undefined;
      if (isDue && valLoss === undefined) isDone = false;
      if (Number.isNaN(valLoss)) {
        valLoss = undefined;
        wrong = 'the loss of the validation is not finite';
        steps.goBack(wrong);
        isDone = run.isOver();
      }
      if (!isDone && !isDue && !wrong && learner.step % reportEvery !== 0 && !(signal && time >= HEARING_SECONDS)) {
        yield* this.#pause();
        if (!signal?.aborted) continue;
      }

      const isStopped = valLoss !== undefined && best.misses >= patience;
      isDone ||= isStopped;
      const report = run.report({ ...tally, gradientNorm, perSecond: tally.read / time, wrong, valLoss, isStopped, isDone });
      yield* this.#pause(this.#task.report?.(report) ?? report);
      if (isDone) return;
      assertNotAborted(signal);
      tally = { from: run.elapsed, steps: 0, loss: 0, read: 0 };
    }
  }

  /**
   * Between two pieces of work.
   * @template {RunReport | Promise<void> | undefined} R
   * @param {R} [report] or what is to be waited for
   * @returns {Generator<R | undefined, void, void>}
   */
  *#pause(report) {
    this.#isInStep = false;
    yield report;
    this.#isInStep = true;
    if (!(report && 'done' in report && report.done)) this.#learner.assertUsable();
  }

  /**
   * @param {TrainingRun} run
   * @param {NonNullable<Plan['measure']>} measure
   * @returns {Generator<undefined, number | undefined, void>} its loss, NaN where it is not finite; undefined where a
   *   signal ended it
   */
  *#validate(run, measure) {
    const measured = { loss: NaN };
    this.#validation = measureInPieces(measure, this.#held, run, measured);
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
