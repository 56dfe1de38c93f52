// What a classifier is made of, without a network: scores as scikit-learn's, labels, weights, steps, examples.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { classWeightsReader, weightsOf } from '../../../src/js/models/classifier/class-weights.js';
import { createClassifierNetwork } from '../../../src/js/models/classifier/classifier-options.js';
import { readExamples } from '../../../src/js/models/classifier/examples.js';
import { LabelSet } from '../../../src/js/models/classifier/labels.js';
import { Tally } from '../../../src/js/models/classifier/metrics.js';
import { fitScaler } from '../../../src/js/models/Scaler.js';

/** @param {ArrayLike<number>} got @param {ArrayLike<number>} expected */
const near = (got, expected) => Array.from(expected, (value, i) =>
  assert.ok(Math.abs(got[i] - value) < 1e-6, `${Array.from(got)} for ${Array.from(expected)}`));
/** @param {any} options */
const knowsOf = (options) => createClassifierNetwork(options).knows;
/** @param {any} data @param {any} options */
const read = (data, options) => readExamples(data, 'f: data', knowsOf(options));

describe('scores', () => {
  // sklearn.metrics: precision_recall_fscore_support, confusion_matrix, log_loss, of these answers.
  test('of one label', () => {
    const tally = new Tally(new LabelSet(['a', 'b', 'c', 'd'], false));
    const truth = [0, 0, 0, 1, 1, 2];
    const answers = [[0.7, 0.1, 0.1, 0.1], [0.2, 0.6, 0.1, 0.1], [0.4, 0.3, 0.2, 0.1], [0.1, 0.8, 0.05, 0.05], [0.5, 0.3, 0.1, 0.1],
      [0.3, 0.4, 0.2, 0.1]];
    truth.forEach((label, i) => tally.add([label], answers[i], 0.5));
    const { loss, accuracy, macroF1, labels, confusion, count } = tally.evaluation;
    near([loss, accuracy, macroF1, count], [0.9864930, 0.5, (2 / 3 + 0.4 + 0) / 3, 6]);
    assert.deepEqual(confusion, [[2, 1, 0, 0], [1, 1, 0, 0], [0, 1, 0, 0], [0, 0, 0, 0]]);
    near(Object.values(labels.b), [1 / 3, 0.5, 0.4, 2]);
    assert.deepEqual(labels.c, { precision: 0, recall: 0, f1: 0, support: 1 });
    assert.deepEqual(labels.d, { precision: 0, recall: 0, f1: 0, support: 0 });
  });

  test('of several that hold at once', () => {
    const tally = new Tally(new LabelSet(['a', 'b'], true));
    for (const [truth, answer] of [[[1, 0], [0.9, 0.2]], [[1, 1], [0.6, 0.4]], [[0, 0], [0.7, 0.1]], [[0, 1], [0.2, 0.5]]]) {
      tally.add(truth, answer, 0.5);
    }
    const { loss, accuracy, macroF1, labels, confusion } = tally.evaluation;
    near([accuracy, macroF1], [0.5, (0.8 + 2 / 3) / 2]);
    near([loss], [-[0.9, 0.8, 0.6, 0.4, 0.3, 0.9, 0.8, 0.5].reduce((sum, p) => sum + Math.log(p), 0) / 8]);
    assert.deepEqual(confusion, [[1, 1, 0, 2], [2, 0, 1, 1]]);
    near(Object.values(labels.a), [2 / 3, 1, 0.8, 2]);
  });

  test('what a float has rounded to 0 or 1 does not make the loss infinite', () => {
    const one = new Tally(new LabelSet(['a', 'b'], false));
    one.add([0], [0, 1], 0.5);
    const several = new Tally(new LabelSet(['a'], true));
    several.add([0], [1], 0.5);
    assert.ok(Number.isFinite(one.loss) && one.loss > 100);
    assert.ok(Number.isFinite(several.loss) && several.loss > 17);
  });
});

