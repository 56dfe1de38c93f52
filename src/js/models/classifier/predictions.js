// predictions.js: probabilities, with the labels' names.

/**
 * A label and how probable it is.
 * @typedef {object} Prediction
 * @property {string} label
 * @property {number} probability
 */

/**
 * @param {ArrayLike<number>} probabilities
 * @param {import('./labels.js').LabelSet} labels
 * @param {{ top?: number, threshold: number }} asked
 * @returns {Prediction[]} the most probable first
 */
export function predictionsOf(probabilities, { names }, { top, threshold }) {
  return names.map((label, i) => ({ label, probability: probabilities[i] }))
    .filter(({ probability }) => probability >= threshold)
    .sort((a, b) => b.probability - a.probability)
    .slice(0, top);
}
