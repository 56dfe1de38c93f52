/**
 * The largest magnitude of a unit, at least 1: a tanh is never larger, a cell state that counts can be.
 *
 * @param {Float32Array} values   (T, size)
 * @param {number} unit
 * @param {number} size
 */
export function reachOf(values, unit, size) {
  let reach = 1;
  for (let n = unit; n < values.length; n += size) reach = Math.max(reach, Math.abs(values[n]));
  return reach;
}

/**
 * The units sorted by the variance of their steps from character to character, relative to their variance over the text.
 *
 * @param {Float32Array} values   (T, size)
 * @param {number} size
 */
export function bySteadiness(values, size) {
  const changes = Array.from({ length: size }, (_, unit) => {
    let [change, spread, mean] = [0, 0, 0];
    for (let n = unit; n < values.length; n += size) mean += values[n] / (values.length / size);
    for (let n = unit; n < values.length; n += size) {
      spread += (values[n] - mean) ** 2;
      if (n >= size) change += (values[n] - values[n - size]) ** 2;
    }
    return spread > 0 ? change / spread : 0;
  });
  return [...changes.keys()].sort((a, b) => changes[a] - changes[b]);
}
