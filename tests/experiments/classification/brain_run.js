// brain_run.js: the same tasks with brain.js, for so many seconds of the process. `node brain_run.js MODULE`: reads a job as JSON from
// standard input, { features? , labels, hiddenSize, seconds, train, test } with lists of [sequence, label], of vectors or of
// arrays of strings; prints { accuracy, seconds, read } as JSON. Texts are learnt by its LSTM, which writes the label behind
// the text; vectors by its LSTMTimeStep, whose vectors are all of one size: numbers for the features and for the labels,
// one-hot in the vector behind the sequence.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const brain = createRequire(import.meta.url)(process.argv[2]);
const { features, labels, hiddenSize, seconds, train, test } = JSON.parse(readFileSync(0, 'utf8'));

const size = features + labels;
const oneHot = (/** @type {number} */ label) => Array.from({ length: size }, (_, i) => Number(i === features + label));
const padded = (/** @type {number[][]} */ sequence) => sequence.map((vector) => [...vector, ...Array(labels).fill(0)]);
const letterOf = (/** @type {number} */ label) => `<${label}>`;
const net = features
  ? new brain.recurrent.LSTMTimeStep({ inputSize: size, hiddenLayers: [hiddenSize], outputSize: size })
  : new brain.recurrent.LSTM({ hiddenLayers: [hiddenSize], maxPredictionLength: 1 });

/** @param {[any, number]} example */
const toTrain = ([sequence, label]) => (features
  ? { input: padded(sequence), output: [oneHot(label)] }
  : { input: sequence, output: [letterOf(label)] });
const began = process.cpuUsage();
const passed = () => {
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1e6;
};
// The first call finds out which strings there are.
if (!features) net.train(train.map(toTrain), { iterations: 0 });
let read = 0;
for (; passed() < seconds; read += 1) net.train([toTrain(train[(read * 7919) % train.length])], { iterations: 1, learningRate: 0.01 });
const took = passed();

/** @param {any} sequence */
function answer(sequence) {
  if (!features) return labelOf(String(net.run(sequence)));
  const vector = [...net.forecast(padded(sequence), 1)[0]].slice(features);
  return vector.indexOf(Math.max(...vector));
}
/** @param {string} text */
const labelOf = (text) => Number(/<(\d+)>/.exec(text)?.[1] ?? -1);
const right = test.filter(([sequence, label]) => {
  try {
    return answer(sequence) === label;
  } catch {
    return false; // a string that was never seen is an error there
  }
}).length;
console.log(JSON.stringify({ accuracy: right / test.length, seconds: took, read }));
