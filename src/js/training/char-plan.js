// char-plan.js: what a call of train stands for: the run's options, with nothing left unsaid, and what is read how.
import { withDefaults } from './char-defaults.js';
import { objectOf } from '../core/check.js';
import { checkDropout } from './dropout-options.js';
import { ArgumentError } from '../core/errors.js';
import { hashOf } from '../core/hash.js';
import { encodeTexts, TextReader, textsOf } from './TextReader.js';
import { continuedOptions, hasBudget, readTrainOptions } from './train-options.js';

/** Of a training whose budget nobody says. */
const SECONDS = 60;

/**
 * @typedef {object} CharPlan
 * @property {import('./train-options.js').CheckedTrainOptions} options
 * @property {{ hash: string, length: number }} text all of it, with the part to validate with
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
  const all = encodeTexts(texts, 'train: text', encode);
  const text = { hash: hashOf(all), length: all.length };
  if (opened) assertSame(opened.text, text);

  const { validation } = read;
  const own = typeof validation === 'object' ? encodeTexts(validation.text, 'train: validation.text', encode) : null;
  const count = typeof validation === 'number' ? Math.floor(all.length * validation) : 0;
  const reader = new TextReader(all.subarray(0, all.length - count), read);
  const options = withDefaults(read, network, reader.perEpoch);
  checkDropout('train', options, network.config);
  const measured = own ?? all.subarray(all.length - count);
  if (validation !== 0 && textsOf(measured).length === 0) {
    const got = own ? measured.length : `${count} of ${all.length}`;
    throw new ArgumentError(`train: validation must leave at least 2 characters to measure on, got ${got}`);
  }
  const isNewBudget = hasBudget(asked) || !hasBudget(said);
  return { options, text, reader, measured, isNewBudget, isNewRate: asked.learningRate !== undefined };
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
