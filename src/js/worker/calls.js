// calls.js: all that can be asked of a Worker. Its server, the page's classes and their types are made from this table.

/**
 * @typedef {'worker' | 'library' | 'cell' | 'network' | 'trainer' | 'pairTrainer' | 'model' | 'reading' | 'tokenModel' | 'tokenReading' | 'classifier'
 *   | 'labelReading' | 'translator' | 'forecaster' | 'seriesReading' | 'ensemble' | 'ensembleReading' | 'training' | 'stream'} Kind of object in the Worker
 */

/**
 * A method of such an object. Its arguments and its answer are plain data, or cross as one of these says:
 *
 * @typedef {object} Call
 * @property {Kind | 'opened'} [makes] its answer is an object of this kind, which stays in the Worker; the page has one in
 *   its place. 'opened': of the kind that it turns out to be
 * @property {true} [sliced] it works in slices of time, so that other calls are answered in between: the Worker goes
 *   through the pieces of the method `...InPieces`
 * @property {true} [iterates] what it makes is an iterator
 * @property {true} [ordered] it changes what later calls begin with: one on the same object waits for it, and so does any
 *   call of a reading
 * @property {true} [chains] its answer is the object itself
 * @property {readonly (number | string)[]} [updates] where in its arguments there is a state that it changes: the caller's
 *   own gets what it becomes, before the answer. A call with a state that another is about to change waits for that one
 * @property {readonly string[]} [retells] of what the page was told of the object, the properties that it may change
 * @property {readonly number[]} [takes] which of its arguments are objects of the Worker, too, or lists of such
 * @property {'data' | 'options'} [lists] its first argument is data, or options that have some, which may be any iterables:
 *   they are sent as arrays
 * @property {'arguments' | 'answer' | 'both'} [moves] where the memory of typed arrays is handed over and not copied
 */

const disposable = /** @type {const} */ ({ dispose: {} });

/** What models of all kinds have that are not trained. */
const predicting = /** @type {const} */ ({ ...disposable, evaluate: { sliced: true, lists: 'data' }, save: { moves: 'answer' } });

/** What models of all kinds have. */
const common = /** @type {const} */ ({
  ...predicting,
  train: { makes: 'training', sliced: true, iterates: true },
  checkpoint: { moves: 'answer' },
});

/** What models have that learn from what just happened. */
const online = /** @type {const} */ ({ learn: { sliced: true, ordered: true }, unlearn: { ordered: true } });

/** What models of texts and of lists of tokens have that are not trained, beside what makes other objects. */
const predictingSequences = /** @type {const} */ ({
  ...predicting,
  predict: { sliced: true },
  generate: { sliced: true, ordered: true },
  stream: { makes: 'stream', sliced: true, iterates: true },
  complete: { sliced: true },
  score: { sliced: true, moves: 'answer' },
  trace: { sliced: true, moves: 'answer' },
});

/** And those that are trained too. */
const sequences = /** @type {const} */ ({ ...predictingSequences, ...common, ...online });

/** And what places in them have. */
const predictingPlaces = /** @type {const} */ ({
  ...disposable,
  push: { chains: true, sliced: true, ordered: true },
  save: {},
  predict: {},
  score: { sliced: true, moves: 'answer' },
  trace: { sliced: true, moves: 'answer' },
  generate: { sliced: true, ordered: true },
  stream: { makes: 'stream', sliced: true, iterates: true },
  complete: { sliced: true },
});

const sequencePlaces = /** @type {const} */ ({ ...predictingPlaces, learn: { sliced: true, ordered: true } });

