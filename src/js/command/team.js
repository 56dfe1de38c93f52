// team.js: the threads that train as one with this one.

import { openWorker } from '../worker.js';
import { Crew } from '../worker/team/Crew.js';
import { end, noRecruits, recruit } from '../worker/team/recruit.js';

/** As long as a thread takes to start, and more: milliseconds. */
const START = 1000;

/**
 * Threads start when a training asks for them. Until `end` they keep the process.
 * @param {import('../models/Lstm.js').Lstm} lstm
 * @returns {{ crew: Crew, end: () => void }}
 */
export function teamOf(lstm) {
  const recruits = noRecruits();
  const start = (/** @type {AbortSignal} */ signal) => openWorker({ variant: lstm.variant, signal });
  const lead = {
    join: (/** @type {import('../worker/team/Crew.js').Joining} */ joining) => crew.join(joining),
    lose: (/** @type {number} */ id) => crew.lose(id),
  };
  const crew = new Crew((config) => lstm.createNetwork(config), (wanted) => {
    recruit(recruits, wanted, { start, took: START, lead: () => lead }).catch((failure) => crew.join({ self: 0, peers: [], failure }));
  });
  return {
    crew,
    end() {
      crew.end();
      end(recruits);
    },
  };
}
