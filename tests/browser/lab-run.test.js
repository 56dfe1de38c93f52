// The lab reads as the library does, and as each cell's equations say where it is tampered with: against the equations in
// double, written anew, for every kind, with random tampering.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { randomNumbers } from '../../web/model/why/tasks/remember.js';
import { gatesOf } from '../../web/worker/lab/gates.js';
import { Lab } from '../../web/worker/lab/Lab.js';
import { hasCellState } from '../../web/worker/lab/plan.js';
import { run } from '../../web/worker/lab/run.js';
import { Equations } from './lab-equations.js';
import { ALPHABET, createModel, drawText, HIDDEN, lstm, networks, openFile, predictor } from './lab-setup.js';

/** @typedef {import('../../web/model/cell/types.js').Tampering} Tampering */
/** @typedef {Record<string, any>} Layer */

/** @param {Layer} layer @param {number} length @param {() => number} random @returns {Tampering} */
function drawTampering(layer, length, random) {
  const below = (/** @type {number} */ n) => Math.floor(n * random());
  const several = (/** @type {() => any} */ draw) => Array.from({ length: below(4) }, draw);
  const names = Object.keys(gatesOf(layer)).filter((name) => !(layer.coupled && name === 'input')); // one of the two
  const hold = () => {
    const gate = names[below(names.length)];
    const value = [0, 1, random(), random()][below(4)] * (gate === 'candidate' || gate === 'use' ? 1 - 2 * below(2) : 1);
    const from = below(length + 2);
    return { gate, value, unit: below(3) ? below(HIDDEN) : 'all', from, ...(below(2) && { to: from + below(5) }) };
  };
  const isOwn = !layer.projection;
  const memories = [...(hasCellState(/** @type {any} */ (layer)) ? ['c'] : []), ...(isOwn ? ['h'] : [])];
  return {
    holds: names.length > 0 ? several(hold) : [],
    edits: memories.length > 0 ? several(() => ({ memory: memories[below(memories.length)], unit: below(HIDDEN), at: below(length), value: 4 * random() - 2 })) : [],
    swaps: isOwn ? several(() => ({ unit: below(HIDDEN), at: below(length), text: drawText(random, 1 + below(6)) })) : [],
    silenced: several(() => below(HIDDEN)),
  };
}

/** @param {ArrayLike<number>} found @param {ArrayLike<number>} expected @param {string} what */
function assertClose(found, expected, what) {
  assert.equal(found.length, expected.length, what);
  for (let n = 0; n < found.length; n++) {
    assert.ok(Math.abs(found[n] - expected[n]) <= 1e-5 * Math.max(1, Math.abs(expected[n])), `${what}: ${found[n]} at ${n}, expected ${expected[n]}`);
  }
}

/** @param {import('../../web/model/cell/types.js').Side} side @param {ReturnType<Equations['read']>} truth @param {readonly number[]} tokens */
function assertSide({ trace, probabilities, logProbabilities }, truth, tokens) {
  const [before, ...after] = truth.map(({ memories }) => memories[trace.layer]);
  assertClose(trace.start.h, before.h, 'h at the start');
  assertClose(trace.h, after.flatMap(({ h }) => h), 'h');
  if (before.c) assertClose(/** @type {Float32Array} */ (trace.c), after.flatMap(({ c }) => c ?? []), 'c');
  for (const [name, values] of Object.entries(trace.gates)) assertClose(values, after.flatMap(({ gates }) => gates[name]), name);
  assertClose(probabilities, truth.flatMap((step) => step.logProbabilities.map(Math.exp)), 'probabilities');
  assertClose(logProbabilities, tokens.map((token, t) => truth[t].logProbabilities[token]), 'log p');
}

