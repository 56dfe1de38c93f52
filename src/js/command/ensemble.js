// lstm-wasm ensemble MODEL... -o FILE

import { LstmError, load } from '../index.js';
import { variantOption } from './arguments.js';
import { CommandError } from './errors.js';
import { STANDARD, isSameFile, openModel } from './files.js';
import { OutputFile } from './OutputFile.js';
import { StandardOutput } from './StandardOutput.js';
import { leaveStdout, print, printJson } from './stdout.js';
import { inputPath, path } from './values.js';

/** @type {import('./arguments.js').Command} */
export const ensemble = {
  name: 'ensemble',
  summary: 'make one model of several, whose probabilities are the mean of theirs',
  operands: [{
    name: 'MODEL', value: inputPath, many: true, brief: 'model files written by train or ensemble; - for stdin',
    about: 'model files written by train or ensemble, which know the same characters; - for stdin',
  }],
  options: {
    output: {
      brief: 'the file to write; - for stdout', short: 'o', placeholder: 'FILE', value: path, required: true,
      about: 'the file to write (safetensors); an existing one is replaced when the new one is whole; - for stdout',
    },
    ...variantOption,
    json: { brief: 'print one JSON object', about: 'print one JSON object: members, parameterCount, bytes' },
  },
  notes: [
    'The models may have been trained on several machines, from other seeds, with other cells and sizes, and may have 8 bits a weight. They '
      + 'know the same characters, in any order: give each machine the same whole TEXT, or the same alphabet. Two that were trained alike '
      + 'from two seeds predict better than either. All commands that take a MODEL take what is written, but for train and export.',
    'The models of a file that is an ensemble itself join one by one. There can be 2 to 64 in all.',
  ],
  examples: ['lstm-wasm ensemble monday.safetensors tuesday.safetensors -o both.safetensors'],
  async run({ model: files, output, variant, json }) {
    const same = files.find((/** @type {string} */ file) => isSameFile(file, output));
    if (output !== STANDARD && same !== undefined) throw new CommandError(`--output: expected another name, '${output}' is a MODEL itself`);
    const out = output === STANDARD ? new StandardOutput() : new OutputFile(output);
    if (output === STANDARD) leaveStdout();
    const lstm = await load({ variant });
    const models = [];
    for (const file of files) models.push(await openModel(lstm, file));
    const made = await madeOf(lstm, models, files);
    const bytes = made.save();
    await out.write(bytes);
    const { parameterCount, config: { members: { length: members } } } = made;
    if (json) printJson({ members, parameterCount, bytes: bytes.length });
    else print(`${members} models, ${parameterCount} parameters, ${bytes.length} bytes`);
  },
};

/**
 * @param {import('../models/Lstm.js').Lstm} lstm
 * @param {any[]} models
 * @param {string[]} files where they come from
 */
async function madeOf(lstm, models, files) {
  try {
    return await lstm.createEnsemble(models);
  } catch (error) {
    if (!(error instanceof LstmError)) throw error;
    const reason = error.message.replace(/^createEnsemble: /, '').replace(/\bmodels\[(\d+)\]/g, (_, i) => `'${files[i]}'`);
    throw new CommandError(`MODEL: ${reason}`);
  }
}
