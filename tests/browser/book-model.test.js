// What the page computes about a network that read a book, without the page: features of a text, units that track them,
// what is said of what was measured.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { load } from 'lstm-wasm';
import { FEATURES, insideQuotes, livelyPart, placeSince } from '../../web/model/book/features.js';
import { trackersOf } from '../../web/model/book/Book.js';
import { sayCost, sayHeard, sayWhy } from '../../web/model/book/words.js';
import { Correlations, findUnits } from '../../web/worker/lab/units.js';

const lstm = await load({ variant: 'simd' });
const text = 'He said: "Go on!" And on\nthey went (all), the "whale" [so] behind.';

describe('features of a text', () => {
  test('inside quotation marks: straight or curled, until closed or the line ends', () => {
    const marked = (/** @type {string} */ quoted) => insideQuotes([...quoted]).join('');
    assert.equal(marked('a"bc"d'), '011100'.slice(0, 6));
    assert.equal(marked('a “b” c'), '0011000');
    assert.equal(marked('«b» c'), '11000');
    assert.equal(marked('"open\nno'), '11111000');
  });

  test('the place in a line or word begins anew, and ends where it is no longer told apart', () => {
    const isSpace = (/** @type {string} */ char) => char === ' ';
    assert.deepEqual([...placeSince([...'ab cdefg'], isSpace, 4)], [0.25, 0.5, 0, 0.25, 0.5, 0.75, 1, 1]);
  });

  test('each gives a number from 0 to 1 for every character, not the same for all of a text', () => {
    for (const { label, measure } of FEATURES) {
      const values = measure([...text]);
      assert.equal(values.length, text.length, label);
      assert.ok(values.every((value) => value >= 0 && value <= 1), label);
      assert.ok(new Set(values).size > 1, label);
    }
  });

  test('the part with most direct speech is found; a short text is its own', () => {
    const speech = '"Yes." "No." "Why?" '.repeat(5);
    assert.equal(livelyPart('x'.repeat(500) + speech + 'y'.repeat(500), 100).split('"').length > 20, true);
    assert.equal(livelyPart('short', 100), 'short');
  });
});

describe('correlations', () => {
  /** Pearson's r by its definition. @param {number[]} x @param {number[]} y */
  function pearson(x, y) {
    const mean = (/** @type {number[]} */ values) => values.reduce((a, b) => a + b) / values.length;
    const [mx, my] = [mean(x), mean(y)];
    const sum = (/** @type {(i: number) => number} */ of) => x.reduce((total, _, i) => total + of(i), 0);
    return sum((i) => (x[i] - mx) * (y[i] - my)) / Math.sqrt(sum((i) => (x[i] - mx) ** 2) * sum((i) => (y[i] - my) ** 2));
  }

  test('are Pearson\'s, in whatever parts the activations come', () => {
    const feature = Float32Array.from({ length: 50 }, (_, t) => (t * 7) % 5);
    const units = 3;
    const values = Float32Array.from({ length: 50 * units }, (_, n) => Math.sin(n * n) + (n % units === 1 ? feature[Math.floor(n / units)] : 0));
    const correlations = new Correlations([feature], units);
    for (const [from, to] of [[0, 1], [1, 20], [20, 50]]) correlations.add(values.subarray(from * units, to * units));
    const found = correlations.of(0);
    for (let k = 0; k < units; k++) {
      const own = Array.from({ length: 50 }, (_, t) => values[t * units + k]);
      assert.ok(Math.abs(found[k] - pearson(own, [...feature])) < 1e-6, `${found[k]}`);
    }
    assert.ok(found[1] > 0.8 && Math.abs(found[0]) < 0.5);
  });

  test('are 0 with what never changes', () => {
    const correlations = new Correlations([Float32Array.of(1, 1, 1), Float32Array.of(0, 1, 0)], 2);
    correlations.add(Float32Array.of(0.3, 0.1, 0.3, 0.2, 0.3, 0.4));
    assert.deepEqual([...correlations.of(0)], [0, 0]);
    assert.equal(correlations.of(1)[0], 0);
  });
});

