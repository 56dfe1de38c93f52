// race.js: four networks learn the same sequences, one after the other in each round.
import { load } from 'lstm-wasm/serve';
import { keep } from '../../model/keep.js';
import { BATCH_SIZE, createRacer, drawBatch, racers, randomNumbers, reachOf } from '../../model/why/lag-task.js';

/** @typedef {import('../../model/why/lag-task.js').RaceSettings} RaceSettings */

/**
 * Messages to the Worker.
 * @typedef {{ type: 'make', id: number, settings: RaceSettings } | { type: 'run', id: number, until: number }
 *   | { type: 'pause', id: number }} Command
 */

/**
 * Messages from the Worker, about the networks that were made with this id.
 * @typedef {object} Progress
 * @property {number} id
 * @property {'made' | 'progress' | 'stopped' | 'failed'} type
 * @property {number} round
 * @property {number[]} [parameters] how many each network has
 * @property {Float32Array} [shown] the numbers that the test sequences begin with
 * @property {Float32Array[]} [answers] of each network to the test sequences
 * @property {Float64Array[]} [reach] see reachOf
 * @property {string} [message] why it failed
 */

const TEST_SIZE = 64;
const TRAINING = { batchSize: BATCH_SIZE, learningRate: 0.003, clipNorm: 1, carryState: false };
/** Steps that the gradient is followed back, in so many sequences. */
const FLOW = { batchSize: 8, window: 200, carryState: false };
/** Rounds from one test to the next, and from one look at the gradient to the next. */
const TEST_EVERY = 10;
const FLOW_EVERY = 20;
/** A round a frame at most: fast enough to wait for, slow enough to watch, and the machine keeps cool. */
const ROUND_MS = 1000 / 60;

/** A seed repeats a race on every machine. */
const loadLibrary = keep(() => load({ variant: 'repeatable' }));

/** @type {Heat | undefined} */
let heat;

/** From now on this Worker answers the race's commands. */
export function race() {
  addEventListener('message', ({ data }) => { obey(data); });
}

/** @param {Command} command */
async function obey(command) {
  try {
    if (command.type === 'make') {
      const lstm = await loadLibrary();
      const former = heat;
      heat = new Heat(lstm, command);
      former?.dispose();
    } else if (heat?.id === command.id) {
      heat.until = command.type === 'run' ? command.until : 0;
      if (command.type === 'run') await heat.run();
    }
  } catch (error) {
    tell({ type: 'failed', id: command.id, round: heat?.round ?? 0, message: /** @type {Error} */ (error).message });
  }
}

/** @param {Progress} progress */
function tell(progress) {
  postMessage(progress);
}

/** Four networks and what they learn from. */
class Heat {
  id;
  round = 0;
  /** It runs up to this round. */
  until = 0;
  #isRunning = false;
  #isDisposed = false;
  #lag;
  #networks;
  #trainers;
  #flowTrainers;
  #random;
  #test;
  #flowBatch;

  /**
   * @param {import('lstm-wasm/serve').Lstm} lstm
   * @param {{ id: number, settings: RaceSettings }} made
   */
  constructor(lstm, { id, settings }) {
    const { lag, seed } = settings;
    this.id = id;
    this.#lag = lag;
    this.#networks = racers.map((racer) => createRacer(lstm, racer, settings));
    this.#trainers = this.#networks.map((network) => network.createTrainer({ ...TRAINING, window: lag + 1 }));
    this.#flowTrainers = this.#networks.map((network) => network.createTrainer(FLOW));
    this.#random = randomNumbers(seed, 2);
    this.#test = drawBatch(lag, TEST_SIZE, randomNumbers(seed, 3), (b) => (2 * b + 1) / TEST_SIZE - 1);
    this.#flowBatch = drawBatch(FLOW.window - 1, FLOW.batchSize, randomNumbers(seed, 4));
    const parameters = this.#networks.map(({ parameterCount }) => parameterCount);
    const shown = this.#test.targets.slice(-TEST_SIZE);
    this.#tell('made', { parameters, shown, answers: this.#answers(), reach: this.#reach() });
  }

  async run() {
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      while (this.round < this.until) {
        const start = performance.now();
        this.#learn();
        if (this.round % TEST_EVERY === 0) {
          const reach = this.round % FLOW_EVERY === 0 ? this.#reach() : undefined;
          this.#tell('progress', { answers: this.#answers(), reach });
        }
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, start + ROUND_MS - performance.now())));
      }
    } finally {
      this.#isRunning = false;
    }
    if (!this.#isDisposed) this.#tell('stopped', { answers: this.#answers(), reach: this.#reach() });
  }

  /** Ends a run, too. */
  dispose() {
    this.until = 0;
    this.#isDisposed = true;
    for (const network of this.#networks) network.dispose();
  }

  #learn() {
    const { inputs, targets, mask } = drawBatch(this.#lag, BATCH_SIZE, this.#random);
    for (const trainer of this.#trainers) trainer.step(inputs, targets, { mask });
    this.round += 1;
  }

  #answers() {
    const { inputs } = this.#test;
    return this.#networks.map((network) => network.run(inputs, { batchSize: TEST_SIZE }).outputs.slice(-TEST_SIZE));
  }

  #reach() {
    const { inputs, targets, mask } = this.#flowBatch;
    return this.#flowTrainers.map((trainer) => {
      trainer.evaluate(inputs, targets, { mask });
      return reachOf(trainer.gradientFlow());
    });
  }

  /** @param {Progress['type']} type @param {Partial<Progress>} found */
  #tell(type, found) {
    tell({ type, id: this.id, round: this.round, ...found });
  }
}
