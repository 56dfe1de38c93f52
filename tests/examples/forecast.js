// A time series: learn to predict the next value, then forecast the 50 that nobody has seen.
//
//   npm run build && node tests/examples/forecast.js
import { load } from 'lstm-wasm';
import { Random } from '../../web/model/why/Random.js';

const lstm = await load({ variant: 'simd' }); // the same bits on every machine; load() alone takes the fastest

// Two waves, one on the other, with noise. Scale series of your own to about [-1, 1] too: there a network learns best.
const random = new Random(1);
const wave = (t) => 0.6 * Math.sin((2 * Math.PI * t) / 24) + 0.3 * Math.sin((2 * Math.PI * t) / 7.3);
const series = Float32Array.from({ length: 1050 }, (_, t) => wave(t) + random.uniform(-0.1, 0.1));
const past = series.subarray(0, 1000);
const future = series.subarray(1000);

const network = lstm.createNetwork({
  input: { size: 1 },
  layers: [{ kind: 'lstm', hiddenSize: 32 }],
  output: { values: 1 },
  seed: 1,
});

// Each step trains on 16 pieces of the past, drawn at random; the target of each value is the one after it.
const [batchSize, window] = [16, 60];
const trainer = network.createTrainer({ batchSize, window, learningRate: 0.005 });
const inputs = new Float32Array(window * batchSize);
const targets = new Float32Array(window * batchSize);
for (let step = 1; step <= 600; step++) {
  for (let b = 0; b < batchSize; b++) {
    const start = random.integer(0, past.length - window - 1);
    for (let t = 0; t < window; t++) {
      inputs[t * batchSize + b] = past[start + t];
      targets[t * batchSize + b] = past[start + t + 1];
    }
  }
  const { loss } = trainer.step(inputs, targets);
  if (step % 200 === 0) console.log(`step ${step}: mean squared error of one step ${loss.toFixed(4)}`);
}

const forecast = network.forecast(future.length, { inputs: past });

const errorOf = (guess) => Math.sqrt(future.reduce((sum, y, t) => sum + (y - guess(t)) ** 2, 0) / future.length);
console.log(`root mean squared error over ${future.length} steps:`);
console.log(`  forecast: ${errorOf((t) => forecast[t]).toFixed(3)}`);
console.log(`  the last value goes on: ${errorOf(() => past[past.length - 1]).toFixed(3)}`);
console.log(`  the last 24 values come again: ${errorOf((t) => past[past.length - 24 + (t % 24)]).toFixed(3)}`);
console.log(`  the noise alone: ${errorOf((t) => wave(past.length + t)).toFixed(3)}`);
