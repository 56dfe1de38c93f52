import { sift } from '../sift.js';
import { anatomyOf } from './anatomy.js';
import { BRACKET_NETWORKS } from './brackets.js';
import { FIRST_TEXTS } from './Reading.js';
import { liveliest } from './readings.js';
import { Shelf, resolve } from './Shelf.js';
import { NOTHING, countChanges, fitting } from './tampering.js';
import { Walk } from './Walk.js';

/** @typedef {import('./types.js').Source} Source */
/** @typedef {import('./types.js').Kind} Kind */
/** @typedef {import('./types.js').Names} Names */
/** @typedef {import('./types.js').Tampering} Tampering */

/**
 * What the centrepiece is about, as much of it as is to be changed.
 *
 * @typedef {object} Choice
 * @property {Source} [source]
 * @property {Kind} [kind] of a cell that the source does not have: the bracket network of that kind reads
 * @property {string} [text]
 * @property {number} [layer]
 * @property {number} [unit]
 * @property {number} [at] a character of the tape; without it, of a new text the last
 * @property {number} [part]
 * @property {Names} [names]
 * @property {Tampering} [tampering]
 */

/** @typedef {Choice & { isAgain?: boolean }} Wish   isAgain: read anew, what is shown is of the past */

/**
 * What the player asks of the lab, see LabHost.
 *
 * @typedef {EventTarget & {
 *   state: string,
 *   open: (id: string, bytes: Uint8Array) => Promise<import('./types.js').Subject>,
 *   run: (id: string, options: { text: string, layer: number, tampering?: Tampering }) => Promise<import('./types.js').Run>,
 * }} Lab
 */

/** So many changes can be undone. */
const UNDONE = 100;

/**
 * The state of the centrepiece: which network reads which text, which of its units is looked at, where the reading
 * stands, what was tampered with. Knows no DOM; the views listen.
 *
 * Events:
 * - `run` when there is another reading, or another layer of it
 * - `place` when `at` or `part` is another
 * - `choice` when source, kind, text, layer, unit or names are others; `detail.isMoved`: the source does not have the kind
 *   that was asked for, another one does
 * - `tampering` when what is tampered with, or can be undone, is another
 * - `playing` when it begins or stops to play, or another speed
 * - `problem` with an Error after which all is as before
 */
export class Player extends Walk {
  #lab;
  #shelf;
  /** What is wished and not begun. @type {Wish | undefined} */
  #wish;
  #isBusy = false;
  #hasBegun = false;
  /** What is read with when all wishes are fulfilled. @type {Source} */
  #wanted = 'moby';
  /** @type {Promise<void>} */
  #work = Promise.resolve();
  /** @type {Choice | undefined} */
  #later;
  /** The last text of each source, and what was looked at in each network. */
  #texts = { ...FIRST_TEXTS };
  /** @type {Map<string, { layer: number, unit: number }>} */
  #looks = new Map();
  /** @type {Tampering[]} */
  #past = [];
  /** What the run was tampered with. @type {Tampering} */
  #shown = NOTHING;
  /** @type {string | undefined} */
  #example;
  #id = '';

