import { racers } from '../../model/why/racers.js';
import { colour } from '../chart.js';

/** How each network is drawn, in the order of `racers`: colours by themselves would not do. */
export const styles = [
  { label: 'RNN', colour: '--series-2', dash: [] },
  { label: 'GRU', colour: '--series-3', dash: [8, 4] },
  { label: 'LSTM', colour: '--series-1', dash: [] },
  { label: 'peephole', colour: '--series-4', dash: [2, 3] },
];

/** Room at the right of a chart for the labels. */
export const LABEL_WIDTH = 72;
const LABEL_HEIGHT = 15;

/** One line for each network. @type {() => import('uplot').Series[]} */
export const lines = () => racers.map(({ name }, k) => ({
  label: name,
  stroke: () => colour(styles[k].colour),
  dash: styles[k].dash,
  width: 2,
  points: { show: false },
}));

/**
 * Writes each network's name where its line ends; names that would lie on one another are moved up, and where there is
 * no room above, all down.
 *
 * @param {import('uplot')} chart
 */
export function labelEnds(chart) {
  const { ctx, bbox, data, scales } = chart;
  const ratio = devicePixelRatio;
  const height = LABEL_HEIGHT * ratio;
  /** @type {{ label: string, colour: string, x: number, y: number, width: number }[]} */
  const labels = [];
  ctx.save();
  ctx.font = `600 ${12 * ratio}px system-ui, sans-serif`;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'middle';
  styles.forEach(({ label, colour: name }, k) => {
    const values = /** @type {(number | null)[]} */ (data[k + 1]);
    const last = values.findLastIndex((value) => value !== null && value >= (scales.y.min ?? -Infinity));
    if (last < 0) return;
    const x = chart.valToPos(data[0][last], 'x', true) + 6 * ratio;
    const y = chart.valToPos(/** @type {number} */ (values[last]), 'y', true);
    const bottom = bbox.top + bbox.height - height / 2;
    labels.push({ label, colour: colour(name), x, y: Math.min(bottom, y), width: ctx.measureText(label).width });
  });
  labels.sort((one, other) => other.y - one.y);
  labels.forEach((label, k) => {
    for (const placed of labels.slice(0, k)) {
      const isBeside = label.x > placed.x + placed.width || placed.x > label.x + label.width;
      if (!isBeside && label.y > placed.y - height) label.y = placed.y - height;
    }
  });
  const missing = Math.max(0, bbox.top + height / 2 - Math.min(...labels.map(({ y }) => y)));
  for (const { label, colour: fill, x, y } of labels) {
    ctx.fillStyle = fill;
    ctx.fillText(label, x, y + missing);
  }
  ctx.restore();
}
