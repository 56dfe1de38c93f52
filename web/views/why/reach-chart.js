import { byId } from '../../dom.js';
import { powerOfTen, scientific } from '../../format.js';
import { axis, colour, makeChart } from '../chart.js';
import { LABEL_WIDTH, labelEnds, lines } from './series.js';

/** Smaller than this is not drawn: the numbers come to an end soon after. */
const LEAST = 1e-15;
const POWERS = [-15, -10, -5, 0, 5];
const STEPS = 200;

/**
 * How much of the gradient is left so many steps back, and a slider that reads it out.
 *
 * @param {import('../../model/why/Race.js').Race} race
 */
export function showReach(race) {
  const slider = /** @type {HTMLInputElement} */ (byId('reach-steps'));
  const steps = Float64Array.from({ length: STEPS + 1 }, (_, back) => back);
  const values = [...byId('reach-values').querySelectorAll('dd')];

  const data = () => /** @type {import('uplot').AlignedData} */ (
    [steps, ...values.map((_, k) => Array.from(race.reach[k] ?? [], (part) => (part >= LEAST ? part : null)))]);
  const draw = makeChart(byId('reach-chart'), {
    padding: [8, LABEL_WIDTH, 0, 0],
    cursor: { show: false },
    scales: { x: { time: false, range: () => [0, STEPS] }, y: { distr: 3, range: () => [LEAST, 1e5] } },
    axes: [
      { ...axis, label: 'steps back', size: 34 },
      {
        ...axis,
        label: 'gradient left',
        size: 48,
        splits: () => POWERS.map((power) => 10 ** power),
        filter: (_, splits) => splits,
        values: () => POWERS.map((power) => (power === 0 ? '1' : powerOfTen(power))),
      },
    ],
    series: [{}, ...lines()],
    hooks: {
      drawAxes: [(chart) => drawMark(chart, slider.valueAsNumber)],
      draw: [labelEnds],
      ready: [(chart) => chart.over.addEventListener('click', ({ offsetX }) => {
        slider.value = String(Math.round(chart.posToVal(offsetX, 'x')));
        show();
      })],
    },
  }, data);

  function show() {
    byId('reach-back').textContent = slider.value;
    slider.setAttribute('aria-valuetext', `${slider.value} steps back`);
    values.forEach((value, k) => {
      const part = race.reach[k]?.[slider.valueAsNumber];
      value.textContent = part === undefined ? '–' : scientific(part);
    });
    draw();
  }
  slider.addEventListener('input', show);
  race.addEventListener('progress', show);
  const details = /** @type {HTMLDetailsElement} */ (byId('why-reach'));
  return {
    /** How many steps back it reads out, where it is open. */
    get shown() {
      return details.open ? slider.valueAsNumber : undefined;
    },
    /** @param {number | undefined} back   undefined closes it */
    follow(back) {
      details.open = back !== undefined;
      if (back === undefined) return;
      slider.value = String(back);
      show();
    },
    /** Reads out this many steps back. @param {number} back */
    lookAt(back) {
      slider.value = String(back);
      show();
    },
  };
}

/** @param {import('uplot')} chart @param {number} back */
function drawMark({ ctx, bbox, valToPos }, back) {
  const x = Math.round(valToPos(back, 'x', true));
  ctx.save();
  ctx.strokeStyle = colour('--ink-soft');
  ctx.lineWidth = devicePixelRatio;
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.restore();
}
