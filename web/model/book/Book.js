import { latestWins } from '../latest-wins.js';
import { Emitter } from '../Emitter.js';
import { Costs } from './Costs.js';
import { PLACE } from './texts.js';

/** @typedef {import('../../worker/lab/units.js').Found} Found */
/** @typedef {import('../../worker/lab/units.js').Finding} Finding */
/** @typedef {import('../cell/types.js').Subject} Subject */
/** @typedef {import('../cell/types.js').Run} Run */

/**
 * A unit that is offered: what it tracks best, and those that track the same.
 * @typedef {Finding & { feature: string, peers: Finding[] }} Tracker
 */

/** @typedef {import('./address.js').Place} Place */
/** @typedef {import('./address.js').Asked} Asked */

/**
 * Where texts for a network come from.
 *
 * @typedef {object} Texts
 * @property {(subject: Subject) => string} passage to be looked at
 * @property {(subject: Subject) => Promise<string>} long to search and to count over
 */

/** Below this a unit is not said to track anything: half of a feature's ups and downs are not even a quarter of its variance. */
const LEAST = 0.5;
const OFFERED = 3;

/** While a network learns, units are sought this often: milliseconds. */
const SEARCH_EVERY = 4000;

/** So many of those that track the same are silenced together, to see whether they stand in for one another. */
const PEERS = 4;

/**
 * What there is to find out about the network in the cell, from a passage and a long text: what a guess listens to, which
 * units track something, what silencing them costs. Which unit is looked at, the player holds. Knows no DOM.
 *
 * Events: `text` for another reading, `place` for another place in it, `heard` when it is known what the guess there
 * listens to, `units` when others are found, `cost` when one is known or counted, `unit` when another is looked at,
 * `problem` with an Error after which all is as before.
 */
export class Book extends Emitter {
  /** Which text is shown. @type {'passage' | 'cell'} */
  reads = 'passage';
  /** @type {Run | undefined} */
  run;
  /** The guess after this character is asked about. */
  at = 0;
  /** What leaving out each character up to there costs the guess: nats. @type {Float64Array | undefined} */
  heard;
  /** @type {Tracker[] | undefined} */
  trackers;
  /** The unit whose silence is spoken of. @type {Place | undefined} */
  asked;
  /** What a link asks for, until there is a reading of it. @type {Asked} */
  #wish = {};
  #costs;
  #player;
  #lab;
  #texts;
  #isOpen = false;
  /** What was read, and searched. @type {{ read?: Subject, searched?: Subject, at: number }} */
  #last = { at: -Infinity };
  #timer = 0;
  #listening = new AbortController();

