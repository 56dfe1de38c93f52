// How much better a text is predicted that is learnt while it is read.
//   node tests/experiments/online/run.js TEXT [seconds]
// A model learns the first nine tenths; what follows is predicted as it is, and by models that learn as they read: each
// window is scored first and learnt after (dynamic evaluation, Krause et al. 2018).
import { readFileSync } from 'node:fs';
import { load } from 'lstm-wasm';
import { compare } from './compare.js';

const [path, seconds = '60'] = process.argv.slice(2);
if (!path) throw new Error('expected: node tests/experiments/online/run.js TEXT [seconds]');
const lstm = await load({ variant: 'simd' });
const text = readFileSync(path, 'utf8');
const model = lstm.createCharModel({ text, seconds: Number(seconds), seed: 1 });
const cut = Math.floor(text.length * 0.9);
for (const { done, loss } of model.train(text.slice(0, cut))) if (done) console.log(`trained ${seconds} s, loss ${loss.toFixed(4)}`);

for (const { name, loss, gain, time } of compare(model, text.slice(cut, cut + 40_000))) {
  console.log(`${name.padEnd(56)} ${loss.toFixed(4)} nats  ${gain.toFixed(4)} better  ${time.toFixed(1)} s`);
}
