// TeamTrainer.js: the trainer of a team, as the Worker has it that leads: several Workers, each with a part of the batch, make the
// same update.
//
// Who leads reads the data and tells each of the others what its sequences read. Each goes through its part, and tells all
// others what it sums to; then each has the sums of all and updates its own copy of the parameters, all alike. What the others tell
// the one that leads has the states of their sequences with it. So it has all that there was before a step, whoever is lost in
// the middle of it: the step is made again by those that are left, who are told everything anew. Where several windows are an
// update, what was kept of the former ones is lost with it: then the update is made again, from its first window.
import { DisposedError, DivergedError } from '../../core/errors.js';
import { Exchange } from './Exchange.js';
import { configOf, createPart } from './PartTrainer.js';
import { partsOf, windowOf } from './parts.js';
import { Patience } from './Patience.js';
import { TeamState } from './TeamState.js';

/** @typedef {import('../trainer-checkpoint.js').TrainerCheckpoint} TrainerCheckpoint */
/** @typedef {import('./parts.js').Window} Window */
/** @typedef {import('./parts.js').Part} Part */
/** @typedef {import('../../network/Network.js').Network} Network */

/** @typedef {{ links: import('./Links.js').Links, number: number, ids: readonly number[], forget: () => void }} Place `ids`: of the others */

export class TeamTrainer {
  #network;
  #options;
  #place;
  #exchange;
  /** Of all parts: who has it. This Worker is 0. @type {readonly number[]} */
  #ids;
  #parts;
  #own;
  #epoch = 0;
  /** Steps since the others were told everything. */
  #step = 0;
  /** The others may not have what is here. */
  #isStale = true;
  /** Of the network, when they were told. */
  #changes = 0;
  /** Of all sequences. */
  #state;
  /** What that was when an update of several windows began, as long as it is not made. @type {TeamState['mark'] | undefined} */
  #begun;
  #leave = () => false;
  #isDisposed = false;

  /**
   * @param {Network} network or an encoder and its decoder
   * @param {any} options as createTrainer takes them, with the batchSize
   * @param {Place} place
   */
  constructor(network, options, place) {
    this.#network = network;
    this.#options = options;
    this.#place = place;
    this.#exchange = new Exchange(place.links, place.number);
    this.#ids = [0, ...place.ids];
    this.#parts = partsOf(network.handle.wasm, options.batchSize, this.#ids.length);
    this.#own = createPart(network, options, this.#parts[0]);
    this.#state = new TeamState(network, options.batchSize);
    this.#state.random = this.#own.random;
    network.lendTo(this);
  }

  get disposed() {
    return this.#isDisposed;
  }

  /** How many train as one. */
  get workers() {
    return this.#ids.length;
  }

