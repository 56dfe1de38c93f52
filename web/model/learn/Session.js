import { fileOf, makeId } from './capture.js';
import { Curve } from './Curve.js';
import { LibraryHost } from '../LibraryHost.js';
import { isInTheMidst, runOf, trainingPlan, withPlanOf } from './plan.js';
import { coreCount, isSameNetwork, modelOptions, settingsOf, threadsOf, usualSettings } from './settings.js';

/** @typedef {import('lstm-wasm/worker').WorkerLstm} WorkerLstm */
/** @typedef {import('lstm-wasm/worker').WorkerCharModel} WorkerCharModel */
/** @typedef {import('lstm-wasm/worker').TrainReport} TrainReport */
/** @typedef {import('./settings.js').Settings} Settings */
/** @typedef {import('./text.js').Text} Text */
/** @typedef {import('./capture.js').Capture} Capture */
/** @typedef {import('./capture.js').Past} Past */

/**
 * The network that the visitor trains: its Worker, its model, the text it learns, its settings and its training. Knows
 * no DOM; the views listen.
 *
 * Events:
 * - `state` when `state` changes, `settings` when `settings` do
 * - `thrown` with a Capture as `detail` just before another model takes the place of one that has learnt
 * - `model` when `model` is another one; `detail.isRestored`: it goes on with a run that was captured
 * - `report` with a TrainReport as `detail`
 * - `problem` with an Error as `detail` after which the page goes on, `lost` with an Error when the Worker is gone
 */
export class Session extends LibraryHost {
  /** @type {Text | undefined} */
  text;
  /** What the next network and the next Start are made from. @type {Settings} */
  settings = usualSettings();
  /** Has the model learnt anything? */
  trained = false;
  curve = new Curve();
  /** The last report of this model, with the seconds of all its training. @type {TrainReport | undefined} */
  last;
  /** By which the run of this model is known. */
  id = makeId();
  /** @type {AsyncGenerator<TrainReport, void, void> | undefined} */
  #training;
  /** Of the model as it is, where it has learnt and rests. @type {Uint8Array | undefined} */
  #checkpoint;
  /** The last that was captured of this run, for when the Worker dies. @type {Capture | undefined} */
  #captured;
  /** Changes of the model and its training run one after the other. @type {Promise<unknown>} */
  #changes = Promise.resolve();