  /**
   * @param {import('../cell/Player.js').Player} player
   * @param {import('../LabHost.js').LabHost} lab
   * @param {Texts} texts
   */
  constructor(player, lab, texts) {
    super();
    this.#player = player;
    this.#lab = lab;
    this.#texts = texts;
    this.#costs = new Costs(lab, texts, () => this.emit('cost'));
    player.addEventListener('run', () => this.#read());
    player.addEventListener('choice', () => {
      if (player.layer !== this.run?.layer) this.#read();
      else this.emit('unit');
    });
  }

  get subject() {
    return this.#last.read;
  }

  get unit() {
    return this.#player.unit;
  }

  /** Begins, or goes on, when the section is in view; what happens meanwhile is looked at then. @param {boolean} isOpen */
  open(isOpen) {
    this.#isOpen = isOpen;
    if (isOpen) this.#read();
  }

  /** @param {'passage' | 'cell'} text */
  show(text) {
    this.reads = text;
    this.run = undefined;
    this.#wish = {};
    this.#read();
  }

  /** Shows what a link asks for, when the section is in view; nothing of it is what is shown at first. @param {Asked} asked */
  follow({ reads = 'passage', at, without = [] }) {
    if (reads !== this.reads) this.show(reads);
    this.asked = undefined;
    this.#wish = { at, without };
    if (this.run && this.subject === this.#player.subject) this.#fulfil(this.run);
  }

  /** What a link has to ask for to show this. @returns {Asked} */
  get shown() {
    const { reads, run, asked } = this;
    const others = this.#costs.single.filter(({ unit, layer }) => unit !== asked?.unit || layer !== asked.layer);
    const { without = [...others, ...(asked ? [asked] : [])], at = run && this.at !== placeIn(run) ? this.at : undefined } = this.#wish;
    return { reads, without, ...(at !== undefined && { at }) };
  }

  /** @param {number} at */
  go(at) {
    const place = Math.max(0, Math.min(at, (this.run?.characters.length ?? 1) - 1));
    if (place === this.at) return;
    this.at = place;
    this.#listen();
  }

  /** @param {{ unit: number, layer?: number }} unit */
  choose({ unit, layer = this.#player.layer }) {
    return this.#player.choose({ unit, layer });
  }

  /** The cell reads what is shown here, up to this place. */
  seeInCell() {
    return this.#player.choose({ ...(this.run && { text: this.run.text }), at: this.at });
  }

  /**
   * What is known of the cost of silence; a promise is being counted.
   *
   * @param {readonly Place[]} units of one layer
   */
  costOf(units) {
    return this.#costs.of(units);
  }

  /** Speaks of what it costs that this unit is silent. @param {Place} unit */
  ask(unit) {
    this.asked = unit;
    return this.silence([unit]);
  }

  /**
   * Counts what it costs, over a long text, that units are silent.
   *
   * @param {readonly Place[]} units of one layer
   * @returns {Promise<import('./Costs.js').Cost | undefined>} undefined where it could not be counted
   */
  async silence(units) {
    const { subject } = this;
    if (!subject) return undefined;
    try {
      return await this.#costs.count(subject, units);
    } catch (error) {
      this.#tell(subject, error);
      return undefined;
    }
  }

  /**
   * Do those that track the same stand in for one another? Silenced one by one, and together.
   *
   * @param {Tracker} tracker
   */
  async silencePeers(tracker) {
    const units = tracker.peers.filter(({ layer }) => layer === tracker.layer).slice(0, PEERS);
    const alone = [];
    for (const unit of units) alone.push(await this.silence([unit]));
    const together = await this.silence(units);
    if (!together || alone.some((cost) => !cost)) return undefined;
    return { units, alone: alone.reduce((sum, cost) => sum + (cost?.nats ?? 0), 0), together: together.nats };
  }

  /** Reads what is to be shown with the network as it is now. */
  #read = latestWins(async () => {
    const { subject, layer } = this.#player;
    if (!subject || !this.#isOpen) return;
    const text = this.reads === 'cell' ? this.#player.run?.text : this.#texts.passage(subject);
    if (!text || (subject === this.#last.read && this.run?.layer === layer && this.run.text === text)) return;
    try {
      const run = await this.#lab.run(subject.id, { text, layer });
      const isOlder = this.#last.read?.id === subject.id && JSON.stringify(this.#last.read.layers) === JSON.stringify(subject.layers);
      const isOtherText = run.text !== this.run?.text;
      if (subject !== this.#last.read) this.#costs.clear();
      if (!isOlder) {
        this.trackers = undefined;
        this.asked = undefined;
        this.#last = { at: -Infinity };
      }
      this.#last.read = subject;
      this.run = run;
      if (isOtherText) this.at = placeIn(run);
      this.emit('text');
      this.#fulfil(run);
      this.#search();
    } catch (error) {
      this.#tell(subject, error);
    }
  });

  /** What a link asks for, of this reading. @param {Run} run */
  #fulfil(run) {
    const { without, at = without ? placeIn(run) : this.at } = this.#wish;
    this.#wish = {};
    this.at = Math.max(0, Math.min(at, run.characters.length - 1));
    this.#listen();
    const layers = this.subject?.layers ?? [];
    for (const one of without ?? []) if (one.unit < (layers[one.layer]?.hiddenSize ?? 0)) this.ask(one);
  }

  async #listen() {
    const { subject, run, at } = this;
    this.#listening.abort();
    const { signal } = this.#listening = new AbortController();
    this.heard = undefined;
    this.emit('place');
    if (!subject || !run) return;
    try {
      const heard = await this.#lab.listensTo(subject.id, { text: run.characters.slice(0, at + 1).join('') }, { signal });
      if (signal.aborted) return;
      this.heard = heard;
      this.emit('heard');
    } catch (error) {
      if (!signal.aborted) this.#tell(subject, error);
    }
  }

  /** Seeks the units that track something, where that has not been done, or not lately. */
  #search = latestWins(async () => {
    const { subject } = this;
    if (!subject || subject === this.#last.searched || !this.#isOpen) return;
    const wait = this.#last.at + SEARCH_EVERY - performance.now();
    clearTimeout(this.#timer);
    if (wait > 0) {
      this.#timer = /** @type {any} */ (setTimeout(() => this.#search(), wait));
      return;
    }
    try {
      const found = await this.#lab.findUnits(subject.id, { text: await this.#texts.long(subject) });
      if (this.subject?.id !== subject.id) return;
      Object.assign(this.#last, { searched: subject, at: performance.now() });
      this.trackers = trackersOf(found);
      this.emit('units');
    } catch (error) {
      this.#tell(subject, error);
    }
  });

  /** Of a network that is no longer there, the new one is asked. @param {Subject} subject @param {unknown} error */
  #tell(subject, error) {
    if (subject === this.#player.subject) this.emit('problem', error);
  }
}

/** Something is to be heard there. @param {Run} run */
function placeIn({ text, characters }) {
  const found = text.indexOf(PLACE);
  return found < 0 ? characters.length - 1 : [...text.slice(0, found)].length + PLACE.length - 1;
}

/**
 * What is offered: of each feature the best units, each unit once, with what it tracks best.
 *
 * @param {Found[]} found
 * @returns {Tracker[]}
 */
export function trackersOf(found) {
  const all = found.flatMap(({ feature, units }) => units.slice(0, OFFERED).map((unit) => ({ ...unit, feature, peers: units })))
    .filter(({ r }) => Math.abs(r) >= LEAST);
  const isBest = (/** @type {Tracker} */ one) => all.every((other) => other.unit !== one.unit || other.layer !== one.layer
    || other === one || Math.abs(other.r) < Math.abs(one.r));
  return all.filter(isBest);
}
