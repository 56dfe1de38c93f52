// optimizer-options.js: what each optimizer can be asked for, in the words and with the presets of torch.optim.
import { flag, number, object, readChoice, readOptions, refuse } from '../core/check.js';
import { ArgumentError } from '../core/errors.js';

/** The optimisers. @typedef {'adam' | 'adamw' | 'sgd' | 'adagrad' | 'rmsprop'} OptimizerName */

/**
 * Adam (Kingma & Ba 2015), and AdamW (Loshchilov & Hutter 2019), where weight decay is apart from the gradient.
 * @typedef {object} AdamOptions
 * @property {number} [beta1] decay of the first moment, 0 to below 1; default 0.9
 * @property {number} [beta2] decay of the second moment, 0 to below 1; default 0.999
 * @property {number} [epsilon] above 0; default 1e-8
 */

/**
 * Stochastic gradient descent, with momentum as Sutskever et al. 2013.
 * @typedef {object} SgdOptions
 * @property {number} [momentum] 0 to below 1; default 0
 * @property {number} [dampening] 0 to 1: this part of a gradient does not go into the momentum; default 0
 * @property {boolean} [nesterov] Nesterov's momentum, without dampening; default false
 */

/**
 * Adagrad (Duchi et al. 2011).
 * @typedef {object} AdagradOptions
 * @property {number} [learningRateDecay] the rate is divided by 1 + learningRateDecay * (updates before); default 0
 * @property {number} [initialAccumulator] what the sums of squares start at; default 0
 * @property {number} [epsilon] above 0; default 1e-10
 */

/**
 * RMSprop (Tieleman & Hinton 2012).
 * @typedef {object} RmspropOptions
 * @property {number} [alpha] decay of the mean of squares, 0 to below 1; default 0.99
 * @property {number} [momentum] 0 to below 1; default 0
 * @property {number} [epsilon] above 0; default 1e-8
 */

/**
 * What every optimizer takes.
 * @typedef {object} UpdateOptions
 * @property {number} [learningRate] above 0; default 0.002 (adam, adamw), 0.001 (sgd), 0.01 (adagrad, rmsprop)
 * @property {number} [weightDecay] this times the parameter is added to its gradient; with adamw, this times the rate
 *   times the parameter is taken from it instead; default 0, and of adamw 0.01
 */

/**
 * An optimizer with its options, as torch.optim's.
 * @typedef {UpdateOptions & (({ optimizer?: 'adam' } & AdamOptions)
 *   | ({ optimizer: 'adamw' } & AdamOptions)
 *   | ({ optimizer: 'sgd' } & SgdOptions)
 *   | ({ optimizer: 'adagrad' } & AdagradOptions)
 *   | ({ optimizer: 'rmsprop' } & RmspropOptions))} OptimizerOptions
 */

/**
 * A checked optimizer: plain data.
 * @typedef {{ name: OptimizerName, numbers: Record<string, any> }} OptimizerConfig
 */

/** @typedef {import('../core/check.js').Reader<any>} AnyReader */

/** @param {number} fallback */
export const learningRate = (fallback) => number(0, Infinity, fallback, { above: true, below: true });
/** @param {number} fallback */
const kept = (fallback) => number(0, 1, fallback, { below: true });

/**
 * From 0, or above it, also as a 32-bit float.
 * @param {number} fallback
 * @param {boolean} [above]
 * @returns {AnyReader}
 */
const amount = (fallback, above = false) => (value = fallback, path) => {
  const single = typeof value === 'number' && value >= 0 ? Math.fround(value) : NaN;
  if (!(single < Infinity && (single > 0 || !above))) {
    refuse(path, `a number ${above ? 'above' : 'from'} 0 that fits a 32-bit float`, value);
  }
  return value;
};

const adam = {
  learningRate: learningRate(2e-3),
  beta1: kept(0.9),
  beta2: kept(0.999),
  epsilon: amount(1e-8, true),
  weightDecay: amount(0),
};

