// TensorFlow.js with its WebAssembly backend. Its own LSTM operation, without the layers above it, which cost more.

import { dirname } from 'node:path';
import { symbols } from '../cases.js';
import { clip, measuring, rateAt, readText, streams } from './learning.js';
import { randomTokens, require, sample, serve } from './serve.js';

const tf = require('@tensorflow/tfjs');
const { setWasmPaths } = require('@tensorflow/tfjs-backend-wasm');

function createNetwork({ layers, hidden }, inputs = symbols, forget = 1) {
  const bound = 1 / Math.sqrt(hidden);
  const parameter = (...shape) => tf.variable(tf.randomUniform(shape, -bound, bound));
  const cells = Array.from({ length: layers }, (_, layer) => ({
    kernel: parameter((layer ? hidden : inputs) + hidden, 4 * hidden),
    bias: parameter(4 * hidden),
  }));
  const head = { kernel: parameter(hidden, inputs), bias: parameter(inputs) };
  const forgetBias = tf.scalar(forget);
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

/** As in learning.js; its optimiser has no clipping of the norm of its own. */
function prepareLearning({ text, layers, hidden, batch, window, rate }) {
  const { symbols: kinds, learnt, measured } = readText(text);
  const { parameters, step, logits } = createNetwork({ layers, hidden }, kinds, 0);
  const optimizer = tf.train.adam(rate);
  const zeros = () => Array.from({ length: layers }, () => [tf.zeros([batch, hidden]), tf.zeros([batch, hidden])]);
  const oneHot = (tokens) => tf.oneHot(tf.tensor1d(tokens, 'int32'), kinds).toFloat();
  /** The loss of a window; `after` gets the states behind it. */
  const lossOf = ({ inputs, targets }, before, after) => {
    let sequence = tf.split(oneHot(inputs), window);
    for (let layer = 0; layer < layers; layer++) {
      let [c, h] = before[layer];
      sequence = sequence.map((x) => {
        [c, h] = step(layer, x, c, h);
        return h;
      });
      after.push([tf.keep(c.clone()), tf.keep(h.clone())]);
    }
    return tf.losses.softmaxCrossEntropy(oneHot(targets), logits(tf.concat(sequence)));
  };
  let state = zeros();
  let steps = 0;
  const source = streams(learnt, { batch, window });
  const go = (after) => {
    tf.dispose(state);
    state = after;
  };
  return {
    run(done) {
      const piece = source.next().value;
      if (piece.isFirst) go(zeros());
      optimizer.learningRate = rate * rateAt(++steps, done);
      const after = [];
      tf.tidy(() => {
        const { grads } = tf.variableGrads(() => lossOf(piece, state, after), parameters);
        const norm = tf.sqrt(tf.addN(Object.values(grads).map((gradient) => gradient.square().sum()))).dataSync()[0];
        const scale = Math.min(1, clip / norm);
        optimizer.applyGradients(Object.fromEntries(Object.entries(grads).map(([name, gradient]) => [name, gradient.mul(scale)])));
      });
      go(after);
      return window * batch;
    },
    loss() {
      let sum = 0;
      let count = 0;
      for (const piece of measuring(measured, { batch, window })) {
        if (piece.isFirst) go(zeros());
        const after = [];
        const [loss] = tf.tidy(() => lossOf(piece, state, after).dataSync());
        go(after);
        if (!piece.counts) continue;
        sum += loss;
        count++;
      }
      return sum / count;
    },
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
  const version = tf.version.tfjs;
  if (work.work === 'learn') return { version, ...prepareLearning(work) };
  return { version, run: work.work === 'train' ? prepareTraining(work) : prepareStepping(work) };
});