for (const network of networks) {
  test(`${network.name}: as the library reads it to the bit, and tampered with as its equations say`, async () => {
    const random = randomNumbers(7, JSON.stringify(network).length);
    const model = createModel(network, random);
    const lab = new Lab(predictor);
    assert.deepEqual((await lab.open('it', model.save())).layers, model.network.config.layers);
    const open = lab.get('it');
    await open.prepare();
    const truth = new Equations(model.network, 0);
    for (let round = 0; round < 12; round++) {
      const text = drawText(random, 1 + Math.floor(16 * random()));
      const layer = network.layers.length === 1 ? 0 : round % 4 ? 1 : Math.floor(3 * random()) % network.layers.length;
      const tampering = drawTampering({ hiddenSize: HIDDEN, ...network.layers[layer] }, text.length, random);
      const found = run(open, { text, layer, tampering });
      const traced = model.trace(text).layers[layer];
      assert.deepEqual(found.untouched.trace, traced);
      assertClose(found.untouched.logProbabilities, model.trace(text).logProbabilities, 'log p of the library');
      const tokens = open.tokensOf([...text]);
      assertSide(found.untouched, truth.read(tokens), tokens);
      const isTouched = Object.values(tampering).some(({ length }) => length > 0);
      assert.equal(found.tampered !== undefined, isTouched);
      if (!found.tampered) continue;
      try {
        assertSide(found.tampered, truth.read(tokens, layer, tampering, (other) => open.tokensOf([...other])), tokens);
      } catch (error) {
        throw new Error(`round ${round}, layer ${layer}, ${JSON.stringify(text)}, ${JSON.stringify(tampering)}`, { cause: error });
      }
      for (const { gate, unit, value, from, to = Infinity } of tampering.holds.slice(-1)) {
        const own = found.tampered.trace.gates[gate];
        for (let t = from; t <= Math.min(to, text.length - 1); t++) assert.equal(own[t * HIDDEN + (unit === 'all' ? 0 : unit)], Math.fround(value));
      }
    }
  });
}

test('what is typed, deleted and tampered with bit by bit is read as at once', async () => {
  const random = randomNumbers(11);
  const file = createModel({ layers: [{ kind: 'lstm', peephole: 'diagonal' }, { kind: 'gru' }] }, random).save();
  const open = await openFile(file);
  let text = '';
  /** @type {Partial<Tampering>} */
  let tampering = {};
  for (let round = 0; round < 60; round++) {
    const dice = random();
    if (dice < 0.5) text += drawText(random, 1);
    else if (dice < 0.6) text = text.slice(0, -1);
    else if (dice < 0.7) text = `${text.slice(0, 3)}${drawText(random, 2)}${text.slice(3)}`;
    else if (dice < 0.8) tampering = { ...tampering, silenced: tampering.silenced?.length ? [] : [2] };
    else tampering = { ...tampering, holds: [{ gate: 'forget', value: random(), unit: 'all', from: Math.floor(8 * random()) }] };
    assert.deepEqual(run(open, { text, layer: 0, tampering }), run(await openFile(file), { text, layer: 0, tampering }));
  }
});

test('of weights of 8 bits, what they stand for is read, tampered with or not', async () => {
  const model = createModel({ layers: [{ kind: 'lstm' }] }, randomNumbers(5));
  const small = model.quantize();
  const floats = lstm.createCharModel({ alphabet: ALPHABET, hiddenSize: HIDDEN });
  floats.network.setParameters(small.network.parameters());
  const { untouched, tampered } = run(await openFile(small.save()), { text: 'abcdefgh', tampering: { edits: [{ memory: 'c', unit: 1, at: 20, value: 0 }] } });
  assert.deepEqual(untouched.trace, floats.trace('abcdefgh').layers[0]);
  assert.deepEqual(tampered, untouched);
});

test('of a long text the end is read, from a place that stays while it grows', async () => {
  const open = await openFile(createModel({ layers: [{ kind: 'rnn' }] }, randomNumbers(5)).save());
  const text = drawText(randomNumbers(6), 520);
  const read = (/** @type {number} */ length) => run(open, { text: text.slice(0, length) });
  assert.deepEqual([read(400), read(401), read(500), read(501)].map(({ skipped, characters }) => [skipped, characters.length]),
    [[0, 400], [100, 301], [100, 400], [200, 301]]);
  assert.equal(read(450).text, text.slice(100, 450));
  const mixed = run(open, { text: 'aXbYY☃c' });
  assert.deepEqual([mixed.text, mixed.unknown, mixed.characters], ['abc', ['X', 'Y', '☃'], ['a', 'b', 'c']]);
});