/** Of each kind of object, the calls. */
export const calls = /** @satisfies {Record<Kind, Record<string, Call>>} */ (/** @type {const} */ ({
  /** Before the library is loaded. */
  worker: {
    load: { makes: 'library' },
    choose: {},
    // Of the library too: who trains with this Worker, and who is gone.
    join: {},
    lose: {},
  },
  library: {
    createCell: { makes: 'cell' },
    createNetwork: { makes: 'network' },
    openNetwork: { makes: 'network' },
    createCharModel: { makes: 'model', lists: 'options' },
    createTokenModel: { makes: 'tokenModel', lists: 'options' },
    createClassifier: { makes: 'classifier', lists: 'options' },
    createTranslator: { makes: 'translator', lists: 'options' },
    createForecaster: { makes: 'forecaster' },
    createEnsemble: { makes: 'ensemble', takes: [0] },
    openCharModel: { makes: 'model' },
    open: { makes: 'opened', moves: 'arguments' },
  },
  cell: {
    ...disposable,
    initialState: { moves: 'answer' },
    step: { updates: [1], moves: 'answer' },
    gates: { moves: 'answer' },
    parameters: { moves: 'answer' },
    setParameters: {},
  },
  network: {
    ...disposable,
    train: common.train,
    checkpoint: common.checkpoint,
    createTrainer: { makes: 'trainer' },
    createPairTrainer: { makes: 'pairTrainer', takes: [0] },
    setMemory: {},
    memoryWeights: { moves: 'answer' },
    initialState: { moves: 'answer' },
    step: { updates: [1], moves: 'answer' },
    run: { moves: 'answer' },
    forecast: { sliced: true, moves: 'answer' },
    generate: { sliced: true, ordered: true, updates: [0, 'state'], moves: 'answer' },
    gates: { moves: 'answer' },
    parameters: { moves: 'answer' },
    setParameters: {},
    quantize: { makes: 'network' },
    save: { moves: 'answer' },
  },
  trainer: {
    ...disposable,
    step: { retells: ['steps'] },
    evaluate: {},
    gradients: { moves: 'answer' },
    predict: { moves: 'answer' },
    gradientFlow: { moves: 'answer' },
    state: { moves: 'answer' },
    setState: {},
    resetState: {},
    checkpoint: { moves: 'answer' },
    restore: { retells: ['steps', 'learningRate'] },
    set: {},
  },
  pairTrainer: {
    ...disposable,
    step: { retells: ['steps'] },
    evaluate: {},
    gradients: { moves: 'answer' },
    state: { moves: 'answer' },
    checkpoint: { moves: 'answer' },
    restore: { retells: ['steps', 'learningRate'] },
    set: {},
  },
  model: {
    ...sequences,
    read: { makes: 'reading', sliced: true },
    quantize: { makes: 'model' },
  },
  reading: {
    ...sequencePlaces,
    branch: { makes: 'reading' },
  },
  tokenModel: {
    ...sequences,
    read: { makes: 'tokenReading', sliced: true },
    quantize: { makes: 'tokenModel' },
  },
  tokenReading: {
    ...sequencePlaces,
    branch: { makes: 'tokenReading' },
  },
  classifier: {
    ...common,
    ...online,
    predict: { sliced: true },
    read: { makes: 'labelReading', sliced: true },
    quantize: { makes: 'classifier' },
  },
  labelReading: {
    ...disposable,
    push: { chains: true, ordered: true, retells: ['steps'] },
    predict: {},
  },
  translator: {
    ...common,
    translate: { sliced: true, moves: 'answer' },
    quantize: { makes: 'translator' },
  },
  forecaster: {
    ...common,
    ...online,
    forecast: { sliced: true },
    read: { makes: 'seriesReading' },
    quantize: { makes: 'forecaster' },
  },
  seriesReading: {
    ...disposable,
    push: { chains: true, ordered: true, retells: ['rows'] },
    predict: {},
    forecast: { sliced: true },
  },
  ensemble: {
    ...predictingSequences,
    read: { makes: 'ensembleReading', sliced: true },
    quantize: { makes: 'ensemble' },
  },
  ensembleReading: {
    ...predictingPlaces,
    branch: { makes: 'ensembleReading' },
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

const ofModels = /** @type {const} */ (['config', 'parameterCount', 'isQuantized', 'steps']);

/** What training may change of them: the page is told with each of its reports, and when it ends. */
export const trained = /** @type {const} */ (['steps', 'parameterCount']);

/** What the page is told of a new object: its properties of these names, which are plain data. */
export const told = /** @satisfies {Record<Kind, readonly string[]>} */ (/** @type {const} */ ({
  worker: [],
  library: ['variant'],
  cell: ['shapes'],
  network: [...ofModels, 'shapes'],
  trainer: ['batchSize', 'window', 'accumulate', 'carryState', 'dropout', 'recurrentDropout', 'weightDrop', 'precision', 'steps',
    'optimizer', 'learningRate', 'clipNorm', 'clipValue'],
  pairTrainer: ['batchSize', 'window', 'sourceWindow', 'accumulate', 'precision', 'steps', 'optimizer', 'learningRate', 'clipNorm', 'clipValue'],
  model: [...ofModels, 'alphabet', 'unknown'],
  reading: [],
  tokenModel: [...ofModels, 'tokens', 'unknown'],
  tokenReading: [],
  classifier: [...ofModels, 'labels'],
  labelReading: ['steps'],
  translator: ofModels,
  forecaster: ofModels,
  seriesReading: ['rows'],
  ensemble: ['config', 'parameterCount', 'isQuantized', 'alphabet', 'tokens', 'unknown'],
  ensembleReading: [],
  training: [],
  stream: [],
}));

/** Properties that the page can set, by the call `set`. @type {Partial<Record<Kind, readonly string[]>>} */
export const settable = {
  trainer: ['learningRate', 'clipNorm', 'clipValue'], pairTrainer: ['learningRate', 'clipNorm', 'clipValue'],
};

/** What stands at a place that `ordered` calls move: all calls of it wait for them. @type {ReadonlySet<Kind>} */
export const places = new Set(/** @type {const} */ (['reading', 'tokenReading', 'labelReading', 'seriesReading', 'ensembleReading']));

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
