// statistics.js: means, deviations and quantiles.

/** The value below which a fraction p of sorted ones lies, between the two nearest. @param {ArrayLike<number>} sorted @param {number} p */
export function quantileOf(sorted, p) {
  const at = p * (sorted.length - 1);
  const below = Math.floor(at);
  return sorted[below] + (at - below) * (sorted[Math.min(below + 1, sorted.length - 1)] - sorted[below]);
}

/** @param {ArrayLike<number>} values @returns {{ mean: number, deviation: number }} */
export function momentsOf(values) {
  let mean = 0;
  let squares = 0;
  // Welford 1962: no difference of two large sums.
  for (let i = 0; i < values.length; i++) {
    const step = values[i] - mean;
    mean += step / (i + 1);
    squares += step * (values[i] - mean);
  }
  return { mean, deviation: Math.sqrt(squares / values.length) };
}