test('a text of nothing known is read as nothing: what a text begins with', async () => {
  const model = createModel({ layers: [{ kind: 'lstm' }] }, randomNumbers(5));
  const open = await openFile(model.save());
  for (const text of ['', 'XYZ', '☃']) {
    const { characters, untouched: { probabilities, logProbabilities, trace } } = run(open, { text });
    assert.deepEqual([characters.length, logProbabilities.length, trace.h.length, probabilities.length], [0, 0, 0, ALPHABET.length]);
    assertClose(probabilities, model.predict('\n').sort((a, b) => (a.char < b.char ? -1 : 1)).map(({ probability }) => probability), 'first');
  }
});

describe('what cannot be done is said, and the lab goes on', async () => {
  const file = (/** @type {Layer} */ layer) => createModel({ layers: [layer] }, randomNumbers(5)).save();
  const open = await openFile(file({ kind: 'lstm' }));
  const hold = { gate: 'forget', value: 0.5, unit: 0, from: 0 };
  /** @type {[any, RegExp][]} */
  const wrong = [
    [{ text: 5 }, /reads a text, not 5/], [{ text: 'a', layer: 1 }, /layers 0 to 0, got 1/], [{ text: 'a', layer: 0.5 }, /got 0.5/],
    [{ text: 'a', tampering: 'much' }, /not “much”/], [{ text: 'a', tampering: { holds: {} } }, /holds of a tampering are a list/],
    [{ text: 'a', tampering: { holds: [null] } }, /list of at most 1000/],
    ...[{ gate: 'keep' }, { gate: '__proto__' }, { gate: 5 }].map((one) => [{ ...hold, ...one }, /no gate .* it has input, forget, candidate, output/]),
    ...[NaN, 1.01, -0.1, '1', undefined, Infinity].map((value) => [{ ...hold, value }, /can be held at from 0 to 1, not at/]),
    ...[-1, 5, 1.5, NaN, 'most'].map((unit) => [{ ...hold, unit }, /units 0 to 4, got/]),
    ...[-1, 0.5, NaN, undefined].map((from) => [{ ...hold, from }, /held from a character/]),
    [{ ...hold, from: 3, to: 2 }, /not from 3 to 2/],
  ].map((one) => /** @type {[any, RegExp]} */ (Array.isArray(one) && 'gate' in one[0] ? [{ text: 'ab', tampering: { holds: [one[0]] } }, one[1]] : one));
  wrong.push(
    [{ text: 'a', tampering: { edits: [{ memory: 'x', unit: 0, at: 0, value: 1 }] } }, /no memory “x” .*: c, h/],
    [{ text: 'a', tampering: { edits: [{ memory: 'c', unit: 9, at: 0, value: 1 }] } }, /got 9/],
    [{ text: 'a', tampering: { edits: [{ memory: 'c', unit: 0, at: 0, value: NaN }] } }, /to a number, not to NaN/],
    [{ text: 'a', tampering: { edits: [{ memory: 'c', unit: 0, at: 0, value: 1e300 }] } }, /to a number/],
    [{ text: 'a', tampering: { swaps: [{ unit: 0, at: 0, text: '' }] } }, /comes from another text/],
    [{ text: 'a', tampering: { swaps: [{ unit: 0, at: 0, text: 'XYZ' }] } }, /knows no character of the other text/],
    [{ text: 'a', tampering: { silenced: [7] } }, /units 0 to 4, got 7/],
  );
  for (const [asked, message] of wrong) {
    test(`${JSON.stringify(asked)}: ${message.source}`, () => {
      assert.throws(() => run(open, asked), (error) => message.test(error.message) && /[.]$/.test(error.message));
      assert.equal(run(open, { text: 'ab' }).text, 'ab');
    });
  }

  test('a cell without gates is looked at, and has none to hold', async () => {
    const plain = await openFile(file({ kind: 'rnn' }));
    assert.match(plain.untouchable ?? '', /No gate can be held: this network \(rnn\) has none/);
    assert.throws(() => run(plain, { text: 'a', tampering: { holds: [hold] } }), /No gate can be held/);
    assert.throws(() => run(plain, { text: 'a', tampering: { edits: [{ memory: 'c', unit: 0, at: 0, value: 1 }] } }), /no memory “c”/);
    assert.ok(run(plain, { text: 'ab', tampering: { silenced: [1] } }).tampered);
  });

  test('a value that a clipped cell cannot have; h that is no unit\'s', async () => {
    const clipped = await openFile(file({ kind: 'lstm', clip: 2 }));
    assert.throws(() => run(clipped, { text: 'a', tampering: { holds: [{ ...hold, value: 0 }] } }), /within 2 of 0/);
    assert.ok(run(clipped, { text: 'a', tampering: { holds: [hold] } }).tampered);
    const projected = await openFile(file({ kind: 'lstm', projection: 2 }));
    assert.throws(() => run(projected, { text: 'a', tampering: { edits: [{ memory: 'h', unit: 0, at: 0, value: 1 }] } }), /none is a unit/);
    assert.throws(() => run(projected, { text: 'a', tampering: { swaps: [{ unit: 0, at: 0, text: 'b' }] } }), /none is a unit/);
  });

  test('a network whose numbers grow beyond all bounds', async () => {
    const model = createModel({ layers: [{ kind: 'rnn', activation: 'relu' }] }, randomNumbers(5));
    const values = model.network.parameters();
    values.weight_hh_l0.fill(1e6);
    values.bias_ih_l0.fill(1);
    model.network.setParameters(values);
    const diverged = await openFile(model.save());
    assert.throws(() => run(diverged, { text: 'abcdefgh' }), /beyond all bounds/);
    assert.ok(run(diverged, { text: 'a' }));
  });

  test('an id that is not open, a file that is none; what was open stays', async () => {
    const lab = new Lab(predictor);
    assert.throws(() => lab.get('moby'), { message: 'No network is open as “moby”: open are none.' });
    await lab.open('moby', file({ kind: 'gru' }));
    await assert.rejects(lab.open('moby', Uint8Array.of(9, 9, 9)), { name: 'FileFormatError' });
    await assert.rejects(lab.open('moby', /** @type {any} */ ('a file')));
    const other = lstm.createNetwork({ input: { tokens: 3 }, layers: [{ kind: 'gru', hiddenSize: 2 }], output: { classes: 3 } });
    await assert.rejects(lab.open('moby', other.save()), { name: 'FileFormatError', message: 'The lab looks at character models; the file is of another kind, “network”.' });
    await assert.rejects(lab.open('', file({ kind: 'gru' })), /under a name/);
    assert.equal(lab.get('moby').layers[0].kind, 'gru');
    const open = [lab.open('moby', file({ kind: 'lstm' })), lab.open('moby', file({ kind: 'rnn' }))];
    await lab.opened;
    await Promise.all(open);
    assert.equal(lab.get('moby').layers[0].kind, 'rnn');
  });

  test('what is held needs a copy, which is asked for first; of a network that was closed nothing is left', async () => {
    const lab = new Lab(predictor);
    await lab.open('it', file({ kind: 'lstm' }));
    const network = lab.get('it');
    const asked = { text: 'ab', tampering: { holds: [hold] } };
    assert.throws(() => run(network, asked), /prepare\(\) has to end first/);
    await Promise.all([network.prepare(), network.prepare()]);
    const first = run(network, asked);
    // Of many holds one after the other, two copies are enough; more come when they are asked for.
    for (const value of [0, 0.25, 0.5, 1]) {
      for (const gate of ['forget', 'input', 'output']) assert.ok(run(network, { text: 'ab', tampering: { holds: [{ ...hold, gate, value }] } }).tampered);
      await network.prepare();
    }
    assert.deepEqual(run(network, asked), first);
    const preparing = network.prepare();
    network.dispose();
    await preparing;
    assert.throws(() => run(network, { text: 'abc', tampering: { holds: [hold] } }), { name: 'DisposedError' });
    const { memoryBytes } = predictor;
    for (let round = 0; round < 40; round++) {
      await lab.open('it', file({ kind: 'lstm' }));
      await lab.get('it').prepare();
    }
    assert.equal(predictor.memoryBytes, memoryBytes);
  });
});
