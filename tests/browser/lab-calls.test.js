// What else the lab is asked for: the sum behind a gate, completions, what a prediction listens to, what tampering costs.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { randomNumbers } from '../../web/model/why/tasks/remember.js';
import { complete } from '../../web/worker/lab/complete.js';
import { cost } from '../../web/worker/lab/cost.js';
import { terms } from '../../web/worker/lab/gate-sum.js';
import { gatesOf, squashed } from '../../web/worker/lab/gates.js';
import { listensTo } from '../../web/worker/lab/listens-to.js';
import { run } from '../../web/worker/lab/run.js';
import { createModel, drawText, HIDDEN, lstm, networks, openFile } from './lab-setup.js';

/** @param {number} found @param {number} expected @param {string} [what] */
const assertNear = (found, expected, what = '') => assert.ok(Math.abs(found - expected) < 1e-5, `${what} ${found}, expected ${expected}`);

/** The answer of a call in slices. @template T @param {Generator<void, T>} slices @returns {T} */
function finish(slices) {
  for (;;) {
    const { done, value } = slices.next();
    if (done) return value;
  }
}

describe('the sum behind a gate', async () => {
  for (const made of networks) {
    test(`${made.name}: is its bias and all products, and squashed it is the gate`, async () => {
      const random = randomNumbers(3, JSON.stringify(made).length);
      const open = await openFile(createModel(made, random).save());
      const text = drawText(random, 9);
      const layer = made.layers.length > 1 ? 1 : 0;
      const config = open.layers[layer];
      const gates = config.kind === 'rnn' || config.kind === 'feedforward' ? ['hidden'] : Object.keys(gatesOf(config));
      const tampering = {
        edits: [{ memory: /** @type {const} */ ('h'), unit: 1, at: 3, value: 0.7 }].filter(() => !config.projection),
        silenced: [2], holds: [{ gate: gates[0], unit: /** @type {number | 'all'} */ (3), value: 0.25, from: 2 }].filter(({ gate }) => gate && gate !== 'hidden'),
      };
      for (const changed of [{}, tampering]) {
        const read = run(open, { text, layer, tampering: changed });
        const { trace } = read.tampered ?? read.untouched;
        for (const gate of gates) {
          for (let unit = 0; unit < HIDDEN; unit++) {
            for (const at of [0, 4, 8]) {
              const found = terms(open, { text, layer, unit, at, gate, tampering: changed });
              const total = found.terms.reduce((sum, { product }) => sum + product, found.bias + found.others);
              assertNear(total, found.sum);
              assertNear(squashed(found.squash, found.sum), found.value);
              for (const { weight, value, product } of found.terms) assertNear(weight * value, product);
              assert.deepEqual(found.terms, [...found.terms].sort((a, b) => Math.abs(b.product) - Math.abs(a.product)));
              assert.ok(found.terms.length <= 5 && found.terms.length > 0);
              const shown = (gate === 'hidden' ? trace.h : trace.gates[gate])[at * HIDDEN + unit];
              assertNear(found.held ?? found.value, shown, `${gate} of unit ${unit} at ${at}`);
              const isHeld = changed === tampering && unit === 3 && at >= 2 && (gate === tampering.holds[0]?.gate || (config.coupled === true && gate === 'forget'));
              assert.equal(found.held !== undefined, isHeld);
            }
          }
        }
      }
    });
  }

  test('names its terms: the character, units, and what a gate peeps at', async () => {
    const names = async (/** @type {Record<string, any>} */ layer, /** @type {string} */ gate) => {
      const open = await openFile(createModel({ layers: [{ ...layer, hiddenSize: 2 }] }, randomNumbers(3)).save());
      const { terms: all } = terms(open, { text: 'abc', unit: 1, at: 2, gate });
      return all.map(({ of, unit, char }) => of + (char ?? unit)).sort();
    };
    assert.deepEqual(await names({ kind: 'lstm' }, 'forget'), ['h0', 'h1', 'xc']);
    assert.deepEqual(await names({ kind: 'lstm', peephole: 'diagonal' }, 'output'), ['c1', 'h0', 'h1', 'xc']);
    assert.deepEqual(await names({ kind: 'lstm', peephole: 'full' }, 'forget'), ['c0', 'c1', 'h0', 'h1', 'xc']);
    assert.deepEqual(await names({ kind: 'four-gate' }, 'use'), ['fc0', 'fc1']);
    assert.deepEqual(await names({ kind: 'rnn' }, 'hidden'), ['h0', 'h1', 'xc']);
  });

  test('of what is not there is an error', async () => {
    const open = await openFile(createModel({ layers: [{ kind: 'lstm' }] }, randomNumbers(3)).save());
    const asked = { text: 'abc', unit: 0, at: 0, gate: 'forget' };
    assert.throws(() => terms(open, { ...asked, gate: 'use' }), /no sum “use”: it has input, forget, candidate, output/);
    for (const at of [3, -1, NaN]) assert.throws(() => terms(open, { ...asked, at }), /0 the first, got/);
    assert.throws(() => terms(open, { ...asked, unit: 5 }), /units 0 to 4/);
    assert.throws(() => terms(open, { ...asked, text: '' }), /has 0 characters that the network knows/);
  });
});

