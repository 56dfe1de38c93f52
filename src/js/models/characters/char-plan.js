// char-plan.js: what a call of train of a character model stands for: which characters are read how, and how its alphabet
// grows with them.
import { readOptions } from '../../core/check.js';
import { ArgumentError } from '../../core/errors.js';
import { hashOf } from '../../core/hash.js';
import { scoreInPieces } from '../../sampling/in-pieces.js';
import { checkDropout } from '../../training/dropout-options.js';
import { assertLeft, isSameData, readAsked } from '../../training/plan.js';
import { BATCH_SIZE, withDefaults } from '../../training/run-defaults.js';
import { CHAR_WINDOW, dropoutFor } from './char-defaults.js';
import { grow } from './growth.js';
import { TextReader } from './TextReader.js';
import { encodeTexts, isList, shapeFor, textsOf } from './texts.js';

/** @typedef {import('../../training/plan.js').OpenedRun} OpenedRun */
/** @typedef {import('../../training/plan.js').DataMark} DataMark */

/**
 * What is trained.
 * @typedef {object} TrainedModel
 * @property {import('./growth.js').HeldNetwork} held where the alphabet grows, another takes its place
 * @property {import('../../sampling/Alphabet.js').Alphabet} alphabet
 * @property {{ seconds?: number, lines?: boolean }} notes what is known of its texts and training, kept up to date
 */

/**
 * @param {unknown} list a text, or an array of texts
 * @param {unknown} given options
 * @param {TrainedModel} model
 * @param {{ step: number, opened?: OpenedRun }} now updates so far, and a run to go on with
 * @returns {import('../../training/plan.js').Plan}
 * @throws {ArgumentError}
 */
export function planRun(list, given, { held, alphabet: former, notes }, { step, opened }) {
  const { network } = held;
  const { read, ...isNew } = readAsked(given, opened, notes.seconds);
  const alphabet = former.copy();
  const { all, data, end } = encodeAll(list, alphabet, opened?.data);

  const { validation } = read;
  const encode = (/** @type {string} */ one, /** @type {string} */ path) => alphabet.encode(one, path);
  const own = typeof validation === 'object'
    ? encodeTexts(textIn(validation), 'train: validation.text', encode, data.ends ? end : undefined) : null;
  const count = typeof validation === 'number' ? Math.floor(all.length * validation) : 0;
  const learnt = all.subarray(0, all.length - count);
  const shaped = { ...read, ...shapeFor(learnt, read, { batchSize: BATCH_SIZE, window: CHAR_WINDOW }) };
  const reader = new TextReader(learnt, shaped);
  const { perEpoch } = reader;
  const stepsAnEpoch = perEpoch / (shaped.batchSize * shaped.window);
  const options = withDefaults(shaped, network, { perEpoch, stepsAnEpoch, dropoutFor });
  checkDropout('train', options, network.config);
  const measured = own ?? all.subarray(all.length - count);
  if (validation !== 0 && textsOf(measured).length === 0) {
    const got = own ? measured.length : `${count} of ${all.length}`;
    throw new ArgumentError(`train: validation must leave at least 2 characters to measure on, got ${got}`);
  }
  if (opened && !isNew.isNewBudget) assertLeft(opened, options, step, reader);
  const known = former.size;
  const isOfLines = data.ends === true && textsOf(all).every((tokens) => !tokens.subarray(1, -1).includes(Number(end)));
  return {
    opened,
    options,
    reader,
    data,
    ...isNew,
    guess: Math.log(alphabet.size),
    ...(validation !== 0 && { measure: { hash: hashOf(measured), pieces: () => lossInPieces(textsOf(measured), held) } }),
    ...(alphabet.size > known && { growth: {
      grown: alphabet.characters.slice(known),
      grow: (parts) => grow(held.network, { from: known, to: alphabet.size }, parts),
      accept: () => former.become(alphabet),
    } }),
    isStale: () => former.size !== known,
    begin() {
      notes.lines = isOfLines || undefined;
    },
  };
}

/** @param {object} validation */
const textIn = (validation) => readOptions('train: validation', validation, { text: (value) => value }).text;

/**
 * @param {readonly Int32Array[]} texts
 * @param {import('./growth.js').HeldNetwork} held
 * @returns {import('../../core/pieces.js').Pieces<number>} nats a character
 */
function* lossInPieces(texts, held) {
  let sum = 0;
  for (const tokens of texts) sum += yield* scoreInPieces(held, 'train', tokens, held.network.initialState());
  return sum / texts.reduce((count, { length }) => count + length - 1, 0);
}

/**
 * @param {unknown} list
 * @param {import('../../sampling/Alphabet.js').Alphabet} alphabet its new characters are added, unless there is a rule for them
 * @param {DataMark} [former] what the run read that goes on
 */
function encodeAll(list, alphabet, former) {
  const { unknown } = alphabet;
  const end = alphabet.tokenOf('\n');
  const encode = (/** @type {string} */ one, /** @type {string} */ path) => alphabet.encode(one, path, unknown === 'error' ? 'grow' : unknown);
  const path = 'train: text';
  if (isList(list) && former && !former.ends) {
    // The run of before texts had ends goes on without them.
    const all = encodeTexts(list, path, encode, undefined, 1);
    const data = markOf(all);
    if (isSameData(former, data)) return { all, data, end };
  }
  const all = encodeTexts(list, path, encode, end);
  return { all, data: { ...markOf(all), ...(isList(list) && end !== undefined && { ends: true }) }, end };
}

/** @param {Int32Array} all @returns {DataMark} */
const markOf = (all) => ({ hash: hashOf(all), length: all.length });
