/**
 * What learnt here as code for Node: the same options and data, and what it is asked. What stands there runs as it stands
 * (tests/browser/beyond-model.test.js).
 */
import { COLUMNS, drawnPart } from './curve.js';
import { classifierOptions, classifyPlan, forecasterOptions, forecastPlan, translators } from './recipes.js';

const head = (/** @type {string} */ name) => `// ${name}: npm install lstm-wasm; node ${name}
import { load } from 'lstm-wasm';

const lstm = await load();`;

/** @param {Float64Array} curve */
export function forecastCode(curve) {
  const { first, values } = drawnPart(curve);
  return `${head('forecast.mjs')}
const values = [${Array.from(values, (value) => Number(value.toFixed(3))).join(', ')}];

const model = lstm.createForecaster(${literal(forecasterOptions(values.length))});
await model.fit(values, ${literal(forecastPlan)});

const { mean, intervals: [likely, sure] } = model.forecast(${COLUMNS - first - values.length}, { intervals: [0.8, 0.95] });
mean.value.forEach((y, k) => console.log(y, likely.lower.value[k], likely.upper.value[k], sure.lower.value[k], sure.upper.value[k]));`;
}

/** @param {readonly string[]} labels @param {readonly (readonly import('./strokes.js').Move[])[]} first   an example of each label */
export function classifyCode(labels, first) {
  const examples = first.map((moves, k) => `  [${quote(labels[k])}, [${moves.map(([x, y]) => `[${x.toFixed(2)}, ${y.toFixed(2)}]`).join(', ')}]],`);
  return `${head('gestures.mjs')}
// Of each movement the pen's steps, of equal length: how far right, how far down. One example each here; ten are better.
const examples = [
${examples.join('\n')}
];

const model = lstm.createClassifier(${literal(classifierOptions(labels))});
await model.fit(examples.map(([label, steps]) => ({ sequence: steps, label: steps.map(() => label) })), ${literal(classifyPlan)});

const reading = model.read();
for (const step of examples[0][1]) console.log(reading.push(step).predict({ top: 1 }));`;
}

const makers = {
  digits: `const pairs = Array.from({ length: COUNT }, (_, k) => {
  const text = String(Math.floor(10 ** (2 + 6 * (0.618034 * k % 1)))); // of 3 to 8 digits, and the same each time
  return [text, [...text].reverse().join('')];
});`,
  dates: `const months = 'January February March April May June July August September October November December'.split(' ');
const days = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');
const pairs = Array.from({ length: COUNT }, () => {
  const date = new Date(Date.UTC(1970, 0, 1 + Math.floor(Math.random() * 25567)));
  const [day, month, year] = [date.getUTCDate(), months[date.getUTCMonth()], date.getUTCFullYear()];
  const forms = [\`\${day} \${month} \${year}\`, \`\${month} \${day}, \${year}\`, \`\${days[date.getUTCDay()]}, \${day} \${month} \${year}\`];
  return [forms[Math.floor(Math.random() * 3)], date.toISOString().slice(0, 10)];
});`,
};

/** @param {import('./recipes.js').TaskName} task @param {string} text */
export function translateCode(task, text) {
  const { options, plan, pairs } = translators[task];
  return `${head('translate.mjs')}
${makers[task].replace('COUNT', String(pairs))}

const model = lstm.createTranslator({ pairs, unknown: 'skip', ${inner(options)} });
for (const { step, loss } of model.train(pairs, ${literal({ ...plan, reportEvery: 100 })})) console.log(step, loss);

const { text, probability, attention } = model.translate(${quote(text)});
console.log(text, probability, attention);`;
}

/** In JavaScript. @param {string} text */
const quote = (text) => `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;

/** Plain data, as one writes it. @param {unknown} value @returns {string} */
function literal(value) {
  if (typeof value === 'string') return quote(value);
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  return typeof value === 'object' && value !== null ? `{ ${inner(value)} }` : String(value);
}

/** @param {object} record */
const inner = (record) => Object.entries(record).map(([name, value]) => `${name}: ${literal(value)}`).join(', ');
