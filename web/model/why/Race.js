import { Emitter } from '../Emitter.js';
import { Heat } from './Heat.js';
import { raceTasks } from './race-tasks.js';
import { racers, usualRace } from './racers.js';
import { verdictOf } from './verdict.js';

/** @typedef {import('./racers.js').RaceSettings} RaceSettings */

/** Rounds from one test to the next, and from one look at the gradient to the next. */
const TEST_EVERY = 10;
const FLOW_EVERY = 20;
/** A round a frame at most: fast enough to wait for, slow enough to watch, and the machine keeps cool. */
const ROUND_MS = 1000 / 60;

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
  /** Of the networks of now: what becomes of former ones comes too late. */
  #id = 0;
  /** @type {Heat | undefined} */
  #heat;
  #startsWhenMade = false;
  #isWatched;

  /**
   * @param {import('./RaceLine.js').RaceLine} line
   * @param {() => boolean} [isWatched]   where nobody looks it learns as fast as it can: browsers hold up the timers of such pages
   */
  constructor(line, isWatched = () => true) {
    super();
    this.#line = line;
    this.#isWatched = isWatched;
    line.addEventListener('lost', (event) => {
      if (this.state === 'closed') return;
      this.#id += 1;
      this.#heat = undefined;
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
    const id = this.#id;
    const heat = /** @type {Heat} */ (this.#heat);
    this.#line.use(() => this.#run(heat, id), () => id === this.#id);
  }

  pause() {
    if (this.state !== 'running') return;
    this.#setState('pausing');
  }

  /** The last error of each network. */
  get lastErrors() {
    return racers.map((_, k) => this.errors[k].at(-1) ?? this.task.guessing);
  }

  #make() {
    this.#id += 1;
    this.#heat?.dispose();
    this.#heat = undefined;
    this.#startsWhenMade = false;
    this.until = this.task.training.rounds;
    this.#setState('making');
    const id = this.#id;
    this.#line.use(async (lstm) => {
      const heat = await Heat.make(lstm, this.settings);
      const [answers, reach] = id === this.#id ? await Promise.all([heat.answers(), heat.reach()]) : [];
      if (!answers || id !== this.#id) {
        heat.dispose();
        return;
      }
      this.#heat = heat;
      this.parameters = heat.parameters;
      this.shown = heat.shown;
      this.round = 0;
      this.rounds = [];
      this.errors = racers.map(() => []);
      this.rightAfter = racers.map(() => undefined);
      this.#tell(answers, reach);
      this.#setState('ready');
      if (this.#startsWhenMade) this.start();
    }, () => id === this.#id);
  }

  /**
   * Until it is paused, over, or there are other networks.
   *
   * @param {Heat} heat
   * @param {number} id
   */
  async #run(heat, id) {
    while (this.state === 'running' && this.round < this.until) {
      const start = performance.now();
      await heat.learn();
      if (id !== this.#id) return;
      this.round += 1;
      if (this.round % TEST_EVERY === 0) {
        const [answers, reach] = await Promise.all([heat.answers(), this.round % FLOW_EVERY === 0 ? heat.reach() : undefined]);
        if (id !== this.#id) return;
        this.#tell(answers, reach);
      }
      if (!this.#isWatched()) continue;
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, start + ROUND_MS - performance.now())));
      if (id !== this.#id) return;
    }
    const [answers, reach] = await Promise.all([heat.answers(), heat.reach()]);
    if (id !== this.#id) return;
    this.#tell(answers, reach);
    this.#setState('ready');
  }

  /** @param {Float32Array[]} answers @param {Float64Array[]} [reach] */
  #tell(answers, reach) {
    if (this.rounds.at(-1) !== this.round) this.#judge(answers);
    this.answers = answers;
    this.reach = reach ?? this.reach;
    this.emit('progress');
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
