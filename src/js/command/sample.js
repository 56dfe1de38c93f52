// lstm-wasm sample MODEL

import { load } from '../index.js';
import { variantOption } from './arguments.js';
import { openModel } from './files.js';
import { print } from './stdout.js';
import { anyText, numberFromZero, path, seed, wholeNumber } from './values.js';

/** @type {import('./arguments.js').Command} */
export const sample = {
  name: 'sample',
  summary: 'write text as a model has learnt it',
  operands: [{ name: 'MODEL', about: 'a model file written by train', value: path }],
  options: {
    prime: { placeholder: 'P', value: anyText, about: 'text to continue; it is printed first', presetAbout: 'none' },
    length: { placeholder: 'N', value: wholeNumber(1), preset: 200, about: 'characters to draw after the prime' },
    temperature: {
      placeholder: 'T', value: numberFromZero, preset: 1,
      about: 'below 1: likelier characters, more repetition; above 1: more surprise; 0: always the likeliest',
    },
    seed: { placeholder: 'S', value: seed, preset: 0, about: 'the same seed draws the same text' },
    ...variantOption,
  },
  notes: ['Prints the prime, the characters drawn, and a line end.'],
  examples: ['lstm-wasm sample book.safetensors --prime "Call me" --length 500 --temperature 0.7 --seed 1'],
  async run({ model: file, prime, length, temperature, seed, variant }) {
    const model = openModel(await load({ variant }), file);
    print((prime ?? '') + model.generate({ ...(prime && { prime }), length, temperature, seed }));
  },
};
