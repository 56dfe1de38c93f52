// lstm-wasm eval MODEL TEXT

import { load } from '../index.js';
import { alphabetOption, variantOption } from './arguments.js';
import { openModel, readText } from './files.js';
import { print, printJson } from './stdout.js';
import { inputPath, wholeNumber } from './values.js';

/** @type {import('./arguments.js').Command} */
export const evaluate = {
  name: 'eval',
  summary: 'tell how well a model predicts a text',
  operands: [
    { name: 'MODEL', about: 'a model file written by train; - for stdin', value: inputPath },
    { name: 'TEXT', about: 'a text file in UTF-8; - for stdin', value: inputPath },
  ],
  options: {
    dynamic: {
      brief: 'learn what was predicted, while the text is read',
      about: 'learn what was predicted, while the text is read (dynamic evaluation): a copy learns, MODEL stays as it is',
    },
    windows: {
      brief: 'windows of N at random places instead',
      placeholder: 'N', value: wholeNumber(1),
      about: 'predict 1024 windows of N characters at random places instead, each from the initial state, as models that carry none are measured',
    },
    ...alphabetOption,
    ...variantOption,
    json: {
      brief: 'print one JSON object',
      about: 'print one JSON object: loss, bitsPerCharacter, perplexity, characters',
    },
  },
  exclusive: [['dynamic', 'windows']],
  notes: [
    'Prints the mean loss in nats and in bits a character, the perplexity exp(loss), and how many characters were '
      + 'predicted: all but the first.',
  ],
  examples: ['lstm-wasm eval book.safetensors other.txt --json'],
  async run({ model: file, text: textFile, dynamic, windows, alphabet, variant, json }) {
    const text = await readText(textFile, 'TEXT');
    const model = await openModel(await load({ variant }), file, 'MODEL', alphabet);
    const { loss, bitsPerCharacter, perplexity, characters } = model.evaluate(text, { ...(dynamic && { dynamic }), windows });
    if (json) return printJson({ loss, bitsPerCharacter, perplexity, characters, ...(dynamic && { dynamic }), ...(windows && { windows }) });
    print([
      `loss        ${loss.toFixed(4)} nats a character`,
      `            ${bitsPerCharacter.toFixed(4)} bits a character`,
      `perplexity  ${perplexity.toFixed(4)}`,
      `characters  ${characters}${dynamic ? ', each learnt after it was predicted' : ''}${windows ? `, in windows of ${windows}` : ''}`,
    ].join('\n'));
  },
};
