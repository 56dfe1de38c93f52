// lstm-wasm train TEXT -o MODEL

import { realpathSync, statSync } from 'node:fs';
import { kindNames } from '../cell-options.js';
import { load } from '../index.js';
import { variantOption } from './arguments.js';
import { cellNotes, cellOptions, checkOptions } from './cells.js';
import { UsageError } from './errors.js';
import { readText } from './files.js';
import { Interruption } from './Interruption.js';
import { OutputFile } from './OutputFile.js';
import { ProgressLine } from './ProgressLine.js';
import { print, printJson, whenPipeBreaks } from './stdout.js';
import { TrainingLog } from './TrainingLog.js';
import { fraction, oneOf, path, positiveNumber, seed, wholeNumber } from './values.js';

const defaultSeconds = 60;

// Tiny Shakespeare, 1x128, 1800 steps: validation loss 1.98 nats with 0.002, 1.77 with 0.005, 1.69 with 0.008; the
// middle one leaves larger networks room.
const defaultRate = 0.005;

/** @type {import('./arguments.js').Command} */
export const train = {
  name: 'train',
  summary: 'learn the characters of a text and write a model',
  operands: [{ name: 'TEXT', about: 'a text file in UTF-8; byte order mark and CRLF are learnt too', value: path }],
  options: {
    output: {
      short: 'o', placeholder: 'MODEL', value: path, required: true,
      about: 'the model file to write (safetensors); an existing one is replaced when the new one is whole',
    },
    cell: {
      placeholder: 'KIND', value: oneOf(kindNames), preset: 'lstm', about: `kind of cell: ${kindNames.join(', ')}`,
    },
    options: {
      placeholder: 'LIST', value: cellOptions, presetAbout: 'none',
      about: 'options of the cell, as peephole=diagonal,layerNorm; see below',
    },
    layers: { placeholder: 'N', value: wholeNumber(1), preset: 1, about: 'layers of cells' },
    hidden: { placeholder: 'N', value: wholeNumber(1), preset: 128, about: 'hidden size of each layer' },
    batch: { placeholder: 'N', value: wholeNumber(1), preset: 32, about: 'sequences trained side by side' },
    window: {
      placeholder: 'N', value: wholeNumber(1), preset: 64, about: 'characters that gradients flow back through',
    },
    lr: { placeholder: 'R', value: positiveNumber, preset: defaultRate, about: 'learning rate of Adam' },
    seconds: {
      placeholder: 'N', value: positiveNumber, about: 'train for so long, by the clock',
      presetAbout: `${defaultSeconds}, when neither --epochs nor --steps is given`,
    },
    epochs: { placeholder: 'N', value: positiveNumber, about: 'train so many times through the text' },
    steps: { placeholder: 'N', value: wholeNumber(1), about: 'train so many steps of batch x window characters' },
    seed: { placeholder: 'S', value: seed, preset: 0, about: 'what the first weights are drawn from' },
    val: {
      placeholder: 'F', value: fraction, preset: 0.1,
      about: 'the last part of the text to validate with instead of learning it; 0 for none',
    },
    ...variantOption,
    report: { placeholder: 'N', value: wholeNumber(1), preset: 10, about: 'steps between two lines of --json' },
    json: { about: 'print one JSON object a line' },
  },
  exclusive: [['seconds', 'epochs', 'steps']],
  notes: [
    ...cellNotes,
    'Prints, when done, the steps and the losses. The same text, options and seed with --steps give the same file, '
      + 'byte for byte, on the same variant (relaxed: on the same kind of machine); a run stopped by the clock says '
      + 'how many steps it did.',
    'Ctrl-C stops, saves the model as it is and exits with 130; a second Ctrl-C leaves at once, without saving.',
    '--json prints step, chars, seconds, epoch, loss (nats a character, mean since the line before), valLoss (null '
      + 'where it was not measured), gradientNorm, charsPerSecond (since the line before, validation not counted) and '
      + 'done. The last line has done: true, charsPerSecond of the whole run, and output, variant, seed and '
      + 'interrupted; it is printed when the model is saved.',
  ],
  examples: [
    'lstm-wasm train book.txt -o book.safetensors',
    'lstm-wasm train book.txt -o book.safetensors --layers 2 --hidden 256 --epochs 5 --seed 1',
    'lstm-wasm train book.txt -o book.safetensors --cell gru --options resetAfter',
  ],
  run: runTrain,
};

