// crew.js: who a run trains with, where that is not one Worker alone.
import { unlessAborted } from '../core/abort.js';
import { ArgumentError } from '../core/errors.js';

/**
 * Several Workers as one.
 * @typedef {object} Team
 * @property {string} members who they are
 * @property {(trainee: any, options: any) => import('./Learner.js').TraineeTrainer} createTrainer
 */

/**
 * Who finds a team.
 * @typedef {object} Crew
 * @property {(trainee: any, options: import('./train-options.js').CheckedTrainOptions) => Team | undefined | Promise<Team | undefined>} gather
 *   undefined: it is to train alone
 */

/**
 * @param {number | undefined} threads
 * @param {Crew | undefined} crew
 */
export function assertThreads(threads = 1, crew) {
  if (threads === 1 || crew) return;
  throw new ArgumentError(`train: threads must be 1 or absent here, got ${threads}: a model of openWorker, of 'lstm-wasm/worker', trains on several`);
}

/**
 * @param {Crew} crew
 * @param {any} trainee
 * @param {import('./train-options.js').CheckedTrainOptions} options
 * @returns {Generator<Promise<void>, Team | undefined, void>} it yields what has to be waited for, and never rejects
 */
export function* gatherInPieces(crew, trainee, options) {
  const found = crew.gather(trainee, options);
  if (!(found instanceof Promise)) return found;
  /** @type {{ team?: Team, error?: unknown }} */
  let result = {};
  yield unlessAborted(options.signal, () => found).then((team) => { result = { team }; }, (error) => { result = { error }; });
  if ('error' in result) throw result.error;
  return result.team;
}

/**
 * Work with what has to be waited for in it.
 * @template T
 * @param {Generator<Promise<void>, T, void>} work
 * @param {(piece: Promise<void>) => Generator<Promise<void> | undefined, void, void>} pause
 * @returns {Generator<Promise<void> | undefined, T, void>}
 */
export function* inTurns(work, pause) {
  try {
    for (;;) {
      const { done, value } = work.next();
      if (done) return value;
      yield* pause(value);
    }
  } finally {
    work.return(/** @type {any} */ (undefined));
  }
}
