import { byId } from '../../dom.js';
import { count } from '../../format.js';
import { racers } from '../../model/why/lag-task.js';
import { axis, colour, makeChart } from '../chart.js';
import { styles } from './series.js';

/**
 * Each network: its size, its error, and its answers over the numbers that it was shown.
 *
 * @param {import('../../model/why/Race.js').Race} race
 */
export function showRacers(race) {
  [...byId('racers').children].forEach((card, k) => {
    const find = (/** @type {string} */ name) => /** @type {HTMLElement} */ (card.querySelector(`.${name}`));
    find('units').textContent = count(racers[k].layer.hiddenSize);
    const data = () => /** @type {import('uplot').AlignedData} */ ([race.shown, race.shown, race.answers[k] ?? []]);
    const draw = makeChart(find('answers'), options(styles[k].colour), data);
    race.addEventListener('progress', () => {
      find('weights').textContent = count(race.parameters[k]);
      find('error').textContent = race.lastErrors[k].toFixed(2);
      draw();
    });
  });
}

/** Numbers at both ends and in the middle. */
const scale = { time: false, range: () => /** @type {[number, number]} */ ([-1.15, 1.15]) };
const numbers = { ...axis, splits: () => [-1, 0, 1], values: () => ['−1', '0', '1'], gap: 2 };

/** @type {(name: string) => Omit<import('uplot').Options, 'width' | 'height'>} */
const options = (name) => ({
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
});
