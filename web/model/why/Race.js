import { Emitter } from '../Emitter.js';
import { raceTasks } from './race-tasks.js';
import { racers, usualRace } from './racers.js';
import { verdictOf } from './verdict.js';

/** @typedef {import('./racers.js').RaceSettings} RaceSettings */
/** @typedef {import('../../worker/race/race.js').Answer} Answer */

/**
 * Four networks that learn the same task side by side, in a Worker. Knows no DOM; the views listen.
 *
 * Events: `settings` when `settings` change, `state` when `state` does, `progress` when there is something new to draw, `lost`
 * with an Error as `detail` when the Worker is gone or could not go on.
 */
export class Race extends Emitter {
  /** @type {'closed' | 'making' | 'ready' | 'running' | 'pausing' | 'lost'} */
  state = 'closed';
  settings = usualRace();
  /** Rounds learnt, and rounds after which it stops by itself. */
  round = 0;
  until = raceTasks[this.settings.task].training.rounds;
  /** How many parameters each network has. @type {number[]} */
  parameters = [];
  /** What the answers to the test should be, and each network's. */
  shown = /** @type {Float32Array} */ (new Float32Array());
  /** @type {Float32Array[]} */
  answers = [];
  /** Rounds that were tested, and each network's error then. @type {number[]} */
  rounds = [];
  /** @type {number[][]} */
  errors = racers.map(() => []);
  /** What each has made of the task. @type {import('./verdict.js').Verdict[]} */
  verdicts = [];
  /** Sequences that each had learnt when all its answers were right first. @type {(number | undefined)[]} */
  rightAfter = [];
  /** How much of the gradient is left, by steps back: see reachOf. @type {Float64Array[]} */
  reach = [];
  #line;
  /** Of the networks of now: what the Worker tells about former ones comes too late. */
  #id = 0;
  #startsWhenMade = false;

  /** @param {import('./RaceLine.js').RaceLine} line */
  constructor(line) {
    super();
    this.#line = line;
    line.addEventListener('answer', (event) => this.#hear(/** @type {CustomEvent} */ (event).detail));
    line.addEventListener('lost', (event) => {
      if (this.state === 'closed') return;
      this.#setState('lost');
      this.emit('lost', /** @type {CustomEvent} */ (event).detail);
    });
  }

  get task() {
    return raceTasks[this.settings.task];
  }

  /** Sequences that so many rounds have. @param {number} rounds */
  sequences(rounds) {
    const { batchSize, batches } = this.task.training;
    return rounds * batchSize * batches;
  }

  /** Makes the networks, where there are none. */
  open() {
    if (this.state === 'closed' || this.state === 'lost') this.#make();
  }

  /**
   * Changes settings, which makes new networks.
   *
   * @param {Partial<RaceSettings>} settings
   */
  change(settings) {
    this.settings = { ...this.settings, ...settings };
    this.emit('settings');
    if (this.state !== 'closed') this.#make();
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
    if (this.round >= this.until) this.until += this.task.training.rounds;
    this.#setState('running');
    this.#line.tell({ type: 'run', id: this.#id, until: this.until });
  }

  pause() {
    if (this.state !== 'running') return;
    this.#setState('pausing');
    this.#line.tell({ type: 'pause', id: this.#id });
  }

  /** The last error of each network. */
  get lastErrors() {
    return racers.map((_, k) => this.errors[k].at(-1) ?? this.task.guessing);
  }

  #make() {
    this.#id += 1;
    this.#startsWhenMade = false;
    this.until = this.task.training.rounds;
    this.#setState('making');
    this.#line.tell({ type: 'make', id: this.#id, settings: this.settings });
  }

  /** @param {Answer} answer */
  #hear({ type, id, round = 0, parameters, shown, answers, reach, message }) {
    if (type === 'flow' || id !== this.#id) return;
    if (type === 'failed') {
      this.#line.close(message ?? '');
      return;
    }
    if (type === 'made') {
      this.parameters = parameters ?? [];
      this.shown = shown ?? this.shown;
      this.rounds = [];
      this.errors = racers.map(() => []);
      this.rightAfter = racers.map(() => undefined);
    }
    this.round = round;
    if (answers && this.rounds.at(-1) !== round) this.#judge(answers);
    this.answers = answers ?? this.answers;
    this.reach = reach ?? this.reach;
    this.emit('progress');
    if (type === 'progress') return;
    this.#setState('ready');
    if (this.#startsWhenMade) this.start();
  }

  /** @param {Float32Array[]} answers */
  #judge(answers) {
    this.rounds.push(this.round);
    this.verdicts = answers.map((given) => verdictOf(this.task, this.shown, given));
    this.verdicts.forEach(({ kind, error }, k) => {
      this.errors[k].push(error);
      if (kind === 'right') this.rightAfter[k] ??= this.sequences(this.round);
    });
  }

  /** @param {Race['state']} state */
  #setState(state) {
    this.state = state;
    this.emit('state');
  }
}