  /** A lost session goes on from what was captured last, or begins anew where that cannot be opened. @override @protected */
  async begin() {
    if (this.#captured) await this.restore(this.#captured);
    if (!this.model) await this.reset();
  }

  /**
   * Makes a new network that learns this text.
   *
   * @param {Text} text
   */
  useText(text) {
    if (!this.lstm) {
      this.text = text;
      this.#captured = undefined;
    }
    const create = (/** @type {WorkerLstm} */ lstm) =>
      lstm.createCharModel({ text: text.text, ...modelOptions(this.settings) });
    return this.#replace(create, () => {
      this.text = text;
      return {};
    }, `“${text.name}” cannot be learnt`);
  }

  /** A new network as the settings say, for the same text. */
  async reset() {
    if (this.text) await this.useText(this.text);
  }

  /**
   * Opens a saved model, or a checkpoint, whose run then continues bit for bit. A damaged file changes nothing.
   *
   * @param {Uint8Array} bytes
   * @param {string} name   of the file
   */
  async openFile(bytes, name) {
    const failure = `“${name}” could not be opened`;
    if (!this.lstm) {
      this.#tell(failure, new Error('the network that you train is not running'));
      return;
    }
    /** @type {import('./plan.js').Run | undefined} */
    let run;
    const open = (/** @type {WorkerLstm} */ lstm) => {
      run = runOf(bytes);
      return lstm.openCharModel(bytes);
    };
    await this.#replace(open, (model) => {
      this.#setSettings(withPlanOf({ ...this.settings, ...settingsOf(model.config) }, run));
      return { checkpoint: run && bytes, trained: true };
    }, failure);
  }

  /**
   * Resumes a captured run.
   *
   * @param {Capture} captured
   * @returns {Promise<boolean>}   does it go on?
   */
  restore(captured) {
    const { checkpoint, settings, text, curve, last, id } = captured;
    return this.#replace((lstm) => lstm.openCharModel(checkpoint), () => {
      this.text = text;
      this.#setSettings(settings);
      return { checkpoint, trained: true, last, curve, id, captured };
    }, 'The run that was kept cannot go on');
  }

  /**
   * Changes settings. Those that describe the network need a new one, which is made at once if this one is untrained; all
   * others hold from the next step on.
   *
   * @param {Partial<Settings>} settings
   */
  async choose(settings) {
    const former = this.settings;
    this.#setSettings(settings);
    const { temperature, ...planned } = settings;
    if (!isSameNetwork(former, this.settings)) {
      if (!this.trained && this.state === 'ready') await this.reset();
    } else if (Object.keys(planned).length && this.state === 'training') {
      this.pause();
      await this.start();
    }
  }

  /** Trains until paused, or to the end of a run of so many steps. A run that was paused goes on bit for bit. */
  start() {
    return this.#change(async (lstm) => {
      if (this.state !== 'ready' || !this.model || !this.text) return;
      const plan = trainingPlan(this.settings, this.text.characters);
      const isGoingOn = this.#checkpoint && isInTheMidst(this.#checkpoint, plan);
      if (isGoingOn) {
        const former = this.model;
        this.model = await lstm.openCharModel(/** @type {Uint8Array} */ (this.#checkpoint));
        former.dispose().catch(() => {});
      }
      const products = this.model.parameterCount * plan.batchSize * plan.window;
      const threads = threadsOf(this.settings, coreCount(), products);
      const training = this.model.train(this.text.text, { ...(isGoingOn ? {} : /** @type {any} */ (plan)), threads });
      this.#training = training;
      this.setState('training');
      this.#follow(training);
    });
  }

  /** Resolves when the training stands still. */
  pause() {
    if (this.state === 'training') this.setState('pausing');
    return this.#change(() => this.#stop());
  }

  /**
   * Captures the run, so that it can be resumed later.
   *
   * @returns {Promise<Capture | undefined>}   undefined where nothing was learnt
   */
  async capture() {
    const { model } = this;
    if (!model || !this.text || !this.trained) return undefined;
    const checkpoint = this.state === 'ready' && this.#checkpoint || await fileOf(model);
    if (this.model !== model || !this.text || !this.trained) return undefined;
    const { settings, text, last, curve, id } = this;
    this.#captured = { checkpoint, settings, text, curve: curve.state, last, id };
    return this.#captured;
  }

  /** @param {AsyncGenerator<TrainReport, void, void>} training */
  async #follow(training) {
    const before = this.last?.seconds ?? 0;
    try {
      for await (const report of training) {
        if (this.#training !== training) return;
        this.trained = true;
        this.last = { ...report, seconds: before + report.seconds };
        this.curve.add(this.last);
        this.emit('report', this.last);
      }
    } catch (error) {
      if (this.#training === training) this.emit('problem', this.#withAdvice(error));
    }
    if (this.#training === training) await this.pause();
  }

  /** Ends the training, and keeps where it was. */
  async #stop() {
    const training = this.#training;
    if (!training) return;
    this.#training = undefined;
    await training.return(undefined).catch(() => {});
    this.#checkpoint = undefined;
    try {
      this.#checkpoint = await this.model?.checkpoint();
    } catch (error) {
      if (this.lstm) this.#tell('The place in the run could not be kept, so Continue begins a run of its own', error);
    }
    if (this.state === 'lost') return;
    this.setState('ready');
  }

  /**
   * Changes the model or its training, once all earlier changes are done.
   *
   * @param {(lstm: WorkerLstm) => Promise<void>} change
   * @param {string} [failure]   what could not be done where it fails
   * @returns {Promise<boolean>}   was it done?
   */
  #change(change, failure) {
    const changed = this.#changes.then(async () => {
      const { lstm } = this;
      if (!lstm) return false;
      try {
        await change(lstm);
        return this.lstm === lstm;
      } catch (error) {
        if (this.lstm === lstm) this.#tell(failure, error);
        return false;
      }
    });
    this.#changes = changed;
    return changed;
  }

  /**
   * Replaces the model. The training continues until the new one exists; if it cannot be made, nothing changes.
   *
   * @param {(lstm: WorkerLstm) => Promise<WorkerCharModel>} make
   * @param {(model: WorkerCharModel) => Past} begin
   * @param {string} failure
   */
  #replace(make, begin, failure) {
    return this.#change(async (lstm) => {
      const model = await make(lstm);
      await this.#stop();
      await this.#throwAway();
      if (this.lstm === lstm) this.#adopt(model, begin(model));
    }, failure);
  }

  /** What was learnt can be had back, with the settings that its network really has. */
  async #throwAway() {
    const captured = await this.capture().catch(() => undefined); // of a run that diverged there is no file
    if (!captured || !this.model) return;
    this.emit('thrown', { ...captured, settings: { ...captured.settings, ...settingsOf(this.model.config) } });
  }

  /**
   * @param {string | undefined} failure
   * @param {unknown} cause
   */
  #tell(failure, cause) {
    this.emit('problem', failure ? new Error(`${failure}: ${/** @type {Error} */ (cause).message}`, { cause }) : cause);
  }

  /**
   * @param {WorkerCharModel} model
   * @param {Past} past
   */
  #adopt(model, { checkpoint, trained = false, last, curve, id = makeId(), captured }) {
    this.model?.dispose().catch(() => {});
    this.model = model;
    this.trained = trained;
    this.last = last;
    this.id = id;
    this.#checkpoint = checkpoint;
    this.#captured = captured;
    if (curve) this.curve.state = curve;
    else this.curve.clear();
    this.emit('model', { isRestored: captured !== undefined });
  }

  /**
   * An opened model may not know every character of the text.
   *
   * @param {any} error
   */
  #withAdvice(error) {
    if (error.code !== 'ERR_ARGUMENT') return error;
    const advice = this.#checkpoint
      ? 'A checkpoint goes on with the text that it was made with: open that text, then the checkpoint again.'
      : 'Reset makes a new network for the text.';
    return new Error(`This network cannot learn this text: ${error.message}. ${advice}`);
  }

  /** @param {unknown} reason @override @protected */
  lose(reason) {
    this.#training = undefined;
    super.lose(reason);
  }

  /** @param {Partial<Settings>} settings */
  #setSettings(settings) {
    this.settings = { ...this.settings, ...settings };
    this.emit('settings');
  }
}
