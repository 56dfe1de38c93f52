// char-plan.js: what a call of train stands for: the run's options, with nothing left unsaid, and what is read how.
import { CHAR_BATCH_SIZE, CHAR_WINDOW, withDefaults } from './char-defaults.js';
import { objectOf } from '../core/check.js';
import { checkDropout } from './dropout-options.js';
import { ArgumentError } from '../core/errors.js';
import { hashOf } from '../core/hash.js';
import { TextReader } from './TextReader.js';
import { encodeTexts, isList, shapeFor, textsOf } from './texts.js';
import { continuedOptions, hasBudget, readTrainOptions } from './train-options.js';
import { isUsedUp, progressOf } from './TrainingRun.js';

/** Of a training whose budget nobody says. */
const SECONDS = 60;

/**
 * By what a text is known again.
 * @typedef {object} TextMark
 * @property {string} hash
 * @property {number} length
 * @property {boolean} [ends] several texts, which begin after a line's end and end with one
 */

/** @typedef {NonNullable<import('./CharTraining.js').TrainingCheckpoint['last']>} OpenedRun */

/**
 * @typedef {object} CharPlan
 * @property {OpenedRun} [opened] what it goes on from
 * @property {import('./train-options.js').CheckedTrainOptions} options
 * @property {import('../sampling/Alphabet.js').Alphabet} alphabet the model's, and behind it the text's new characters
 * @property {TextMark} text all of it, with the part to validate with
 * @property {boolean} isOfLines several texts of one line each, which begin after a line's end and end with one
 * @property {TextReader} reader of the part to train on
 * @property {Int32Array} measured the part to validate with
 * @property {boolean} isNewBudget and not what is left of a former run's
 * @property {boolean} isNewRate
 */

/**
 * @param {unknown} list a text, or an array of texts
 * @param {unknown} given options
 * @param {object} model
 * @param {import('../network/Network.js').Network} model.network
 * @param {import('../sampling/Alphabet.js').Alphabet} model.alphabet
 * @param {number} model.step updates so far
 * @param {number} [model.seconds] of a run whose budget nobody says
 * @param {OpenedRun} [model.opened] a run to go on with
 * @returns {CharPlan}
 * @throws {ArgumentError}
 */
export function planRun(list, given, { network, alphabet: former, step, seconds = SECONDS, opened }) {
  const asked = objectOf('train', given);
  const said = opened ? continuedOptions(opened.options, asked) : asked;
  const read = readTrainOptions(hasBudget(said) ? said : { ...said, seconds });
  const alphabet = former.copy();
  const { all, text, end } = encodeAll(list, alphabet, opened?.text);

  const { validation } = read;
  const encode = (/** @type {string} */ one, /** @type {string} */ path) => alphabet.encode(one, path);
  const own = typeof validation === 'object' ? encodeTexts(validation.text, 'train: validation.text', encode, text.ends ? end : undefined) : null;
  const count = typeof validation === 'number' ? Math.floor(all.length * validation) : 0;
  const learnt = all.subarray(0, all.length - count);
  const shaped = { ...read, ...shapeFor(learnt, read, { batchSize: CHAR_BATCH_SIZE, window: CHAR_WINDOW }) };
  const reader = new TextReader(learnt, shaped);
  const options = withDefaults(shaped, network, reader.perEpoch);
  checkDropout('train', options, network.config);
  const measured = own ?? all.subarray(all.length - count);
  if (validation !== 0 && textsOf(measured).length === 0) {
    const got = own ? measured.length : `${count} of ${all.length}`;
    throw new ArgumentError(`train: validation must leave at least 2 characters to measure on, got ${got}`);
  }
  const isNewBudget = hasBudget(asked) || !hasBudget(said);
  if (opened && !isNewBudget) assertLeft(opened, options, step, reader);
  const isOfLines = text.ends === true && textsOf(all).every((tokens) => !tokens.subarray(1, -1).includes(Number(end)));
  return { opened, options, alphabet, text, isOfLines, reader, measured, isNewBudget, isNewRate: asked.learningRate !== undefined };
}

/**
 * @param {unknown} list
 * @param {import('../sampling/Alphabet.js').Alphabet} alphabet its new characters are added, unless there is a rule for them
 * @param {TextMark} [former] what the run read that goes on
 */
function encodeAll(list, alphabet, former) {
  const { unknown } = alphabet;
  const end = alphabet.tokenOf('\n');
  const encode = (/** @type {string} */ one, /** @type {string} */ path) => alphabet.encode(one, path, unknown === 'error' ? 'grow' : unknown);
  const path = 'train: text';
  if (isList(list) && former && !former.ends) {
    // The run of before texts had ends goes on without them.
    const all = encodeTexts(list, path, encode, undefined, 1);
    const text = markOf(all);
    if (isSameText(former, text)) return { all, text, end };
  }
  const all = encodeTexts(list, path, encode, end);
  return { all, text: { ...markOf(all), ...(isList(list) && end !== undefined && { ends: true }) }, end };
}

/** @param {Int32Array} all @returns {TextMark} */
const markOf = (all) => ({ hash: hashOf(all), length: all.length });

/** @param {TextMark} a @param {TextMark} b */
export const isSameText = (a, b) => a.hash === b.hash && a.length === b.length;

/**
 * @param {OpenedRun} run that goes on
 * @param {import('./train-options.js').CheckedTrainOptions} options
 * @param {number} step
 * @param {TextReader} reader
 * @throws {ArgumentError} where its budget is used up, and there is no other
 */
function assertLeft({ state, reader: position }, options, step, reader) {
  // Of another text nothing is read yet.
  const before = reader.goTo(position) ? state : { ...state, since: { ...state.since, read: 0 } };
  if (!isUsedUp(progressOf(options, before, step, reader))) return;
  throw new ArgumentError(
    `train: the run of this checkpoint is over, at step ${step}: seconds, epochs or steps must say how much more to train`,
    { cause: RUN_IS_OVER },
  );
}

/** The cause of an error that says so. */
export const RUN_IS_OVER = 'the run is over';
