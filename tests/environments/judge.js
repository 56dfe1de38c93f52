// What a row shows, from what its environment saw.

/** @typedef {import('./program.js').Seen} Seen */
/** @typedef {import('./program.js').Outcome} Outcome */
/**
 * @typedef {object} Verdict
 * @property {string} load
 * @property {string} openWorker
 * @property {string} trained
 * @property {string} predicted
 * @property {string[]} why what does not work; empty where all does
 */
/** @typedef {'works' | 'refused' | 'none'} Expected of openWorker: 'refused' where an environment has no Workers at all */

/** The loss falls by 0.77 nats, and 'to b' goes on with 'e'. */
const learnedAtLeast = 0.4;
const next = 'e';

/** @param {Seen} seen @param {string} name @param {boolean} trains */
function faults(seen, name, trains) {
  if (seen.error) return [`${name}: ${seen.error}`];
  const found = [];
  if (!['scalar', 'simd', 'relaxed'].includes(seen.opened ?? '')) found.push(`${name}: the variant is ${seen.opened}`);
  if (trains && seen.steps !== 50) found.push(`${name}: trained ${seen.steps} of 50 steps`);
  if (trains && !(Number(seen.learned) > learnedAtLeast)) found.push(`${name}: the loss fell by ${seen.learned} nats`);
  if (seen.predicted !== next) found.push(`${name}: predicted ${JSON.stringify(seen.predicted)}, not "${next}"`);
  return found;
}

/** @param {boolean[]} flags of load() and of openWorker() */
function inWords(flags) {
  if (flags.every(Boolean)) return 'yes';
  return flags[0] ? 'load() only' : flags[1] ? 'Worker only' : 'no';
}

/**
 * @param {Outcome} outcome
 * @param {{ openWorker?: Expected, trains?: boolean }} [expected]
 * @returns {Verdict}
 */
export function judge(outcome, { openWorker = 'works', trains = true } = {}) {
  const { load, worker = {} } = outcome;
  const why = faults(load, 'load', trains);
  const ways = [load];
  let shown = '-';
  if (openWorker === 'works') {
    why.push(...faults(worker, 'openWorker', trains));
    ways.push(worker);
    shown = worker.opened ?? 'no';
  } else if (openWorker === 'refused') {
    // There is no Worker to be had. The library has to say so, in an error of its own.
    const says = /^(LstmError|ArgumentError): /.test(worker.error ?? '');
    if (!says) why.push(`openWorker: has to refuse with an LstmError, saw ${worker.error ?? JSON.stringify(worker)}`);
    shown = says ? 'says no' : 'no';
  }
  return {
    load: load.opened ?? 'no',
    openWorker: shown,
    trained: trains ? inWords(ways.map(({ steps }) => steps === 50)) : '-',
    predicted: inWords(ways.map(({ predicted }) => predicted === next)),
    why,
  };
}
