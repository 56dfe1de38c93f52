// Logits of any size: probabilities are right as long as logits are numbers, and no answer is made of what is none.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DivergedError, load } from 'lstm-wasm';

const lstm = await load({ variant: 'simd' });
const alphabet = 'abcdef \n';
const message = (/** @type {string} */ call, what = 'logits are') => new RegExp(
  `^${call}: the network's ${what} not finite: its parameters are too large, .* a lower learningRate, or set smaller parameters$`);

/** @param {any} [parameters] of the network, each filled with a number @param {any} [options] @param {any} [library] */
function create(parameters = {}, options = {}, library = lstm) {
  const model = library.createCharModel({ alphabet, hiddenSize: 6, seed: 2, ...options });
  fill(model, parameters);
  return model;
}

/** @param {any} model @param {Record<string, number>} parameters */
function fill({ network }, parameters) {
  const all = network.parameters();
  // Of both signs, so that their sums are infinite and NaN.
  network.setParameters(Object.fromEntries(Object.entries(parameters).map(([name, value]) =>
    [name, all[name].map((_, i) => (i % 3 === 1 ? -value : value))])));
}

// Whatever h is, from about 0.02 on, these overflow.
const overflowing = { 'head.weight': 3e38, 'head.bias': 3e38 };
const calls = /** @type {Record<string, (place: any, prime: any) => any>} */ ({
  predict: (place) => ('alphabet' in place ? place.predict('ab') : place.predict()),
  score: (place, prime) => place.score('bad', prime),
  trace: (place, prime) => place.trace('bad', prime),
  generate: (place, prime) => place.generate({ length: 9, ...prime }),
  complete: (place) => place.complete(...('alphabet' in place ? ['ab'] : []), { length: 3 }),
});

/** All that can be asked of a model, or of a reading. @param {any} place */
function ask(place) {
  const prime = 'alphabet' in place ? { prime: 'ab' } : {};
  for (const [call, make] of Object.entries(calls)) {
    assert.throws(() => make(place, prime), (error) => {
      assert.ok(error instanceof DivergedError, `${call}: ${/** @type {any} */ (error).stack}`);
      assert.match(error.message, message(call));
      return true;
    }, call);
  }
  for (const options of [{ temperature: 0 }, { topK: 2 }, { topP: 0.5 }, { allowed: 'ab' }, { stop: 'a' }, { pattern: '[ab]+' }]) {
    assert.throws(() => place.generate({ ...prime, ...options }), { name: 'DivergedError', message: message('generate') });
    const stream = place.stream({ ...prime, ...options });
    assert.throws(() => stream.next(), { name: 'DivergedError', message: message('stream') });
  }
}

