// Translators: what they learn, write, show, keep in files, and refuse.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ArgumentError, DisposedError, FileFormatError, inspect, load } from 'lstm-wasm';
import { load as loadPredictor } from 'lstm-wasm/predict';
import { dataOf, tasks, words } from '../../experiments/translation/tasks.js';

const lstm = await load({ variant: 'simd' });
const small = { hiddenSize: 32, embedding: 16 };
/** @type {[string, string][]} */
const pairs = [['one', '1'], ['two', '2'], ['three', '3'], ['four', '4'], ['one two', '12'], ['two one', '21'], ['three four', '34'], ['four four', '44']];

/** @param {() => void} call @param {RegExp} message @param {any} [Kind] */
const refuses = (call, message, Kind = ArgumentError) => assert.throws(call, (/** @type {any} */ error) => {
  assert.ok(error instanceof Kind, `${error}`);
  assert.match(error.message, message);
  return true;
});

/** @param {any} options @param {any} [training] */
function learnt(options = {}, training = {}) {
  const model = lstm.createTranslator({ pairs, ...small, ...options });
  for (const _ of model.train(pairs, { steps: 150, batchSize: 8, learningRate: 0.01, ...training }));
  return model;
}

describe('a small version of the experiment', () => {
  // The whole one is node tests/experiments/translation/run.js.
  const [task] = tasks.filter(({ name }) => name.startsWith('reversal'));
  const { train, unseen } = dataOf({ ...task, draw: (draw) => {
    const text = Array.from({ length: 2 + draw(3) }, () => `${draw(4)}`).join('');
    return [text, [...text].reverse().join('')];
  } }, 250, 40);

  for (const attention of /** @type {const} */ (['product', 'additive'])) {
    test(`reversal of digits, ${attention}: unseen ones are right, and each looks at its own`, () => {
      const model = lstm.createTranslator({ pairs: train, attention, ...small });
      for (const _ of model.train(train, { steps: 250, batchSize: 16, learningRate: 0.01 }));
      const { accuracy, loss } = model.evaluate(unseen);
      assert.ok(accuracy >= 0.9, `${accuracy} right`);
      assert.ok(loss < 0.2, `loss ${loss}`);
      const { text, attention: looked, source, target } = model.translate('0123', { beam: 3 });
      assert.equal(text, '3210');
      assert.deepEqual([source, target], [[...'0123'], [...'3210']]);
      assert.equal(looked.length, 5);
      for (const row of looked) assert.ok(Math.abs(row.reduce((sum, part) => sum + part, 0) - 1) < 1e-5);
    });
  }

  test('the words of numbers are as people say them', () => {
    assert.deepEqual([0, 21, 300, 4005, 123456].map(words), [
      'zero', 'twenty-one', 'three hundred', 'four thousand five', 'one hundred twenty-three thousand four hundred fifty-six']);
  });
});

