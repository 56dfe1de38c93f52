// Time and statistics of the benchmark. Machines are shared and noisy: a case and its limit are measured in turn, a
// short while each, several times, and the medians are what counts.

export const now = () => performance.now();

/** @param {number} start from now() */
export const secondsOf = (start) => (now() - start) / 1000;

/** @param {number[]} values at least one */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Measures limit, work, limit, work, ..., limit: the limit of a round is the mean of the two beside it.
 * Other work to compare with is done right after the work of each round.
 * @param {object} work
 * @param {() => number} work.run does a piece of the work and returns how many characters that was
 * @param {() => number} work.limit measures the limit, in characters a second
 * @param {() => number} [work.other] the work to compare with: as run
 * @param {number} seconds to spend on the work, as much on the other; the limit and a warm-up round come on top
 * @param {number} rounds
 * @returns {{ charsPerSecond: number, limit: number, ofLimit: number, timesOther?: number }} medians over the rounds
 */
export function measure({ run, limit, other }, seconds, rounds) {
  speedOf(run, seconds / rounds);
  if (other) speedOf(other, seconds / rounds);
  limit();
  const results = [];
  let before = limit();
  for (let round = 0; round < rounds; round++) {
    const charsPerSecond = speedOf(run, seconds / rounds);
    const timesOther = other ? charsPerSecond / speedOf(other, seconds / rounds) : NaN;
    const after = limit();
    const mean = (before + after) / 2;
    results.push({ charsPerSecond, limit: mean, ofLimit: charsPerSecond / mean, timesOther });
    before = after;
  }
  return {
    charsPerSecond: median(results.map((result) => result.charsPerSecond)),
    limit: median(results.map((result) => result.limit)),
    ofLimit: median(results.map((result) => result.ofLimit)),
    ...(other && { timesOther: median(results.map((result) => result.timesOther)) }),
  };
}

/**
 * Characters a second over at least `seconds`.
 * @param {() => number} run
 * @param {number} seconds
 */
function speedOf(run, seconds) {
  let chars = 0;
  const start = now();
  do chars += run();
  while (secondsOf(start) < seconds);
  return chars / secondsOf(start);
}
