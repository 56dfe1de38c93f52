// StepEncoder.js: the steps of a sequence, as the network reads them.
//
//   features           a vector of numbers, scaled
//   tokens             the number of a token
//   both               a vector: the features, scaled, and behind them a 1 in the place of the token, 0 in all others. The
//                      columns of the first layer's weight_ih there are a vector of each token, and are trained
import { isArray, isObject, refuse } from '../../core/check.js';
import { ArgumentError } from '../../core/errors.js';

/** @typedef {Float64Array | Int32Array} RawSteps features as given, or tokens */
/** @typedef {Float32Array | Int32Array} Steps as the network reads them */

/**
 * What a step has.
 * @typedef {object} StepParts
 * @property {readonly string[]} features their names; none where there are only tokens
 * @property {boolean} isNamed may a step be given by these names?
 * @property {import('./vocabulary.js').StepVocabulary} [vocabulary] of the tokens, where there are such
 */

export class StepEncoder {
  #features;
  #isNamed;
  #vocabulary;
  /** Known from the first training on. @type {import('../Scaler.js').Scaler | undefined} */
  scaler;

  /** @param {StepParts} parts */
  constructor({ features, isNamed, vocabulary }) {
    this.#features = features;
    this.#isNamed = isNamed;
    this.#vocabulary = vocabulary;
  }

