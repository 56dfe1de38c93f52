// Patterns: what may be drawn is exactly what JavaScript's RegExp can still match, and what was drawn it matches.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { load } from 'lstm-wasm';
import { TextPattern } from '../../../src/js/sampling/text-pattern.js';

/** A generator of whole numbers below n, the same every time. @param {number} seed */
function randomOf(seed) {
  let state = seed * 2654435761 + 1;
  return (/** @type {number} */ n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor(state / 2 ** 32 * n);
  };
}

/**
 * A regular expression out of all that patterns have.
 * @param {(n: number) => number} below
 * @param {number} depth
 * @returns {string}
 */
function expression(below, depth = 0) {
  const atoms = ['a', 'b', 'A', '1', '[ab]', '[^a]', '[a-z1]', '.', '\\d', '\\w', '\\W', '\\s', '\\n', '\\p{L}', '\\x61',
    '\\u0062', '\\u{41}', '\\.', '[\\]a]', '[]', '[^]', '()', '🐈', '[🐈b]', '\\ud83d\\udc08', '(?:a|)', '\\t', '\\/', '-'];
  const quantifiers = ['', '', '', '', '?', '*', '+', '{2}', '{0,2}', '{1,}', '*?', '+?', '??', '{1,3}?', '{0}'];
  const part = () => {
    const open = ['(', '(?:', `(?<n${below(1e9)}>`][below(3)];
    const single = depth < 3 && below(3) === 0 ? `${open}${expression(below, depth + 1)})` : atoms[below(atoms.length)];
    return single + quantifiers[below(quantifiers.length)];
  };
  const sequence = () => Array.from({ length: below(4) }, part).join('');
  return Array.from({ length: 1 + below(3) }, sequence).join('|');
}

/** All texts of up to so many of these characters. @param {string[]} characters @param {number} length */
function textsOf(characters, length) {
  let last = [''];
  const all = [''];
  for (let n = 0; n < length; n++) {
    last = last.flatMap((text) => characters.map((character) => text + character));
    all.push(...last);
  }
  return all;
}

test('at every place, exactly the characters may come that lead to a match of at most the length', () => {
  const characters = ['a', 'b', 'A', '1', '\n', '🐈'];
  const length = 4;
  const texts = textsOf(characters, length);
  let matched = 0;
  for (let seed = 0; seed < 400; seed++) {
    const below = randomOf(seed);
    const source = expression(below);
    const flags = ['', 'i', 's', 'is', 'gm'][below(5)];
    const allowed = below(4) === 0 ? Uint8Array.from(characters, () => below(3)) : undefined;
    const whole = new RegExp(`^(?:${source})$`, `u${flags.replace(/[gm]/g, '')}`);
    const isAllowed = (/** @type {string} */ text) =>
      [...text].every((character) => allowed?.[characters.indexOf(character)] !== 0);
    const matches = texts.filter((text) => isAllowed(text) && whole.test(text));
    const name = `/${source}/${flags}`;
    let pattern;
    try {
      pattern = new TextPattern(new RegExp(source, `u${flags}`), 'pattern', characters, allowed);
    } catch (error) {
      assert.match(error.message, /^pattern must match a text of the characters that may be drawn/, name);
      assert.deepEqual(matches, [], name);
      continue;
    }
    const shortest = Math.min(...matches.map((text) => [...text].length));
    if (matches.length === 0) assert.ok(pattern.least > length, name);
    else assert.equal(pattern.least, shortest, name);
    // From each beginning of a match: what may come, and where it may end.
    const open = new Map([['', pattern.start()]]);
    for (const [text, states] of open) {
      const used = [...text].length;
      matched += Number(matches.includes(text));
      assert.equal(pattern.isWhole(states), matches.includes(text), `${name} at ${JSON.stringify(text)}`);
      const mask = pattern.mask(states, length - used);
      characters.forEach((character, token) => {
        const isOpen = matches.some((match) => match.startsWith(text + character));
        assert.equal(Boolean(mask?.[token]), isOpen, `${name} at ${JSON.stringify(text)}, ${JSON.stringify(character)}`);
        if (isOpen) open.set(text + character, pattern.after(states, token));
      });
    }
  }
  assert.ok(matched > 5000, `${matched} matches`);
});

