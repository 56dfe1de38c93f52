// A team in one thread: each of it has a library of its own, and they speak over MessageChannels as Workers do.
import { createHash } from 'node:crypto';
import { load } from '../../../../src/js/models/load.js';
import { runInTurns } from '../../../../src/js/training/fit.js';
import { Crew } from '../../../../src/js/worker/team/Crew.js';

/** The library of the one that leads, and of those that train alone. */
export const lstm = await load({ variant: 'simd' });

/**
 * @param {number} others
 * @returns {Promise<{ crew: Crew, others: Crew[], end: () => void }>}
 */
export async function crewOf(others) {
  const libraries = [lstm, ...await Promise.all(Array.from({ length: others }, () => load({ variant: 'simd' })))];
  const crews = libraries.map((library) => new Crew((config) => library.createNetwork(config), () => assert(false)));
  crews.forEach((crew, a) => {
    for (let b = a + 1; b < crews.length; b++) {
      const { port1, port2 } = new MessageChannel();
      crew.join({ self: a, peers: [{ id: b, port: port1 }] });
      crews[b].join({ self: b, peers: [{ id: a, port: port2 }] });
    }
  });
  return { crew: crews[0], others: crews.slice(1), end: () => { for (const crew of crews) crew.end(); } };
}

/** @param {boolean} holds */
function assert(holds) {
  if (!holds) throw new Error('all that were wanted are there');
}

/**
 * Trains with a team.
 * @param {any} model
 * @param {any} data
 * @param {any} options
 * @param {Crew} [crew] without: alone
 * @param {(report: any) => unknown} [onReport]
 */
export const train = (model, data, options, crew, onReport) => runInTurns(model.trainInPieces(data, options, crew), onReport);

/** @param {Record<string, Float32Array>} parameters */
export function hashOf(parameters) {
  const hash = createHash('sha256');
  for (const values of Object.values(parameters)) hash.update(values);
  return hash.digest('hex');
}

/** @param {any} model */
export const networkOf = (model) => model.held?.network ?? model;

/** What a checkpoint has but for the clock. @param {any} model */
export function stateOf(model) {
  const bytes = model.checkpoint();
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const head = new TextDecoder().decode(bytes.subarray(8, 8 + length)).replace(/\\"seconds\\":[\d.e-]+|"checksum":"\w+"/g, '').trim();
  return { head, body: createHash('sha256').update(bytes.subarray(8 + length)).digest('hex') };
}