/** @param {any} values of the table above */
async function runTrain(values) {
  const { cell: kind, layers, hidden: hiddenSize, options = {}, seed, json } = values;
  checkOptions(kind, options);
  const text = readText(values.text, 'TEXT');
  if (sameFile(values.text, values.output)) {
    throw new UsageError(`-o, --output: expected another file than TEXT, got '${values.output}'`);
  }
  const output = new OutputFile(values.output);
  const lstm = await load({ variant: values.variant });
  const model = lstm.createCharModel({ ...options, text, kind, layers, hiddenSize, seed });
  const interruption = new Interruption(() => output.abandon());
  whenPipeBreaks(() => (interruption.reason ??= 'broken pipe'));
  const log = new TrainingLog(limitOf(values));
  await runModel(model, text, values, log, interruption);
  await output.write(model.save());
  interruption.end();

  const result = { ...log.total(), output: values.output, variant: lstm.variant, seed };
  if (json) printJson({ ...result, interrupted: interruption.exitCode !== 0 });
  else print(summaryOf(result));
  if (interruption.exitCode) {
    process.stderr.write(`lstm-wasm: ${interruption.reason}: stopped after ${result.step} steps, the model is saved\n`);
  }
  return interruption.exitCode;
}

/**
 * Trains until the budget is used up or something interrupts.
 * @param {import('../CharModel.js').CharModel} model
 * @param {string} text
 * @param {any} values
 * @param {TrainingLog} log
 * @param {Interruption} interruption
 */
async function runModel(model, text, values, log, interruption) {
  const { json, report } = values;
  const progress = new ProgressLine(process.stderr);
  // Two lines that both stand on one terminal would be written into each other.
  const showProgress = !(json && process.stdout.isTTY);
  try {
    for (const point of model.train(text, {
      batchSize: values.batch,
      window: values.window,
      learningRate: values.lr,
      ...limitOf(values),
      validation: values.val,
      reportEvery: 1,
    })) {
      log.add(point);
      if (!point.done && (point.step % report === 0 || point.valLoss !== undefined)) {
        const line = log.line();
        if (json) printJson(line);
      }
      if (showProgress) progress.update(() => log.text());
      await interruption.turn();
      if (interruption.reason) break;
    }
  } finally {
    progress.end();
  }
}

/** What ends the training. @param {any} values */
function limitOf({ seconds, epochs, steps }) {
  if (steps !== undefined) return { steps };
  if (epochs !== undefined) return { epochs };
  return { seconds: seconds ?? defaultSeconds };
}

/** @param {any} result */
function summaryOf({ step, chars, seconds, loss, valLoss, charsPerSecond, output, variant, seed }) {
  const bits = (valLoss ?? loss) / Math.LN2;
  const losses = valLoss === null
    ? `loss ${loss.toFixed(4)} nats a character`
    : `loss ${loss.toFixed(4)}, validation loss ${valLoss.toFixed(4)} nats a character`;
  return [
    `${step} steps, ${chars} characters in ${seconds.toFixed(1)} s: ${Math.round(charsPerSecond)} characters/s`,
    `${losses} (${bits.toFixed(3)} bits)`,
    `saved ${output}; --steps ${step} --seed ${seed} --variant ${variant} repeats this run`,
  ].join('\n');
}

/**
 * @param {string} a that exists
 * @param {string} b that may not
 */
function sameFile(a, b) {
  return statSync(b, { throwIfNoEntry: false })?.isFile() && realpathSync(a) === realpathSync(b);
}
