// The address of the page, without the page: what is written is read again exactly, whatever it is; and whatever stands
// in an address, it is read without harm, and said what was left out.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseFragment, sections, writeFragment } from '../../web/model/address.js';
import { cellKinds, namings, readCell, sources, untampered, writeCell } from '../../web/model/cell/address.js';
import { parts, readModes, writeModes } from '../../web/model/modes.js';
import { bookKeys, readBook, writeBook } from '../../web/model/book/address.js';
import { readMessage, readRace, readReach, writeMessage, writeRace, writeReach } from '../../web/model/why/address.js';
import { randomNumbers } from '../../web/model/why/tasks/remember.js';

const usual = /** @type {const} */ ({ lag: 60, gates: 'open', seed: 1, task: 'number' });
const query = (/** @type {string} */ text) => new URLSearchParams(text);

/** @param {number} seed */
function draws(seed) {
  const random = randomNumbers(seed);
  const whole = (/** @type {number} */ most) => Math.floor(random() * (most + 1));
  const pick = (/** @type {readonly any[]} */ list) => list[whole(list.length - 1)];
  const signs = [...'abc XYZ()[]{}&=?#%+!@:;,./~*_-\'"<>\\|^`\n\t0\u00e9\u05d0\u4e2d\u{1f40b}\u0301\u200f\ufeff\0'];
  const text = (/** @type {number} */ most) => Array.from({ length: whole(most) }, () => pick(signs)).join('');
  const list = (/** @type {() => any} */ draw) => Array.from({ length: whole(4) }, draw);
  return { random, whole, pick, text, list };
}

/** @param {number} seed @returns {import('../../web/model/cell/address.js').View} */
function drawView(seed) {
  const { random, whole, pick, text, list } = draws(seed);
  const hold = () => {
    const [gate, from] = [pick(['forget', 'input', 'candidate', 'output', 'use', 'reset', 'update']), whole(300)];
    const value = pick([0, 1, 0.5, random(), random() ** 9, ['candidate', 'use'].includes(gate) ? -random() : 1e-7]);
    return { gate, value, unit: pick(['all', whole(511)]), from, ...(random() < 0.6 && { to: from + whole(9) }) };
  };
  return {
    source: pick(sources), kind: pick(cellKinds), names: pick(namings), text: text(pick([0, 3, 200])), layer: whole(2), unit: whole(511),
    at: whole(300), part: pick(['forget', 'learn', 'look-back']),
    tampering: {
      holds: list(hold),
      edits: list(() => ({ memory: pick(['c', 'h']), unit: whole(511), at: whole(300), value: (random() - 0.5) * 10 ** whole(6) })),
      swaps: list(() => ({ unit: whole(511), at: whole(300), text: `a${text(30)}` })),
      silenced: [...new Set(list(() => whole(511)))],
    },
  };
}

