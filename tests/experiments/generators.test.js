// The sequences are those of the papers: checked by other means than those that make them.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { pack } from '../../web/model/why/batch.js';
import { Random } from '../../web/model/why/Random.js';
import { addingSequence } from '../../web/model/why/tasks/adding.js';
import { countingSequence } from '../../web/model/why/tasks/counting.js';
import { orderSequence, symbols as orderSymbols } from '../../web/model/why/tasks/order.js';
import { embeddedString, isPredicted, reberSequence, symbols } from '../../web/model/why/tasks/reber.js';
import { accepts } from './tasks/counting.js';
import { lagSequence, noisyLagSequence } from './tasks/lag.js';
import { order } from './tasks/order.js';
import { reberStream } from './tasks/reber.js';
import { delaySequence, spikeSequence } from './tasks/timing.js';

/** `count` values of `draw`. @template T @param {number} count @param {(i: number) => T} draw */
const several = (count, draw) => Array.from({ length: count }, (_, i) => draw(i));

/** The Reber grammar as a regular expression, from its diagram. */
const loop = '(T*VPX)*T*V(V|PS)';
const reber = `B(TS*X(S|X${loop})|P${loop})E`;
const embedded = new RegExp(`^B(T${reber}T|P${reber}P)E$`);

describe('random numbers', () => {
  test('a seed gives the same ones again, another others, all in range', () => {
    const draw = (/** @type {number[]} */ ...seed) => {
      const random = new Random(...seed);
      return several(50, () => random.integer(-3, 3));
    };
    assert.deepEqual(draw(1, 2), draw(1, 2));
    assert.notDeepEqual(draw(1, 2), draw(2, 1));
    assert.deepEqual(new Set(draw(1)), new Set([-3, -2, -1, 0, 1, 2, 3]));
    const random = new Random(7);
    const mean = several(10000, () => random.next()).reduce((sum, x) => sum + x) / 10000;
    assert.ok(Math.abs(mean - 0.5) < 0.015, `mean ${mean}`);
    assert.deepEqual(random.shuffle([1, 2, 3, 4]).sort(), [1, 2, 3, 4]);
  });
});

describe('the Reber grammar', () => {
  const random = new Random(1);
  const drawn = several(3000, () => embeddedString(random));

  test('accepts every string', () => {
    for (const { string } of drawn) assert.match(string, embedded);
    assert.ok(new Set(drawn.map(({ string }) => string)).size > 300);
    assert.equal(Math.min(...drawn.map(({ string }) => string.length)), 9);
  });

  test('and what may follow is what does follow, after the same beginning', () => {
    /** @type {Map<string, Set<string>>} what followed the beginnings of up to six symbols */
    const followed = new Map();
    for (const { string } of drawn) {
      for (let t = 0; t < 6; t++) {
        const before = string.slice(0, t);
        followed.set(before, (followed.get(before) ?? new Set()).add(string[t]));
      }
    }
    for (const { string, possible } of drawn) {
      assert.equal(possible.length, string.length);
      for (let t = 0; t < string.length; t++) assert.ok(possible[t].includes(string[t]));
      for (let t = 0; t < 6; t++) assert.deepEqual(new Set(possible[t]), followed.get(string.slice(0, t)));
    }
  });

  test('sequences are strings without their last symbol, targets without their first', () => {
    for (const one of drawn.slice(0, 100)) {
      const { length, inputs, targets } = reberSequence(one);
      assert.equal(length, one.string.length - 1);
      assert.equal(inputs.map((i) => symbols[i]).join(''), one.string.slice(0, -1));
      assert.equal(targets.map((i) => symbols[i]).join(''), one.string.slice(1));
    }
  });

  test('a stream is one string after the other', () => {
    let text = '';
    for (const { symbol, next, possible } of reberStream(new Random(2))) {
      if (text.length > 3000 && symbols[symbol] === 'B' && text.endsWith('E')) break;
      assert.ok(possible.includes(symbols[next]));
      text += symbols[symbol];
    }
    assert.match(text, new RegExp(`^(B(T${reber}T|P${reber}P)E)+$`));
  });

  test('a prediction is right where the possible symbols are the most active', () => {
    assert.equal(isPredicted([0, 0.4, 0.3, 0.1, 0, 0.1, 0.1], 'TP'), true);
    assert.equal(isPredicted([0, 0.6, 0.1, 0.2, 0, 0, 0.1], 'TP'), false);
    assert.equal(isPredicted(several(7, () => NaN), 'TP'), false);
  });
});

describe('the adding problem', () => {
  test('two markers, and their sum', () => {
    const random = new Random(3);
    for (const { length, inputs, targets } of several(2000, () => addingSequence(100, random))) {
      assert.ok(length >= 100 && length <= 110);
      const marked = several(length, (t) => t).filter((t) => inputs[2 * t + 1] === 1);
      assert.equal(marked.length, 2);
      assert.ok(marked[0] < 10 && marked[1] < 50);
      assert.equal(inputs[1], marked[0] === 0 ? 1 : -1);
      assert.equal(inputs[2 * length - 1], -1);
      if (marked[0] === 0) assert.equal(inputs[0], 0);
      const sum = marked.reduce((total, t) => total + inputs[2 * t], 0);
      assert.ok(Math.abs(targets[length - 1] - (0.5 + sum / 4)) < 1e-6);
      assert.ok(inputs.every((x) => x >= -1 && x <= 1));
    }
  });
});

