// Time and statistics of the benchmark. Machines are shared and noisy: a case and its limit are measured in turn, a
// short while each, several times. Whatever disturbs them only makes them slower, so the best counts of both: the speeds
// of a machine with nothing else to do.

export const now = () => performance.now();

/** @param {number} start from now() */
export const secondsOf = (start) => (now() - start) / 1000;

/** @param {number[]} values at least one */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** So long is timed at once: milliseconds enough for any clock, few enough to fall between two disturbances. */
const pieceSeconds = 0.02;

/**
 * Measures limit, work, limit, work, ..., limit. Other work to compare with is done right after the work of each round.
 * @param {object} work
 * @param {() => number} work.run does a piece of the work and returns how many characters that was
 * @param {() => number} work.limit measures the limit, in characters a second
 * @param {() => number} [work.other] the work to compare with: as run
 * @param {number} seconds to spend on the work, as much on the other; the limit and a warm-up round come on top
 * @param {number} rounds
 * @returns {{ charsPerSecond: number, limit: number, ofLimit: number, timesOther?: number }} the best of all rounds, and
 *   their relations
 */
export function measure({ run, limit, other }, seconds, rounds) {
  const works = other ? [run, other] : [run];
  const best = works.map(() => 0);
  let most = 0;
  for (const work of works) bestSpeed(work, seconds / rounds);
  limit();
  for (let round = 0; round < rounds; round++) {
    most = Math.max(most, limit());
    for (const [k, work] of works.entries()) best[k] = Math.max(best[k], bestSpeed(work, seconds / rounds));
  }
  most = Math.max(most, limit());
  const [charsPerSecond, othersSpeed] = best;
  return {
    charsPerSecond,
    limit: most,
    ofLimit: charsPerSecond / most,
    ...(other && { timesOther: charsPerSecond / othersSpeed }),
  };
}

/**
 * Characters a second in the best piece of at least `seconds`.
 * @param {() => number} run
 * @param {number} seconds
 */
function bestSpeed(run, seconds) {
  let best = 0;
  const start = now();
  do {
    let chars = 0;
    const since = now();
    do chars += run();
    while (secondsOf(since) < pieceSeconds);
    best = Math.max(best, chars / secondsOf(since));
  } while (secondsOf(start) < seconds);
  return best;
}