  /**
   * @param {Lab} lab
   * @param {(id: string) => Promise<Uint8Array>} load   the model file of 'moby', 'brackets-lstm' and so on
   */
  constructor(lab, load) {
    super();
    this.#lab = lab;
    this.#shelf = new Shelf(lab, load);
    lab.addEventListener('state', () => {
      if (lab.state === 'ready' && this.#wish) this.#change({});
      if (lab.state !== 'lost') return;
      this.#shelf.clear();
      if (this.run) this.#wish = { isAgain: true, ...this.#wish }; // what is shown can be asked about again then
    });
  }

  /**
   * The one way in. Resolves when it is shown, or was refused.
   *
   * @override
   * @param {Choice} choice
   */
  choose(choice) {
    if (choice.source === 'yours' && !this.#shelf.hasYours) {
      this.#wait(choice);
      return this.#hasBegun ? this.#work : this.#change({}); // something is to be seen meanwhile
    }
    if (choice.source) this.#wait(undefined);
    return this.#change(choice);
  }

  /** @param {Choice | undefined} choice   for when there is a network of the visitor's */
  #wait(choice) {
    if (choice === this.#later) return;
    this.#later = choice;
    this.#wanted = choice ? 'yours' : this.source;
    this.emit('choice', { isMoved: false });
  }

  /** Of the network that reads, in the lab. */
  get id() {
    return this.#id;
  }

  /** What is read with once all that was chosen is shown. */
  get wanted() {
    return this.#wanted;
  }

  /** Does it wait for the network that the visitor trains? */
  get isWaiting() {
    return this.#later !== undefined;
  }

  /**
   * The network that the visitor trains, as it is now.
   *
   * @param {Uint8Array} bytes   a model file
   * @param {string} [example]   a text for it, where it does not know the characters of the first one
   */
  async useYours(bytes, example) {
    const later = this.#later;
    if (this.#wanted !== 'yours') return;
    this.#later = undefined;
    this.#example = example;
    this.#shelf.keepYours(bytes);
    await this.#change({ ...later, isAgain: true });
  }

  // Tampering

  /**
   * @param {Partial<Tampering> | ((tampering: Tampering) => Tampering)} change
   * @param {{ goesOn?: boolean }} [options]   goesOn: the same gesture as the last change, undone with it
   */
  tamper(change, { goesOn = false } = {}) {
    if (!goesOn || !this.#past.length) this.#past = [...this.#past, this.tampering].slice(-UNDONE);
    const tampering = typeof change === 'function' ? change(this.tampering) : { ...this.tampering, ...change };
    return this.#change({ tampering });
  }

  /** Takes back all that was tampered with. */
  untamper() {
    return countChanges(this.tampering) ? this.tamper(NOTHING) : Promise.resolve();
  }

  get canUndo() {
    return this.#past.length > 0;
  }

  /** Takes back the last change. */
  undo() {
    const tampering = this.#past.pop();
    return tampering ? this.#change({ tampering }) : Promise.resolve();
  }

  // Wishes, one after the other; those that come meanwhile are fulfilled in one go.

  /** @param {Wish} wish */
  #change(wish) {
    this.#wish = { ...this.#wish, ...wish };
    if (wish.source) this.#wanted = wish.source;
    if (wish.tampering) {
      this.tampering = wish.tampering;
      this.emit('tampering');
    }
    if (!this.#isBusy) this.#work = this.#fulfil();
    return this.#work;
  }

  async #fulfil() {
    this.#isBusy = this.#hasBegun = true;
    while (this.#wish) {
      const wish = this.#wish;
      this.#wish = undefined;
      try {
        const { source, id, isMoved } = resolve(wish, this);
        const isOther = id !== this.#id;
        const text = wish.text ?? (source === this.source ? this.text : this.#texts[source]);
        const layer = wish.layer ?? (isOther ? this.#looks.get(id)?.layer ?? 0 : this.layer);
        const isShown = this.run && !isOther && !wish.isAgain && !wish.tampering && text === this.text && layer === this.layer;
        if (!isShown) await this.#read(wish, { source, id, isMoved, isOther, text, layer });
        else this.#look(wish, { isMoved });
      } catch (error) {
        if (this.#lab.state === 'lost') { // fulfilled when there is another Worker
          this.#wish = Object.assign({ isAgain: true }, wish, this.#wish);
          break;
        }
        this.#refuse(wish, error);
      }
    }
    this.#isBusy = false;
  }

  /**
   * @param {Wish} wish
   * @param {{ source: Source, id: string, isMoved: boolean, isOther: boolean, text: string, layer: number }} plan
   */
  async #read(wish, { source, id, isMoved, isOther, text, layer }) {
    const subject = await this.#shelf.take(id);
    const alphabet = new Set(subject.alphabet);
    const isFirst = source === 'yours' && text === FIRST_TEXTS.yours && this.#example;
    if (isFirst && sift(text, alphabet).unknown.length) text = isFirst;
    const { known, unknown } = sift(text, alphabet);
    layer = Math.max(0, Math.min(layer, subject.layers.length - 1));
    const config = subject.layers[layer];
    const anatomy = anatomyOf(config);
    const kind = /** @type {Kind} */ (anatomy.kind);
    // While yours grows older it stays the same network; another layer, size or kind is another.
    isOther ||= layer !== this.layer || JSON.stringify(config) !== JSON.stringify(this.subject?.layers[layer]);
    const asked = this.tampering;
    const tampering = fitting(asked, {
      length: [...known].length, units: config.hiddenSize, gates: anatomy.gates, isOther: isOther && !wish.tampering,
    });
    const run = await this.#lab.run(id, { text: known, layer, ...(countChanges(tampering) ? { tampering } : {}) });
    const isText = isOther || text !== this.text;
    if (isOther && !wish.tampering) this.#past = [];
    Object.assign(this, { source, kind, text, layer, unknown, subject, run, anatomy });
    this.#id = id;
    this.#texts[source] = text;
    this.#settle();
    this.#shown = tampering;
    if (this.tampering === asked && countChanges(asked) !== countChanges(tampering)) {
      this.tampering = tampering;
      this.emit('tampering');
    }
    if (this.#wanted !== 'yours') this.#shelf.keepYours(undefined); // there is a newer one when it is asked for again
    const { trace } = run.untouched;
    const taught = source === 'brackets' ? BRACKET_NETWORKS[/** @type {keyof typeof BRACKET_NETWORKS} */ (kind)].unit : undefined;
    const unit = isOther ? this.#looks.get(id)?.unit ?? taught ?? liveliest(trace) : this.unit;
    this.#look({ unit, ...(isText ? { at: run.characters.length - 1 } : {}), ...wish }, { isMoved, isRead: true });
  }

  /**
   * @param {Wish} wish
   * @param {{ isMoved: boolean, isRead?: boolean }} how
   */
  #look(wish, { isMoved, isRead = false }) {
    const { at, part, unit, names } = this;
    const units = this.trace?.hiddenSize ?? 0;
    this.unit = within(wish.unit ?? unit, units);
    this.names = wish.names ?? names;
    this.at = within(wish.at ?? at, this.length);
    this.part = within(wish.part ?? part, this.parts);
    this.#looks.set(this.#id, { layer: this.layer, unit: this.unit });
    if (isRead) this.emit('run');
    if (isRead || isMoved || unit !== this.unit || names !== this.names) this.emit('choice', { isMoved });
    if (isRead || at !== this.at || part !== this.part) this.emit('place');
  }

  #settle() {
    this.#wanted = this.#later?.source ?? this.#wish?.source ?? this.source;
  }

  /** @param {Wish} wish @param {unknown} error */
  #refuse(wish, error) {
    this.#settle();
    if (wish.tampering && this.tampering === wish.tampering) {
      this.tampering = this.#shown;
      this.emit('tampering');
    }
    this.emit('choice', { isMoved: false });
    this.emit('problem', error);
  }
}

/** @param {number} n @param {number} count */
const within = (n, count) => Math.max(0, Math.min(n, count - 1));
