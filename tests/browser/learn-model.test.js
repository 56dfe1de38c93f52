// What section 2 of the page computes: settings in an address, plans, curves. No browser is needed.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { load } from 'lstm-wasm';
import { Curve } from '../../web/model/learn/Curve.js';
import { isInTheMidst, runOf, suitable, trainingPlan, withPlanOf } from '../../web/model/learn/plan.js';
import {
  isSameNetwork, isSameRun, kinds, modelOptions, numbers, readSettings, settingsOf, sizeOf, threadsOf, usualSettings, writeSettings,
} from '../../web/model/learn/settings.js';

const usual = usualSettings();

describe('settings in an address', () => {
  test('what is as usual is left out, the rest is read again as it was written', () => {
    assert.equal(writeSettings(usual), '');
    assert.deepEqual(readSettings(''), { settings: usual, notes: [], isGiven: false });
    const settings = {
      kind: /** @type {const} */ ('four-gate'), hiddenSize: 17, layers: 3, seed: 2 ** 32 - 1, learningRate: 0.0125,
      batchSize: 1, window: 5, dropout: 0.25, steps: 12_345, temperature: 1.3, precision: /** @type {const} */ ('int16'), cores: 3,
    };
    const search = writeSettings(settings);
    assert.deepEqual(readSettings(search), { settings, notes: [], isGiven: true });
    for (const [name, { key }] of Object.entries(numbers)) {
      assert.match(search, new RegExp(`[?&]${key}=${settings[name]}(&|$)`));
    }
  });

  test('other words in an address are no settings', () => {
    assert.deepEqual(readSettings('?utm_source=x&hiddenSize=64'), { settings: usual, notes: [], isGiven: false });
  });

  test('what is out of bounds is taken to them, what is no number is left as usual, and each is noted', () => {
    for (const [search, name, value, note] of /** @type {const} */ ([
      ['?size=8', 'hiddenSize', 16, 'size=8 is not possible; 16 is taken.'],
      ['?size=1e9', 'hiddenSize', 512, 'size=1e9 is not possible; 512 is taken.'],
      ['?layers=1.5', 'layers', 2, 'layers=1.5 is not possible; 2 is taken.'],
      ['?rate=-1', 'learningRate', 1e-5, 'rate=-1 is not possible; 0.00001 is taken.'],
      ['?dropout=Infinity', 'dropout', 0.7, 'dropout=Infinity is not possible; 0.7 is taken.'],
      ['?steps=5', 'steps', 100, 'steps=5 is not possible; 100 is taken.'],
      ['?seed=-1', 'seed', 0, 'seed=-1 is not possible; 0 is taken.'],
      ['?cores=99', 'cores', 8, 'cores=99 is not possible; 8 is taken.'],
      ['?precision=int4', 'precision', 'float32', 'precision=int4 is none of float32, int16, int8; float32 is taken.'],
      ['?seed=', 'seed', 1, 'seed= is no number; 1 is taken.'],
      ['?window=many', 'window', 32, 'window=many is no number; 32 is taken.'],
      ['?kind=LSTM', 'kind', 'lstm', `kind=LSTM is none of ${Object.keys(kinds).join(', ')}; lstm is taken.`],
      ['?kind=toString', 'kind', 'lstm', `kind=toString is none of ${Object.keys(kinds).join(', ')}; lstm is taken.`],
    ])) {
      const { settings, notes } = readSettings(search);
      assert.equal(settings[name], value, search);
      assert.deepEqual(notes, [note], search);
    }
    assert.deepEqual(readSettings('?steps=0&rate=0').notes, []);
    const [long] = readSettings(`?kind=${'x'.repeat(1000)}`).notes;
    assert.ok(long.length < 120, long);
  });

  test('only what makes a network makes another one', () => {
    const others = { hiddenSize: 64, layers: 2, seed: 2, kind: /** @type {const} */ ('gru') };
    for (const [name, value] of Object.entries(others)) {
      assert.equal(isSameNetwork(usual, { ...usual, [name]: value }), false, name);
    }
    const same = { ...usual, learningRate: 0.1, batchSize: 4, window: 8, dropout: 0.5, steps: 100, temperature: 1, precision: /** @type {const} */ ('int8'), cores: 2 };
    assert.equal(isSameNetwork(usual, same), true);
  });

  test('cores and temperature make no other run, precision does; all cores but one train where nobody says how many', () => {
    assert.equal(isSameRun(usual, { ...usual, cores: 2, temperature: 1 }), true);
    assert.equal(isSameRun(usual, { ...usual, precision: 'int8' }), false);
    assert.deepEqual([1, 2, 4, 64].map((cores) => threadsOf(usual, cores)), [1, 1, 3, 8]);
    assert.deepEqual([1, 2, 4].map((cores) => threadsOf({ cores: 2 }, cores)), [1, 2, 2], 'at most what there are');
    assert.deepEqual([1e8, 1e9].map((products) => threadsOf(usual, 4, products)), [1, 3], 'short steps are not divided');
    assert.equal(threadsOf({ cores: 2 }, 4, 1e8), 2, 'but where that was chosen');
  });
});

