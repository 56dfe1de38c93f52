// jax-js on its WebAssembly device. The whole training step's loss and gradient is one jit; what makes it fast was
// measured: one-hot inputs handed in (computed inside, they are computed again for every product), weights as (outputs,
// inputs), and a multiple of 8 symbols, without which its products are not tiled.
// Every array that goes into a function is used up, unless handed over as `array.ref`.

import { symbols } from '../cases.js';
import { clip, measuring, rateAt, readText, streams } from './learning.js';
import { randomTokens, require, sample, serve, versionOf } from './serve.js';

const jax = require('@jax-js/jax');
const { jit, nn, numpy: np, random, tree, valueAndGrad } = jax;
const padTo = (count) => 8 * Math.ceil(count / 8);
const padded = padTo(symbols);

const zeros = (parameters) => tree.map((p) => np.zeros(p.shape), parameters);

function createParameters({ layers, hidden }, kinds = padded) {
  const bound = 1 / Math.sqrt(hidden);
  let key = 0;
  const uniform = (...shape) => random.uniform(random.key(key++), shape, { minval: -bound, maxval: bound });
  const cells = Array.from({ length: layers }, (_, layer) => ({
    input: uniform(4 * hidden, layer ? hidden : kinds),
    recurrent: uniform(4 * hidden, hidden),
    bias: np.zeros([4 * hidden]),
  }));
  return { cells, head: uniform(kinds, hidden), headBias: np.zeros([kinds]) };
}

/** One step after the input product: [h, c]. */
function cell(product, h, c, recurrent) {
  const [i, f, g, o] = np.split(product.add(np.dot(h, np.transpose(recurrent))), 4, -1);
  const newC = nn.sigmoid(f).mul(c).add(nn.sigmoid(i).mul(np.tanh(g)));
  return [nn.sigmoid(o).mul(np.tanh(newC.ref)), newC];
}

/** Adam for one parameter: [parameter, first moment, second moment]. */
const adam = jit((p, gradient, m, v, step, rate) => {
  const newM = m.mul(0.9).add(gradient.ref.mul(0.1));
  const newV = v.mul(0.999).add(np.square(gradient).mul(0.001));
  const meanM = newM.ref.div(np.subtract(1, np.power(0.9, step.ref)));
  const meanV = newV.ref.div(np.subtract(1, np.power(0.999, step)));
  return [p.sub(meanM.mul(rate).div(np.sqrt(meanV).add(1e-8))), newM, newV];
});

function prepareTraining({ layers, hidden, batch, window }) {
  const gradientOf = jit(valueAndGrad(({ cells, head, headBias }, inputs, targets) => {
    let sequence = inputs;
    for (const { input, recurrent, bias } of cells) {
      const products = np.split(np.dot(sequence, np.transpose(input)).add(bias), window, 0);
      let h = np.zeros([batch, hidden]);
      let c = np.zeros([batch, hidden]);
      const outputs = products.map((product) => {
        [h, c] = cell(product, h, c, recurrent.ref);
        return h.ref;
      });
      for (const array of [h, c, recurrent]) array.dispose();
      sequence = np.concatenate(outputs, 0);
    }
    const logits = np.dot(sequence, np.transpose(head)).add(headBias);
    return np.mean(nn.logSoftmax(logits).mul(targets).sum(-1)).neg();
  }));
  const oneHot = () => nn.oneHot(np.array(randomTokens(window * batch)), padded);
  let [parameters, structure] = tree.flatten(createParameters({ layers, hidden }));
  let m = zeros(parameters);
  let v = zeros(parameters);
  let step = 0;
  return async () => {
    step++;
    const [inputs, targets] = await jax.blockUntilReady([oneHot(), oneHot()]);
    const [loss, tangent] = gradientOf(tree.unflatten(structure, tree.ref(parameters)), inputs, targets);
    const [gradients] = tree.flatten(tangent);
    const updates = parameters.map((p, k) => adam(p, gradients[k], m[k], v[k], np.array(step), np.array(2e-3)));
    [parameters, m, v] = [0, 1, 2].map((part) => updates.map((update) => update[part]));
    await jax.blockUntilReady([parameters, m, v]);
    if (!Number.isFinite((await loss.data())[0])) throw new Error('the loss is not finite');
    return window * batch;
  };
}

