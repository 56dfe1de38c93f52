// race.js: what the Worker of the race is asked, and what it tells.
import { keep } from '../../model/keep.js';
import { messageFlow } from '../../model/why/message-flow.js';
import { loadLibrary } from '../load-library.js';
import { Heat } from './Heat.js';

/** @typedef {import('../../model/why/racers.js').RaceSettings} RaceSettings */

/**
 * Messages to the Worker: of the networks that were made with this id, or of a message that travels back.
 * @typedef {{ type: 'make', id: number, settings: RaceSettings } | { type: 'run', id: number, until: number }
 *   | { type: 'pause', id: number } | { type: 'flow', id: number, gate: number }} Command
 */

/**
 * Messages from the Worker.
 * @typedef {object} Answer
 * @property {number} id
 * @property {'made' | 'progress' | 'stopped' | 'failed' | 'flow'} type
 * @property {number} [round]
 * @property {number[]} [parameters] how many each network has
 * @property {Float32Array} [shown] what the answers to the test should be
 * @property {Float32Array[]} [answers] of each network to the test sequences
 * @property {Float64Array[]} [reach] see reachOf
 * @property {Float64Array[]} [left] see messageFlow
 * @property {string} [message] why it failed
 */

const library = keep(loadLibrary);

/** @type {Heat | undefined} */
let heat;

/** Does what this Worker is asked for. @param {Command} command */
export async function obey(command) {
  const { type, id } = command;
  try {
    if (type === 'flow') {
      tell({ type, id, left: messageFlow(await library(), command.gate) });
    } else if (type === 'make') {
      const lstm = await library();
      const former = heat;
      heat = new Heat(lstm, command, tell);
      former?.dispose();
    } else if (heat?.id === id) {
      heat.until = type === 'run' ? command.until : 0;
      if (type === 'run') await heat.run();
    }
  } catch (error) {
    const { message } = /** @type {Error} */ (error);
    tell({ type: type === 'flow' ? 'flow' : 'failed', id, round: heat?.round ?? 0, message });
  }
}

/** @param {Answer} answer */
function tell(answer) {
  postMessage(answer);
}
