/**
 * @template {keyof SVGElementTagNameMap} T
 * @param {T} name
 * @param {Record<string, string>} [attributes]
 */
export function svg(name, attributes = {}) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

/** A line through points. @param {readonly (readonly [number, number])[]} points */
export const pathOf = (points) => points.map(([x, y], k) => `${k ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`).join('');

/**
 * Tells what a pen does on a drawing: a mouse, a finger or a stylus.
 *
 * @param {SVGSVGElement} pad
 * @param {{ down(at: { x: number, y: number }): boolean, move(at: { x: number, y: number }): void, up(): void }} pen   places from 0 to 1 of
 *   width and height; down: is it drawn?
 */
export function followPen(pad, { down, move, up }) {
  let isDown = false;
  const place = (/** @type {PointerEvent} */ { clientX, clientY }) => {
    const { left, top, width, height } = pad.getBoundingClientRect();
    return { x: (clientX - left) / width, y: (clientY - top) / height };
  };
  pad.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 || isDown || !down(place(event))) return;
    isDown = true;
    pad.setPointerCapture(event.pointerId);
  });
  pad.addEventListener('pointermove', (event) => {
    if (!isDown) return;
    for (const one of event.getCoalescedEvents?.() ?? []) move(place(one));
    move(place(event));
  });
  for (const type of ['pointerup', 'pointercancel']) {
    pad.addEventListener(type, () => {
      if (!isDown) return;
      isDown = false;
      up();
    });
  }
}

/** The code of a part, to look at and to copy. @param {Element} part @param {() => string} code */
export function showCode(part, code) {
  const details = /** @type {HTMLDetailsElement} */ (part.querySelector('details.code'));
  const [pre, copy] = /** @type {[HTMLElement, HTMLElement]} */ ([details.querySelector('pre'), details.querySelector('button')]);
  const write = () => {
    if (!details.open) return;
    const text = code();
    if (pre.textContent !== text) pre.textContent = text;
  };
  details.addEventListener('toggle', write);
  copy.addEventListener('click', async () => {
    const isCopied = await navigator.clipboard?.writeText(pre.textContent ?? '').then(() => true, () => false);
    if (!isCopied) getSelection()?.selectAllChildren(pre);
    copy.textContent = isCopied ? 'Copied' : 'Selected: copy it';
    setTimeout(() => { copy.textContent = 'Copy the code'; }, 2500);
  });
  return write;
}
