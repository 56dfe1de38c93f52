import { createRacer, racers, reachOf } from '../../model/why/racers.js';
import { raceTasks } from '../../model/why/race-tasks.js';

/** @typedef {import('./race.js').Answer} Answer */

/** Steps that the gradient is followed back, in so many sequences. */
const FLOW = { batchSize: 8, window: 200, carryState: false };
/** Rounds from one test to the next, and from one look at the gradient to the next. */
const TEST_EVERY = 10;
const FLOW_EVERY = 20;
/** A round a frame at most: fast enough to wait for, slow enough to watch, and the machine keeps cool. */
const ROUND_MS = 1000 / 60;

/** Four networks and what they learn, the same sequences in the same order. */
export class Heat {
  id;
  round = 0;
  /** It runs up to this round. */
  until = 0;
  #isRunning = false;
  #isDisposed = false;
  #tell;
  #task;
  #course;
  #networks;
  #trainers;
  #flowTrainers;
  #flow;

  /**
   * @param {import('lstm-wasm/serve').Lstm} lstm
   * @param {{ id: number, settings: import('../../model/why/racers.js').RaceSettings }} made
   * @param {(answer: Answer) => void} tell
   */
  constructor(lstm, { id, settings }, tell) {
    this.id = id;
    this.#tell = tell;
    const task = raceTasks[settings.task];
    const { batchSize, learningRate } = task.training;
    this.#task = task;
    this.#course = task.make(settings.lag, settings.seed);
    this.#flow = this.#course.flow(FLOW.window, FLOW.batchSize);
    const training = { batchSize, learningRate, clipNorm: 1, carryState: false, window: task.window(settings.lag) };
    this.#networks = racers.map((_, k) => createRacer(lstm, k, settings));
    this.#trainers = this.#networks.map((network) => network.createTrainer(training));
    this.#flowTrainers = this.#networks.map((network) => network.createTrainer(FLOW));
    const parameters = this.#networks.map(({ parameterCount }) => parameterCount);
    this.#say('made', { parameters, shown: this.#course.test.shown, answers: this.#answers(), reach: this.#reach() });
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
          this.#say('progress', { answers: this.#answers(), reach });
        }
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, start + ROUND_MS - performance.now())));
      }
    } finally {
      this.#isRunning = false;
    }
    if (!this.#isDisposed) this.#say('stopped', { answers: this.#answers(), reach: this.#reach() });
  }

  /** Ends a run, too. */
  dispose() {
    this.until = 0;
    this.#isDisposed = true;
    for (const network of this.#networks) network.dispose();
  }

  #learn() {
    for (let batch = 0; batch < this.#task.training.batches; batch++) {
      const { inputs, targets, options } = this.#course.draw();
      for (const trainer of this.#trainers) trainer.step(inputs, targets, options);
    }
    this.round += 1;
  }

  #answers() {
    const { batch, size, answers } = this.#course.test;
    return this.#networks.map((network) => answers(network.run(batch.inputs, { batchSize: size }).outputs));
  }

  #reach() {
    const { inputs, targets, options } = this.#flow;
    return this.#flowTrainers.map((trainer) => {
      trainer.evaluate(inputs, targets, options);
      return reachOf(trainer.gradientFlow());
    });
  }

  /** @param {Answer['type']} type @param {Partial<Answer>} found */
  #say(type, found) {
    this.#tell({ type, id: this.id, round: this.round, ...found });
  }
}
