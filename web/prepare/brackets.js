// Trains the tiny networks that match brackets, one of each kind, and writes them into a folder:
//   node web/prepare/brackets.js <folder>
// The same files each time: steps, seeds and variant are fixed.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { load } from 'lstm-wasm';
import { BRACKET_ALPHABET, BRACKET_NETWORKS, BRACKET_UNITS } from '../model/cell/brackets.js';
import { randomNumbers } from '../model/why/tasks/remember.js';

const STEPS = 2500;
const BATCH_SIZE = 16;
const WINDOW = 32;
const LONGEST = 10;

const TRAINING = { learningRate: 0.01, clipNorm: 1, batchSize: BATCH_SIZE, window: WINDOW, carryState: false };
/**
 * Of cells with gates. Most of h is left out at random: then the bracket is kept in c, as it is meant to be, and not
 * handed on from h to h, and shutting the forget gate forgets it. And so many texts of a hundred begin within a group,
 * which either bracket may close: what has forgotten says so.
 */
const GATED = { recurrentDropout: 0.9, headless: 30 };
const UNGATED = { recurrentDropout: 0, headless: 0 };

const [folder] = process.argv.slice(2);
if (!folder) throw new Error('expected: node web/prepare/brackets.js <folder>');

const tokenOf = (/** @type {string} */ char) => BRACKET_ALPHABET.indexOf(char);
const CONTENTS = [...'abcdefghijklmnopqrstuvwxyz '].map(tokenOf);

const lstm = await load({ variant: 'simd' });
for (const [kind, { layer, seed }] of Object.entries(BRACKET_NETWORKS)) {
  const layers = [/** @type {import('lstm-wasm').LayerOptions} */ ({ ...layer, hiddenSize: BRACKET_UNITS })];
  const model = lstm.createCharModel({ alphabet: BRACKET_ALPHABET, layers, seed });
  const { recurrentDropout, headless } = layer.kind === 'rnn' ? UNGATED : GATED;
  const trainer = model.network.createTrainer({ ...TRAINING, recurrentDropout, seed });
  const random = randomNumbers(seed, 5);
  let loss = Infinity;
  for (let step = 0; step < STEPS; step++) {
    const { inputs, targets, mask } = drawBatch(random, headless);
    ({ loss } = trainer.step(inputs, targets, { mask }));
  }
  const bytes = model.save();
  writeFileSync(path.join(folder, `brackets-${kind}.safetensors`), bytes);
  console.error(`brackets: ${kind}, ${(bytes.length / 1000).toFixed(1)} kB, ${loss.toFixed(4)} nats a bracket in the last step`);
}

/**
 * Sequences of groups, “(hello)[worl d](” and so on. Only the bracket that closes a group counts, since nothing tells
 * which letter comes next, or when the group ends.
 *
 * @param {() => number} random
 * @param {number} headless
 */
function drawBatch(random, headless) {
  const inputs = new Int32Array(WINDOW * BATCH_SIZE);
  const targets = new Int32Array(inputs.length);
  const mask = new Uint8Array(inputs.length);
  const below = (/** @type {number} */ n) => Math.floor(n * random());
  for (let b = 0; b < BATCH_SIZE; b++) {
    const tokens = [0];
    while (tokens.length <= WINDOW) {
      const [opening, closing] = [...['()', '[]'][below(2)]].map(tokenOf);
      const isHeadless = tokens.length === 1 && below(100) < headless;
      const letters = Array.from({ length: 1 + below(LONGEST) }, () => CONTENTS[below(CONTENTS.length)]);
      tokens.push(...(isHeadless ? [] : [opening]), ...letters, closing);
      if (tokens.length - 2 < WINDOW) mask[(tokens.length - 2) * BATCH_SIZE + b] = 1;
    }
    for (let t = 0; t < WINDOW; t++) {
      inputs[t * BATCH_SIZE + b] = tokens[t];
      targets[t * BATCH_SIZE + b] = tokens[t + 1];
    }
  }
  return { inputs, targets, mask };
}
