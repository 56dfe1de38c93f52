import uPlot from 'uplot';
import { oncePerFrame } from '../dom.js';

const FONT = '12px system-ui, sans-serif';

/** A colour of the style sheet, as it is now. @param {string} name */
export function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** A large number in little room. @param {number} n */
export function short(n) {
  if (n >= 1e6) return `${+(n / 1e6).toFixed(2)} M`;
  if (n >= 1e3) return `${+(n / 1e3).toFixed(1)} k`;
  return String(n);
}

/** What all axes have in common. */
export const axis = {
  stroke: () => colour('--ink-soft'),
  grid: { stroke: () => colour('--line'), width: 1 },
  ticks: { stroke: () => colour('--line'), width: 1 },
  font: FONT,
  labelFont: FONT,
  labelSize: 22,
};

/**
 * A chart as wide and high as its element, in the colours of the scheme.
 *
 * @param {HTMLElement} element
 * @param {Omit<import('uplot').Options, 'width' | 'height'>} options
 * @param {() => import('uplot').AlignedData} data
 * @returns {() => void}   draws the data anew in the next frame
 */
export function makeChart(element, options, data) {
  const size = () => ({ width: element.clientWidth, height: element.clientHeight });
  const common = { cursor: { drag: { x: false, y: false } }, legend: { show: false } };
  const chart = new uPlot({ ...common, ...options, ...size() }, data(), element);
  new ResizeObserver(oncePerFrame(() => chart.setSize(size()))).observe(element);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => chart.redraw(false, true));
  return oncePerFrame(() => chart.setData(data()));
}
