/** @typedef {import('../cell/types.js').Subject} Subject */
/** @typedef {import('./address.js').Place} Place */

/** What silencing units costs, with the difference in nats a character. @typedef {import('../cell/types.js').Cost & { nats: number }} Cost */

/** What silencing units of a network costs, over a long text. Knows no DOM. */
export class Costs {
  /** By silenced units; a promise is being counted. @type {Map<string, Cost | Promise<Cost>>} */
  #known = new Map();
  /** @type {Promise<unknown>} */
  #counting = Promise.resolve();
  #lab;
  #texts;
  #changed;

  /**
   * @param {Pick<import('../LabHost.js').LabHost, 'cost'>} lab
   * @param {Pick<import('./Book.js').Texts, 'long'>} texts
   * @param {() => void} changed   is called when one is known or counted
   */
  constructor(lab, texts, changed) {
    this.#lab = lab;
    this.#texts = texts;
    this.#changed = changed;
  }

  /** There is another network. */
  clear() {
    this.#known.clear();
  }

  /** @param {readonly Place[]} units of one layer */
  of(units) {
    return this.#known.get(keyOf(units));
  }

  /** The units that were silenced one by one. @returns {Place[]} */
  get single() {
    return [...this.#known.keys()].map((key) => key.split(/: |,/).map(Number)).filter(({ length }) => length === 2)
      .map(([layer, unit]) => ({ layer, unit }));
  }

  /**
   * @param {Subject} subject
   * @param {readonly Place[]} units of one layer
   * @returns {Promise<Cost>} rejects where it cannot be counted, and is forgotten then
   */
  async count(subject, units) {
    const key = keyOf(units);
    const known = this.#known.get(key);
    if (known) return known;
    // One after the other: without silence is counted once then.
    const counting = this.#counting.then(() => this.#ask(subject, units));
    this.#counting = counting.catch(() => {});
    this.#known.set(key, counting);
    this.#changed();
    const isWanted = () => this.#known.get(key) === counting;
    try {
      const cost = await counting;
      if (isWanted()) this.#known.set(key, cost);
      return cost;
    } catch (error) {
      if (isWanted()) this.#known.delete(key);
      throw error;
    } finally {
      this.#changed();
    }
  }

  /** @param {Subject} subject @param {readonly Place[]} units @returns {Promise<Cost>} */
  async #ask(subject, units) {
    const text = await this.#texts.long(subject);
    const asked = { text, layer: units[0].layer, tampering: { silenced: units.map(({ unit }) => unit) } };
    const cost = await this.#lab.cost(subject.id, asked);
    return { ...cost, nats: cost.tampered - cost.untouched };
  }
}

/** @param {readonly Place[]} units */
const keyOf = (units) => `${units[0]?.layer}: ${units.map(({ unit }) => unit).sort((a, b) => a - b)}`;
