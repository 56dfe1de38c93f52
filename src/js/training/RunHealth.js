// RunHealth.js: is a run well? What it costs a step is watched, and when it went wrong.
//
// A loss that is infinite or NaN is wrong. So is a spike: a loss that is above the smoothed one by more than guessing
// costs, which is ln V nats for V classes. Chance does not make one, since a step is the mean of many losses; of fewer
// than 64 the margin is larger, by the square root, as their mean varies. (Of 8 rates from 0.02 to 10 with Adam,
// those up to 0.2 never came above it and learnt; those from 0.5 on did at the second step, and never learnt.)
//
// A spike at the very step where one was before, hardly lower with half the rate, is the data's own, and left alone.

// How much of the smoothed loss a step is, and how many losses chance evens out in.
const SMOOTHING = 0.05;
const MANY = 64;
// Half the rate changes a spike that the rate has made by more than this.
const SAME = 0.8;

/**
 * @typedef {object} HealthState
 * @property {number} seen steps that the smoothed loss is made of
 * @property {number} smoothed
 * @property {number} recoveries
 * @property {{ step: number, loss: number } | null} spike the last
 * @property {boolean} isAccepted the loss stands above the margin, and it is the data's own
 */

/** @returns {HealthState} */
export const healthy = () => ({ seen: 0, smoothed: 0, recoveries: 0, spike: null, isAccepted: false });

export class RunHealth {
  #state;
  #guess;
  #isWatched;

  /**
   * @param {HealthState} state
   * @param {number} guess what guessing costs: nats, or squared error
   * @param {boolean} isWatched false: no finite loss is a spike
   */
  constructor(state, guess, isWatched) {
    this.#state = { ...state };
    this.#guess = guess;
    this.#isWatched = isWatched;
  }

  get state() {
    return { ...this.#state };
  }

  /** How often the run was rolled back. */
  get recoveries() {
    return this.#state.recoveries;
  }

  /** Mean loss of the run, in which old steps count less and less; before the first, what guessing costs. */
  get smoothed() {
    return this.#state.seen > 0 ? this.#state.smoothed : this.#guess;
  }

  /**
   * Looks at the finite loss of a step.
   * @param {number} step
   * @param {number} loss
   * @param {number} count of losses that it is the mean of
   * @returns {boolean} is it a spike? If not, it has a part in the smoothed loss
   */
  isSpike(step, loss, count) {
    const state = this.#state;
    const margin = this.#guess * Math.max(1, Math.sqrt(MANY / count));
    if (!this.#isWatched || state.seen === 0 || loss <= state.smoothed + margin) {
      state.isAccepted = false;
    } else if (!state.isAccepted) {
      state.isAccepted = state.spike?.step === step && loss > SAME * state.spike.loss;
      state.spike = { step, loss };
      if (!state.isAccepted) return true;
    }
    state.seen += 1;
    state.smoothed += (loss - state.smoothed) * Math.max(SMOOTHING, 1 / state.seen);
    return false;
  }

  /**
   * The run goes back to where its health was this, and on with half the rate.
   * @param {HealthState} former
   */
  recover(former) {
    this.goBack(former);
    this.#state.recoveries += 1;
  }

  /**
   * The run goes back to where its health was this.
   * @param {HealthState} former
   */
  goBack({ seen, smoothed }) {
    Object.assign(this.#state, { seen, smoothed, isAccepted: false });
  }
}
