// class-weights.js: what labels weigh in the loss, so that rare ones are learnt too.
//
//   'balanced', one label       n / (labels that occur * n of this label), as scikit-learn's
//   'balanced', several         n without this label / n with it: what a yes weighs beside a no (torch's pos_weight)
import { isObject, number, refuse } from '../../core/check.js';

/** By name, 1 where a label is not named; or so that all labels weigh alike. @typedef {'balanced' | Record<string, number>} ClassWeights */

const readWeight = number(0, 2 ** 40, undefined, { above: true });

/**
 * @param {import('./labels.js').LabelSet} labels
 * @returns {import('../../core/check.js').Reader<ClassWeights | undefined>}
 */
export const classWeightsReader = (labels) => (value, path) => {
  if (value === undefined || value === 'balanced') return value;
  if (!isObject(value)) refuse(path, "'balanced', or an object of weights by label", value);
  for (const [name, weight] of Object.entries(value)) {
    labels.indexOf(name, path);
    readWeight(weight, `${path}.${name}`);
  }
  return /** @type {Record<string, number>} */ ({ ...value });
};

/**
 * The weight of each label.
 * @param {ClassWeights | undefined} given checked
 * @param {import('./labels.js').LabelSet} labels
 * @param {readonly import('./examples.js').Example[]} examples
 * @returns {Float32Array | undefined} undefined: all weigh 1
 */
export function weightsOf(given, labels, examples) {
  if (given === undefined) return undefined;
  if (given !== 'balanced') return Float32Array.from(labels.names, (name) => (Object.hasOwn(given, name) ? given[name] : 1));
  const { counts, total } = countsOf(labels, examples);
  const occurring = counts.filter((count) => count > 0).length;
  return Float32Array.from(counts, (count) => {
    if (count === 0 || count === total) return 1;
    return labels.several ? (total - count) / count : total / (occurring * count);
  });
}

/**
 * How often each label is there, and how many labels, or sets of them, are known.
 * @param {import('./labels.js').LabelSet} labels
 * @param {readonly import('./examples.js').Example[]} examples
 */
export function countsOf(labels, examples) {
  const counts = Array(labels.size).fill(0);
  let total = 0;
  for (const { targets, weights } of examples) {
    for (let i = 0; i < targets.length / labels.width; i++) {
      if (weights[i] === 0) continue;
      total += 1;
      if (!labels.several) counts[targets[i]] += 1;
      else for (let l = 0; l < labels.size; l++) counts[l] += targets[i * labels.size + l];
    }
  }
  return { counts, total };
}
