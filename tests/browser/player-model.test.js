// The state of the page's centrepiece, with a lab that answers what can be told by heart.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Player } from '../../web/model/cell/Player.js';

/** @typedef {import('../../web/model/cell/types.js').Tampering} Tampering */

const ALPHABETS = { moby: [...'\n abcdehlorstTw'], brackets: [...'()[]abcde'], yours: [...'xyz\n'] };
const SIZE = 3;

/**
 * A run whose numbers tell their place: unit u has c = t + u / 10 after character t, h = c / 2, forget = 0.5.
 * @param {string[]} characters
 * @param {string[]} alphabet
 * @param {string} kind
 * @param {number} shift of all numbers
 */
function side(characters, alphabet, kind, shift) {
  const T = characters.length;
  const of = (/** @type {(t: number, u: number) => number} */ value) =>
    Float32Array.from({ length: T * SIZE }, (_, n) => value(Math.floor(n / SIZE), n % SIZE) + shift);
  const hasC = kind !== 'gru' && kind !== 'rnn';
  const probabilities = new Float32Array((T + 1) * alphabet.length).map((_, n) => {
    const likeliest = Math.floor(n / alphabet.length) % alphabet.length === n % alphabet.length;
    return likeliest ? 0.5 - shift / 10 : (0.5 + shift / 10) / (alphabet.length - 1);
  });
  return {
    trace: /** @type {any} */ ({
      hiddenSize: SIZE,
      gates: hasC ? { forget: of(() => 0.5), input: of(() => 0.25) } : {},
      h: of((t, u) => (t + u / 10) / 2),
      c: hasC ? of((t, u) => t + u / 10) : undefined,
      start: { h: new Float32Array(SIZE), c: hasC ? new Float32Array(SIZE) : undefined },
    }),
    logProbabilities: Float64Array.from(characters, (_, t) => -t - shift),
    probabilities,
  };
}

class FakeLab extends EventTarget {
  state = 'ready';
  /** @type {string[]} */
  opened = [];
  /** @type {{ id: string, text: string, layer: number, tampering?: Tampering }[]} */
  runs = [];
  /** @type {string | undefined} */
  refuses;
  async open(/** @type {string} */ id, /** @type {Uint8Array} */ _bytes = new Uint8Array()) {
    const [source, kind = 'lstm'] = id.split(/-(.*)/s);
    if (id === this.refuses) throw new Error('no model file');
    this.opened.push(id);
    const alphabet = ALPHABETS[/** @type {keyof typeof ALPHABETS} */ (source)];
    const layer = kind === 'peephole' ? { kind: 'lstm', peephole: 'diagonal', hiddenSize: SIZE } : { kind, hiddenSize: SIZE };
    return /** @type {any} */ ({ id, alphabet, layers: [layer, layer] });
  }
  async run(/** @type {string} */ id, /** @type {{ text: string, layer: number, tampering?: Tampering }} */ { text, layer, tampering }) {
    this.runs.push({ id, text, layer, tampering });
    if (tampering?.holds.some(({ value }) => Number.isNaN(value))) throw new RangeError('holds[0].value: NaN');
    const [source, kind = 'lstm'] = id.split(/-(.*)/s);
    const alphabet = ALPHABETS[/** @type {keyof typeof ALPHABETS} */ (source)];
    const characters = [...text];
    return {
      text, characters, unknown: [], skipped: 0, layer, untouched: side(characters, alphabet, kind, 0),
      ...(tampering ? { tampered: side(characters, alphabet, kind, 1) } : {}),
    };
  }
  become(/** @type {string} */ state) {
    this.state = state;
    this.dispatchEvent(new Event('state'));
  }
}

/** @param {import('../../web/model/cell/Player.js').Choice} [choice] */
async function begin(choice = {}) {
  const lab = new FakeLab();
  const player = new Player(lab, async (id) => {
    if (id === 'yours') throw new Error('this one does not come with the page');
    return new Uint8Array();
  });
  /** @type {string[]} */
  const events = [];
  for (const type of ['run', 'place', 'choice', 'tampering', 'playing', 'problem']) {
    player.addEventListener(type, () => events.push(type));
  }
  await player.choose(choice);
  return { lab, player, events };
}

