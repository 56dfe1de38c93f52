// Sequence classification: which of three processes made this sequence, of whatever length? Only the answer after the
// last step counts.
//
//   npm run build && node tests/examples/classify.js
import { load } from 'lstm-wasm';
import { Random } from '../../web/model/why/Random.js';

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

/** So many sequences of vectors of one number, of whatever length, and which process made each. */
function draw(count) {
  const lengths = Array.from({ length: count }, () => random.integer(20, longest));
  const labels = [];
  const sequences = lengths.map((length, b) => {
    labels[b] = random.integer(0, names.length - 1);
    const next = processes[names[labels[b]]](random.uniform(0.05, 0.15), random.next());
    return Array.from({ length }, (_, t) => [next(t)]);
  });
  return { sequences, labels };
}

const network = lstm.createNetwork({
  input: { size: 1 }, layers: [{ kind: 'lstm', hiddenSize: 32 }], output: { classes: names.length }, seed: 1,
});
const trainer = network.createTrainer({ batchSize: 32, window: longest, learningRate: 0.01 });
for (let step = 1; step <= 400; step++) {
  const { sequences, labels } = draw(32);
  const { loss } = trainer.step(sequences, labels); // a label counts at the last step of its sequence
  if (step % 100 === 0) console.log(`step ${step}: ${loss.toFixed(3)} nats`);
}

const { sequences, labels } = draw(1000);
const { outputs, shape: [, steps, classes] } = network.run(sequences);
const right = sequences.filter(({ length }, b) => {
  const last = (b * steps + length - 1) * classes;
  const probabilities = outputs.subarray(last, last + classes);
  return probabilities.indexOf(Math.max(...probabilities)) === labels[b];
});
console.log(`${names.join(', ')}: ${right.length / 10} % of 1000 sequences that it has not seen are told right`);
