// lstm-wasm score MODEL TEXT

import { load } from '../index.js';
import { alphabetOption, variantOption } from './arguments.js';
import { CommandError } from './errors.js';
import { openModel, readText } from './files.js';
import { quote } from '../core/quote.js';
import { print, write } from './stdout.js';
import { legend, paint, takesColor } from './surprise.js';
import { anyText, inputPath, oneOf, unknownRule } from './values.js';

/** So many characters are written at a time. */
const pieceLength = 4096;

/** A text may have more characters than an array. @param {string} text */
function* piecesOf(text) {
  /** @type {string[]} */
  let piece = [];
  for (const character of text) {
    piece.push(character);
    if (piece.length < pieceLength) continue;
    yield piece;
    piece = [];
  }
  if (piece.length > 0) yield piece;
}

/** @param {number} score */
const isKnown = (score) => !Number.isNaN(score);

/** @type {import('./arguments.js').Command} */
export const score = {
  name: 'score',
  summary: 'show how much each character of a text surprises a model',
  operands: [
    { name: 'MODEL', about: 'a model file written by train; - for stdin', value: inputPath },
    { name: 'TEXT', about: 'a text file in UTF-8; - for stdin', value: inputPath },
  ],
  options: {
    prime: {
      brief: true,
      placeholder: 'P', value: anyText, presetAbout: 'none', about: 'text that comes before TEXT and is not shown',
    },
    unknown: {
      brief: 'what of unknown characters: error, skip or another for them',
      placeholder: 'RULE', value: unknownRule, presetAbout: "the model's own",
      about: 'what becomes of characters that the model does not know: error, skip, or a character of its alphabet for them',
    },
    color: {
      brief: 'auto (default), always or never',
      placeholder: 'WHEN', value: oneOf(['auto', 'always', 'never']), preset: 'auto',
      about: 'auto: where stdout is a terminal and NO_COLOR is not set',
    },
    ...alphabetOption,
    ...variantOption,
    json: {
      brief: 'print one JSON object a line for each character',
      about: 'print one JSON object a line for each character: char, logProbability (nats), bits',
    },
  },
  notes: [
    'With colours, prints the text, each character on a background by its surprise, which is -log2 of the probability '
      + 'that the model gave it after all before it; then what the colours say, and the mean. Without colours, prints '
      + 'a line for each character: its surprise in bits, and the character in quotes with escapes as in JSON.',
    'A character that the model leaves out has no score: - without colours, null in JSON, and no part in the mean.',
    'The first character is scored as sample would draw it after the prime; without one, as after a line end.',
  ],
  examples: ['lstm-wasm score book.safetensors letter.txt', 'lstm-wasm score book.safetensors letter.txt --json'],
  async run({ model: file, text: textFile, prime, unknown, color, alphabet, variant, json }) {
    const text = await readText(textFile, 'TEXT');
    const model = await openModel(await load({ variant }), file, 'MODEL', alphabet);
    if (unknown && !['error', 'skip', ...model.alphabet].includes(unknown)) {
      throw new CommandError(`--unknown: expected error, skip or a character of the model's alphabet, got ${quote(unknown)}`);
    }
    if (unknown) model.unknown = unknown;
    const scores = model.score(text, prime ? { prime } : {});
    const isColored = !json && (color === 'auto' ? takesColor(process.stdout, process.env) : color === 'always');
    let at = 0;
    for (const piece of piecesOf(text)) {
      const bits = Array.from(piece, (_, i) => -scores[at + i] / Math.LN2);
      await write(isColored ? paint(piece, bits) : piece.map((char, i) => (json
        ? `${JSON.stringify({ char, logProbability: scores[at + i], bits: bits[i] })}\n`
        : `${(isKnown(bits[i]) ? bits[i].toFixed(3) : '-').padStart(7)}  ${quote(char)}\n`)).join(''));
      at += piece.length;
    }
    if (!isColored) return;
    const known = scores.filter(isKnown);
    const sum = known.reduce((/** @type {number} */ before, /** @type {number} */ each) => before + each, 0);
    const mean = known.length > 0 ? (-sum / Math.LN2 / known.length).toFixed(4) : '-';
    print(`${text.endsWith('\n') ? '' : '\n'}\n${legend()}`);
    print(`mean ${mean} bits a character, ${known.length} characters`);
  },
};