/** @param {Partial<import('../../web/model/cell/types.js').Hold>} [hold] */
const held = (hold) => ({ gate: 'forget', value: 0, unit: /** @type {number | 'all'} */ (1), from: 2, ...hold });

describe('what is read', () => {
  test('begins with Moby-Dick at the last character, and a unit of it', async () => {
    const { lab, player } = await begin();
    assert.deepEqual(lab.runs, [{ id: 'moby', text: 'There she bl', layer: 0, tampering: undefined }]);
    assert.equal(player.at, 11);
    assert.equal(player.part, 0);
    assert.equal(player.probabilities().now.length, ALPHABETS.moby.length);
    assert.equal(player.probabilities().now[0].char, ALPHABETS.moby[12]);
  });

  test('one choice is one reading, and comes with all that was chosen', async () => {
    const { lab, player } = await begin({ source: 'brackets', kind: 'four-gate', text: '[ab', unit: 2, at: 1, part: 3, names: 'pytorch' });
    assert.equal(lab.runs.length, 1);
    assert.deepEqual(lab.opened, ['brackets-four-gate']);
    const { source, kind, text, unit, at, part, names } = player;
    assert.deepEqual({ source, kind, text, unit, at, part, names },
      { source: 'brackets', kind: 'four-gate', text: '[ab', unit: 2, at: 1, part: 3, names: 'pytorch' });
  });

  test('a kind that Moby-Dick has not goes to the bracket network of that kind, and says so', async () => {
    const { player } = await begin();
    const moved = new Promise((resolve) => {
      player.addEventListener('choice', (event) => resolve(/** @type {CustomEvent} */ (event).detail.isMoved), { once: true });
    });
    await player.choose({ kind: 'peephole' });
    assert.equal(await moved, true);
    assert.deepEqual([player.source, player.kind, player.text], ['brackets', 'peephole', '(abcde a']);
    await player.choose({ source: 'moby' });
    assert.deepEqual([player.source, player.kind, player.text], ['moby', 'lstm', 'There she bl']);
  });

  test('a network is opened once; each source keeps its text, each network its unit', async () => {
    const { lab, player } = await begin({ unit: 2, text: 'the' });
    await player.choose({ source: 'brackets' });
    await player.choose({ unit: 1 });
    await player.choose({ source: 'moby' });
    assert.deepEqual([player.text, player.unit], ['the', 2]);
    await player.choose({ source: 'brackets' });
    assert.equal(player.unit, 1);
    assert.deepEqual(lab.opened, ['moby', 'brackets-lstm']);
  });

  test('another text keeps the unit and goes to its end; what the network does not know is skipped and named', async () => {
    const { player } = await begin({ unit: 2 });
    await player.choose({ text: 'shßoß' });
    assert.deepEqual([player.unit, player.at, player.length, player.unknown], [2, 2, 3, ['ß']]);
    await player.choose({ text: '' });
    assert.deepEqual(player.run?.characters, ['\n']);
  });

  test('numbers are those of the unit at the character, and what was before', async () => {
    const { player } = await begin({ unit: 2, at: 4 });
    const { now } = player.numbers();
    const near = (/** @type {number} */ a, /** @type {number} */ b) => assert.ok(Math.abs(a - b) < 1e-6, `${a} is not ${b}`);
    near(now.c, 4.2);
    near(now.cBefore, 3.2);
    near(now.fc, 1.6);
    near(now.hBefore, 1.6);
    await player.choose({ at: 0 });
    assert.equal(player.numbers().now.cBefore, 0);
  });

  test('many wishes at once end with the last one', async () => {
    const { lab, player } = await begin();
    await Promise.all(['t', 'th', 'the'].map((text) => player.choose({ text })));
    assert.equal(player.text, 'the');
    assert.deepEqual(lab.runs.map(({ text }) => text), ['There she bl', 't', 'the']);
  });

  test('what cannot be opened leaves all as it was', async () => {
    const { lab, player, events } = await begin();
    lab.refuses = 'brackets-lstm';
    await player.choose({ source: 'brackets' });
    assert.deepEqual([player.source, player.text], ['moby', 'There she bl']);
    assert.ok(events.includes('problem'));
    await player.choose({ kind: /** @type {any} */ ('transformer') });
    assert.equal(events.filter((type) => type === 'problem').length, 2);
  });

  test('numbers out of reach are the nearest that there are', async () => {
    const { player } = await begin({ unit: 99, at: 99, part: 99, layer: 99 });
    assert.deepEqual([player.unit, player.at, player.part, player.layer], [2, 11, 3, 1]);
    await player.choose({ unit: -1, at: -1, part: -1 });
    assert.deepEqual([player.unit, player.at, player.part], [0, 0, 0]);
  });
});

