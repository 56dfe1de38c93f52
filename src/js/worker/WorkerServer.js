import { DisposedError, LstmError } from '../core/errors.js';
import { TrainingLoop } from './TrainingLoop.js';
import { buffersOf, errorReply, isRequest } from './worker-protocol.js';

/** @typedef {import('../models/CharModel.js').CharModel} CharModel */
/** @typedef {typeof import('../models/load.js').load} Load */

/** A stream writes this long, or one character if that is longer, before other requests are served: milliseconds. */
const SLICE = 8;

/** The Worker's end of the line: owns the library, the models and their trainings, and answers the page's requests. */
export class WorkerServer {
  /** @type {import('./worker-protocol.js').Port} */
  #port;
  #load;
  /** @type {Awaited<ReturnType<Load>> | undefined} */
  #lstm;
  /** Models, and readings, whose calls have the same names. @type {Map<number, any>} */
  #models = new Map();
  /** @type {Map<number, Generator<string, void, void>>} */
  #streams = new Map();
  /** @type {Map<number, TrainingLoop>} */
  #trainings = new Map();

  /**
   * @param {import('./worker-protocol.js').Port} port
   * @param {Load} load
   */
  constructor(port, load) {
    this.#port = port;
    this.#load = load;
    port.addEventListener('message', (event) => {
      if (isRequest(event.data)) this.#answer(event.data);
    });
  }

  /** @param {import('./worker-protocol.js').Request} request */
  async #answer({ id, method, target, args }) {
    try {
      const value = await this.#serve(method, target, args);
      this.#port.postMessage({ id, value }, buffersOf(value));
    } catch (error) {
      this.#port.postMessage({ id, error: errorReply(error) }, []);
    }
  }

  /**
   * Each method runs as soon as its message arrives; only `load`, `trainingNext` and `trainingStop` wait for something.
   *
   * @param {string} method
   * @param {number} target
   * @param {any[]} args
   * @returns {unknown}
   */
  #serve(method, target, args) {
    switch (method) {
      case 'load': return this.#loadLibrary(args[0]);
      case 'createCharModel': return this.#keep(target, this.#library().createCharModel(args[0]));
      case 'openCharModel': return this.#keep(target, this.#library().openCharModel(args[0]));
      case 'predict': return this.#model(target).predict(args[0], args[1]);
      case 'generate': return this.#model(target).generate(args[0]);
      case 'score': return this.#model(target).score(args[0], args[1]);
      case 'trace': return this.#model(target).trace(args[0], args[1]);
      case 'complete': return this.#model(target).complete(args[0], args[1]);
      case 'read': return void this.#models.set(args[0], this.#model(target).read(args[1]));
      case 'push': return void this.#model(target).push(args[0]);
      case 'branch': return void this.#models.set(args[0], this.#model(target).branch());
      case 'stream': return void this.#streams.set(args[0], this.#model(target).stream(args[1]));
      case 'streamNext': return this.#written(target);
      case 'streamStop': return void this.#streams.delete(target);
      case 'evaluate': return this.#model(target).evaluate(args[0]);
      case 'quantize': return this.#keep(args[0], this.#model(target).quantize());
      case 'save': return this.#model(target).save();
      case 'checkpoint': return this.#model(target).checkpoint();
      case 'dispose': return this.#dispose(target);
      case 'train': return this.#train(target, args[0], args[1], args[2]);
      case 'trainingNext': return this.#next(target);
      case 'trainingAbort': return this.#trainings.get(target)?.abort();
      case 'trainingStop': return this.#stop(target);
      default: throw new LstmError(`the Worker has no method ${method}`);
    }
  }

  /** @param {import('../core/load.js').LoadOptions} options */
  async #loadLibrary(options) {
    this.#lstm = await this.#load(options);
    return { variant: this.#lstm.variant };
  }

  #library() {
    if (!this.#lstm) throw new LstmError('the library is not loaded in the Worker');
    return this.#lstm;
  }

  /**
   * @param {number} target
   * @param {CharModel} model
   */
  #keep(target, model) {
    this.#models.set(target, model);
    return { alphabet: [...model.alphabet], config: { ...model.config } };
  }

  /** @param {number} target */
  #model(target) {
    const model = this.#models.get(target);
    if (!model) throw new DisposedError('the model has been disposed');
    return model;
  }

  /**
   * What a stream writes in a slice of time; undefined at its end.
   * @param {number} target
   */
  #written(target) {
    const stream = this.#streams.get(target);
    const until = performance.now() + SLICE;
    let text = '';
    do {
      const { done, value } = stream?.next() ?? { done: true };
      if (done) return text || undefined;
      text += value;
    } while (performance.now() < until);
    return text;
  }

  /** @param {number} target */
  #dispose(target) {
    for (const training of this.#trainings.values()) {
      if (training.owner === target) training.fail(new DisposedError('train: the model has been disposed'));
    }
    this.#models.get(target)?.dispose?.();
    this.#models.delete(target);
  }

  /**
   * @param {number} target
   * @param {number} number    of the training
   * @param {import('../training/train-options.js').Texts} text
   * @param {import('../models/CharModel.js').TrainOptions} options
   */
  #train(target, number, text, options) {
    const model = this.#model(target);
    for (const training of this.#trainings.values()) {
      if (training.owner === target && !training.over) {
        throw new LstmError('train: the model is being trained already; leave that loop before another begins');
      }
    }
    this.#trainings.set(number, new TrainingLoop(target, model, text, options));
  }

  /** @param {number} number */
  async #next(number) {
    const training = this.#trainings.get(number);
    const report = await training?.next().catch((error) => {
      this.#trainings.delete(number);
      throw error;
    });
    if (!report) this.#trainings.delete(number);
    return report;
  }

  /** @param {number} number */
  #stop(number) {
    this.#trainings.get(number)?.stop();
    this.#trainings.delete(number);
  }
}
