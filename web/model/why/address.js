import { quote, readWhole, readWord } from '../address.js';

/**
 * The race in the fragment of the address: `lag=100&gates=usual&seed=3&task=adding`, what differs from the presets; and
 * `message=0.9@12`, the message that travels back with gates open so far, so many steps back; and `reach=100`, the message
 * while they learn, read out so many steps back.
 */

export const raceKeys = Object.freeze(['lag', 'gates', 'seed', 'task']);
export const reachKeys = Object.freeze(['reach']);
export const messageKeys = Object.freeze(['message']);

/** @typedef {{ gate: number, back: number }} MessageShown */

/** How far the gates are open at first, and can be: as the slider of the page has it. */
export const usualGate = 0.98;
const gateBounds = Object.freeze({ least: 0.5, most: 0.99 });

/** @typedef {{ lag: number, gates: 'open' | 'usual', seed: number, task?: string }} RaceSettings */

/** The bounds of the fields on the page. */
const bounds = Object.freeze({ lag: { least: 10, most: 100, step: 10 }, seed: { least: 1, most: 999_999 } });

/**
 * What is given; what cannot be read is left out with a note.
 *
 * @param {URLSearchParams} query
 * @param {readonly string[]} [tasks]   that there are; default: any word
 * @returns {{ settings: Partial<RaceSettings>, notes: string[] }}
 */
export function readRace(query, tasks) {
  /** @type {string[]} */
  const notes = [];
  const task = query.get('task');
  const isTask = task === null || (tasks ? tasks.includes(task) : /^[a-z-]{1,20}$/.test(task));
  if (!isTask) notes.push(`task=${quote(task)} is none of ${tasks?.join(', ') ?? 'the tasks'}; it is left out.`);
  const given = {
    lag: readWhole(query, 'lag', bounds.lag, notes),
    gates: readWord(query, 'gates', /** @type {const} */ (['open', 'usual']), notes),
    seed: readWhole(query, 'seed', bounds.seed, notes),
    task: isTask ? task ?? undefined : undefined,
  };
  return { settings: Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)), notes };
}

/**
 * @param {RaceSettings} settings
 * @param {RaceSettings} presets
 * @returns {import('../address.js').Entries}
 */
export function writeRace(settings, presets) {
  const names = /** @type {const} */ (['lag', 'gates', 'seed', 'task']);
  return names.filter((name) => settings[name] !== undefined && settings[name] !== presets[name])
    .map((name) => [name, String(settings[name])]);
}

/**
 * @param {URLSearchParams} query
 * @param {number} steps   that the message goes back
 * @returns {{ shown: MessageShown, notes: string[] }}
 */
export function readMessage(query, steps) {
  const given = query.get('message') ?? '';
  const [, amount, place = '0'] = /^(0?\.\d{1,4})(?:@(\d{1,4}))?$/.exec(given) ?? [];
  const [gate, back] = [Math.round(100 * Number(amount)) / 100, Number(place)];
  if (gate >= gateBounds.least && gate <= gateBounds.most && back <= steps) return { shown: { gate, back }, notes: [] };
  const { least, most } = gateBounds;
  const note = `message=${quote(given)} is none from ${least} to ${most}, nor 0 to ${steps} steps back after an @; it is left out.`;
  return { shown: { gate: usualGate, back: 0 }, notes: [note] };
}

/**
 * @param {MessageShown} shown
 * @param {boolean} isWhole
 * @returns {import('../address.js').Entries}
 */
export function writeMessage({ gate, back }, isWhole) {
  if (!isWhole && gate === usualGate && back === 0) return [];
  return [['message', `${gate}${back ? `@${back}` : ''}`]];
}

/** @param {URLSearchParams} query @param {string[]} notes */
export const readReach = (query, notes) => readWhole(query, 'reach', { least: 1, most: 200 }, notes);

/** @param {number | undefined} steps   undefined: it is not looked at @returns {import('../address.js').Entries} */
export const writeReach = (steps) => (steps === undefined ? [] : [['reach', String(steps)]]);
