import { Emitter } from '../Emitter.js';
import { isSameRun } from './settings.js';
import { Storage } from './storage.js';
import { nameTab, newName } from './tab.js';

/**
 * While the network learns, a checkpoint is taken so often that a page that ends loses less than a second: milliseconds.
 * A large network's takes longer, and is taken so seldom that it takes no more than this share of the time.
 */
const TAKE_EVERY = 600;
const SHARE = 0.05;
/** One takes so many milliseconds a byte, 8 for a network of 128 units, or less, as measured: a busy machine answers late. */
const COST = 1e-5;
/** It is written so often, and when the page is hidden, so that no disk wears out: milliseconds. */
const WRITE_EVERY = 10_000;
/** While the page ends, it waits for no more than this to be copied: bytes. What is larger is written when it is taken. */
const MOST_AT_ONCE = 8e6;

/** @typedef {import('./storage.js').Run} Run */

/**
 * Keeps the run of this tab, so that it goes on after the page was closed or loaded again. Each tab keeps its own: none
 * overwrites that of another. A new tab begins with the newest run of all, and keeps it under its own name from then on.
 *
 * Events: `saved` with the update as `detail`, `failed` with an Error: nothing is kept until the next `saved`.
 */
export class Autosave extends Emitter {
  #session;
  #samples;
  #storage;
  #name = '';
  #hasBegun = false;
  /** Taken last, and not on the disk. @type {Run | undefined} */
  #atHand;
  #takeNext = 0;
  #writeNext = 0;
  /** @type {Promise<void>} */
  #taking = Promise.resolve();
  #isAsked = false;
  /** A slow disk holds up no checkpoint. @type {Promise<void>} */
  #writing = Promise.resolve();

  /**
   * @param {import('./Session.js').Session} session
   * @param {import('./Samples.js').Samples} samples
   * @param {Pick<Storage, 'find' | 'write' | 'writeNow' | 'throwAway'>} [storage]
   */
  constructor(session, samples, storage = new Storage()) {
    super();
    this.#session = session;
    this.#samples = samples;
    this.#storage = storage;
  }

  /**
   * The run to go on with: that of this tab or the newest, unless the address asks for another. Who comes back, by
   * loading the page again or by Back, always finds the own run, with what was chosen last.
   *
   * @param {import('./settings.js').Settings} settings   of the address
   * @param {{ isGiven: boolean, isReturn: boolean }} visit   isGiven: does the address have any?
   * @returns {Promise<{ run?: Run, thrown?: Run, earlier?: import('./storage.js').EarlierRun[] }>}   thrown: what can be
   *   had back: what was thrown away last, or the run that the address does not ask for
   */
  async find(settings, { isGiven, isReturn }) {
    const { name, former } = await nameTab();
    this.#name = name;
    try {
      const found = await this.#storage.find(former);
      if (!found) return {};
      const { run, thrown, earlier } = found;
      if (!run) return { thrown, earlier };
      if (isReturn && found.name === former) return { run: { ...run, settings }, thrown, earlier };
      if (!isGiven) return { run, thrown, earlier };
      if (isSameRun(settings, run.settings)) return { run: { ...run, settings }, thrown, earlier };
      if (found.name === name) await this.keepApart();
      return { thrown: run, earlier };
    } catch (error) {
      await this.keepApart();
      this.emit('failed', error);
    }
    return {};
  }

  /** From now on under another name: what was kept under the former stays. */
  async keepApart() {
    this.#name = await newName();
    this.#writeNext = 0;
  }

  /** Keeps the run from now on: while the network learns, and whenever it pauses. */
  begin() {
    const session = this.#session;
    this.#hasBegun = true;
    session.addEventListener('report', () => {
      if (performance.now() > this.#takeNext) this.#take();
    });
    session.addEventListener('state', () => {
      if (session.state === 'ready' && session.trained) this.save();
    });
    session.addEventListener('model', () => {
      this.#atHand = undefined;
      if (session.trained) this.save();
    });
  }

  /** Takes a checkpoint and writes it; when asked while it does, once more after it. */
  save() {
    this.#writeNext = 0;
    this.#take();
  }

  /**
   * The page is hidden or ends: asks the browser to write what was taken last, and takes what is newer if it can.
   *
   * @param {{ isEnd?: boolean }} [how]
   */
  hide({ isEnd = false } = {}) {
    if (!this.#hasBegun) return;
    const run = this.#atHand;
    this.#atHand = undefined;
    if (run) this.#storage.writeNow(this.#name, run, isEnd);
    if (!isEnd) this.save();
  }

  /**
   * The run was given up: it is kept as what was thrown away last.
   *
   * @param {Run} run
   * @param {import('./storage.js').EarlierRun[]} earlier
   */
  throwAway(run, earlier) {
    const name = this.#name;
    this.#atHand = undefined;
    this.#afterWrites(() => this.#storage.throwAway(name, run, earlier));
  }

  #take() {
    this.#takeNext = Infinity;
    if (this.#isAsked) return;
    this.#isAsked = true;
    this.#taking = this.#taking.then(async () => {
      this.#isAsked = false;
      const begun = performance.now();
      let bytes = 0;
      try {
        const captured = await this.#session.capture();
        bytes = captured?.checkpoint.length ?? 0;
        if (captured && captured.id === this.#session.id) this.#keep(captured);
      } catch (error) {
        this.#fail(error);
      } finally {
        const cost = Math.min(performance.now() - begun, bytes * COST);
        this.#takeNext = begun + Math.max(TAKE_EVERY, cost / SHARE);
      }
    });
  }

  /** @param {import('./capture.js').Capture} captured */
  #keep(captured) {
    const run = { ...captured, samples: this.#samples.blocks, savedAt: Date.now() };
    this.#atHand = run;
    if (performance.now() < this.#writeNext && run.checkpoint.length <= MOST_AT_ONCE) return;
    this.#writeNext = performance.now() + WRITE_EVERY;
    const name = this.#name;
    this.#afterWrites(async () => {
      if (run.id !== this.#session.id) return; // it was thrown away meanwhile
      await this.#storage.write(name, run);
      if (this.#atHand === run) this.#atHand = undefined;
      this.emit('saved', run.last?.step);
    });
  }

  /** @param {() => Promise<void>} write */
  #afterWrites(write) {
    this.#writing = this.#writing.then(write).catch((error) => this.#fail(error));
  }

  /** @param {unknown} error */
  #fail(error) {
    if (this.#session.state !== 'lost') this.emit('failed', error);
  }
}