describe('networks and plans', async () => {
  const lstm = await load();
  const text = 'It was the best of times, it was the worst of times. '.repeat(60);

  test('each kind makes a network, and is found again in its configuration', () => {
    for (const kind of /** @type {(keyof typeof kinds)[]} */ (Object.keys(kinds))) {
      const settings = { ...usual, kind, hiddenSize: 16, layers: 2, seed: 3 };
      const model = lstm.createCharModel({ text, ...modelOptions(settings) });
      assert.deepEqual({ ...usual, ...settingsOf(model.config) }, settings);
      model.dispose();
    }
    const layers = /** @type {const} */ ([{ kind: 'gru', hiddenSize: 8 }, { kind: 'lstm', hiddenSize: 700 }]);
    const mixed = lstm.createCharModel({ text, layers, seed: 1 });
    assert.deepEqual(sizeOf(mixed.config), { hiddenSize: 700, layers: 2 });
    assert.deepEqual(settingsOf(mixed.config), { hiddenSize: 512, layers: 2, seed: 1 });
    mixed.dispose();
  });

  test('every setting at its bounds makes a plan that train takes, for the shortest text too', () => {
    for (const bound of /** @type {const} */ (['least', 'most'])) {
      const settings = { ...usual };
      for (const [name, setting] of Object.entries(numbers)) settings[name] = setting[bound];
      const model = lstm.createCharModel({ text, hiddenSize: 16, seed: 1 });
      const plan = trainingPlan(settings, 200);
      const [report] = model.train(text.slice(0, 200), /** @type {any} */ ({ ...plan, steps: 1 }));
      assert.ok(report.loss > 0, bound);
      model.dispose();
    }
  });

  test('what is suitable is what train takes by itself, to the last bit', () => {
    for (const [hiddenSize, steps] of [[16, 0], [16, 500], [40, 0], [40, 505], [128, 3000]]) {
      const settings = { ...usual, hiddenSize, layers: 2, steps };
      const { schedule, learningRate } = trainingPlan(settings, text.length);
      const model = lstm.createCharModel({ text, hiddenSize, layers: 2, seed: 1 });
      model.train(text, { steps: steps || Infinity, reportEvery: 1 }).next();
      const { options } = runOf(model.checkpoint());
      assert.deepEqual({ schedule: options.schedule, learningRate: options.learningRate }, suitable(settings));
      assert.deepEqual({ schedule, learningRate }, suitable(settings));
      assert.equal(trainingPlan({ ...settings, learningRate: 0.3 }, text.length).learningRate, 0.3);
      model.dispose();
    }
  });

  test('a run that was kept when the page had a rate and a warm-up of its own goes on', () => {
    for (const steps of [0, 100]) {
      const settings = { ...usual, hiddenSize: 192, steps };
      const plan = trainingPlan(settings, text.length);
      const former = {
        ...plan, learningRate: steps ? 0.01 : 0.0052, schedule: { ...plan.schedule, warmup: 100 }, steps: steps || Number.MAX_SAFE_INTEGER,
      };
      const model = lstm.createCharModel({ text, ...modelOptions(settings) });
      model.train(text, /** @type {any} */ ({ ...former, reportEvery: 1 })).next();
      const file = model.checkpoint();
      assert.equal(isInTheMidst(file, plan), true);
      assert.deepEqual(withPlanOf({ ...usual, hiddenSize: 192 }, runOf(file)), settings);
      model.dispose();
    }
  });

  test('a checkpoint is in the midst of its own plan, until its end, and of no other', () => {
    const settings = { ...usual, hiddenSize: 16, steps: 100, dropout: 0.1 };
    const plan = trainingPlan(settings, text.length);
    const model = lstm.createCharModel({ text, ...modelOptions(settings) });
    assert.equal(isInTheMidst(model.checkpoint(), plan), false, 'nothing was begun');
    let middle;
    for (const { step } of model.train(text, /** @type {any} */ ({ ...plan, reportEvery: 1 }))) {
      if (step === 40) middle = model.checkpoint();
    }
    assert.ok(middle);
    assert.equal(isInTheMidst(middle, plan), true);
    assert.equal(isInTheMidst(middle, trainingPlan({ ...settings, cores: 2 }, text.length)), true);
    assert.equal(isInTheMidst(middle, trainingPlan({ ...settings, precision: 'int16' }, text.length)), false);
    assert.equal(isInTheMidst(middle, trainingPlan({ ...settings, dropout: 0.2 }, text.length)), false);
    assert.equal(isInTheMidst(middle, trainingPlan({ ...settings, learningRate: 0.02 }, text.length)), false);
    assert.equal(isInTheMidst(middle, trainingPlan({ ...settings, steps: 0 }, text.length)), false);
    assert.equal(isInTheMidst(model.checkpoint(), plan), false, 'it is at its end');
    assert.equal(isInTheMidst(model.save(), plan), false, 'no checkpoint');
    assert.throws(() => runOf(Uint8Array.of(1, 2, 3)), { code: 'ERR_FILE_FORMAT' });
    assert.deepEqual(withPlanOf({ ...usual, hiddenSize: 16 }, runOf(middle)), settings);

    const resumed = lstm.openCharModel(middle);
    for (const report of resumed.train(text)) void report;
    assert.deepEqual(resumed.save(), model.save());
    model.dispose();
    resumed.dispose();
  });
});

