// TeamState.js: from what the next window of a whole batch goes on, where each Worker has some of its sequences: their states, and
// the random generator of dropout, which is the same in all of them.
import { copyState, readState } from '../../network/state.js';
import { putState, stateOf } from './parts.js';

/** @typedef {import('../../network/state.js').CellState} CellState */
/** @typedef {import('./parts.js').Part} Part */
/** @typedef {import('../trainer-checkpoint.js').TrainerCheckpoint} TrainerCheckpoint */
/** From what the next window of a part goes on. @typedef {{ state: CellState[], random?: number[] }} Extra */

export class TeamState {
  #network;
  #batchSize;
  /** Before the next window, (batchSize, length) each. @type {CellState[]} */
  #state;
  /** Of which of them that is the one that sequences start from. @type {boolean[]} */
  #fresh;
  /** The generator's words, where there is dropout. @type {number[] | undefined} */
  #random;

  /**
   * @param {import('../../network/Network.js').Network} network
   * @param {number} batchSize
   */
  constructor(network, batchSize) {
    this.#network = network;
    this.#batchSize = batchSize;
    this.#state = this.#start();
    this.#fresh = Array(batchSize).fill(true);
  }

  get random() {
    return this.#random;
  }

  set random(words) {
    this.#random = words;
  }

  /** @returns {CellState[]} a copy */
  get state() {
    return copyState(this.#state);
  }

  /** All of it, to come back to. */
  get mark() {
    return { state: this.state, fresh: [...this.#fresh], random: this.#random };
  }

  /** @param {TeamState['mark']} mark */
  goBack({ state, fresh, random }) {
    this.#state = copyState(state);
    this.#fresh = [...fresh];
    this.#random = random;
  }

  /**
   * @param {unknown} state
   * @param {string} path
   */
  set(state, path) {
    this.#state = this.read(state, path);
    this.#fresh.fill(false);
  }

  /**
   * @param {unknown} given
   * @param {string} path
   * @returns {CellState[]} a copy
   * @throws {import('../../core/errors.js').ArgumentError}
   */
  read(given, path) {
    const state = this.#start();
    const put = (/** @type {Float32Array} */ values, /** @type {number} */ l, /** @type {'h' | 'c'} */ name) => state[l][name].set(values);
    readState(given, this.#network.handle.stateShapes, path, put, this.#batchSize);
    return state;
  }

  reset() {
    this.#state = this.#start();
    this.#fresh.fill(true);
  }

  /** Sequence b starts anew. @param {number} b */
  begin(b) {
    putState(this.#state, this.#network.initialState(), b, 1);
    this.#fresh[b] = true;
  }

  /**
   * Of a checkpoint that was checked.
   * @param {Pick<TrainerCheckpoint, 'state' | 'isFresh' | 'random'>} checkpoint
   */
  restore({ state, isFresh, random }) {
    this.#state = state;
    this.#fresh.fill(false);
    if (isFresh) this.reset();
    this.#random = random;
  }

  /**
   * A trainer's checkpoint, with this of all sequences.
   * @param {TrainerCheckpoint} own of some of them
   * @param {TeamState['mark']} [mark] with what was there then
   * @returns {TrainerCheckpoint}
   */
  checkpoint(own, { state, fresh, random } = this.mark) {
    return { ...own, isFresh: fresh.every(Boolean), state: copyState(state), ...(random && { random: [...random] }) };
  }

  /** @param {Part} part */
  freshOf({ start, sequences }) {
    return this.#fresh.slice(start, start + sequences);
  }

  /**
   * Of the sequences of a part.
   * @template {{ state: readonly CellState[], random?: number[] }} Checkpoint
   * @param {Checkpoint} whole
   * @param {Part} part
   */
  checkpointOf({ state, random, ...others }, part) {
    return { ...others, state: stateOf(state, this.#batchSize, part), ...(random && { random }) };
  }

  /** @param {Part} part @returns {Extra} */
  of(part) {
    return { state: stateOf(this.#state, this.#batchSize, part), random: this.#random };
  }

  /**
   * A step is done.
   * @param {Part[]} parts
   * @param {CellState[][]} states of them
   * @param {boolean} carries
   */
  keep(parts, states, carries) {
    parts.forEach(({ start, sequences }, p) => putState(this.#state, states[p], start, sequences));
    if (carries) this.#fresh.fill(false);
  }

  /** @returns {CellState[]} the one that sequences start from */
  #start() {
    return this.#network.initialState().map((layer) => /** @type {CellState} */ (Object.fromEntries(Object.entries(layer)
      .map(([name, values]) => [name, Float32Array.from({ length: this.#batchSize * values.length }, (_, i) => values[i % values.length])]))));
  }
}
