import { setAttribute } from '../../../dom.js';
import { headOf, lineThrough, svg } from './svg.js';

/** @typedef {import('./Picture.js').State} State */

/** The width of nothing, and how much wider any number can be. */
const [THIN, WIDEST] = [2, 12];
/** Of a line that carries no number that is known. */
const UNKNOWN = 3;
/** How far what passes over another line keeps it away. */
const APART = 8;

/** The width of a number's line: 8 for 1, and never over 14. @param {number} value */
const widthOf = (value) => THIN + (WIDEST * Math.abs(value)) / (1 + Math.abs(value));

/** The class of a number's sign; what is printed as zero has none. @param {number | undefined} value */
export function signOf(value) {
  if (value === undefined || !Number.isFinite(value)) return 'unknown';
  return Math.abs(value) < 0.005 ? 'zero' : value < 0 ? 'minus' : 'plus';
}

/**
 * A line, and what moves along it while it is lit.
 *
 * @param {import('../../../model/cell/drawing/types.js').Wire} wire
 * @returns {{ element: SVGElement, update: (state: State) => void }}
 */
export function makeWire({ points, value, looks, isOver, leads }) {
  const head = leads ? (looks ? { length: 8, width: 8 } : { length: 13, width: 18 }) : undefined;
  const d = lineThrough(points, head ? head.length - 1 : 0);
  const line = svg('path', { d, class: 'line' });
  const under = isOver ? [svg('path', { d, class: 'under' })] : [];
  const flow = looks ? [] : [svg('path', { d, class: 'moving' })];
  const arrow = head ? [svg('polygon', { points: headOf(points, head.length, head.width), class: 'head' })] : [];
  const element = svg('g', { class: 'wire', 'aria-hidden': 'true' }, ...under, line, ...arrow, ...flow);
  element.classList.add(looks ? `looks-${looks}` : 'carries');
  return {
    element,
    update({ now }) {
      if (looks) return;
      const number = value === undefined ? undefined : now[value];
      const width = number === undefined || !Number.isFinite(number) ? UNKNOWN : widthOf(number);
      setAttribute(line, 'stroke-width', width.toFixed(1));
      for (const path of under) setAttribute(path, 'stroke-width', (width + APART).toFixed(1));
      setAttribute(element, 'data-sign', signOf(number));
    },
  };
}
