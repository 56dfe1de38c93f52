// Checkpoints: a run goes on in another process as if it had never stopped, byte for byte.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { load } from 'lstm-wasm';
import { readSafetensors as readTensors } from '../../reference/read.js';
import { layers } from '../layer-list.js';

const lstm = await load({ variant: 'simd' });
const folder = mkdtempSync(join(tmpdir(), 'lstm-wasm-resume-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const text = 'In the beginning the cat sat on the mat, and the rat ran at the hat; '.repeat(40);
const options = { batchSize: 4, window: 10 };
const create = (more = { hiddenSize: 6 }) => lstm.createCharModel({ text, seed: 1, ...more });

/** Trains to the end, and returns what `at` of each report gave where it gave something. */
function train(model, texts, asked, at = () => undefined) {
  let given;
  for (const report of model.train(texts, asked)) given ??= at(report);
  return given;
}

const optimizers = {
  'adam': {},
  'adam with weight decay': { weightDecay: 0.01 },
  'adamw': { optimizer: 'adamw' },
  'sgd': { optimizer: 'sgd', learningRate: 0.1 },
  'sgd with momentum': { optimizer: 'sgd', learningRate: 0.1, momentum: 0.9, dampening: 0.1 },
  'sgd with Nesterov': { optimizer: 'sgd', learningRate: 0.1, momentum: 0.9, nesterov: true },
  'adagrad': { optimizer: 'adagrad', learningRateDecay: 0.01, initialAccumulator: 0.1 },
  'rmsprop': { optimizer: 'rmsprop' },
  'rmsprop with momentum': { optimizer: 'rmsprop', momentum: 0.5, clipNorm: Infinity, clipValue: 0.1 },
};
const schedules = {
  'a cosine with warm-up': { schedule: { type: 'cosine', warmup: 30 } },
  'steps': { schedule: { type: 'step', every: 40, factor: 0.5, unit: 'steps' } },
  'an exponential by epochs': { schedule: { type: 'exponential', factor: 0.9 } },
  'the best kept': { validation: 0.1, validateEvery: 30, keepBest: true },
  'a budget of epochs': { epochs: 3, steps: undefined, schedule: { type: 'cosine' } },
  'a rate of 10, which is halved': { learningRate: 10 },
  'dropout of all kinds': { dropout: 0.2, recurrentDropout: 0.1, weightDrop: 0.1, seed: 3 },
};

describe('200 steps are 100, a checkpoint, another process, and 100 more, byte for byte', () => {
  const cases = [
    ...Object.entries(optimizers).map(([name, asked]) => [name, undefined, asked]),
    ...Object.entries(schedules).map(([name, asked]) => [name, undefined, asked]),
    ...Object.entries(layers).map(([name, layer]) =>
      [name, { layers: [layer, { kind: 'lstm' }].map((one) => ({ hiddenSize: 6, ...one })) }, {}]),
  ].map(([name, shape, given], i) => {
    const asked = { ...options, steps: 200, ...given };
    return { name, shape, asked, file: join(folder, `${i}`) };
  });

  // What each is at its end, without and with a checkpoint made on the way.
  const expected = cases.map(({ shape, asked, file }) => {
    const [whole, saved] = [create(shape), create(shape)];
    train(whole, text, asked);
    const bytes = train(saved, text, { ...asked, reportEvery: 1 },
      ({ step }) => (step === 100 ? saved.checkpoint() : undefined));
    writeFileSync(file, bytes);
    return { whole: whole.save(), saved: saved.save(), bytes };
  });
  writeFileSync(join(folder, 'cases.json'), JSON.stringify({ text, files: cases.map(({ file }) => file) }));
  const script = `
    import { readFileSync, writeFileSync } from 'node:fs';
    import { load } from 'lstm-wasm';
    const lstm = await load({ variant: 'simd' });
    const { text, files } = JSON.parse(readFileSync(process.argv[1]));
    for (const file of files) {
      const model = lstm.openCharModel(readFileSync(file));
      for (const { step } of model.train(text, { reportEvery: 1 })) if (step <= 100) throw new Error('step ' + step);
      writeFileSync(file + '.after', model.save());
    }`;
  const other = spawnSync(process.execPath, ['--input-type=module', '-e', script, join(folder, 'cases.json')],
    { encoding: 'utf8', cwd: new URL('../../..', import.meta.url) });
  assert.equal(other.status, 0, other.stderr);

  cases.forEach(({ name, file }, i) => {
    test(name, () => {
      const { whole, saved, bytes } = expected[i];
      assert.deepEqual(saved, whole, 'saving changed the run that went on');
      assert.deepEqual(new Uint8Array(readFileSync(`${file}.after`)), whole, 'it went on otherwise');
      const opened = lstm.openCharModel(bytes);
      assert.deepEqual(opened.checkpoint(), bytes, 'a checkpoint that was opened is another');
    });
  });
});

describe('a checkpoint', () => {
  const model = create();
  const steady = { schedule: { type: 'constant' }, learningRate: 0.005 };
  const asked = { ...options, ...steady, steps: 60, validation: 0.1, keepBest: true, validateEvery: 20, reportEvery: 1 };
  const bytes = train(model, text, asked,
    ({ step }) => (step === 50 ? model.checkpoint() : undefined));

  test('has the model, moments, states and best parameters as tensors that Python can read', () => {
    const { shapes, tensors, metadata } = readTensors(bytes);
    const own = Object.keys(model.network.shapes);
    assert.deepEqual(Object.keys(shapes), [
      ...own, ...own.map((name) => `optimizer.0.${name}`), ...own.map((name) => `optimizer.1.${name}`),
      'state.0.h', 'state.0.c', ...own.map((name) => `best.${name}`),
    ]);
    for (const name of own) {
      for (const part of ['optimizer.0', 'optimizer.1', 'best']) {
        assert.deepEqual(shapes[`${part}.${name}`], shapes[name]);
      }
    }
    assert.deepEqual(shapes['state.0.h'], [4, 6]);
    assert.ok(tensors['optimizer.1.head.weight'].every((value) => value >= 0));
    const { step, last } = JSON.parse(metadata.checkpoint);
    assert.deepEqual([step, last.options.steps, last.options.window, last.trainer.steps], [50, 60, 10, 50]);
    assert.ok(bytes.length < 5 * model.save().length);
  });

  test('is a model like any other, to predict with, and of its random generator', () => {
    const one = create();
    const draw = (each) => each.generate({ length: 40 });
    const first = draw(one);
    const [opened, again] = [0, 1].map(() => lstm.openCharModel(one.checkpoint()));
    const second = draw(one);
    assert.notEqual(second, first);
    assert.deepEqual([draw(opened), draw(again)], [second, second]);
    assert.deepEqual(opened.predict('the c'), one.predict('the c'));
    assert.deepEqual(lstm.openNetwork(bytes).parameters(), lstm.openCharModel(bytes).network.parameters());
  });

  test('of a model that was never trained can be trained on any text', () => {
    const opened = lstm.openCharModel(create().checkpoint());
    const [one, other] = [opened, create()];
    for (const each of [one, other]) train(each, text.slice(200), { ...options, steps: 3 });
    assert.deepEqual(one.save(), other.save());
  });

  test('goes on to the end of its budget, and then no more', () => {
    const opened = lstm.openCharModel(bytes);
    const steps = Array.from(opened.train(text, { reportEvery: 1 }), ({ step }) => step);
    assert.deepEqual(steps, [51, 52, 53, 54, 55, 56, 57, 58, 59, 60]);
    assert.deepEqual(opened.save(), model.save());
    const over = lstm.openCharModel(opened.checkpoint());
    assert.throws(() => over.train(text), { name: 'ArgumentError', message: /^train: the run of this checkpoint is over, at step 60/ });
    assert.deepEqual(over.save(), model.save(), 'the best is kept also where nothing is left to do');
    const more = lstm.openCharModel(opened.checkpoint());
    const further = [...more.train(text, { steps: 3, reportEvery: 1 })];
    assert.deepEqual(further.map(({ step, progress }) => [step, progress]), [[61, 1 / 3], [62, 2 / 3], [63, 1]]);
  });

  test('seconds that were used up before count', () => {
    const one = create();
    const half = train(one, text, { ...options, seconds: 0.4, reportEvery: 1 },
      ({ progress }) => (progress > 0.5 ? one.checkpoint() : undefined));
    const [{ progress }] = lstm.openCharModel(half).train(text, { reportEvery: 1 });
    assert.ok(progress > 0.5, `${progress}`);
  });

  test('options that are given take the place of its own', () => {
    const continued = (asked) => Array.from(lstm.openCharModel(bytes).train(text, { reportEvery: 1, ...asked }));
    assert.ok(continued({ learningRate: 0.125 }).every(({ learningRate }) => learningRate === 0.125));
    const [sgd] = continued({ optimizer: 'sgd' });
    assert.equal(sgd.learningRate, 0.001);
    assert.equal(continued({ window: 5 })[0].chars, 50 * 40 + 20);
    assert.equal(continued({ window: 5 })[0].epoch < 0.1, true, 'the text begins anew where it is read in another way');
    assert.throws(() => continued({ momentum: 0.5 }), {
      message: /^train: momentum is an option of optimizer 'sgd', 'rmsprop' and/,
    });
    // Adam's moments go on with another beta2.
    const [{ step, loss }] = continued({ beta2: 0.99 });
    assert.deepEqual([step, loss], [51, continued({})[0].loss]);
  });

  test('goes on with another text, from its start, with the moments, and says so', () => {
    const start = { at: 'start of another text', moments: true };
    for (const other of [`${text}a`, text.replace('cat', 'rat'), [text, text], text.slice(300)]) {
      const opened = lstm.openCharModel(bytes);
      const reports = [...opened.train(other, { reportEvery: 1 })];
      assert.deepEqual(reports.map(({ step }) => step), [51, 52, 53, 54, 55, 56, 57, 58, 59, 60], 'the rest of its budget');
      assert.deepEqual(reports.map(({ resumed }) => resumed), [start, ...Array(9).fill(undefined)], 'the first report says it');
      assert.ok(reports[0].epoch < 0.05);
    }
    // The moments: with rates of 0, the first step's tell what there was. A model without makes another step.
    const [one, anew] = [lstm.openCharModel(bytes), lstm.openCharModel(lstm.openCharModel(bytes).save())];
    const other = text.replaceAll('cat', 'rat');
    const step = { ...options, ...steady, steps: 1, validation: 0, keepBest: false };
    const [[first], [second]] = [one, anew].map((each) => [...each.train(other, step)]);
    assert.deepEqual([first.resumed, second.resumed], [start, undefined]);
    assert.equal(first.loss, second.loss);
    const moment = (/** @type {any} */ each) => readTensors(each.checkpoint()).tensors['optimizer.1.head.bias'];
    const before = readTensors(bytes).tensors['optimizer.1.head.bias'];
    const own = moment(anew);
    moment(one).forEach((/** @type {number} */ value, /** @type {number} */ i) => {
      assert.ok(Math.abs(value - (0.999 * before[i] + own[i])) <= 1e-6 * value, `${value}: ${before[i]} and ${own[i]}`);
    });
  });

  test('says how any training goes on', () => {
    const one = create();
    const of = (/** @type {any} */ each, /** @type {any} */ texts, more = {}) => each.train(texts, { ...options, steps: 2, ...more }).next().value.resumed;
    assert.equal(of(one, text), undefined, 'the first');
    assert.deepEqual(of(one, text), { at: 'same place', moments: true });
    assert.deepEqual(of(one, text, { window: 5 }), { at: 'start of the same text', moments: true });
    assert.deepEqual(of(one, text, { window: 5, optimizer: 'sgd' }), { at: 'same place', moments: false });
    assert.deepEqual(of(one, text.slice(9)), { at: 'start of another text', moments: false });
    const opened = () => lstm.openCharModel(bytes);
    assert.deepEqual(of(opened(), text, { steps: undefined }), { at: 'same place', moments: true });
    assert.deepEqual(of(opened(), text, { validation: 0.2, keepBest: false }), { at: 'start of the same text', moments: true });
    assert.deepEqual(of(opened(), text, { batchSize: 2 }), { at: 'start of the same text', moments: true });
    assert.equal(of(lstm.openCharModel(one.save()), text), undefined, 'a file of save() knows of no training');
  });

  test('whose run is over asks for a budget, and goes on with it', () => {
    const over = (more = {}) => {
      const one = create();
      train(one, text, { ...options, ...steady, ...more });
      return one.checkpoint();
    };
    const message = /^train: the run of this checkpoint is over, at step \d+: seconds, epochs or steps must say how much more to train$/;
    for (const more of [{ steps: 20 }, { epochs: 0.2 }, { seconds: 0.05 }]) {
      const opened = lstm.openCharModel(over(more));
      assert.throws(() => opened.train(text), { name: 'ArgumentError', message });
      assert.throws(() => opened.train(text, { learningRate: 0.1 }), { message });
      const { steps } = opened;
      const [first] = opened.train(text, { steps: 2, reportEvery: 1 });
      assert.deepEqual([first.step, first.resumed], [steps + 1, { at: 'same place', moments: true }], 'the error changed nothing');
    }
    // Of another text too, but where epochs are asked for, which are its own.
    assert.throws(() => lstm.openCharModel(over({ steps: 20 })).train(`${text}a`), { message });
    const [first] = lstm.openCharModel(over({ epochs: 0.2 })).train(`${text}a`, { reportEvery: 1 });
    assert.ok(first.progress < 0.2 && first.resumed.moments);
  });

  test('of a list goes on with other lists', () => {
    const one = create({ hiddenSize: 4 });
    const lists = [['the cat sat', 'the rat ran'], ['the hat', 'a mat', 'I']];
    const half = train(one, lists[0], { batchSize: 2, window: 4, steps: 10, reportEvery: 1 }, ({ step }) => (step === 5 ? one.checkpoint() : undefined));
    const opened = lstm.openCharModel(half);
    assert.deepEqual(opened.train(lists[1]).next().value.resumed, { at: 'start of another text', moments: true });
    assert.ok(!opened.generate({ length: 200, seed: 1 }).includes('\n'), 'it has learnt lines');
    // A run of one text goes on with a list, which has beginnings and ends.
    const single = lstm.openCharModel(bytes);
    assert.equal(single.train(lists[1], { validation: 0, keepBest: false, batchSize: 1, window: 4 }).next().value.resumed.at, 'start of another text');
    assert.ok(!single.generate({ length: 200, seed: 1 }).includes('\n'));
  });

  test('asks for what it cannot hold: a function, a text to validate with', () => {
    const one = create();
    const schedule = (progress) => 1 - progress / 2;
    const validation = { text: 'the rat sat' };
    const asked = { ...options, steps: 20, schedule, validation, reportEvery: 1 };
    const half = train(one, text, asked, ({ step }) => (step === 10 ? one.checkpoint() : undefined));
    const opened = lstm.openCharModel(half);
    assert.throws(() => opened.train(text, { validation }), {
      message: 'train: schedule was a function in this run, which a checkpoint does not hold: give it again',
    });
    assert.throws(() => opened.train(text, { schedule }), {
      message: 'train: validation was a text of its own in this run, which a checkpoint does not hold: give it again',
    });
    train(opened, text, { schedule, validation });
    assert.deepEqual(opened.save(), one.save());
  });

  test('of several texts goes on in the middle of each', () => {
    const names = ['emma', 'olivia', 'anna', 'bella', 'carla', 'the beginning of a long text'];
    const shape = [{ kind: 'lstm', hiddenSize: 5, trainableState: true }];
    const make = () => lstm.createCharModel({ text: names.join(''), layers: shape });
    const one = make();
    const asked = { batchSize: 2, window: 3, steps: 40, reportEvery: 1 };
    const half = train(one, names, asked, ({ step }) => (step === 21 ? one.checkpoint() : undefined));
    const opened = lstm.openCharModel(half);
    train(opened, new Set(names), {});
    assert.deepEqual(opened.save(), one.save());
  });

  test('cannot be of a model with 8 bits a weight, which cannot be trained', () => {
    assert.throws(() => model.quantize().checkpoint(), {
      name: 'ArgumentError', message: 'checkpoint: needs a model with float weights, this one was made by quantize()',
    });
    const disposed = create();
    disposed.dispose();
    assert.throws(() => disposed.checkpoint(), { name: 'DisposedError' });
  });

  test('save() is a file without it', () => {
    const { metadata, shapes } = readTensors(model.save());
    assert.ok(!('checkpoint' in metadata));
    assert.deepEqual(Object.keys(shapes), Object.keys(model.network.shapes));
  });
});

describe('an opened checkpoint predicts as the model did when it was made, and goes on as that does', () => {
  // The last tenth is of another kind: the longer the text is learnt, the worse it is known.
  const strange = text + 'mat the on; rat sat hat and '.repeat(12);
  const asked = { ...options, validation: 0.1, validateEvery: 10, learningRate: 0.05, schedule: { type: 'constant' },
    dropout: 0, keepBest: true, reportEvery: 10 };
  /** Each trains a model, and says how it goes on. @type {Record<string, (model: any) => any>} */
  const runs = {
    'a run that came to its end': (model) => void train(model, strange, { ...asked, steps: 200 }),
    'a run that was left': (model) => {
      for (const { step } of model.train(strange, asked)) if (step === 200) break;
    },
    'a run that patience stopped': (model) => void train(model, strange, { ...asked, patience: 3 }),
    'a run under way': (model) => {
      const run = model.train(strange, { ...asked, steps: 210 });
      while (run.next().value.step < 200);
      return run;
    },
    'a run that has just gone back': (model) => {
      const run = model.train(strange, { ...asked, learningRate: 10, steps: 210 });
      while (!run.next().value.event);
      return run;
    },
    'a run that went back and was left': (model) => {
      for (const { event } of model.train(strange, { ...asked, learningRate: 10 })) if (event) break;
    },
  };

  for (const [name, run] of Object.entries(runs)) {
    test(name, () => {
      const model = create();
      const reports = run(model);
      const bytes = model.checkpoint();
      const opened = lstm.openCharModel(bytes);
      assert.deepEqual(opened.network.parameters(), model.network.parameters());
      assert.deepEqual(opened.evaluate(strange), model.evaluate(strange));
      assert.deepEqual(opened.save(), model.save());
      assert.deepEqual(opened.checkpoint(), bytes);
      if (reports) {
        for (const report of reports) void report;
        train(opened, strange);
      } else {
        for (const each of [model, opened]) train(each, strange, { ...asked, keepBest: false, steps: 10 });
      }
      assert.deepEqual(opened.save(), model.save());
    });
  }
});