describe('weights of labels', () => {
  const labels = ['a', 'b', 'c'];
  const sequences = (/** @type {any[]} */ ...given) => given.map((label) => ({ sequence: [1], label }));

  test("'balanced' weighs as scikit-learn's: n / (labels * n of each); what does not occur weighs 1", () => {
    const examples = read(sequences('a', 'a', 'a', 'b', null), { labels, features: 1 });
    near(/** @type {Float32Array} */ (weightsOf('balanced', new LabelSet(labels, false), examples)), [4 / 6, 2, 1]);
  });

  test('of several: noes to yeses', () => {
    const examples = read(sequences(['a'], ['a', 'b'], ['a'], ['a'], null), { labels, features: 1, several: true });
    near(/** @type {Float32Array} */ (weightsOf('balanced', new LabelSet(labels, true), examples)), [1, 3, 1]);
  });

  test('by name', () => {
    const set = new LabelSet(labels, false);
    const reader = classWeightsReader(set);
    near(/** @type {Float32Array} */ (weightsOf(reader({ b: 50 }, 'f: w'), set, [])), [1, 50, 1]);
    assert.equal(weightsOf(reader(undefined, 'f: w'), set, []), undefined);
    assert.throws(() => reader({ x: 1 }, 'f: w'), /f: w must be one of the labels 'a', 'b', 'c', got "x"/);
    assert.throws(() => reader({ a: 0 }, 'f: w'), /f: w\.a must be a number above 0/);
    assert.throws(() => reader('even', 'f: w'), /f: w must be 'balanced', or an object/);
  });
});

describe('steps', () => {
  test('of features: nested, flat, by name, or single numbers', () => {
    const { encoder } = knowsOf({ labels: ['a', 'b'], features: ['x', 'y'] });
    const expected = [1, 2, 3, 4];
    for (const given of [[[1, 2], [3, 4]], [1, 2, 3, 4], Float32Array.of(1, 2, 3, 4), [{ x: 1, y: 2 }, { y: 4, x: 3 }]]) {
      const raw = encoder.read(given, 's');
      assert.equal(encoder.stepsOf(raw), 2);
      near(encoder.encode(raw, 's'), expected);
    }
    const one = knowsOf({ labels: ['a', 'b'], features: 1 }).encoder;
    near(one.encode(one.read([5, 6], 's'), 's'), [5, 6]);
    near(/** @type {Float32Array} */ (one.readStep(7, 's')), [7]);
    encoder.scaler = fitScaler([{ name: 'x', method: 'standard' }, { name: 'y', method: 'none' }], (k) => [[1, 3], [0]][k], 'd');
    near(encoder.encode(encoder.read([[1, 2], [3, 4]], 's'), 's'), [-1, 2, 1, 4]);
    near(/** @type {Float32Array} */ (encoder.readStep({ x: 1, y: 9 }, 's')), [-1, 9]);
  });

  test('of tokens: texts by word, character or separator, or names', () => {
    const text = ['The cat sat, the end.', 'a'];
    for (const [by, given, expected] of /** @type {[any, any, number[]][]} */ ([
      ['word', 'The sat.', [0, 2, 5]], ['word', ['cat', 'a'], [1, 6]],
      ['character', 'cat', [6, 2, 3]], [' ', 'sat, the', [2, 3]],
    ])) {
      const { encoder, vocabulary } = knowsOf({ labels: ['a', 'b'], text, by });
      assert.deepEqual([...encoder.encode(encoder.read(given, 's'), 's')], expected, `${by}: ${vocabulary?.names}`);
    }
    const { encoder } = knowsOf({ labels: ['a', 'b'], tokens: ['up', 'down', '?'], unknown: '?' });
    assert.deepEqual([...encoder.read(['down', 'left', 'up'], 's')], [1, 2, 0]);
    const skipping = knowsOf({ labels: ['a', 'b'], tokens: ['up', 'down'], unknown: 'skip' }).encoder;
    assert.deepEqual([...skipping.read('down left up', 's')], [1, 0]);
    assert.equal(skipping.readStep('left', 's'), undefined);
    assert.throws(() => skipping.read('left', 's'), /s must have at least one step that is not skipped, got none/);
  });

  test('of both: the features, and a 1 in the place of the token', () => {
    const { encoder } = knowsOf({ labels: ['a', 'b'], tokens: ['up', 'down'], features: 2 });
    const raw = encoder.read([{ token: 'down', features: [1, 2] }, { token: 'up', features: [3, 4] }], 's');
    near(encoder.encode(raw, 's'), [1, 2, 0, 1, 3, 4, 1, 0]);
    near(/** @type {Float32Array} */ (encoder.readStep({ token: 'up', features: [5, 6] }, 's')), [5, 6, 1, 0]);
  });
});

