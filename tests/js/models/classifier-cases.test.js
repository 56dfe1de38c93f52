// What people of other packages ask for, each in at most twelve lines of the classifier.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from 'lstm-wasm';
import { randomOf } from '../../experiments/classification/data.js';

const random = randomOf(5);
const signed = () => 2 * random() - 1;
/** Their lines, for the test that they are at most twelve. @param {() => any} program */
const linesOf = (program) => program.toString().split('\n').length - 2;

test('nested arrays, [sample][step][feature], with a label a sample', async () => {
  const draw = () => Array.from({ length: 12 }, () => [signed(), signed()]);
  const labelOf = (/** @type {number[][]} */ rows) => (rows.reduce((sum, [a]) => sum + a, 0) > 0 ? 'above' : 'below');
  const samples = Array.from({ length: 256 }, draw);
  const labels = samples.map(labelOf);
  const program = async () => {
    const lstm = await load({ variant: 'simd' });
    const model = lstm.createClassifier({ labels: ['above', 'below'], features: 2, hiddenSize: 16 });
    await model.fit({ sequences: samples, labels }, { epochs: 30 });
    return model;
  };
  assert.ok(linesOf(program) <= 12);
  const unseen = Array.from({ length: 400 }, draw);
  const { accuracy } = (await program()).evaluate({ sequences: unseen, labels: unseen.map(labelOf) });
  assert.ok(accuracy > 0.93, `${accuracy}`);
});

test('2 % of the sequences are of the label that matters: weights of labels', async () => {
  // Above a level it is nearly always a fault, but hardly anything is above it.
  const draw = () => {
    const isFault = random() < 0.02;
    return { sequence: Array.from({ length: 5 }, () => signed() + (isFault ? 0.65 : 0)), label: isFault ? 'fault' : 'fine' };
  };
  const data = Array.from({ length: 1500 }, draw);
  const program = async (/** @type {any} */ options) => {
    const lstm = await load({ variant: 'simd' });
    const model = lstm.createClassifier({ labels: ['fine', 'fault'], features: 1, hiddenSize: 8, ...options });
    await model.fit(data, { epochs: 5 });
    return model;
  };
  assert.ok(linesOf(program) <= 12);
  const unseen = Array.from({ length: 2000 }, draw);
  const recallOf = async (/** @type {any} */ options) => (await program(options)).evaluate(unseen).labels.fault.recall;
  const [plain, balanced, byName] = [await recallOf({}), await recallOf({ classWeights: 'balanced' }), await recallOf({ classWeights: { fault: 50 } })];
  assert.ok(plain < 0.65 && balanced > plain + 0.1 && byName > plain + 0.1, `${plain} ${balanced} ${byName}`);
});

test('several labels can hold at once: does a sequence have each of five tokens?', async () => {
  const tokens = Array.from({ length: 20 }, (_, i) => `t${i}`);
  const labels = tokens.slice(0, 5);
  const draw = () => {
    const sequence = Array.from({ length: 10 }, () => tokens[Math.floor(20 * random())]);
    return { sequence, label: labels.filter((token) => sequence.includes(token)) };
  };
  const data = Array.from({ length: 1500 }, draw);
  const program = async () => {
    const lstm = await load({ variant: 'simd' });
    const model = lstm.createClassifier({ labels, tokens, several: true, hiddenSize: 32 });
    await model.fit(data, { epochs: 12 });
    return model;
  };
  assert.ok(linesOf(program) <= 12);
  const model = await program();
  const { accuracy, macroF1 } = model.evaluate(Array.from({ length: 300 }, draw));
  assert.ok(accuracy > 0.9 && macroF1 > 0.95, `${accuracy} ${macroF1}`);
  const answer = model.predict(data[0].sequence, { threshold: 0.5 });
  assert.deepEqual(answer.map(({ label }) => label).sort(), [...data[0].label].sort());
  const all = model.predict(data[0].sequence);
  assert.equal(all.length, 5);
  assert.ok(all.every(({ probability }) => probability >= 0 && probability <= 1));
});
