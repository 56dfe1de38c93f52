// The work of `train`: a model from a text or from a checkpoint, trained, watched and saved.

import { load, LstmError } from '../index.js';
import { checkOptions } from './cells.js';
import { CommandError, reasonOf, UsageError } from './errors.js';
import { openModel, readText } from './files.js';
import { Interruption } from './Interruption.js';
import { checkNamed } from './named-values.js';
import { ProgressLine } from './ProgressLine.js';
import { RunFiles } from './RunFiles.js';
import { quote } from '../core/quote.js';
import { reportsInTurns } from '../training/fit.js';
import { RUN_IS_OVER } from '../training/plan.js';
import { teamOf } from './team.js';
import { leaveStdout, print, printJson, tell, whenStdoutFails } from './stdout.js';
import { TrainingLog } from './TrainingLog.js';

/** @typedef {import('../models/characters/CharModel.js').CharModel} CharModel */

export const defaultSeconds = 60;
export const defaultValidation = 0.1;

/** @param {any} values of the table in train.js */
export async function runTrain(values) {
  checkValues(values);
  const files = new RunFiles(values);
  if (files.isStdout) leaveStdout();
  const text = await readText(values.text, 'TEXT');
  const valText = values['val-text'] && await readText(values['val-text'], '--val-text');
  const lstm = await load({ variant: values.variant });
  const model = await modelOf(lstm, text, values, files);
  if (values.resume) files.goesOn(model.steps);
  const interruption = new Interruption(() => files.abandon());
  const stdout = watchStdout(interruption);
  const log = new TrainingLog();
  const team = teamOf(lstm);
  try {
    await runModel(model, text, { ...values, valText }, { log, interruption, files, team });
  } finally {
    team.end();
  }
  if (log.isEmpty) await files.finishOver(model);
  else await files.finish(model);
  interruption.end();

  const result = { ...(log.isEmpty ? { step: model.steps, done: true } : log.total()), ...files.saved };
  Object.assign(result, { variant: lstm.variant, seed: model.config.seed });
  const isEarly = interruption.exitCode !== 0;
  if (values.json) printJson({ ...result, interrupted: isEarly });
  else if (log.isEmpty) print(`the run was over after ${result.step} steps\nsaved ${files.saved.output}`);
  else print(summaryOf(result) + (values.resume || isEarly ? '' : `; ${repeatOf(result, values)}`));
  if (isEarly) tell(`${interruption.reason}: stopped after ${result.step} steps, the model is saved${files.more}`);
  return interruption.exitCode || (stdout.isLost ? 1 : 0);
}

/**
 * A reader of stdout that leaves ends the run, and it is saved. What else stdout cannot do, such as to fill a full disk
 * even more, loses lines and not the run.
 * @param {Interruption} interruption
 */
function watchStdout(interruption) {
  const stdout = { isLost: false };
  whenStdoutFails((error) => {
    if (error.code === 'EPIPE') interruption.reason ??= 'broken pipe';
    else if (!stdout.isLost) tell(`cannot write to stdout: ${reasonOf(error)}; the run goes on`);
    if (error.code === 'EPIPE' || stdout.isLost) return;
    stdout.isLost = true;
    // The last line may fail after all is done.
    process.on('exit', () => (process.exitCode ||= 1));
  });
  return stdout;
}

/** @param {any} values */
function checkValues(values) {
  const { cell = 'lstm', options = {}, resume, from } = values;
  checkOptions(cell, options);
  checkNamed(values);
  const isGiven = resume ? '--resume, which goes on with the checkpoint\'s own' : from !== undefined && '--from, which begins with the model\'s own';
  for (const name of ['cell', 'options', 'layers', 'hidden', 'unknown', 'seed']) {
    if (isGiven && values[name] !== undefined) throw new UsageError(`--${name}: cannot be given with ${isGiven}`);
  }
}

/**
 * @param {import('../models/Lstm.js').Lstm} lstm
 * @param {string} text
 * @param {any} values
 * @param {RunFiles} files
 */
async function modelOf(lstm, text, values, files) {
  if (values.resume) return trainable(await openModel(lstm, files.checkpointPath, '--resume'), '--resume', files.checkpointPath);
  if (values.from === undefined) return createModel(lstm, text, values);
  const model = trainable(await openModel(lstm, values.from, '--from'), '--from', values.from);
  if (model.network.isQuantized) throw new CommandError(`--from: expected a model of floats, got 8-bit weights, which cannot be trained, in '${values.from}'`);
  return model.steps > 0 ? lstm.openCharModel(model.save()) : model;
}

