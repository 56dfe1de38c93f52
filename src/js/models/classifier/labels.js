// labels.js: labels by name, and what a network is trained towards for them.
//
//   one label      targets: its index, one whole number
//   several        targets: 0 or 1 for each label of the set
//   not known      null: the step has no part in the loss
import { describe, isArray, refuse } from '../../core/check.js';
import { ArgumentError } from '../../core/errors.js';
import { MAX_INPUT } from '../../network/network-options.js';

/** @typedef {string | readonly string[] | null} Label one; or all that hold, where several can; null: not known */

/**
 * How the option `labels` is read.
 * @param {unknown} value
 * @param {string} path
 * @param {boolean} several
 * @returns {string[]}
 */
export function readLabels(value, path, several) {
  const least = several ? 1 : 2;
  if (!Array.isArray(value) || value.length < least || value.length > MAX_INPUT) {
    refuse(path, `an array of ${least} to ${MAX_INPUT} names`, value);
  }
  const seen = new Set();
  value.forEach((name, i) => {
    if (typeof name !== 'string' || name === '') refuse(`${path}[${i}]`, 'a name, a string that is not empty', name);
    if (seen.has(name)) throw new ArgumentError(`${path}[${i}]: ${describe(name)} is there twice`);
    seen.add(name);
  });
  return [...value];
}

/** So many names are listed in a message. */
const LISTED = 12;

export class LabelSet {
  #indices;

  /**
   * @param {readonly string[]} names checked
   * @param {boolean} several can hold at once
   */
  constructor(names, several) {
    this.names = Object.freeze([...names]);
    this.several = several;
    this.#indices = new Map(names.map((name, i) => [name, i]));
  }

  get size() {
    return this.names.length;
  }

  /** Numbers that stand for one label, or one set of them. */
  get width() {
    return this.several ? this.size : 1;
  }

  /** Room for n of them. @param {number} n @returns {Int32Array | Float32Array} */
  targets(n) {
    return this.several ? new Float32Array(n * this.size) : new Int32Array(n);
  }

  /**
   * The index of a name.
   * @param {unknown} name
   * @param {string} path
   * @throws {ArgumentError} where it is none of them
   */
  indexOf(name, path) {
    const index = typeof name === 'string' ? this.#indices.get(name) : undefined;
    return index ?? refuse(path, `one of the labels ${this.#listed}`, name);
  }

  /**
   * Writes what stands for a label, or for a set of them, into targets.
   * @param {Int32Array | Float32Array} targets
   * @param {number} at which of them
   * @param {unknown} label
   * @param {string} path
   * @returns {boolean} is it known?
   */
  write(targets, at, label, path) {
    if (label === null) return false;
    if (!this.several) {
      targets[at] = this.indexOf(label, path);
      return true;
    }
    if (!isArray(label)) refuse(path, 'an array of labels, of all that hold, or null where it is not known', label);
    for (let i = 0; i < label.length; i++) targets[at * this.size + this.indexOf(label[i], `${path}[${i}]`)] = 1;
    return true;
  }

  get #listed() {
    const listed = this.names.slice(0, LISTED).map((name) => `'${name}'`).join(', ');
    return this.size > LISTED ? `${listed}, … (${this.size})` : listed;
  }
}
