import { byId } from '../../dom.js';
import { stepsOf } from '../../model/book/steps.js';
import { equation } from './equation.js';
import { HeatMap } from './heat-map.js';

/** How long each step is lit, one after the other: milliseconds. */
const LIT = 160;

/**
 * What the cell does, as cards: words, equations, the numbers of the unit at this character, pictures of all units. When
 * a step on is made, they light up one after the other.
 *
 * @param {import('../../model/book/Inspection.js').Inspection} look
 */
export function showSteps(look) {
  const list = byId('inside-steps');
  const still = matchMedia('(prefers-reduced-motion: reduce)');
  /** @type {ReturnType<typeof makeCard>[]} */
  let cards = [];
  let kind = '';
  let timer = 0;

  build({ kind: 'lstm' });
  /** @param {Record<string, any>} config */
  function build(config) {
    kind = JSON.stringify(config);
    cards = stepsOf(config).map((step) => makeCard(look, step));
    list.replaceChildren(...cards.map(({ element }) => element));
  }

  look.addEventListener('trace', () => {
    const { seed, layers, hiddenSize, ...config } = look.layerConfig;
    if (JSON.stringify(config) !== kind) build(config);
    cards.forEach((card) => card.paint());
    mark();
  });
  look.addEventListener('unit', mark);
  look.addEventListener('at', (event) => {
    mark();
    light(/** @type {CustomEvent} */ (event).detail && !still.matches ? 0 : cards.length);
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => cards.forEach((card) => card.paint()));

  /** The numbers, and where the pictures are marked: parts of their width and height. */
  function mark() {
    const { at, length, order, unit } = look;
    const marks = { at: at / length, step: 1 / length, row: order.indexOf(unit) / order.length, unit: 1 / order.length };
    for (const [name, part] of Object.entries(marks)) list.style.setProperty(`--${name}`, String(part));
    cards.forEach((card) => card.count());
  }

  /** @param {number} lit   which card, and then those behind it */
  function light(lit) {
    clearTimeout(timer);
    cards.forEach(({ element }, k) => element.classList.toggle('lit', k === lit));
    if (lit < cards.length) timer = setTimeout(() => light(lit + 1), LIT);
  }
}

/**
 * @param {import('../../model/book/Inspection.js').Inspection} look
 * @param {import('../../model/book/steps.js').Step} step
 */
function makeCard(look, step) {
  const element = document.createElement('li');
  const title = make('h4', step.title);
  title.append(' ', make('span', step.name));
  const equations = make('p', '', 'equations');
  const numbers = make('span', '= –', 'numbers');
  step.equations.forEach((text, k) => {
    const line = make('span', '');
    line.append(...equation(text));
    equations.append(line);
    if (k === step.equations.length - 1) line.append(' ', numbers);
  });
  const maps = step.maps.map((map) => new HeatMap(look, map));
  const pictures = make('div', '', 'maps');
  pictures.append(...maps.map((map, k) => {
    const figure = document.createElement('figure');
    const caption = document.createElement('figcaption');
    caption.append(make('var', step.maps[k].symbol), ` ${step.maps[k].name}`);
    figure.append(caption, map.element);
    return figure;
  }));
  element.append(title, make('p', step.words), equations, pictures);

  return {
    element,
    paint: () => maps.forEach((map) => map.paint()),
    count() {
      const parts = step.numbers(look.numbers).split(' = ');
      numbers.replaceChildren(...parts.flatMap((part) => [make('span', `= ${part}`), ' ']));
    },
  };
}

/**
 * @param {string} tag
 * @param {string} text
 * @param {string} [className]
 */
function make(tag, text, className = '') {
  const element = document.createElement(tag);
  element.textContent = text;
  element.className = className;
  return element;
}
