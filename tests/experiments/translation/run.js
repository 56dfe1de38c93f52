// run.js: translators on their tasks, on one thread:  node tests/experiments/translation/run.js [TASK...] [--steps=N]
//
// A task is a part of its name. Prints the share of whole outputs that are right on sources that were not trained on, greedy
// and by a beam of 4, and the seconds of this process that training took.
import { load } from 'lstm-wasm';
import { dataOf, tasks } from './tasks.js';

const given = process.argv.slice(2);
const names = given.filter((word) => !word.startsWith('--'));
const steps = Number(given.find((word) => word.startsWith('--steps='))?.slice(8) ?? 2500);

/** Seconds that this process computed: what else runs on the machine does not count. */
const computed = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

const lstm = await load();
for (const task of tasks.filter(({ name }) => names.length === 0 || names.some((part) => name.includes(part)))) {
  const { train, unseen } = dataOf(task, 20000, 500);
  const model = lstm.createTranslator({ pairs: train, ...task.options });
  const from = computed();
  let loss = NaN;
  for (const report of model.train(train, { ...task.training, steps, reportEvery: 500 })) {
    loss = report.loss;
    console.error(`${task.name}: step ${report.step}, loss ${loss.toFixed(4)}, ${(computed() - from).toFixed(0)} s`);
  }
  const seconds = computed() - from;
  const [greedy, beam] = [1, 4].map((width) => model.evaluate(unseen, { beam: width }).accuracy);
  console.log(`${task.name}: ${(100 * greedy).toFixed(1)} % of ${unseen.length} unseen right, ${(100 * beam).toFixed(1)} % by a beam of 4; `
    + `${model.parameterCount} parameters, ${steps} steps, ${seconds.toFixed(0)} s`);
}
