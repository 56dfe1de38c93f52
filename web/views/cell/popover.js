/** What stands in the way between a popover and the edge of the window: pixels. */
const MARGIN = 8;

/**
 * A popover that opens beside what was chosen, as far as there is room within the drawing: what comes next stays in sight.
 * A narrow screen has it at its lower edge (cell.css). It closes as popovers do: by Escape, or a click elsewhere.
 *
 * @param {HTMLElement} popover
 */
export function makePopover(popover) {
  /** @param {Element} anchor */
  function place(anchor) {
    const at = anchor.getBoundingClientRect();
    const within = (anchor.closest('.cell-figure') ?? document.documentElement).getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = popover;
    const { clientWidth, clientHeight } = document.documentElement;
    const inside = (/** @type {number} */ from, /** @type {number} */ size, /** @type {number} */ end) =>
      Math.max(MARGIN, Math.min(from, end - size - MARGIN));
    const [left, right] = [at.left - MARGIN - width, at.right + MARGIN];
    const x = right + width <= within.right ? right : left >= 0 ? left : inside(at.left + at.width / 2 - width / 2, width, clientWidth);
    const isBeside = x >= right || x + width <= at.left;
    const y = inside(isBeside ? at.top + at.height / 2 - height / 2 : at.bottom + MARGIN, height, clientHeight);
    popover.style.setProperty('--x', `${x + scrollX}px`);
    popover.style.setProperty('--y', `${y + scrollY}px`);
  }

  /** @type {Element | undefined} */
  let opener;
  popover.addEventListener('toggle', (event) => {
    const isLost = !document.activeElement || document.activeElement === document.body;
    if (/** @type {ToggleEvent} */ (event).newState === 'closed' && isLost) /** @type {SVGElement | undefined} */ (opener)?.focus({ preventScroll: true });
  });

  return {
    /** @param {Element} beside */
    open(beside) {
      opener = beside;
      popover.showPopover();
      place(beside);
    },
    close: () => popover.hidePopover(),
    get isOpen() {
      return popover.matches(':popover-open');
    },
  };
}

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Partial<HTMLElementTagNameMap[K]>} [properties]
 * @param {...(string | Node)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function make(tag, properties = {}, ...children) {
  /** @type {HTMLElementTagNameMap[K]} */
  const element = document.createElement(tag);
  Object.assign(element, properties);
  element.append(...children);
  return element;
}
