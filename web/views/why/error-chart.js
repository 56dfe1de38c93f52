import { byId } from '../../dom.js';
import { axis, makeChart, short } from '../chart.js';
import { LABEL_WIDTH, labelEnds, lines } from './series.js';

/**
 * The error of each network over the sequences that it has learnt.
 *
 * @param {import('../../model/why/Race.js').Race} race
 */
export function showErrors(race) {
  const data = () => /** @type {import('uplot').AlignedData} */ (
    [race.rounds.map((round) => race.sequences(round)), ...race.errors]);
  const draw = makeChart(byId('race-chart'), {
    padding: [8, LABEL_WIDTH, 0, 0],
    cursor: { show: false },
    scales: {
      x: { time: false, range: () => [0, race.sequences(race.until)] },
      y: { range: () => [0, race.task.answers === 'number' ? 1.4 * race.task.guessing : 1.05] },
    },
    axes: [
      { ...axis, label: 'sequences learnt', size: 34, values: (_, ticks) => ticks.map(short) },
      { ...axis, label: 'error', size: 40 },
    ],
    series: [{}, ...lines()],
    hooks: { draw: [labelEnds] },
  }, data);
  race.addEventListener('progress', draw);
  race.addEventListener('state', draw);
}
