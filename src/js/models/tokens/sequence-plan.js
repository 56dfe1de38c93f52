// sequence-plan.js: what a call of train of a model of characters, or of tokens, stands for: what is read how, and how the
// vocabulary grows with it.
import { ArgumentError } from '../../core/errors.js';
import { hashOf } from '../../core/hash.js';
import { scoreInPieces } from '../../sampling/in-pieces.js';
import { checkDropout } from '../../training/dropout-options.js';
import { ownDataOf } from '../../training/own-data.js';
import { assertLeft, isSameData, readAsked } from '../../training/plan.js';
import { BATCH_SIZE, withDefaults } from '../../training/run-defaults.js';
import { CHAR_WINDOW, dropoutFor } from '../characters/char-defaults.js';
import { grow } from './growth.js';
import { TextReader } from './TextReader.js';
import { encodeTexts, shapeFor, textsOf } from './texts.js';

/** @typedef {import('../../training/plan.js').OpenedRun} OpenedRun */
/** @typedef {import('../../training/plan.js').DataMark} DataMark */

/**
 * What is trained.
 * @typedef {object} TrainedModel
 * @property {import('./growth.js').HeldNetwork} held where the vocabulary grows, another takes its place
 * @property {import('./face.js').AnyVocabulary} vocabulary
 * @property {import('./SequenceModel.js').Notes} notes kept up to date
 */

/**
 * @param {unknown} list a sequence, or an array of such
 * @param {unknown} asked options
 * @param {TrainedModel} model
 * @param {{ step: number, opened?: OpenedRun }} now updates so far, and a run to go on with
 * @param {import('../../training/run-defaults.js').ModelDefaults['precisionFor']} [precisionFor]
 * @returns {import('../../training/plan.js').Plan}
 * @throws {ArgumentError}
 */
export function planRun(list, asked, { held, vocabulary: former, notes }, { step, opened }, precisionFor) {
  const { network } = held;
  const { read, ...isNew } = readAsked(asked, opened, notes.seconds);
  const vocabulary = former.copy();
  const { words, data: { source } } = vocabulary;
  const { all, data, end } = encodeAll(list, vocabulary, opened?.data);

  const { validation } = read;
  const given = typeof validation === 'object' ? ownDataOf(validation, source) : null;
  const own = given && encodeTexts(given.data, given.path, vocabulary, { end: data.ends ? end : undefined });
  const count = typeof validation === 'number' ? Math.floor(all.length * validation) : 0;
  const learnt = all.subarray(0, all.length - count);
  const shaped = { ...read, ...shapeFor(learnt, read, { batchSize: BATCH_SIZE, window: CHAR_WINDOW }) };
  const reader = new TextReader(learnt, shaped, { source, many: words.many });
  const { perEpoch } = reader;
  const windowsAnEpoch = perEpoch / (shaped.batchSize * shaped.window);
  const options = withDefaults(shaped, network, { perEpoch, windowsAnEpoch }, { dropoutFor, precisionFor });
  checkDropout('train', options, network.config);
  const measured = own ?? all.subarray(all.length - count);
  if (validation !== 0 && textsOf(measured).length === 0) {
    const got = own ? measured.length : `${count} of ${all.length}`;
    throw new ArgumentError(`train: validation must leave at least 2 ${words.many} to measure on, got ${got}`);
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
    guess: Math.log(vocabulary.size),
    ...(validation !== 0 && { measure: { hash: hashOf(measured), pieces: () => lossInPieces(textsOf(measured), held) } }),
    ...(vocabulary.size > known && { growth: {
      grown: vocabulary.names.slice(known),
      grow: (parts) => grow(held.network, { from: known, to: vocabulary.size }, parts),
      accept: () => former.become(vocabulary),
    } }),
    isStale: () => former.size !== known,
    begin() {
      const { lines } = notes;
      notes.lines = isOfLines || undefined;
      return () => void (notes.lines = lines);
    },
  };
}

/**
 * @param {readonly Int32Array[]} texts
 * @param {import('./growth.js').HeldNetwork} held
 * @returns {import('../../core/pieces.js').Pieces<number>} nats a token
 */
function* lossInPieces(texts, held) {
  let sum = 0;
  for (const tokens of texts) sum += yield* scoreInPieces(held, 'train', tokens, held.network.initialState());
  return sum / texts.reduce((count, { length }) => count + length - 1, 0);
}

/**
 * @param {unknown} list
 * @param {import('./face.js').AnyVocabulary} vocabulary its new names are added, unless there is a rule for them
 * @param {DataMark} [former] what the run read that goes on
 */
function encodeAll(list, vocabulary, former) {
  const { unknown, end, data: { source } } = vocabulary;
  const rule = unknown === 'error' ? 'grow' : unknown;
  const path = `train: ${source}`;
  const isSeveral = vocabulary.listOf(list) !== undefined;
  if (isSeveral && former && !former.ends) {
    // The run of before texts had ends goes on without them.
    const all = encodeTexts(list, path, vocabulary, { rule, least: 1 });
    const data = markOf(all);
    if (isSameData(former, data)) return { all, data, end };
  }
  const all = encodeTexts(list, path, vocabulary, { rule, end });
  return { all, data: { ...markOf(all), ...(isSeveral && end !== undefined && { ends: true }) }, end };
}

/** @param {Int32Array} all @returns {DataMark} */
const markOf = (all) => ({ hash: hashOf(all), length: all.length });
