import { setAttribute, setText } from '../../../dom.js';
import { digits } from '../../../model/cell/digits.js';
import { signOf } from './wires.js';
import { BELOW, setIndexed, spoken, svg } from './svg.js';

/** @typedef {import('./Picture.js').State} State */
/** @typedef {import('../../../model/cell/types.js').Names} Names */
/** @typedef {import('../../../model/cell/drawing/types.js').Text} Text */

/** @param {Text} text @param {Names} names */
export const inNames = (text, names) => (typeof text === 'string' ? text : text[names]);

/** As many characters as a number may have. */
const LONGEST = 7;

/** A number where there is little room. @param {number | undefined} value */
export function brief(value) {
  if (value === undefined || !Number.isFinite(value)) return '–';
  const texts = [digits(value), digits(value, 0), value.toExponential(0).replace('+', '').replaceAll('-', '−')];
  return texts.find((text) => text.length <= LONGEST) ?? texts[2];
}

/** What was printed without tampering, where that is something else. @param {State} state @param {string} value */
export function before({ now, untouched }, value) {
  const [is, was] = [brief(now[value]), brief(untouched[value])];
  return is === was ? undefined : was;
}

/** Sets what was printed without tampering, behind the mark that the bars have for it. @param {Element} element @param {string | undefined} was */
function setWas(element, was) {
  if (element.textContent === (was === undefined ? '' : `| ${was}`)) return;
  element.replaceChildren(...(was === undefined ? [] : [svg('tspan', { class: 'mark' }, '|'), ` ${was}`]));
}

/**
 * What is pressed: by pointer, by Enter and Space when it has the focus. Its texts are not read, since its name says them
 * in words.
 *
 * @param {SVGElement[]} shapes
 * @param {SVGElement[]} texts
 * @param {(button: SVGElement) => void} [press] without it nothing can be pressed
 */
function makePressed(shapes, texts, press) {
  const button = svg('g', {}, ...shapes);
  const element = svg('g', {}, button, svg('g', { 'aria-hidden': 'true' }, ...texts));
  if (!press) {
    element.setAttribute('aria-hidden', 'true');
    return { element, button };
  }
  element.classList.add('pressed');
  button.setAttribute('role', 'button');
  button.setAttribute('tabindex', '0');
  button.addEventListener('click', () => press(button));
  button.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    press(button);
  });
  return { element, button };
}

/** A word on a frame: held, set, silent. @param {number} x @param {number} y */
function makeBadge(x, y) {
  const frame = svg('rect', { y: y - 10, height: 20, rx: 10 });
  const word = svg('text', { x, y: y + 5, 'text-anchor': 'middle' });
  const element = svg('g', { class: 'badge', hidden: '' }, frame, word);
  let shown = '';
  return {
    element,
    /** @param {string} text '' hides it */
    set(text) {
      if (text === shown) return;
      shown = text;
      element.toggleAttribute('hidden', !text);
      word.textContent = text;
      const width = 16 + 7.5 * text.length;
      frame.setAttribute('width', String(width));
      frame.setAttribute('x', String(x - width / 2));
    },
  };
}

/**
 * A gate, or another thing that computes.
 *
 * @param {import('../../../model/cell/drawing/types.js').Box} box
 * @param {(gate: string, element: SVGElement) => void} onGate
 */
export function makeBox(box, onGate) {
  const { gate, value, gauge, x, y, width, height } = box;
  const top = y - height / 2;
  const frame = svg('rect', { class: 'frame', x: x - width / 2, y: top, width, height, rx: 9 });
  const title = svg('text', { class: 'title', x, y: !value ? y + 5 : gauge ? top + 22 : y - 6, 'text-anchor': 'middle' });
  const [letter, number] = [svg('tspan'), svg('tspan', { class: 'number' })];
  const apart = box.was && { x: box.was.x, y: box.was.y, 'text-anchor': box.was.anchor };
  const was = svg(apart ? 'text' : 'tspan', { class: 'was', ...(apart ?? { dx: 7 }) });
  const line = svg('text', { class: 'value', x, y: gauge ? top + 41 : y + 16, 'text-anchor': 'middle' }, letter, number, ...(apart ? [] : [was]));
  const scale = gauge ? makeGauge(box, top + height - (gauge === 'tap' ? 22 : 13)) : undefined;
  const badge = makeBadge(x + width / 2 - 24, top - 3);
  const texts = [title, ...(value ? [line] : []), ...(apart ? [was] : []), ...(scale ? [scale.element] : []), badge.element];
  const { element, button } = makePressed([frame], texts, gate === undefined ? undefined : (pressed) => onGate(gate, pressed));
  element.classList.add('box');
  if (gate) element.dataset.gate = gate;
  /** @type {Names} */
  let named = 'course';
  return {
    element,
    /** @param {Names} names */
    rename(names) {
      named = names;
      setIndexed(title, inNames(box.title, names));
      setIndexed(letter, box.letter?.[names] ?? '');
      // What follows an index stands on the line again.
      const isIndexed = Boolean(letter.lastElementChild?.classList.contains('index'));
      number.setAttribute('dy', isIndexed ? String(-BELOW) : '0');
    },
    /** @param {State} state */
    update(state) {
      if (!value) return;
      const isHeld = gate !== undefined && state.held.has(gate);
      const other = before(state, value);
      setText(number, `${box.letter ? ' = ' : ''}${brief(state.now[value])}`);
      setWas(was, other);
      scale?.set(state.now[value], other === undefined ? undefined : state.untouched[value]);
      badge.set(isHeld ? 'held' : '');
      element.classList.toggle('held', isHeld);
      setAttribute(element, 'data-sign', gauge ? 'gate' : signOf(state.now[value]));
      if (!gate) return;
      const label = spoken(inNames(/** @type {Text} */ (box.label), named));
      setAttribute(button, 'aria-label', [label, brief(state.now[value]), ...(isHeld ? ['held'] : []),
        ...(other === undefined ? [] : [`without your change ${other}`])].join(', '));
    },
  };
}

