import { Random } from '../why/Random.js';
import { Demo } from './Demo.js';
import { classifierOptions, classifyPlan } from './recipes.js';
import { drawShape, LEAST_STEPS, shapes, varied } from './strokes.js';

/** @typedef {import('./strokes.js').Move} Move */
/** @typedef {{ label: string, probability: number }} Guess */
/** @typedef {import('lstm-wasm/worker').WorkerClassifier} WorkerClassifier */

/** Of each label. */
export const EXAMPLES = 10;

export const usualLabels = () => shapes.map(({ name }) => name);

/** Three gestures, ten examples of each, and a classifier that learns them and then reads as one draws. */
export class Gestures extends Demo {
  labels = usualLabels();
  /** @type {Move[][][]} */
  examples = this.labels.map(() => []);
  /** Which label is drawn now; undefined: what is drawn is to be told. @type {number | undefined} */
  chosen = 0;
  /** What is being drawn, the probabilities in the order of the labels. @type {number[] | undefined} */
  guesses;
  /** @type {WorkerClassifier | undefined} */
  #model;
  /** What the model calls them: labels are renamed without learning again. */
  #names = this.labels;
  /** @type {Promise<any> | undefined} */
  #reading;
  #asked = 0;

  get isFull() {
    return this.examples.every(({ length }) => length >= EXAMPLES);
  }

  /** @param {number} k @param {string} name */
  rename(k, name) {
    this.labels = this.labels.map((former, i) => (i === k ? name : former));
    this.emit('change');
  }

  /** Names that a model can have: none is empty or there twice. */
  get hasNames() {
    return this.labels.every((label, k) => label.trim() && this.labels.indexOf(label) === k);
  }

  /** @param {number | undefined} chosen */
  choose(chosen) {
    this.chosen = chosen;
    this.emit('change');
  }

  /** A gesture that was drawn for the chosen label; ten of them, and the next label's turn comes. @param {Move[]} moves @returns {boolean} was it taken? */
  add(moves) {
    const { chosen } = this;
    if (chosen === undefined || moves.length < LEAST_STEPS) return false;
    if (this.examples[chosen].length >= EXAMPLES) this.examples[chosen].shift();
    this.examples[chosen].push(moves);
    if (this.examples[chosen].length >= EXAMPLES) {
      const next = this.examples.findIndex(({ length }) => length < EXAMPLES);
      if (next >= 0) this.chosen = next;
    }
    this.emit('change');
    return true;
  }

  /** Fills up to ten each: with others like those that were drawn, or with a shape for a label that has none. */
  fill() {
    const random = new Random(11);
    this.examples.forEach((list, k) => {
      const own = list.slice();
      while (list.length < EXAMPLES) list.push(own.length ? varied(random.pick(own), random) : drawShape(k, random));
    });
    this.emit('change');
  }

  clear() {
    this.examples = this.labels.map(() => []);
    this.chosen = 0;
    this.guesses = undefined;
    this.#model = undefined;
    this.forget();
  }

  /** The pen is put down: what is drawn from here on is told, as far as it goes. */
  beginReading() {
    this.#reading = this.#model?.read();
    this.#reading?.catch(() => {});
    this.guesses = undefined;
    this.emit('change');
  }

  /** @param {readonly Move[]} moves   that are new */
  async readOn(moves) {
    const reading = this.#reading;
    if (!reading || moves.length === 0) return;
    const asked = ++this.#asked;
    try {
      const place = await reading;
      for (const move of moves) place.push(move).catch?.(() => {}); // in order: its answer is not waited for
      const found = /** @type {Guess[]} */ (await place.predict());
      if (this.#reading !== reading || asked < this.#asked) return;
      this.guesses = this.#names.map((name) => found.find(({ label }) => label === name)?.probability ?? 0);
      this.emit('change');
    } catch (error) {
      if (this.#reading === reading) this.emit('problem', error);
    }
  }

  /** What a classifier learns: each step of a gesture has its label, so that it is told before it ends. */
  get lessons() {
    return this.examples.flatMap((list, k) => list.map((moves) => ({ sequence: moves, label: moves.map(() => this.#names[k]) })));
  }

  /** @param {import('./Demo.js').WorkerLstm} lstm @param {() => boolean} isCurrent @override @protected */
  async learn(lstm, isCurrent) {
    this.#names = this.labels.slice();
    this.guesses = undefined;
    const model = await this.take(lstm.createClassifier(classifierOptions(this.#names)), isCurrent);
    if (!model) return;
    this.#model = model;
    this.chosen = undefined;
    for await (const { progress = 0 } of model.train(/** @type {any} */ (this.lessons), classifyPlan)) {
      if (!isCurrent()) return;
      this.advance(progress);
    }
  }
}
