// lstm-wasm predict MODEL TEXT

import { quote } from '../core/quote.js';
import { load } from '../index.js';
import { alphabetOption, variantOption } from './arguments.js';
import { openModel } from './files.js';
import { print, printJson } from './stdout.js';
import { anyText, inputPath, wholeNumber } from './values.js';

/** @type {import('./arguments.js').Command} */
export const predict = {
  name: 'predict',
  summary: 'tell which characters are likely to follow a text',
  operands: [
    { name: 'MODEL', about: 'a model file written by train; - for stdin', value: inputPath },
    { name: 'TEXT', about: 'the text itself, after -- if it begins with a dash', value: anyText },
  ],
  options: {
    top: {
      brief: 'how many characters (default: 10)', placeholder: 'K', value: wholeNumber(1), preset: 10,
      about: 'how many characters, the likeliest first',
    },
    ...alphabetOption,
    ...variantOption,
    json: { brief: true, about: 'print one JSON object a line: char, probability' },
  },
  notes: ['Prints a line for each character: its probability, and the character in quotes with escapes as in JSON.'],
  examples: ['lstm-wasm predict book.safetensors "Call me Ish" --top 5'],
  async run({ model: file, text, top, alphabet, variant, json }) {
    const model = await openModel(await load({ variant }), file, 'MODEL', alphabet);
    for (const { char, probability } of model.predict(text, { top: Math.min(top, model.alphabet.length) })) {
      if (json) printJson({ char, probability });
      else print(`${probability.toFixed(6)}  ${quote(char)}`);
    }
  },
};
