// What is exported as ONNX computes the same in onnxruntime-web, the runtime of pages: whole sequences, and step by step.
// Skipped, with the way to get it, where it is not installed.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { load } from 'lstm-wasm';
import { inOnnx, networkOf, sequencesFor } from './exported-networks.js';

/** The largest difference of an output from that of this library, both float32. */
const NEAR = 1e-6;
const [B, T] = [3, 6];
const lstm = await load();
const root = fileURLToPath(new URL('../../../', import.meta.url));
const place = ['.toolchain/onnxruntime-web', 'build/peers'].map((folder) => `${root}${folder}/`).find((folder) => existsSync(`${folder}node_modules/onnxruntime-web`));
const skip = place === undefined
  && 'onnxruntime-web is not here: npm install --prefix .toolchain/onnxruntime-web onnxruntime-web@1.30.0';
if (skip) console.error(`SKIPPED: ONNX files are not run in onnxruntime-web. ${skip}`);

/** @param {ArrayLike<number>} got @param {ArrayLike<number>} expected @param {string} what */
function assertNear(got, expected, what) {
  assert.equal(got.length, expected.length, what);
  let worst = 0;
  for (let i = 0; i < got.length; i++) worst = Math.max(worst, Math.abs(got[i] - expected[i]));
  assert.ok(worst <= NEAR, `${what}: off by ${worst}`);
}

describe('onnxruntime-web', { skip }, () => {
  const ort = place && createRequire(`${place}package.json`)('onnxruntime-web');
  if (ort) ort.env.wasm.numThreads = 1;
  const open = (/** @type {Uint8Array} */ bytes) => ort.InferenceSession.create(bytes, { executionProviders: ['wasm'] });

  for (const [name, options] of Object.entries(inOnnx)) {
    test(`${name}: the same outputs`, async () => {
      const network = networkOf(lstm, options);
      const data = sequencesFor(options, B, T);
      const expected = network.run(data).outputs;
      const { files } = await network.export('onnx');
      const isTokens = 'tokens' in options.input;
      const size = isTokens ? [] : [/** @type {any} */ (options.input).size];
      /** @param {any[]} steps of each sequence @param {number[]} shape */
      const tensorOf = (steps, shape) => (isTokens
        ? new ort.Tensor('int64', BigInt64Array.from(steps.flat(2), BigInt), shape)
        : new ort.Tensor('float32', Float32Array.from(steps.flat(3)), [...shape, ...size]));
      const whole = await open(files['model.onnx']);
      const { output } = await whole.run({ input: tensorOf(data.map((sequence) => [...sequence]), [B, T]) });
      assertNear(output.data, expected, 'whole sequences');
      if (!files['model-step.onnx']) return;
      const session = await open(files['model-step.onnx']);
      const start = Object.fromEntries(network.initialState().flatMap((state, l) => Object.entries(state).map(([part, all]) => [`${part}_l${l}`, all])));
      const parts = /** @type {string[]} */ (session.inputNames).filter((part) => part in start);
      for (let b = 0; b < B; b++) {
        /** @type {Record<string, any>} */
        let state = Object.fromEntries(parts.map((part) => [part, new ort.Tensor('float32', Float32Array.from(start[part]), [1, 1, start[part].length])]));
        const rows = [];
        for (let t = 0; t < T; t++) {
          const after = await session.run({ input: tensorOf([[data[b][t]]], [1]), ...state });
          rows.push(...after.output.data);
          state = Object.fromEntries(parts.map((part) => [part, after[`next_${part}`]]));
        }
        assertNear(rows, expected.slice(b * rows.length, (b + 1) * rows.length), `sequence ${b} step by step`);
      }
    });
  }
});
