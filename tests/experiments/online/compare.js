/** Ways of learning while reading; the first is the default. @type {import('lstm-wasm').ReadAndLearnOptions[]} */
export const ways = [
  {},
  { window: 10 },
  { window: 40 },
  { beta1: 0.9 },
  { beta2: 0.99 },
  { optimizer: 'rmsprop', alpha: 0.999, learningRate: 0.001 },
  { optimizer: 'sgd', learningRate: 0.1 },
  { optimizer: 'adagrad', learningRate: 0.002 },
];

/**
 * How well a text is predicted by a model that does not learn, and while it learns. The model is as before.
 * @param {import('lstm-wasm').CharModel} model
 * @param {string} text
 * @param {readonly import('lstm-wasm').ReadAndLearnOptions[]} [asked]
 */
export function* compare(model, text, asked = ways) {
  const fixed = model.evaluate(text).loss;
  yield { name: 'does not learn', loss: fixed, gain: 0, time: 0 };
  for (const way of asked) {
    const began = performance.now();
    const { loss } = model.learn(text, way);
    model.unlearn();
    yield { name: JSON.stringify(way), loss, gain: fixed - loss, time: (performance.now() - began) / 1000 };
  }
}
