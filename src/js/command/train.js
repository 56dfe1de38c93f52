// lstm-wasm train TEXT -o MODEL

import { kindNames } from '../network/cell-options.js';
import { variantOption } from './arguments.js';
import { cellNotes, cellOptions } from './cells.js';
import { optimizerValue, scheduleValue } from './named-values.js';
import { defaultSeconds, defaultValidation, runTrain } from './training.js';
import { PRECISIONS } from '../network/precision.js';
import { fraction, inputPath, oneOf, path, positiveNumber, seed, unknownRule, wholeNumber } from './values.js';

/** @type {import('./arguments.js').Command} */
export const train = {
  name: 'train',
  summary: 'learn the characters of a text and write a model',
  operands: [{
    name: 'TEXT', value: inputPath, brief: 'a text file in UTF-8, - for stdin',
    about: 'a text file in UTF-8, - for stdin; byte order mark and CRLF are learnt too',
  }],
  options: {
    output: {
      brief: 'the model file to write; - for stdout',
      short: 'o', placeholder: 'MODEL', value: path, required: true,
      about: 'the model file to write (safetensors); an existing one is replaced when the new one is '
        + 'whole; - for stdout',
    },
    resume: { brief: true, about: 'go on with the run in MODEL.checkpoint' },
    from: {
      placeholder: 'FILE', value: inputPath,
      about: 'a model to start from: one of train or export, or of another framework; - for stdin',
    },
    cell: {
      brief: 'rnn, lstm (default), gru, four-gate, feedforward or tdnn',
      placeholder: 'KIND', value: oneOf(kindNames), presetAbout: 'lstm', about: `kind of cell: ${kindNames.join(', ')}`,
    },
    options: {
      placeholder: 'LIST', value: cellOptions, presetAbout: 'none',
      about: 'options of the cell, as peephole=diagonal,layerNorm; see below',
    },
    layers: { brief: true, placeholder: 'N', value: wholeNumber(1), presetAbout: '1', about: 'layers of cells' },
    hidden: {
      brief: 'units of each layer (default: 64 to 384, by the time)',
      placeholder: 'N', value: wholeNumber(1), about: 'hidden size of each layer',
      presetAbout: '64 to 384, by the seconds; see below',
    },
    batch: {
      brief: 'texts read side by side (default: 16)', placeholder: 'N', value: wholeNumber(1), presetAbout: '16',
      about: 'sequences trained side by side',
    },
    window: {
      brief: 'characters that gradients flow back (default: 32)',
      placeholder: 'N', value: wholeNumber(1), presetAbout: '32', about: 'characters that gradients flow back through',
    },
    accumulate: {
      placeholder: 'N', value: wholeNumber(1, 65536), presetAbout: '1',
      about: 'windows of each step, as if N x --batch sequences were trained side by side, in the memory of --batch',
    },
    optimizer: {
      placeholder: 'LIST', value: optimizerValue, presetAbout: 'adam',
      about: 'adam, adamw, sgd, adagrad or rmsprop, with its options; see below',
    },
    lr: {
      placeholder: 'R', value: positiveNumber, about: 'learning rate',
      presetAbout: 'with adam and adamw 2 / hidden size, at most 0.03',
    },
    schedule: {
      placeholder: 'LIST', value: scheduleValue, presetAbout: 'cosine,warmup=100,to=0.05',
      about: 'how the learning rate goes on: constant, step, exponential or cosine, with its options; see below',
    },
    dropout: {
      placeholder: 'P', value: fraction, presetAbout: 'by how often the text is going to be read; see below',
      about: 'what is left out at random of what each layer gives on',
    },
    precision: {
      placeholder: 'P', value: oneOf([...PRECISIONS]), presetAbout: 'int8 with layers of kind lstm of 128 units and more, else float32',
      about: 'of what numbers the products are while training: float32, int16 or int8, which take less time',
    },
    seconds: {
      brief: 'train for so long (default: 60)',
      placeholder: 'N', value: positiveNumber, about: 'train for so long, by the clock',
      presetAbout: `${defaultSeconds}, when neither --epochs nor --steps is given`,
    },
    epochs: {
      brief: 'or so many times through the text', placeholder: 'N', value: positiveNumber,
      about: 'train so many times through the text',
    },
    steps: {
      brief: 'or so many steps', placeholder: 'N', value: wholeNumber(1),
      about: 'train so many steps, updates of batch x window x accumulate characters',
    },
    seed: {
      brief: true, placeholder: 'S', value: seed, presetAbout: '0',
      about: 'what the first weights are drawn from',
    },
    unknown: {
      placeholder: 'RULE', value: unknownRule, presetAbout: 'error',
      about: 'what the model does with characters that it does not know: error, skip, or a character of TEXT for them',
    },
    val: {
      brief: 'part of the text to validate with (default: 0.1)',
      placeholder: 'F', value: fraction, presetAbout: String(defaultValidation),
      about: 'the last part of the text to validate with instead of learning it; 0 for none',
    },
    'val-text': {
      placeholder: 'FILE', value: inputPath, about: 'a text of its own to validate with; - for stdin',
    },
    validate: {
      placeholder: 'N', value: wholeNumber(1), about: 'steps between validations',
      presetAbout: 'once through the text, at most 1000',
    },
    'keep-last': { about: 'write the last model, not that of the best validation' },
    patience: { placeholder: 'N', value: wholeNumber(1), about: 'stop after so many validations without a better one' },
    recoveries: {
      placeholder: 'N', value: wholeNumber(0), presetAbout: '10',
      about: 'how often a run that diverges goes back and on with half the rate, before it gives up',
    },
    threads: {
      placeholder: 'N', value: wholeNumber(1, 64), presetAbout: 'all cores, where a step is long enough to be divided',
      about: 'threads that train as one, at most one for each of --batch, and 8; how many changes no bit of the model',
    },
    save: {
      placeholder: 'N', value: positiveNumber, preset: 60,
      about: 'seconds between two checkpoints; one is written at the end anyway',
    },
    ...variantOption,
    report: { placeholder: 'N', value: wholeNumber(1), preset: 10, about: 'steps between two lines of --json' },
    json: { brief: true, about: 'print one JSON object a line' },
  },
  exclusive: [['seconds', 'epochs', 'steps'], ['val', 'val-text'], ['resume', 'from']],
  notes: [
    ...cellNotes,
    '--optimizer takes options with the names of the JavaScript API: for adam and adamw beta1, beta2, '
      + 'epsilon, weightDecay; for sgd momentum, dampening, nesterov, weightDecay; for adagrad learningRateDecay, '
      + 'initialAccumulator, epsilon, weightDecay; for rmsprop alpha, momentum, epsilon, weightDecay; as '
      + 'sgd,momentum=0.9,nesterov.',
    '--schedule takes warmup=STEPS for all; for step every=N,factor=F; for exponential factor=F,after=N; both '
      + 'count epochs, or steps with unit=steps; for cosine to=F, the part of the rate that is left at the end; '
      + 'as exponential,factor=0.97,after=10.',
    'What is not given is what learnt most from a text in the time: 64 units up to 8 s, 128 up to 30 s, 192 up to '
      + '100 s and with --steps and --epochs, 256 up to 10 minutes, else 384, where each layer above the first counts '
      + 'as two; of a text of up to 10 000 characters at most 64 units, of up to 100 000 at most 128. The dropout is '
      + '0.02 for each time that the text is going to be read, at most 0.4, and none below 2 times. With another '
      + 'schedule than cosine the learning rate is half of that.',
    'Prints, when done, the steps and the losses. The same text, options and seed with --steps or --epochs give the '
      + 'same file, byte for byte, on the same variant (relaxed: on the same kind of machine). A run stopped by the '
      + 'clock says how many steps it did.',
    'MODEL.checkpoint holds all that the run needs to go on as if it had never stopped, in three to four '
      + 'times the size of the model. It is written every --save seconds and at the end, and only ever replaced '
      + 'by a whole one, also when the process is killed or the power fails. Where MODEL is a device or a pipe there '
      + 'is no checkpoint. One that cannot be written is told on stderr, and the run goes on.',
    '--resume goes on with the same TEXT where it was, with another from its start, and in any case with the optimizer\'s '
      + 'moments; characters that the model does not know are added to its alphabet, unless it has a rule for such '
      + '(--unknown). What went on is told on stderr. Options that are not given are the run\'s own, those of the cells, '
      + '--unknown and --seed cannot be given; --seconds, --epochs or --steps say how much more there is to train, without '
      + 'them it is what was left.',
    '--from begins a new run with the cells, the weights, the alphabet and the rule for unknown characters of FILE; characters that it does '
      + 'not know are added to its alphabet, unless it has such a rule. Of a checkpoint it takes the model alone.',
    'With -o - the bytes of the model go to stdout, and what else is printed there to stderr.',
    'Ctrl-C stops, saves model and checkpoint as they are and exits with 130; a second Ctrl-C leaves at once. So do '
      + 'SIGTERM (143), Ctrl-Break on Windows, and a terminal that closes (SIGHUP, 129).',
    'The model is written before its checkpoint. Where it cannot be written, the exit code is 1 and the message says '
      + 'where the run is saved instead: in the checkpoint, with which --resume writes the model, or in a temporary '
      + 'folder.',
    'A run whose loss is no longer a number, or jumps by more than the logarithm of the number of characters '
      + 'in the alphabet, goes back 100 to 200 steps and on with half the rate. When it gives up, MODEL is left '
      + 'as it was, and the checkpoint is of the last good step.',
    '--json prints step, chars, seconds, secondsLeft, epoch, loss (nats a character, mean since the line '
      + 'before), smoothedLoss, valLoss and best (null where not measured), gradientNorm, learningRate, '
      + 'charsPerSecond (since the line before, validation not counted) and done. A line with event: recovered '
      + 'says that the run went back, to step, and the reason; one with event: begun that it goes on with another text '
      + 'or with new characters: at, moments (are they kept?), grown; one with event: saved that the checkpoint of step '
      + 'is on the disk, with event: unsaved that it could not be written, and the reason. The last line has done: true, '
      + 'charsPerSecond of the whole run, and output, checkpoint (null where it is not saved), variant, seed and '
      + 'interrupted; it is printed when the model is saved.',
  ],
  examples: [
    'lstm-wasm train book.txt -o book.safetensors',
    'lstm-wasm train book.txt -o book.safetensors --layers 2 --hidden 256 --epochs 5',
    'lstm-wasm train book.txt -o book.safetensors --resume --seconds 600',
    'lstm-wasm train letters.txt -o letters.safetensors --from book.safetensors --lr 0.001',
    'lstm-wasm train book.txt -o book.safetensors --schedule cosine,warmup=100',
    'lstm-wasm train book.txt -o book.safetensors --cell gru --options resetAfter',
  ],
  run: runTrain,
};
