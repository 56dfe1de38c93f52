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

/**
 * A function that runs `draw` once in the next animation frame, however often it is called until then.
 *
 * @param {() => void} draw
 */
export function oncePerFrame(draw) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      draw();
    });
  };
}

/**
 * A function that runs `draw` once when what goes on now is over, however often it is called until then.
 *
 * @param {() => void} draw
 */
export function oncePerTurn(draw) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    queueMicrotask(() => {
      asked = false;
      draw();
    });
  };
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