describe('units that track something', () => {
  const make = () => {
    const model = lstm.createCharModel({ text, layers: 2, hiddenSize: 4, kind: 'rnn', seed: 1 });
    // Unit 2 of the first layer is driven by nothing but whether a character is a sign.
    const values = model.network.parameters();
    values.weight_hh_l0.fill(0, 2 * 4, 3 * 4);
    model.alphabet.forEach((char, token) => {
      values.weight_ih_l0[2 * model.alphabet.length + token] = /[A-Za-z]/.test(char) ? -1 : 1;
    });
    model.network.setParameters(values);
    return model;
  };
  /** What the lab answers. @param {string} of */
  const find = (of) => {
    let parts = 0;
    const finding = findUnits(/** @type {any} */ ({ model: make() }), { text: of });
    for (;;) {
      const { done, value } = finding.next();
      if (done) return { found: value, parts };
      parts++;
    }
  };

  test('one that was made to track spaces is found, in whichever layer; others are answered meanwhile', () => {
    const { found, parts } = find(`${text}€`.repeat(10));
    const { units: [best, ...others] } = found.find(({ feature }) => feature === 'spaces and signs') ?? assert.fail();
    assert.deepEqual([best.layer, best.unit], [0, 2]);
    assert.ok(best.r > 0.98, `${best.r}`);
    assert.ok(others.every(({ r }) => Math.abs(r) <= best.r));
    assert.ok(best.amount !== undefined && best.usual !== undefined && best.amount > 0.5 && best.usual < 1);
    assert.ok(parts > 4);
  });

  test('what a text has not is no finding, nor is a unit that hardly follows; a unit is offered once, with what it tracks best', () => {
    const { found } = find('he went on and on and so did she '.repeat(20));
    assert.deepEqual(found.map(({ feature }) => feature), ['place in the line', 'spaces and signs', 'place in the word']);
    const finding = (/** @type {number} */ unit, /** @type {number} */ r, layer = 0) => ({ layer, unit, r });
    const trackers = trackersOf([
      { feature: 'a', units: [finding(1, -0.9), finding(2, 0.6), finding(3, 0.55), finding(4, 0.54)] },
      { feature: 'b', units: [finding(2, -0.7), finding(1, 0.8, 1), finding(5, 0.4)] },
      { feature: 'c', units: [finding(6, 0.49)] },
    ]);
    assert.deepEqual(trackers.map(({ feature, layer, unit }) => `${feature}${layer}${unit}`), ['a01', 'a03', 'b02', 'b11']);
    assert.equal(trackers[0].peers.length, 4);
  });
});

describe('what is said', () => {
  test('of what a guess listens to: how many characters, how far back, and with which numbers', () => {
    const chars = [...'groaned Bil'];
    assert.equal(sayHeard(chars, [0, 0, 0.1, 0, 0, 0, 0, 1.3, 8.1, 6.7, 10.2]),
      'It listens to the last four characters; none before them counts. Nats lost without: space 1.3, “B” 8.1, “i” 6.7, “l” 10.2.');
    assert.equal(sayHeard(['a'], [2]), 'It listens to the last character. Nats lost without: “a” 2.0.');
    assert.equal(sayHeard([...'(ab'], [9, 0.1, 0]), 'It listens to one of the last three characters. Nats lost without: “(” 9.0.');
    assert.equal(sayHeard([...'abc'], [0.1, -1, 0]), 'It hardly listens: leaving out any one character costs it less than 0.2 nats.');
  });

  test('of silence: what it costs, and where; why little, only as far as it was measured', () => {
    const costliest = [{ at: 9, before: 'said\nA', char: 'h', untouched: -0.25, tampered: -4.501 }];
    const cost = { untouched: 1.4, tampered: 1.47, nats: 0.07, length: 6000 };
    assert.equal(sayCost({ ...cost, costliest }),
      'Nats a character, over 6,000 characters. Most, 4.25 nats, at “h” after “said↵A”.');
    assert.equal(sayCost({ ...cost, costliest: [] }), 'Nats a character, over 6,000 characters.');
    const tracker = { layer: 0, unit: 88, r: 0.6, feature: 'capital letters', amount: 0.026, usual: 0.194, peers: [] };
    const units = [{ unit: 88 }, { unit: 68 }];
    assert.equal(sayWhy(tracker, { units, alone: 0.0164, together: 0.0165 }), 'Unit 88 tracks it and hardly says so: its h is about 0.03, '
      + "others' about 0.19. The two that track capital letters best cost 0.017 together, one by one 0.016: they do not stand in for one another.");
    assert.match(sayWhy({ ...tracker, amount: 0.3 }, { units, alone: 0.01, together: 0.09 }), /does speak.*0\.090 together, one by one 0\.010: they stand in/);
    assert.match(sayWhy(tracker, { units, alone: 0, together: 0.0004 }), /do not stand in/);
  });
});
