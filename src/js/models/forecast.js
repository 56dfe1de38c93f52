// forecast.js: vectors predicted by a network, each fed back as the next input.
import { allocate } from '../core/allocate.js';
import { copyNumbers, integer, isArray, notFinite, readOptions, refuse } from '../core/check.js';
import { ArgumentError, DivergedError } from '../core/errors.js';
import { signalField } from '../core/pieces.js';
import { fillSteps, isNested, measure, StepArray } from '../network/StepArray.js';

/**
 * How a series goes on.
 * @typedef {object} ForecastOptions
 * @property {import('../network/StepArray.js').Steps} inputs (T, size) the history, the oldest vector first, flat or as
 *   [step][number]; T at least 1
 * @property {readonly import('../network/state.js').CellStateLike[]} [state] where the history starts from, for instance what run() returned for all before it; it
 *   stays as it is; default: initialState()
 * @property {AbortSignal} [signal] ends the call: it throws the signal's reason
 */

const readCount = integer(1, 2 ** 20);
/** Between two pieces there are so many multiplications at most: a few milliseconds. */
const WORK = 2 ** 24;

/**
 * @param {import('../network/Batch.js').NetworkHandle} network one-way
 * @param {import('../network/Sequence.js').Sequence} sequence of the network
 * @param {unknown} n
 * @param {unknown} options
 * @returns {import('../core/pieces.js').Pieces<Float32Array>}
 */
export function* forecastInPieces(network, sequence, n, options) {
  const { wasm, pointer, table } = network;
  const size = vectorSize(network);
  const count = readCount(n, 'forecast: n');
  const { inputs, state } = readOptions('forecast', options, {
    inputs: (value, path) => readHistory(value, size, path),
    state: (value) => value,
    ...signalField,
  });
  sequence.setState(state === undefined ? sequence.initialState() : state, 'forecast: state');
  const pieceLength = Math.max(1, Math.floor(WORK / table.valueCount));
  const history = inputs.length / size;
  let vector = inputs;
  const vectors = allocate(Float32Array, count * size, 'forecast', `${count} vectors of ${size} numbers`);
  for (let step = 0; step < history - 1 + count; step++) {
    if (step > 0 && step % pieceLength === 0) {
      const kept = sequence.keep();
      yield;
      sequence.goOn(kept, 'forecast');
    }
    const t = step - (history - 1);
    const token = sequence.setInput(t > 0 ? vector : inputs.subarray(step * size, (step + 1) * size));
    wasm.exports.lstm_network_step(pointer, token);
    if (t < 0) continue;
    vector = sequence.output();
    assertFinite(vector, t, count);
    vectors.set(vector, t * size);
  }
  return vectors;
}

/** @param {import('../network/Batch.js').NetworkHandle} network */
function vectorSize({ config: { input, output }, outputSize }) {
  const isVector = !output || ('values' in output && !output.mixture);
  if ('size' in input && input.size === outputSize && isVector) return input.size;
  throw new ArgumentError(
    'forecast: needs a network with vector input and as many output values, because each prediction is the next ' +
      `input; this one has input ${JSON.stringify(input)} and output ${JSON.stringify(output ?? { h: outputSize })}`,
  );
}

/**
 * @param {unknown} value
 * @param {number} size
 * @param {string} path
 */
function readHistory(value, size, path) {
  if (isNested(value)) {
    const { window } = measure(value, false);
    const steps = new StepArray(value, path, { batchSize: 1, window, size, isWhole: false, unit: `size ${size}` });
    const nested = new Float32Array(steps.stepsOf(0) * size);
    fillSteps(nested, steps, { batchSize: 1, window: steps.stepsOf(0) }, { size, isWhole: false });
    return nested;
  }
  if (!isArray(value) || value.length === 0 || value.length % size !== 0) {
    refuse(path, `an array of T x ${size} numbers (size ${size}), T at least 1`, value);
  }
  const history = new Float32Array(value.length);
  copyNumbers(history, value, path);
  return history;
}

/**
 * @param {Float32Array} vector
 * @param {number} t
 * @param {number} count
 */
function assertFinite(vector, t, count) {
  const bad = notFinite(vector);
  if (bad < 0) return;
  throw new DivergedError(
    `forecast: prediction ${t + 1} of ${count} has ${vector[bad]} at index ${bad}, expected finite numbers: fed ` +
      'back, they grow without bound in this network. Forecast fewer steps, or train it longer',
  );
}