describe('the curve', () => {
  const report = (/** @type {number} */ chars, /** @type {object} */ more = {}) =>
    /** @type {any} */ ({ chars, loss: 1 / chars, gradientNorm: 1, ...more });

  test('many reports become few points, in order, with every validation', () => {
    const curve = new Curve();
    for (let n = 1; n <= 20_500; n++) curve.add(report(n, n % 1000 === 0 ? { valLoss: n } : {}));
    assert.ok(curve.chars.length > 300 && curve.chars.length <= 1201, `${curve.chars.length}`);
    assert.deepEqual([...curve.chars].sort((a, b) => a - b), curve.chars);
    const measured = curve.valLoss.filter((value) => value !== undefined);
    assert.deepEqual(measured, Array.from({ length: 20 }, (_, k) => 1000 * (k + 1)));
    for (const { length } of [curve.loss, curve.valLoss, curve.gradientNorm]) assert.equal(length, curve.chars.length);
  });

  test('a run that went back replaces what came after', () => {
    const curve = new Curve();
    for (const chars of [10, 20, 30, 40]) curve.add(report(chars));
    curve.add(report(25));
    assert.deepEqual(curve.chars, [10, 20, 25]);
  });

  test('it is kept and goes on', () => {
    const [curve, other] = [new Curve(), new Curve()];
    for (let n = 1; n <= 3000; n++) curve.add(report(n));
    other.state = structuredClone(curve.state);
    for (let n = 3001; n <= 6000; n++) for (const each of [curve, other]) each.add(report(n));
    assert.deepEqual(other.state, curve.state);
    curve.clear();
    assert.deepEqual(curve.chars, []);
    assert.equal(other.chars.length > 300, true);
  });
});