describe('temporal order', () => {
  for (const [name, places] of /** @type {const} */ ([
    ['6a', [[10, 20], [50, 60]]],
    ['6b', [[10, 20], [33, 43], [66, 76]]],
  ])) {
    test(`${name}: X and Y stand where they may, and say the class`, () => {
      const random = new Random(4);
      const classes = new Set();
      for (const { length, inputs, targets } of several(1000, () => orderSequence(name, random))) {
        const text = [...inputs].map((i) => orderSymbols[i]).join('');
        assert.match(text, /^E[abcdXY]{98,108}B$/);
        const found = [...text.matchAll(/[XY]/g)];
        assert.equal(found.length, places.length);
        found.forEach(({ index }, i) => assert.ok(index >= places[i][0] && index <= places[i][1]));
        const binary = found.map(([symbol]) => (symbol === 'Y' ? 1 : 0)).join('');
        assert.equal(targets[length - 1], parseInt(binary, 2));
        classes.add(binary);
      }
      assert.equal(classes.size, 2 ** places.length);
    });
  }

  test('the error is the largest of all outputs', () => {
    const task = order({ task: '6a', settings: { hiddenSize: 2, learningRate: 0.01, batchSize: 1, limit: 1 } });
    const outputs = Float32Array.of(0.1, 0.75, 0.1, 0.05);
    assert.ok(Math.abs(task.error({ length: 1, targets: [1] }, () => outputs) - 0.25) < 1e-6);
    assert.ok(Math.abs(task.error({ length: 1, targets: [0] }, () => outputs) - 0.9) < 1e-6);
  });
});

describe('long time lags', () => {
  test('2a: the last symbol is the first', () => {
    assert.deepEqual(lagSequence(4, true), { length: 4, inputs: [4, 0, 1, 2], targets: [0, 1, 2, 4], lastOnly: false });
    assert.deepEqual(lagSequence(4, false).targets, [0, 1, 2, 3]);
  });

  test('2c: b, x or y, distractors, e, and x or y again', () => {
    const random = new Random(5);
    const drawn = several(2000, () => noisyLagSequence(7, 20, random));
    for (const { length, inputs, targets } of drawn) {
      assert.ok(length >= 23);
      assert.equal(inputs[0], 8);
      assert.equal(inputs[1], 9 + targets[length - 1]);
      assert.equal(inputs[length - 1], 7);
      for (let t = 2; t < length - 1; t++) assert.ok(inputs[t] >= 0 && inputs[t] < 7);
    }
    const mean = drawn.reduce((sum, { length }) => sum + length, 0) / drawn.length;
    assert.ok(Math.abs(mean - 32) < 1, `the paper's mean is q + 14 with the last symbol: ${mean}`);
  });
});

describe('counting', () => {
  test('what may come next', () => {
    const show = (/** @type {number} */ letters, /** @type {number} */ n) => {
      const { inputs, targets } = countingSequence(letters, n);
      return inputs.map((input, t) => {
        const next = targets.slice(t * (letters + 1), (t + 1) * (letters + 1));
        const names = letters === 2 ? 'abT' : 'abcT';
        return `${'Sabc'[input]}:${[...names].filter((_, v) => next[v] === 1).join('')}`;
      }).join(' ');
    };
    assert.equal(show(2, 2), 'S:a a:ab a:ab b:b b:T');
    assert.equal(show(3, 2), 'S:a a:ab a:ab b:b b:c c:c c:T');
    assert.equal(show(3, 1), 'S:a a:ab b:c c:T');
  });

  test('a network that counts is believed, one that does not is not', () => {
    /** @param {number} most */
    const counter = (most) => ({
      initialState: () => ({ a: 0, b: 0 }),
      step(/** @type {number} */ input, /** @type {{ a: number, b: number }} */ state) {
        if (input === 1) state.a = Math.min(state.a + 1, most);
        if (input === 2) state.b += 1;
        if (input === 2) return Float32Array.of(0, state.b < state.a ? 1 : 0, state.b < state.a ? 0 : 1);
        return Float32Array.of(1, input === 1 ? 1 : 0, 0);
      },
    });
    assert.equal(accepts(counter(5), 2, 5), true);
    assert.equal(accepts(counter(5), 2, 6), false);
  });
});

describe('timing', () => {
  test('spikes come after F or F + 1 steps, and the target says which', () => {
    const { inputs, targets, counts } = delaySequence(10, 500, new Random(6));
    const times = inputs.flatMap((x, t) => (x === 1 ? [t] : []));
    assert.equal(times.length, 500);
    times.forEach((t, n) => {
      assert.equal(t - (n === 0 ? -1 : times[n - 1]) - 10, targets[t]);
      assert.equal(counts[t], 1);
    });
    assert.equal(counts.reduce((sum, count) => sum + count, 0), 500);
  });

  test('spikes are to be generated every F steps', () => {
    const { length, targets } = spikeSequence(3, 4);
    assert.equal(length, 12);
    assert.deepEqual(targets, [0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1]);
  });
});

describe('a batch', () => {
  test('is time-major, padded with zeros that do not count', () => {
    const sequences = [
      { length: 1, inputs: [5], targets: [1, 2], lastOnly: false },
      { length: 2, inputs: [6, 7], targets: [3, 4, 8, 9], lastOnly: true },
      { length: 2, inputs: [8, 9], targets: [0, 0, 0, 0], lastOnly: false, counts: [1, 0] },
    ];
    const { inputs, targets, options } = pack({ input: { tokens: 10 }, output: { values: 2 } }, sequences, 2);
    assert.deepEqual([...inputs], [5, 6, 8, 0, 7, 9]);
    assert.deepEqual([...targets], [1, 2, 3, 4, 0, 0, 0, 0, 8, 9, 0, 0]);
    assert.deepEqual(options.lengths, [1, 2, 2]);
    assert.deepEqual([...options.mask], [1, 0, 1, 0, 1, 0]);
  });
});
