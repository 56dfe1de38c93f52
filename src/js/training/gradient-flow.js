// gradient-flow.js: how far the gradient of the last step's loss reaches back, read from the module.

/**
 * Norms for the lags 0 to window; c only for kinds with a cell state.
 * @typedef {{ h: Float64Array, c?: Float64Array }} GradientFlow
 */

/**
 * @param {import('../core/Wasm.js').Wasm} wasm
 * @param {import('../network/Batch.js').Batch} batch with a window, one that can train
 * @param {readonly import('../network/state.js').StateShape[]} stateShapes
 * @param {(status: number) => void} assertFinite throws for a status that says otherwise
 * @returns {GradientFlow[]} one a layer, or one a direction of it
 */
export function gradientFlow(wasm, batch, stateShapes, assertFinite) {
  const lags = batch.window + 1;
  const count = 2 * stateShapes.length * lags;
  return wasm.withWords(2 * count, 'gradientFlow', (words) => {
    assertFinite(wasm.exports.lstm_trainer_gradient_flow(batch.pointer, words));
    const norms = wasm.doubles(words, count);
    return stateShapes.map(({ c }, l) => {
      const [h, ofC] = [2 * l, 2 * l + 1].map((row) => norms.slice(row * lags, (row + 1) * lags));
      return c > 0 ? { h, c: ofC } : { h };
    });
  });
}
