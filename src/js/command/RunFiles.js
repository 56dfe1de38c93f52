// The files of a training: the model, and beside it the checkpoint. What is finished is written first, and where it
// cannot be, the run is saved elsewhere.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandError, UsageError } from './errors.js';
import { isSameFile, STANDARD } from './files.js';
import { OutputFile } from './OutputFile.js';
import { OutputLock } from './OutputLock.js';
import { StandardOutput } from './StandardOutput.js';
import { tell } from './stdout.js';

/** @typedef {import('../models/characters/CharModel.js').CharModel} CharModel */

export class RunFiles {
  #output;
  /** @type {OutputFile | undefined} */
  #checkpoint;
  /** @type {OutputLock | undefined} */
  #lock;
  /** Of the run's checkpoint on the disk; undefined where there is none. @type {number | undefined} */
  #step;
  /** Why the newest checkpoint could not be written. @type {string | undefined} */
  #reason;

  /**
   * Finds out whether all can be written, before any work is done for it.
   * @param {any} values of the table in train.js
   */
  constructor(values) {
    const { output, resume } = values;
    const what = output === STANDARD ? 'stdout' : `the device or pipe '${output}'`;
    const file = output === STANDARD ? undefined : new OutputFile(output);
    if (resume && !file?.isReplaced) throw new UsageError(`--resume: expected a file as --output, got ${what}`);
    this.#output = file ?? new StandardOutput();
    if (file?.isReplaced) this.#checkpoint = new OutputFile(`${output}.checkpoint`);
    for (const [name, input] of [['TEXT', values.text], ['--val-text', values['val-text']]]) {
      const files = [file, this.#checkpoint];
      if (input === undefined || !files.some((each) => each && isSameFile(input, each.path))) continue;
      throw new UsageError(`-o, --output: expected another file than ${name}, got '${output}'`);
    }
    if (file?.isReplaced) this.#lock = new OutputLock(file);
  }

  get isStdout() {
    return this.#output instanceof StandardOutput;
  }

  get hasCheckpoint() {
    return this.#checkpoint !== undefined;
  }

  get checkpointPath() {
    return this.#checkpoint?.path ?? '';
  }

  /** What is on the disk when all is done. */
  get saved() {
    return { output: this.#output.path, checkpoint: this.#reason === undefined ? this.#checkpoint?.path ?? null : null };
  }

  /** How a run that was stopped can go on, for a message about it. */
  get more() {
    if (!this.#checkpoint) return '';
    if (this.#reason === undefined) return '; --resume goes on';
    return this.#step === undefined ? ', the checkpoint is not' : `; --resume goes on from step ${this.#step}`;
  }

  /** The checkpoint on the disk is this run's. @param {number} step */
  goesOn(step) {
    this.#step = step;
  }

  /**
   * A checkpoint that cannot be written is no reason to end a run: that is told, once for as long as it fails.
   * @param {CharModel} model
   * @returns {Promise<{ checkpoint: string, reason?: string }>} reason: why it is not written
   */
  async saveCheckpoint(model) {
    const checkpoint = this.checkpointPath;
    try {
      await this.#checkpoint?.write(model.checkpoint());
      this.#step = model.steps;
      this.#reason = undefined;
      return { checkpoint };
    } catch (error) {
      const reason = reasonIn(error);
      if (reason !== this.#reason) tell(`the checkpoint of step ${model.steps} is not saved: ${reason}; ${this.#older()}`);
      this.#reason = reason;
      return { checkpoint, reason };
    }
  }

  /**
   * Writes the model, then the checkpoint, which may be too large for what the model has left.
   * @param {CharModel} model
   * @throws {CommandError} where the model is not in its place; says where it is
   */
  async finish(model) {
    /** @type {unknown} */
    let failure;
    try {
      await this.#output.write(model.save());
    } catch (error) {
      failure = error;
    }
    // What fails now is told, also where it was told before.
    this.#reason = undefined;
    if (this.#checkpoint) await this.saveCheckpoint(model);
    if (failure) throw new CommandError(`--output: ${reasonIn(failure)}; ${this.#rescue(model)}`);
  }

  /**
   * Of a run that was over when it was resumed: its model may not have come to its place.
   * @param {CharModel} model
   * @throws {CommandError}
   */
  async finishOver(model) {
    const bytes = model.save();
    if (this.#output instanceof OutputFile && this.#output.holds(bytes)) {
      throw new CommandError('--resume: the run is over: --seconds, --epochs or --steps says how much more to train');
    }
    await this.#output.write(bytes);
  }

  /** Removes what is half written. */
  abandon() {
    this.#output.abandon();
    this.#checkpoint?.abandon();
    this.#lock?.release();
  }

  /**
   * Sees that a model that has not come to its place is somewhere, and says where.
   * @param {CharModel} model
   */
  #rescue(model) {
    if (this.#checkpoint && this.#reason === undefined) {
      return `the run is saved in '${this.checkpointPath}': --resume writes the model`;
    }
    let folder = '';
    try {
      folder = mkdtempSync(join(tmpdir(), 'lstm-wasm-'));
      const path = join(folder, 'model.safetensors');
      writeFileSync(path, model.save(), { flush: true });
      return `the model is saved in '${path}' instead`;
    } catch {
      if (folder) rmSync(folder, { recursive: true, force: true });
      return `nothing is saved${this.#step === undefined ? '' : `, but ${this.#older()}`}`;
    }
  }

  #older() {
    return this.#step === undefined
      ? 'there is none of this run' : `'${this.checkpointPath}' is of step ${this.#step}`;
  }
}

/** @param {unknown} error of a write, or of making what is written @returns {string} */
const reasonIn = (error) => (error instanceof Error ? error.message : String(error)).replace(/^--output: /, '');
