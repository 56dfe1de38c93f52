// The networks that match brackets do what the page says of them: those that were built.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { BRACKET_ALPHABET, BRACKET_NETWORKS, BRACKET_UNITS } from '../../web/model/cell/brackets.js';
import { BRACKETS } from '../../web/model/assets.js';
import { randomNumbers } from '../../web/model/why/tasks/remember.js';
import { run } from '../../web/worker/lab/run.js';
import { openFile } from './lab-setup.js';

/** @typedef {Partial<import('../../web/model/cell/types.js').Tampering>} Tampering */

const LETTERS = [...'abcdefghijklmnopqrstuvwxyz '];

for (const [kind, { layer, text, other, unit, forget }] of Object.entries(BRACKET_NETWORKS)) {
  describe(kind, async () => {
    const file = readFileSync(BRACKETS[/** @type {keyof typeof BRACKETS} */ (kind)]);
    const network = await openFile(file);

    /** P of the bracket that closes a text's first one. @param {string} read @param {Tampering} [tampering] */
    function closing(read, tampering) {
      const { untouched, tampered } = run(network, { text: read, tampering });
      const last = (tampered ?? untouched).probabilities.slice(-BRACKET_ALPHABET.length);
      return last[BRACKET_ALPHABET.indexOf(read.startsWith('(') ? ')' : ']')];
    }
    const mirrored = (/** @type {string} */ read) => (read.startsWith('(') ? '[' : '(') + read.slice(1);

    test('is what the table says, in a few kB', () => {
      assert.deepEqual(network.alphabet, [...BRACKET_ALPHABET]);
      assert.equal(network.layers.length, 1);
      assert.equal(network.layers[0].hiddenSize, BRACKET_UNITS);
      for (const [name, value] of Object.entries(layer)) assert.equal(network.layers[0][name], value);
      assert.ok(file.length < 6000, `${file.length} bytes`);
      assert.equal(other, mirrored(text).slice(0, other.length));
    });

    test('knows the bracket after 1 to 10 letters, whichever they are, and after other groups', () => {
      const random = randomNumbers(1);
      for (let length = 1; length <= 10; length++) {
        const letters = Array.from({ length }, () => LETTERS[Math.floor(LETTERS.length * random())]).join('');
        for (const read of [`(${letters}`, `[${letters}`]) assert.ok(closing(read) > 0.97, `${read}: ${closing(read)}`);
        const second = run(network, { text: `(abc)[${letters}` }).untouched.probabilities.slice(-BRACKET_ALPHABET.length);
        assert.ok(second[BRACKET_ALPHABET.indexOf(']')] > 0.97, letters);
      }
      for (const read of [text, mirrored(text)]) assert.ok(closing(read) > 0.99, `${read}: ${closing(read)}`);
    });

    test('one unit\'s memory of the other text brings the other bracket', () => {
      for (const read of [text, mirrored(text)]) {
        const from = mirrored(read).slice(0, other.length);
        const found = closing(read, { swaps: [{ unit, at: other.length - 1, text: from }] });
        assert.ok(found < 0.1, `${read}: ${found}`);
      }
    });

    test('shutting its memory for two letters makes it guess', { skip: !forget }, () => {
      const shut = { holds: [{ gate: String(forget), unit: /** @type {const} */ ('all'), value: 0, from: 2, to: 3 }] };
      const found = closing(text, shut);
      assert.ok(found > 0.4 && found < 0.6, `${found}`);
      assert.ok(Math.abs(found + closing(mirrored(text), shut) - 1) < 0.06, 'the first bracket no longer counts');
    });
  });
}

test('the LSTM of the first screen: from 99.9 % to a toss of a coin, wherever two letters are forgotten', async () => {
  const { text, unit } = BRACKET_NETWORKS.lstm;
  const network = await openFile(readFileSync(BRACKETS.lstm));
  const p = (/** @type {Tampering} */ tampering) => {
    const { untouched, tampered } = run(network, { text, tampering });
    return (tampered ?? untouched).probabilities.slice(-BRACKET_ALPHABET.length)[BRACKET_ALPHABET.indexOf(')')];
  };
  assert.ok(p({}) > 0.998);
  for (let from = 1; from <= 4; from++) {
    for (const who of /** @type {const} */ (['all', unit])) {
      const found = p({ holds: [{ gate: 'forget', unit: who, value: 0, from, to: from + 1 }] });
      assert.ok(found > 0.45 && found < 0.55, `from ${from}, unit ${who}: ${found}`);
    }
  }
});
