/** Elements of SVG, lines with round corners, texts with indices. */

/** @typedef {import('../../../model/cell/drawing/types.js').Point} Point */

/**
 * @param {string} tag
 * @param {Record<string, string | number>} [attributes]
 * @param {...(Node | string)} children
 */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/** W_f, c_(t−1), LTM_t: at most three letters and their index. */
const INDEXED = /(?<!\p{L}{4})_(?:\(([^)]+)\)|([\p{L}\d]+))/gu;

/** How far an index stands below the line. */
export const BELOW = 4;

/** A text as it is read aloud. @param {string} text */
export const spoken = (text) => text.replace(INDEXED, ' $1$2');

/**
 * Sets a text, its indices below the line.
 *
 * @param {Element} element a text or tspan
 * @param {string} text
 */
export function setIndexed(element, text) {
  /** @type {(Node | string)[]} */
  const nodes = [];
  let [at, isBelow] = [0, false];
  const back = (/** @type {string} */ plain) => {
    if (plain) nodes.push(isBelow ? svg('tspan', { dy: -BELOW }, plain) : plain);
    if (plain) isBelow = false;
  };
  for (const { index, 0: piece, 1: inBrackets, 2: plain } of text.matchAll(INDEXED)) {
    back(text.slice(at, index));
    nodes.push(svg('tspan', { dy: BELOW, class: 'index' }, inBrackets ?? plain));
    isBelow = true;
    at = index + piece.length;
  }
  back(text.slice(at));
  element.replaceChildren(...nodes);
}

/** The radius of corners. */
const ROUND = 12;

/**
 * A line through points, its corners rounded, its end drawn back.
 *
 * @param {Point[]} points
 * @param {number} [short] so much of the last piece is left away
 */
export function lineThrough(points, short = 0) {
  const last = points.length - 1;
  let path = `M${points[0]}`;
  for (let k = 1; k < last; k++) {
    const radius = Math.min(ROUND, distance(points[k - 1], points[k]) / 2, distance(points[k], points[k + 1]) / 2);
    path += `L${towards(points[k], points[k - 1], radius)}Q${points[k]} ${towards(points[k], points[k + 1], radius)}`;
  }
  return `${path}L${towards(points[last], points[last - 1], short)}`;
}

/** The corners of an arrow's head at the end of a line. @param {Point[]} points @param {number} length @param {number} width */
export function headOf(points, length, width) {
  const [tip, from] = [points[points.length - 1], points[points.length - 2]];
  const [x, y] = towards(tip, from, length);
  const [dx, dy] = [(tip[1] - y) / length, (tip[0] - x) / length];
  return [tip, [x - (dx * width) / 2, y + (dy * width) / 2], [x + (dx * width) / 2, y - (dy * width) / 2]].join(' ');
}

/** @param {Point} a @param {Point} b */
const distance = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]);

/** The point so far from a on the way to b. @param {Point} a @param {Point} b @param {number} far @returns {Point} */
function towards(a, b, far) {
  const part = far / (distance(a, b) || 1);
  return [a[0] + part * (b[0] - a[0]), a[1] + part * (b[1] - a[1])];
}
