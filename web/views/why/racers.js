import { byId } from '../../dom.js';
import { axis, colour, makeChart } from '../chart.js';
import { styles } from './series.js';
import { captionOf, latchText, sentenceOf, verdictText } from './words.js';

/** @typedef {import('../../model/why/Race.js').Race} Race */

/**
 * Each network: its error, what it has made of the task, and its answers: numbers over what they should be, or which are right.
 *
 * @param {Race} race
 */
export function showRacers(race) {
  [...byId('racers').children].forEach((card, k) => {
    const find = (/** @type {string} */ name) => /** @type {HTMLElement} */ (card.querySelector(`.${name}`));
    const [chart, grid, error, verdict] = ['answers', 'grid', 'error', 'verdict'].map(find);
    const data = () => /** @type {import('uplot').AlignedData} */ (
      race.task.answers === 'number' ? [sorted(race.shown), sorted(race.shown), byShown(race, k)] : [[], [], []]);
    const draw = makeChart(chart, options(race, styles[k].colour), data);
    race.addEventListener('progress', () => {
      const isNumber = race.task.answers === 'number';
      chart.hidden = !isNumber;
      grid.hidden = isNumber;
      error.textContent = race.verdicts[k].error.toFixed(2);
      verdict.textContent = verdictText(race, k);
      (isNumber ? chart : grid).setAttribute('aria-label', sentenceOf(race, k));
      if (isNumber) draw();
      else showRight(grid, race.answers[k]);
    });
  });
  race.addEventListener('progress', () => {
    byId('racers-label').textContent = captionOf(race);
    byId('race-words').textContent = latchText(race);
  });
}

/** uPlot wants the numbers across in their order. @param {Float32Array} numbers */
const sorted = (numbers) => Float32Array.from(numbers).sort();

/** @param {Race} race @param {number} k */
function byShown({ shown, answers }, k) {
  const order = Array.from(shown.keys()).sort((a, b) => shown[a] - shown[b]);
  return order.map((b) => answers[k]?.[b] ?? null);
}

/** One cell for each sequence of the test. @param {HTMLElement} grid @param {Float32Array} answers */
function showRight(grid, answers) {
  while (grid.childElementCount > answers.length) grid.lastElementChild?.remove();
  while (grid.childElementCount < answers.length) grid.append(document.createElement('i'));
  answers.forEach((right, b) => grid.children[b].classList.toggle('right', right === 1));
}

/**
 * @param {Race} race
 * @param {string} name
 * @returns {Omit<import('uplot').Options, 'width' | 'height'>}
 */
function options(race, name) {
  // Numbers at both ends and in the middle.
  const middle = () => (race.task.range[0] + race.task.range[1]) / 2;
  const splits = () => [race.task.range[0], middle(), race.task.range[1]];
  const numbers = { ...axis, splits, values: () => splits().map((number) => String(number).replace('-', '−')), gap: 2 };
  const scale = {
    time: false,
    range: () => {
      const [low, high] = race.task.range;
      const margin = 0.075 * (high - low);
      return /** @type {[number, number]} */ ([low - margin, high + margin]);
    },
  };
  return {
    padding: [4, 4, 0, 0],
    cursor: { show: false },
    scales: { x: scale, y: scale },
    axes: [{ ...numbers, size: 22 }, { ...numbers, size: 30 }],
    series: [
      {},
      { label: 'right', stroke: () => colour('--edge'), width: 1, pxAlign: 0, points: { show: false } },
      {
        label: 'answer',
        stroke: () => colour(name),
        paths: () => null,
        points: { show: true, size: 5, width: 0, fill: () => colour(name) },
      },
    ],
  };
}
