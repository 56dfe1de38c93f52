// The race in words: what each task asks, and what came of it.
import { count } from '../../format.js';
import { racers } from '../../model/why/racers.js';

/** @typedef {import('../../model/why/Race.js').Race} Race */
/** @typedef {import('../../model/why/verdict.js').Verdict} Verdict */

/** @type {Record<string, (lag: number) => string>} */
const questions = {
  remember: (lag) => `Which number came ${lag} numbers ago?`,
  adding: () => 'Two of 100 numbers are marked: what is their sum?',
  order: () => 'X or Y, twice among 100 letters: in which order?',
  reber: () => 'Which letters may come next? The last but one depends on the second.',
  brackets: () => 'Round or square brackets, up to five deep: which closes?',
  counting: () => 'aaabbb: when do the b end? Learnt to 10, asked to 20.',
  copying: () => 'Three letters, twenty blanks: which letters were they?',
};

/** @param {Pick<Race, 'settings'>} race */
export const questionOf = ({ settings: { task, lag } }) => `Four networks learn the same: ${questions[task](lag)}`;

/** @param {Race} race */
export const captionOf = ({ task, settings }) => (task.answers === 'number'
  ? 'Answers (up) to the right number (across)'
  : settings.task === 'counting' ? 'Right answers, filled, from 1 a to 20' : 'Right answers, filled, of 64');

/** The paper's count, where it has one. @param {Race} race @returns {{ cite: string, text: string } | undefined} */
export function paperOf({ task: { paper } }) {
  if (!paper.cite) return undefined;
  const text = /** @type {Record<string, string>} */ ({
    hochreiter1997: 'Hochreiter 1997', gers2001: 'Gers 2001', arjovsky2016: 'Arjovsky 2016',
  })[paper.cite];
  return { cite: paper.cite, text: paper.sequences ? `${text}: ${count(paper.sequences)} sequences` : text };
}

/**
 * What a network has made of it, in a few words.
 *
 * @param {Race} race
 * @param {number} k
 */
export function verdictText({ verdicts, rightAfter, shown }, k) {
  const verdict = verdicts[k];
  const { kind, levels, error } = verdict;
  switch (kind) {
    case 'right': return `right after ${count(rightAfter[k] ?? 0)}`;
    case 'levels': return `on ${levels} levels`;
    case 'follows': return 'follows it';
    case 'some': return `${shown.length - Math.round(error * shown.length)} of ${shown.length} right`;
    default: return Number.isNaN(verdict.correlation) ? 'none right' : 'hardly a trace';
  }
}

/** The same as a sentence, for those who do not see the answers. @param {Race} race @param {number} k */
export function sentenceOf(race, k) {
  const { kind, correlation, levels, error } = race.verdicts[k];
  const name = racers[k].name;
  if (Number.isNaN(correlation)) return `${name}: ${race.shown.length - Math.round(error * race.shown.length)} of ${race.shown.length} answers are right.`;
  const where = kind === 'levels' ? `, on ${levels} levels` : '';
  return `Answers of the ${name}: correlation with the right number ${correlation.toFixed(2)}${where}, error ${error.toFixed(2)}.`;
}

/** What has to be said of networks that latch. @param {Race} race */
export function latchText({ verdicts }) {
  const latched = verdicts.flatMap(({ kind, levels }, k) => (kind === 'levels' ? [`${racers[k].name} ${levels} levels`] : []));
  return latched.length ? `A latch: kept is at most which level the number was near (${latched.join(', ')}).` : '';
}
