// job.js: data as other libraries take them: scaled vectors, or tokens.

/**
 * @param {import('./data.js').Data} data
 * @param {boolean} asNumbers tokens by their numbers, 0 for those that were not trained on; or as strings
 */
export function jobOf({ labels, features, by, train, test }, asNumbers) {
  const lists = (/** @type {(sequence: any) => any} */ encode) => Object.fromEntries(Object.entries({ train, test })
    .map(([name, list]) => [name, list.map(({ sequence, label }) => [encode(sequence), labels.indexOf(label)])]));
  if (features) {
    const steps = train.flatMap(({ sequence }) => sequence);
    const means = Array.from({ length: features }, (_, k) => steps.reduce((sum, step) => sum + step[k], 0) / steps.length);
    const spreads = means.map((mean, k) => Math.sqrt(steps.reduce((sum, step) => sum + (step[k] - mean) ** 2, 0) / steps.length) || 1);
    const encode = (/** @type {number[][]} */ sequence) => sequence.map((step) => step.map((value, k) => (value - means[k]) / spreads[k]));
    return { features, labels: labels.length, ...lists(encode) };
  }
  const cut = (/** @type {string} */ text) => (by === 'word' ? text.split(' ') : [...text]);
  if (!asNumbers) return { labels: labels.length, ...lists(cut) };
  const numbers = new Map([['?', 0]]);
  for (const { sequence } of train) for (const token of cut(sequence)) if (!numbers.has(token)) numbers.set(token, numbers.size);
  return { tokens: numbers.size, labels: labels.length, ...lists((text) => cut(text).map((token) => numbers.get(token) ?? 0)) };
}
