// plan.js: what a call of train stands for, whatever is trained: the run that goes on, and its budget.
import { objectOf } from '../core/check.js';
import { ArgumentError } from '../core/errors.js';
import { continuedOptions, hasBudget, readTrainOptions } from './train-options.js';
import { isUsedUp, progressOf } from './TrainingRun.js';

/** Of a training whose budget nobody says. */
const SECONDS = 60;

/**
 * A run, as a checkpoint has it.
 * @typedef {object} RunCheckpoint
 * @property {DataMark} data all of them, with the part to validate with
 * @property {Record<string, unknown>} options what plainOptions gave
 * @property {import('./TrainingRun.js').RunState} state
 */

/**
 * A model's training.
 * @typedef {object} TrainingCheckpoint
 * @property {number} step
 * @property {number} read
 * @property {RunCheckpoint & import('./Learner.js').LearnerCheckpoint} [last] run, if there was one
 * @property {Record<string, Float32Array>} [parameters] those that the next step starts from, where the model has others: its best
 */

/** @typedef {NonNullable<TrainingCheckpoint['last']>} OpenedRun */

/**
 * By what data are known again.
 * @typedef {object} DataMark
 * @property {string} hash
 * @property {number} length
 * @property {boolean} [ends] of several texts, which begin after a line's end and end with one
 */

/**
 * Another network in the place of the one before.
 * @typedef {object} Growth
 * @property {string[]} grown what there is more now: characters, tokens
 * @property {(parts: { parameters: Record<string, Float32Array>, last?: OpenedRun }) => { network: any, last?: OpenedRun }} grow
 *   a larger network with these parameters, and what becomes of the run
 * @property {() => void} accept it is in its place now
 */

/**
 * What is going to be done, with nothing left unsaid.
 * @typedef {object} Plan
 * @property {OpenedRun} [opened] what it goes on from
 * @property {import('./train-options.js').CheckedTrainOptions} options
 * @property {import('./Learner.js').Reader} reader of what is trained on
 * @property {DataMark} data all of them, with the part to validate with
 * @property {import('./measure.js').Measure} [measure] absent: there is nothing to validate with
 * @property {number} guess what guessing costs, nats or squared error: see RunHealth
 * @property {boolean} isNewBudget and not what is left of a former run's
 * @property {boolean} isNewRate
 * @property {Growth} [growth]
 * @property {number} [learnt] rows or steps that are learnt, where others are only read: for the first report
 * @property {() => boolean} [isStale] has what it was made of changed?
 * @property {() => (() => void)} [begin] it begins; gives what takes that back, where it ends with no step made
 */

/**
 * What is special of a model.
 * @typedef {object} Task
 * @property {string} model what it is called, for messages: 'CharModel'
 * @property {'text' | 'data'} source what it is trained on, for reports
 * @property {{ network: import('./Learner.js').Trainee }} held who is trained; a plan may put another in its place
 * @property {(data: any) => any} [keep] what can be gone through only once, as a list
 * @property {(data: any, given: unknown, now: { step: number, opened?: OpenedRun }) => Plan} plan checks
 *   everything, and changes nothing
 * @property {(report: import('./train-options.js').RunReport) => import('./train-options.js').RunReport} [report] a report with what the model adds to it
 */

/**
 * @param {unknown} given options of train
 * @param {OpenedRun} [opened] a run to go on with
 * @param {number} [seconds] of a run whose budget nobody says
 */
export function readAsked(given, opened, seconds = SECONDS) {
  const asked = objectOf('train', given);
  const said = opened ? continuedOptions(opened.options, asked) : asked;
  return {
    read: readTrainOptions(hasBudget(said) ? said : { ...said, seconds }),
    isNewBudget: hasBudget(asked) || !hasBudget(said),
    isNewRate: asked.learningRate !== undefined,
  };
}

/**
 * @param {DataMark} a
 * @param {DataMark} b
 */
export const isSameData = (a, b) => a.hash === b.hash && a.length === b.length;

/**
 * Where a run goes on, for its first report.
 * @param {Task['source']} source
 * @param {boolean} isSamePlace
 * @param {boolean} isSame are the data?
 */
export function placeOf(source, isSamePlace, isSame) {
  if (isSamePlace) return 'same place';
  if (source === 'text') return isSame ? 'start of the same text' : 'start of another text';
  return isSame ? 'start of the same data' : 'start of other data';
}

/**
 * @param {OpenedRun} run that goes on with what is left of its budget
 * @param {import('./train-options.js').CheckedTrainOptions} options
 * @param {number} step
 * @param {import('./Learner.js').Reader} reader
 * @throws {ArgumentError} where it is used up
 */
export function assertLeft({ state, reader: position }, options, step, reader) {
  // Of other data nothing is read yet.
  const before = reader.goTo(position) ? state : { ...state, since: { ...state.since, read: 0 } };
  if (!isUsedUp(progressOf(options, before, step, reader))) return;
  throw new ArgumentError(
    `train: the run of this checkpoint is over, at step ${step}: seconds, epochs or steps must say how much more to train`,
    { cause: RUN_IS_OVER },
  );
}

/** The cause of an error that says so. */
export const RUN_IS_OVER = 'the run is over';
