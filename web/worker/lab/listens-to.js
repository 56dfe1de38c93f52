/**
 * What the prediction after a text listens to: for each character, how many nats log p of the best guess loses when this
 * one is left out. The nearest are tried first.
 *
 * @param {import('./OpenNetwork.js').OpenNetwork} network
 * @param {{ text: string }} asked
 * @returns {Generator<void, Float64Array>}
 */
export function* listensTo(network, { text }) {
  const { tokens } = network.sift(text);
  const steps = network.read(tokens);
  const { logProbabilities } = steps[tokens.length];
  const best = logProbabilities.indexOf(logProbabilities.reduce((a, b) => Math.max(a, b)));
  const losses = new Float64Array(tokens.length);
  for (let without = tokens.length - 1; without >= 0; without--) {
    const walk = network.walk(steps[without].state);
    for (const token of tokens.slice(without + 1)) {
      walk.feed(token);
      yield;
    }
    losses[without] = logProbabilities[best] - walk.logProbabilities()[best];
  }
  return losses;
}
