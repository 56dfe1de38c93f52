// Optimizer.js: the optimizer of a trainer: its options, and its moments in the memory of the module.
import { integer, object, refuse } from '../core/check.js';
import { isAdam, momentsOf, optimizerWords, readNumbers } from './optimizer-options.js';

/** @typedef {import('./optimizer-options.js').OptimizerConfig} OptimizerConfig */
/** @typedef {Record<string, Float32Array>[]} Moments */

const readSteps = integer(0, Number.MAX_SAFE_INTEGER);

export class Optimizer {
  #wasm;
  #table;
  #trainer;
  /** @type {OptimizerConfig} */
  #config;

  /**
   * @param {import('../network/Batch.js').NetworkHandle} network
   * @param {number} trainer its address
   * @param {OptimizerConfig} config
   */
  constructor({ wasm, table }, trainer, config) {
    this.#wasm = wasm;
    this.#table = table;
    this.#trainer = trainer;
    this.#config = config;
    if (config.numbers.initialAccumulator > 0) this.#moments(1).fill(config.numbers.initialAccumulator);
  }

  get name() {
    return this.#config.name;
  }

  /** @returns {number} */
  get learningRate() {
    return this.#config.numbers.learningRate;
  }

  set learningRate(value) {
    this.#config.numbers.learningRate = value;
  }

  /** What lstm_trainer_step takes. */
  get words() {
    return optimizerWords(this.#config);
  }

  /** All that the next update depends on, as plain data. */
  checkpoint() {
    const { name, numbers } = this.#config;
    const [, beta1Power, beta2Power] = this.#progress();
    return {
      optimizer: { name, numbers: { ...numbers, ...(this.#isAdam && { beta1Power, beta2Power }) } },
      moments: momentsOf(name, numbers).map((k) => this.#table.read(this.#pointer(k))),
    };
  }

  /**
   * Checks all of a checkpoint, and copies it.
   * @param {{ steps: unknown, optimizer: unknown, moments: unknown }} given steps, and what checkpoint gave
   * @param {string} where
   */
  read(given, where) {
    const steps = readSteps(given.steps, `${where}: steps`);
    const optimizer = object(given.optimizer, `${where}: optimizer`);
    if (optimizer.name !== this.name) {
      refuse(`${where}: optimizer.name`, `'${this.name}', as this trainer's`, optimizer.name);
    }
    const { beta1Power = 1, beta2Power = 1, ...numbers } = readNumbers(this.name, optimizer.numbers, `${where}: optimizer.numbers`);
    const kept = momentsOf(this.name, numbers);
    const { moments } = given;
    if (!Array.isArray(moments) || moments.length !== kept.length) {
      refuse(`${where}: moments`, `an array of ${kept.length}`, moments);
    }
    const all = kept.map((k, i) => ({ k, values: this.#readMoments(k, moments[i], `${where}: moments[${i}]`) }));
    return { steps, numbers, powers: [beta1Power, beta2Power], moments: all };
  }

  /**
   * Goes on from there.
   * @param {ReturnType<Optimizer['read']>} read
   * @returns {number} steps
   */
  goOn({ steps, numbers, powers, moments }) {
    for (const { k, values } of moments) this.#table.put(this.#pointer(k), values);
    this.#config.numbers = numbers;
    this.#progress().set([steps, ...powers]);
    return steps;
  }

  get #isAdam() {
    return isAdam(this.name);
  }

  /**
   * @param {number} k
   * @param {unknown} given
   * @param {string} where
   */
  #readMoments(k, given, where) {
    const missing = Object.fromEntries(this.#table.rows.map(({ name }) => [name, undefined]));
    const read = this.#table.check({ ...missing, .../** @type {any} */ (given) }, where);
    if (k === 1 && read.some(({ values }) => values.some((value) => value < 0))) refuse(where, 'numbers from 0', 'one below');
    return read;
  }

  /** @param {number} k */
  #pointer(k) {
    return this.#wasm.exports.lstm_trainer_moments(this.#trainer, k);
  }

  /** @param {number} k */
  #moments(k) {
    return this.#wasm.floats(this.#pointer(k), this.#table.valueCount);
  }

  /** Steps, beta1^steps, beta2^steps. */
  #progress() {
    return this.#wasm.doubles(this.#wasm.exports.lstm_trainer_progress(this.#trainer), 3);
  }
}
