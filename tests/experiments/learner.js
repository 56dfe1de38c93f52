// A network of one layer and a head, with its trainer, for one trial.
import { outputWidth, pack, reader } from '../../web/model/why/batch.js';
import { gatesOpen } from '../../web/model/why/gates.js';
import { Random } from '../../web/model/why/Random.js';

/** @typedef {import('./tasks.js').Task} Task */
/** @typedef {import('../../web/model/why/batch.js').Sequence} Sequence */

/**
 * The hidden size whose network has as many parameters as it can have nearest to `wanted`.
 * @param {any} lstm what load() gave
 * @param {Task} task
 * @param {object} layer options without hiddenSize
 * @param {number} wanted
 */
export function sizeFor(lstm, task, layer, wanted) {
  const count = (/** @type {number} */ hiddenSize) => parameterCount(lstm, task, { ...layer, hiddenSize });
  let size = 1;
  while (count(size + 1) <= wanted) size += 1;
  return wanted - count(size) <= count(size + 1) - wanted ? size : size + 1;
}

/** @param {any} lstm @param {Task} task @param {object} layer */
export function parameterCount(lstm, { input, output }, layer) {
  const network = lstm.createNetwork({ input, layers: [layer], output });
  const count = network.parameterCount;
  network.dispose();
  return count;
}

export class Learner {
  /**
   * @param {any} lstm what load() gave
   * @param {Task} task
   * @param {import('./tasks.js').Kind} kind
   * @param {number} seed
   * @param {{ window: number, batchSize: number, carryState?: boolean }} shape of the trainer
   */
  constructor(lstm, task, kind, seed, { window, batchSize, carryState = false }) {
    const { input, output, settings } = task;
    const wanted = parameterCount(lstm, task, { kind: 'lstm', hiddenSize: settings.hiddenSize });
    const hiddenSize = sizeFor(lstm, task, kind.layer, wanted);
    this.task = task;
    this.window = window;
    this.batchSize = batchSize;
    this.network = lstm.createNetwork({ input, layers: [{ ...kind.layer, hiddenSize }], output, seed });
    if (settings.memory) {
      const random = new Random(seed, 1);
      const layer = { ...kind.layer, hiddenSize };
      this.network.setParameters(gatesOpen(this.network.parameters(), layer, settings.memory, () => random.next()));
    }
    this.trainer = this.network.createTrainer({
      learningRate: settings.learningRate,
      clipNorm: settings.clipNorm ?? 1,
      window,
      batchSize,
      carryState,
    });
  }

  /** Sets the learning rate: halved every settings.halfLife sequences. @param {number} sequences presented so far */
  slowDown(sequences) {
    const { learningRate, halfLife } = this.task.settings;
    if (halfLife) this.trainer.learningRate = learningRate * 2 ** (-sequences / halfLife);
  }

  /** @param {readonly Sequence[]} sequences batchSize of them @returns {number} their mean loss before the update */
  step(sequences) {
    const { inputs, targets, options } = pack(this.task, sequences, this.window);
    return this.trainer.step(inputs, targets, options).loss;
  }

  /** @param {readonly Sequence[]} sequences batchSize of them @returns {number[]} the error of each: Task.error */
  errors(sequences) {
    const { inputs, options } = pack(this.task, sequences, this.window);
    const outputs = this.trainer.predict(inputs, { lengths: options.lengths });
    const V = outputWidth(this.task.output);
    return sequences.map((sequence, b) => this.task.error(sequence, reader(outputs, this.batchSize, V, b)));
  }

  /**
   * The largest error of any number of sequences.
   * @param {readonly Sequence[]} sequences
   * @param {number} enough stops when one is as large
   */
  largestError(sequences, enough = Infinity) {
    let largest = 0;
    for (let at = 0; at < sequences.length && largest < enough; at += this.batchSize) {
      const some = sequences.slice(at, at + this.batchSize);
      while (some.length < this.batchSize) some.push(some[0]);
      largest = Math.max(largest, ...this.errors(some));
    }
    return largest;
  }

  dispose() {
    this.network.dispose();
  }
}
