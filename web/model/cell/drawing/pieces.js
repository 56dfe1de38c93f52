/** The pieces of a drawing, written briefly. */
import { gateNames } from './names.js';

/** @typedef {import('./types.js').Point} Point */

/**
 * @param {string} id
 * @param {string} parts   with blanks between
 * @param {string | undefined} value
 * @param {Point[]} points
 * @param {{ isOver?: boolean, leads?: boolean }} [more]
 * @returns {import('./types.js').Wire}
 */
export const wire = (id, parts, value, points, more) => ({ id, parts: parts.split(' '), points, ...(value && { value }), ...more });

/**
 * @param {string} id
 * @param {string} parts
 * @param {Point[]} points
 * @param {'gate' | 'peephole'} [looks]
 * @returns {import('./types.js').Wire}
 */
export const look = (id, parts, points, looks = 'gate') => ({ id, parts: parts.split(' '), points, looks, leads: true });

/**
 * @param {string} name
 * @param {string} parts
 * @param {Record<string, any>} config
 * @param {[number, number, number, number]} place   x, y, width, height
 * @param {'level' | 'tap'} [gauge]
 * @returns {import('./types.js').Box}
 */
export const gate = (name, parts, config, [x, y, width, height], gauge) => (
  { id: `gate-${name}`, parts: [parts], gate: name, value: name, ...gateNames(name, config), x, y, width, height, ...(gauge && { gauge }) });

/** How large a number's frame is: wide enough for −123.45. */
export const CHIP = { width: 72, height: 26 };

/**
 * @param {string} value
 * @param {string} parts
 * @param {Point} at
 * @param {'below' | 'left' | 'beside' | 'corner' | 'inside' | 'above'} was
 * @param {{ memory: 'c' | 'h', label: import('./types.js').Text }} [memory]
 * @returns {import('./types.js').Chip}
 */
export function chip(value, parts, [x, y], was, memory) {
  const places = /** @type {const} */ ({
    below: { x, y: y + CHIP.height / 2 + 17, anchor: 'middle' },
    left: { x: x - CHIP.width / 2 - 14, y: y + CHIP.height / 2 + 17, anchor: 'start' },
    beside: { x: x + CHIP.width / 2 + 6, y: y + 5, anchor: 'start' },
    inside: { x: x - 12, y: y + CHIP.height / 2 + 18, anchor: 'end' },
    above: { x: x - 26, y: y - CHIP.height / 2 - 9, anchor: 'end' },
    corner: { x: x + 10, y: y + CHIP.height / 2 + 17, anchor: 'start' },
  });
  return { id: `chip-${value}`, parts: parts.split(' '), value, x, y, was: places[was], ...memory };
}

/**
 * @param {string} id
 * @param {string} parts
 * @param {import('./types.js').Text} text
 * @param {Point} at
 * @param {'start' | 'middle' | 'end'} anchor
 * @param {'name' | 'note' | 'caption'} [weight]
 * @returns {import('./types.js').Label}
 */
export const label = (id, parts, text, [x, y], anchor, weight = 'note') => (
  { id: `label-${id}`, parts: parts.split(' '), text, x, y, anchor, weight });
