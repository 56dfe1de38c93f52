// A reference file beside the library: what is asserted of each, whoever computed it.
import assert from 'node:assert/strict';
import { assertAllNear, assertNear } from './compare.js';
import { group } from './read.js';

// Part of a tensor's largest value. The references are float64 rounded once, so this is float32's own error.
export const NEAR = 1e-5;

/** @typedef {import('./read.js').Reference} Reference */
/** @typedef {{ h: Float32Array, c?: Float32Array }[]} State */

/**
 * The suffixes of the names of the states: one a direction, in their order.
 * @param {Reference} reference
 * @returns {string[]}
 */
export function directions({ case: { layers } }) {
  return layers.flatMap((/** @type {any} */ { bidirectional }, /** @type {number} */ l) => (
    bidirectional ? [`l${l}`, `l${l}_reverse`] : [`l${l}`]));
}

/** @param {Reference} reference */
export function isBidirectional({ case: { layers } }) {
  return layers.some((/** @type {any} */ { bidirectional }) => bidirectional);
}

/** @param {Reference} reference */
export function isTrainable({ case: { layers } }) {
  return layers.some((/** @type {any} */ { trainableState }) => trainableState);
}

/**
 * The state stored as `prefix.h_l0`, `prefix.c_l0`, ...: [B, P] and [B, C], as the trainer takes it.
 * @param {Reference} reference
 * @param {string} prefix
 * @returns {State}
 */
export function storedState(reference, prefix) {
  return directions(reference).map((direction) => {
    const parts = ['h', 'c'].map((part) => [part, reference.tensors[`${prefix}.${part}_${direction}`]]);
    return Object.fromEntries(parts.filter(([, values]) => values));
  });
}

/**
 * Row `b` of every array in a state.
 * @param {State} state
 * @param {number} b
 * @param {number} batch
 */
export function stateOf(state, b, batch) {
  return state.map((parts) => Object.fromEntries(Object.entries(parts).map(([part, a]) => (
    [part, a.slice(b * a.length / batch, (b + 1) * a.length / batch)]))));
}

/**
 * The arrays of a state under the names that they have in files, without prefix.
 * @param {State} state
 * @param {Reference} reference
 * @returns {Record<string, Float32Array>}
 */
export function byName(state, reference) {
  const names = directions(reference);
  assert.equal(state.length, names.length, 'number of states');
  return Object.fromEntries(state.flatMap((parts, d) => (
    Object.entries(parts).map(([part, values]) => [`${part}_${names[d]}`, values]))));
}

/**
 * A network with the reference's shape and parameters.
 * @param {any} lstm
 * @param {Reference} reference
 */
export function build(lstm, reference) {
  const { input, layers, output } = reference.case;
  const network = lstm.createNetwork({ input, layers, ...(output && { output }) });
  const parameters = group(reference, 'parameter');
  assert.deepEqual(network.shapes, Object.fromEntries(
    Object.keys(parameters).map((name) => [name, reference.shapes[`parameter.${name}`]])), 'shapes');
  assert.equal(network.parameterCount, Object.values(parameters).reduce((sum, { length }) => sum + length, 0));
  network.setParameters(parameters);
  assert.deepEqual(network.parameters(), parameters, 'parameters come back as set');
  return network;
}

/**
 * Compares [T, B, V] at the steps before the end of each sequence.
 * @param {ArrayLike<number> & { slice: Function }} got
 * @param {Reference} reference
 */
function assertOutputsNear(got, reference) {
  const { case: { batch, window, lengths }, tensors: { outputs } } = reference;
  assert.equal(got.length, outputs.length, 'outputs: length');
  const width = outputs.length / (batch * window);
  const before = (/** @type {any} */ all) => all.filter((/** @type {number} */ _, /** @type {number} */ i) => {
    const row = Math.floor(i / width);
    return !lengths || Math.floor(row / batch) < lengths[row % batch];
  });
  assertNear('outputs', before(got), before(outputs), NEAR);
}

/**
 * Each sequence for itself, one step at a time, with the gates of a single layer where the file has them.
 * @param {any} network
 * @param {Reference} reference
 */
