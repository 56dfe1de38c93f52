// Sequence classification: which of three processes made this sequence, of whatever length? Only the answer after the
// last step counts.
//
//   npm run build && node tests/examples/classify.js
import { load } from 'lstm-wasm';
import { Random } from '../experiments/random.js';

const lstm = await load({ variant: 'simd' }); // the same bits on every machine; load() alone takes the fastest
const random = new Random(1);
const noise = () => random.uniform(-0.3, 0.3);

const processes = {
  wave: (rate, phase) => (t) => Math.sin(2 * Math.PI * (rate * t + phase)) + noise(),
  sawtooth: (rate, phase) => (t) => 2 * ((rate * t + phase) % 1) - 1 + noise(),
  walk: () => {
    let at = 0;
    return () => (at += 2 * noise());
  },
};
const names = Object.keys(processes);
const longest = 60;

// A batch, time-major: step t of sequence b is at t * batchSize + b.
function draw(batchSize) {
  const batch = {
    inputs: new Float32Array(longest * batchSize),
    targets: new Int32Array(longest * batchSize),
    mask: new Uint8Array(longest * batchSize),
    lengths: Array.from({ length: batchSize }, () => random.integer(20, longest)),
  };
  batch.lengths.forEach((length, b) => {
    const last = (length - 1) * batchSize + b;
    const kind = random.integer(0, names.length - 1);
    const next = processes[names[kind]](random.uniform(0.05, 0.15), random.next());
    for (let t = 0; t < length; t++) batch.inputs[t * batchSize + b] = next(t);
    batch.targets[last] = kind;
    batch.mask[last] = 1;
  });
  return batch;
}

const network = lstm.createNetwork({
  input: { size: 1 }, layers: [{ kind: 'lstm', hiddenSize: 32 }], output: { classes: names.length }, seed: 1,
});
const trainer = network.createTrainer({ batchSize: 32, window: longest, carryState: false, learningRate: 0.01 });
for (let step = 1; step <= 400; step++) {
  const { inputs, targets, lengths, mask } = draw(32);
  const { loss } = trainer.step(inputs, targets, { lengths, mask });
  if (step % 100 === 0) console.log(`step ${step}: ${loss.toFixed(3)} nats`);
}

const { inputs, targets, lengths } = draw(1000);
const { outputs } = network.run(inputs, { batchSize: 1000, lengths });
const right = lengths.filter((length, b) => {
  const last = (length - 1) * 1000 + b;
  const probabilities = outputs.subarray(last * names.length, (last + 1) * names.length);
  return probabilities.indexOf(Math.max(...probabilities)) === targets[last];
});
console.log(`${names.join(', ')}: ${right.length / 10} % of 1000 sequences that it has not seen are told right`);