test('what a model writes matches, whatever the seed, the length and the other options', async () => {
  const lstm = await load();
  const model = lstm.createCharModel({ alphabet: 'abcxyzABC012 .,\n🐈', hiddenSize: 8, seed: 3 });
  let written = 0;
  for (let seed = 0; seed < 400; seed++) {
    const below = randomOf(seed + 1000);
    const pattern = new RegExp(expression(below), 'u');
    const length = 1 + below(20);
    const options = { seed, length, temperature: below(3) / 2 + 0.3, topK: 1 + below(20), topP: (1 + below(10)) / 10 };
    let text;
    try {
      text = model.generate({ pattern, ...options, prime: 'abc' });
    } catch (error) {
      assert.match(error.message, /pattern must match a text of (the characters|at most length)/);
      continue;
    }
    assert.match(text, new RegExp(`^(?:${pattern.source})$`, 'u'));
    assert.ok([...text].length <= length);
    written += Number(text !== '');
    for (const { text: other } of model.complete('abc', { pattern, length: Math.min(length, 6), beams: 3,
    })) assert.match(other, new RegExp(`^(?:${pattern.source})$`, 'u'));
  }
  assert.ok(written > 150, `${written} texts`);
});

test('where the pattern is matched, the text ends as often as the model goes on with something else', async () => {
  const lstm = await load();
  const model = lstm.createCharModel({ alphabet: 'abc ', hiddenSize: 5, seed: 2 });
  const ends = [0, 0];
  const [expected] = [model.read('ab')].map((reading) => reading.branch().push('a').predict()
    .filter(({ char }) => char !== 'a').reduce((sum, { probability }) => sum + probability, 0));
  for (let seed = 0; seed < 4000; seed++) {
    const text = model.generate({ prime: 'ab', seed, pattern: /a{1,2}/ });
    ends[text.length - 1]++;
  }
  const chiSquare = (ends[0] - 4000 * expected) ** 2 / (4000 * expected * (1 - expected));
  assert.ok(chiSquare < 15.14, `${ends[0]} of ${4000 * expected}, chi-square ${chiSquare}`);
});

describe('what is outside the subset is refused by its name', () => {
  /** @type {[any, RegExp][]} */
  const cases = [
    [/^a/, /no \^ or \$: the whole text is matched as it is, got "\^a"/],
    [/(a|b$)/, /no \^ or \$/],
    [/\ba/, /no word boundary/],
    [/a\B/, /no word boundary/],
    [/(a)\1/, /no back reference/],
    [/(?<x>a)\k<x>/, /no back reference/],
    [/a(?=b)/, /no look-around/],
    [/a(?!b)/, /no look-around/],
    [/(?<=a)b/, /no look-around/],
    [/(?<!a)b/, /no look-around/],
    ['[a--b]', /with the flag u: /],
    ['a**', /with the flag u: /],
    ['a{2,1}', /with the flag u: /],
    ['\\-', /with the flag u: /],
    ['(((a{99}){99}){99})', /at most 65536 parts, repetitions written out/],
    ['((){60000}){60000}', /at most 65536 parts/],
    ['a{99999999999999999999}', /at most 65536 parts/],
    [`${'('.repeat(101)}${')'.repeat(101)}`, /groups in at most 100 others/],
    [null, /a RegExp or its source, got null/],
    [{ source: 'a', flags: '' }, /a RegExp or its source, got an object/],
  ];
  for (const [pattern, message] of cases) {
    test(String(message), () => {
      assert.throws(() => new TextPattern(pattern, 'pattern', ['a', 'b']),
        { name: 'ArgumentError', message: new RegExp(`^pattern must (be|have) .*${message.source}`) });
    });
  }

  test('the flag v, where there is one', (t) => {
    let pattern;
    try {
      pattern = new RegExp('[a--b]', 'v');
    } catch {
      return t.skip('this engine has no flag v');
    }
    assert.throws(() => new TextPattern(pattern, 'pattern', ['a']), /^ArgumentError: pattern must be .* without the flag v/);
  });
});
