import { quote, readWhole, readWord } from '../address.js';

/** The race in the fragment of the address: `lag=100&gates=usual&seed=3&task=adding`, what differs from the presets. */

export const raceKeys = Object.freeze(['lag', 'gates', 'seed', 'task']);

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
