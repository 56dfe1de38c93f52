// char-task.js: what is special of training a character model.
import { planRun } from '../tokens/sequence-plan.js';
import { precisionFor } from './char-defaults.js';

/**
 * One text; or several, each of which starts from the initial state, after a line's end, and ends with one, where the
 * model's alphabet has it: see CharModel.train.
 * @typedef {string | Iterable<string>} Texts
 */

/** How a character model is trained. @typedef {import('../../training/train-options.js').RunOptions<{ text: Texts } | Exclude<Texts, string>>} TrainOptions */

/**
 * How the training of a character model stands: `chars` is what was `read`, and `charsPerSecond` how many of them a second.
 * @typedef {import('../../training/train-options.js').RunReport & { chars: number, charsPerSecond: number }} TrainReport
 */

/**
 * @param {import('../tokens/sequence-plan.js').TrainedModel} model
 * @returns {import('../../training/plan.js').Task}
 */
export const charTask = (model) => ({
  model: 'CharModel',
  source: 'text',
  held: model.held,
  keep: (texts) => model.vocabulary.listOf(texts) ?? texts,
  plan: (list, given, now) => planRun(list, given, model, now, precisionFor),
  report: (report) => /** @type {TrainReport} */ ({ ...report, chars: report.read, charsPerSecond: report.perSecond }),
});
