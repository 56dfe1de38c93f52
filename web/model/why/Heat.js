import { raceTasks } from './race-tasks.js';
import { createRacer, racers, reachOf } from './racers.js';

/** @typedef {import('./racers.js').RaceSettings} RaceSettings */
/** @typedef {import('lstm-wasm/worker').WorkerNetwork} WorkerNetwork */
/** @typedef {import('lstm-wasm/worker').WorkerTrainer} WorkerTrainer */

/** Steps that the gradient is followed back, in so many sequences. */
const FLOW = { batchSize: 8, window: 200, carryState: false };

/** Four networks in a Worker and what they learn, the same sequences in the same order. */
export class Heat {
  #task;
  #course;
  #networks;
  #trainers;
  #flowTrainers;
  #flow;

  /**
   * @param {import('lstm-wasm/worker').WorkerLstm} lstm
   * @param {RaceSettings} settings
   */
  static async make(lstm, settings) {
    const task = raceTasks[settings.task];
    const { batchSize, learningRate } = task.training;
    const training = { batchSize, learningRate, clipNorm: 1, carryState: false, window: task.window(settings.lag) };
    const networks = await Promise.all(racers.map(async (_, k) => /** @type {WorkerNetwork} */ (await createRacer(lstm, k, settings))));
    const trainersOf = (/** @type {typeof FLOW} */ options) => Promise.all(networks.map((network) => network.createTrainer(options)));
    return new Heat(settings, networks, await trainersOf(training), await trainersOf(FLOW));
  }

  /**
   * @private
   * @param {RaceSettings} settings
   * @param {WorkerNetwork[]} networks
   * @param {WorkerTrainer[]} trainers
   * @param {WorkerTrainer[]} flowTrainers
   */
  constructor(settings, networks, trainers, flowTrainers) {
    this.#task = raceTasks[settings.task];
    this.#course = this.#task.make(settings.lag, settings.seed);
    this.#flow = this.#course.flow(FLOW.window, FLOW.batchSize);
    this.#networks = networks;
    this.#trainers = trainers;
    this.#flowTrainers = flowTrainers;
  }

  /** How many parameters each network has. */
  get parameters() {
    return this.#networks.map(({ parameterCount }) => parameterCount);
  }

  /** What the answers to the test should be. */
  get shown() {
    return this.#course.test.shown;
  }

  /** A round. */
  async learn() {
    for (let batch = 0; batch < this.#task.training.batches; batch++) {
      const { inputs, targets, options } = this.#course.draw();
      await Promise.all(this.#trainers.map((trainer) => trainer.step(inputs, targets, options)));
    }
  }

  /** Of each network to the test sequences. */
  answers() {
    const { batch, size, answers } = this.#course.test;
    return Promise.all(this.#networks.map(async (network) =>
      answers((await network.run(batch.inputs, { batchSize: size })).outputs)));
  }

  /** How much of the gradient of each is left, by steps back: see reachOf. */
  reach() {
    const { inputs, targets, options } = this.#flow;
    return Promise.all(this.#flowTrainers.map(async (trainer) => {
      await trainer.evaluate(inputs, targets, options);
      return reachOf(await trainer.gradientFlow());
    }));
  }

  /** Frees the networks; what is under way fails. */
  dispose() {
    for (const network of this.#networks) network.dispose().catch(() => {}); // its Worker is gone
  }
}
