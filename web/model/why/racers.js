// The networks of the race.
import { gatesOpen } from './gates.js';
import { raceTasks } from './race-tasks.js';
import { randomNumbers } from './tasks/remember.js';

/** @typedef {import('lstm-wasm').Lstm | import('lstm-wasm/worker').WorkerLstm} Lstm here or in a Worker */
/** @typedef {import('lstm-wasm').GradientFlow[]} GradientFlows */
/** @typedef {{ task: string, lag: number, gates: 'open' | 'usual', seed: number }} RaceSettings */

/** @type {() => RaceSettings} */
export const usualRace = () => ({ task: 'remember', lag: 60, gates: 'open', seed: 1 });

/** Each task says how large they are. */
export const racers = Object.freeze([
  { name: 'RNN', layer: /** @type {const} */ ({ kind: 'rnn' }) },
  { name: 'GRU', layer: /** @type {const} */ ({ kind: 'gru' }) },
  { name: 'LSTM', layer: /** @type {const} */ ({ kind: 'lstm' }) },
  { name: 'Peephole LSTM', layer: /** @type {const} */ ({ kind: 'lstm', peephole: 'diagonal' }) },
]);

/**
 * @param {Lstm} lstm
 * @param {number} k   which of the racers
 * @param {RaceSettings} settings
 */
export async function createRacer(lstm, k, { task: name, lag, gates, seed }) {
  const task = raceTasks[name];
  const layer = { ...racers[k].layer, hiddenSize: task.sizes[k] };
  const network = await lstm.createNetwork({ input: task.input, layers: [layer], output: task.output, seed });
  if (gates === 'open') {
    await network.setParameters(gatesOpen(await network.parameters(), layer, task.memory(lag), randomNumbers(seed, 1)));
  }
  return network;
}

/**
 * How much of the gradient at the last step is left 0, 1, 2, ... steps before: of the state that carries the memory,
 * which is c where a cell has one, and h elsewhere.
 *
 * @param {GradientFlows} flow
 */
export function reachOf([{ h, c }]) {
  const norms = c ?? h;
  return norms.map((norm) => (norms[0] > 0 ? norm / norms[0] : 0));
}
