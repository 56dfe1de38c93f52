import { openDB } from 'idb';
import { keep } from '../keep.js';

/** So many runs are kept, the newest: each tab has its own, and earlier visits may have left some. */
const MOST_RUNS = 4;

/** Milliseconds in which a browser writes some megabytes. */
const HEAD_START = 40;
/** Chromium takes a larger value from the page when it writes it, which is too late where the page is gone: bytes. */
const PIECE = 48 * 1024;

const VERSION = 2;
/**
 * runs and texts: the run of each tab, and its text apart, because it can be long and does not change. Since version 2
 * thrown: the run of each tab that was thrown away last, with its text; earlier: the curves of runs before it; pieces: under
 * [name, number], what became of the run until the page ended.
 */
const STORES = /** @type {const} */ (['runs', 'texts', 'thrown', 'earlier', 'pieces']);

/** @typedef {import('./Session.js').Capture & { samples: import('./Samples.js').Block[], savedAt: number }} Run */
/** @typedef {import('./EarlierRuns.js').EarlierRun} EarlierRun */

/**
 * What a visit finds.
 *
 * @typedef {object} Found
 * @property {string} name   of the tab
 * @property {Run} [run]
 * @property {Run} [thrown]
 * @property {EarlierRun[]} [earlier]
 */

/** Runs that outlive a visit, in the IndexedDB of this browser, each under the name of its tab. */
export class Storage {
  #database = this.#connect();
  /** The connection, once it is open, for what cannot wait. @type {import('idb').IDBPDatabase | undefined} */
  #open;
  /** What was written last. @type {import('./text.js').Text | undefined} */
  #text;

  constructor() {
    this.#database().catch(() => {}); // whoever uses it is told
  }

  /** A connection that the browser ends is opened again when it is used next. */
  #connect() {
    return keep(async () => {
      this.#open = await openDatabase(() => {
        this.#open = undefined;
        this.#database = this.#connect();
      });
      return this.#open;
    });
  }

  /**
   * What was kept under this name, or else the newest run with what belongs to it.
   *
   * @param {string | undefined} name
   * @returns {Promise<Found | undefined>}
   */
  async find(name) {
    const database = await this.#database();
    const transaction = database.transaction(STORES);
    const isOwn = name !== undefined && await isThere(transaction, name);
    const newest = isOwn ? undefined : await transaction.objectStore('runs').index('savedAt').openKeyCursor(null, 'prev');
    const key = newest ? String(newest.primaryKey) : name;
    if (key === undefined || !(isOwn || newest)) return undefined;
    const [run, text, thrown, earlier] = await Promise.all(STORES.slice(0, 4).map((store) => transaction.objectStore(store).get(key)));
    const last = wholeOf(await transaction.objectStore('pieces').getAll(piecesOf(key)));
    return { name: key, run: run && text && { ...(last?.savedAt > run.savedAt ? last : run), text }, thrown, earlier };
  }

  /**
   * Writes a run. It outlives the page when the promise resolves; not at once a power failure, since to wait for the disk
   * takes seconds where that is busy.
   *
   * @param {string} name
   * @param {Run} run
   */
  async write(name, run) {
    const database = await this.#database();
    const transaction = database.transaction(STORES, 'readwrite', { durability: 'relaxed' });
    const { text, ...others } = run;
    const texts = transaction.objectStore('texts');
    const isThere = this.#text === text && await texts.getKey(name) !== undefined;
    const [old, oldThrown] = await Promise.all(/** @type {const} */ (['runs', 'thrown']).map(async (store) => {
      const keys = (await transaction.objectStore(store).index('savedAt').getAllKeys()).map(String);
      return keys.filter((other) => other !== name).slice(0, 1 - MOST_RUNS);
    }));
    this.#text = text; // for what is asked for from now on, which is done after this
    try {
      // All at once, and nothing awaited in between: a write that fails rejects them all.
      await Promise.all([
        transaction.objectStore('runs').put(others, name),
        ...(isThere ? [] : [texts.put(text, name)]),
        transaction.objectStore('pieces').delete(piecesOf(name)),
        ...old.flatMap((other) => removeAll(transaction, other)),
        ...oldThrown.flatMap((other) => /** @type {const} */ (['thrown', 'earlier']).map((store) => transaction.objectStore(store).delete(other))),
        transaction.done,
      ]);
    } catch (error) {
      this.#text = undefined;
      throw error;
    }
  }

  /**
   * Asks the browser to write what became of a run that was written before: in one go and in pieces, so that all of it is
   * handed over now. What was committed is written, even if the page is gone then.
   *
   * @param {string} name
   * @param {Run} run
   * @param {boolean} isEnd   the page ends: Firefox gives up what it has not begun to write by then, so wait for it
   */
  writeNow(name, run, isEnd) {
    if (!this.#open || this.#text !== run.text) return;
    const transaction = this.#open.transaction('pieces', 'readwrite', { durability: 'relaxed' });
    const pieces = inPieces(run);
    Promise.all([...pieces.map((piece, k) => transaction.store.put(piece, [name, k])), transaction.done]).catch(() => {});
    transaction.commit();
    const until = performance.now() + (isEnd ? HEAD_START : 0);
    while (performance.now() < until); // nothing else can wait in a page that ends
  }

  /**
   * The run of this name was given up: it becomes what was thrown away last.
   *
   * @param {string} name
   * @param {Run} [run]   as it was at last
   * @param {EarlierRun[]} [earlier]
   */
  async throwAway(name, run, earlier) {
    const database = await this.#database();
    const transaction = database.transaction(STORES, 'readwrite');
    for (const store of /** @type {const} */ (['runs', 'texts'])) transaction.objectStore(store).delete(name);
    transaction.objectStore('pieces').delete(piecesOf(name));
    if (run) transaction.objectStore('thrown').put(run, name);
    if (earlier) transaction.objectStore('earlier').put(earlier, name);
    this.#text = undefined;
    await transaction.done;
  }
}

