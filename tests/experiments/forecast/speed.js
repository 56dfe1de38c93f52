// speed.js: how fast a forecaster trains, beside the same network's own train, of sequences as long as the window, and beside a
// trainer that is given one ready window again and again; one after the other, so that all have the same machine. Prints the
// medians of the ratios.
import { load } from 'lstm-wasm';
import { createForecasterNetwork } from '../../../src/js/models/forecaster/forecaster-options.js';

const lstm = await load();
const [B, T, TURNS] = [16, 48, 15];

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
  const manner = { optimizer: /** @type {const} */ ('adamw'), weightDecay: 0.1, batchSize: B, window: T, dropout: 0.3, clipNorm: 5 };
  const trainer = network.createTrainer({ ...manner, learningRate: 0.001 });
  const size = /** @type {{ size: number }} */ (config.input).size;
  const inputs = Float32Array.from({ length: B * T * size }, (_, i) => Math.sin(i));
  const targets = Float32Array.from({ length: B * T }, (_, i) => Math.cos(i));
  const step = (/** @type {number} */ n) => () => {
    for (let i = 0; i < n; i++) trainer.step(inputs, targets);
  };
  const alone = lstm.createNetwork(config);
  const windowsOf = (/** @type {number} */ width) => Array.from({ length: 104 }, (_, i) =>
    Array.from({ length: T }, (_, t) => Array.from({ length: width }, (_, k) => Math.sin(i + t + k))));
  const data = { inputs: windowsOf(size), targets: windowsOf(1) };
  const trainAlone = (/** @type {number} */ n) => {
    const reports = alone.train(data, { ...manner, steps: n + 10 });
    reports.next();
    return () => [...reports];
  };
  step(10)();
  trainAlone(10)();
  const times = Array.from({ length: TURNS }, () => [train, trainAlone, step].map((prepare) => seconds(prepare, steps)));
  const median = (/** @type {number} */ other) => times.map((each) => each[0] / each[other]).sort((a, b) => a - b)[TURNS >> 1].toFixed(3);
  console.log(`${hiddenSize} units: a forecaster's step takes ${median(1)} of network.train's, ${median(2)} of a trainer's`);
  trainer.dispose();
  for (const each of [network, alone, model]) each.dispose();
}
