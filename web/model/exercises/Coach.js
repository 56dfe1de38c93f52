import { Emitter } from '../Emitter.js';

/** @typedef {import('./types.js').Task} Task */
/** @typedef {import('./types.js').Scene} Scene */
/** @typedef {import('./types.js').Verdict} Verdict */

/** What changes a verdict. */
const EVENTS = ['run', 'place', 'choice', 'tampering'];

/**
 * Sets a task of a series, watches what the visitor does, and judges it. The stage is set by the address, so that each
 * task is a link. Knows no DOM.
 *
 * Events: `task` when another task, or none, is set; `verdict` when what is said of it is another; `done` with the task as
 * `detail` when it is solved.
 */
export class Coach extends Emitter {
  /** @type {readonly Task[]} */
  series = [];
  index = -1;
  /** @type {Verdict | undefined} */
  verdict;
  /** @type {number | undefined} */
  answer;
  /** Solved, by their id. @type {Set<string>} */
  solved;
  #player;
  #lab;
  /** @type {Record<string, any>} */
  #others = {};
  /** @type {import('./types.js').Act[]} */
  #acts = [];
  /** @type {import('./types.js').Start | undefined} */
  #start;
  #isChecking = false;
  #isAsked = false;

  /**
   * @param {import('../cell/Player.js').Player} player
   * @param {import('./types.js').Lab} lab
   * @param {Iterable<string>} [solved]   on former visits
   */
  constructor(player, lab, solved = []) {
    super();
    this.#player = player;
    this.#lab = lab;
    this.solved = new Set(solved);
    for (const type of EVENTS) player.addEventListener(type, () => this.check());
  }

  /** @returns {Task | undefined} */
  get task() {
    return this.series[this.index];
  }

  /**
   * Another section's state can solve tasks too.
   *
   * @param {string} name
   * @param {EventTarget} emitter
   * @param {string[]} events
   */
  watch(name, emitter, events) {
    this.#others[name] = emitter;
    for (const type of events) emitter.addEventListener(type, () => this.check());
  }

  /**
   * Sets a task whose stage is set.
   *
   * @param {readonly Task[]} series
   * @param {number} index
   */
  begin(series, index) {
    this.series = series;
    this.index = Math.max(0, Math.min(index, series.length - 1));
    this.verdict = undefined;
    this.answer = undefined;
    this.#acts = [];
    const { at, part, names, kind, unit, text } = this.#player;
    this.#start = { at, part, names, kind, unit, text };
    this.emit('task');
    this.check();
  }

  leave() {
    this.series = [];
    this.index = -1;
    this.verdict = undefined;
    this.emit('task');
  }

  /** @param {import('./types.js').Act} act */
  act(act) {
    if (!this.task) return;
    this.#acts.push(act);
    this.check();
  }

  /** @param {number} answer */
  choose(answer) {
    this.answer = answer;
    this.check();
  }

  /** Is it still measured what the visitor did? */
  get isJudging() {
    return this.#isChecking;
  }

  /** Judges again; what comes meanwhile is judged after it. */
  async check() {
    this.#isAsked = true;
    if (this.#isChecking) return;
    this.#isChecking = true;
    while (this.#isAsked) {
      this.#isAsked = false;
      await this.#judge();
    }
    this.#isChecking = false;
  }

  async #judge() {
    const { task, answer } = this;
    const start = this.#start;
    if (!task || !start || this.verdict?.isDone) return;
    /** @type {Verdict | undefined} */
    let verdict;
    try {
      const scene = { player: this.#player, lab: this.#lab, acts: this.#acts, answer, start, others: this.#others };
      await this.#player.choose({}); // what was changed is read by now
      verdict = this.#player.run && await task.check(scene);
    } catch (error) {
      verdict = { isDone: false, words: `This could not be measured: ${/** @type {Error} */ (error).message}` };
    }
    if (this.task !== task || this.#start !== start) return; // another task by now
    if (verdict?.words === this.verdict?.words && verdict?.isDone === this.verdict?.isDone) return;
    this.verdict = verdict;
    if (verdict?.isDone) this.solved.add(task.id);
    this.emit('verdict');
    if (verdict?.isDone) this.emit('done', task);
  }
}
