// The program that every environment has to run, as text: what a newcomer writes with `load` and `openWorker`, around
// which only the way in and the way out change.

const shared = `
const text = 'to be, or not to be, that is the question. '.repeat(40);
const training = { batchSize: 4, window: 16, learningRate: 0.02, steps: 50 };

async function soon(promise, what, seconds = 30) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(what + ' did not answer in ' + seconds + ' s')), seconds * 1000);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

function describe(error) {
  return error && error.message !== undefined ? error.name + ': ' + error.message : String(error);
}
`;

const withLoad = `
async function tryLoad() {
  const seen = {};
  try {
    const lstm = await soon(load(OPTIONS), 'load()');
    seen.opened = lstm.variant;
    const model = lstm.createCharModel({ text, hiddenSize: 16, seed: 1 });
    const before = model.evaluate(text).loss;
    for (const { step } of model.train(text, training)) seen.steps = step;
    seen.learned = before - model.evaluate(text).loss;
    seen.predicted = model.predict('to b', { top: 1 })[0].char;
    model.dispose();
  } catch (error) {
    seen.error = describe(error);
  }
  return seen;
}
`;

const withOpenWorker = `
async function tryWorker() {
  const seen = {};
  try {
    const lstm = await soon(openWorker(), 'openWorker()');
    seen.opened = lstm.variant;
    const model = await soon(lstm.createCharModel({ text, hiddenSize: 16, seed: 1 }), 'createCharModel');
    const before = (await soon(model.evaluate(text), 'evaluate')).loss;
    for await (const { step } of model.train(text, training)) seen.steps = step;
    seen.learned = before - (await soon(model.evaluate(text), 'evaluate')).loss;
    seen.predicted = (await soon(model.predict('to b', { top: 1 }), 'predict'))[0].char;
    await soon(model.dispose(), 'dispose');
    lstm.terminate();
  } catch (error) {
    seen.error = describe(error);
  }
  return seen;
}
`;

const withPredict = `
async function tryLoad() {
  const seen = {};
  try {
    const [bytes, others] = MODELS.map((file) => Uint8Array.from(atob(file), (char) => char.charCodeAt(0)));
    const lstm = await soon(load(OPTIONS), 'load()');
    seen.opened = lstm.variant;
    const model = await soon(lstm.open(bytes), 'open(bytes)');
    seen.predicted = model.predict('to b', { top: 1 })[0].char;
    model.dispose();
    const classifier = await soon(lstm.open(others), 'open(bytes of a classifier)');
    const [{ label }] = classifier.predict([[1], [2]]);
    if (!classifier.labels.includes(label)) throw new Error('the classifier says ' + label);
    classifier.dispose();
  } catch (error) {
    seen.error = describe(error);
  }
  return seen;
}
`;

/**
 * A module with the function `attempt`, which resolves to what was seen and never rejects.
 * @param {object} [options]
 * @param {string} [options.main] where `load` is imported from
 * @param {string} [options.worker] where `openWorker` is imported from
 * @param {string} [options.wasm] what is imported as the module given to `load({ wasm })`
 * @param {'esm' | 'require'} [options.form]
 */
export function attempt({ main = 'lstm-wasm', worker = 'lstm-wasm/worker', wasm, form = 'esm' } = {}) {
  const from = (/** @type {string} */ names, /** @type {string} */ source) =>
    form === 'esm' ? `import ${names} from '${source}';` : `const ${names} = require('${source}');`;
  return [
    from('{ load }', main),
    from('{ openWorker }', worker),
    ...(wasm ? [from('wasm', wasm)] : []),
    shared,
    withLoad.replace('OPTIONS', wasm ? '{ wasm }' : ''),
    withOpenWorker,
    `${form === 'esm' ? 'export ' : 'exports.attempt = attempt;\n'}async function attempt() {`,
    '  return { load: await tryLoad(), worker: await tryWorker() };',
    '}\n',
  ].join('\n');
}

/**
 * The same for 'lstm-wasm/predict', which opens a model and predicts.
 * @param {string[]} models files in base64: of characters, and a classifier, whose code is loaded by import()
 * @param {object} [options]
 * @param {string} [options.predict] where `load` is imported from
 * @param {string} [options.wasm] what is imported as the module given to `load({ wasm })`
 */
export function attemptPredict(models, { predict = 'lstm-wasm/predict', wasm } = {}) {
  return [
    `import { load } from '${predict}';`,
    ...(wasm ? [`import wasm from '${wasm}';`] : []),
    shared,
    withPredict.replace('OPTIONS', wasm ? '{ wasm }' : '').replace('MODELS', JSON.stringify(models)),
    'export async function attempt() {',
    '  return { load: await tryLoad() };',
    '}\n',
  ].join('\n');
}

/** For a page, which tells in its title what was seen: every policy and every driver lets a title be read. */
export const pageMain = `import { attempt } from './attempt.js';

attempt().then((outcome) => {
  document.title = 'OUTCOME ' + JSON.stringify(outcome);
});
`;

/** For a program. Without top-level await, which CommonJS has not. */
export const nodeMain = `import { attempt } from './attempt.js';

attempt().then((outcome) => console.log('OUTCOME ' + JSON.stringify(outcome)));
`;

/**
 * A page with one script and nothing else.
 * @param {string} script its address
 * @param {object} [options]
 * @param {string} [options.type] of the script; '' for a classic one
 * @param {string} [options.head] more for the head, before the script
 */
export function html(script, { type = 'module', head = '' } = {}) {
  const kind = type ? `type="${type}"` : 'defer';
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="UTF-8" />
    <title>attempt</title>
    ${head}
    <script ${kind} src="${script}"></script>
  </head>
  <body></body>
</html>
`;
}

/**
 * @typedef {object} Seen
 * @property {string} [opened] the variant
 * @property {number} [steps]
 * @property {number} [learned] by how much the loss fell, in nats
 * @property {string} [predicted]
 * @property {string} [error]
 */
/** @typedef {{ load: Seen, worker?: Seen }} Outcome */

/**
 * What a program printed or a title says.
 * @param {string} output
 * @returns {Outcome | undefined}
 */
export function readOutcome(output) {
  const [, found] = /^OUTCOME (\{.*\})\s*$/m.exec(output) ?? [];
  return found ? JSON.parse(found) : undefined;
}