test('a completion is the same for the same text, however it was typed, and ends with a word', async () => {
  const book = 'the sea is wide. the sea is deep. the whale is white.\n';
  const model = lstm.createCharModel({ text: book, hiddenSize: 48, seed: 1 });
  for (const report of model.train(book.repeat(20), { steps: 300, batchSize: 8 })) assert.ok(report.loss > 0);
  const file = model.save();
  const open = await openFile(file);
  const typed = ['t', 'th', 'the', 'the ', 'the s', 'the se'].map((text) => complete(open, text));
  assert.equal(complete(await openFile(file), 'the se'), typed[5]);
  assert.match(`the se${typed[5]}`, /^the sea is (wide|deep)\.$/);
  assert.equal(complete(open, 'the'), typed[2]);
  assert.equal(typeof complete(open, ''), 'string');
  assert.throws(() => complete(open, /** @type {any} */ (null)), /reads a text/);
});

test('a completion begins with the likeliest character, as the bars have it', async () => {
  const open = await openFile(createModel({ layers: [{ kind: 'lstm' }] }, randomNumbers(8)).save());
  const texts = [...'abcde'].flatMap((one) => [one, `${one}a`, `${one}ab`, `${one}abc`]);
  const guesses = texts.map((text) => open.model.read().push(text).predict({ top: 1 })[0].char);
  assert.deepEqual(texts.map((text) => complete(open, text).slice(0, 1)), guesses.map((char) => (char === '\n' ? '' : char)));
  assert.ok(new Set(guesses).size > 1, guesses.join());
});

test('what a prediction listens to: what is lost where a character is left out', async () => {
  const open = await openFile(createModel({ layers: [{ kind: 'lstm' }, { kind: 'gru' }] }, randomNumbers(8)).save());
  const text = 'abcdeafgh';
  const found = finish(listensTo(open, { text }));
  const last = (/** @type {string} */ of) => Array.from(open.read(open.sift(of).tokens)[of.length].logProbabilities);
  const whole = last(text);
  const best = whole.indexOf(Math.max(...whole));
  assert.equal(found.length, text.length);
  found.forEach((loss, t) => assertNear(loss, whole[best] - last(text.slice(0, t) + text.slice(t + 1))[best]));
  assert.equal(finish(listensTo(open, { text: '' })).length, 0);
});

test('what tampering costs: nats a character, and the characters where it costs most', async () => {
  const random = randomNumbers(9);
  const open = await openFile(createModel({ layers: [{ kind: 'lstm' }] }, random).save());
  const text = drawText(random, 300);
  const tampering = { holds: [{ gate: 'forget', unit: /** @type {const} */ ('all'), value: 0, from: 0 }], silenced: [1] };
  const found = finish(cost(open, { text: `${text}☃`, tampering }));
  const { untouched, tampered } = run(open, { text, tampering });
  const mean = (/** @type {Float64Array | undefined} */ all) => -(all ?? []).reduce((sum, p) => sum + p, 0) / 300;
  assertNear(found.untouched, mean(untouched.logProbabilities));
  assertNear(found.tampered, mean(tampered?.logProbabilities));
  assert.deepEqual([found.length, found.costliest.length], [300, 12]);
  const costs = Array.from(untouched.logProbabilities, (p, t) => p - (tampered?.logProbabilities[t] ?? 0));
  const [most] = found.costliest;
  assert.equal(most.at, costs.indexOf(Math.max(...costs)));
  assert.deepEqual([most.char, text.slice(0, most.at).endsWith(most.before)], [text[most.at], true]);
  const nothing = finish(cost(open, { text }));
  assert.deepEqual([nothing.tampered, nothing.costliest], [nothing.untouched, []]);
  assert.throws(() => finish(cost(open, { text: '☃' })), /knows no character/);
});
