// recruit.js: who starts the other Workers of a team, and lays a line between each two: a page, or a thread of Node. Loaded when a
// training asks for several. Nobody is waited for without end: a page is not told of a Worker that ends without a word.
import { unlessAborted } from '../../core/abort.js';
import { LstmError } from '../../core/errors.js';
import { Patience } from '../../training/team/Patience.js';

/** @typedef {import('./Crew.js').Joining} Joining */
/** @typedef {import('./Crew.js').Wanted} Wanted */
/** @typedef {{ join: (joining: Joining, ports: MessagePort[]) => unknown, lose: (id: number) => unknown }} Lead the one that leads */
/** @typedef {{ connection: import('../WorkerConnection.js').WorkerConnection, terminate: () => void }} Recruit as openWorker gives it */

/**
 * @typedef {object} Place
 * @property {(signal: AbortSignal) => Promise<Recruit>} start starts another, until it is aborted
 * @property {number} took how long the one that leads took to start: milliseconds
 * @property {() => Lead | undefined} lead undefined: it is gone
 */

/**
 * Whom a Worker leads.
 * @typedef {object} Recruits
 * @property {Map<number, { call: (method: string, joining: any, ports: MessagePort[]) => Promise<unknown>, terminate: () => void }>} others
 * @property {number} last the number of the last
 * @property {Promise<unknown>} growing one after the other
 */

/** @returns {Recruits} */
export const noRecruits = () => ({ others: new Map(), last: 0, growing: Promise.resolve() });

/**
 * Starts Workers until there are so many, and tells all of each other. Where one cannot start, the one that leads is told so.
 * @param {Recruits} recruits
 * @param {Wanted} wanted
 * @param {Place} place
 */
export function recruit(recruits, wanted, place) {
  const grown = recruits.growing.then(() => grow(recruits, wanted, place));
  recruits.growing = grown.catch(() => {});
  return grown;
}

/**
 * @param {Recruits} recruits
 * @param {Wanted} wanted
 * @param {Place} place
 */
async function grow(recruits, { count, gone }, place) {
  const { others } = recruits;
  for (const id of gone) {
    others.get(id)?.terminate();
    others.delete(id);
  }
  const started = await Promise.allSettled(Array.from({ length: Math.max(0, count - others.size) }, () => startSoon(place)));
  /** For the one that leads. @type {Joining} */
  const joining = { self: 0, peers: [] };
  /** @type {Promise<Joining['peers'][number]>[]} */
  const joined = [];
  for (const result of started) {
    if (result.status === 'rejected') joining.failure = result.reason;
    else joined.push(add(recruits, result.value, place));
  }
  // Whoever is told to speak to another has a line to that one already, and is there.
  const peers = await Promise.all(joined);
  joining.peers = peers.filter(({ id }) => others.has(id));
  const leader = place.lead();
  if (leader) await leader.join(joining, joining.peers.map(({ port }) => port));
  else end(recruits);
}

/** @param {Place} place */
async function startSoon({ start, took }) {
  const controller = new AbortController();
  const patience = new Patience(took, false, () => controller.abort(new LstmError('another Worker, started as this one was, does not answer')));
  try {
    return await unlessAborted(controller.signal, () => start(controller.signal));
  } finally {
    patience.end();
  }
}

/**
 * @param {Recruits} recruits
 * @param {Recruit} worker
 * @param {Place} place
 * @returns {Promise<Joining['peers'][number]>} for the one that leads
 */
async function add(recruits, worker, { took, lead }) {
  const { connection } = worker;
  const { others } = recruits;
  const id = ++recruits.last;
  const call = (/** @type {string} */ method, /** @type {any} */ argument, /** @type {MessagePort[]} */ ports) => {
    const patience = new Patience(took, true, () => worker.terminate());
    // Of one that is gone, the one that leads is told.
    return connection.call(method, 0, [argument], { ports }).catch(() => {}).finally(() => patience.end());
  };
  const toLead = new MessageChannel();
  const peers = [{ id: 0, port: toLead.port1 }];
  const told = [];
  for (const [other, { call: callOther }] of others) {
    const { port1, port2 } = new MessageChannel();
    peers.push({ id: other, port: port1 });
    told.push(callOther('join', { self: other, peers: [{ id, port: port2 }] }, [port2]));
  }
  told.push(call('join', { self: id, peers }, peers.map(({ port }) => port)));
  others.set(id, { call, terminate: () => worker.terminate() });
  connection.closed.then(() => { if (others.delete(id)) lead()?.lose(id); });
  await Promise.all(told);
  return { id, port: toLead.port2 };
}

/** All are ended. @param {Recruits} recruits */
export function end({ others }) {
  const all = [...others.values()];
  others.clear();
  for (const { terminate } of all) terminate();
}

/**
 * A Worker that leads, as long as it is there.
 * @param {WeakRef<import('../WorkerConnection.js').WorkerConnection>} known
 * @returns {Lead | undefined}
 */
export function leadOf(known) {
  const connection = known.deref();
  if (!connection || connection.failure) return undefined;
  return { join: (joining) => connection.join(joining), lose: (id) => { connection.call('lose', 0, [id]).catch(() => {}); } };
}
