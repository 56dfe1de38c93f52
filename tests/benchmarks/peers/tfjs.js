// TensorFlow.js with its WebAssembly backend. Its own LSTM operation, without the layers above it, which cost more.

import { dirname } from 'node:path';
import { symbols } from '../cases.js';
import { randomTokens, require, sample, serve } from './serve.js';

const tf = require('@tensorflow/tfjs');
const { setWasmPaths } = require('@tensorflow/tfjs-backend-wasm');

function createNetwork({ layers, hidden }) {
  const bound = 1 / Math.sqrt(hidden);
  const parameter = (...shape) => tf.variable(tf.randomUniform(shape, -bound, bound));
  const cells = Array.from({ length: layers }, (_, layer) => ({
    kernel: parameter((layer ? hidden : symbols) + hidden, 4 * hidden),
    bias: parameter(4 * hidden),
  }));
  const head = { kernel: parameter(hidden, symbols), bias: parameter(symbols) };
  const forgetBias = tf.scalar(1);
  return {
    parameters: [...cells, head].flatMap(({ kernel, bias }) => [kernel, bias]),
    /** One layer, one step: [c, h]. */
    step: (layer, x, c, h) => tf.basicLSTMCell(forgetBias, cells[layer].kernel, cells[layer].bias, x, c, h),
    logits: (h) => h.matMul(head.kernel).add(head.bias),
  };
}

function prepareTraining({ layers, hidden, batch, window }) {
  const { parameters, step, logits } = createNetwork({ layers, hidden });
  const optimizer = tf.train.adam(2e-3);
  const oneHot = () => tf.oneHot(tf.tensor1d(randomTokens(window * batch), 'int32'), symbols).toFloat();
  const loss = (inputs, targets) => () => {
    let sequence = tf.split(inputs, window);
    for (let layer = 0; layer < layers; layer++) {
      let h = tf.zeros([batch, hidden]);
      let c = h;
      sequence = sequence.map((x) => {
        [c, h] = step(layer, x, c, h);
        return h;
      });
    }
    return tf.losses.softmaxCrossEntropy(targets, logits(tf.concat(sequence)));
  };
  return () => {
    const cost = tf.tidy(() => optimizer.minimize(loss(oneHot(), oneHot()), true, parameters));
    if (!Number.isFinite(cost.dataSync()[0])) throw new Error('the loss is not finite');
    cost.dispose();
    return window * batch;
  };
}

function prepareStepping({ layers, hidden }) {
  const { step, logits } = createNetwork({ layers, hidden });
  const oneHot = tf.unstack(tf.eye(symbols)).map((row) => row.reshape([1, symbols]));
  let state = Array.from({ length: layers }, () => [tf.zeros([1, hidden]), tf.zeros([1, hidden])]);
  let token = 0;
  return () => {
    const [probabilities, next] = tf.tidy(() => {
      let x = oneHot[token];
      const after = state.map(([c, h], layer) => {
        const [newC, newH] = step(layer, x, c, h);
        x = newH;
        return [newC, newH];
      });
      return [tf.softmax(logits(x)), after];
    });
    token = sample(probabilities.dataSync());
    tf.dispose([probabilities, state]);
    state = next;
    return 1;
  };
}

await serve(async (work) => {
  setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`);
  await tf.setBackend('wasm');
  await tf.ready();
  return { version: tf.version.tfjs, run: work.work === 'train' ? prepareTraining(work) : prepareStepping(work) };
});
