import { reachOf } from '../../model/book/steadiness.js';
import { shadeOf, shades } from './palette.js';

/** More units than this are more than a picture has rows of pixels: it is smoothed. */
const MOST_ROWS = 200;

/**
 * A picture of all units at all characters: one pixel each, which the browser scales. What is looked at is marked by the
 * style sheet, so that a step draws nothing anew.
 */
export class HeatMap {
  element = document.createElement('div');
  #map;
  #canvas = document.createElement('canvas');

  /**
   * @param {import('../../model/cell/anatomy.js').PartMap} map
   * @param {(x: number, y: number) => void} choose   where it is clicked, from 0 to 1
   */
  constructor(map, choose) {
    this.#map = map;
    this.element.className = 'heat-map';
    this.#canvas.setAttribute('role', 'img');
    this.#canvas.setAttribute('aria-label', `${map.name} ${map.symbol}: all units at all characters`);
    const pick = (/** @type {PointerEvent} */ { offsetX, offsetY }) => {
      const { clientWidth, clientHeight } = this.#canvas;
      choose(offsetX / clientWidth, offsetY / clientHeight);
    };
    this.#canvas.addEventListener('pointerdown', pick);
    this.#canvas.addEventListener('pointermove', (event) => { if (event.buttons === 1) pick(event); });
    this.element.append(this.#canvas, ...['unread', 'column', 'row'].map((name) => {
      const mark = document.createElement('span');
      mark.className = name;
      return mark;
    }));
  }

  /**
   * @param {import('../../model/cell/types.js').LayerTrace} trace
   * @param {readonly number[]} order   the units from top to bottom
   */
  paint(trace, order) {
    const { hiddenSize } = trace;
    const values = this.#map.values(trace);
    const length = values.length / hiddenSize;
    const palette = shades(this.#map.isGate ?? false);
    this.#canvas.width = length;
    this.#canvas.height = hiddenSize;
    this.#canvas.classList.toggle('smooth', hiddenSize > MOST_ROWS);
    const image = new ImageData(length, hiddenSize);
    const pixels = new Uint32Array(image.data.buffer);
    order.forEach((unit, row) => {
      const scale = this.#map.isGate ? 1 : reachOf(values, unit, hiddenSize);
      for (let t = 0; t < length; t++) {
        pixels[row * length + t] = palette[shadeOf(values[t * hiddenSize + unit] / scale)];
      }
    });
    this.#canvas.getContext('2d')?.putImageData(image, 0, 0);
  }
}
