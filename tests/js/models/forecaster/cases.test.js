// What people asked other packages for, each in a few lines.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from 'lstm-wasm';

const lstm = await load({ variant: 'simd' });

test('monthly sales of about a million, as they are', () => {
  const sales = Array.from({ length: 75 }, (_, i) => Math.round(1e6 + 2.5e5 * Math.sin((2 * Math.PI * i) / 12) + 3e4 * ((i * 37) % 11)));
  const model = lstm.createForecaster({ season: 12, seed: 1 });
  const loss = [...model.train(sales.slice(0, 72))].at(-1)?.loss;
  const { mean, intervals: [, wide] } = model.forecast(3);
  assert.ok(Number(loss) < 2, `${loss}`);
  sales.slice(72).forEach((truth, t) => {
    assert.ok(Math.abs(mean.value[t] / truth - 1) < 0.25, `${mean.value[t]} for ${truth}`);
    assert.ok(wide.lower.value[t] < truth && truth < wide.upper.value[t]);
  });
});

test('a series with gaps', () => {
  const series = Float32Array.from({ length: 201 }, (_, t) => (t % 17 === 3 ? NaN : Math.sin(t / 4)));
  const model = lstm.createForecaster({ seed: 1 });
  [...model.train(series, { steps: 600, dropout: 0 })].at(-1);
  const { mean } = model.forecast(5);
  mean.value.forEach((value, t) => assert.ok(Math.abs(value - Math.sin((201 + t) / 4)) < 0.1, `${t}: ${value}`));
});

test('stop early, and keep the best', () => {
  let s = 5;
  const noise = () => ((s = (s * 1103515245 + 12345) & 0x7fffffff) / 0x7fffffff) * 2 - 1;
  const series = Float32Array.from({ length: 181 }, (_, t) => Math.sin(t / 6) + 0.4 * noise());
  const model = lstm.createForecaster({ hiddenSize: 64, seed: 1 });
  const options = { steps: 3000, validation: 0.5, validateEvery: 10, patience: 10, keepBest: true, learningRate: 0.01, dropout: 0 };
  const reports = [...model.train(series, options)];
  const { event, step, best, valLoss } = reports[reports.length - 1];
  assert.equal(event, 'stopped');
  assert.ok(step < 3000 && Number(best) < Number(valLoss));
});
