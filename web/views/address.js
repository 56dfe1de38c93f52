import { parseFragment, sections, writeFragment } from '../model/address.js';
import { keepPlace } from './place.js';

/** @typedef {import('../model/address.js').Entries} Entries */
/** @typedef {import('../model/address.js').Section} Section */

/**
 * What a part of the page has in the address.
 *
 * @typedef {object} Part
 * @property {Section} [section]   where it stands
 * @property {readonly string[]} keys   that are its own
 * @property {(query: URLSearchParams) => string[] | void | Promise<string[] | void>} read   shows what is asked for, where
 *   one of its keys is given; tells what could not be read
 * @property {(isWhole: boolean) => Entries} write   isWhole: all that shows the same; otherwise nothing where all is as at first
 * @property {() => void} [reset]   shows what was there at first: on the way back to an address that has none of its keys
 * @property {string} [of]   another part, of whose network this one tells: a link to this needs what that has in the address
 * @property {() => boolean} [needsRun]   does a link to it need the settings of the run? Default: no
 */

/** Milliseconds. Browsers take about 100 changes in 30 seconds. */
const WRITE_AFTER = 400;

/**
 * The address of the page follows what is seen, and what is seen follows the address: at load, when a link of the page
 * or the visitor changes it, and on the way back.
 *
 * Events: `notes` with what could not be read as `detail`, string[].
 */
export class AddressBar extends EventTarget {
  /** @type {Map<string, Part>} */
  #parts = new Map();
  /** When what was read last of each is shown. @type {Map<string, Promise<void>>} */
  #shown = new Map();
  /** Of the fragment read last. */
  #fragment = parseFragment('');
  /** What keys no part has claimed yet, as they were given: parts come later than the address. @type {Set<string>} */
  #unclaimed = new Set();
  #reading = 0;
  #timer = 0;
  /** What was read or written last. On the way back the address is another before anybody hears of it. */
  #known = '';
  #place = keepPlace();

  constructor() {
    super();
    this.#take();
    addEventListener('hashchange', () => {
      this.#take();
      const isReturn = history.state?.place !== undefined; // a link of the page begins with no state
      for (const name of this.#parts.keys()) this.#follow(name, isReturn);
      this.#show();
    });
    this.#place.addEventListener('section', () => this.changed());
    document.addEventListener('click', ({ target }) => {
      // A link to what the address still tells, though it is seen no more, would lead nowhere.
      if (this.#timer && /** @type {Element} */ (target).closest?.('a[href^="#"]')) this.#write();
    }, { capture: true });
    this.#show();
  }

  /**
   * A part of the page: it reads the address now, where it has something for it, and whenever it changes.
   *
   * @param {string} name   as data-part of its copy-link button
   * @param {Part} part
   * @returns {Promise<void>}   when what the address asks for is shown
   */
  register(name, part) {
    this.#parts.set(name, part);
    return this.#follow(name);
  }

  /** Something that stands in the address is another now. */
  changed() {
    if (!this.#timer) this.#timer = window.setTimeout(() => this.#write(), WRITE_AFTER);
  }

  /** All parts are there: keys that none of them knows are told of, and where one was is shown again. */
  settled() {
    const notes = [...this.#unclaimed].map((key) => `“${key.slice(0, 20)}” means nothing; it is left out.`);
    this.#unclaimed.clear();
    this.#tell(notes);
    this.#place.settled();
    this.changed();
  }

  /**
   * A link to what a part shows now.
   *
   * @param {string} name
   */
  link(name) {
    const part = this.#parts.get(name);
    const needsRun = !part || (part.needsRun ?? this.#parts.get(part.of ?? '')?.needsRun)?.();
    const search = needsRun ? location.search : '';
    const other = this.#parts.get(part?.of ?? '')?.write(false) ?? [];
    return `${location.origin}${location.pathname}${search}${writeFragment(part?.section ?? name, [...other, ...part?.write(true) ?? []])}`;
  }

  /** A link to the page as it is, with other entries of one part. @param {string} name @param {Entries} entries */
  linkWith(name, entries) {
    const others = [...this.#parts].flatMap(([other, part]) => (other === name ? [] : part.write(false)));
    return `${location.origin}${location.pathname}${location.search}${writeFragment(this.#anchor(others), [...others, ...entries])}`;
  }

  #take() {
    this.#known = location.hash;
    this.#fragment = parseFragment(location.hash, location.search);
    this.#unclaimed = new Set(this.#fragment.query.keys());
  }

  /** @param {string} name @param {boolean} [isReturn] */
  #follow(name, isReturn) {
    const shown = this.#read(name, isReturn);
    this.#shown.set(name, shown);
    return shown;
  }

  /** @param {string} name @param {boolean} [isReturn] */
  async #read(name, isReturn = false) {
    const part = /** @type {Part} */ (this.#parts.get(name));
    for (const key of part.keys) this.#unclaimed.delete(key);
    const { query } = this.#fragment;
    if (!part.keys.some((key) => query.has(key))) {
      if (isReturn) part.reset?.();
      return;
    }
    this.#reading += 1;
    try {
      if (part.of) await this.#shown.get(part.of);
      if (query === this.#fragment.query) this.#tell((await part.read(query)) ?? []);
    } finally {
      this.#reading -= 1;
      this.changed();
    }
  }

  /** @param {string[]} notes */
  #tell(notes) {
    if (notes.length) this.dispatchEvent(new CustomEvent('notes', { detail: notes }));
  }

  /** A fragment with a question mark names no element, so that no browser goes there by itself. */
  #show() {
    const { anchor, hasQuery, isFormer } = this.#fragment;
    this.#place.begin(hasQuery || isFormer ? anchor : '');
    if (history.state?.place === undefined) this.#replace(location.hash); // who comes back to it is told from who comes by a link
    this.changed();
  }

  #write() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    if (this.#reading) return; // it is asked again afterwards
    const { query } = this.#fragment;
    const entries = [...this.#parts.values()].flatMap((part) => part.write(false));
    for (const key of this.#unclaimed) for (const value of query.getAll(key)) entries.push([key, value]);
    const hash = writeFragment(this.#anchor(entries), entries);
    if (hash !== location.hash && location.hash === this.#known) this.#replace(hash);
  }

  /** @param {string} hash */
  #replace(hash) {
    try {
      history.replaceState(this.#place.state, '', `${location.pathname}${location.search}${hash}`);
      this.#known = location.hash;
    } catch {
      // more changes than this browser takes: the next one tells all
    }
  }

  /** The section that is in sight; none at the top of a page that nothing was changed in. @param {Entries} entries */
  #anchor(entries) {
    const { section } = this.#place;
    return section === sections[0] && !entries.length && !location.hash ? '' : section;
  }
}

/** The one of the page. */
export const address = new AddressBar();