describe('the network that the visitor trains', () => {
  test('is waited for, then read as it grows older with the same unit and place', async () => {
    const { lab, player } = await begin();
    await player.choose({ source: 'yours' });
    assert.ok(player.isWaiting);
    assert.equal(player.source, 'moby');
    await player.useYours(new Uint8Array(), 'xyz');
    assert.deepEqual([player.source, player.text, player.isWaiting], ['yours', 'xyz', false]);
    await player.choose({ unit: 2, at: 1 });
    await player.useYours(new Uint8Array(), 'xyz');
    assert.deepEqual([player.unit, player.at], [2, 1]);
    assert.equal(lab.opened.filter((id) => id === 'yours').length, 2);
  });

  test('asked for first, something is read meanwhile; chosen away, it does not come back', async () => {
    const { player } = await begin({ source: 'yours' });
    assert.equal(player.source, 'moby');
    await player.choose({ source: 'brackets' });
    await player.useYours(new Uint8Array());
    assert.equal(player.source, 'brackets');
  });

  test('is read where it comes while another network is still reading', async () => {
    const { player, events } = await begin();
    const reading = player.choose({ text: 'the' });
    player.choose({ source: 'yours' });
    await Promise.all([reading, player.useYours(new Uint8Array(), 'xyz')]);
    assert.ok(!events.includes('problem'));
    assert.deepEqual([player.source, player.text, player.isWaiting], ['yours', 'xyz', false]);
  });

  test('is read as it is last, however long it takes to open the one before', async () => {
    const { lab, player } = await begin();
    /** @type {Uint8Array[]} */
    const opened = [];
    const open = lab.open.bind(lab);
    lab.open = async (/** @type {string} */ id, /** @type {Uint8Array} */ bytes) => {
      opened.push(bytes);
      await new Promise((resolve) => setTimeout(resolve, 5));
      return open(id);
    };
    await player.choose({ source: 'yours' });
    const former = player.useYours(Uint8Array.of(1), 'xyz');
    await new Promise((resolve) => setTimeout(resolve));
    await Promise.all([former, player.useYours(Uint8Array.of(2), 'xyz')]);
    assert.deepEqual(opened.map(([first]) => first), [1, 2]);
  });
});

describe('steps', () => {
  test('go through the parts, then to the next character; Back the same way back', async () => {
    const { player } = await begin({ text: 'the', at: 0 });
    const places = [];
    while (player.canStep) {
      places.push([player.at, player.part]);
      player.step();
    }
    assert.equal(places.length, 3 * 4 - 1);
    assert.deepEqual([player.at, player.part], [2, 3]);
    player.step();
    assert.deepEqual([player.at, player.part], [2, 3], 'at the end nothing is next');
    const back = [];
    while (player.canGoBack) {
      player.back();
      back.unshift([player.at, player.part]);
    }
    assert.deepEqual(back, places);
    player.back();
    assert.deepEqual([player.at, player.part], [0, 0]);
  });

  test('an RNN has one part, a GRU three', async () => {
    const { player } = await begin({ source: 'brackets', kind: 'rnn', text: '(a', at: 0 });
    player.step();
    assert.deepEqual([player.at, player.part], [1, 0]);
    await player.choose({ kind: 'gru', at: 0 });
    for (let k = 0; k < 3; k++) player.step();
    assert.deepEqual([player.at, player.part], [1, 0]);
  });

  test('plays to the end and stops there; at the end it plays from the beginning', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const { player, events } = await begin({ text: 'th', at: 1, part: 3 });
    player.speed = 2;
    player.play();
    assert.deepEqual([player.at, player.part, player.isPlaying], [0, 0, true]);
    t.mock.timers.tick(500);
    assert.deepEqual([player.at, player.part], [0, 1]);
    for (let k = 0; k < 6; k++) t.mock.timers.tick(500);
    assert.deepEqual([player.at, player.part, player.isPlaying], [1, 3, false]);
    assert.equal(events.filter((type) => type === 'playing').length, 3);
    assert.throws(() => { player.speed = 0; }, /speed: expected steps a second above 0, got 0/);
  });
});