/**
 * @param {any} model
 * @param {string} what who asked for it
 * @param {string} file where it comes from
 * @returns {CharModel}
 */
function trainable(model, what, file) {
  if ('train' in model) return model;
  throw new CommandError(`${what}: expected a model that can be trained, got an ensemble in '${file}': train its models, and make it of them again`);
}

/**
 * @param {import('../models/Lstm.js').Lstm} lstm
 * @param {string} text
 * @param {any} values
 * @returns {CharModel}
 */
function createModel(lstm, text, values) {
  const { cell: kind, layers, hidden: hiddenSize, options, unknown, seed } = values;
  const given = { kind, layers, hiddenSize, unknown, seed, seconds: secondsOf(values) };
  return lstm.createCharModel({ ...options, ...definedOf(given), text });
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
  const { batch, window, accumulate, lr, optimizer, schedule, dropout, precision, seconds, epochs, steps } = values;
  const { val, valText, validate, patience, recoveries, threads } = values;
  const isNew = !values.resume;
  const validation = valText === undefined ? val ?? (isNew ? defaultValidation : undefined) : { text: valText };
  const isLast = values['keep-last'] || validation === 0;
  const given = {
    ...optimizer, batchSize: batch, window, accumulate, learningRate: lr, schedule, dropout, precision, epochs, steps, validation,
    patience, recoveries, threads,
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
 * @param {{ log: TrainingLog, interruption: Interruption, files: RunFiles, team: ReturnType<typeof teamOf> }} tools
 */
async function runModel(model, text, values, { log, interruption, files, team }) {
  const { json, report } = values;
  const progress = new ProgressLine(process.stderr);
  // Two lines that both stand on one terminal, or in one file, would be written into each other.
  const showProgress = !json || !(process.stdout.isTTY || files.isStdout);
  let saved = performance.now();
  try {
    const pieces = model.trainInPieces(text, trainOptions(values), team.crew);
    for await (const point of /** @type {AsyncGenerator<any>} */ (reportsInTurns(pieces))) {
      log.add(point);
      if (point.resumed ?? point.grown) {
        const { step, resumed, grown } = point;
        // On its own text it just goes on.
        if (json && (grown || resumed?.at !== 'same place')) printJson({ event: 'begun', step, ...resumed, grown });
        tell(beginningOf(point));
      }
      if (point.event === 'recovered') {
        progress.end();
        if (json) printJson({ event: point.event, reason: point.reason, ...log.line() });
        tell(`${point.reason}: back to step ${point.step}, on with learning rate ${point.learningRate}`);
      } else if (!point.done && (point.step % report === 0 || point.valLoss !== undefined)) {
        const line = log.line();
        if (json) printJson(line);
      }
      if (showProgress) progress.update(() => log.text());
      if (files.hasCheckpoint && performance.now() - saved >= 1000 * values.save) {
        const about = await files.saveCheckpoint(model);
        if (json) printJson({ event: about.reason === undefined ? 'saved' : 'unsaved', step: point.step, ...about });
        saved = performance.now();
      }
      await interruption.turn();
      if (interruption.reason) break;
    }
  } catch (error) {
    if (error instanceof LstmError && error.cause === RUN_IS_OVER) return;
    // The model is as it was at the last good step.
    if (error instanceof LstmError && !log.isEmpty && model.steps > 0) await files.saveCheckpoint(model);
    throw error;
  } finally {
    progress.end();
  }
}

/**
 * What it went on from.
 * @param {import('../models/characters/char-task.js').TrainReport} report the first
 */
function beginningOf({ step, resumed, grown }) {
  const place = { 'same place': 'where it was in the text', 'start of the same text': 'from the start of the text' };
  const said = resumed && [
    `goes on at step ${step}, ${place[/** @type {'same place'} */ (resumed.at)] ?? 'from the start of another text'}`,
    resumed.moments ? "with the optimizer's moments" : 'with another optimizer',
  ];
  const added = grown && `${grown.length} new characters in the alphabet: ${quote(grown.join(''))}`;
  return [...(said ?? []), ...(added ? [added] : [])].join(', ');
}

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