describe('a translator', () => {
  for (const [name, options] of Object.entries({
    'words, gru': { by: 'word', locale: 'en', kind: 'gru' },
    'cut at spaces': { by: ' ' },
    'no attention, one way, rnn': { attention: false, bidirectional: false, kind: 'rnn', hiddenSize: 64 },
    'two layers of four-gate, additive': { layers: 2, kind: 'four-gate', attention: 'additive' },
    'a projected lstm': { projection: 16 },
    'a tdnn, which has only attention': { kind: 'tdnn', delays: 3 },
  })) {
    test(`${name}: learns, is saved and opened, with 8 bits too, and predicted with`, async () => {
      const model = learnt(options);
      const before = model.evaluate(pairs);
      assert.ok(before.loss < 0.7, `loss ${before.loss}`);
      const opened = /** @type {any} */ (await lstm.open(model.save()));
      assert.deepEqual(opened.config, model.config);
      assert.deepEqual(opened.evaluate(pairs), before);
      assert.deepEqual(lstm.createTranslator(model.config).config, model.config);
      const predictor = await loadPredictor({ variant: 'simd' });
      assert.equal(/** @type {any} */ (await predictor.open(model.save())).translate('four').text, model.translate('four').text);
      const rounded = model.quantize();
      assert.throws(() => rounded.train([['ab', 'ba']]), /^ArgumentError: train: needs a model with float weights, this one was made by quantize\(\)$/);
      assert.equal(/** @type {any} */ (await lstm.open(rounded.save())).translate('two').text, rounded.translate('two').text);
      refuses(() => rounded.train(pairs), /float weights/);
    });
  }

  test('learns what it was given, greedy and by a beam', () => {
    const model = learnt();
    assert.equal(model.translate('three four').text, '34');
    assert.equal(model.translate('three four', { beam: 4 }).text, '34');
    const { probability, logProbability } = model.translate('one');
    assert.ok(probability > 0.3 && Math.abs(Math.log(probability) - logProbability) < 1e-9);
    assert.equal(model.translate('one', { length: 0 }).text, '');
    assert.equal(model.steps, 150);
    model.dispose();
  });

  test('one that is disposed between two pieces of a translation says so', () => {
    for (const end of [(/** @type {any} */ model) => model.dispose(), (/** @type {any} */ model) => model.decoder.dispose()]) {
      const model = /** @type {any} */ (lstm.createTranslator({ source: 'ab', target: 'xyz', ...small }));
      const pieces = model.translateInPieces('ab');
      pieces.next();
      end(model);
      assert.throws(() => pieces.next(), { name: 'DisposedError' });
      model.dispose();
    }
  });

  test('what length cuts off says so, and is as probable as what there is of it', () => {
    const model = learnt();
    const whole = model.translate('three four');
    assert.ok(whole.isWhole);
    assert.equal(whole.attention.length, 3);
    for (const beam of [1, 3]) {
      const { isWhole, ...nothing } = model.translate('three four', { length: 0, beam });
      assert.ok(!isWhole);
      assert.deepEqual([nothing.text, nothing.probability, nothing.logProbability, nothing.attention], ['', 1, 0, []]);
    }
    const { isWhole, text, logProbability, attention } = model.translate('three four', { length: 1 });
    assert.deepEqual([isWhole, text, attention.length], [false, '3', 1]);
    assert.ok(logProbability > whole.logProbability);
    // One that has ended goes before one that has not, which is not compared with it.
    const untrained = lstm.createTranslator({ source: 'ab', target: 'xyz', ...small });
    assert.ok(untrained.translate('a', { beam: 5, length: 1 }).isWhole);
    untrained.dispose();
    model.dispose();
  });

  test('goes on from a checkpoint bit for bit', async () => {
    const options = { steps: 40, batchSize: 4, validation: { pairs: pairs.slice(0, 3) }, validateEvery: 20, dropout: 0.1, keepBest: true };
    const whole = lstm.createTranslator({ pairs, ...small });
    for (const _ of whole.train(pairs, options));
    const begun = lstm.createTranslator({ pairs, ...small });
    for (const report of begun.train(pairs, { ...options, reportEvery: 10 })) if (report.step === 30) break;
    const opened = /** @type {any} */ (await lstm.open(begun.checkpoint()));
    for (const _ of opened.train(pairs, { validation: { pairs: pairs.slice(0, 3) } }));
    assert.equal(opened.steps, 40);
    assert.deepEqual(opened.encoder.parameters(), whole.encoder.parameters());
    assert.deepEqual(opened.decoder.parameters(), whole.decoder.parameters());
  });

  test('lists of names too; and an unknown symbol may be left out', () => {
    /** @type {[string[], string[]][]} */
    const lists = [[['up', 'down'], ['U', 'D']], [['down', 'up'], ['D', 'U']], [['up'], ['U']], [['down'], ['D']]];
    const model = lstm.createTranslator({ pairs: lists, unknown: 'skip', ...small });
    for (const _ of model.train(lists, { steps: 150, batchSize: 4, learningRate: 0.01 }));
    assert.deepEqual(model.translate(['down', 'left', 'up']).text, ['D', 'U']);
    refuses(() => model.translate(['left']), /at least one token/);
    refuses(() => model.translate('up'), /an array of at least one token/);
  });

  test('is told by inspect', () => {
    const told = /** @type {any} */ (inspect(lstm.createTranslator({ source: 'abc', target: '01', ...small }).save()));
    assert.equal(told.kind, 'translator');
    assert.deepEqual([told.source, told.target], [['a', 'b', 'c'], ['0', '1']]);
  });

  test('wrong arguments are refused by name, and nothing is half done', () => {
    const model = learnt();
    const before = model.decoder.parameters();
    refuses(() => model.translate('five'), /must only have tokens of the model's vocabulary .* got "i" as token 1; a translator made with unknown: 'skip' leaves such out of sources$/);
    refuses(() => model.evaluate([['one', '9']]), /\[0\]\[1\] must only .* got "9" as token 0; a target has to be known whole: unknown: 'skip' is of sources only$/);
    refuses(() => model.translate(''), /source must be a string that is not empty/);
    refuses(() => model.translate(/** @type {any} */ (3)), /source must be a string/);
    refuses(() => model.translate('one', { beam: 0 }), /beam must be an integer from 1/);
    refuses(() => model.evaluate([]), /at least one pair/);
    refuses(() => model.train(/** @type {any} */ ([['one', '1'], ['two']])), /pairs\[1\] must be \[source, target\]/);
    refuses(() => model.train([['one', '1'], ['six', '6']]), /pairs\[1\]\[0\] must only have tokens .* got "s" as token 0/);
    refuses(() => model.train([['one', '9']]), /pairs\[0\]\[1\] must only have tokens .* got "9" as token 0/);
    refuses(() => model.train(/** @type {any} */ ('one')), /^train: pairs must be a list of pairs \[source, target\], got "one"$/);
    refuses(() => model.train(pairs, { window: 1 }), /window must be at least 3/);
    refuses(() => model.train(pairs, { validation: 0.01 }), /validation must leave/);
    assert.deepEqual(model.decoder.parameters(), before);
    for (const [options, message] of /** @type {[any, RegExp][]} */ ([
      [{}, /source must be/], [{ source: 'ab', target: '' }, /target must be/], [{ pairs: [] }, /at least one pair/],
      [{ pairs, source: 'ab' }, /absent beside them/], [{ source: ['a', 'a'], target: ['b'] }, /none is there twice/],
      [{ pairs, attention: 'dot' }, /attention must be one of/], [{ pairs, by: 3 }, /by must be/], [{ pairs, locale: 'en' }, /locale must be absent/],
      [{ pairs, trainableState: true }, /trainableState must be absent/], [{ pairs, beam: 3 }, /unknown option "beam"/],
      [{ pairs, layers: [{ kind: 'gru', hiddenSize: 4, bidirectional: true }] }, /bidirectional must be absent/],
    ])) refuses(() => lstm.createTranslator(options), message);
    model.dispose();
    assert.throws(() => model.translate('one'), DisposedError);
  });

  test('a file whose networks do not fit is refused', async () => {
    const refused = (/** @type {Uint8Array} */ bytes, /** @type {RegExp} */ message) => assert.rejects(lstm.open(bytes), (/** @type {any} */ error) => (
      error instanceof FileFormatError && message.test(error.message)));
    const file = lstm.createTranslator({ source: 'abc', target: '01', ...small }).save();
    const text = new TextDecoder('latin1').decode(file);
    const changed = Uint8Array.from(text.replace('\\"target\\":[\\"0\\",\\"1\\"]', '\\"target\\":[\\"0\\",\\"0\\"]'), (c) => c.charCodeAt(0));
    await refused(changed, /none is there twice/);
    const fewer = Uint8Array.from(text.replace('\\"summary\\":64', '\\"summary\\":63'), (c) => c.charCodeAt(0));
    await refused(fewer, /must be of size 32 and summary 64.* got 32 and 63|configuration asks|shape/);
  });
});
