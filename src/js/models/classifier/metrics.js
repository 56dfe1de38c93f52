// metrics.js: how well labels were told.
//
//   precision = TP / (TP + FP)    recall = TP / (TP + FN)    F1 = 2 TP / (2 TP + FP + FN)
//
// As in scikit-learn, with 0 where there is nothing to divide by; the macro F1 is the mean over the labels that occur, in
// truth or as an answer.

/**
 * How well one label was told.
 * @typedef {object} LabelScore
 * @property {number} precision of the answers with this label, the fraction that is right
 * @property {number} recall of what has this label, the fraction that was told so
 * @property {number} f1 their harmonic mean
 * @property {number} support how many have this label
 */

/**
 * How well labels were told.
 * @typedef {object} ClassifierEvaluation
 * @property {number} loss mean cross-entropy, nats: of a label; where several can hold, of each yes or no
 * @property {number} accuracy the fraction told right; where several can hold, with all of its labels right and no other
 * @property {number} macroF1 the mean of the labels' F1, each counting alike
 * @property {Record<string, LabelScore>} labels by name
 * @property {number[][]} confusion [truth][answer]: how many of one label were told as another, in the order of the labels.
 *   Where several can hold, for each label how many were rightly not told, wrongly told, wrongly not told, rightly told
 * @property {number} count how many were told: sequences, or steps
 */

/** Counts answers, and scores them. */
export class Tally {
  #labels;
  /** [truth][answer]; where several can hold, [label][2 truth + answer]. @type {number[][]} */
  #counts;
  #loss = 0;
  #right = 0;
  #count = 0;

  /** @param {import('./labels.js').LabelSet} labels */
  constructor(labels) {
    this.#labels = labels;
    this.#counts = labels.names.map(() => Array(labels.several ? 4 : labels.size).fill(0));
  }

  /**
   * One more.
   * @param {ArrayLike<number>} target an index, or 0 or 1 for each label
   * @param {ArrayLike<number>} probabilities of the labels
   * @param {number} threshold from which on a label holds, where several can
   */
  add(target, probabilities, threshold) {
    this.#count += 1;
    if (this.#labels.several) this.#addSet(target, probabilities, threshold);
    else this.#addOne(target[0], probabilities);
  }

  /** @param {number} truth @param {ArrayLike<number>} probabilities */
  #addOne(truth, probabilities) {
    let answer = 0;
    for (let i = 1; i < probabilities.length; i++) if (probabilities[i] > probabilities[answer]) answer = i;
    this.#counts[truth][answer] += 1;
    this.#right += truth === answer ? 1 : 0;
    this.#loss -= log(probabilities[truth]);
  }

  /** @param {ArrayLike<number>} target @param {ArrayLike<number>} probabilities @param {number} threshold */
  #addSet(target, probabilities, threshold) {
    let [loss, isRight] = [0, true];
    for (let i = 0; i < probabilities.length; i++) {
      const p = probabilities[i];
      const answer = p >= threshold ? 1 : 0;
      this.#counts[i][2 * target[i] + answer] += 1;
      isRight &&= answer === target[i];
      loss -= target[i] === 1 ? log(p) : logOfNot(p);
    }
    this.#right += isRight ? 1 : 0;
    this.#loss += loss / probabilities.length;
  }

  get count() {
    return this.#count;
  }

  /** The mean so far; NaN of nothing. */
  get loss() {
    return this.#loss / this.#count;
  }

  /** @returns {ClassifierEvaluation} */
  get evaluation() {
    const { names } = this.#labels;
    const scores = names.map((_, i) => this.#score(i));
    const occurring = scores.filter(({ support, told }) => support + told > 0);
    return {
      loss: this.loss,
      accuracy: this.#right / this.#count,
      macroF1: occurring.reduce((sum, { f1 }) => sum + f1, 0) / occurring.length,
      labels: Object.fromEntries(names.map((name, i) => {
        const { told, ...score } = scores[i];
        return [name, score];
      })),
      confusion: this.#counts.map((row) => [...row]),
      count: this.#count,
    };
  }

  /** @param {number} i a label */
  #score(i) {
    const counts = this.#counts;
    const right = this.#labels.several ? counts[i][3] : counts[i][i];
    const support = this.#labels.several ? counts[i][2] + counts[i][3] : sum(counts[i]);
    const told = this.#labels.several ? counts[i][1] + counts[i][3] : sum(counts.map((row) => row[i]));
    return {
      precision: told > 0 ? right / told : 0,
      recall: support > 0 ? right / support : 0,
      f1: support + told > 0 ? (2 * right) / (support + told) : 0,
      support,
      told,
    };
  }
}

/** @param {readonly number[]} values */
const sum = (values) => values.reduce((all, value) => all + value, 0);

/** A float that has become 0 was not impossible: the smallest above it takes its place. @param {number} p */
const log = (p) => Math.log(Math.max(p, 2 ** -149));

/** log(1 - p), where p may have become 1 as the float nearest to it. @param {number} p */
const logOfNot = (p) => Math.log(Math.max(1 - p, 2 ** -25));
