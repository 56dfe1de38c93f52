// The picture of the guide: how far the gradient of one step's loss reaches back, in an rnn, a gru and an lstm of equal
// size. Draws web/guide/gradient-flow.png in Chromium with uPlot, and prints the numbers beside it.
//
//   npm run build && node tests/experiments/gradient-flow.js
import { createRequire } from 'node:module';
import { load } from 'lstm-wasm';
import { launchChromium } from '../browser/browsers.js';
import { Random } from '../../web/model/why/Random.js';

const window = 200;
const batchSize = 16;
const inputSize = 8;
const picture = new URL('../../web/guide/gradient-flow.png', import.meta.url);

// Hidden sizes for the same number of parameters, that of an lstm of 32 (with its head).
const kinds = [
  { label: 'rnn', kind: 'rnn', hiddenSize: 70, stroke: '#c2410c' },
  { label: 'gru', kind: 'gru', hiddenSize: 38, stroke: '#15803d' },
  { label: 'lstm', kind: 'lstm', hiddenSize: 32, stroke: '#1d4ed8' },
];

/** @param {any} lstm @param {{ kind: string, hiddenSize: number }} layer */
function flowOf(lstm, { kind, hiddenSize }) {
  const random = new Random(1);
  const net = lstm.createNetwork({ input: { size: inputSize }, layers: [{ kind, hiddenSize }], output: { values: 1 }, seed: 1 });
  const trainer = net.createTrainer({ batchSize, window });
  const numbers = (/** @type {number} */ count) => Float32Array.from({ length: count }, () => random.uniform(-1, 1));
  // The gradient grows with the targets. These are so large that all of it stays far above 1e-31, which is rounded to 0.
  trainer.evaluate(numbers(window * batchSize * inputSize), numbers(window * batchSize).map((value) => 1e20 * value));
  const [{ h }] = trainer.gradientFlow();
  const parameters = net.parameterCount;
  net.dispose();
  return { norms: [...h], parameters };
}

const lstm = await load({ variant: 'simd' });
const flows = kinds.map((layer) => ({ ...layer, ...flowOf(lstm, layer) }));
for (const { label, hiddenSize, parameters, norms } of flows) {
  const at = [0, 10, 50, 100, 200].map((lag) => `lag ${lag}: ${(norms[lag] / norms[0]).toExponential(1)}`);
  console.log(`${label}, ${hiddenSize} units, ${parameters} parameters: ${at.join(', ')} of lag 0`);
}

const { browser, reason } = await launchChromium();
if (!browser) throw new Error(reason);
const page = await browser.newPage({ viewport: { width: 760, height: 400 } });
const require = createRequire(import.meta.url);
await page.setContent('<body style="margin: 12px; background: white"></body>');
await page.addStyleTag({ path: require.resolve('uplot/dist/uPlot.min.css') });
await page.addScriptTag({ path: require.resolve('uplot/dist/uPlot.iife.min.js') });
await page.evaluate(({ lags, series }) => {
  const { uPlot } = /** @type {any} */ (globalThis);
  const powers = (/** @type {unknown} */ _, /** @type {number[]} */ exponents) => exponents.map((n) => `1e${n}`);
  const options = {
    width: 736,
    height: 330,
    title: 'Gradient of the last loss with respect to h, by how many steps before',
    scales: { x: { time: false } },
    axes: [{ label: 'steps back' }, { label: 'of that at the last step', size: 70, values: powers }],
    series: [{ label: 'steps back' }, ...series.map(({ label, stroke }) => ({ label, stroke, width: 2 }))],
    legend: { live: false },
  };
  new uPlot(options, [lags, ...series.map(({ values }) => values)], document.body);
}, {
  lags: Array.from({ length: window + 1 }, (_, lag) => lag),
  series: flows.map(({ label, stroke, hiddenSize, norms }) => ({
    label: `${label} (${hiddenSize} units)`, stroke,
    values: norms.map((norm) => Math.log10(norm / norms[0])),
  })),
});
await page.screenshot({ path: picture.pathname });
await browser.close();
