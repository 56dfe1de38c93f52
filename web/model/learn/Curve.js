/** When there are more points than this, every two become one. */
const MOST_POINTS = 1200;

/** @typedef {import('lstm-wasm/worker').TrainReport} TrainReport */

/**
 * A curve as plain data, for storage.
 *
 * @typedef {object} CurveState
 * @property {number[]} chars
 * @property {number[]} loss
 * @property {(number | undefined)[]} valLoss
 * @property {number[]} gradientNorm
 * @property {number} stride
 * @property {TrainReport[]} waiting   for more, to make a point
 */

/** The course of a training: points over the characters seen, thinned so that their number stays bounded. */
export class Curve {
  chars = /** @type {number[]} */ ([]);
  loss = /** @type {number[]} */ ([]);
  /** Measured only now and then. */
  valLoss = /** @type {(number | undefined)[]} */ ([]);
  gradientNorm = /** @type {number[]} */ ([]);
  /** So many reports make one point. */
  #stride = 1;
  #waiting = /** @type {TrainReport[]} */ ([]);

  /** @param {TrainReport} report   it replaces the points that are not before it, since the run went back */
  add(report) {
    while (this.chars.length && this.chars[this.chars.length - 1] >= report.chars) this.#drop();
    this.#waiting = this.#waiting.filter(({ chars }) => chars < report.chars);
    this.#waiting.push(report);
    if (this.#waiting.length < this.#stride) return;
    this.chars.push(report.chars);
    this.loss.push(mean(this.#waiting.map(({ loss }) => loss)));
    this.valLoss.push(this.#waiting.findLast(({ valLoss }) => valLoss !== undefined)?.valLoss);
    this.gradientNorm.push(mean(this.#waiting.map(({ gradientNorm }) => gradientNorm)));
    this.#waiting = [];
    if (this.chars.length > MOST_POINTS) this.#thin();
  }

  clear() {
    this.state = { chars: [], loss: [], valLoss: [], gradientNorm: [], stride: 1, waiting: [] };
  }

  /** @returns {CurveState} */
  get state() {
    const { chars, loss, valLoss, gradientNorm } = this;
    return structuredClone({ chars, loss, valLoss, gradientNorm, stride: this.#stride, waiting: this.#waiting });
  }

  set state({ stride, waiting, ...points }) {
    Object.assign(this, structuredClone(points));
    this.#stride = stride;
    this.#waiting = [...waiting];
  }

  #drop() {
    for (const values of [this.chars, this.loss, this.valLoss, this.gradientNorm]) values.pop();
  }

  #thin() {
    const { chars, loss, valLoss, gradientNorm } = this;
    const pairs = Array.from({ length: Math.floor(chars.length / 2) }, (_, k) => 2 * k);
    this.chars = pairs.map((k) => chars[k + 1]);
    this.loss = pairs.map((k) => mean(loss.slice(k, k + 2)));
    this.valLoss = pairs.map((k) => valLoss[k + 1] ?? valLoss[k]);
    this.gradientNorm = pairs.map((k) => mean(gradientNorm.slice(k, k + 2)));
    this.#stride *= 2;
  }
}

/** @param {number[]} values */
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
