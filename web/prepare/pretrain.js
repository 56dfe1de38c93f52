// Trains the network that the page reads with at first, and writes it with 6 bits a weight, in a file of 8, which deflates well:
//   node web/prepare/pretrain.js <text> <model>
// The same text gives the same file: steps, seed and variant are fixed, not the time.
import { readFileSync, writeFileSync } from 'node:fs';
import { load } from 'lstm-wasm';

/** A minute or so on one core: most of what this size can learn of the book. */
const STEPS = 9000;

/** Settings that did best of those tried, for this size and time. */
const TRAINING = {
  steps: STEPS,
  batchSize: 8,
  window: 40,
  learningRate: 0.012,
  dropout: 0,
  precision: /** @type {const} */ ('float32'),
  schedule: /** @type {const} */ ({ type: 'cosine', warmup: 100, to: 0.05 }),
  validation: 0.02,
  validateEvery: STEPS,
  reportEvery: 1000,
};

const [textFile, modelFile] = process.argv.slice(2);
if (!modelFile) throw new Error('expected: node web/prepare/pretrain.js <text> <model>');
const text = readFileSync(textFile, 'utf8');

const lstm = await load({ variant: 'simd' });
// A forget bias of 1 costs 0.03 nats, but gives more units whose memory can be interpreted.
const model = lstm.createCharModel({ text, layers: 1, hiddenSize: 192, forgetBias: 1, seed: 1 });
for (const { step, loss, valLoss, seconds } of model.train(text, TRAINING)) {
  const measured = valLoss === undefined ? '' : `, ${valLoss.toFixed(3)} on the last ${100 * TRAINING.validation} %`;
  console.error(`pretrain: step ${step} of ${STEPS}, ${loss.toFixed(3)} nats a character${measured}, ${seconds.toFixed(0)} s`);
}
model.network.setParameters(coarse(model.network));
const small = model.quantize();
const bytes = small.save();
writeFileSync(modelFile, bytes);

/**
 * Weights rounded to 63 values a row. Against the 255 of a file of 8 bits they cost 0.005 nats a character, and deflated the file
 * takes 53 kB less of a visit.
 * @param {import('lstm-wasm').Network} network
 */
function coarse(network) {
  const LARGEST = 31;
  return Object.fromEntries(Object.entries(network.parameters()).map(([name, values]) => {
    const [rows, columns = 0] = network.shapes[name];
    for (let r = 0; r < rows && columns > 0; r++) {
      const row = values.subarray(r * columns, (r + 1) * columns);
      const step = row.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / LARGEST || 1;
      row.forEach((value, i) => { row[i] = Math.round(value / step) * step; });
    }
    return [name, values];
  }));
}

const kept = text.slice(-Math.floor(TRAINING.validation * text.length));
const { loss, bitsPerCharacter } = small.evaluate(kept);
console.error(`pretrain: ${modelFile}, ${(bytes.length / 1000).toFixed(0)} kB, weights of 6 bits: `
  + `${loss.toFixed(3)} nats, ${bitsPerCharacter.toFixed(3)} bits a character`);
