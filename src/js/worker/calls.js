// calls.js: all that can be asked of a Worker. Its server, the page's classes and their types are made from this table.

/** @typedef {'worker' | 'library' | 'model' | 'reading' | 'training' | 'stream'} Kind of object in the Worker */

/**
 * A method of such an object. Its arguments and its answer are plain data, or cross as one of these says:
 *
 * @typedef {object} Call
 * @property {Kind} [makes] its answer is an object of this kind, which stays in the Worker; the page has one in its place
 * @property {true} [sliced] what it makes is an iterator, which works in slices of time, so that other calls are
 *   answered in between
 * @property {true} [chains] its answer is the object itself
 * @property {'arguments' | 'answer' | 'both'} [moves] where the memory of typed arrays is handed over and not copied
 */

const disposable = /** @type {const} */ ({ dispose: {} });

/** Of each kind of object, the calls. */
export const calls = /** @satisfies {Record<Kind, Record<string, Call>>} */ (/** @type {const} */ ({
  /** Before the library is loaded. */
  worker: {
    load: { makes: 'library' },
    choose: {},
  },
  library: {
    createCharModel: { makes: 'model' },
    openCharModel: { makes: 'model' },
    open: { makes: 'model' },
  },
  model: {
    ...disposable,
    train: { makes: 'training', sliced: true },
    predict: {},
    generate: {},
    stream: { makes: 'stream', sliced: true },
    complete: {},
    score: { moves: 'answer' },
    trace: { moves: 'answer' },
    read: { makes: 'reading' },
    evaluate: {},
    quantize: { makes: 'model' },
    save: { moves: 'answer' },
    checkpoint: { moves: 'answer' },
  },
  reading: {
    ...disposable,
    push: { chains: true },
    branch: { makes: 'reading' },
    save: {},
    predict: {},
    score: { moves: 'answer' },
    trace: { moves: 'answer' },
    generate: {},
    stream: { makes: 'stream', sliced: true },
    complete: {},
  },
  training: {
    ...disposable,
    next: {},
    abort: {},
  },
  stream: {
    ...disposable,
    next: {},
  },
}));

/** What the page is told of a new object: its properties of these names, which are plain data. */
export const told = /** @satisfies {Record<Kind, readonly string[]>} */ (/** @type {const} */ ({
  worker: [],
  library: ['variant'],
  model: ['alphabet', 'config', 'unknown'],
  reading: [],
  training: [],
  stream: [],
}));

/** @type {ReadonlySet<string>} */
const names = new Set(Object.values(calls).flatMap((some) => Object.keys(some)));

/** @param {unknown} name */
export const isCallName = (name) => typeof name === 'string' && names.has(name);

/**
 * @param {Kind} kind
 * @param {string} name
 * @returns {Call | undefined}
 */
export function callOf(kind, name) {
  /** @type {Record<string, Call>} */
  const some = calls[kind];
  return Object.hasOwn(some, name) ? some[name] : undefined;
}
