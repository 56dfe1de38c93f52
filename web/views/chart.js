import uPlot from 'uplot';
import { byId, oncePerFrame } from '../dom.js';

/** When there are more points than this, every two become one. */
const MOST_POINTS = 1200;

const HEIGHT = 260;

/**
 * The loss over the characters seen, live.
 *
 * @param {import('../model/Session.js').Session} session
 */
export function showChart(session) {
  const element = byId('chart');
  const curve = new Curve();
  const chart = new uPlot(options(element), curve.data(), element);
  const draw = oncePerFrame(() => chart.setData(curve.data()));

  session.addEventListener('report', (event) => {
    curve.add(/** @type {CustomEvent} */ (event).detail);
    draw();
  });
  session.addEventListener('model', () => {
    curve.clear();
    draw();
  });

  const resize = oncePerFrame(() => chart.setSize({ width: element.clientWidth, height: HEIGHT }));
  new ResizeObserver(resize).observe(element);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => chart.redraw(false, true));
}

/** The points of the chart, thinned so that their number stays bounded. */
class Curve {
  #chars = /** @type {number[]} */ ([]);
  #loss = /** @type {number[]} */ ([]);
  #valLoss = /** @type {(number | undefined)[]} */ ([]);
  /** So many reports make one point. */
  #stride = 1;
  #waiting = /** @type {import('lstm-wasm/worker').TrainReport[]} */ ([]);

  /** @param {import('lstm-wasm/worker').TrainReport} report */
  add(report) {
    this.#waiting.push(report);
    if (this.#waiting.length < this.#stride) return;
    this.#chars.push(report.chars);
    this.#loss.push(this.#waiting.reduce((sum, { loss }) => sum + loss, 0) / this.#waiting.length);
    this.#valLoss.push(this.#waiting.findLast(({ valLoss }) => valLoss !== undefined)?.valLoss);
    this.#waiting = [];
    if (this.#chars.length > MOST_POINTS) this.#thin();
  }

  clear() {
    this.#chars = [];
    this.#loss = [];
    this.#valLoss = [];
    this.#waiting = [];
    this.#stride = 1;
  }

  /** @returns {import('uplot').AlignedData} */
  data() {
    return [this.#chars, this.#loss, this.#valLoss];
  }

  #thin() {
    const half = Math.floor(this.#chars.length / 2);
    const pairs = Array.from({ length: half }, (_, k) => 2 * k);
    const loss = this.#loss;
    const valLoss = this.#valLoss;
    const chars = this.#chars;
    this.#loss = pairs.map((k) => (loss[k] + loss[k + 1]) / 2);
    this.#valLoss = pairs.map((k) => valLoss[k + 1] ?? valLoss[k]);
    this.#chars = pairs.map((k) => chars[k + 1]);
    this.#stride *= 2;
  }
}

/** A colour of the style sheet, as it is now. @param {string} name */
function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** @param {number} n */
function short(n) {
  if (n >= 1e6) return `${+(n / 1e6).toFixed(2)} M`;
  if (n >= 1e3) return `${+(n / 1e3).toFixed(1)} k`;
  return String(n);
}

/**
 * @param {HTMLElement} element
 * @returns {import('uplot').Options}
 */
function options(element) {
  const axis = {
    stroke: () => colour('--ink-soft'),
    grid: { stroke: () => colour('--line'), width: 1 },
    ticks: { stroke: () => colour('--line'), width: 1 },
    font: '12px system-ui, sans-serif',
    labelFont: '12px system-ui, sans-serif',
  };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    cursor: { drag: { x: false, y: false } },
    legend: { show: false },
    scales: {
      x: { time: false, range: (_, __, max) => [0, Math.max(max ?? 0, 50_000)] },
      y: { range: (_, min, max) => (min == null ? [1, 5] : [Math.floor(min * 2) / 2, Math.ceil(max * 2) / 2]) },
    },
    axes: [
      { ...axis, label: 'characters seen', labelSize: 22, size: 34, values: (_, ticks) => ticks.map(short) },
      { ...axis, label: 'nats per character', labelSize: 22, size: 40 },
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
  };
}
