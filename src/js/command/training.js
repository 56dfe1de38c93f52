// The work of `train`: a model from a text or from a checkpoint, trained, watched and saved.

import { realpathSync, statSync } from 'node:fs';
import { DivergedError, load } from '../index.js';
import { checkOptions } from './cells.js';
import { CommandError, UsageError } from './errors.js';
import { openModel, readText } from './files.js';
import { Interruption } from './Interruption.js';
import { checkNamed } from './named-values.js';
import { OutputFile } from './OutputFile.js';
import { ProgressLine } from './ProgressLine.js';
import { print, printJson, whenPipeBreaks } from './stdout.js';
import { TrainingLog } from './TrainingLog.js';

/** @typedef {import('../models/CharModel.js').CharModel} CharModel */

export const defaultSeconds = 60;
export const defaultValidation = 0.1;

/** @param {any} values of the table in train.js */
export async function runTrain(values) {
  checkValues(values);
  const text = readText(values.text, 'TEXT');
  const output = new OutputFile(values.output);
  const checkpoint = output.isReplaced ? new OutputFile(`${values.output}.checkpoint`) : undefined;
  for (const file of [output, checkpoint]) {
    if (!file || !sameFile(values.text, file.path)) continue;
    throw new UsageError(`-o, --output: expected another file than TEXT, got '${values.output}'`);
  }
  const lstm = await load({ variant: values.variant });
  const model = values.resume ? openCheckpoint(lstm, values.output, checkpoint) : createModel(lstm, text, values);
  const interruption = new Interruption(() => [output, checkpoint].forEach((file) => file?.abandon()));
  whenPipeBreaks(() => (interruption.reason ??= 'broken pipe'));
  const log = new TrainingLog();
  await runModel(model, text, values, { log, interruption, checkpoint });
  if (log.isEmpty) {
    throw new CommandError('--resume: the run is over: --seconds, --epochs or --steps says how much more to train');
  }
  await checkpoint?.write(model.checkpoint());
  await output.write(model.save());
  interruption.end();

  const result = { ...log.total(), output: values.output, variant: lstm.variant, seed: model.config.seed };
  if (values.json) printJson({ ...result, interrupted: interruption.exitCode !== 0 });
  else print(summaryOf(result) + (values.resume || interruption.exitCode ? '' : `; ${repeatOf(result, values)}`));
  if (interruption.exitCode) {
    const more = checkpoint ? '; --resume goes on' : '';
    tell(`${interruption.reason}: stopped after ${result.step} steps, the model is saved${more}`);
  }
  return interruption.exitCode;
}

/** @param {any} values */
function checkValues(values) {
  const { cell = 'lstm', options = {}, resume } = values;
  checkOptions(cell, options);
  checkNamed(values);
  for (const name of ['cell', 'options', 'layers', 'hidden', 'seed']) {
    if (resume && values[name] !== undefined) {
      throw new UsageError(`--${name}: cannot be given with --resume, which goes on with the checkpoint's own`);
    }
  }
}

/**
 * @param {import('../models/Lstm.js').Lstm} lstm
 * @param {string} text
 * @param {any} values
 * @returns {CharModel}
 */
function createModel(lstm, text, values) {
  const { cell: kind, layers, hidden: hiddenSize, options, seed } = values;
  const given = { kind, layers, hiddenSize, seed, seconds: secondsOf(values) };
  return lstm.createCharModel({ ...options, ...definedOf(given), text });
}

/**
 * @param {import('../models/Lstm.js').Lstm} lstm
 * @param {string} output
 * @param {OutputFile} [checkpoint]
 * @returns {CharModel}
 */
function openCheckpoint(lstm, output, checkpoint) {
  if (!checkpoint) throw new UsageError(`--resume: expected a file as --output, got the device or pipe '${output}'`);
  return openModel(lstm, checkpoint.path, '--resume');
}

/** The budget of a run that begins, where it is one of time. @param {any} values */
const secondsOf = ({ seconds, epochs, steps }) =>
  seconds ?? ((epochs ?? steps) === undefined ? defaultSeconds : undefined);

