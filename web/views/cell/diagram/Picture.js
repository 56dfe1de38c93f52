import { CHIP } from '../../../model/cell/drawing/pieces.js';
import { inNames, makeBox, makeChip } from './boxes.js';
import { setIndexed, svg } from './svg.js';
import { makeWire } from './wires.js';

/** @typedef {import('../../../model/cell/types.js').Names} Names */
/** @typedef {import('../../../model/cell/drawing/types.js').Drawing} Drawing */

/**
 * @typedef {{ id: string, parts: string[], element: SVGElement, update?: (state: State) => void, rename?: (names: Names) => void }} Thing
 */

/**
 * What a picture shows.
 *
 * @typedef {object} State
 * @property {Record<string, number>} now   the numbers of the unit, and what is on the wires
 * @property {Record<string, number>} untouched   the same without tampering
 * @property {string | undefined} part   which is lit
 * @property {Set<string>} held   gates
 * @property {{ c: string, h: string }} done   what was done to a memory: set, silent, nothing
 * @property {string} event   the character that comes in
 */

/** A drawing of a cell as SVG, whose numbers change. */
export class Picture {
  /** @type {SVGElement} */
  element;
  #drawing;
  /** @type {Thing[]} */
  #things = [];
  #event = svg('text', { class: 'title', 'text-anchor': 'middle' });
  #eventHead = svg('text', { class: 'note' });
  #words = '';
  /** @type {Names} */
  #names = 'course';

  /**
   * @param {Drawing} drawing
   * @param {{ onGate: (gate: string, element: SVGElement) => void, onMemory: (memory: 'c' | 'h', element: SVGElement) => void }} handlers
   */
  constructor(drawing, { onGate, onMemory }) {
    this.#drawing = drawing;
    const { width, height, wires, boxes, chips, nodes, labels, joints } = drawing;
    const layer = (/** @type {Thing[]} */ things) => {
      this.#things.push(...things);
      return svg('g', {}, ...things.map(({ element }) => element));
    };
    this.element = svg('svg', { viewBox: `0 0 ${width} ${height}`, role: 'group', class: width > height ? 'wide' : 'narrow' },
      layer(wires.map((wire) => ({ ...wire, ...makeWire(wire) }))),
      svg('g', { class: 'joints', 'aria-hidden': 'true' }, ...joints.map(([cx, cy]) => svg('circle', { cx, cy, r: 4.5 }))),
      layer([{ id: 'event', parts: drawing.event.parts, element: this.#makeEvent() }]),
      layer(nodes.map((node) => ({ ...node, element: makeNode(node) }))),
      layer(labels.map((label) => ({ ...label, ...makeLabel(label) }))),
      layer(chips.map((chip) => ({ ...chip, ...makeChip(chip, CHIP, onMemory) }))),
      layer(boxes.map((box) => ({ ...box, ...makeBox(box, onGate) }))),
    );
    for (const { id, element } of this.#things) element.dataset.id = id;
  }

  /** @param {Names} names @param {{ event: import('../../../model/cell/drawing/types.js').Text, label: string }} words */
  rename(names, { event, label }) {
    this.#names = names;
    this.element.setAttribute('aria-label', label);
    setIndexed(this.#eventHead, inNames(event, names));
    for (const thing of this.#things) thing.rename?.(names);
  }

  /** @param {State} state @param {import('../../../model/cell/drawing/types.js').Text} event what the event is called */
  update(state, event) {
    const hasHead = this.#drawing.event.head !== undefined;
    const words = hasHead ? state.event : `${inNames(event, this.#names)}: ${state.event}`;
    if (words !== this.#words) setIndexed(this.#event, words);
    this.#words = words;
    for (const { element, parts, update } of this.#things) {
      element.classList.toggle('lit', state.part !== undefined && parts.includes(state.part));
      update?.(state);
    }
  }

  /** Marks what is drawn otherwise than before. @param {Set<string>} ids */
  mark(ids) {
    for (const { id, element } of this.#things) element.classList.toggle('new', ids.has(id));
  }

  /** Gives the focus to what has this name. @param {string | undefined} id */
  focus(id) {
    const thing = this.#things.find((one) => one.id === id)?.element;
    /** @type {SVGElement | null | undefined} */ (thing?.querySelector('[role=button]'))?.focus();
  }

  #makeEvent() {
    const { x, y, width, height, head } = this.#drawing.event;
    const frame = svg('rect', { class: 'frame', x: x - width / 2, y: y - height / 2, width, height, rx: height / 2 });
    this.#event.setAttribute('x', String(x));
    this.#event.setAttribute('y', String(y + 5));
    if (head) {
      for (const [name, value] of Object.entries({ x: head.x, y: head.y, 'text-anchor': head.anchor })) this.#eventHead.setAttribute(name, String(value));
    }
    return svg('g', { class: 'box event', 'aria-hidden': 'true' }, frame, this.#event, ...(head ? [this.#eventHead] : []));
  }
}

/** @param {import('../../../model/cell/drawing/types.js').Node} node */
function makeNode({ sign, x, y, width, height }) {
  const frame = svg('rect', { class: 'frame', x: x - width / 2, y: y - height / 2, width, height, rx: height / 2 });
  return svg('g', { class: 'node', 'aria-hidden': 'true' }, frame, svg('text', { class: sign.length > 1 ? 'value' : 'sign', x, y: y + (sign.length > 1 ? 5 : 8), 'text-anchor': 'middle' }, sign));
}

/** @param {import('../../../model/cell/drawing/types.js').Label} label */
function makeLabel({ text, x, y, anchor, weight }) {
  const line = svg('text', { class: weight, x, y, 'text-anchor': anchor });
  return {
    element: svg('g', { class: 'words', 'aria-hidden': 'true' }, line),
    /** @param {Names} names */
    rename: (names) => setIndexed(line, inNames(text, names)),
  };
}
