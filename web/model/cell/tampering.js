/** What can be done to a list of changes in a cell, whoever makes them. */

/** @typedef {import('./types.js').Tampering} Tampering */

/** A cell that is left alone. @type {Readonly<Tampering>} */
export const NOTHING = Object.freeze({ holds: [], edits: [], swaps: [], silenced: [] });

/** How many changes there are. @param {Tampering} tampering */
export function countChanges({ holds, edits, swaps, silenced }) {
  return holds.length + edits.length + swaps.length + silenced.length;
}

/**
 * What is left of a tampering in another reading: the places that it has, the units, the gates. Of another network only
 * what is meant for all units has a meaning.
 *
 * @param {Tampering} tampering
 * @param {{ length: number, units: number, gates?: string[], isOther: boolean }} reading   length: its characters; isOther:
 *   its units are not those that the tampering was made for
 * @returns {Tampering}
 */
export function fitting({ holds, edits, swaps, silenced }, { length, units, gates, isOther }) {
  const has = (/** @type {number | 'all'} */ unit) => unit === 'all' || (!isOther && unit < units);
  const isHere = (/** @type {{ unit: number, at: number }} */ { unit, at }) => has(unit) && at < length;
  return {
    holds: holds.filter(({ unit, gate, from }) => has(unit) && from < length && (!gates || gates.includes(gate))),
    edits: edits.filter(isHere),
    swaps: swaps.filter(isHere),
    silenced: silenced.filter(has),
  };
}

/**
 * Holds a gate: what was held of it before, for the same units from the same place, is let go.
 *
 * @param {Tampering} tampering
 * @param {import('./types.js').Hold} hold
 * @returns {Tampering}
 */
export function withHold(tampering, hold) {
  return { ...tampering, holds: [...withoutHold(tampering, hold).holds, hold] };
}

/**
 * @param {Tampering} tampering
 * @param {Pick<import('./types.js').Hold, 'gate' | 'unit' | 'from'>} hold
 * @returns {Tampering}
 */
export function withoutHold(tampering, { gate, unit, from }) {
  return { ...tampering, holds: tampering.holds.filter((h) => h.gate !== gate || h.unit !== unit || h.from !== from) };
}

/**
 * The hold that rules a gate of a unit at a character: of several the last.
 *
 * @param {Tampering} tampering
 * @param {{ gate: string, unit: number, at: number }} where
 */
export function holdAt({ holds }, { gate, unit, at }) {
  return holds.findLast((hold) => hold.gate === gate && (hold.unit === unit || hold.unit === 'all')
    && hold.from <= at && at <= (hold.to ?? Infinity));
}