/** As in learning.js. */
function prepareLearning({ text, layers, hidden, batch, window, rate }) {
  const { symbols: kinds, learnt, measured } = readText(text);
  const width = padTo(kinds);
  /** [loss, state]: of a window, from the state before it. */
  const lossOf = ({ cells, head, headBias }, state, inputs, targets) => {
    let sequence = inputs;
    const after = [];
    for (const [layer, { input, recurrent, bias }] of cells.entries()) {
      const products = np.split(np.dot(sequence, np.transpose(input)).add(bias), window, 0);
      let [h, c] = state[layer];
      const outputs = products.map((product) => {
        [h, c] = cell(product, h, c, recurrent.ref);
        return h.ref;
      });
      after.push([h, c]);
      recurrent.dispose();
      sequence = np.concatenate(outputs, 0);
    }
    const logits = np.dot(sequence, np.transpose(head)).add(headBias);
    return [np.mean(nn.logSoftmax(logits).mul(targets).sum(-1)).neg(), after];
  };
  const gradientOf = jit(valueAndGrad(lossOf, { hasAux: true }));
  const lossAlone = jit(lossOf);
  const squares = jit((gradient) => np.square(gradient).sum());
  const zeroState = () => Array.from({ length: layers }, () => [np.zeros([batch, hidden]), np.zeros([batch, hidden])]);
  const oneHot = (tokens) => nn.oneHot(np.array(tokens), width);
  let [parameters, structure] = tree.flatten(createParameters({ layers, hidden }, width));
  let m = zeros(parameters);
  let v = zeros(parameters);
  let step = 0;
  let state = zeroState();
  const source = streams(learnt, { batch, window });
  const begin = () => {
    tree.dispose(state);
    state = zeroState();
  };
  return {
    async run(done) {
      const { isFirst, inputs, targets } = source.next().value;
      if (isFirst) begin();
      step++;
      const [[loss, after], tangent] = gradientOf(tree.unflatten(structure, tree.ref(parameters)), state, oneHot(inputs), oneHot(targets));
      state = after;
      const [gradients] = tree.flatten(tangent);
      const parts = await Promise.all(gradients.map((gradient) => squares(gradient.ref).data()));
      const norm = Math.sqrt(parts.reduce((sum, [part]) => sum + part, 0));
      const scale = Math.min(1, clip / norm);
      const now = rate * rateAt(step, done);
      const updates = parameters.map((p, k) => adam(p, gradients[k].mul(scale), m[k], v[k], np.array(step), np.array(now)));
      [parameters, m, v] = [0, 1, 2].map((part) => updates.map((update) => update[part]));
      await jax.blockUntilReady([parameters, m, v]);
      if (!Number.isFinite((await loss.data())[0])) throw new Error('the loss is not finite');
      return window * batch;
    },
    async loss() {
      let sum = 0;
      let count = 0;
      for (const { isFirst, counts, inputs, targets } of measuring(measured, { batch, window })) {
        if (isFirst) begin();
        const [loss, after] = lossAlone(tree.unflatten(structure, tree.ref(parameters)), state, oneHot(inputs), oneHot(targets));
        state = after;
        const [nats] = await loss.data();
        if (!counts) continue;
        sum += nats;
        count++;
      }
      return sum / count;
    },
  };
}

function prepareStepping({ layers, hidden }) {
  const parameters = createParameters({ layers, hidden });
  const stepOnce = jit(({ cells, head, headBias }, x, state) => {
    const next = [];
    for (const [layer, { input, recurrent, bias }] of cells.entries()) {
      const [h, c] = cell(np.dot(x, np.transpose(input)).add(bias), state[layer][0], state[layer][1], recurrent);
      next.push([h.ref, c]);
      x = h;
    }
    // Only the true symbols can be drawn.
    const logits = np.dot(x, np.transpose(head)).add(headBias);
    return [nn.softmax(np.split(logits, [symbols], -1)[0], -1), next];
  });
  const oneHot = Array.from({ length: symbols }, (_, token) =>
    nn.oneHot(np.array([token], { dtype: np.int32 }), padded));
  let state = Array.from({ length: layers }, () => [np.zeros([1, hidden]), np.zeros([1, hidden])]);
  let token = 0;
  return async () => {
    const [probabilities, next] = stepOnce(tree.ref(parameters), oneHot[token].ref, state);
    state = next;
    token = sample(await probabilities.data());
    return 1;
  };
}

await serve(async (work) => {
  await jax.init('wasm');
  jax.defaultDevice('wasm');
  const version = versionOf('@jax-js/jax');
  if (work.work === 'learn') return { version, ...prepareLearning(work) };
  return { version, run: work.work === 'train' ? prepareTraining(work) : prepareStepping(work) };
});
