// run-steps.js: whole sequences through a network, one after another and step by step: the outputs and states of
// run-window.js, to the last bit, from modules without windows.
import { allocate } from '../core/allocate.js';
import { areFinite, refuseNotFinite } from './finite.js';
import { runResult } from './run.js';
import { makeState, readState } from './state.js';
import { fillSteps, StepArray } from './StepArray.js';
import { inputKind, layoutOf, readLengths } from './window-inputs.js';

/** @typedef {import('./state.js').CellState} CellState */

/**
 * Sequence b's part of a state. @param {CellState[]} state @param {number} b @param {number} batchSize
 * @returns {CellState[]} views
 */
const rowOf = (state, b, batchSize) => state.map((layer) => /** @type {CellState} */ (
  Object.fromEntries(Object.entries(layer).map(([name, values]) => {
    const size = values.length / batchSize;
    return [name, values.subarray(b * size, (b + 1) * size)];
  }))));

/**
 * @param {import('./Batch.js').NetworkHandle} network
 * @param {import('./Sequence.js').Sequence} sequence of the network
 * @param {unknown} inputs
 * @param {import('./run.js').Run} run
 * @returns {import('./run.js').RunResult}
 */
export function runSteps({ wasm, pointer, config, stateShapes, outputSize }, sequence, inputs, run) {
  const { batchSize, window } = run;
  const { exports } = wasm;
  const kind = inputKind(config.input);
  const layout = layoutOf('run', inputs, run.layout);
  const x = new StepArray(inputs, 'run: inputs', { batchSize, window, layout, ...kind });
  const ends = readLengths('run', run.lengths, x, run);

  const initial = sequence.initialState();
  const state = makeState(stateShapes, batchSize, (values, l, name) => {
    for (let b = 0; b < batchSize; b++) values.set(initial[l][name], b * initial[l][name].length);
  });
  if (run.state !== undefined) {
    readState(run.state, stateShapes, 'run: state', (values, l, name) => state[l][name].set(values), batchSize);
  }
  const outputs = allocate(
    Float32Array, window * batchSize * outputSize, 'run', `${window} steps of ${batchSize} x ${outputSize} numbers`);
  const width = exports.lstm_network_run_width(pointer);
  wasm.withWords(window * (2 * width + 1), 'run', (memory) => {
    const tokens = memory + 8 * window * width;
    for (let b = 0; b < batchSize; b++) {
      const steps = ends?.[b] ?? window;
      const one = rowOf(state, b, batchSize);
      const read = kind.isWhole ? new Int32Array(steps) : new Float32Array(steps * kind.size);
      fillSteps(read, x, { batchSize: 1, window: steps }, kind, undefined, b);
      sequence.setState(one, 'run: state');
      if (read instanceof Int32Array) wasm.ints(tokens, steps).set(read);
      else wasm.floats(memory, read.length).set(read);
      const given = wasm.floats(exports.lstm_network_run(pointer, memory, tokens, steps), steps * outputSize);
      if (!areFinite(given)) refuseNotFinite('run', 'output is');
      if (!sequence.isFinite) refuseNotFinite('run', 'state is');
      sequence.readState(one);
      for (let t = 0; t < steps; t++) {
        const row = layout === 'time' ? t * batchSize + b : b * window + t;
        outputs.set(given.subarray(t * outputSize, (t + 1) * outputSize), row * outputSize);
      }
    }
  });
  return runResult(outputs, layout, run, outputSize, state);
}
