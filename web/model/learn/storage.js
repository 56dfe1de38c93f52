import { openDB } from 'idb';
import { keep } from '../keep.js';

/** So many runs are kept, the newest: each tab has its own, and earlier visits may have left some. */
const MOST_RUNS = 4;

/** @typedef {import('./Session.js').Capture & { samples: import('./Samples.js').Block[], savedAt: number }} Run */

/** Runs that outlive a visit, in the IndexedDB of this browser, each under the name of its tab. */
export class Storage {
  #database = this.#connect();
  /** What was written last. @type {import('./text.js').Text | undefined} */
  #text;

  constructor() {
    this.#database().catch(() => {}); // whoever uses it is told
  }

  /** A connection that the browser ends is opened again when it is used next. */
  #connect() {
    return keep(() => openDatabase(() => { this.#database = this.#connect(); }));
  }

  /**
   * The run of this name, or else the newest.
   *
   * @param {string | undefined} name
   * @returns {Promise<{ name: string, run: Run } | undefined>}
   */
  async find(name) {
    const database = await this.#database();
    const transaction = database.transaction(['runs', 'texts']);
    const runs = transaction.objectStore('runs');
    const own = name !== undefined && await runs.get(name);
    const newest = own ? undefined : await runs.index('savedAt').openCursor(null, 'prev');
    const [key, run] = own ? [name, own] : [newest?.primaryKey, newest?.value];
    const text = key !== undefined && await transaction.objectStore('texts').get(key);
    return run && text ? { name: String(key), run: { ...run, text } } : undefined;
  }

  /**
   * Writes a run; it is on the disk when the promise resolves.
   *
   * @param {string} name
   * @param {Run} run
   */
  async write(name, { text, ...run }) {
    const database = await this.#database();
    const transaction = database.transaction(['runs', 'texts'], 'readwrite', { durability: 'strict' });
    const runs = transaction.objectStore('runs');
    const texts = transaction.objectStore('texts');
    const isThere = this.#text === text && await texts.getKey(name) !== undefined;
    const others = (await runs.index('savedAt').getAllKeys()).filter((other) => other !== name).map(String);
    const old = others.slice(0, 1 - MOST_RUNS);
    // All at once, and nothing awaited in between: a write that fails rejects them all.
    await Promise.all([
      runs.put(run, name),
      ...(isThere ? [] : [texts.put(text, name)]),
      ...old.flatMap((other) => [runs.delete(other), texts.delete(other)]),
      transaction.done,
    ]);
    this.#text = text;
  }

  /** @param {string} name */
  async remove(name) {
    const database = await this.#database();
    const transaction = database.transaction(['runs', 'texts'], 'readwrite');
    for (const store of ['runs', 'texts']) transaction.objectStore(store).delete(name);
    await transaction.done;
  }
}

/**
 * Rejects also in a browser without IndexedDB.
 *
 * @param {() => void} terminated   is called when the browser ends the connection
 */
async function openDatabase(terminated) {
  return openDB('lstm-wasm', 1, {
    terminated,
    upgrade(database) {
      database.createObjectStore('runs').createIndex('savedAt', 'savedAt');
      // Apart from the runs, because a text can be long and does not change.
      database.createObjectStore('texts');
    },
  });
}
