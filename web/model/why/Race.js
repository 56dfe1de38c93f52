import { Emitter } from '../Emitter.js';
import { startWorker } from '../start-worker.js';
import { GUESSING_ERROR, racers } from './lag-task.js';

/** @typedef {import('./lag-task.js').RaceSettings} RaceSettings */
/** @typedef {import('../../worker/race/race.js').Command} Command */
/** @typedef {import('../../worker/race/race.js').Progress} Progress */

/** Rounds of one run; a start at its end adds as many. */
const RUN_ROUNDS = 1000;

/**
 * Four networks that learn the same task side by side, in a Worker of their own. Knows no DOM; the views listen.
 *
 * Events: `state` when `state` changes, `progress` when there is something new to draw, `lost` with an Error as
 * `detail` when the Worker is gone or could not go on.
 */
export class Race extends Emitter {
  /** @type {'closed' | 'making' | 'ready' | 'running' | 'pausing' | 'lost'} */
  state = 'closed';
  /** @type {RaceSettings} */
  settings = { lag: 60, gates: 'open', seed: 1 };
  /** Rounds learnt, and rounds after which it stops by itself. */
  round = 0;
  until = RUN_ROUNDS;
  /** How many parameters each network has. @type {number[]} */
  parameters = [];
  /** The numbers that the test sequences begin with, and each network's answers to them. */
  shown = /** @type {Float32Array} */ (new Float32Array());
  /** @type {Float32Array[]} */
  answers = [];
  /** Rounds that were tested, and each network's root mean square error then. @type {number[]} */
  rounds = [];
  /** @type {number[][]} */
  errors = racers.map(() => []);
  /** How much of the gradient is left, by steps back: see reachOf. @type {Float64Array[]} */
  reach = [];
  /** @type {Worker | undefined} */
  #worker;
  /** Of the networks of now: what the Worker tells about former ones comes too late. */
  #id = 0;
  #startsWhenMade = false;

  /** Starts the Worker and makes the networks, where there are none. */
  open() {
    if (!this.#worker) this.#make();
  }

  /**
   * Changes settings, which makes new networks.
   *
   * @param {Partial<RaceSettings>} settings
   */
  change(settings) {
    this.settings = { ...this.settings, ...settings };
    if (this.#worker) this.#make();
  }

  /** New networks with the same settings. */
  reset() {
    this.change({});
  }

  /** Learns until paused, or until the run is over; after its end, as many rounds again. */
  start() {
    this.open();
    this.#startsWhenMade = this.state === 'making';
    if (this.state !== 'ready') return;
    if (this.round >= this.until) this.until += RUN_ROUNDS;
    this.#setState('running');
    this.#tell({ type: 'run', id: this.#id, until: this.until });
  }

  pause() {
    if (this.state !== 'running') return;
    this.#setState('pausing');
    this.#tell({ type: 'pause', id: this.#id });
  }

  /** The last error of each network. */
  get lastErrors() {
    return this.errors.map((errors) => errors.at(-1) ?? GUESSING_ERROR);
  }

  #make() {
    this.#worker ??= this.#openWorker();
    this.#id += 1;
    this.#startsWhenMade = false;
    this.until = RUN_ROUNDS;
    this.#setState('making');
    this.#tell({ type: 'make', id: this.#id, settings: this.settings });
  }

  #openWorker() {
    const worker = startWorker('race');
    worker.addEventListener('message', ({ data }) => this.#hear(data));
    worker.addEventListener('error', (event) => {
      event.preventDefault(); // it is told on the page
      if (this.#worker === worker) this.#lose(event.message || 'its script could not be loaded');
    });
    return worker;
  }

  /** @param {Command} command */
  #tell(command) {
    this.#worker?.postMessage(command);
  }

  /** @param {Progress} progress */
  #hear({ type, id, round, parameters, shown, answers, reach, message }) {
    if (id !== this.#id) return;
    if (type === 'failed') {
      this.#lose(message ?? '');
      return;
    }
    if (type === 'made') {
      this.parameters = parameters ?? [];
      this.shown = shown ?? this.shown;
      this.rounds = [];
      this.errors = racers.map(() => []);
    }
    this.round = round;
    if (answers && this.rounds.at(-1) !== round) this.#addErrors(answers);
    this.answers = answers ?? this.answers;
    this.reach = reach ?? this.reach;
    this.emit('progress');
    if (type === 'progress') return;
    this.#setState('ready');
    if (this.#startsWhenMade) this.start();
  }

  /** @param {Float32Array[]} answers */
  #addErrors(answers) {
    this.rounds.push(this.round);
    answers.forEach((given, k) => {
      const squares = given.map((answer, b) => (answer - this.shown[b]) ** 2);
      this.errors[k].push(Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length));
    });
  }

  /** @param {string} reason */
  #lose(reason) {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#setState('lost');
    this.emit('lost', new Error(reason));
  }

  /** @param {Race['state']} state */
  #setState(state) {
    this.state = state;
    this.emit('state');
  }
}
