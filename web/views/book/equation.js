/** Words and letters of an equation: W_f, h′, tanh. */
const PIECE = /(tanh|relu|LN|gate|[A-Za-z]{2,})|([A-Za-z])(?:_([a-z]))?/gu;

/**
 * An equation as it is set in print: letters in italics, indices below, names of functions upright.
 *
 * @param {string} text   written plainly: h = o · tanh(c), W_f, c′
 * @returns {(Node | string)[]}
 */
export function equation(text) {
  /** @type {(Node | string)[]} */
  const nodes = [];
  let at = 0;
  for (const { index, 0: piece, 2: letter, 3: below } of text.matchAll(PIECE)) {
    nodes.push(text.slice(at, index));
    at = index + piece.length;
    if (letter === undefined) nodes.push(piece);
    else nodes.push(make('var', letter), ...(below ? [make('sub', below)] : []));
  }
  return [...nodes, text.slice(at)];
}

/**
 * @param {string} tag
 * @param {string} text
 */
function make(tag, text) {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}
