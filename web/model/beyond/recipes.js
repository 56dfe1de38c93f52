/** What the models of this section are made with, and how they learn: in the Worker here, and in the code to take away. */

/** @param {number} points   of the curve */
export const forecasterOptions = (points) => ({
  kind: /** @type {const} */ ('gru'),
  hiddenSize: 32,
  window: Math.min(48, Math.floor(points / 2)),
  subtract: /** @type {const} */ ('last'),
  seed: 1,
});

export const forecastPlan = Object.freeze({ steps: 400 });

/** @param {readonly string[]} labels */
export const classifierOptions = (labels) => ({
  labels: [...labels],
  features: ['right', 'down'],
  scale: /** @type {const} */ ('none'),
  every: /** @type {const} */ ('step'),
  kind: /** @type {const} */ ('gru'),
  hiddenSize: 32,
  seed: 1,
});

export const classifyPlan = Object.freeze({ steps: 200 });

/** @typedef {'digits' | 'dates'} TaskName */

/** @type {Readonly<Record<TaskName, { options: Record<string, unknown>, plan: { steps: number, batchSize: number }, pairs: number }>>} */
export const translators = Object.freeze({
  // Of 3 000 numbers of six digits it turns none round wrongly; with attention by product 23, and 3 after twice the steps.
  digits: { options: { hiddenSize: 48, attention: 'additive', seed: 1 }, plan: { steps: 800, batchSize: 32 }, pairs: 6000 },
  dates: { options: { hiddenSize: 64, seed: 1 }, plan: { steps: 300, batchSize: 32 }, pairs: 4000 },
});
