/** Words and letters of an equation, with their indices: tanh, h′, W_f, W_ih, LTM_t, c_(t−1). */
const PIECE = /([A-Za-z]+)(?:_(?:\(([^)]+)\)|([A-Za-z]+)))?/gu;

/** The equations of the cell for all units, for who asks for them. */
export function makeEquations() {
  const element = document.createElement('details');
  element.className = 'equations';
  const lines = document.createElement('div');
  element.append(make('summary', 'Equations'), lines);
  return {
    element,
    /** @param {import('../../../model/cell/anatomy.js').Part[]} parts @param {import('../../../model/cell/types.js').Names} names */
    show(parts, names) {
      lines.replaceChildren(...parts.flatMap(({ equations }) => equations[names]).filter((text) => text.includes('=')).map((text) => {
        const line = make('p', '');
        line.append(...equation(text));
        return line;
      }));
    },
  };
}

/**
 * An equation as it is set in print: letters in italics, indices below, names of functions upright.
 *
 * @param {string} text   written plainly: h = o · tanh(c), W_f, c′, c_(t−1)
 * @returns {(Node | string)[]}
 */
function equation(text) {
  /** @type {(Node | string)[]} */
  const nodes = [];
  let at = 0;
  for (const { index, 0: piece, 1: letters, 2: inBrackets, 3: below = inBrackets } of text.matchAll(PIECE)) {
    nodes.push(text.slice(at, index), letters.length > 1 ? letters : make('var', letters), ...(below ? [make('sub', below)] : []));
    at = index + piece.length;
  }
  return [...nodes, text.slice(at)];
}

/** @param {string} tag @param {string} text */
function make(tag, text) {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}
