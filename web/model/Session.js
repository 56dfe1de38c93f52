import { openWorker } from 'lstm-wasm/worker';
import { trainingOptions } from './text.js';

/** @typedef {import('lstm-wasm/worker').WorkerLstm} WorkerLstm */
/** @typedef {import('lstm-wasm/worker').WorkerCharModel} WorkerCharModel */
/** @typedef {import('lstm-wasm/worker').TrainReport} TrainReport */
/** @typedef {import('./text.js').Text} Text */
/** Steps: every few seconds for a small network. */
const VALIDATE_EVERY = 250;

/** @typedef {{ hiddenSize: number, layers: number }} Size */

/**
 * The size of a model that may have layers of different kinds: how many, and the widest.
 *
 * @param {WorkerCharModel['config']} config
 * @returns {Size}
 */
export function sizeOf(config) {
  if (!Array.isArray(config.layers)) return /** @type {Size} */ ({ hiddenSize: config.hiddenSize, layers: config.layers });
  return { hiddenSize: Math.max(...config.layers.map(({ hiddenSize }) => hiddenSize)), layers: config.layers.length };
}

/**
 * The network of the page: its Worker, its model, the text it learns and its training. Knows no DOM; the views listen.
 *
 * Events: `state` when `state` changes, `model` when `model` is another one, `report` with a TrainReport as `detail`,
 * `problem` with an Error as `detail` after which the page goes on, `lost` with an Error when the Worker is gone.
 */
export class Session extends EventTarget {
  /** @type {'starting' | 'ready' | 'training' | 'lost'} */
  state = 'starting';
  /** @type {WorkerCharModel | undefined} */
  model;
  /** @type {Text | undefined} */
  text;
  /** @type {Size} */
  size = { hiddenSize: 128, layers: 1 };
  /** Has the model learnt anything? */
  trained = false;
  /** @type {WorkerLstm | undefined} */
  #lstm;
  /** @type {AsyncGenerator<TrainReport, void, void> | undefined} */
  #training;
  /** Seconds of training of this model, over all pauses. */
  #seconds = 0;
  /** Changes of the model run one after the other. @type {Promise<unknown>} */
  #changes = Promise.resolve();

  /** Starts the Worker; on a lost session, a new one. */
  async open() {
    this.#setState('starting');
    try {
      const lstm = await openWorker();
      this.#lstm = lstm;
      lstm.closed.then((reason) => {
        if (this.#lstm === lstm) this.#lose(reason);
      });
    } catch (error) {
      this.#lose(error);
      return;
    }
    this.#setState('ready');
    await this.reset();
  }

  /**
   * Learn this text from now on, with a new network.
   *
   * @param {Text} text
   */
  useText(text) {
    if (!this.#lstm) this.text = text;
    return this.#replace(async (lstm) => {
      const model = await lstm.createCharModel({ text: text.text, ...this.size, seed: 1 });
      this.text = text;
      this.trained = false;
      return model;
    });
  }

  /** A new network of the chosen size for the same text. */
  async reset() {
    if (this.text) await this.useText(this.text);
  }

  /**
   * Goes on with a saved network. When the file is damaged, everything stays as it is.
   *
   * @param {Uint8Array} bytes
   */
  openFile(bytes) {
    return this.#replace(async (lstm) => {
      const model = await lstm.openCharModel(bytes);
      this.size = sizeOf(model.config);
      this.trained = true;
      return model;
    });
  }

  /** Trains until paused. */
  async start() {
    if (this.state !== 'ready' || !this.model || !this.text) return;
    const before = this.#seconds;
    const options = trainingOptions(this.text.characters, sizeOf(this.model.config).hiddenSize);
    const training = this.model.train(this.text.text, { ...options, validateEvery: VALIDATE_EVERY });
    this.#training = training;
    this.#setState('training');
    try {
      for await (const report of training) {
        if (this.#training !== training) break;
        this.trained = true;
        this.#seconds = before + report.seconds;
        this.#emit('report', { ...report, seconds: this.#seconds });
      }
    } catch (error) {
      if (this.#training === training) this.#emit('problem', withAdvice(error));
    }
    if (this.#training === training) this.#trainingEnded();
  }

  /** Resolves when the training stands still. */
  async pause() {
    const training = this.#training;
    if (!training) return;
    await training.return().catch(() => {});
    if (this.#training === training) this.#trainingEnded();
  }

  /**
   * @param {(lstm: WorkerLstm) => Promise<WorkerCharModel>} make
   */
  #replace(make) {
    const change = this.#changes.then(async () => {
      if (!this.#lstm || this.state === 'lost') return;
      await this.pause();
      try {
        const model = await make(this.#lstm);
        const former = this.model;
        this.model = model;
        this.#seconds = 0;
        this.#emit('model');
        await former?.dispose();
      } catch (error) {
        if (this.#lstm) this.#emit('problem', error);
      }
    });
    this.#changes = change;
    return change;
  }

  #trainingEnded() {
    this.#training = undefined;
    if (this.state === 'training') this.#setState('ready');
  }

  /** @param {unknown} reason */
  #lose(reason) {
    this.#lstm = undefined;
    this.#training = undefined;
    this.model = undefined;
    this.trained = false;
    this.#setState('lost');
    this.#emit('lost', reason);
  }

  /** @param {Session['state']} state */
  #setState(state) {
    this.state = state;
    this.#emit('state');
  }

  /**
   * @param {string} type
   * @param {unknown} [detail]
   */
  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/**
 * An opened model may not know every character of the text.
 *
 * @param {any} error
 */
function withAdvice(error) {
  if (error.code !== 'ERR_ARGUMENT') return error;
  return new Error(`This network cannot learn this text: ${error.message}. Reset makes a new network for the text.`);
}
