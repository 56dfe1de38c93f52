import { gatesOf, rangeOf, squashed, sumBehind } from './gates.js';

/** @typedef {import('../../model/cell/types.js').Tampering} Tampering */
/** @typedef {import('../../model/cell/types.js').Hold} Hold */
/** @typedef {import('../../model/cell/types.js').Edit} Edit */
/** @typedef {import('../../model/cell/types.js').Swap} Swap */
/** @typedef {import('./gates.js').Layer} Layer */

/** Nobody tampers with more by hand, and an address can be written by anybody. */
const MOST = 1000;

/**
 * What is done at each character, from a tampering that was checked.
 *
 * @typedef {object} Plan
 * @property {number} layer
 * @property {(t: number) => string} key the same for the same deeds; '' where nothing is done
 * @property {(t: number) => import('./HeldNetworks.js').Held} held in the layer while character t is read
 * @property {readonly number[]} silenced
 * @property {(t: number) => readonly Edit[]} edits after character t
 * @property {(t: number) => readonly Swap[]} swaps after them
 */

/** @type {Plan} */
export const UNTOUCHED = { layer: 0, key: () => '', held: () => new Map(), silenced: [], edits: () => [], swaps: () => [] };

/**
 * Checks what was tampered with. Places beyond the end of a text are no fault, since it grows and shrinks while one types.
 *
 * @param {unknown} tampering
 * @param {number} l the layer
 * @param {Layer} layer
 * @param {string} [untouchable] why no gate of the network can be held
 * @returns {Plan}
 */
export function planOf(tampering, l, layer, untouchable) {
  const given = /** @type {Partial<Tampering>} */ (tampering ?? {});
  if (typeof given !== 'object') {
    throw new Error(`A tampering is an object of holds, edits, swaps and silenced units, not ${show(given)}.`);
  }
  const holds = list(given.holds, 'holds').map((hold) => checkHold(hold, layer, untouchable));
  const edits = list(given.edits, 'edits').map((edit) => checkEdit(edit, layer));
  const swaps = list(given.swaps, 'swaps').map((swap) => checkSwap(swap, layer));
  const silenced = [...new Set(list(given.silenced, 'silenced').map((unit) => checkUnit(unit, layer)))].sort((a, b) => a - b);
  if (holds.length + edits.length + swaps.length + silenced.length === 0) return UNTOUCHED;

  // Between two of these, the same is held.
  const changes = [...new Set([0, ...holds.flatMap(({ from, to }) => [from, to + 1])])].sort((a, b) => a - b);
  const inForce = (/** @type {number} */ t) => holds.filter(({ from, to }) => from <= t && t <= to);
  const stretches = changes.map((from) => stretchOf(inForce(from), l, layer, silenced));
  const stretch = (/** @type {number} */ t) => stretches[changes.findLastIndex((from) => from <= t)];
  const at = (/** @type {number} */ t) => (/** @type {{ at: number }} */ deed) => deed.at === t;
  return {
    layer: l,
    silenced,
    held: (t) => stretch(t).held,
    edits: (t) => edits.filter(at(t)),
    swaps: (t) => swaps.filter(at(t)),
    key: (t) => {
      const deeds = [...edits, ...swaps].filter(at(t));
      return stretch(t).key + (deeds.length > 0 ? JSON.stringify([l, deeds]) : '');
    },
  };
}

/**
 * @param {readonly (Hold & { to: number })[]} holds those in force; of two of the same gate, the later counts
 * @param {number} l
 * @param {Layer} layer
 * @param {readonly number[]} silenced
 */
function stretchOf(holds, l, { hiddenSize }, silenced) {
  /** @type {Map<string, Float64Array>} */
  const held = new Map();
  for (const { gate, unit, value } of holds) {
    const units = held.get(gate) ?? new Float64Array(hiddenSize).fill(NaN);
    if (unit === 'all') units.fill(value);
    else units[unit] = value;
    held.set(gate, units);
  }
  const sorted = new Map([...held].sort(([a], [b]) => (a < b ? -1 : 1)));
  if (held.size === 0 && silenced.length === 0) return { held: sorted, key: '' };
  return { held: sorted, key: [l, silenced, ...[...sorted].map(([gate, units]) => `${gate}:${units}`)].join('|') };
}

/**
 * @param {Hold} hold
 * @param {Layer} layer
 * @param {string} [untouchable]
 * @returns {Hold & { to: number }} of a gate that has rows of its own
 */
