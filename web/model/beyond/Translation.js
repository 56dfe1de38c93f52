import { Demo } from './Demo.js';
import { makePairs, samples } from './pairs.js';
import { translators } from './recipes.js';

/** @typedef {import('./recipes.js').TaskName} TaskName */
/** @typedef {{ text: any, probability: number, source: string[], target: string[], attention: Float32Array[] }} Translated */

/** Milliseconds between two translations while it learns. */
const EVERY = 400;

/** A translator that learns pairs of texts, and what it makes of the visitor's. */
export class Translation extends Demo {
  /** @type {TaskName} */
  task = 'digits';
  text = samples.digits;
  /** @type {Translated | undefined} */
  answer;
  /** Pairs seen. */
  seen = 0;
  /** @type {import('lstm-wasm/worker').WorkerTranslator | undefined} */
  #translator;
  #asked = 0;

  /** @param {TaskName} task @param {string} [text] */
  choose(task, text = samples[task]) {
    this.task = task;
    this.text = text;
    this.answer = undefined;
    this.#translator = undefined;
    this.forget();
  }

  /** @param {string} text */
  ask(text) {
    this.text = text;
    this.emit('change');
    return this.#translate();
  }

  async #translate() {
    const asked = ++this.#asked;
    const { text } = this;
    const translator = this.#translator;
    if (!translator) return;
    try {
      const answer = text ? await translator.translate(text) : undefined;
      if (asked !== this.#asked || translator !== this.#translator) return;
      this.answer = answer;
      this.emit('change');
    } catch (error) {
      // A text with nothing in it that it knows is no text for it.
      if (asked === this.#asked && /** @type {any} */ (error).code !== 'ERR_ARGUMENT') this.emit('problem', error);
    }
  }

  /** @param {import('./Demo.js').WorkerLstm} lstm @param {() => boolean} isCurrent @override @protected */
  async learn(lstm, isCurrent) {
    const { options, plan, pairs: count } = translators[this.task];
    const pairs = makePairs(this.task, count);
    this.seen = 0;
    const model = await this.take(lstm.createTranslator({ pairs, unknown: 'skip', ...options }), isCurrent);
    if (!model) return;
    this.#translator = model;
    let last = -Infinity;
    for await (const { step, progress = 0 } of model.train(pairs, plan)) {
      if (!isCurrent()) return;
      this.seen = step * plan.batchSize;
      this.advance(progress);
      if (performance.now() - last < EVERY) continue;
      await this.#translate();
      last = performance.now();
    }
    await this.#translate();
  }
}
