/** How a run trains: what its settings mean for a text of some length, and whether a checkpoint is in its midst. */

/** @typedef {import('./settings.js').Settings} Settings */

/** Steps: every few seconds for a small network. */
const VALIDATE_EVERY = 250;
/** While the validation part is measured nothing else is answered, so a slow network has less of it: characters. */
const VALIDATION = { least: 1000, most: 10_000, product: 1.2e9 };
/** Of a shorter text no part is kept back: characters. */
const SHORT_TEXT = 50_000;
/** Steps in which the rate rises at first. */
const WARMUP = 100;

/**
 * The learning rate that suits a network: wider and deeper ones need smaller steps, those without gates too.
 *
 * @param {Pick<Settings, 'kind' | 'hiddenSize' | 'layers' | 'steps'>} settings
 */
export function suitableRate({ kind, hiddenSize, layers, steps }) {
  const ofKind = { rnn: 0.3, gru: 0.6 }[/** @type {string} */ (kind)] ?? 1;
  const ofSchedule = steps ? 1 : 0.8;
  const rate = 0.02 * Math.min(1, (128 / hiddenSize) ** 1.5) * ofKind * ofSchedule / Math.sqrt(layers);
  return Number(rate.toPrecision(2));
}

/**
 * What train takes. A short text gets a smaller batch and is learnt as a whole.
 *
 * @param {Settings} settings
 * @param {number} characters   of the text
 */
export function trainingPlan(settings, characters) {
  const { dropout, seed, steps, learningRate } = settings;
  const window = Math.min(settings.window, Math.max(4, Math.floor(characters / 4)));
  const batchSize = Math.max(1, Math.min(settings.batchSize, Math.floor(characters / (2 * window))));
  return {
    batchSize,
    window,
    dropout,
    seed,
    learningRate: learningRate || suitableRate(settings),
    schedule: steps ? { type: 'cosine', to: 0.05, warmup: WARMUP } : { type: 'constant', warmup: WARMUP },
    // A budget that is never used up takes the place of one that a checkpoint has; leaving it out would keep that.
    steps: steps || Number.MAX_SAFE_INTEGER,
    validation: characters < SHORT_TEXT ? 0 : validationPart(settings) / characters,
    validateEvery: VALIDATE_EVERY,
  };
}

/** @param {Settings} settings */
function validationPart({ hiddenSize, layers }) {
  const weights = 8 * hiddenSize ** 2 * layers;
  const { least, most, product } = VALIDATION;
  return Math.round(Math.min(most, Math.max(least, product / weights)));
}

/**
 * What a checkpoint says of its training, read from the head of the file: see checkpoint() in the package.
 *
 * @typedef {object} CheckpointHead
 * @property {number} step
 * @property {number} chars
 * @property {{ options: Record<string, any>, state: { since: { step: number } } }} [last]
 */

/**
 * @param {Uint8Array} bytes   a model file
 * @returns {CheckpointHead | undefined}   undefined where it is none, or damaged
 */
export function readCheckpoint(bytes) {
  try {
    const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
    const head = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
    return head.__metadata__.checkpoint && JSON.parse(head.__metadata__.checkpoint);
  } catch {
    return undefined;
  }
}

/**
 * Is the run of this checkpoint the planned one, and not at its end?
 *
 * @param {Uint8Array} checkpoint
 * @param {ReturnType<typeof trainingPlan>} plan
 */
export function isInTheMidst(checkpoint, plan) {
  const head = readCheckpoint(checkpoint);
  if (!head?.last) return false;
  const { options, state } = head.last;
  return head.step - state.since.step < options.steps && has(options, plan);
}

/**
 * Settings, with those that a checkpoint's options stand for.
 *
 * @param {Settings} settings
 * @param {CheckpointHead | undefined} head
 * @returns {Settings}
 */
export function withPlanOf(settings, head) {
  if (!head?.last) return settings;
  const { batchSize, window, dropout, learningRate, steps = Infinity } = head.last.options;
  const planned = { ...settings, batchSize, window, dropout, steps: steps < Number.MAX_SAFE_INTEGER ? steps : 0 };
  return { ...planned, learningRate: learningRate === suitableRate(planned) ? 0 : learningRate };
}

/**
 * Does an object have all that another has?
 *
 * @param {any} whole
 * @param {any} part
 * @returns {boolean}
 */
function has(whole, part) {
  if (typeof part !== 'object' || part === null) return whole === part;
  return Object.entries(part).every(([name, value]) => has(whole?.[name], value));
}

