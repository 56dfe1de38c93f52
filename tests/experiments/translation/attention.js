// The picture of the guide: where a translator looks in its source as it writes each symbol. Learns dates, draws
// web/guide/attention.png in Chromium, and prints the weights.
//
//   npm run build && node tests/experiments/translation/attention.js
import { load } from 'lstm-wasm';
import { launchChromium } from '../../browser/browsers.js';
import { dataOf, tasks } from './tasks.js';

const source = 'Saturday, 3 May 1997';
const picture = new URL('../../../web/guide/attention.png', import.meta.url);

const [dates] = tasks;
const { train, unseen } = dataOf(dates, 20000, 500);
const model = (await load()).createTranslator({ pairs: train, ...dates.options });
for (const { step } of model.train(train, { ...dates.training, steps: 2500, reportEvery: 2500 })) console.log(`${step} steps`);
console.log(`${(100 * model.evaluate(unseen).accuracy).toFixed(1)} % of ${unseen.length} unseen right`);
const { target, source: symbols, attention } = model.translate(source);
const weights = target.map((_, i) => [...attention[i].slice(0, symbols.length)]);
target.forEach((symbol, i) => console.log(symbol, weights[i].map((weight) => weight.toFixed(2)).join(' ')));

const { browser, reason } = await launchChromium();
if (!browser) throw new Error(reason);
const page = await browser.newPage({ viewport: { width: 760, height: 400 }, deviceScaleFactor: 2 });
await page.setContent(`<style>
  body { margin: 0; padding: 12px; display: inline-block; background: white; color: #1f2937; font: 16px system-ui, sans-serif; }
  table { border-spacing: 1px; } th { font-weight: 600; min-width: 26px; height: 26px; } td { width: 26px; height: 26px; }
</style><body></body>`);
await page.evaluate(({ symbols, target, weights }) => {
  const { document } = /** @type {any} */ (globalThis);
  const table = document.createElement('table');
  const row = (/** @type {string} */ name) => {
    const line = table.insertRow();
    line.append(Object.assign(document.createElement('th'), { textContent: name }));
    return line;
  };
  const head = row('');
  for (const symbol of symbols) {
    head.append(Object.assign(document.createElement('th'), { textContent: symbol === ' ' ? '␣' : symbol }));
  }
  target.forEach((symbol, i) => {
    const line = row(symbol);
    for (const weight of weights[i]) line.insertCell().style.background = `rgba(29, 78, 216, ${0.04 + 0.96 * weight})`;
  });
  document.body.append(table);
}, { symbols, target, weights });
await page.locator('body').screenshot({ path: picture.pathname });
await browser.close();
