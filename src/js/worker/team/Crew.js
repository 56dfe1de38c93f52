// Crew.js: a Worker's side of a team: it leads one, where trainings ask for several Workers, or is one of the others.
import { builtin } from '../../core/builtin.js';
import { Links } from '../../training/team/Links.js';
import { Member } from '../../training/team/Member.js';
import { partsOf } from '../../training/team/parts.js';
import { TeamTrainer } from '../../training/team/TeamTrainer.js';

/** @typedef {import('../../training/crew.js').Team} Team */

/**
 * Who is to be known.
 * @typedef {object} Joining
 * @property {number} self the number here: 0 leads
 * @property {{ id: number, port: MessagePort }[]} peers those that are new
 * @property {unknown} [failure] why there are no more
 */

/** So many others are to be there, without those that are gone. @typedef {{ count: number, gone: number[] }} Wanted */

/**
 * Multiply-adds of a step, forward alone, from which on it is worth while to divide it: about a millisecond in Node, and thirty in a page,
 * whose Workers wait longer for each other.
 */
const worth = () => (builtin('node:os') ? 1e7 : 3e8);

/** How many cores there are. */
export const coreCount = () => (
  globalThis.navigator?.hardwareConcurrency ?? builtin('node:os')?.availableParallelism() ?? 1);

export class Crew {
  /** Whom this Worker leads. @type {Map<number, TeamTrainer>} */
  #trainers = new Map();
  #links;
  #member;
  #count = 0;
  #self = 0;
  #wanted = 0;
  /** Others that were taken for gone, of which who started them may not know. @type {number[]} */
  #gone = [];
  /** @type {((failure?: unknown) => void)[]} */
  #waiting = [];
  #ask;

  /**
   * @param {(config: any) => import('../../network/Network.js').Network} createNetwork
   * @param {(wanted: Wanted) => void} ask asks for others, who join then
   */
  constructor(createNetwork, ask) {
    this.#ask = ask;
    this.#links = new Links({
      take: (message, from) => (this.#self === 0 ? this.#trainers.get(message.trainer)?.take(message, from) : this.#member.take(message)),
      lost: (id) => {
        this.#gone.push(id);
        for (const trainer of this.#trainers.values()) trainer.lost(id);
      },
    });
    this.#member = new Member(this.#links, createNetwork);
  }

  /**
   * @param {Joining} joining
   */
  join({ self, peers, failure }) {
    this.#self = self;
    for (const { id, port } of peers) this.#links.add(id, port);
    this.#wanted = 0;
    for (const go of this.#waiting.splice(0)) go(failure);
  }

  /** One of the others is gone. @param {number} id */
  lose(id) {
    this.#links.lose(id);
  }

  /** All ports are closed. */
  end() {
    this.#links.close();
  }

  /**
   * @param {any} trainee
   * @param {import('../../training/train-options.js').CheckedTrainOptions} options
   * @returns {Team | undefined | Promise<Team | undefined>}
   */
  gather(trainee, { threads, batchSize, window }) {
    const { exports } = trainee.handle.wasm;
    const isWorth = trainee.parameterCount * batchSize * window >= worth();
    const asked = threads ?? (isWorth ? coreCount() : 1);
    const others = Math.min(asked, exports.lstm_trainer_leaf_count(batchSize)) - 1;
    if (others < 1) return undefined;
    if (this.#links.ids.length >= others) return this.#teamOf(others);
    return this.#gatherLater(others, threads !== undefined);
  }

  /**
   * @param {number} others
   * @param {boolean} isAsked for by name
   */
  async #gatherLater(others, isAsked) {
    const failure = await new Promise((resolve) => {
      this.#waiting.push(resolve);
      if (others <= this.#wanted) return;
      this.#wanted = others;
      this.#ask({ count: others, gone: this.#gone.splice(0) });
    });
    const there = Math.min(others, this.#links.ids.length);
    if (there === 0 && failure !== undefined && isAsked) throw failure;
    return there > 0 ? this.#teamOf(there) : undefined;
  }

  /** @param {number} others @returns {Team} */
  #teamOf(others) {
    const ids = this.#links.ids.slice(0, others);
    return {
      members: ids.join(' '),
      createTrainer: (trainee, options) => {
        trainee.assertUsable('createTrainer');
        trainee.assertFloat('createTrainer');
        const number = ++this.#count;
        const forget = () => { this.#trainers.delete(number); };
        const trainer = new TeamTrainer(trainee, options, { links: this.#links, number, ids, forget });
        this.#trainers.set(number, trainer);
        return /** @type {any} */ (trainer);
      },
    };
  }
}
