import uPlot from 'uplot';
import { byId } from '../../dom.js';
import { axis, colour, makeChart, short } from '../chart.js';

/** The characters seen are the same axis in both charts. */
const seen = {
  /** @type {import('uplot').Scale} */
  scale: { time: false, range: (_, __, max) => [0, Math.max(max ?? 0, 50_000)] },
  /** @type {import('uplot').Axis} */
  axis: { ...axis, size: 34, values: (_, ticks) => ticks.map(short) },
};
const WIDTH = 48;

/**
 * The loss over the characters seen, with that of an earlier run beside it, and the norm of the gradient, live.
 *
 * @param {import('../../model/learn/Session.js').Session} session
 * @param {import('../../model/learn/EarlierRuns.js').EarlierRuns} earlier
 */
export function showLoss(session, earlier) {
  const { curve } = session;
  /** @type {() => import('uplot').AlignedData} */
  const data = () => {
    const { chosen } = earlier;
    if (!chosen) return [curve.chars, curve.loss, curve.valLoss, [], []];
    return uPlot.join([[curve.chars, curve.loss, curve.valLoss], [chosen.chars, chosen.loss, chosen.valLoss]]);
  };
  const drawLoss = makeChart(byId('learn-chart'), lossOptions(), data);
  const drawNorm = makeChart(byId('learn-norm-chart'), normOptions(), () => [curve.chars, curve.gradientNorm]);
  const more = /** @type {HTMLDetailsElement} */ (byId('learn-more'));
  const draw = () => {
    drawLoss();
    if (more.open) drawNorm();
  };
  session.addEventListener('report', draw);
  session.addEventListener('model', draw);
  earlier.addEventListener('change', drawLoss);
  more.addEventListener('toggle', draw);
}

/** @param {string} name @param {Partial<import('uplot').Series>} more @returns {import('uplot').Series} */
const line = (name, more) => ({ stroke: () => colour(name), spanGaps: true, points: { show: false }, ...more });

/** @type {() => Omit<import('uplot').Options, 'width' | 'height'>} */
const lossOptions = () => ({
  cursor: { show: false },
  scales: {
    x: seen.scale,
    y: { range: (_, min, max) => (min == null ? [1, 5] : [Math.floor(min * 2) / 2, Math.ceil(max * 2) / 2]) },
  },
  axes: [
    { ...seen.axis, size: 26, labelSize: 0 },
    { ...axis, label: 'nats per character', size: WIDTH },
  ],
  series: [
    {},
    line('--accent', { width: 1.5 }),
    line('--second', { width: 2, points: { show: true, size: 5, fill: () => colour('--second') } }),
    line('--ink-soft', { width: 1 }),
    line('--ink-soft', { width: 1, dash: [4, 3] }),
  ],
});

/** @type {() => Omit<import('uplot').Options, 'width' | 'height'>} */
const normOptions = () => ({
  cursor: { show: false },
  scales: {
    x: seen.scale,
    y: { distr: 3, range: (_, min, max) => (min == null ? [0.1, 10] : powersAround(min, max)) },
  },
  axes: [
    { ...seen.axis, label: 'characters seen' },
    {
      ...axis,
      label: 'norm',
      size: WIDTH,
      filter: (_, ticks) => ticks.map((tick) => (Number.isInteger(Math.log10(tick)) ? tick : null)),
      values: (_, ticks) => ticks.map((tick) => (tick === null ? '' : String(tick))),
    },
  ],
  series: [{}, line('--accent', { width: 1.5 })],
});

/**
 * The powers of ten below and above.
 *
 * @param {number} min
 * @param {number} max
 * @returns {[number, number]}
 */
function powersAround(min, max) {
  const below = Math.floor(Math.log10(min));
  return [10 ** below, 10 ** Math.max(Math.ceil(Math.log10(max)), below + 1)];
}
