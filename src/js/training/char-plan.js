// char-plan.js: what a call of train stands for: the run's options, with nothing left unsaid, and what is read how.
import { CHAR_BATCH_SIZE, CHAR_WINDOW, withDefaults } from './char-defaults.js';
import { objectOf } from '../core/check.js';
import { checkDropout } from './dropout-options.js';
import { ArgumentError } from '../core/errors.js';
import { hashOf } from '../core/hash.js';
import { TextReader } from './TextReader.js';
import { encodeTexts, isList, shapeFor, textsOf } from './texts.js';
import { continuedOptions, hasBudget, readTrainOptions } from './train-options.js';

/** Of a training whose budget nobody says. */
const SECONDS = 60;

/**
 * By what a text is known again.
 * @typedef {object} TextMark
 * @property {string} hash
 * @property {number} length
 * @property {boolean} [ends] several texts, which begin after a line's end and end with one
 */

/**
 * @typedef {object} CharPlan
 * @property {import('./train-options.js').CheckedTrainOptions} options
 * @property {TextMark} text all of it, with the part to validate with
 * @property {boolean} isOfLines several texts of one line each, which begin after a line's end and end with one
 * @property {TextReader} reader of the part to train on
 * @property {Int32Array} measured the part to validate with
 * @property {boolean} isNewBudget and not what is left of a former run's
 * @property {boolean} isNewRate
 */

/**
 * @param {unknown} texts
 * @param {unknown} given options
 * @param {object} model
 * @param {import('../network/Network.js').Network} model.network
 * @param {import('../sampling/Alphabet.js').Alphabet} model.alphabet
 * @param {number} [model.seconds] of a run whose budget nobody says
 * @param {import('./CharTraining.js').RunCheckpoint} [model.opened] a run to go on with
 * @returns {CharPlan}
 * @throws {ArgumentError}
 */
export function planRun(texts, given, { network, alphabet, seconds = SECONDS, opened }) {
  const asked = objectOf('train', given);
  const said = opened ? continuedOptions(opened.options, asked) : asked;
  const read = readTrainOptions(hasBudget(said) ? said : { ...said, seconds });
  const encode = (/** @type {string} */ text, /** @type {string} */ path) => alphabet.encode(text, path);
  // A run of before texts had ends goes on without them.
  const end = opened && !opened.text.ends ? undefined : alphabet.tokenOf('\n');
  const list = isList(texts) ? [...texts] : texts;
  const all = encodeTexts(list, 'train: text', encode, end);
  const text = { hash: hashOf(all), length: all.length, ...(isList(list) && end !== undefined && { ends: true }) };
  if (opened) assertSame(opened.text, text);

  const { validation } = read;
  const own = typeof validation === 'object' ? encodeTexts(validation.text, 'train: validation.text', encode, isList(list) ? end : undefined) : null;
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
  const isOfLines = text.ends === true && textsOf(all).every((tokens) => !tokens.subarray(1, -1).includes(Number(end)));
  return { options, text, isOfLines, reader, measured, isNewBudget, isNewRate: asked.learningRate !== undefined };
}

/**
 * @param {{ hash: string, length: number }} expected
 * @param {{ hash: string, length: number }} got
 * @throws {ArgumentError}
 */
function assertSame(expected, got) {
  if (expected.hash === got.hash && expected.length === got.length) return;
  const say = (/** @type {typeof got} */ { hash, length }) => `${length} characters, hash ${hash}`;
  throw new ArgumentError(
    `train: text must be the one that the checkpoint was made with (${say(expected)}), got another (${say(got)}); ` +
      'a file of save() can be trained on any',
  );
}
