// Characters that a model does not know: an error, left out, or another stands for them.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { load } from 'lstm-wasm';
import { readSafetensors } from '../../reference/read.js';

const lstm = await load({ variant: 'simd' });
const alphabet = 'abc_ \n';
const create = (/** @type {object} */ more = {}) => lstm.createCharModel({ alphabet, hiddenSize: 6, seed: 2, ...more });
const strange = 'a\u{1F408}bé c\udc00a';
/** By the rule, what `strange` is read as. */
const readAs = { skip: 'ab ca', _: 'a_b_ c_a' };

for (const [unknown, plain] of Object.entries(readAs)) {
  describe(`unknown: '${unknown}'`, () => {
    const model = create({ unknown });
    const twin = create();
    const written = { length: 20, seed: 3 };

    test('wherever a text is read', () => {
      assert.equal(model.unknown, unknown);
      assert.deepEqual(model.predict(strange), twin.predict(plain));
      assert.deepEqual(model.read(strange).push(strange).predict(), twin.read(plain).push(plain).predict());
      assert.equal(model.generate({ prime: strange, ...written }), twin.generate({ prime: plain, ...written }));
      assert.equal([...model.stream({ prime: strange, ...written })].join(''), twin.generate({ prime: plain, ...written }));
      assert.deepEqual(model.complete(strange, { length: 3 }), twin.complete(plain, { length: 3 }));
      assert.deepEqual(model.evaluate(strange), twin.evaluate(plain));
      assert.equal(model.evaluate(strange).characters, plain.length - 1);
      assert.deepEqual(model.trace(strange, { prime: 'é' + strange }), twin.trace(plain, { prime: (unknown === '_' ? '_' : '') + plain }));
      assert.deepEqual(model.trace(strange).characters, [...plain], 'as they were read');
    });

    test('scores stand beside the characters of the text', () => {
      const scores = model.score(strange, { prime: 'a' });
      assert.equal(scores.length, [...strange].length);
      const isKnown = (/** @type {number} */ score) => !Number.isNaN(score);
      assert.deepEqual(scores.filter(isKnown), twin.score(plain, { prime: 'a' }));
      const left = [...strange].map((char) => unknown === 'skip' && !alphabet.includes(char));
      assert.deepEqual(Array.from(scores, (score) => !isKnown(score)), left);
      assert.deepEqual(model.read('a').score(strange), scores);
    });

    test('training is on what is read, and adds nothing to the alphabet', () => {
      const [one, other] = [create({ unknown }), create()];
      const asked = { steps: 5, batchSize: 2, window: 4 };
      for (const [each, text] of /** @type {const} */ ([[one, strange], [other, plain]])) {
        for (const report of each.train(text.repeat(20), { ...asked, validation: { text } })) void report;
      }
      assert.deepEqual(one.network.parameters(), other.network.parameters());
      assert.equal(one.alphabet.length, alphabet.length);
    });

    test('is in files and their configuration, with 8 bits a weight too', () => {
      assert.deepEqual({ ...model.config, unknown: undefined }, { ...twin.config, unknown: undefined });
      assert.equal(model.config.unknown, unknown);
      for (const each of [model, model.quantize()]) {
        assert.equal(each.unknown, unknown);
        const bytes = each.save();
        const opened = lstm.openCharModel(bytes);
        assert.equal(opened.unknown, unknown);
        assert.deepEqual(opened.predict(strange), each.predict(plain));
        assert.deepEqual(opened.save(), bytes);
      }
      assert.equal(readSafetensors(model.save()).metadata.notes, JSON.stringify({ unknown }));
      const again = lstm.openCharModel(model.checkpoint());
      assert.deepEqual([again.unknown, again.checkpoint()], [unknown, model.checkpoint()]);
      assert.deepEqual(lstm.createCharModel({ ...model.config, alphabet }).predict(strange), model.predict(strange));
    });

    test('can be set of a model that was opened', () => {
      const opened = lstm.openCharModel(twin.save());
      assert.equal(opened.unknown, 'error');
      opened.unknown = unknown;
      assert.deepEqual(opened.predict(strange), twin.predict(plain));
      assert.deepEqual(opened.save(), model.save());
      opened.unknown = 'error';
      assert.deepEqual(opened.save(), twin.save());
    });

    test('what is asked of a text that is written knows only the alphabet', () => {
      assert.throws(() => model.generate({ allowed: 'aé' }), { name: 'ArgumentError', message: /^generate: allowed must only have characters/ });
      assert.throws(() => model.generate({ stop: 'é' }), { name: 'ArgumentError', message: /^generate: stop must only have characters/ });
    });
  });
}

describe('what is left out leaves nothing', () => {
  const model = create({ unknown: 'skip' });

  test('no text is left to start from', () => {
    for (const call of ['predict', 'read']) {
      assert.throws(() => model[/** @type {'read'} */ (call)]('é'), {
        name: 'ArgumentError', message: `${call}: text must be a text with a character of the alphabet, got "é"`,
      });
    }
    assert.throws(() => model.generate({ prime: 'éé' }), { message: /^generate: prime must be a text with a character of/ });
    assert.throws(() => model.evaluate('éaé'), {
      message: 'evaluate: text must have at least 2 characters that the model reads, got 1',
    });
    assert.throws(() => [...model.train('é')], { name: 'ArgumentError' });
  });

  test('a reading does not move, and scores say so', () => {
    const reading = model.read('ab');
    const before = reading.save();
    assert.deepEqual(reading.push('éé').save(), before);
    assert.deepEqual(reading.score('éé'), Float64Array.of(NaN, NaN));
    assert.deepEqual(reading.trace('é').characters, []);
  });
});

test('of a list of lines, one that begins with an unknown character begins after a line\'s end', () => {
  const make = (/** @type {object} */ more) => {
    const model = create(more);
    for (const report of model.train(['abc', 'cab', 'bca'], { steps: 2 })) void report;
    return model;
  };
  assert.deepEqual(make({ unknown: 'skip' }).predict('éab'), make({}).predict('ab'));
  assert.deepEqual(make({ unknown: 'skip' }).predict('é\nab'), make({}).predict('\nab'));
});

describe('what is wrong', () => {
  test('an error says which character, where, and what can be done', () => {
    assert.equal(create().unknown, 'error');
    assert.equal(create({ unknown: 'error' }).config.unknown, undefined);
    assert.throws(() => create().predict('abé'), {
      name: 'ArgumentError',
      message: 'predict: text must only have characters of the model\'s alphabet (6), got "é" (U+00E9) as character 2; '
        + 'a model made with unknown: \'skip\', or a character, takes any',
    });
  });

  test('of a stop string and of the characters allowed it does not offer a rule that is for texts alone', () => {
    for (const unknown of ['error', 'skip']) {
      for (const name of ['stop', 'allowed']) {
        assert.throws(() => create({ unknown }).generate({ [name]: 'é' }), {
          name: 'ArgumentError',
          message: `generate: ${name} must only have characters of the model's alphabet (6), got "é" (U+00E9) as character 0`,
        });
      }
    }
  });

  for (const unknown of ['', 'é', 'ab', 'Skip', null, 1, [], {}, true]) {
    test(`unknown: ${JSON.stringify(unknown)}`, () => {
      const message = /^createCharModel: unknown must be 'error', 'skip' or a character of the alphabet, got /;
      assert.throws(() => create({ unknown }), { name: 'ArgumentError', message });
      const model = create();
      assert.throws(() => { model.unknown = /** @type {any} */ (unknown); }, { message: /^CharModel.unknown must be 'error', / });
      assert.equal(model.unknown, 'error');
    });
  }
});
