import { svg } from './svg.js';

/** How to read the drawing, in few words. */
export function makeLegend() {
  const element = document.createElement('div');
  element.className = 'legend';
  const item = (/** @type {string} */ text, /** @type {SVGElement[]} */ drawn, width = 30) => {
    const span = document.createElement('span');
    span.append(svg('svg', { viewBox: `0 0 ${width} 14`, width, height: 14, 'aria-hidden': 'true' }, ...drawn), text);
    return span;
  };
  const line = (/** @type {string} */ kind, /** @type {string} */ d, /** @type {string | number} */ width) => svg('path', { d, class: `sample ${kind}`, 'stroke-width': width });
  const size = item('size', [svg('polygon', { points: '0,6 30,1 30,13 0,8', class: 'sample wedge' })]);
  const minus = item('below zero', [line('minus', 'M0 7H30', 7)]);
  const plus = item('above', [line('plus', 'M0 7H30', 7)]);
  const looks = item('what a gate looks at', [line('looks', 'M0 7H30', 2)]);
  const was = item('without your change', [svg('path', { d: 'M3 0V14', class: 'sample tick', 'stroke-width': 2.5 })], 6);
  const rows = document.createElement('span');
  rows.textContent = 'rows of weight_ih, weight_hh';
  element.append(size, minus, plus, looks, was, rows);
  return {
    element,
    /** @param {import('../../../model/cell/types.js').Names} names */
    rename(names) {
      rows.hidden = names !== 'pytorch';
    },
    /** @param {boolean} isChanged */
    update(isChanged) {
      was.hidden = !isChanged;
    },
  };
}
