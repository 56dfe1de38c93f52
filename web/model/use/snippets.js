/**
 * The network of the visitor as code: the same settings, text and model in a page of plain files, with npm and a bundler,
 * and in Node. What stands there runs as it stands (tests/browser/page-use.test.js).
 */

/** @typedef {import('../learn/settings.js').Settings} Settings */

/** Where the code is going to run. @typedef {'page' | 'npm' | 'node'} Place */

/**
 * A network that is opened, and reads.
 *
 * @typedef {object} Reading
 * @property {'predict'} does
 * @property {string} network in words: LSTM, 1 × 128
 * @property {string} text that it reads
 */

/**
 * A network that is made, and learns.
 *
 * @typedef {object} Training
 * @property {'train'} does
 * @property {string} network in words
 * @property {Record<string, unknown>} options of createCharModel
 * @property {Record<string, unknown>} plan options of train
 */

/** Names of the files beside the code. */
export const MODEL = 'model.safetensors';
export const TEXT = 'text.txt';

/** The package's files, where there is no npm: a folder beside the page. */
export const LIBRARY = 'lstm-wasm';

/** Bit for bit as on this page, which does without relaxed SIMD. */
const LOADING = "{ variant: 'repeatable' }";

/**
 * @param {Reading | Training} use
 * @param {Place} place
 */
export function codeOf(use, place) {
  if (use.does === 'predict') return { page: predictInPage, npm: predictWithNpm, node: predictInNode }[place](use);
  return { page: trainInPage, npm: trainWithNpm, node: trainInNode }[place](use);
}

/** @param {Reading} use */
const predictInPage = ({ network, text }) => page(network, 'predict', `
<label for="text">Text</label>
<textarea id="text" rows="5">\n${escape(text)}</textarea>
<h2>What comes next</h2>
<ol id="next"></ol>`, `
import { load } from 'lstm-wasm/predict';

const lstm = await load(${LOADING});
const model = await lstm.open('./${MODEL}'); // ${network}
const text = document.getElementById('text');
const next = document.getElementById('next');

function predict() {
  // Characters that the network never read are left out.
  const known = [...text.value].filter((char) => model.alphabet.includes(char)).join('');
  const best = model.predict(known || model.alphabet[0], { top: 5 });
  next.replaceChildren(...best.map(({ char, probability }) => {
    const item = document.createElement('li');
    item.textContent = \`\${JSON.stringify(char)} \${(100 * probability).toFixed(1)} %\`;
    return item;
  }));
}
text.addEventListener('input', predict);
predict();`);

/** @param {Reading} use */
const predictWithNpm = ({ network, text }) => `
// npm install lstm-wasm; this file and ${MODEL} beside each other
import { load } from 'lstm-wasm/predict';

const lstm = await load(${LOADING});
const model = await lstm.open(new URL('./${MODEL}', import.meta.url)); // ${network}
for (const { char, probability } of model.predict(${quote(text)}, { top: 5 })) {
  const item = document.createElement('li');
  item.textContent = \`\${JSON.stringify(char)} \${(100 * probability).toFixed(1)} %\`;
  document.body.append(item);
}`.trim();

/** @param {Reading} use */
const predictInNode = ({ network, text }) => `
// predict.mjs: npm install lstm-wasm; node predict.mjs
import { load } from 'lstm-wasm/predict';

const lstm = await load(${LOADING});
const model = await lstm.open('${MODEL}'); // ${network}
const text = ${quote(text)};
console.log(model.predict(text, { top: 5 }));
console.log(text + model.generate({ prime: text, length: 60, temperature: 0.3, seed: 1 }));`.trim();

/** @param {Training} use */
const trainInPage = (use) => page(use.network, 'worker', `
<p id="loss">Loading…</p>
<pre id="sample"></pre>
<a id="save" download="${MODEL}" hidden>Save the model</a>`, `
import { openWorker } from 'lstm-wasm/worker';

const show = (id, text) => { document.getElementById(id).textContent = text; };
${makingInWorker(use, `fetch('./${TEXT}')`)}
for await (const { step, loss } of model.train(text, plan)) {
  show('loss', \`step \${step}: \${loss.toFixed(2)} nats a character\`);
  show('sample', await model.generate({ length: 200, temperature: 0.8 }));
}
const save = document.getElementById('save');
save.href = URL.createObjectURL(new Blob([await model.save()]));
save.hidden = false;`);

/** @param {Training} use */
const trainWithNpm = (use) => `
// npm install lstm-wasm; this file and ${TEXT} beside each other
import { openWorker } from 'lstm-wasm/worker';

${makingInWorker(use, `fetch(new URL('./${TEXT}', import.meta.url))`)}
for await (const { step, loss } of model.train(text, plan)) {
  const sample = await model.generate({ length: 200, temperature: 0.8 });
  document.body.textContent = \`step \${step}, \${loss.toFixed(2)} nats a character: \${sample}\`;
}
document.title = 'learnt';`.trim();

/** @param {Training} use @param {string} fetching */
const makingInWorker = ({ options, plan }, fetching) => `
const text = await (await ${fetching}).text();
const lstm = await openWorker(${LOADING});
const model = await lstm.createCharModel({ text, ${inner(options)} });
const plan = ${literal(plan)};`.trim();

/** @param {Training} use */
const trainInNode = ({ options, plan }) => `
// train.mjs: npm install lstm-wasm; node train.mjs
import { readFile, writeFile } from 'node:fs/promises';
import { load } from 'lstm-wasm';

const text = await readFile('${TEXT}', 'utf8');
const lstm = await load(${LOADING});
const model = lstm.createCharModel({ text, ${inner(options)} });
const plan = ${literal(plan)};
for (const { step, loss } of model.train(text, { ...plan, reportEvery: 100 })) console.log(step, loss);
await writeFile('${MODEL}', model.save());`.trim();

/**
 * A page that needs nothing but a server of files.
 *
 * @param {string} title
 * @param {'predict' | 'worker'} entry of the package
 * @param {string} body
 * @param {string} script
 */
const page = (title, entry, body, script) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title>
<link rel="icon" href="data:,">
<script type="importmap">
{ "imports": { "lstm-wasm/${entry}": "./${LIBRARY}/${entry}.js" } }
</script>
<style>
  body { max-width: 40rem; margin: 2rem auto; padding: 0 1rem; font: 1.1rem/1.5 system-ui, sans-serif; color-scheme: light dark; }
  textarea { display: block; width: 100%; font: inherit; }
  pre { white-space: pre-wrap; }
</style>
${body.trim()}
<script type="module">
${script.trim().replace(/^(?=.)/gm, '  ')}
</script>
</html>
`;

/** In HTML. @param {string} text */
const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** In JavaScript. @param {string} text */
const quote = (text) => `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;

/** Plain data, as one writes it. @param {unknown} value @returns {string} */
function literal(value) {
  if (typeof value === 'string') return quote(value);
  return typeof value === 'object' && value !== null ? `{ ${inner(value)} }` : String(value);
}

/** @param {object} record */
function inner(record) {
  return Object.entries(record).map(([name, value]) => `${name}: ${literal(value)}`).join(', ');
}