describe('what is written is read again', () => {
  test('all that the cell shows, 2 000 views with any text and tampering', () => {
    for (let seed = 0; seed < 2000; seed++) {
      const view = drawView(seed);
      const address = writeFragment('cell', writeCell(view));
      const read = parseFragment(new URL(address, 'https://example.org/').hash);
      const { view: found, notes } = readCell(read.query);
      assert.equal(read.section, 'cell');
      assert.deepEqual(notes, []);
      assert.deepEqual({ source: 'moby', kind: 'lstm', layer: 0, names: 'course', ...found }, view, `seed ${seed}: ${address}`);
    }
  });

  test('settings of the race, and modes', () => {
    for (let seed = 0; seed < 500; seed++) {
      const { random, whole, pick, list } = draws(seed);
      const settings = { lag: 10 + 10 * whole(9), gates: pick(['open', 'usual']), seed: 1 + whole(999_998), task: pick(['number', 'adding']) };
      const modes = { big: random() < 0.5, hide: [...new Set(list(() => pick(Object.keys(parts))))], ...(random() < 0.5 && { only: pick(Object.keys(parts)) }) };
      const fragment = writeFragment('why', [...writeRace(settings, usual), ...writeModes(modes)]);
      const { query: found } = parseFragment(fragment);
      assert.deepEqual({ ...usual, ...readRace(found, ['number', 'adding']).settings }, settings);
      assert.deepEqual(readModes(found), { modes, notes: [] });
    }
  });

  test('what is shown of the book, the message and its reach', () => {
    for (let seed = 0; seed < 500; seed++) {
      const { random, whole, pick, list } = draws(seed);
      const units = list(() => ({ layer: whole(2), unit: whole(511) }));
      const without = [...new Map(units.map((one) => [`${one.layer}/${one.unit}`, one])).values()];
      const asked = { reads: pick(['passage', 'cell']), without, ...(random() < 0.7 && { at: whole(300) }) };
      const bars = pick(['heard', 'unit']);
      const shown = { gate: (50 + whole(49)) / 100, back: whole(24) };
      const reach = random() < 0.5 ? 1 + whole(199) : undefined;
      const { query: found } = parseFragment(writeFragment('book', [...writeBook({ ...asked, bars }), ...writeMessage(shown, true), ...writeReach(reach)]));
      assert.deepEqual(readBook(found), { asked, bars, notes: [] });
      assert.deepEqual(readMessage(found, 24), { shown, notes: [] });
      assert.equal(readReach(found, []), reach);
    }
    assert.deepEqual(writeBook({ reads: 'passage', bars: 'heard', without: [] }), []);
    assert.deepEqual(writeMessage({ gate: 0.98, back: 0 }, false), []);
  });

  test('the address of the issue means what it says', () => {
    const { section, query: found } = parseFragment('#cell?kind=four-gate&source=brackets&text=(abc&unit=3&layer=0&at=5&part=forget'
      + '&hold=f:0@4-&hold=o:1@2-3!all&hold=f:0.5@7&edit=c:-0.5@2&swap=@4!5:%5Babc+&silence=1,2&names=course&big=1&hide=train,race');
    assert.equal(section, 'cell');
    assert.deepEqual(readCell(found), {
      view: {
        source: 'brackets', kind: 'four-gate', text: '(abc', layer: 0, unit: 3, at: 5, part: 'forget', names: 'course',
        tampering: {
          holds: [{ gate: 'forget', value: 0, unit: 3, from: 4 }, { gate: 'output', value: 1, unit: 'all', from: 2, to: 3 },
            { gate: 'forget', value: 0.5, unit: 3, from: 7, to: 7 }],
          edits: [{ memory: 'c', unit: 3, at: 2, value: -0.5 }],
          swaps: [{ unit: 5, at: 4, text: '[abc ' }],
          silenced: [1, 2],
        },
      },
      notes: [],
    });
    assert.deepEqual(readModes(found), { modes: { big: true, hide: ['train', 'race'] }, notes: [] });
  });

  test('no sign that ends sentences, and no bracket that Markdown counts, is in a link', () => {
    for (const text of ['Hello.', '(abc)', 'so!', "it's", 'a_', 'x*', 'end-', 'why?', 'and ', '[a](b)']) {
      const link = writeFragment('cell', [['text', text]]);
      assert.match(link, /^#cell\?[^()[\]'"<>\s]*[\w]$/, link);
      assert.equal(parseFragment(link).query.get('text'), text);
    }
    assert.equal(writeFragment(''), '');
    assert.equal(writeFragment('why'), '#why');
  });
});

describe('whatever stands in an address', () => {
  test('former anchors lead to the section that has their content now', () => {
    for (const [given, anchor] of [['predict', 'cell'], ['inside', 'cell'], ['learn', 'learn'], ['why', 'why'], ['start', 'start']]) {
      assert.equal(parseFragment(`#${given}`).anchor, anchor);
    }
    assert.deepEqual(sections.map((name) => parseFragment(name).section), [...sections]);
    assert.equal(parseFragment('#start').section, undefined);
    assert.equal(parseFragment('').hasQuery, false);
    // Looking inside was looking at the kind of the run.
    assert.equal(parseFragment('#inside', '?kind=four-gate&size=64').query.get('kind'), 'four-gate');
    assert.equal(parseFragment('#learn', '?kind=four-gate').query.get('kind'), null);
  });

  /** Each with how many of its values are left out or changed. */
  const hostile = /** @type {const} */ ([
    ['kind=<b>x</b>&source=__proto__&names=constructor', 3],
    ['unit=-1&layer=1e3&at=Infinity', 3],
    ['unit=99999999999999999999&at=NaN&layer=', 3],
    ['part=<script>&text=ok', 1],
    ['hold=f&hold=&hold=f:2@1&hold=f:NaN@1&hold=q:0@1&hold=f:0@9-3&hold=f:0@1!x&hold=toString:0@1&hold=f:0@-1&hold=f:-0.1@1&hold=f:0@1-2-3', 11],
    ['edit=c:1&edit=x:1@1&edit=c:Infinity@1&edit=c:1@1!all&edit=c:1e99@1', 5],
    ['swap=abc&swap=@x:a&swap=@1!all:a&swap=@99999999:a&swap=@1:', 5],
    ['silence=a,-1,1.5,2,2,99999', 4],
    ['hold=f:0@99999999999999999999', 1],
  ]);
  for (const [text, count] of hostile) {
    test(`${text} is left out, and it is said`, () => {
      const { view, notes } = readCell(query(text));
      assert.equal(notes.length, count, notes.join('\n'));
      assert.ok(notes.every((note) => note.length < 160 && /left out|is taken/.test(note)), notes.join('\n'));
      const { tampering = untampered() } = view;
      assert.deepEqual([tampering.holds, tampering.edits, tampering.swaps], [[], [], []]);
      for (const number of [view.unit ?? 0, view.at ?? 0, view.layer ?? 0]) assert.ok(Number.isInteger(number) && number >= 0 && number <= 5000);
    });
  }

  test('modes and race that are none are left out', () => {
    assert.deepEqual(readModes(query('big=yes&hide=race,nothing,race&only=<b>')).notes.length, 3);
    assert.deepEqual(readModes(query('big=yes&hide=race,nothing,race&only=<b>')).modes, { big: false, hide: ['race'] });
    const { settings, notes } = readRace(query('lag=1000&gates=ajar&seed=x&task=knitting'), ['number', 'adding']);
    assert.deepEqual(settings, { lag: 100 });
    assert.equal(notes.length, 4);
    assert.deepEqual(readRace(query('lag=54')), { settings: { lag: 50 }, notes: ['lag=54 is not possible; 50 is taken.'] });
  });

  test('a place in the book and a message that are none are left out, and it is said', () => {
    const { asked, bars, notes } = readBook(query('place=-1.5&reads=tape&bars=<b>&without=a,1,-2,3/4,99/99999,'));
    assert.deepEqual([asked, bars], [{ reads: 'passage', without: [{ layer: 0, unit: 1 }, { layer: 3, unit: 4 }] }, 'heard']);
    assert.equal(notes.length, 6, notes.join('\n'));
    assert.equal(readBook(query(`without=${Array.from({ length: 5000 }, (_, k) => k % 100)}`)).asked.without?.length, 24);
    assert.ok(bookKeys.every((key) => readBook(query(`${key}=`)).notes.every((note) => note.length < 160)));
    for (const given of ['', '1', '0.2', 'NaN', '0.9@25', '0.9@', '0.9@-1', '<img>', `0.${'9'.repeat(99)}`]) {
      const found = readMessage(query(`message=${given}`), 24);
      assert.deepEqual(found.shown, { gate: 0.98, back: 0 }, given);
      assert.match(found.notes[0], /^message=.* is left out\./s, given);
    }
  });

  test('what is too long is cut, between characters', () => {
    const { view, notes } = readCell(query(`text=${'\u{1f40b}'.repeat(3000)}`));
    assert.equal(view.text, '\u{1f40b}'.repeat(2500));
    assert.equal(notes.length, 1);
    const odd = readCell(query(`text=a${'\u{1f40b}'.repeat(3000)}`)).view.text;
    assert.equal(odd, `a${'\u{1f40b}'.repeat(2499)}`);
    const many = readCell(query(Array.from({ length: 5000 }, (_, k) => `hold=f:0@${k}`).join('&')));
    assert.equal(many.view.tampering?.holds.length, 50);
    assert.equal(many.notes.length, 1);
    assert.ok((parseFragment(`#cell?text=${'%'.repeat(5e6)}`).query.get('text') ?? '').length <= 100_000);
  });

  test('500 fragments of noise are read without an error', () => {
    const keys = ['kind', 'source', 'text', 'unit', 'layer', 'at', 'part', 'hold', 'edit', 'swap', 'silence', 'names', 'lag', 'seed', 'hide', 'only', 'big'];
    for (let seed = 0; seed < 500; seed++) {
      const { pick, text, list } = draws(seed);
      const parts = Array.from({ length: 9 }, () => `${pick(keys)}=${pick([text(40), '%', '%zz', '%ff%fe', 'f:0@1', ...list(() => text(9))])}`);
      const { query: found } = parseFragment(`#${text(8)}?${parts.join(pick(['&', ';', '&&']))}`);
      const { view } = readCell(found);
      readModes(found);
      readRace(found);
      const full = { ...drawView(1), tampering: untampered(), ...view };
      assert.deepEqual(readCell(parseFragment(writeFragment('cell', writeCell(full))).query).view.tampering, full.tampering);
    }
  });

  test('halves of characters become the replacement character, and empty views stay empty', () => {
    assert.equal(parseFragment(writeFragment('cell', [['text', 'a\ud83d']])).query.get('text'), 'a\ufffd');
    assert.deepEqual(readCell(query('big=1&exercise=3')), { view: {}, notes: [] });
    assert.deepEqual(readCell(query('text=')).view, { text: '', tampering: untampered() });
    assert.equal(readCell(query('text=a%0D%0Ab')).view.text, 'a\nb');
  });
});
