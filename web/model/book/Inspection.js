/** @typedef {import('lstm-wasm/worker').Trace} Trace */
/** @typedef {import('lstm-wasm/worker').LayerTrace} LayerTrace */

/**
 * What is looked at inside a network: a text that it read, a place in it, a layer and one of its units. Knows no DOM.
 *
 * Events: `trace` when another reading or layer is looked at, `unit` when another unit or memory of it is, `at` when
 * another character is; `detail` of that is true for a step on to the next.
 */
export class Inspection extends EventTarget {
  /** @type {Trace | undefined} */
  trace;
  /** Of all layers, as model.network has it. @type {Record<string, any>[]} */
  config = [];
  layer = 0;
  unit = 0;
  at = 0;
  /** Which memory of the unit is shown: long-term or short-term. @type {'c' | 'h'} */
  memory = 'c';
  /** The units from top to bottom of a picture: what changes slowest is on top. @type {number[]} */
  order = [];

  /** @returns {LayerTrace | undefined} */
  get layerTrace() {
    return this.trace?.layers[this.layer];
  }

  get length() {
    return this.trace?.characters.length ?? 0;
  }

  /** The kind of the layer with its options. */
  get layerConfig() {
    return this.config[this.layer];
  }

  /**
   * @param {Trace} trace
   * @param {Record<string, any>[]} config
   * @param {boolean} isOther   another text or network, not the same one grown older: rows are sorted anew
   */
  show(trace, config, isOther) {
    this.trace = trace;
    this.config = config;
    this.at = Math.min(this.at, this.length - 1);
    this.#look(Math.min(this.layer, config.length - 1), isOther);
  }

  /** @param {number} layer */
  lookAt(layer) {
    if (layer !== this.layer) this.#look(layer, true);
  }

  /**
   * @param {number} unit
   * @param {number} [layer]
   */
  choose(unit, layer = this.layer) {
    this.lookAt(layer);
    const count = this.layerTrace?.hiddenSize ?? 0;
    const chosen = Math.max(0, Math.min(unit, count - 1));
    if (chosen === this.unit) return;
    this.unit = chosen;
    this.dispatchEvent(new CustomEvent('unit'));
  }

  /** @param {'c' | 'h'} memory */
  remember(memory) {
    this.memory = memory;
    this.dispatchEvent(new CustomEvent('unit'));
  }

  /**
   * @param {number} at
   * @param {boolean} [isStep]   a step on, whose parts are shown one after the other
   */
  go(at, isStep = false) {
    const place = Math.max(0, Math.min(at, this.length - 1));
    if (place === this.at) return;
    this.at = place;
    this.dispatchEvent(new CustomEvent('at', { detail: isStep }));
  }

  /** Goes where, in the second half of the text, the unit gives most on. */
  goWhereUsed() {
    const trace = this.layerTrace;
    if (!trace || !this.hasOutput) return;
    const amounts = Array.from({ length: this.length }, (_, t) => Math.abs(trace.h[t * trace.hiddenSize + this.unit]));
    const half = Math.floor(this.length / 2);
    this.go(amounts.indexOf(Math.max(...amounts.slice(half)), half));
  }

  /**
   * The numbers of the unit at this character: gates by name, h and c, and what they were before.
   *
   * @returns {Record<string, number>}
   */
  get numbers() {
    const trace = this.layerTrace;
    if (!trace) return {};
    const { gates, h, c, start, hiddenSize } = trace;
    const here = this.at * hiddenSize + this.unit;
    const before = (/** @type {Float32Array} */ values, /** @type {Float32Array} */ first) =>
      (this.at > 0 ? values[here - hiddenSize] : first[this.unit]);
    const ofGates = Object.entries(gates).map(([name, values]) => [name, values[here]]);
    const long = c && start.c ? { c: c[here], cBefore: before(c, start.c) } : {};
    const short = this.hasOutput ? { h: h[here], hBefore: before(h, start.h) } : {};
    return { ...Object.fromEntries(ofGates), ...long, ...short };
  }

  /** Is each number of h a unit's? Those of a projection are not. */
  get hasOutput() {
    const trace = this.layerTrace;
    return trace !== undefined && trace.start.h.length === trace.hiddenSize;
  }

  /** The unit's memory at each character, from -1 to 1 as parts of its reach. */
  get activation() {
    const trace = this.layerTrace;
    if (!trace) return { reach: 1, values: new Float32Array() };
    const all = this.memory === 'c' && trace.c ? trace.c : trace.h;
    const reach = reachOf(all, this.unit, trace.hiddenSize);
    const at = (/** @type {number} */ t) => all[t * trace.hiddenSize + this.unit];
    return { reach, values: Float32Array.from({ length: this.length }, (_, t) => at(t) / reach) };
  }

  /**
   * @param {number} layer
   * @param {boolean} isOther
   */
  #look(layer, isOther) {
    this.layer = layer;
    const trace = this.layerTrace;
    if (!trace) return;
    const { hiddenSize } = trace;
    this.unit = Math.min(this.unit, hiddenSize - 1);
    if (!trace.c) this.memory = 'h';
    if (!this.hasOutput) this.memory = 'c';
    if (isOther || this.order.length !== hiddenSize) this.order = bySteadiness(trace.c ?? trace.h, hiddenSize);
    this.dispatchEvent(new CustomEvent('trace'));
  }
}

/**
 * The largest magnitude of a unit, at least 1: a tanh is never larger, a cell state that counts can be.
 *
 * @param {Float32Array} values   (T, size)
 * @param {number} unit
 * @param {number} size
 */
export function reachOf(values, unit, size) {
  let reach = 1;
  for (let n = unit; n < values.length; n += size) reach = Math.max(reach, Math.abs(values[n]));
  return reach;
}

/**
 * The units sorted by the variance of their steps from character to character, relative to their variance over the text.
 *
 * @param {Float32Array} values   (T, size)
 * @param {number} size
 */
function bySteadiness(values, size) {
  const changes = Array.from({ length: size }, (_, unit) => {
    let [change, spread, mean] = [0, 0, 0];
    for (let n = unit; n < values.length; n += size) mean += values[n] / (values.length / size);
    for (let n = unit; n < values.length; n += size) {
      spread += (values[n] - mean) ** 2;
      if (n >= size) change += (values[n] - values[n - size]) ** 2;
    }
    return spread > 0 ? change / spread : 0;
  });
  return [...changes.keys()].sort((a, b) => changes[a] - changes[b]);
}
