// lstm-wasm sample MODEL

import { load } from '../index.js';
import { alphabetOption, variantOption } from './arguments.js';
import { openModel } from './files.js';
import { print, printJson, write } from './stdout.js';
import { anyText, inputPath, numberFromZero, numberOf, seed, wholeNumber } from './values.js';

/** What was drawn is written so often. */
const writeMilliseconds = 30;

/** @type {import('./values.js').Value<number>} */
const share = {
  expected: 'a number above 0, at most 1',
  parse(word) {
    const value = numberOf(word);
    return value > 0 && value <= 1 ? value : undefined;
  },
};

/** @type {import('./values.js').Value<string>} */
const someText = { expected: 'text that is not empty', parse: (word) => word || undefined };

/** @type {import('./arguments.js').Command} */
export const sample = {
  name: 'sample',
  summary: 'write text as a model has learnt it',
  operands: [{ name: 'MODEL', about: 'a model file written by train; - for stdin', value: inputPath }],
  options: {
    prime: {
      brief: true, placeholder: 'P', value: anyText, presetAbout: 'none',
      about: 'text to continue; it is printed first',
    },
    length: {
      brief: 'characters to draw, at most (default: 200)',
      placeholder: 'N', value: wholeNumber(1), preset: 200, about: 'characters to draw after the prime, at most',
    },
    temperature: {
      brief: '0: always the likeliest; 2: wild (default: 1)',
      placeholder: 'T', value: numberFromZero, preset: 1,
      about: 'below 1: likelier characters, more repetition; above 1: more surprise; 0: always the likeliest',
    },
    'top-k': {
      brief: true,
      placeholder: 'K', value: wholeNumber(1), presetAbout: 'all', about: 'draw only from the K likeliest characters',
    },
    'top-p': {
      brief: 'draw only from the likeliest that sum to P (default: 1)',
      placeholder: 'P', value: share, preset: 1,
      about: 'draw only from the fewest, likeliest characters whose probabilities sum to P',
    },
    stop: { brief: true, placeholder: 'S', value: someText, presetAbout: 'none', about: 'end before this text' },
    allowed: {
      brief: true, placeholder: 'C', value: someText, presetAbout: 'all',
      about: 'draw only from these characters',
    },
    pattern: {
      brief: 'a regular expression that the text drawn matches',
      placeholder: 'R', value: anyText, presetAbout: 'none',
      about: 'a regular expression that the whole text drawn matches; see below',
    },
    count: {
      brief: 'write so many texts (default: 1)',
      placeholder: 'N', value: wholeNumber(1), preset: 1, about: 'write so many texts, with seeds S, S + 1, ...',
    },
    seed: { brief: true, placeholder: 'S', value: seed, preset: 0, about: 'the same seed draws the same text' },
    ...alphabetOption,
    ...variantOption,
    json: {
      brief: 'print one JSON object a line',
      about: 'print one JSON object a line for each text: seed, prime, text',
    },
  },
  notes: [
    'Prints the prime, the characters as they are drawn, and a line end; between two texts a line with ---.',
    '--pattern takes characters, classes as [a-z] or \\d, groups, | and the quantifiers ? * + {m,n}, as JavaScript '
      + 'reads them with flag u. A character with which no match can be reached within --length is not drawn. The text '
      + 'ends where it matches and the model goes on with something else.',
    '--stop with a line end is, in most shells, --stop $\'\\n\'.',
  ],
  examples: [
    'lstm-wasm sample book.safetensors --prime "Call me" --temperature 0.7',
    'lstm-wasm sample book.safetensors --prime "Call me " --pattern "[A-Z][a-z]+" --count 5',
  ],
  async run({ model: file, prime, count, seed, alphabet, variant, json, 'top-k': topK, 'top-p': topP, ...others }) {
    const model = await openModel(await load({ variant }), file, 'MODEL', alphabet);
    const { length, temperature, stop, allowed, pattern } = others;
    const options = { ...(prime && { prime }), length, temperature, topK, topP, stop, allowed, pattern };
    for (let i = 0; i < count; i++) {
      const own = (seed + i) % 2 ** 32;
      const characters = model.stream({ ...options, seed: own });
      if (json) {
        printJson({ seed: own, prime: prime ?? '', text: [...characters].join('') });
      } else {
        await write(`${i > 0 ? '---\n' : ''}${prime ?? ''}`);
        await writeAll(characters);
        print('');
      }
    }
  },
};

/** @param {Iterable<string>} characters */
async function writeAll(characters) {
  let text = '';
  let last = -Infinity;
  for (const character of characters) {
    text += character;
    if (performance.now() - last < writeMilliseconds) continue;
    await write(text);
    text = '';
    last = performance.now();
  }
  await write(text);
}
