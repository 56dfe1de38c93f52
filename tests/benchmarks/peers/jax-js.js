// jax-js on its WebAssembly device. The whole training step's loss and gradient is one jit; what makes it fast was
// measured: one-hot inputs handed in (computed inside, they are computed again for every product), weights as (outputs,
// inputs), and a multiple of 8 symbols, without which its products are not tiled.
// Every array that goes into a function is used up, unless handed over as `array.ref`.

import { symbols } from '../cases.js';
import { randomTokens, require, sample, serve, versionOf } from './serve.js';

const jax = require('@jax-js/jax');
const { jit, nn, numpy: np, random, tree, valueAndGrad } = jax;
const padded = 8 * Math.ceil(symbols / 8);

const zeros = (parameters) => tree.map((p) => np.zeros(p.shape), parameters);

function createParameters({ layers, hidden }) {
  const bound = 1 / Math.sqrt(hidden);
  let key = 0;
  const uniform = (...shape) => random.uniform(random.key(key++), shape, { minval: -bound, maxval: bound });
  const cells = Array.from({ length: layers }, (_, layer) => ({
    input: uniform(4 * hidden, layer ? hidden : padded),
    recurrent: uniform(4 * hidden, hidden),
    bias: np.zeros([4 * hidden]),
  }));
  return { cells, head: uniform(padded, hidden), headBias: np.zeros([padded]) };
}

/** One step after the input product: [h, c]. */
function cell(product, h, c, recurrent) {
  const [i, f, g, o] = np.split(product.add(np.dot(h, np.transpose(recurrent))), 4, -1);
  const newC = nn.sigmoid(f).mul(c).add(nn.sigmoid(i).mul(np.tanh(g)));
  return [nn.sigmoid(o).mul(np.tanh(newC.ref)), newC];
}

/** Adam for one parameter: [parameter, first moment, second moment]. */
const adam = jit((p, gradient, m, v, step) => {
  const newM = m.mul(0.9).add(gradient.ref.mul(0.1));
  const newV = v.mul(0.999).add(np.square(gradient).mul(0.001));
  const meanM = newM.ref.div(np.subtract(1, np.power(0.9, step.ref)));
  const meanV = newV.ref.div(np.subtract(1, np.power(0.999, step)));
  return [p.sub(meanM.mul(2e-3).div(np.sqrt(meanV).add(1e-8))), newM, newV];
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
    const updates = parameters.map((p, k) => adam(p, gradients[k], m[k], v[k], np.array(step)));
    [parameters, m, v] = [0, 1, 2].map((part) => updates.map((update) => update[part]));
    await jax.blockUntilReady([parameters, m, v]);
    if (!Number.isFinite((await loss.data())[0])) throw new Error('the loss is not finite');
    return window * batch;
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
  const run = work.work === 'train' ? prepareTraining(work) : prepareStepping(work);
  return { version: versionOf('@jax-js/jax'), run };
});
