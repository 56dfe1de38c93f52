// examples.js: data to learn or to measure with, checked: sequences and what they are.
import { isArray, isList, isObject, number, readOptions, refuse } from '../../core/check.js';
import { ArgumentError } from '../../core/errors.js';

/**
 * A sequence, and what it is.
 * @typedef {object} LabelledSequence
 * @property {import('./PredictingClassifier.js').Sequence} sequence
 * @property {import('./labels.js').Label | readonly import('./labels.js').Label[]} label of the sequence; an array of as
 *   many as there are steps where every step has one. Where several can hold, a label is an array of all that do. null: not
 *   known, and not learnt; of a sequence, none of its steps
 * @property {number | ArrayLike<number>} [weight] in the loss, from 0; one a step where every step has a label; default 1
 */

/**
 * One object a sequence, in an array or another iterable; or arrays of the same length.
 * @typedef {Iterable<LabelledSequence> | { sequences: readonly LabelledSequence['sequence'][],
 *   labels: readonly LabelledSequence['label'][], weights?: readonly NonNullable<LabelledSequence['weight']>[] |
 *   ArrayLike<number> }} LabelledSequences
 */

/**
 * A checked sequence.
 * @typedef {object} Example
 * @property {import('./StepEncoder.js').RawSteps} raw
 * @property {number} steps
 * @property {Int32Array | Float32Array} targets one of the sequence, or one a step
 * @property {Float32Array} weights of each target; 0 where it is not known
 * @property {string} path how the caller would write it
 */

const readWeight = number(0, 2 ** 40);

/**
 * @param {unknown} data
 * @param {string} path
 * @param {import('./knowledge.js').Knowledge} knows
 * @returns {Example[]}
 * @throws {ArgumentError} that names the place
 */
export function readExamples(data, path, knows) {
  if (isList(data)) {
    return listOf([...data], path, (item, at) => {
      if (!isObject(item)) refuse(at, '{ sequence, label, weight? }', item);
      const { sequence, label, weight } = readOptions(at, item, { sequence: as, label: as, weight: as });
      return readExample({ sequence, label, weight }, { sequence: `${at}.sequence`, label: `${at}.label`, weight: `${at}.weight` }, knows);
    });
  }
  if (!isObject(data)) refuse(path, 'an array of { sequence, label, weight? }, or { sequences, labels, weights? }', data);
  const { sequences, labels, weights } = readOptions(path, data, { sequences: as, labels: as, weights: as });
  if (!isArray(sequences)) refuse(`${path}.sequences`, 'an array of sequences', sequences);
  for (const [name, values] of Object.entries({ labels, ...(weights !== undefined && { weights }) })) {
    if (!isArray(values) || values.length !== sequences.length) refuse(`${path}.${name}`, `an array of ${sequences.length}, one a sequence`, values);
  }
  return listOf(sequences, `${path}.sequences`, (sequence, at, i) => readExample(
    { sequence, label: labels[i], weight: weights?.[i] },
    { sequence: at, label: `${path}.labels[${i}]`, weight: `${path}.weights[${i}]` },
    knows,
  ));
}

/** @param {unknown} value @returns {any} */
const as = (value) => value;

/**
 * @param {ArrayLike<unknown>} list
 * @param {string} path
 * @param {(item: unknown, path: string, i: number) => Example} read
 */
function listOf(list, path, read) {
  if (list.length === 0) throw new ArgumentError(`${path} must have at least one sequence, got none`);
  return Array.from(list, (item, i) => read(item, `${path}[${i}]`, i));
}

/**
 * @param {{ sequence: unknown, label: unknown, weight: unknown }} given
 * @param {{ sequence: string, label: string, weight: string }} paths
 * @param {import('./knowledge.js').Knowledge} knows
 * @returns {Example}
 */
export function readExample({ sequence, label: given, weight }, paths, { labels, encoder, every }) {
  const raw = encoder.read(sequence, paths.sequence);
  const steps = encoder.stepsOf(raw);
  const count = every === 'step' ? steps : 1;
  const label = every === 'step' && given === null ? Array(steps).fill(null) : given;
  const targets = labels.targets(count);
  const weights = new Float32Array(count).fill(1);
  if (every === 'sequence') {
    weights[0] = weight === undefined ? 1 : readWeight(weight, paths.weight);
    if (!labels.write(targets, 0, label, paths.label)) weights[0] = 0;
    return { raw, steps, targets, weights, path: paths.sequence };
  }
  if (!isArray(label) || label.length !== steps) refuse(paths.label, `an array of ${steps} labels, one a step`, label);
  if (isArray(weight) && weight.length !== steps) refuse(paths.weight, `a number, or an array of ${steps}, one a step`, weight);
  for (let t = 0; t < steps; t++) {
    if (isArray(weight)) weights[t] = readWeight(weight[t], `${paths.weight}[${t}]`);
    else if (weight !== undefined) weights[t] = readWeight(weight, paths.weight);
    if (!labels.write(targets, t, label[t], `${paths.label}[${t}]`)) weights[t] = 0;
  }
  return { raw, steps, targets, weights, path: paths.sequence };
}