/** Without what was not given. @param {Record<string, any>} values */
const definedOf = (values) => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

/**
 * What train is asked for. Of a run that goes on, only what was given.
 * @param {any} values
 */
function trainOptions(values) {
  const { batch, window, lr, optimizer, schedule, dropout, seconds, epochs, steps } = values;
  const { val, validate, patience, recoveries } = values;
  const isNew = !values.resume;
  const validation = values['val-text']
    ? { text: readText(values['val-text'], '--val-text') }
    : val ?? (isNew ? defaultValidation : undefined);
  const isLast = values['keep-last'] || validation === 0;
  const given = {
    ...optimizer, batchSize: batch, window, learningRate: lr, schedule, dropout, epochs, steps, validation, patience,
    recoveries,
    validateEvery: validate,
    keepBest: isLast ? false : isNew || undefined,
    seconds: isNew ? secondsOf(values) : seconds,
  };
  return { ...definedOf(given), reportEvery: 1 };
}

/**
 * Trains until the budget is used up or something interrupts.
 * @param {CharModel} model
 * @param {string} text
 * @param {any} values
 * @param {{ log: TrainingLog, interruption: Interruption, checkpoint?: OutputFile }} tools
 */
async function runModel(model, text, values, { log, interruption, checkpoint }) {
  const { json, report } = values;
  const progress = new ProgressLine(process.stderr);
  // Two lines that both stand on one terminal would be written into each other.
  const showProgress = !(json && process.stdout.isTTY);
  let saved = performance.now();
  try {
    for (const point of model.train(text, trainOptions(values))) {
      log.add(point);
      if (point.event === 'recovered') {
        progress.end();
        if (json) printJson({ event: point.event, reason: point.reason, ...log.line() });
        tell(`${point.reason}: back to step ${point.step}, on with learning rate ${point.learningRate}`);
      } else if (!point.done && (point.step % report === 0 || point.valLoss !== undefined)) {
        const line = log.line();
        if (json) printJson(line);
      }
      if (showProgress) progress.update(() => log.text());
      if (checkpoint && performance.now() - saved >= 1000 * values.save) {
        await checkpoint.write(model.checkpoint());
        if (json) printJson({ event: 'saved', step: point.step, checkpoint: checkpoint.path });
        saved = performance.now();
      }
      await interruption.turn();
      if (interruption.reason) break;
    }
  } catch (error) {
    // The model is as it was at the last good step.
    if (error instanceof DivergedError && model.steps > 0) await checkpoint?.write(model.checkpoint());
    throw error;
  } finally {
    progress.end();
  }
}

/** @param {string} message */
const tell = (message) => void process.stderr.write(`lstm-wasm: ${message}\n`);

/** @param {any} result */
function summaryOf({ step, chars, seconds, loss, valLoss, best, charsPerSecond, output }) {
  const bits = (valLoss ?? loss) / Math.LN2;
  const losses = valLoss === null
    ? `loss ${loss.toFixed(4)} nats a character`
    : `loss ${loss.toFixed(4)}, validation loss ${valLoss.toFixed(4)} nats a character`;
  const better = best !== null && best < valLoss ? `, the best ${best.toFixed(4)}` : '';
  return [
    `${step} steps, ${chars} characters in ${seconds.toFixed(1)} s: ${Math.round(charsPerSecond)} characters/s`,
    `${losses} (${bits.toFixed(3)} bits)${better}`,
    `saved ${output}`,
  ].join('\n');
}

/**
 * How to have this run again. By the clock, the size, the dropout and every rate came from the time.
 * @param {any} result
 * @param {any} values
 */
const repeatOf = ({ step, seed, variant }, values) => (secondsOf(values) === undefined
  ? `the same text and options with --seed ${seed} --variant ${variant} repeat this run`
  : `with --steps ${step} instead of --seconds a run can be repeated`);

/**
 * @param {string} a that exists
 * @param {string} b that may not
 */
function sameFile(a, b) {
  return statSync(b, { throwIfNoEntry: false })?.isFile() && realpathSync(a) === realpathSync(b);
}
