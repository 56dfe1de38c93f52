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
 * The loss over the characters seen, and below it the norm of the gradient, live.
 *
 * @param {import('../../model/learn/Session.js').Session} session
 */
export function showLoss(session) {
  const { curve } = session;
  const drawLoss = makeChart(byId('chart'), lossOptions(), () => [curve.chars, curve.loss, curve.valLoss]);
  const drawNorm = makeChart(byId('norm-chart'), normOptions(), () => [curve.chars, curve.gradientNorm]);
  const draw = () => {
    drawLoss();
    drawNorm();
  };
  session.addEventListener('report', draw);
  session.addEventListener('model', draw);
}

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
    { label: 'training', stroke: () => colour('--accent'), width: 1.5, points: { show: false } },
    {
      label: 'validation',
      stroke: () => colour('--second'),
      width: 2,
      spanGaps: true,
      points: { show: true, size: 5, fill: () => colour('--second') },
    },
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
  series: [{}, { label: 'gradient norm', stroke: () => colour('--accent'), width: 1.5, points: { show: false } }],
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
