import { Emitter } from '../Emitter.js';
import { writeSettings } from './settings.js';
import { Storage } from './storage.js';
import { nameTab, newName } from './tab.js';

/** While the network learns: milliseconds. A large one is saved so seldom that saving takes no more than this share. */
const SAVE_EVERY = 10_000;
const SHARE = 0.05;

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
  #saveNext = SAVE_EVERY;
  /** @type {Promise<void>} */
  #saving = Promise.resolve();
  #isAsked = false;

  /**
   * @param {import('./Session.js').Session} session
   * @param {import('./Samples.js').Samples} samples
   * @param {Pick<Storage, 'find' | 'write' | 'remove'>} [storage]
   */
  constructor(session, samples, storage = new Storage()) {
    super();
    this.#session = session;
    this.#samples = samples;
    this.#storage = storage;
  }

  /**
   * The run to go on with: that of this tab or the newest, unless the address asks for another. A page that is loaded
   * again always has its own run, with what was chosen last.
   *
   * @param {import('./settings.js').Settings} settings   of the address
   * @param {{ isGiven: boolean, isReload: boolean }} visit   isGiven: does the address have any?
   * @returns {Promise<import('./storage.js').Run | undefined>}
   */
  async find(settings, { isGiven, isReload }) {
    const { name, former } = await nameTab();
    this.#name = name;
    try {
      const found = await this.#storage.find(former);
      if (!found) return undefined;
      if (isReload && found.name === former) return { ...found.run, settings };
      if (!isGiven || writeSettings(settings) === writeSettings(found.run.settings)) return found.run;
      if (found.name === name) await this.keepApart();
    } catch (error) {
      await this.keepApart();
      this.emit('failed', error);
    }
    return undefined;
  }

  /** From now on under another name: what was kept under the former stays. */
  async keepApart() {
    this.#name = await newName();
  }

  /** Keeps the run from now on: while the network learns, and whenever it pauses. */
  begin() {
    const session = this.#session;
    session.addEventListener('report', () => {
      if (performance.now() > this.#saveNext) this.save();
    });
    session.addEventListener('state', () => {
      if (session.state === 'ready' && session.last) this.save();
    });
    session.addEventListener('model', () => {
      if (!session.trained) this.#forget();
    });
  }

  /** Saves now; when asked while it saves, once more after it. */
  save() {
    this.#saveNext = Infinity;
    if (this.#isAsked) return;
    this.#isAsked = true;
    this.#saving = this.#saving.then(async () => {
      this.#isAsked = false;
      const begun = performance.now();
      try {
        const captured = await this.#session.capture();
        if (!captured) return;
        await this.#storage.write(this.#name, { ...captured, samples: this.#samples.blocks, savedAt: Date.now() });
        this.emit('saved', captured.last.step);
      } catch (error) {
        if (this.#session.state !== 'lost') this.emit('failed', error);
      } finally {
        const now = performance.now();
        this.#saveNext = now + Math.max(SAVE_EVERY, (now - begun) / SHARE);
      }
    });
  }

  /** The run was given up. */
  #forget() {
    const name = this.#name;
    this.#saving = this.#saving.then(() => this.#storage.remove(name)).catch(() => {});
  }
}
