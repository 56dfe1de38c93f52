import { byId } from '../../dom.js';
import { BATCH_SIZE } from '../../model/why/lag-task.js';
import { axis, makeChart, short } from '../chart.js';
import { LABEL_WIDTH, labelEnds, lines } from './series.js';

/**
 * The error of each network over the sequences that it has learnt.
 *
 * @param {import('../../model/why/Race.js').Race} race
 */
export function showErrors(race) {
  const data = () => /** @type {import('uplot').AlignedData} */ (
    [race.rounds.map((round) => round * BATCH_SIZE), ...race.errors]);
  const draw = makeChart(byId('race-chart'), {
    padding: [8, LABEL_WIDTH, 0, 0],
    cursor: { show: false },
    scales: {
      x: { time: false, range: () => [0, race.until * BATCH_SIZE] },
      y: { range: () => [0, 0.8] },
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
