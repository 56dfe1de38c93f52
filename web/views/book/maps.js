import { byId } from '../../dom.js';
import { anatomyOf } from '../../model/cell/anatomy.js';
import { bySteadiness } from '../../model/book/steadiness.js';
import { HeatMap } from './heat-map.js';

/**
 * Pictures of all units at all characters, for each gate and memory of the cell; drawn when they are asked for. A click
 * chooses a unit and a character.
 *
 * @param {import('../../model/book/Book.js').Book} book
 */
export function showMaps(book) {
  const details = /** @type {HTMLDetailsElement} */ (byId('book-all'));
  const list = byId('book-maps');
  /** @type {HeatMap[]} */
  let maps = [];
  let kind = '';
  /** Rows from top to bottom: a network that grows older keeps them. @type {number[]} */
  let order = [];
  let text = '';

  details.addEventListener('toggle', draw);
  book.addEventListener('text', draw);
  for (const event of ['place', 'unit']) book.addEventListener(event, mark);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);

  function draw() {
    const { run, subject } = book;
    if (!details.open || !run || !subject) return;
    const { trace } = run.untouched;
    const { seed, hiddenSize, ...config } = /** @type {Record<string, any>} */ (subject.layers[run.layer]);
    const pictures = anatomyOf(config).parts.flatMap((part) => part.maps);
    const now = JSON.stringify([config, hiddenSize, run.layer, subject.id]);
    if (now !== kind) maps = pictures.map((picture) => new HeatMap(picture, choose));
    if (now !== kind || run.text !== text) order = bySteadiness(trace.c ?? trace.h, hiddenSize);
    kind = now;
    text = run.text;
    list.replaceChildren(...maps.map((map, k) => {
      const figure = document.createElement('figure');
      const caption = document.createElement('figcaption');
      const symbol = document.createElement('var');
      symbol.textContent = pictures[k].symbol;
      caption.append(symbol, ` ${pictures[k].name}`);
      figure.append(caption, map.element);
      return figure;
    }));
    for (const map of maps) map.paint(trace, order);
    mark();
  }

  /** Where the pictures are marked: parts of their width and height. */
  function mark() {
    const { at, unit, run } = book;
    if (!run) return;
    const length = run.characters.length;
    const marks = { at: at / length, step: 1 / length, row: order.indexOf(unit) / order.length, unit: 1 / order.length };
    for (const [name, part] of Object.entries(marks)) list.style.setProperty(`--${name}`, String(part));
  }

  /** @param {number} x from 0 to 1 @param {number} y */
  function choose(x, y) {
    book.go(Math.floor(x * (book.run?.characters.length ?? 0)));
    book.choose({ unit: order[Math.max(0, Math.min(Math.floor(y * order.length), order.length - 1))] });
  }
}