/** In the order of OptimizerKind in optimizer.h. @type {Record<OptimizerName, Record<string, AnyReader>>} */
const optimizers = {
  adam,
  adamw: { ...adam, weightDecay: amount(0.01) },
  sgd: {
    learningRate: learningRate(1e-3),
    momentum: kept(0),
    dampening: number(0, 1, 0),
    nesterov: flag(false),
    weightDecay: amount(0),
  },
  adagrad: {
    learningRate: learningRate(1e-2),
    learningRateDecay: amount(0),
    initialAccumulator: amount(0),
    epsilon: amount(1e-10, true),
    weightDecay: amount(0),
  },
  rmsprop: {
    learningRate: learningRate(1e-2),
    alpha: kept(0.99),
    momentum: kept(0),
    epsilon: amount(1e-8, true),
    weightDecay: amount(0),
  },
};

/** How the options of one optimizer are read. @param {OptimizerName} name */
export const readersOf = (name) => optimizers[name];

/**
 * Reads an optimizer with its options, and beside them others.
 * @template {Record<string, AnyReader>} [Others={}]
 * @param {string} where the call, for messages
 * @param {unknown} options
 * @param {Others} [others] how the others are read
 * @returns {{ optimizer: OptimizerConfig, others: { [Name in keyof Others]: ReturnType<Others[Name]> } }}
 * @throws {ArgumentError}
 */
export function readOptimizer(where, options, others) {
  const { optimizer: name, ...values } = readChoice(where, options, 'optimizer', optimizers, 'adam', others);
  const own = readersOf(name);
  const part = (/** @type {boolean} */ isOwn) =>
    Object.fromEntries(Object.entries(values).filter(([key]) => Object.hasOwn(own, key) === isOwn));
  const numbers = part(true);
  checkTogether(where, numbers);
  return { optimizer: { name, numbers }, others: /** @type {any} */ (part(false)) };
}

/**
 * @param {string} where
 * @param {Record<string, any>} numbers
 */
function checkTogether(where, { nesterov, momentum, dampening }) {
  if (!nesterov || (momentum > 0 && dampening === 0)) return;
  throw new ArgumentError(
    `${where}: nesterov needs a momentum above 0 and a dampening of 0, got ${momentum} and ${dampening}`,
  );
}

/** @param {OptimizerName} name */
export const isAdam = (name) => name === 'adam' || name === 'adamw';

// A schedule may have come down to 0.
export const readRate = number(0, Infinity, undefined, { below: true });
const power = number(0, 1);

/**
 * Reads the numbers of an optimizer that is at work, from a checkpoint: all of its options, and Adam's powers of the betas.
 * @param {OptimizerName} name
 * @param {unknown} given
 * @param {string} path
 * @returns {Record<string, any>}
 * @throws {ArgumentError}
 */
export function readNumbers(name, given, path) {
  const values = object(given, path);
  const powers = isAdam(name) && { beta1Power: power, beta2Power: power };
  const fields = { ...optimizers[name], learningRate: readRate, ...powers };
  for (const field of Object.keys(fields)) {
    if (values[field] === undefined) refuse(`${path}.${field}`, 'there', undefined);
  }
  const numbers = readOptions(path, values, fields);
  checkTogether(path, numbers);
  return numbers;
}

/**
 * Which moments an optimizer keeps: those of the gradient, 0, and those of its square, 1.
 * @param {OptimizerName} name
 * @param {Record<string, any>} numbers
 */
export const momentsOf = (name, { momentum }) =>
  [0, 1].filter((k) => isAdam(name) || (k === 0 ? momentum > 0 : name !== 'sgd'));

/**
 * What stands for an optimizer in the ABI: see lstm_trainer_step.
 * @param {OptimizerConfig} optimizer
 */
export function optimizerWords({ name, numbers }) {
  const { learningRate, weightDecay, beta1, beta2, momentum, alpha, epsilon, dampening } = numbers;
  return [
    Object.keys(optimizers).indexOf(name),
    learningRate,
    weightDecay,
    beta1 ?? momentum ?? 0,
    beta2 ?? alpha ?? 0,
    epsilon ?? 1,
    dampening ?? 0,
    numbers.learningRateDecay ?? 0,
    numbers.nesterov ? 1 : 0,
  ];
}
