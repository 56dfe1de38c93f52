import { sections } from '../model/address.js';

/** An element, and how far below the top of the window it begins, in pixels; without that, below what is held there.
 * @typedef {{ id: string, offset?: number }} Place */

/** Milliseconds: of a scroll that came to rest; of a page that came to rest, whose sections grow when what they show is there. */
const AT_REST = 200;
const GROWN = 4000;

/** Pixels above a section that a link leads to. */
const ROOM = 16;

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
  #observer = new ResizeObserver(() => {
    this.#hold();
    if (this.#isWhole) this.#releaseLater();
  });
  /** @type {Place | undefined} */
  #held = undefined;
  #isFirst = true;
  /** All sections are there. */
  #isWhole = false;
  #timer = 0;
  #growing = 0;
  #release = () => {
    this.#held = undefined;
    clearTimeout(this.#growing);
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
    const place = former ?? (document.getElementById(id) ? { id } : undefined);
    if (!place) return;
    this.#release();
    this.#held = place;
    this.#observer.observe(document.body);
    for (const type of GESTURES) addEventListener(type, this.#release, { passive: true });
    this.#hold();
    if (this.#isWhole) this.#releaseLater();
  }

  /** All sections are there. */
  settled() {
    this.#isWhole = true;
    this.#releaseLater();
  }

  /** Each growth begins the wait anew: on a slow machine what a section shows comes late. */
  #releaseLater() {
    clearTimeout(this.#growing);
    this.#growing = window.setTimeout(this.#release, GROWN);
  }

  #hold() {
    const held = this.#held;
    const element = held && document.getElementById(held.id);
    if (!element) return;
    // The first section stands below the heading, or what has taken its place.
    const by = held.offset === undefined && held.id === sections[0] ? -scrollY
      : element.getBoundingClientRect().top - (held.offset ?? belowHeld());
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

  /** The last section that begins above the middle of the window. */
  #now() {
    const tops = sections.flatMap((id) => {
      const [box] = document.getElementById(id)?.getClientRects() ?? []; // what is hidden has none
      return box ? { id, offset: box.top } : [];
    });
    return tops.findLast(({ offset }) => offset < innerHeight / 2) ?? tops[0] ?? { id: sections[0], offset: 0 };
  }
}

/** Below what stays at the top of the window. */
function belowHeld() {
  const card = document.getElementById('coach');
  const isOnTop = card && getComputedStyle(card).position === 'sticky';
  return ROOM + (isOnTop ? card.offsetHeight : 0);
}

/** @param {any} state @returns {Place | undefined} */
function readPlace(state) {
  const { id, offset } = state?.place ?? {};
  return sections.includes(id) && Number.isFinite(offset) ? { id, offset } : undefined;
}

export const keepPlace = () => new PlaceKeeper();