/**
 * How far a gate is open, as a line with a knob; that of a tap stands by what it lets through.
 *
 * @param {import('../../../model/cell/drawing/types.js').Box} box
 * @param {number} y
 */
function makeGauge({ gauge, x, width }, y) {
  const isTap = gauge === 'tap';
  const room = width - (isTap ? 92 : 32);
  const from = x - room / 2;
  const open = svg('rect', { class: 'open', x: from, y: y - 4, width: 0, height: 8, rx: 4 });
  const knob = svg('circle', { class: 'knob', cx: from, cy: y, r: 7 });
  const tick = svg('line', { class: 'tick', y1: y - 9, y2: y + 9 });
  const ends = isTap ? [
    svg('text', { class: 'end', x: from - 10, y: y + 5, 'text-anchor': 'end' }, 'new'),
    svg('text', { class: 'end', x: from + room + 10, y: y + 5, 'text-anchor': 'start' }, 'old'),
  ] : [];
  return {
    element: svg('g', { class: `gauge ${gauge}` }, svg('rect', { class: 'track', x: from, y: y - 4, width: room, height: 8, rx: 4 }), open, tick, knob, ...ends),
    /** @param {number} value @param {number | undefined} was */
    set(value, was) {
      const place = (/** @type {number} */ part) => room * Math.max(0, Math.min(1, part || 0));
      setAttribute(open, 'width', place(value).toFixed(1));
      setAttribute(knob, 'cx', (from + place(value)).toFixed(1));
      tick.toggleAttribute('hidden', was === undefined);
      for (const end of ['x1', 'x2']) setAttribute(tick, end, (from + place(was ?? 0)).toFixed(1));
    },
  };
}

/** Room for a finger. */
const FINGER = 44;

/**
 * A number on a wire.
 *
 * @param {import('../../../model/cell/drawing/types.js').Chip} chip
 * @param {{ width: number, height: number }} size
 * @param {(memory: 'c' | 'h', element: SVGElement) => void} onMemory
 */
export function makeChip({ value, memory, label, x, y, was: place }, { width, height }, onMemory) {
  const frame = svg('rect', { class: 'frame', x: x - width / 2, y: y - height / 2, width, height, rx: 7 });
  const number = svg('text', { class: 'number', x, y: y + 5, 'text-anchor': 'middle' });
  const was = svg('text', { class: 'was', x: place.x, y: place.y, 'text-anchor': place.anchor });
  const badge = place.anchor === 'middle' ? makeBadge(x - width / 2 - 30, y) : makeBadge(x, y - height / 2 - 13);
  const finger = memory ? [svg('rect', { class: 'finger', x: x - width / 2 - 2, y: y - FINGER / 2, width: width + 4, height: FINGER })] : [];
  const { element, button } = makePressed([...finger, frame], [number, badge.element, was], memory && ((pressed) => onMemory(memory, pressed)));
  element.classList.add('chip');
  if (memory) element.dataset.memory = memory;
  /** @type {Names} */
  let named = 'course';
  return {
    element,
    /** @param {Names} names */
    rename(names) {
      named = names;
    },
    /** @param {State} state */
    update(state) {
      const other = before(state, value);
      setText(number, brief(state.now[value]));
      setWas(was, other);
      setAttribute(element, 'data-sign', signOf(state.now[value]));
      element.classList.toggle('changed', other !== undefined);
      const done = memory ? state.done[memory] : '';
      badge.set(done);
      if (!memory) return;
      setAttribute(button, 'aria-label', [spoken(inNames(/** @type {Text} */ (label), named)), brief(state.now[value]),
        ...(done ? [done] : []), ...(other === undefined ? [] : [`without your change ${other}`])].join(', '));
    },
  };
}
