// calls.js: all that can be asked of a Worker. Its server, the page's classes and their types are made from this table.

/** @typedef {'worker' | 'library' | 'model' | 'reading' | 'training' | 'stream'} Kind of object in the Worker */

/**
 * A method of such an object. Its arguments and its answer are plain data, or cross as one of these says:
 *
 * @typedef {object} Call
 * @property {Kind} [makes] its answer is an object of this kind, which stays in the Worker; the page has one in its place
 * @property {true} [sliced] it works in slices of time, so that other calls are answered in between: the Worker goes
 *   through the pieces of the method `...InPieces`
 * @property {true} [iterates] what it makes is an iterator
 * @property {true} [ordered] it changes what later calls begin with: one on the same object waits for it, and so does any
 *   call of a reading
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
    train: { makes: 'training', sliced: true, iterates: true },
    predict: { sliced: true },
    generate: { sliced: true, ordered: true },
    stream: { makes: 'stream', sliced: true, iterates: true },
    complete: { sliced: true },
    score: { sliced: true, moves: 'answer' },
    trace: { sliced: true, moves: 'answer' },
    read: { makes: 'reading', sliced: true },
    evaluate: { sliced: true },
    quantize: { makes: 'model' },
    save: { moves: 'answer' },
    checkpoint: { moves: 'answer' },
  },
  reading: {
    ...disposable,
    push: { chains: true, sliced: true, ordered: true },
    branch: { makes: 'reading' },
    save: {},
    predict: {},
    score: { sliced: true, moves: 'answer' },
    trace: { sliced: true, moves: 'answer' },
    generate: { sliced: true, ordered: true },
    stream: { makes: 'stream', sliced: true, iterates: true },
    complete: { sliced: true },
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
