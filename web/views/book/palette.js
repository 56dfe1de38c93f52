import { colour } from '../chart.js';

/** Shades on each side of 0. */
const SHADES = 256;

/** By the colours that they are mixed of. @type {Map<string, Uint32Array>} */
const palettes = new Map();

/**
 * As pixels of an ImageData, from -1 to 1, in the colours of the scheme.
 *
 * @param {boolean} isGate   from 0 to 1: shut to open, in a colour of its own
 */
export function shades(isGate) {
  const names = isGate ? ['--card', '--card', '--accent'] : ['--negative', '--card', '--positive'];
  const colours = names.map(colour);
  const key = colours.join();
  const palette = palettes.get(key) ?? mix(colours);
  palettes.set(key, palette);
  return palette;
}

/**
 * The place of a value among the shades.
 *
 * @param {number} value
 */
export function shadeOf(value) {
  return Math.round((1 + Math.max(-1, Math.min(1, value))) * SHADES);
}

/** @param {string[]} colours   for -1, 0 and 1 */
function mix(colours) {
  const [low, zero, high] = pixelsOf(colours);
  return Uint32Array.from({ length: 2 * SHADES + 1 }, (_, n) => {
    const value = (n - SHADES) / SHADES;
    const end = value < 0 ? low : high;
    const pixel = Uint8Array.from(zero, (from, k) => Math.round(from + Math.abs(value) * (end[k] - from)));
    return new Uint32Array(pixel.buffer)[0];
  });
}

/** @param {string[]} colours   in any way that CSS has */
function pixelsOf(colours) {
  const canvas = document.createElement('canvas');
  canvas.width = colours.length;
  canvas.height = 1;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d', { willReadFrequently: true }));
  return colours.map((css, x) => {
    context.fillStyle = css;
    context.fillRect(x, 0, 1, 1);
    return context.getImageData(x, 0, 1, 1).data;
  });
}
