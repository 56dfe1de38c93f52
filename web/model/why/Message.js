import { Emitter } from '../Emitter.js';
import { usualGate } from './address.js';
import { STEPS, lanes, messageFlow } from './message-flow.js';

/** Milliseconds from step to step. */
const STEP_MS = 350;

/**
 * The message that travels back along a tape, step by step. Knows no DOM; the views listen.
 *
 * Events: `change` when `state`, `gate` or `left` change, `step` when `back` does, `lost` with an Error as `detail`.
 */
export class Message extends Emitter {
  /** @type {'closed' | 'making' | 'ready' | 'playing' | 'lost'} */
  state = 'closed';
  /** How far the gates are open. */
  gate = usualGate;
  /** How much is left in each lane, so many steps back. @type {Float64Array[]} */
  left = [];
  /** Where the message is: steps before that at which the error was made. */
  back = 0;
  #line;
  #id = 0;
  /** Of the last answer. */
  #answered = 0;
  #playsWhenMade = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {import('./RaceLine.js').RaceLine} line */
  constructor(line) {
    super();
    this.#line = line;
    line.addEventListener('lost', (event) => {
      if (this.state === 'closed') return;
      this.pause();
      this.#set('lost');
      this.emit('lost', /** @type {CustomEvent} */ (event).detail);
    });
  }

  /** Computes, where nothing is computed yet. */
  open() {
    if (this.state === 'closed' || this.state === 'lost') this.#ask();
  }

  /** @param {number} gate   above 0 and below 1 */
  chooseGate(gate) {
    this.gate = gate;
    // One question at a time: the next one is asked with the answer.
    if (this.#answered === this.#id || this.state === 'lost') this.#ask();
    this.emit('change');
  }

  /** As a link has it; computed when it comes into view. @param {import('./address.js').MessageShown} shown */
  show({ gate, back }) {
    this.pause();
    this.gate = gate;
    this.#goTo(back);
    if (this.state !== 'closed') this.chooseGate(gate);
    else this.emit('change');
  }

  /** To the first step; from there anew. */
  play() {
    this.open();
    this.#playsWhenMade = this.state === 'making';
    if (this.state !== 'ready') return;
    if (this.back === STEPS) this.#goTo(0);
    this.#set('playing');
    this.#wait();
  }

  pause() {
    this.#playsWhenMade = false;
    clearTimeout(this.#timer);
    if (this.state === 'playing') this.#set('ready');
  }

  /** One step back; from the first step to the end of the tape. */
  step() {
    this.open();
    this.pause();
    if (this.state === 'ready') this.#goTo(this.back === STEPS ? 0 : this.back + 1);
  }

  /** What the last step multiplied the message with, in each lane; undefined where there was none. */
  get factors() {
    return lanes.map((_, k) => this.factor(k, this.back));
  }

  /** @param {number} k   lane @param {number} back @returns {number | undefined} */
  factor(k, back) {
    const left = this.left[k];
    return !left || back === 0 ? undefined : left[back - 1] > 0 ? left[back] / left[back - 1] : 0;
  }

  #wait() {
    this.#timer = setTimeout(() => {
      if (this.state !== 'playing') return;
      this.#goTo(this.back + 1);
      if (this.back === STEPS) this.pause();
      else this.#wait();
    }, STEP_MS);
  }

  #ask() {
    if (this.state !== 'playing' && this.state !== 'ready') this.#set('making');
    this.#id += 1;
    const id = this.#id;
    const gate = this.gate;
    this.#line.use(async (lstm) => {
      const left = await messageFlow(lstm, gate);
      if (id !== this.#id) return;
      this.#answered = id;
      this.left = left;
      if (this.state === 'making') this.#set('ready');
      else this.emit('change');
      if (this.#playsWhenMade) this.play();
      if (gate !== this.gate) this.#ask();
    }, () => id === this.#id);
  }

  /** @param {number} back */
  #goTo(back) {
    this.back = back;
    this.emit('step');
  }

  /** @param {Message['state']} state */
  #set(state) {
    this.state = state;
    this.emit('change');
  }
}
