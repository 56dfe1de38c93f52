// PartTrainer.js: a trainer that has some sequences of a batch, whose sums are added to those of others before it updates; or an
// encoder's and its decoder's that has some pairs.
import { OutOfMemoryError } from '../../core/errors.js';
import { PairTrainer } from '../PairTrainer.js';
import { Trainer } from '../Trainer.js';
import { PartSums } from './PartSums.js';

/** @typedef {import('../../network/state.js').CellState} CellState */
/** @typedef {import('./Exchange.js').Sums} Sums */
/** @typedef {import('./parts.js').Part} Part */

/**
 * What both kinds of trainers have.
 * @typedef {Pick<Trainer, 'batchSize' | 'optimizer' | 'steps' | 'learningRate' | 'clipNorm' | 'clipValue' | 'state' | 'setState'
 *   | 'resetState' | 'begin' | 'carry' | 'checkpoint' | 'restore' | 'beginUpdate' | 'end' | 'disposed' | 'dispose'>
 *   & { continueFrom(other: any): void, parts: Omit<Trainer['parts'], 'batch' | 'pass' | 'options'> & {
 *     batch?: Trainer['parts']['batch'], pass: Pick<Trainer['parts']['pass'], 'load'>, options: any } }} AnyTrainer
 */

/**
 * What a part adds to it.
 * @typedef {AnyTrainer & {
 *   random: number[] | undefined,
 *   readRandom(random: unknown, path: string): number[] | undefined,
 *   place(extra: import('./TeamState.js').Extra): void,
 *   pass(window: import('./parts.js').Window, fresh: readonly boolean[], learns: boolean): Sums,
 *   next: CellState[],
 *   finish(told: readonly (Sums & { part: number })[], own: number): { loss: number, gradientNorm: number },
 * }} PartTrainer
 */

/**
 * @param {new (...args: any[]) => any} Whole
 * @returns {new (networks: any[], options: any, part: Part) => PartTrainer}
 */
function partOf(Whole) {
  return /** @type {any} */ (class extends Whole {
    #carries;
    /** @type {PartSums} */
    #sums;

    /**
     * @param {any[]} networks
     * @param {any} options as for the whole batch
     * @param {Part} part
     */
    constructor(networks, options, part) {
      super(...networks, options, part);
      const { trainers } = this.parts;
      this.#carries = options.carryState === true;
      const sums = new PartSums(networks[0].handle.wasm, trainers);
      this.#sums = sums;
      this.life.alsoFree(() => sums.free());
      if (this.#sums.makeRoom(part.nodes)) return;
      this.dispose();
      throw new OutOfMemoryError(`createTrainer: not enough memory for ${part.nodes} sums of others`);
    }

    /** What windows wait with is not a part of it: who leads has the states that their update began with. */
    assertWhole() {}

    /** The words of the random generator, where there is dropout. */
    get random() {
      const { dropout } = this.parts;
      return dropout.isUsed ? dropout.random : undefined;
    }

    /** @param {unknown} random @param {string} path @returns {number[] | undefined} checked */
    readRandom(random, path) {
      const { dropout } = this.parts;
      return dropout.readRandom(random, path);
    }

    /**
     * From which the next window goes on.
     * @param {import('./TeamState.js').Extra} extra
     */
    place({ state, random }) {
      this.setState(state);
      if (random) this.parts.dropout.random = random;
    }

    /**
     * Goes through a window.
     * @param {import('./parts.js').Window} window
     * @param {readonly boolean[]} fresh which sequences start anew
     * @param {boolean} learns false: it is only read
     * @returns {Sums} in the memory of the module, until anything else is done with it
     */
    pass({ inputs, targets, options }, fresh, learns) {
      if (fresh.every(Boolean)) this.resetState();
      else fresh.forEach((isFresh, b) => { if (isFresh) this.begin(b); });
      if (!learns) {
        this.carry(inputs, options);
        return { nodes: [], leaves: [] };
      }
      this.parts.pass.load('step', inputs, targets, options);
      this.parts.accumulation.pass();
      return this.#sums.own;
    }

    /** The state of the sequences here from which the window behind goes on. @returns {CellState[]} */
    get next() {
      return this.#carries ? this.parts.batch.endState() : this.state();
    }

    /**
     * Adds what the others sum to, and updates, or keeps it for the update of several windows.
     * @param {readonly (Sums & { part: number })[]} told from left to right
     * @param {number} own which part is here
     * @returns {{ loss: number, gradientNorm: number }}
     */
    finish(told, own) {
      this.#sums.add(told, own);
      return this.end();
    }
  });
}

const [OfNetwork, OfPair] = [Trainer, PairTrainer].map(partOf);

/**
 * @param {any} trainee a network, or an encoder and its decoder
 * @param {any} options of a trainer, with the batchSize of the whole batch
 * @param {Part} part
 * @returns {PartTrainer}
 */
export function createPart(trainee, options, part) {
  if (!isPair(trainee)) return new OfNetwork([trainee], options, part);
  const { carryState, ...others } = options;
  return new OfPair([trainee.encoder, trainee.decoder], others, part);
}

/** What another of it is made with: plain data. @param {any} trainee */
export const configOf = (trainee) => (
  isPair(trainee) ? { encoder: trainee.encoder.config, decoder: trainee.decoder.config } : trainee.config);

/** @param {any} trainee */
const isPair = (trainee) => 'encoder' in trainee;
