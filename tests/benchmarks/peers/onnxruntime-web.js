// onnxruntime-web: inference only. The model is written here, see onnx.js.

import { symbols } from '../cases.js';
import { createModel } from './onnx.js';
import { require, sample, serve, versionOf } from './serve.js';

const ort = require('onnxruntime-web');
ort.env.wasm.numThreads = 1;

await serve(async ({ work, layers, hidden }) => {
  if (work === 'train') throw new Error('cannot train');
  const session = await ort.InferenceSession.create(createModel({ layers, hidden }), { executionProviders: ['wasm'] });
  const zeros = () => new ort.Tensor('float32', new Float32Array(hidden), [1, 1, hidden]);
  const oneHot = Array.from({ length: symbols }, (_, token) =>
    new ort.Tensor('float32', Float32Array.from({ length: symbols }, (_, k) => Number(k === token)), [1, 1, symbols]));
  let state = Array.from({ length: layers }, () => [zeros(), zeros()]);
  let token = 0;
  return {
    version: versionOf('onnxruntime-web'),
    async run() {
      const feeds = Object.fromEntries(state.flatMap(([h, c], layer) => [[`h${layer}`, h], [`c${layer}`, c]]));
      const results = await session.run({ x: oneHot[token], ...feeds });
      state = state.map((_, layer) => [results[`h${layer}_next`], results[`c${layer}_next`]]);
      token = sample(results.probabilities.data);
      return 1;
    },
  };
});