  /** The trainer of the part that is here. */
  get own() { return this.#own; }

  /** The next window is the first of an update. */
  beginUpdate() {
    this.#own.beginUpdate();
    this.#begun = this.#options.accumulate > 1 ? this.#state.mark : undefined;
  }

  /** All is as when the update began that is not made. */
  abandonUpdate() {
    if (!this.#begun || this.#own.disposed) return;
    this.#state.goBack(this.#begun);
    this.#own.beginUpdate();
    this.#begun = undefined;
    this.#isStale = true;
  }

  /**
   * One window, one update or a part of one, with what has to be waited for in between.
   * @param {any} inputs
   * @param {any} targets
   * @param {any} options
   * @returns {Generator<Promise<void>, { loss: number, gradientNorm: number } | undefined, void>} undefined: the update has to be
   *   made again, from its first window
   */
  *stepInPieces(inputs, targets, options) {
    return yield* this.#go({ inputs, targets, options }, true);
  }

  /**
   * Reads a window and learns nothing.
   * @param {any} inputs
   * @param {any} options
   * @returns {Generator<Promise<void>, boolean, void>} false: the update has to be made again, from its first window
   */
  *carryInPieces(inputs, options) {
    return (yield* this.#go({ inputs, targets: undefined, options }, false)) !== undefined;
  }

  /**
   * @param {Window} window
   * @param {boolean} learns
   * @returns {Generator<Promise<void>, { loss: number, gradientNorm: number } | undefined, void>}
   */
  *#go(window, learns) {
    for (;;) {
      const { isWhole } = this.#own.parts.accumulation;
      const result = isWhole || !this.#isBehind ? yield* this.#tryStep(window, learns) : undefined;
      if (result || !isWhole) return result;
    }
  }

  /** Others have to be told everything before the next step. */
  get #isBehind() {
    const { links } = this.#place;
    return this.#isStale || this.#changes !== this.#network.handle.changes || this.#ids.some((id) => id !== 0 && !links.has(id));
  }

  /**
   * @param {Window} window
   * @param {boolean} learns
   * @returns {Generator<Promise<void>, { loss: number, gradientNorm: number } | undefined, void>} undefined: it has to be made again
   */
  *#tryStep(window, learns) {
    this.#assertUsable('step');
    if (this.#isBehind) this.#settle();
    // Until it is done.
    this.#isStale = true;
    const step = this.#step++;
    this.#tell((part) => ({
      type: 'step', step, learns, window: windowOf(window, this.#options, part), fresh: this.#state.freshOf(part),
      learningRate: this.#own.learningRate, clipNorm: this.#own.clipNorm, clipValue: this.#own.clipValue,
    }));
    const began = performance.now();
    const sums = this.#own.pass(windowOf(window, this.#options, this.#parts[0]), this.#state.freshOf(this.#parts[0]), learns);
    this.#exchange.send(step, sums, undefined);
    if (!this.#exchange.isThere(step)) {
      const patience = new Patience(performance.now() - began, step === 0, () => this.#loseSilent(step));
      try {
        yield new Promise((resolve) => this.#exchange.wait(step, () => resolve(undefined)));
      } finally {
        patience.end();
      }
      this.#assertUsable('step');
    }
    const { changes } = this.#network.handle;
    if (!this.#exchange.isThere(step) || this.#changes !== changes) return undefined;
    const told = this.#exchange.all(step);
    const states = [this.#own.next, ...told.map(({ extra }) => extra)];
    try {
      const result = learns ? this.#own.finish(told, 0) : { loss: 0, gradientNorm: 0 };
      this.#exchange.giveBack(told);
      this.#state.keep(this.#parts, states, this.#options.carryState || !learns);
      this.#isStale = false;
      if (learns && this.#own.parts.accumulation.isWhole) this.#begun = undefined;
      return result;
    } catch (error) {
      this.#begun = undefined;
      throw error;
    } finally {
      this.#state.random = this.#own.random;
    }
  }

  /** Before a step: those that are left have all that is here. */
  #settle() {
    const { links } = this.#place;
    if (this.#ids.some((id) => id !== 0 && !links.has(id))) this.#reform();
    if (!this.#network.isFinite) {
      throw new DivergedError(`Trainer.step: the parameters are not finite at step ${this.#own.steps + 1}; nothing was updated. A lower learningRate may help`);
    }
    this.#epoch += 1;
    this.#step = 0;
    this.#changes = this.#network.handle.changes;
    this.#exchange.begin(this.#epoch, this.#ids, 0);
    this.#own.place(this.#state.of(this.#parts[0]));
    if (this.#ids.length === 1) return;
    const config = configOf(this.#network);
    const parameters = this.#network.parameters();
    const checkpoint = this.#state.checkpoint(this.#own.checkpoint());
    this.#tell((part, own) => ({
      type: 'setup', config, options: this.#options, part, own, ids: this.#ids, parameters, checkpoint: this.#state.checkpointOf(checkpoint, part),
    }));
  }

  /**
   * To each of the others.
   * @param {(part: Part, index: number) => any} what
   */
  #tell(what) {
    const { links, number } = this.#place;
    this.#parts.forEach((part, p) => {
      if (p > 0) links.send(this.#ids[p], { trainer: number, epoch: this.#epoch, ...what(part, p) });
    });
  }

  /** The batch is cut anew for those that are left. */
  #reform() {
    const { links } = this.#place;
    const whole = this.#state.checkpoint(this.#own.checkpoint());
    const former = this.#own;
    this.#ids = this.#ids.filter((id) => id === 0 || links.has(id));
    this.#parts = partsOf(this.#network.handle.wasm, this.#options.batchSize, this.#ids.length);
    this.#own = createPart(this.#network, this.#options, this.#parts[0]);
    this.#own.restore(this.#state.checkpointOf(whole, this.#parts[0]));
    this.#own.learningRate = former.learningRate;
    this.#own.clipNorm = former.clipNorm;
    this.#own.clipValue = former.clipValue;
    former.dispose();
    this.#isStale = true;
  }

