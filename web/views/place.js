import { sections } from '../model/address.js';

/** @typedef {{ id: string, offset: number }} Place   an element, and how far below the top of the window it begins, in pixels */

/** Milliseconds: of a scroll that came to rest; of sections that still grow after the last of them is there. */
const AT_REST = 200;
const GROWING = 1500;

/** Pixels above a section that a link leads to. */
const BELOW_TOP = 16;

/** What a visitor does who wants to be elsewhere. */
const GESTURES = ['wheel', 'touchstart', 'pointerdown', 'keydown'];

/**
 * Where on the page one is. It is kept in the state of the history, so that Back and reload come back to it although
 * sections come later and grow; a link to a section holds on to it for the same reason.
 *
 * Events: `section` when another is in sight.
 */
class PlaceKeeper extends EventTarget {
  /** @type {import('../model/address.js').Section} */
  section = sections[0];
  #observer = new ResizeObserver(() => this.#hold());
  /** @type {Place | undefined} */
  #held = undefined;
  #isFirst = true;
  #timer = 0;
  #release = () => {
    this.#held = undefined;
    this.#observer.disconnect();
    for (const type of GESTURES) removeEventListener(type, this.#release);
  };

  constructor() {
    super();
    addEventListener('scroll', () => {
      clearTimeout(this.#timer);
      this.#timer = window.setTimeout(() => this.#look(), AT_REST);
    }, { passive: true });
    addEventListener('pagehide', () => this.#keep());
  }

  /** What the history keeps of this page. */
  get state() {
    return { ...history.state, place: this.#now() };
  }

  /**
   * Goes to the element with this id; at load, after Back or reload, to where one was.
   *
   * @param {string} id   or '': the browser has gone there already
   */
  begin(id) {
    const [visit] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType('navigation'));
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    const former = isFirst && ['reload', 'back_forward'].includes(visit?.type) ? readPlace(history.state) : undefined;
    const isOnTop = isFirst && id === sections[0]; // the first screen has the heading too
    const place = former ?? (isOnTop || !document.getElementById(id) ? undefined : { id, offset: BELOW_TOP });
    if (!place) return;
    this.#release();
    this.#held = place;
    this.#observer.observe(document.body);
    for (const type of GESTURES) addEventListener(type, this.#release, { passive: true });
    this.#hold();
  }

  /** All sections are there. */
  settled() {
    setTimeout(this.#release, GROWING);
  }

  #hold() {
    const held = this.#held;
    const element = held && document.getElementById(held.id);
    if (!element) return;
    const by = element.getBoundingClientRect().top - held.offset;
    if (Math.abs(by) >= 1) scrollBy({ top: by, behavior: 'instant' });
  }

  #look() {
    this.#keep();
    const { id } = this.#now();
    const section = sections.find((name) => name === id) ?? sections[0];
    if (section === this.section) return;
    this.section = section;
    this.dispatchEvent(new CustomEvent('section'));
  }

  #keep() {
    try {
      history.replaceState(this.state, '');
    } catch {
      // more changes than this browser takes: the next one tells all
    }
  }

  /** The last section that begins above the middle of the window. @returns {Place} */
  #now() {
    const tops = sections.map((id) => ({ id, offset: document.getElementById(id)?.getBoundingClientRect().top ?? Infinity }));
    return tops.findLast(({ id, offset }) => offset < innerHeight / 2 && !document.getElementById(id)?.hidden) ?? tops[0];
  }
}

/** @param {any} state @returns {Place | undefined} */
function readPlace(state) {
  const { id, offset } = state?.place ?? {};
  return sections.includes(id) && Number.isFinite(offset) ? { id, offset } : undefined;
}

export const keepPlace = () => new PlaceKeeper();