function checkHold(hold, layer, untouchable) {
  if (untouchable) throw new Error(untouchable);
  const { gate: name, value, unit, from, to = Infinity } = hold;
  const gates = gatesOf(layer);
  const gate = Object.hasOwn(gates, name) ? gates[name] : undefined;
  if (!gate) throw new Error(`This layer has no gate ${show(name)} that could be held: ${listOf(Object.keys(gates))}.`);
  const [lowest, highest] = rangeOf(gate);
  if (typeof value !== 'number' || !(value >= lowest && value <= highest)) {
    const range = gate.squash === 'none' ? 'a number' : `from ${lowest} to ${highest}`;
    throw new Error(`The ${name} gate can be held at ${range}, not at ${show(value)}.`);
  }
  if (unit !== 'all') checkUnit(unit, layer);
  checkPlace(from, 'A gate is held from');
  if (to !== Infinity) checkPlace(to, 'A gate is held to');
  if (to < from) throw new Error(`A gate is held from a character to a later one, not from ${from} to ${to}.`);
  if (layer.clip) assertWithinClip(name, gate.squash, value, layer.clip);
  if (gate.complementOf) return { gate: gate.complementOf, value: 1 - value, unit, from, to };
  return { gate: name, value, unit, from, to };
}

/** @param {string} name @param {import('./gates.js').Gate['squash']} squash @param {number} value @param {number} clip */
function assertWithinClip(name, squash, value, clip) {
  const sum = Math.max(-clip, Math.min(sumBehind(squash, value), clip));
  if (Math.abs(squashed(squash, sum) - value) < 1e-6) return;
  throw new Error(`The ${name} gate cannot be held at ${value}: this cell keeps the sums of its gates within ${clip} of 0.`);
}

/** @param {Edit} edit @param {Layer} layer @returns {Edit} */
function checkEdit({ memory, unit, at, value }, layer) {
  if (memory !== 'h' && (memory !== 'c' || !hasCellState(layer))) {
    throw new Error(`This layer has no memory ${show(memory)} that could be set: ${hasCellState(layer) ? 'c, h' : 'h'}.`);
  }
  if (memory === 'h') assertOwnH(layer, 'Its h cannot be set');
  if (typeof value !== 'number' || !Number.isFinite(Math.fround(value))) {
    throw new Error(`A memory can be set to a number, not to ${show(value)}.`);
  }
  return { memory, unit: checkUnit(unit, layer), at: checkPlace(at, 'A memory is set after'), value };
}

/** @param {Swap} swap @param {Layer} layer @returns {Swap} */
function checkSwap({ unit, at, text }, layer) {
  assertOwnH(layer, 'Its memories cannot be swapped');
  if (typeof text !== 'string' || text === '') throw new Error(`A memory comes from another text, not from ${show(text)}.`);
  return { unit: checkUnit(unit, layer), at: checkPlace(at, 'A memory is swapped after'), text };
}

/** @param {unknown} unit @param {Layer} layer @returns {number} */
export function checkUnit(unit, { hiddenSize }) {
  if (Number.isInteger(unit) && Number(unit) >= 0 && Number(unit) < hiddenSize) return Number(unit);
  throw new Error(`The layer has the units 0 to ${hiddenSize - 1}, got ${show(unit)}.`);
}

/** @param {unknown} at @param {string} what @returns {number} */
export function checkPlace(at, what) {
  if (Number.isInteger(at) && Number(at) >= 0) return Number(at);
  throw new Error(`${what} a character of the text, 0 the first, got ${show(at)}.`);
}

/** @param {Layer} layer */
export const hasCellState = ({ kind }) => kind === 'lstm' || kind === 'four-gate';

/** @param {Layer} layer @param {string} what */
function assertOwnH({ projection }, what) {
  if (!projection) return;
  throw new Error(`${what}: this layer projects all of its units to ${projection} numbers, and none is a unit's.`);
}

/** @param {unknown} given @param {string} name @returns {any[]} */
function list(given, name) {
  if (given === undefined) return [];
  if (!Array.isArray(given) || given.length > MOST || given.some((one) => one === null || one === undefined)) {
    throw new Error(`The ${name} of a tampering are a list of at most ${MOST}, got ${show(given)}.`);
  }
  return given;
}

/** @param {readonly string[]} names */
const listOf = (names) => (names.length > 0 ? `it has ${names.join(', ')}` : 'it has none');

/** As a message shows it. @param {unknown} value */
export const show = (value) => (typeof value === 'string' ? `“${[...value].slice(0, 20).join('')}”` : Array.isArray(value)
  ? `${value.length} of them` : typeof value === 'object' && value ? 'an object' : String(value));
