import assert from 'node:assert/strict';

/**
 * Is this what `learn` gives back when it has learned?
 * @param {{ variant: string, steps: number, before: number, after: number, sample: string }} result losses in nats
 * @param {string[]} variants those that may have been chosen
 */
export function assertLearned({ variant, steps, before, after, sample }, variants) {
  assert.ok(variants.includes(variant), `variant is ${variant}, expected ${variants.join(' or ')}`);
  assert.equal(steps, 100);
  // The text has 15 different characters: about ln 15 = 2.7 nats before anything is learned.
  assert.ok(Math.abs(before - Math.log(15)) < 0.3, `the loss before training is ${before}`);
  assert.ok(after < 1.2, `the loss after training is ${after}`);
  assert.equal([...sample].length, 20);
}
