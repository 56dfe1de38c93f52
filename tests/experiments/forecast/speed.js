// speed.js: how fast a forecaster trains, beside a trainer of the same network that is given ready windows; in pairs, one
// after the other, so that both have the same machine. Prints the median of the ratios.
import { load } from 'lstm-wasm';
import { createForecasterNetwork } from '../../../src/js/models/forecaster/forecaster-options.js';

const lstm = await load();
const [B, T, PAIRS] = [16, 48, 15];

/** @param {(n: number) => () => void} prepare what comes before the first step does not count @param {number} n */
function seconds(prepare, n) {
  const work = prepare(n);
  const start = performance.now();
  work();
  return (performance.now() - start) / 1000;
}

for (const [hiddenSize, steps] of [[16, 600], [64, 150], [128, 60]]) {
  const series = Array.from({ length: 5000 }, (_, i) => Math.sin(i / 9) + Math.sin(i / 31) + ((i * 37) % 11) / 30);
  const model = lstm.createForecaster({ hiddenSize, season: 24, seed: 1 });
  const train = (/** @type {number} */ n) => {
    const reports = model.train(series, { steps: n + 10, batchSize: B, window: T, validation: 0 });
    reports.next();
    return () => [...reports];
  };
  train(10)();
  const { config } = createForecasterNetwork({ hiddenSize, season: 24, seed: 1 });
  const network = lstm.createNetwork(config);
  const trainer = network.createTrainer({ optimizer: 'adamw', weightDecay: 0.1, batchSize: B, window: T, dropout: 0.3, learningRate: 0.001, clipNorm: 5 });
  const size = /** @type {{ size: number }} */ (config.input).size;
  const inputs = Float32Array.from({ length: B * T * size }, (_, i) => Math.sin(i));
  const targets = Float32Array.from({ length: B * T }, (_, i) => Math.cos(i));
  const step = (/** @type {number} */ n) => () => {
    for (let i = 0; i < n; i++) trainer.step(inputs, targets);
  };
  step(10)();
  const ratios = Array.from({ length: PAIRS }, (_, i) => {
    const first = i % 2 ? seconds(train, steps) : seconds(step, steps);
    const second = i % 2 ? seconds(step, steps) : seconds(train, steps);
    return i % 2 ? first / second : second / first;
  }).sort((a, b) => a - b);
  console.log(`${hiddenSize} units: a forecaster's step takes ${ratios[PAIRS >> 1].toFixed(3)} of a trainer's`);
  trainer.dispose();
  network.dispose();
  model.dispose();
}
