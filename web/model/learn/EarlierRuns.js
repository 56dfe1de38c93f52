import { Emitter } from '../Emitter.js';
import { MOBY_DICK_NAME } from '../assets.js';
import { kinds } from './settings.js';

/** So many of the runs before this one can be laid under its curve, each with so many points. */
const MOST_RUNS = 4;
const MOST_POINTS = 300;

/**
 * @typedef {object} EarlierRun
 * @property {string} id
 * @property {string} name   what the network was, and its text where that is its own
 * @property {number[]} chars
 * @property {number[]} loss
 * @property {(number | undefined)[]} valLoss
 */

/**
 * The curves of the runs before this one, so that two can be compared.
 *
 * Events: `change` when there are others, or another is chosen.
 */
export class EarlierRuns extends Emitter {
  /** The newest first. @type {EarlierRun[]} */
  runs = [];
  /** The one that is laid under the present. @type {EarlierRun | undefined} */
  chosen;

  /** @param {import('./Session.js').Session} session */
  constructor(session) {
    super();
    session.addEventListener('thrown', (event) => {
      this.#add(/** @type {CustomEvent<import('./capture.js').Capture>} */ (event).detail);
    });
    session.addEventListener('model', () => this.#remove(session.id)); // one that goes on is no earlier one
  }

  /** @param {EarlierRun[]} runs   of a former visit */
  replace(runs) {
    this.runs = runs;
    this.choose(runs[0]?.id);
  }

  /** @param {string} [id]   undefined: none */
  choose(id) {
    this.chosen = this.runs.find((run) => run.id === id);
    this.emit('change');
  }

  /** @param {import('./capture.js').Capture} captured */
  #add({ id, settings, text, curve }) {
    if (!id || curve.chars.length < 2) return;
    const name = `${kinds[settings.kind].name}, ${settings.layers} × ${settings.hiddenSize}, seed ${settings.seed}`;
    const others = this.runs.filter((run) => run.id !== id);
    const of = text.name === MOBY_DICK_NAME ? '' : `, ${text.name}`;
    this.runs = [{ id, name: `${name}${of}`, ...thinned(curve) }, ...others].slice(0, MOST_RUNS);
    this.choose(id);
  }

  /** @param {string} id */
  #remove(id) {
    if (!this.runs.some((run) => run.id === id)) return;
    this.runs = this.runs.filter((run) => run.id !== id);
    this.choose(this.chosen?.id);
  }
}

/** @param {import('./Curve.js').CurveState} curve */
function thinned({ chars, loss, valLoss }) {
  const stride = Math.ceil(chars.length / MOST_POINTS);
  const kept = chars.map((_, k) => k).filter((k) => k % stride === 0);
  return {
    chars: kept.map((k) => chars[k]),
    loss: kept.map((k) => mean(loss.slice(k, k + stride))),
    valLoss: kept.map((k) => valLoss.slice(k, k + stride).find((value) => value !== undefined)),
  };
}

/** @param {number[]} values */
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