/**
 * @param {import('idb').IDBPTransaction<unknown, any, any>} transaction
 * @param {string} name
 */
async function isThere(transaction, name) {
  const keys = await Promise.all(['runs', 'thrown'].map((store) => transaction.objectStore(store).getKey(name)));
  return keys.some((key) => key !== undefined);
}

/** The keys of all pieces of a run. @param {string} name */
const piecesOf = (name) => IDBKeyRange.bound([name], [name, Infinity]);

/** @param {import('idb').IDBPTransaction<unknown, any, 'readwrite'>} transaction @param {string} name */
const removeAll = (transaction, name) => STORES.map((store) => (
  transaction.objectStore(store).delete(store === 'pieces' ? piecesOf(name) : name)));

/**
 * A run without its text, which was written before.
 *
 * @param {Run} run
 * @returns {any[]}   what is the same for all pieces of a checkpoint; its curve; its samples; the checkpoint's pieces
 */
function inPieces({ text, checkpoint, curve, samples, ...others }) {
  const count = Math.ceil(checkpoint.length / PIECE);
  const pieces = Array.from({ length: count }, (_, k) => checkpoint.slice(k * PIECE, (k + 1) * PIECE));
  return [{ ...others, length: checkpoint.length, count }, curve, samples, ...pieces];
}

/**
 * @param {any[]} pieces   as inPieces gave them; behind them there may be those of a larger run before it
 * @returns {any}   the run, where it is whole
 */
function wholeOf([others, curve, samples, ...pieces]) {
  if (!others || pieces.length < others.count) return undefined;
  const { length, count, ...run } = others;
  const checkpoint = new Uint8Array(length);
  pieces.slice(0, count).forEach((piece, k) => checkpoint.set(piece, k * PIECE));
  return { ...run, curve, samples, checkpoint };
}

/**
 * Rejects also in a browser without IndexedDB, and where another tab keeps the database at an older version.
 *
 * @param {() => void} ended   is called when the connection ends
 * @returns {Promise<import('idb').IDBPDatabase>}
 */
function openDatabase(ended) {
  return new Promise((resolve, reject) => {
    let isRefused = false;
    openDB('lstm-wasm', VERSION, {
      terminated: ended,
      blocked() {
        isRefused = true;
        reject(new Error('another tab has an older version of this page open: close it'));
      },
      blocking(_, __, event) {
        /** @type {IDBDatabase} */ (event.target).close();
        ended();
      },
      upgrade(database, from) {
        if (from < 1) {
          database.createObjectStore('runs').createIndex('savedAt', 'savedAt');
          database.createObjectStore('texts');
        }
        database.createObjectStore('thrown').createIndex('savedAt', 'savedAt');
        for (const store of ['earlier', 'pieces']) database.createObjectStore(store);
      },
    }).then((database) => {
      if (isRefused) database.close();
      else resolve(database);
    }, reject);
  });
}
