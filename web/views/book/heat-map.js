import { reachOf } from '../../model/book/Inspection.js';
import { shadeOf, shades } from './palette.js';

/** More units than this are more than a picture has rows of pixels: it is smoothed. */
const MOST_ROWS = 200;

/**
 * A picture of all units at all characters: one pixel each, which the browser scales. A click chooses both. What is
 * looked at is marked by the style sheet, so that a step draws nothing anew.
 */
export class HeatMap {
  element = document.createElement('div');
  #look;
  #map;
  #canvas = document.createElement('canvas');

  /**
   * @param {import('../../model/book/Inspection.js').Inspection} look
   * @param {import('../../model/book/steps.js').StepMap} map
   */
  constructor(look, map) {
    this.#look = look;
    this.#map = map;
    this.element.className = 'heat-map';
    this.#canvas.setAttribute('role', 'img');
    this.#canvas.setAttribute('aria-label', `${map.name} ${map.symbol}: all units at all characters`);
    this.#canvas.addEventListener('pointerdown', (event) => this.#choose(event));
    this.#canvas.addEventListener('pointermove', (event) => { if (event.buttons === 1) this.#choose(event); });
    this.element.append(this.#canvas, ...['unread', 'column', 'row'].map((name) => {
      const mark = document.createElement('span');
      mark.className = name;
      return mark;
    }));
  }

  /** Draws another text, network or layer, or in other colours. */
  paint() {
    const { layerTrace, length, order } = this.#look;
    if (!layerTrace) return;
    const { hiddenSize } = layerTrace;
    const values = this.#map.values(layerTrace);
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

  /** @param {PointerEvent} event */
  #choose({ offsetX, offsetY }) {
    const { clientWidth, clientHeight } = this.#canvas;
    const { length, order } = this.#look;
    const row = Math.max(0, Math.min(Math.floor((offsetY / clientHeight) * order.length), order.length - 1));
    this.#look.go(Math.floor((offsetX / clientWidth) * length));
    this.#look.choose(order[row]);
  }
}
