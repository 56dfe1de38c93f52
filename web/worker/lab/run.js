import { hasCellState, planOf, UNTOUCHED } from './plan.js';

/** @typedef {import('../../model/cell/types.js').Run} Run */
/** @typedef {import('../../model/cell/types.js').Side} Side */
/** @typedef {import('../../model/cell/types.js').Tampering} Tampering */
/** @typedef {import('./OpenNetwork.js').OpenNetwork} OpenNetwork */
/** @typedef {import('./OpenNetwork.js').Step} Step */

/**
 * Reads a text, as the network does and as it does when it is tampered with.
 *
 * @param {OpenNetwork} network
 * @param {{ text: string, layer?: number, tampering?: Partial<Tampering> }} asked
 * @returns {Run}
 */
export function run(network, { text, layer: l = 0, tampering }) {
  const layer = network.layer(l);
  const plan = planOf(tampering, l, layer, network.untouchable);
  const { tokens, characters, unknown, skipped } = network.sift(text);
  const read = (/** @type {import('./plan.js').Plan} */ of) => sideOf(network, network.read(tokens, of), l);
  return {
    text: characters.join(''), characters, unknown, skipped, layer: l,
    untouched: read(UNTOUCHED),
    ...(plan !== UNTOUCHED && { tampered: read(plan) }),
  };
}

/**
 * @param {OpenNetwork} network
 * @param {readonly Step[]} steps
 * @param {number} l
 * @returns {Side}
 */
function sideOf(network, [first, ...steps], l) {
  const layer = network.layers[l];
  const { hiddenSize } = layer;
  const rows = (/** @type {(step: Step) => Float32Array} */ of, size = of(first).length) => {
    const all = new Float32Array(steps.length * size);
    steps.forEach((step, t) => all.set(of(step).subarray(0, size), t * size));
    return all;
  };
  const { h, c } = first.state[l];
  const hasC = hasCellState(layer); // what a tdnn keeps in its c are inputs
  /** @type {import('lstm-wasm/worker').LayerTrace} */
  const trace = {
    layer: l, kind: /** @type {any} */ (layer.kind), hiddenSize,
    start: { h: h.slice(), ...(hasC && { c: c.slice(0, hiddenSize) }) }, // with fullGateRecurrence the gates stand behind c
    gates: Object.fromEntries(Object.keys(first.gates[l]).map((name) => [name, rows((step) => step.gates[l][name])])),
    h: rows((step) => step.state[l].h),
    ...(hasC && { c: rows((step) => step.state[l].c, hiddenSize) }),
  };
  const before = [first, ...steps];
  const size = network.alphabet.length;
  const probabilities = new Float32Array(before.length * size);
  before.forEach((step, t) => probabilities.set(step.probabilities, t * size));
  const logProbabilities = Float64Array.from(steps, ({ token }, t) => before[t].logProbabilities[token]);
  return { trace, probabilities, logProbabilities };
}
