import { printed } from '../cell/digits.js';
import { Emitter } from '../Emitter.js';
import { count } from '../../format.js';
import { suitable } from './plan.js';

/** Characters that are read before the passage, and those of the passage with the one before it. */
const READ = 100;
const PASSAGE = 13;
/** A phase of the play: milliseconds. */
const PHASE = 2500;

/** @typedef {import('../../worker/slow/slow-step.js').SlowStep} SlowStep */

/** What a training step does, one after the other. */
export const phases = Object.freeze(/** @type {const} */ (['Guess', 'Surprise', 'Message back', 'Pushes', 'Step', 'Better guess']));

/**
 * One training step in six phases, for the network as it is now. Knows no DOM; the views listen.
 *
 * Events: `change` when any of it is another, `failed` with an Error as `detail`: all is as before.
 */
export class SlowMotion extends Emitter {
  /** @type {SlowStep | undefined} */
  step;
  /** Of phases. */
  phase = 0;
  isPlaying = false;
  isBusy = false;
  #session;
  #compute;
  #taken = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {import('./Session.js').Session} session
   * @param {(bytes: Uint8Array, asked: { text: string, learningRate: number }) => Promise<SlowStep>} compute   somewhere else
   */
  constructor(session, compute) {
    super();
    this.#session = session;
    this.#compute = compute;
  }

  /** Computes a step on another passage of the text. */
  async take() {
    const { model, text } = this.#session;
    if (!model || !text || this.isBusy) return;
    this.#stop();
    this.isBusy = true;
    this.emit('change');
    try {
      const bytes = await model.checkpoint();
      const { learningRate } = this.#session.settings;
      const rate = learningRate || suitable(this.#session.settings).learningRate;
      this.step = await this.#compute(bytes, { text: passageOf(text.text, this.#taken), learningRate: rate });
      this.#taken += 1;
      this.phase = 0;
    } catch (error) {
      this.emit('failed', error);
    }
    this.isBusy = false;
    this.emit('change');
  }

  /** @param {number} phase */
  go(phase) {
    this.#stop();
    this.phase = Math.min(phases.length - 1, Math.max(0, phase));
    this.emit('change');
  }

  /** Goes on by itself to the last phase; from the last one, from the first. */
  play() {
    if (this.phase === phases.length - 1) this.phase = 0;
    this.isPlaying = true;
    this.#timer = setTimeout(() => this.#next(), PHASE);
    this.emit('change');
  }

  pause() {
    this.#stop();
    this.emit('change');
  }

  #next() {
    this.phase += 1;
    this.isPlaying = this.phase < phases.length - 1;
    if (this.isPlaying) this.#timer = setTimeout(() => this.#next(), PHASE);
    this.emit('change');
  }

  #stop() {
    clearTimeout(this.#timer);
    this.isPlaying = false;
  }
}

/**
 * A piece of the text, from a place that differs each time and, where there is one, begins after a space.
 *
 * @param {string} text
 * @param {number} taken   pieces before
 */
export function passageOf(text, taken) {
  const room = Math.max(1, text.length - 2 * (READ + PASSAGE));
  const at = Math.floor(((taken + 1) * 0.618034 % 1) * room);
  const chars = [...text.slice(at, at + 3 * (READ + PASSAGE))].filter((char) => char.length > 1 || !/[\ud800-\udfff]/.test(char));
  const space = chars.findIndex((char, k) => char === ' ' && k >= READ && k < READ + PASSAGE);
  const end = (space < 0 ? READ : space) + PASSAGE;
  return chars.slice(0, end).join('');
}

/**
 * What a phase shows of each character, from 0.
 *
 * @param {SlowStep} step
 * @param {number} phase
 * @returns {{ values: number[], before?: number[], most: number }}   most: the height of the drawing
 */
export function barsOf({ before, after, flow }, phase) {
  if (phase === 1) return bars([...before.probabilities].map((p) => -Math.log(p)));
  if (phase >= 2 && phase < 5) return bars([...flow]);
  if (phase === 5) return { ...bars([...after.probabilities], 1), before: [...before.probabilities] };
  return bars([...before.probabilities], 1);
}

/** @param {number[]} values @param {number} [most] */
const bars = (values, most = Math.max(...values, 1e-9)) => ({ values, most });

/**
 * What there is to say of a phase, in a sentence or two.
 *
 * @param {SlowStep} step
 * @param {number} phase
 */
export function sentenceOf({ characters, before, after, flow, weights, optimizer }, phase) {
  const last = characters.length - 1;
  const [p, q] = [before, after].map(({ probabilities }) => probabilities[last]);
  switch (phase) {
    case 0: return `Each bar is the probability that the network gave to the character which came: ${number(p)} to the last.`;
    case 1: {
      const { text } = printed({ op: '−ln', parts: [p] });
      return `The smaller, the more surprising: ${text} nats for the last; ${number(before.loss)} on average, the loss.`;
    }
    case 2: return 'How should the memory have been, for the last to surprise less? The message runs back: '
      + `${number(flow[last])} at the last character, ${number(flow[0])} at the first.`;
    case 3: return `All messages together push the weights. Of ${count(weights)} these move furthest.`;
    case 4: return `${optimizerName(optimizer)} moves all of them once, with a learning rate of ${Number(optimizer.learningRate.toPrecision(2))}.`;
    default: return `${number(p)} → ${number(q)} for the last; the loss ${verdict(before.loss, after.loss)}.`;
  }
}

/** @param {SlowStep['optimizer']} optimizer */
function optimizerName({ name, isOfRun }) {
  const shown = name === 'adam' ? 'Adam' : name;
  return isOfRun && name.startsWith('adam') ? `${shown}, which remembers the run’s former pushes,` : `${shown}, the optimizer,`;
}

/** @param {number} before @param {number} after */
function verdict(before, after) {
  const change = `${number(before)} → ${number(after)}`;
  if (after < before) return change;
  return `${change} has not fallen: former pushes were stronger than this passage`;
}

/** Two decimals, or two digits of what is smaller. @param {number} x */
export const number = (x) => (x !== 0 && Math.abs(x) < 0.1 ? x.toFixed(decimalsOf(x)) : x.toFixed(2));

/** @param {number} x */
const decimalsOf = (x) => Math.min(7, 1 - Math.floor(Math.log10(Math.abs(x))));