  /** Another is gone. @param {number} id */
  lost(id) {
    if (this.#ids.includes(id)) this.#exchange.stop();
  }

  /** Those that do not tell of this step, long after they were asked, are taken for gone. @param {number} step */
  #loseSilent(step) {
    for (const part of this.#exchange.missing(step)) this.#place.links.lose(this.#ids[part]);
  }

  /** @param {import('./Links.js').Message} message @param {number} from */
  take(message, from) {
    if (message.type === 'failed') this.#place.links.lose(from);
    else this.#exchange.take(message);
  }

  /** Before the next window, of all sequences. */
  state() {
    this.#assertUsable('state');
    return this.#state.state;
  }

  /** @param {readonly import('../../network/state.js').CellStateLike[]} state */
  setState(state) {
    this.#assertUsable('setState');
    this.#state.set(state, 'setState: state');
    this.#isStale = true;
  }

  resetState() {
    this.#assertUsable('resetState');
    this.#state.reset();
  }

  /** Sequence b starts anew. @param {number} b */
  begin(b) {
    this.#assertUsable('begin');
    this.#state.begin(b);
  }

  /** In the middle of an update, of where it began. @returns {TrainerCheckpoint} as that of one Worker alone, bit for bit */
  checkpoint() {
    this.#assertUsable('checkpoint');
    return this.#state.checkpoint(this.#own.checkpoint(), this.#begun);
  }

  /** @param {TrainerCheckpoint} checkpoint of a team, or of one alone */
  restore(checkpoint) {
    this.#assertUsable('restore');
    const read = { ...checkpoint, state: this.#state.read(checkpoint.state, 'restore: state'), random: this.#own.readRandom(checkpoint.random, 'restore: random') };
    this.#own.restore(this.#state.checkpointOf(read, this.#parts[0]));
    this.#state.restore(read);
    this.#begun = undefined;
    this.#isStale = true;
  }

  /** @param {any} other trainer of the same network */
  continueFrom(other) {
    this.#own.continueFrom(other);
    this.#isStale = true;
  }

  /** It is disposed with its network, which does not keep it. @internal @param {Set<{ end(): void }>} lives */
  endWith(lives) {
    const trainer = new WeakRef(this);
    const life = { end: () => trainer.deref()?.dispose() };
    lives.add(life);
    this.#leave = () => lives.delete(life);
  }

  dispose() {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#leave();
    this.#tell(() => ({ type: 'free' }));
    this.#place.forget();
    this.#own.dispose();
    this.#exchange.stop();
  }

  /** @param {string} call */
  #assertUsable(call) {
    if (this.#isDisposed || this.#network.disposed) throw new DisposedError(`Trainer.${call}: the Trainer or its Network was disposed`);
  }
}

// What the part here has, and what is set there for the next step, which the others are told with it.
for (const name of /** @type {const} */ (['batchSize', 'optimizer', 'steps', 'parts', 'learningRate', 'clipNorm', 'clipValue'])) {
  Object.defineProperty(TeamTrainer.prototype, name, {
    /** @this {TeamTrainer} */
    get() { return this.own[name]; },
    /** @this {any} @param {unknown} value */
    set(value) { this.own[name] = value; },
  });
}