describe('logits that overflow', () => {
  const makers = /** @type {Record<string, () => any>} */ ({
    'of both signs': () => create(overflowing),
    'of 8-bit weights': () => create(overflowing).quantize(),
    'of a gru, in a file': () => lstm.openCharModel(create(overflowing, { kind: 'gru' }).save()),
  });
  for (const [name, make] of Object.entries(makers)) {
    test(`${name}: every call of a model and of a reading says so`, () => {
      const model = make();
      ask(model);
      ask(model.read('ab'));
      assert.throws(() => model.evaluate('abba'), { name: 'DivergedError', message: message('evaluate') });
    });
  }

  test('a single one, though the others have probabilities', () => {
    const model = create();
    const { 'head.weight': weight, 'head.bias': bias } = model.network.parameters();
    // Logit 3 is -3.4e38 (1 + |h|) after "ab".
    const { h } = model.trace('ab').layers[0];
    model.network.setParameters({
      'head.weight': weight.map((w, i) => (Math.floor(i / 6) === 3 ? -3.4e38 * Math.sign(h[6 + (i % 6)]) : w)),
      'head.bias': bias.map((b, k) => (k === 3 ? -3.4e38 : b)),
    });
    const place = model.read('\na').push('b');
    for (const call of [() => place.predict(), () => place.score('d'), () => place.score('a'), () => place.trace('a'),
      () => place.complete({ length: 1 }), () => place.generate({ temperature: 0, length: 1 }), () => model.evaluate('\nabc')]) {
      assert.throws(call, { name: 'DivergedError' });
    }
  });

  test('scalar', async () => ask(create(overflowing, {}, await load({ variant: 'scalar' }))));

  test('a network\'s generate says so, and leaves state and generator as they are; so does step', () => {
    const { network } = create(overflowing);
    const state = network.initialState();
    const before = structuredClone(state);
    const { random } = network;
    for (const seed of [undefined, 3]) {
      const options = { state, token: 1, length: 5000, ...(seed !== undefined && { seed }) };
      assert.throws(() => network.generate(options), { name: 'DivergedError', message: message('generate') });
      assert.deepEqual(state, before);
      assert.deepEqual(network.random, random);
    }
    assert.throws(() => network.step(1, state), { name: 'DivergedError', message: /^step: the network's output is not finite/ });
    assert.deepEqual(state, before);
  });

  test('a model whose parameters are made smaller again is the model that it was', () => {
    const model = create();
    const fresh = create();
    const parameters = model.network.parameters();
    fill(model, overflowing);
    const reading = model.read('ab');
    ask(model);
    ask(reading);
    model.network.setParameters(parameters);
    assert.deepEqual(model.predict('ab'), fresh.predict('ab'));
    assert.deepEqual(reading.predict(), fresh.predict('ab'));
    assert.deepEqual(model.score('bad'), fresh.score('bad'));
    assert.deepEqual(model.trace('bad'), fresh.trace('bad'));
    assert.deepEqual(model.complete('ab', { length: 3 }), fresh.complete('ab', { length: 3 }));
    assert.equal(model.generate({ length: 50 }), fresh.generate({ length: 50 }));
    assert.equal(model.evaluate('abba').loss, fresh.evaluate('abba').loss);
  });
});

test('a state that overflows is the network\'s, not an argument: reading says so, and a reading stays where it is', () => {
  const options = { kind: 'rnn', activation: 'relu' };
  const model = create({}, options);
  const reading = model.read('ab');
  const before = reading.predict();
  const parameters = model.network.parameters();
  for (const name of ['weight_ih_l0', 'weight_hh_l0']) model.network.setParameters({ [name]: parameters[name].map(() => 3e38) });
  for (const call of [() => reading.push('cabbabe'), () => model.read('abba'), () => model.predict('abba'),
    () => model.generate({ prime: 'abba' })]) {
    assert.throws(call, { name: 'DivergedError', message: message('(push|read|predict|generate)', 'state is') });
  }
  model.network.setParameters(parameters);
  assert.deepEqual(reading.predict(), before);
});

describe('logits that are huge', () => {
  // Four characters of eight share the largest logit, the others are at 0.
  for (const largest of [1, 1e6, 2 ** 20, 1e9, 1e18, 1e30, 3e38, -3e38]) {
    test(`${largest}: log p is right`, () => {
      const model = create();
      const other = largest < 0 ? -3.4e38 : 0;
      model.network.setParameters({
        'head.weight': new Float32Array(8 * 6), 'head.bias': Float32Array.from(alphabet, (_, k) => (k % 2 ? largest : other)) });
      const [high, low] = [alphabet[1], alphabet[2]];
      const rest = Math.log(4 + 4 * Math.exp(other - largest));
      const near = (/** @type {number} */ got, /** @type {number} */ expected) =>
        assert.ok(Math.abs(got - expected) <= 1e-6 * Math.max(1, Math.abs(expected)), `got ${got}, expected ${expected}`);
      near(model.score(high)[0], -rest);
      near(model.score(low)[0], Math.fround(other) - Math.fround(largest) - rest);
      near(model.evaluate(high.repeat(9)).loss, rest);
      near(model.trace(high).logProbabilities[0], -rest);
      near(model.complete('a', { length: 1 })[0].logProbability, -rest);
      near(model.predict('a')[0].probability, Math.exp(-rest));
      if (largest > 2 || largest < 0) {
        const { network } = model;
        const trainer = network.createTrainer({ batchSize: 1, window: 2, carryState: true });
        near(trainer.evaluate([0, 1], [1, 1]).loss, rest);
        assert.match(model.generate({ length: 50, seed: 1 }), /^[bdf\n]{50}$/);
      }
    });
  }
});
