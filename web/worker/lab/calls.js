/**
 * What the lab is asked for, by name: a function of the open network and what else was given, whose result is the answer.
 * A generator yields now and then, at least every few milliseconds: other calls are answered in between, and whoever asked
 * may have it stopped. Buffers of the answer are moved, so they have to be its own.
 */
import { complete } from './complete.js';
import { cost } from './cost.js';
import { terms } from './gate-sum.js';
import { listensTo } from './listens-to.js';
import { run } from './run.js';
import { findUnits } from './units.js';

/** @typedef {import('./OpenNetwork.js').OpenNetwork} OpenNetwork */

/** @type {Readonly<Record<string, (network: OpenNetwork, asked: any) => unknown>>} */
export const calls = Object.freeze({ run, terms, complete, listensTo, cost, findUnits, save });

/** The model file of the network as it is looked at: in floats. @param {OpenNetwork} network */
function save({ model }) {
  return model.save();
}
