/** What a run says about one place: the numbers of a unit, what comes next, what tampering changed. */

/** @typedef {import('./types.js').Run} Run */
/** @typedef {import('./types.js').LayerTrace} LayerTrace */
/** @typedef {{ char: string, probability: number }} Prediction */

/** Is each number of h a unit's? Those of a projection are not. @param {LayerTrace} trace */
export function hasOutput(trace) {
  return trace.start.h.length === trace.hiddenSize;
}

/**
 * The numbers of a unit at a character: gates by name, h and c, and what they were before; fc = f · c′.
 *
 * @param {LayerTrace} trace
 * @param {number} unit
 * @param {number} at
 * @returns {Record<string, number>}
 */
export function numbersOf(trace, unit, at) {
  const { gates, h, c, start, hiddenSize } = trace;
  const here = at * hiddenSize + unit;
  const before = (/** @type {Float32Array} */ values, /** @type {Float32Array} */ first) =>
    (at > 0 ? values[here - hiddenSize] : first[unit]);
  /** @type {Record<string, number>} */
  const numbers = Object.fromEntries(Object.entries(gates).map(([name, values]) => [name, values[here]]));
  if (c && start.c) Object.assign(numbers, { c: c[here], cBefore: before(c, start.c) });
  if (hasOutput(trace)) Object.assign(numbers, { h: h[here], hBefore: before(h, start.h) });
  if (c) numbers.fc = (numbers.forget ?? 1) * numbers.cBefore;
  return numbers;
}

/**
 * What may come after a character, likeliest first.
 *
 * @param {Float32Array} probabilities   (T + 1, V)
 * @param {string[]} alphabet   V
 * @param {number} at   −1: before the first
 * @returns {Prediction[]}
 */
export function predictionsAt(probabilities, alphabet, at) {
  const first = (at + 1) * alphabet.length;
  return alphabet.map((char, k) => ({ char, probability: probabilities[first + k] }))
    .sort((a, b) => b.probability - a.probability);
}

/**
 * What tampering changed in the prediction after a character, in nats: where a character comes next in the text, how much
 * less its log p is; at the end the Kullback-Leibler divergence, Σ p ln(p / q) of the untouched p and the tampered q.
 *
 * @param {Run} run
 * @param {number} at
 * @returns {{ nats: number, next?: string } | undefined}   undefined where nothing was tampered with
 */
export function differenceAt({ untouched, tampered, characters }, at) {
  if (!tampered) return undefined;
  const next = at + 1;
  if (next < characters.length) {
    return { nats: untouched.logProbabilities[next] - tampered.logProbabilities[next], next: characters[next] };
  }
  const size = untouched.probabilities.length / (characters.length + 1);
  const [p, q] = [untouched, tampered].map((side) => side.probabilities.subarray(next * size, (next + 1) * size));
  return { nats: p.reduce((sum, x, k) => (x > 0 ? sum + x * Math.log(x / Math.max(q[k], Number.MIN_VALUE)) : sum), 0) };
}

/**
 * The unit that shows most at the last character: the smallest of its gates, of what it remembered and of what it shows is
 * largest, so that every part of the picture does something; its long-term memory is small enough for tanh to do so too.
 *
 * @param {LayerTrace} trace
 */
export function liveliest(trace) {
  const { h, c, hiddenSize } = trace;
  const values = hasOutput(trace) ? h : c ?? h;
  const last = values.length / hiddenSize - 1;
  const found = Array.from({ length: hiddenSize }, (_, unit) => {
    const { fc: _kept, cBefore = 1, hBefore = 1, c: memory = 0, ...all } = numbersOf(trace, unit, last);
    const before = last === 0 ? 1 : c ? cBefore : hBefore; // nothing is remembered before the first
    const weakest = Math.min(...[...Object.values(all), before].map(Math.abs), 1 - (all.update ?? 0));
    return weakest / (1 + Math.max(0, Math.abs(memory) - 2) ** 2);
  });
  return found.indexOf(Math.max(...found));
}

/**
 * What a unit remembers after each character, as parts of its reach from -1 to 1: its long-term memory where it has one.
 *
 * @param {LayerTrace} trace
 * @param {number} unit
 */
export function memoryOf({ h, c, hiddenSize }, unit) {
  const all = c ?? h;
  const values = Float32Array.from({ length: all.length / hiddenSize }, (_, t) => all[t * hiddenSize + unit]);
  const reach = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  return { reach, values: values.map((value) => value / reach) };
}
