// mixture.js: the mixture of K normal distributions over n values (Bishop 1994; Graves 2013) that a network's output is:
// K weights, K x n means, K x n deviations.
//
//   p(y) = sum_k w_k prod_i N(y_i; mean_ki, deviation_ki)

/** @typedef {ArrayLike<number>} Output of a network with `output: { values: n, mixture: K }` */

/**
 * K.
 * @param {import('../../network/network-options.js').NetworkConfig} config of a forecaster's network
 */
export const componentsOf = ({ output }) => /** @type {{ values: number, mixture?: number }} */ (output).mixture ?? 1;

const HALF_LOG_2_PI = 0.5 * Math.log(2 * Math.PI);

/**
 * log p(y).
 * @param {Output} output
 * @param {number} at where it begins
 * @param {number} components
 * @param {ArrayLike<number>} y
 * @param {number} from where y begins
 * @param {number} n
 */
export function logDensity(output, at, components, y, from, n) {
  let most = -Infinity;
  const logs = new Float64Array(components);
  for (let k = 0; k < components; k++) {
    let log = Math.log(output[at + k]);
    for (let i = 0; i < n; i++) {
      const mean = output[at + components + k * n + i];
      const deviation = output[at + components + components * n + k * n + i];
      const z = (y[from + i] - mean) / deviation;
      log -= 0.5 * z * z + Math.log(deviation) + HALF_LOG_2_PI;
    }
    logs[k] = log;
    most = Math.max(most, log);
  }
  if (!Number.isFinite(most)) return most;
  return most + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - most), 0));
}

/**
 * The mean of value i.
 * @param {Output} output
 * @param {number} components
 * @param {number} i
 * @param {number} n
 */
export function mixtureMean(output, components, i, n) {
  let mean = 0;
  for (let k = 0; k < components; k++) mean += output[k] * output[components + k * n + i];
  return mean;
}

/**
 * How far y is from the mean, squared, in variances: 1 on average, where the mixture is right.
 * @param {Output} output
 * @param {number} components
 * @param {number} i
 * @param {number} n
 * @param {number} y value i
 */
export function squareOf(output, components, i, n, y) {
  const mean = mixtureMean(output, components, i, n);
  let variance = 0;
  for (let k = 0; k < components; k++) {
    const deviation = output[components + components * n + k * n + i];
    variance += output[k] * (deviation ** 2 + (output[components + k * n + i] - mean) ** 2);
  }
  return (y - mean) ** 2 / variance;
}

/**
 * A draw of all values.
 * @param {Float64Array} y receives it
 * @param {readonly number[]} wide by how much further from the mean than the mixture says, one a value
 * @param {Output} output
 * @param {number} components
 * @param {{ uniform(): number, normal(): number }} random
 */
export function drawMixture(y, wide, output, components, random) {
  const n = y.length;
  let k = 0;
  if (components > 1) for (let left = random.uniform(); k < components - 1 && (left -= output[k]) >= 0; k++);
  const means = components + k * n;
  const deviations = components + components * n + k * n;
  for (let i = 0; i < n; i++) {
    const drawn = output[means + i] + output[deviations + i] * random.normal();
    const mean = mixtureMean(output, components, i, n);
    y[i] = mean + wide[i] * (drawn - mean);
  }
}