describe('what cannot be read is refused by its place', () => {
  const features = { labels: ['a', 'b'], features: 2 };
  const tokens = { labels: ['a', 'b'], tokens: ['x', 'y'] };
  const both = { ...features, tokens: ['x', 'y'] };
  const named = { labels: ['a', 'b'], features: ['x', 'y'] };
  const stepwise = { ...features, every: 'step' };
  const several = { ...features, several: true };
  const good = [[1, 2]];
  for (const [what, options, data, message] of /** @type {[string, any, any, RegExp][]} */ ([
    ['no data', features, [], /f: data must have at least one sequence, got none/],
    ['data of nothing', features, null, /f: data must be an array of \{ sequence, label, weight\? \}, or \{ sequences, labels/],
    ['an example that is none', features, [good], /f: data\[0\] must be \{ sequence, label, weight\? \}, got an array of 1/],
    ['another word', features, [{ sequence: good, class: 'a' }], /f: data\[0\]: unknown option "class"/],
    ['a label that was never named', features, [{ sequence: good, label: 'c' }], /f: data\[0\]\.label must be one of the labels 'a', 'b', got "c"/],
    ['a label by number', features, { sequences: [good], labels: [1] }, /f: data\.labels\[0\] must be one of the labels 'a', 'b', got 1/],
    ['too few labels', features, { sequences: [good, good], labels: ['a'] }, /f: data\.labels must be an array of 2, one a sequence, got an array of 1/],
    ['an empty sequence', features, [{ sequence: [], label: 'a' }], /f: data\[0\]\.sequence must have at least one step, got none/],
    ['rows of another width', features, [{ sequence: [[1, 2], [1, 2, 3]], label: 'a' }], /f: data\[0\]\.sequence\[1\] must be an array of 2 numbers \(features 2\), got an array of 3/],
    ['flat of another width', features, [{ sequence: [1, 2, 3], label: 'a' }], /f: data\[0\]\.sequence must be an array of steps, or flat with 2 numbers a step/],
    ['an infinite number', features, [{ sequence: [[1, Infinity]], label: 'a' }], /f: data\[0\]\.sequence\[0\]\[1\] must be a finite number, got Infinity/],
    ['NaN', features, [{ sequence: Float32Array.of(1, NaN), label: 'a' }], /f: data\[0\]\.sequence\[1\] must be a finite number, got NaN/],
    ['a record without names', features, [{ sequence: [{ x: 1, y: 2 }], label: 'a' }], /f: data\[0\]\.sequence\[0\] must be an array of 2 numbers/],
    ['a record with another name', named, [{ sequence: [{ x: 1, z: 2 }], label: 'a' }], /f: data\[0\]\.sequence\[0\] must be of the features 'x', 'y', got "z"/],
    ['a record that lacks one', named, [{ sequence: [{ x: 1 }], label: 'a' }], /f: data\[0\]\.sequence\[0\]\.y must be a finite number, got undefined/],
    ['a token never seen', tokens, [{ sequence: 'x z', label: 'a' }], /f: data\[0\]\.sequence must only have tokens that the model knows \(2\), got "z" as token 1/],
    ['a token that is none', tokens, [{ sequence: ['x', 3], label: 'a' }], /f: data\[0\]\.sequence\[1\] must be a token, a string, got 3/],
    ['vectors for tokens', tokens, [{ sequence: 5, label: 'a' }], /f: data\[0\]\.sequence must be a text, or an array of tokens, got 5/],
    ['one of both', both, [{ sequence: good, label: 'a' }], /f: data\[0\]\.sequence\[0\] must be \{ token, features \}, got an array of 2/],
    ['both and more', both, [{ sequence: [{ token: 'x', features: [1, 2], time: 0 }], label: 'a' }], /\.sequence\[0\] must be \{ token, features \}, got "one with time"/],
    ['labels of a few steps', stepwise, [{ sequence: [[1, 2], [3, 4]], label: ['a'] }], /f: data\[0\]\.label must be an array of 2 labels, one a step, got an array of 1/],
    ['weights of a few steps', stepwise, [{ sequence: good, label: ['a'], weight: [1, 2] }], /f: data\[0\]\.weight must be a number, or an array of 1, one a step/],
    ['a weight below 0', features, [{ sequence: good, label: 'a', weight: -1 }], /f: data\[0\]\.weight must be a number from 0/],
    ['one label where several hold', several, [{ sequence: good, label: 'a' }], /f: data\[0\]\.label must be an array of labels, of all that hold, or null/],
    ['a step\'s label in several', several, [{ sequence: good, label: ['a', 'c'] }], /f: data\[0\]\.label\[1\] must be one of the labels/],
  ])) test(what, () => assert.throws(() => read(data, options), (/** @type {any} */ error) => error.code === 'ERR_ARGUMENT' && message.test(error.message) || assert.fail(error.stack)));

  test('a label that is not known is no error', () => {
    const [first, second] = read([{ sequence: good, label: null }, { sequence: good, label: 'b', weight: 0.5 }], features);
    assert.deepEqual([...first.weights, ...second.weights], [0, 0.5]);
    const [steps] = read([{ sequence: [[1, 2], [3, 4]], label: ['a', null], weight: 2 }], stepwise);
    assert.deepEqual([...steps.weights], [2, 0]);
  });
});

describe('what cannot be made is refused by the option', () => {
  for (const [options, message] of /** @type {[any, RegExp][]} */ ([
    [undefined, /createClassifier: options must be an object/],
    [{ features: 2 }, /createClassifier: labels must be an array of 2 to \d+ names, got undefined/],
    [{ labels: ['a'], features: 2 }, /labels must be an array of 2 to/],
    [{ labels: ['a', 'a'], features: 2 }, /labels\[1\]: "a" is there twice/],
    [{ labels: ['a', 2], features: 2 }, /labels\[1\] must be a name, a string that is not empty, got 2/],
    [{ labels: ['a', 'b'] }, /expected features, or tokens or a text of them, or both, got neither/],
    [{ labels: ['a', 'b'], features: 0 }, /features must be an integer from 1/],
    [{ labels: ['a', 'b'], features: ['x', 'x'] }, /features\[1\]: 'x' is there twice/],
    [{ labels: ['a', 'b'], tokens: ['x'], text: 'x' }, /expected either tokens or a text of them, got both/],
    [{ labels: ['a', 'b'], tokens: [] }, /tokens must be an array of 1 to \d+ tokens/],
    [{ labels: ['a', 'b'], features: 1, by: 'word' }, /by must be absent without tokens/],
    [{ labels: ['a', 'b'], tokens: ['x'], scale: 'none' }, /scale must be absent without features/],
    [{ labels: ['a', 'b'], features: 1, scale: 'log' }, /scale must be one of/],
    [{ labels: ['a', 'b'], features: 1, tokens: ['x'], embedding: 4 }, /embedding must be absent beside features/],
    [{ labels: ['a', 'b'], tokens: ['x'], unknown: 'y' }, /unknown must be 'error', 'skip' or a token of the vocabulary, got "y"/],
    [{ labels: ['a', 'b'], tokens: ['x'], unknown: 'skip', every: 'step' }, /unknown must not be 'skip' where every step has a label/],
    [{ labels: ['a', 'b'], features: 1, every: 'word' }, /every must be one of 'sequence', 'step'/],
    [{ labels: ['a', 'b'], features: 1, classWeights: { c: 1 } }, /classWeights must be one of the labels/],
    [{ labels: ['a', 'b'], features: 1, hidden: 3 }, /unknown option "hidden"/],
    [{ labels: ['a', 'b'], features: 2 ** 20, tokens: ['x'] }, /features and tokens together must be an integer from 1/],
  ])) test(String(message), () => assert.throws(() => createClassifierNetwork(options), message));
});
