// Member.js: what the others of a team do: each has a copy of what is trained, and a part of the batch, for every trainer of the
// Worker that leads, and does what that one tells it.
import { DivergedError, messageOf } from '../../core/errors.js';
import { NetworkPair } from '../NetworkPair.js';
import { Exchange } from './Exchange.js';
import { createPart } from './PartTrainer.js';

/** @typedef {import('./Links.js').Message} Message */
/** @typedef {import('../../network/Network.js').Network} Network */
/** @typedef {import('./PartTrainer.js').PartTrainer} PartTrainer */

/**
 * A trainer of the one that leads, as it is here.
 * @typedef {object} Held
 * @property {Exchange} exchange
 * @property {number} epoch
 * @property {number} own which part is here
 * @property {Message[]} asked steps that were not begun
 * @property {number} [waits] the step that is waited for
 * @property {{ network: Network | NetworkPair, key: string }} [made]
 * @property {PartTrainer} [part]
 */

export class Member {
  #links;
  #createNetwork;
  /** By their numbers. @type {Map<number, Held>} */
  #trainers = new Map();
  /** Numbers that do not come again, though what others sum to for them may. @type {Set<number>} */
  #freed = new Set();

  /**
   * @param {import('./Links.js').Links} links
   * @param {(config: any) => Network} createNetwork
   */
  constructor(links, createNetwork) {
    this.#links = links;
    this.#createNetwork = createNetwork;
  }

  /** @param {Message} message */
  take(message) {
    const { type, trainer } = message;
    if (this.#freed.has(trainer)) return undefined;
    const held = this.#heldOf(trainer);
    if (type === 'sums') return held.exchange.take(message);
    if (type === 'free') return this.#free(trainer);
    try {
      if (type === 'setup') this.#setUp(held, message);
      if (type === 'step' && message.epoch === held.epoch) held.asked.push(message);
      this.#goOn(held);
    } catch (error) {
      this.#fail(trainer, held, error);
    }
    return undefined;
  }

  /** @param {number} trainer @returns {Held} */
  #heldOf(trainer) {
    const known = this.#trainers.get(trainer);
    if (known) return known;
    const held = { exchange: new Exchange(this.#links, trainer), epoch: 0, own: 0, asked: [] };
    this.#trainers.set(trainer, held);
    return held;
  }

  /**
   * @param {Held} held
   * @param {Message} message
   */
  #setUp(held, { epoch, config, options, part, own, ids, parameters, checkpoint }) {
    held.epoch = /** @type {number} */ (epoch);
    held.own = own;
    held.asked = [];
    held.waits = undefined;
    held.exchange.begin(held.epoch, ids, own);
    const key = JSON.stringify([config, options, part]);
    if (held.made?.key !== key) {
      held.made?.network.dispose();
      held.made = undefined;
      const network = this.#create(config);
      held.made = { network, key };
      held.part = createPart(network, options, part);
    }
    held.made.network.setParameters(parameters);
    held.part?.restore(checkpoint);
  }

  /** @param {any} config of a network, or of an encoder and its decoder */
  #create(config) {
    if (!config.encoder) return this.#createNetwork(config);
    const encoder = this.#createNetwork(config.encoder);
    try {
      return new NetworkPair(encoder, this.#createNetwork(config.decoder));
    } catch (error) {
      encoder.dispose();
      throw error;
    }
  }

  /** Begins what is to be done next, where nothing is waited for. @param {Held} held */
  #goOn(held) {
    while (held.waits === undefined) {
      const message = held.asked.shift();
      if (!message || !held.part) return;
      const { part, exchange } = held;
      const { step, learns, window, fresh, learningRate, clipNorm, clipValue } = message;
      Object.assign(part, { learningRate, clipNorm, clipValue });
      const sums = part.pass(window, fresh, learns);
      exchange.send(step, sums, part.next);
      held.waits = step;
      if (exchange.isThere(step)) this.#finish(held, message);
      else exchange.wait(step, () => this.#finishLater(held, message));
    }
  }

  /**
   * @param {Held} held
   * @param {Message} message
   */
  #finishLater(held, message) {
    // It may have been told something else meanwhile.
    if (held.waits !== message.step || held.epoch !== message.epoch) return;
    try {
      this.#finish(held, message);
      this.#goOn(held);
    } catch (error) {
      this.#fail(message.trainer, held, error);
    }
  }

  /**
   * @param {Held} held
   * @param {Message} message
   */
  #finish(held, { step, learns }) {
    const { exchange, part } = held;
    held.waits = undefined;
    const told = exchange.all(step);
    try {
      if (learns) part?.finish(told, held.own);
    } catch (error) {
      // So it does in the one that leads, which tells what comes of it.
      if (!(error instanceof DivergedError)) throw error;
    }
    exchange.giveBack(told);
  }

  /**
   * It cannot go on: the others do without it.
   * @param {number} trainer
   * @param {Held} held
   * @param {unknown} error
   */
  #fail(trainer, held, error) {
    this.#free(trainer);
    this.#links.send(0, { type: 'failed', trainer, epoch: held.epoch, reason: messageOf(error) });
  }

  /** @param {number} trainer */
  #free(trainer) {
    this.#trainers.get(trainer)?.made?.network.dispose();
    this.#trainers.delete(trainer);
    this.#freed.add(trainer);
  }
}
