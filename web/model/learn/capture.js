/** A run as it is at a moment, so that it can be resumed. */

/**
 * All that is needed to resume a run in another Worker, or on a later visit.
 *
 * @typedef {object} Capture
 * @property {Uint8Array} checkpoint
 * @property {import('./settings.js').Settings} settings
 * @property {import('./text.js').Text} text
 * @property {import('./Curve.js').CurveState} curve
 * @property {import('lstm-wasm/worker').TrainReport} [last]   undefined where a model was opened that has not learnt here
 * @property {string} [id]   by which its curve is known; runs of former versions have none
 */

/**
 * The training that a model already has.
 *
 * @typedef {Partial<Pick<Capture, 'checkpoint' | 'last' | 'curve' | 'id'>> & { trained?: boolean, captured?: Capture }} Past
 */

/**
 * All of a model: its training too, unless it is one of 8 bits, which has none.
 *
 * @param {import('lstm-wasm/worker').WorkerCharModel} model
 */
export const fileOf = (model) => model.checkpoint().catch((error) => {
  if (error.code !== 'ERR_ARGUMENT') throw error;
  return model.save();
});

/** A name that no other run has. */
export const makeId = () => `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;