  /** Another, whose scaler is its own. */
  copy() {
    const copy = new StepEncoder({ features: this.#features, isNamed: this.#isNamed, vocabulary: this.#vocabulary });
    copy.scaler = this.scaler;
    return copy;
  }

  /** Numbers of a step that the network reads: 1 where that is a token. */
  get width() {
    const { length } = this.#features;
    return length === 0 ? 1 : length + (this.#vocabulary?.size ?? 0);
  }

  /** Numbers of a raw step. */
  get #rawWidth() {
    return Math.max(1, this.#features.length + (this.#features.length > 0 && this.#vocabulary ? 1 : 0));
  }

  /**
   * Checks a sequence.
   * @param {unknown} sequence
   * @param {string} path
   * @returns {RawSteps} features as they are, and behind them the token where there is one too
   * @throws {ArgumentError} that names the place
   */
  read(sequence, path) {
    const raw = this.#features.length === 0 ? this.#readTokens(sequence, path)
      : this.#vocabulary ? this.#readBoth(sequence, path) : this.#readFeatures(sequence, path);
    if (raw.length === 0) throw new ArgumentError(`${path} must have at least one step${this.#isSkipping ? ' that is not skipped' : ''}, got none`);
    return raw;
  }

  /** @param {RawSteps} raw */
  stepsOf(raw) {
    return raw.length / this.#rawWidth;
  }

  /**
   * What the network reads of checked steps.
   * @param {RawSteps} raw
   * @param {string} path
   * @returns {Steps}
   */
  encode(raw, path) {
    if (raw instanceof Int32Array) return raw;
    const { width } = this;
    const [count, rawWidth] = [this.#features.length, this.#rawWidth];
    const steps = this.stepsOf(raw);
    const encoded = new Float32Array(steps * width);
    for (let t = 0; t < steps; t++) {
      for (let k = 0; k < count; k++) {
        const value = raw[t * rawWidth + k];
        encoded[t * width + k] = this.scaler ? this.scaler.scale(k, value) : value;
        if (!Number.isFinite(encoded[t * width + k])) {
          throw new ArgumentError(`${path}[${t}]: feature '${this.#features[k]}' must be a number that fits a 32-bit float ` +
            `when it is scaled, got ${value}`);
        }
      }
      if (rawWidth > count) encoded[t * width + count + raw[t * rawWidth + count]] = 1;
    }
    return encoded;
  }

  /**
   * One step.
   * @param {unknown} step
   * @param {string} path
   * @returns {number | Float32Array | undefined} undefined: a token that is skipped
   */
  readStep(step, path) {
    if (this.#features.length === 0) {
      const token = this.#token(step, path);
      return token < 0 ? undefined : token;
    }
    const raw = new Float64Array(this.#rawWidth);
    const vector = this.#vocabulary ? this.#writeBoth(raw, 0, step, path) : this.#writeVector(raw, 0, step, path);
    return vector ? /** @type {Float32Array} */ (this.encode(raw, path.replace(/\[\d+\]$/, ''))) : undefined;
  }

  get #isSkipping() {
    return this.#vocabulary?.unknown === 'skip';
  }

  /** @param {unknown} sequence @param {string} path */
  #readTokens(sequence, path) {
    const vocabulary = /** @type {import('./vocabulary.js').StepVocabulary} */ (this.#vocabulary);
    return vocabulary.encode(vocabulary.read(sequence, path), path);
  }

  /**
   * [step][number], or the same flat; or a record a step, by the features' names.
   * @param {unknown} sequence
   * @param {string} path
   */
  #readFeatures(sequence, path) {
    const { length: count } = this.#features;
    if (!isArray(sequence)) refuse(path, `an array of steps, each of ${this.#step}`, sequence);
    const isFlat = sequence.length > 0 && typeof sequence[0] === 'number';
    if (isFlat && sequence.length % count !== 0) {
      refuse(path, `an array of steps, or flat with ${count} numbers a step`, sequence);
    }
    const raw = new Float64Array(isFlat ? sequence.length : sequence.length * count);
    if (isFlat) for (let i = 0; i < raw.length; i++) raw[i] = finite(sequence[i], `${path}[${i}]`);
    else for (let t = 0; t < sequence.length; t++) this.#writeVector(raw, t * count, sequence[t], `${path}[${t}]`);
    return raw;
  }

  /** @param {unknown} sequence @param {string} path */
  #readBoth(sequence, path) {
    if (!isArray(sequence)) refuse(path, `an array of steps, each ${this.#step}`, sequence);
    const width = this.#rawWidth;
    const raw = new Float64Array(sequence.length * width);
    let at = 0;
    for (let t = 0; t < sequence.length; t++) if (this.#writeBoth(raw, at, sequence[t], `${path}[${t}]`)) at += width;
    return raw.subarray(0, at);
  }

  /**
   * @param {Float64Array} raw
   * @param {number} at
   * @param {unknown} step
   * @param {string} path
   * @returns {boolean} false where its token is skipped
   */
  #writeBoth(raw, at, step, path) {
    if (!isObject(step)) refuse(path, this.#step, step);
    const { token: given, features, ...others } = step;
    const [other] = Object.keys(others);
    if (other !== undefined) refuse(path, this.#step, `one with ${other}`);
    const token = this.#token(given, `${path}.token`);
    this.#writeVector(raw, at, features, `${path}.features`);
    raw[at + this.#features.length] = token;
    return token >= 0;
  }

  /**
   * @param {Float64Array} raw
   * @param {number} at
   * @param {unknown} vector
   * @param {string} path
   */
  #writeVector(raw, at, vector, path) {
    const names = this.#features;
    if (this.#isNamed && isObject(vector) && !isArray(vector)) {
      const record = /** @type {Record<string, unknown>} */ (vector);
      const unknown = Object.keys(record).find((name) => !names.includes(name));
      if (unknown !== undefined) refuse(path, `of the features ${names.map((name) => `'${name}'`).join(', ')}`, unknown);
      names.forEach((name, k) => (raw[at + k] = finite(Object.hasOwn(record, name) ? record[name] : undefined, `${path}.${name}`)));
      return true;
    }
    if (names.length === 1 && typeof vector === 'number') raw[at] = finite(vector, path);
    else if (!isArray(vector) || vector.length !== names.length) refuse(path, this.#vector, vector);
    else for (let k = 0; k < names.length; k++) raw[at + k] = finite(vector[k], `${path}[${k}]`);
    return true;
  }

  /** @param {unknown} token @param {string} path @returns {number} -1: skipped */
  #token(token, path) {
    return /** @type {import('./vocabulary.js').StepVocabulary} */ (this.#vocabulary).numberOf(token, path);
  }

  get #vector() {
    const { length } = this.#features;
    return `an array of ${length} number${length === 1 ? '' : 's'} (features ${length})${this.#isNamed ? ', or a record of them by name' : ''}`;
  }

  /** What a step is, for messages. */
  get #step() {
    return this.#vocabulary ? '{ token, features }' : this.#vector;
  }
}

/** @param {unknown} value @param {string} path */
function finite(value, path) {
  if (typeof value !== 'number' || !Number.isFinite(value)) refuse(path, 'a finite number', value);
  return value;
}
