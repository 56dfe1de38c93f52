/**
 * The element with this id.
 *
 * @template {HTMLElement} [T=HTMLElement]
 * @param {string} id
 * @returns {T}
 */
export function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no element #${id}`);
  return /** @type {T} */ (element);
}

/** @param {(run: () => void) => void} schedule */
const onceBy = (schedule) => (/** @type {() => void} */ draw) => {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    schedule(() => {
      asked = false;
      draw();
    });
  };
};

/** A function that runs `draw` once in the next animation frame, however often it is called until then. */
export const oncePerFrame = onceBy((run) => requestAnimationFrame(run));

/** A function that runs `draw` once when what goes on now is over, however often it is called until then. */
export const oncePerTurn = onceBy((run) => queueMicrotask(run));

/** Lets the browser answer what waits, before more is done: no task of the page takes long. @returns {Promise<void>} */
export const nextTurn = () => new Promise((resolve) => setTimeout(resolve));

/** Writes a text where another stands: what is the same costs the browser as much as what is new. @param {Node} node @param {string} text */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** As setText, an attribute. @param {Element} element @param {string} name @param {string} value */
export function setAttribute(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/**
 * Writes at the end of a box: whole characters, as far as its longest text has room for them.
 *
 * @param {HTMLTextAreaElement} box
 * @param {string} text
 */
export function append(box, text) {
  let whole = box.value;
  for (const char of text) {
    if (box.maxLength >= 0 && whole.length + char.length > box.maxLength) break;
    whole += char;
  }
  box.value = whole;
}