describe('tampering', () => {
  test('is read again, beside what is untouched, with the difference in nats', async () => {
    const { lab, player } = await begin({ at: 3 });
    assert.equal(player.difference(), undefined);
    await player.tamper({ holds: [held()] });
    assert.deepEqual(lab.runs.at(-1)?.tampering?.holds, [held()]);
    assert.deepEqual(player.difference(), { nats: 1, next: 'e' });
    const { nats, next } = player.difference(11) ?? {};
    const [p, q] = [0.5, 0.4];
    assert.ok(Math.abs((nats ?? 0) - (p * Math.log(p / q) + (1 - p) * Math.log((1 - p) / (1 - q)))) < 1e-6);
    assert.equal(next, undefined);
    assert.notDeepEqual(player.numbers().now, player.numbers().untouched);
  });

  test('can be undone, change by change or all at once, and a gesture in one go', async () => {
    const { player } = await begin();
    await player.tamper({ silenced: [1] });
    await player.tamper({ holds: [held()] });
    await player.tamper({ holds: [held({ value: 0.5 })] }, { goesOn: true });
    await player.undo();
    assert.deepEqual(player.tampering, { holds: [], edits: [], swaps: [], silenced: [1] });
    await player.untamper();
    assert.equal(player.run?.tampered, undefined);
    await player.undo();
    assert.deepEqual(player.tampering.silenced, [1]);
    await player.undo();
    assert.equal(player.canUndo, false);
  });

  test('of another text what has its place is kept, the rest is let go', async () => {
    const { player } = await begin();
    await player.tamper({ holds: [held({ from: 1 }), held({ from: 9 })], edits: [{ memory: 'c', unit: 0, at: 2, value: 1 }] });
    await player.choose({ text: 'the' });
    assert.deepEqual(player.tampering.holds, [held({ from: 1 })]);
    assert.equal(player.tampering.edits.length, 1);
    await player.choose({ text: 'th' });
    assert.equal(player.tampering.edits.length, 0);
  });

  test('of another network what is meant for all units is kept, where it has the gate', async () => {
    const { player } = await begin({ source: 'brackets' });
    await player.tamper({ holds: [held({ unit: 'all' }), held()], silenced: [0] });
    await player.choose({ kind: 'four-gate' });
    assert.deepEqual(player.tampering, { holds: [held({ unit: 'all' })], edits: [], swaps: [], silenced: [] });
    await player.choose({ kind: 'gru' });
    assert.deepEqual(player.tampering.holds, []);
    await player.choose({ kind: 'lstm', tampering: { holds: [held()], edits: [], swaps: [], silenced: [] } });
    assert.deepEqual(player.tampering.holds, [held()], 'what comes with the network is meant for it');
  });

  test('what the lab refuses is taken back, and said', async () => {
    const { player, events } = await begin();
    await player.tamper({ silenced: [1] });
    await player.tamper({ holds: [held({ value: NaN })] });
    assert.deepEqual(player.tampering.holds, []);
    assert.deepEqual(player.tampering.silenced, [1]);
    assert.ok(events.includes('problem'));
  });
});

test('a lab that was lost and is there again reads what was wished meanwhile', async () => {
  const { lab, player, events } = await begin();
  lab.become('lost');
  await player.choose({ text: 'the' });
  await player.choose({ unit: 2 });
  assert.equal(player.text, 'There she bl');
  lab.become('starting');
  lab.become('ready');
  await player.choose({});
  assert.deepEqual([player.text, player.unit, lab.opened], ['the', 2, ['moby', 'moby']]);
  assert.ok(!events.includes('problem'), 'the lab itself says that it is lost');
});

test('a lab that was lost and is there again has open what is shown', async () => {
  const { lab, player } = await begin({ text: 'the', unit: 2, at: 1 });
  lab.become('lost');
  lab.become('starting');
  lab.become('ready');
  await player.choose({});
  assert.deepEqual(lab.opened, ['moby', 'moby']);
  assert.deepEqual([player.text, player.unit, player.at], ['the', 2, 1]);
});