export function assertSteps(network, reference) {
  const { batch, window, input, lengths } = reference.case;
  const { inputs, outputs, gates } = reference.tensors;
  const [inputWidth, outputWidth] = [inputs.length, outputs.length].map((length) => length / (batch * window));
  for (let b = 0; b < batch; b++) {
    const state = stateOf(storedState(reference, 'initial'), b, batch);
    if (isTrainable(reference)) {
      assertAllNear('initial state', byName(network.initialState(), reference), byName(state, reference), 0);
    }
    for (let t = 0; t < (lengths?.[b] ?? window); t++) {
      const at = t * batch + b;
      const x = input.tokens ? inputs[at] : inputs.slice(at * inputWidth, (at + 1) * inputWidth);
      assertNear(`output of sequence ${b}, step ${t}`, network.step(x, state),
        outputs.slice(at * outputWidth, (at + 1) * outputWidth), NEAR);
      if (!gates || b > 0) continue;
      const width = gates.length / window;
      const got = Float32Array.from(Object.values(network.gates(0)).flatMap((gate) => [...gate]));
      assertNear(`gates of step ${t}`, got, gates.slice(t * width, (t + 1) * width), NEAR);
    }
    assertAllNear(`final state of sequence ${b}`, byName(state, reference),
      byName(stateOf(storedState(reference, 'final'), b, batch), reference), NEAR);
  }
}

/**
 * The whole batch at once, from the stored state, or from the network's own where the file has none.
 * @param {any} network
 * @param {Reference} reference
 */
export function assertRun(network, reference) {
  const { case: { batch: batchSize, window, lengths }, tensors: { inputs } } = reference;
  const initial = group(reference, 'initial');
  const isStored = Object.keys(initial).length > 0 && !isTrainable(reference);
  const state = isStored ? storedState(reference, 'initial') : undefined;
  const given = { batchSize, ...(lengths && { lengths }), ...(state && { state }) };
  const { outputs, state: end } = network.run(inputs, given);
  if (reference.tensors.outputs) assertOutputsNear(outputs, reference);
  const final = group(reference, 'final');
  const got = Object.entries(byName(end, reference)).filter(([name]) => name in final);
  assertAllNear('final state', Object.fromEntries(got), final, NEAR);
  assert.deepEqual(group(reference, 'initial'), initial, 'the state given is left as it was');

  const trainer = network.createTrainer({ batchSize, window });
  if (state) trainer.setState(state);
  assert.deepEqual(trainer.predict(inputs, lengths && { lengths }), outputs, 'predict gives the same');
  trainer.dispose();
}

/**
 * Loss, gradients of everything, and what evaluate and step say. Returns the largest difference of a gradient.
 * @param {any} network
 * @param {Reference} reference
 */
export function assertGradients(network, reference) {
  const { batch: batchSize, window, lengths, class_weights: classWeights } = reference.case;
  const { inputs, targets, mask, weights, loss, gradient_norm: gradientNorm } = reference.tensors;
  const trainer = network.createTrainer({ optimizer: 'adam', batchSize, window, ...(classWeights && { classWeights }) });
  const extent = { ...(lengths && { lengths }), ...(mask && { mask }), ...(weights && { weights }) };
  const initial = storedState(reference, 'initial');
  if (!isTrainable(reference)) trainer.setState(initial);
  const isSame = () => assertAllNear('state', byName(trainer.state(), reference), byName(initial, reference), 0);

  const { parameters, state, ...got } = trainer.gradients(inputs, targets, extent);
  assertNear('loss', [got.loss], loss, NEAR);
  assertNear('gradient norm', [got.gradientNorm], gradientNorm, NEAR);
  const ofInitial = Object.entries(byName(state, reference)).map(([name, values]) => [`initial.${name}`, values]);
  const difference = assertAllNear('gradient of', { ...parameters, ...Object.fromEntries(ofInitial),
    ...('inputs' in got && { inputs: got.inputs }) }, group(reference, 'gradient'), NEAR);

  assertNear('loss of evaluate', [trainer.evaluate(inputs, targets, extent).loss], loss, NEAR);
  isSame();
  assert.deepEqual(network.parameters(), group(reference, 'parameter'), 'gradients and evaluate leave the parameters');

  const step = trainer.step(inputs, targets, extent);
  assertNear('loss of step', [step.loss], loss, NEAR);
  assertNear('gradient norm of step', [step.gradientNorm], gradientNorm, NEAR);
  if (trainer.carryState) {
    const final = byName(storedState(reference, 'final'), reference);
    assertAllNear('state carried on', byName(trainer.state(), reference), final, NEAR);
  }
  trainer.dispose();
  return difference;
}
