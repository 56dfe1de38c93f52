// This library in Workers: on several threads, with integers, and learning a text. Arguments: threads, precision, the case.

import { readFileSync } from 'node:fs';
import { openWorker } from '../engines.js';
import { openTraining } from '../thread-work.js';
import { serve } from './serve.js';

const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
const [threads, precision] = [Number(process.argv[2]), process.argv[3]];

/** With what learning.js asks of others, through the public API. @param {any} work */
async function prepareLearning({ text: path, layers, hidden, batch, window, rate }) {
  const lstm = await openWorker();
  const text = [...readFileSync(path, 'utf8')];
  const end = Math.floor(0.9 * text.length);
  const model = await lstm.createCharModel({ text: text.join(''), layers, hiddenSize: hidden, forgetBias: 0, seed: 1 });
  return {
    version: `${version} ${lstm.variant}`,
    async runFor(/** @type {number} */ seconds) {
      let last;
      for await (const report of model.train(text.slice(0, end).join(''), /** @type {any} */ ({
        seconds, threads, precision, batchSize: batch, window, learningRate: rate, dropout: 0, reportEvery: 100,
        schedule: { type: 'cosine', warmup: 100, to: 0.05 }, clipNorm: 5,
      }))) last = report;
      return last ? last.chars / last.seconds : NaN;
    },
    loss: async () => (await model.evaluate(text.slice(end).join(''))).loss,
  };
}

await serve(async (/** @type {any} */ work) => {
  if (work.work === 'learn') return prepareLearning(work);
  const { layers, hidden: hiddenSize, batch: batchSize, window } = work;
  const { variant, run } = await openTraining(openWorker, /** @type {any} */ ({ layers, hiddenSize, batchSize, window }), { threads, precision });
  return { version: `${version} ${variant}`, runFor: run };
});
