// speed.js: what a classifier's training costs beside its network's own: the same updates by model.train, by network.train of
// the sequences as they are, and by a loop over trainer.step with windows that are ready, sorted by length, so that fewer steps
// behind an end are computed than where a batch is drawn by chance.
// `node tests/experiments/classification/speed.js`: seconds of this process, the best of some turns, since other processes
// only ever add to them.
import { load } from 'lstm-wasm';
import { randomOf } from './data.js';

const SEQUENCES = 1024;
const BATCH = 16;
const TURNS = 5;
const EPOCHS = 10;
const lstm = await load();
const random = randomOf(1);

/** @param {() => void} work @returns {number} seconds */
function timeOf(work) {
  const began = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1e6;
}

/** @param {{ features: number, steps: () => number, model: any }} shape */
function compare({ features, steps, model: shape }) {
  const data = Array.from({ length: SEQUENCES }, (_, i) => ({
    sequence: Array.from({ length: steps() }, () => Array.from({ length: features }, random)), label: i % 2 ? 'odd' : 'even',
  }));
  const make = () => lstm.createClassifier({ labels: ['odd', 'even'], features, ...shape });
  const window = Math.max(...data.map(({ sequence }) => sequence.length));
  // As the model's reader has them: of like length in a batch.
  const sorted = [...data].sort((a, b) => a.sequence.length - b.sequence.length);
  const batches = Array.from({ length: SEQUENCES / BATCH }, (_, i) => {
    const batch = sorted.slice(i * BATCH, (i + 1) * BATCH);
    const inputs = new Float32Array(BATCH * window * features);
    batch.forEach(({ sequence }, b) => inputs.set(sequence.flat(), b * window * features));
    return { inputs, targets: Int32Array.from(batch, ({ label }) => Number(label === 'even')), lengths: batch.map(({ sequence }) => sequence.length) };
  });
  const lists = { inputs: data.map(({ sequence }) => sequence), targets: data.map(({ label }) => Number(label === 'even')) };
  const [own, alone, raw] = [make(), make(), make()];
  const trainer = raw.network.createTrainer({ batchSize: BATCH, window, clipNorm: 5 });
  let [best, bare, ready] = [Infinity, Infinity, Infinity];
  for (let turn = 0; turn < TURNS; turn++) {
    best = Math.min(best, timeOf(() => { for (const _ of own.train(data, { epochs: EPOCHS, reportEvery: 1000 })); }));
    bare = Math.min(bare, timeOf(() => {
      for (const _ of alone.network.train(lists, { epochs: EPOCHS, batchSize: BATCH, reportEvery: 1000 }));
    }));
    ready = Math.min(ready, timeOf(() => {
      for (let epoch = 0; epoch < EPOCHS; epoch++) for (const { inputs, targets, lengths } of batches) trainer.step(inputs, targets, { lengths, layout: 'batch' });
    }));
  }
  for (const model of [own, alone, raw]) model.dispose();
  return { model: best, network: bare, ready };
}

for (const [name, shape] of Object.entries({
  '12 features, 32 steps, 64 units': { features: 12, steps: () => 32, model: { hiddenSize: 64 } },
  '12 features, 8 to 40 steps, 64 units': { features: 12, steps: () => 8 + Math.floor(33 * random()), model: { hiddenSize: 64 } },
  '3 features, 8 to 40 steps, 128 units': { features: 3, steps: () => 8 + Math.floor(33 * random()), model: { hiddenSize: 128 } },
})) {
  const { model, network, ready } = compare(shape);
  console.log(`${name}: model ${model.toFixed(3)} s, ${(model / network).toFixed(3)} of network.train, ${(model / ready).toFixed(3)} of windows that are ready`);
}
