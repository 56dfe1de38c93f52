// lstm-wasm export MODEL --to FORMAT -o FILE

import { basename, dirname, extname, join } from 'node:path';
import { LstmError, load } from '../index.js';
import { alphabetOption, variantOption } from './arguments.js';
import { CommandError, UsageError } from './errors.js';
import { STANDARD, isSameFile, openBytes, readBytes } from './files.js';
import { OutputFile } from './OutputFile.js';
import { print, printJson } from './stdout.js';
import { inputPath, oneOf, path } from './values.js';

/** What FILE ends with, the first of what is written. */
const ENDS = { onnx: '.onnx', torch: '.py', keras: '.py' };

/** @type {import('./arguments.js').Command} */
export const exportCommand = {
  name: 'export',
  summary: 'write a model as files of ONNX, PyTorch or Keras',
  operands: [{ name: 'MODEL', about: 'a model file written by train, or one of PyTorch, Keras, ONNX, TensorFlow.js; - for stdin', value: inputPath }],
  options: {
    to: {
      brief: true, placeholder: 'FORMAT', value: oneOf(Object.keys(ENDS)), required: true, about: 'onnx, torch or keras',
    },
    output: {
      brief: 'the file to write, .onnx or .py; the other gets its name',
      short: 'o', placeholder: 'FILE', value: path, required: true,
      about: 'the file to write, which ends with .onnx, or .py for torch and keras; the other one is written beside it, as FILE-step.onnx '
        + 'or FILE.safetensors. Existing ones are replaced',
    },
    ...alphabetOption,
    ...variantOption,
    json: { brief: 'print one JSON object', about: 'print one JSON object: format, and files with name and bytes of each' },
  },
  notes: [
    'onnx: two files for ONNX Runtime and its like, of whole sequences and of single steps, with float32 weights and the alphabet in their '
      + 'metadata. torch: a module of PyTorch\'s that is a program too, python FILE.py TEXT. keras: a program that builds the model in Keras 3 '
      + 'and writes FILE.keras. The programs read FILE.safetensors beside them.',
    'What the format does not have is refused by name.',
  ],
  examples: ['lstm-wasm export book.safetensors --to onnx -o book.onnx', 'lstm-wasm export book.safetensors --to torch -o book_torch.py'],
  async run({ model: file, to, output, alphabet, variant, json }) {
    const end = ENDS[/** @type {keyof typeof ENDS} */ (to)];
    if (output === STANDARD) throw new UsageError(`-o, --output: expected a path, since there are several files, got -`);
    if (extname(output) !== end) throw new UsageError(`-o, --output: expected a path that ends with ${end} for --to ${to}, got '${output}'`);
    const model = await openBytes(await load({ variant }), await readBytes(file, 'MODEL'), file, 'MODEL', alphabet, true);
    const { format, files } = await exported(model, to);
    // Beside it, under its name: 'model-step.onnx' becomes 'FILE-step.onnx'.
    const base = join(dirname(output), basename(output, end));
    // All can be written, before one is.
    const outputs = Object.entries(files).map(([name, bytes]) => {
      const place = base + name.replace(/^model/, '');
      if (isSameFile(file, place)) throw new CommandError(`--output: expected another name, '${place}' is the MODEL itself`);
      return { out: new OutputFile(place), bytes };
    });
    for (const { out, bytes } of outputs) await out.write(bytes);
    const written = outputs.map(({ out, bytes }) => ({ name: out.path, bytes: bytes.length }));
    if (json) return printJson({ format, files: written });
    for (const { name, bytes } of written) print(`${name}  ${bytes} bytes`);
  },
};

/**
 * @param {import('../index.js').CharModel} model
 * @param {string} to
 */
async function exported(model, to) {
  try {
    return await model.export(/** @type {'onnx'} */ (to));
  } catch (error) {
    if (error instanceof LstmError) throw new CommandError(`MODEL: ${error.message}`);
    throw error;
  }
}
