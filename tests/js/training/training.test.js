// Training a character model: what it reports, what ends it, validation, and the best model kept.
import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { describe, test } from 'node:test';
import { runInNewContext } from 'node:vm';
import { ArgumentError, load } from 'lstm-wasm';

const lstm = await load({ variant: 'simd' });
const text = 'In the beginning the cat sat on the mat, and the rat ran at the hat; '.repeat(40);
const options = { batchSize: 4, window: 12, reportEvery: 1 };
const alphabet = [...new Set(text)].sort();
const create = (more = {}) => lstm.createCharModel({ alphabet, hiddenSize: 10, seed: 1, ...more });
const last = (reports) => reports[reports.length - 1];

describe('reports', () => {
  test('have every field that a chart needs', () => {
    const model = create();
    const asked = { ...options, steps: 60, validation: 0.1, validateEvery: 20, learningRate: 0.005 };
    const reports = [...model.train(text, { ...asked, schedule: { type: 'cosine' } })];
    let smoothed = 0;
    reports.forEach((report, i) => {
      const step = i + 1;
      smoothed += (report.loss - smoothed) * Math.max(0.05, 1 / step);
      assert.equal(report.step, step);
      assert.equal(report.chars, step * 48);
      assert.ok(Math.abs(report.smoothedLoss - smoothed) < 1e-9);
      assert.ok(Math.abs(report.learningRate - 0.005 * (1 + Math.cos((Math.PI * i) / 60)) / 2) < 1e-12);
      assert.ok(report.gradientNorm > 0 && report.charsPerSecond > 0);
      assert.ok(Math.abs(report.progress - step / 60) < 1e-12);
      assert.ok(Math.abs(report.secondsLeft - report.seconds * (60 - step) / step) < 0.5 + report.seconds);
      assert.equal('valLoss' in report, step % 20 === 0);
      assert.equal('best' in report, step >= 20);
      assert.equal(report.done, step === 60);
      assert.ok(!('event' in report));
    });
    assert.equal(last(reports).best, Math.min(...reports.flatMap(({ valLoss = Infinity }) => valLoss)));
    const endless = create().train(text, { ...options, steps: Infinity }).next().value;
    assert.ok(!('secondsLeft' in endless) && !('progress' in endless) && !('valLoss' in endless));
  });

  test('the budget ends it: steps, epochs, seconds', () => {
    const model = create();
    const windows = Math.floor(Math.floor((text.length - 1) / 4) / 12);
    assert.equal([...model.train(text, { ...options, epochs: 0.5 })].length, Math.ceil(windows / 2));
    const timed = [...model.train(text, { ...options, seconds: 0.15 })];
    assert.ok(last(timed).seconds > 0.149 && last(timed).progress === 1 && last(timed).secondsLeft < 0.01);
    const before = timed.slice(0, -1);
    assert.ok(before.every(({ done, seconds, secondsLeft }) => !done && Math.abs(seconds + secondsLeft - 0.15) < 0.5));
  });

  test('a schedule can be a function of the progress, and has to give numbers', () => {
    const rates = (schedule, steps = 4) =>
      Array.from(create().train(text, { ...options, steps, schedule, learningRate: 0.5 }),
        ({ learningRate }) => learningRate);
    assert.deepEqual(rates((progress) => 1 - progress), [0.5, 0.375, 0.25, 0.125]);
    assert.deepEqual(rates(() => 0, 2), [0, 0]);
    assert.throws(() => rates(() => NaN), {
      name: 'ArgumentError', message: /^train: schedule\(0\) must be a number from 0, got NaN/,
    });
    assert.throws(() => create().train(text, { ...options, steps: Infinity, schedule: { type: 'cosine' } }), {
      message: "train: the schedule 'cosine' needs an end, and steps are Infinity",
    });
  });

  test('every optimizer is passed on, with its options and no others', () => {
    const learnt = ['adam', 'adamw', 'sgd', 'adagrad', 'rmsprop'].map((optimizer) => {
      const model = create();
      const reports = [...model.train(text, { ...options, optimizer, learningRate: 0.02, steps: 40 })];
      assert.ok(last(reports).loss < reports[0].loss, optimizer);
      return last(reports).loss;
    });
    assert.equal(new Set(learnt).size, 5);
    assert.throws(() => create().train(text, { ...options, optimizer: 'sgd', beta1: 0.5 }), {
      name: 'ArgumentError', message: /^train: beta1 is an option of optimizer 'adam', 'adamw' and not of 'sgd'/,
    });
    const clipped = create();
    const sgd = { optimizer: 'sgd', learningRate: 1, clipValue: 1e-3 };
    for (const report of clipped.train(text, { ...options, steps: 1, ...sgd })) void report;
    const [before, after] = [create(), clipped].map((model) => model.network.parameters()['head.weight']);
    const moves = before.map((value, i) => Math.abs(value - after[i]));
    assert.ok(moves.every((move) => move < 1.001e-3) && moves.some((move) => move > 0.999e-3));
  });

  test('dropout is passed on, seeded, and off where it is validated', () => {
    const learn = (more) => {
      const model = create();
      const report = last([...model.train(text, { ...options, steps: 20, validation: 0.1, ...more })]);
      const measured = text.slice(text.length - Math.floor(text.length * 0.1));
      assert.ok(Math.abs(report.valLoss - model.evaluate(measured).loss) < 1e-9);
      return model.save();
    };
    for (const name of ['dropout', 'recurrentDropout', 'weightDrop']) {
      assert.deepEqual(learn({ [name]: 0.3 }), learn({ [name]: 0.3, seed: 0 }));
      assert.notDeepEqual(learn({ [name]: 0.3 }), learn({ [name]: 0.3, seed: 1 }));
      assert.notDeepEqual(learn({ [name]: 0.3 }), learn({}));
    }
    assert.throws(() => create({ kind: 'tdnn', delays: 2 }).train(text, { weightDrop: 0.1 }), {
      name: 'ArgumentError', message: /^train: weightDrop must be 0 for a network without a layer that sees its h/,
    });
  });

  test('a signal is heard within 100 ms, or after the step that runs', async () => {
    const model = create({ hiddenSize: 64 });
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 30);
    const reports = [];
    await assert.rejects(async () => {
      for (const report of model.train(text, { ...options, steps: Infinity, reportEvery: 1e9, signal: controller.signal })) {
        reports.push(report);
        await new Promise((resolve) => setTimeout(resolve));
        if (reports.length > 100) break;
      }
    }, (reason) => reason === controller.signal.reason);
    assert.ok(!last(reports).done && reports.length >= 1 && reports.length < 10, `${reports.length} reports`);
    assert.equal(last(reports).step, model.steps);
    assert.ok(reports.slice(1).every(({ seconds }, i) => seconds - reports[i].seconds < 2));
  });
});

describe('several trainings', () => {
  test('a new one ends the one before, as if its loop had been left', () => {
    const model = create();
    const first = model.train(text, { ...options, steps: 100 });
    first.next();
    const waiting = model.train(text, { ...options, steps: 3 });
    assert.equal(first.next().value.step, 2, 'it only begins when it is asked');
    assert.deepEqual([...waiting].map(({ step }) => step), [3, 4, 5]);
    assert.deepEqual([first.next(), first.next()], [{ value: undefined, done: true }, { value: undefined, done: true }]);
    assert.deepEqual([...first], []);
    assert.equal(model.train(text, { ...options, steps: 1 }).next().value.done, true);
  });

  test('the best that it kept is taken, and the new one goes on from the last', () => {
    const asked = { ...options, validation: 0.1, validateEvery: 1, learningRate: 0.01, schedule: { type: 'constant' }, dropout: 0 };
    const [ended, left] = [create(), create()];
    const first = ended.train(text, { ...asked, keepBest: true });
    for (let i = 0; i < 5; i++) first.next();
    for (const { step } of left.train(text, { ...asked, keepBest: true })) if (step === 5) break;
    for (const model of [ended, left]) for (const report of model.train(text, { ...asked, steps: 5 })) void report;
    assert.deepEqual(ended.save(), left.save());
  });

  test('one that was dropped locks nothing, and is let go', async () => {
    setFlagsFromString('--expose-gc');
    const gc = runInNewContext('gc');
    const model = create();
    const dropped = (() => {
      const reports = model.train(text, options);
      reports.next();
      return new WeakRef(reports);
    })();
    assert.equal([...model.train(text, { ...options, steps: 3 })].length, 3);
    for (let i = 0; i < 5; i++) {
      gc();
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    assert.equal(dropped.deref(), undefined);
  });

  test('return gives back what it is given', () => {
    const model = create();
    for (const count of [0, 1, 2]) {
      const reports = model.train(text, options);
      for (let i = 0; i < count; i++) reports.next();
      assert.deepEqual(reports.return(7), { value: 7, done: true });
      assert.deepEqual(reports.next(), { value: undefined, done: true });
    }
    const stream = model.stream();
    stream.next();
    assert.deepEqual([stream.return('v'), stream.next()], [{ value: 'v', done: true }, { value: undefined, done: true }]);
  });

  test('none begins in the middle of a step of another', () => {
    const model = create();
    const schedule = () => model.train(text, options).next().value.step;
    assert.throws(() => model.train(text, { ...options, schedule }).next(), {
      name: 'ArgumentError', message: 'train: this model is in the middle of a step of another training',
    });
    assert.equal(model.train(text, { ...options, steps: 1 }).next().value.done, true);
  });
});

describe('the best model is kept', () => {
  // It has learnt the text by heart when the rest of it, of another kind, is measured.
  const strange = text + 'mat the on; rat sat hat and '.repeat(12);
  const schedule = { type: 'constant' };
  const asked = { ...options, validation: 0.1, validateEvery: 10, learningRate: 0.05, schedule, dropout: 0 };

  test('keepBest: the model has the parameters of the best validation, and training goes on from the last', () => {
    const [kept, plain] = [create(), create()];
    const reports = [...kept.train(strange, { ...asked, keepBest: true, steps: 300 })];
    const best = reports.filter(({ valLoss }) => valLoss !== undefined).sort((a, b) => a.valLoss - b.valLoss)[0];
    assert.ok(best.step < 300 && best.valLoss < last(reports).valLoss, 'it was better before the end');
    assert.equal(last(reports).best, best.valLoss);
    for (const report of plain.train(strange, { ...asked, steps: best.step })) void report;
    assert.deepEqual(kept.save(), plain.save());
    for (const report of kept.train(strange, { ...asked, steps: 10 })) void report;
    const whole = create();
    for (const report of whole.train(strange, { ...asked, steps: 310 })) void report;
    assert.deepEqual(kept.save(), whole.save());
  });

  test('also when the loop is left, and not where other parameters were set since', () => {
    const model = create();
    for (const { step } of model.train(strange, { ...asked, keepBest: true })) if (step === 300) break;
    const plain = create();
    let best = { loss: Infinity };
    for (const { valLoss = Infinity } of plain.train(strange, { ...asked, steps: 300 })) {
      if (valLoss < best.loss) best = { loss: valLoss, bytes: plain.save() };
    }
    assert.deepEqual(model.save(), best.bytes);
    const zeros = model.network.parameters();
    for (const values of Object.values(zeros)) values.fill(0);
    model.network.setParameters(zeros);
    const { loss } = model.train(strange, { ...asked, steps: 1 }).next().value;
    assert.ok(Math.abs(loss - Math.log(model.alphabet.length)) < 1e-6, `${loss}`);
  });

  test('patience stops it', () => {
    const reports = [...create().train(strange, { ...asked, patience: 3, steps: 5000 })];
    const losses = reports.flatMap(({ valLoss }) => valLoss ?? []);
    assert.equal(losses.indexOf(Math.min(...losses)), losses.length - 4);
    assert.deepEqual([last(reports).event, last(reports).done], ['stopped', true]);
    assert.ok(last(reports).step < 5000);
    for (const name of ['keepBest', 'patience']) {
      assert.throws(() => create().train(text, { ...options, [name]: name === 'patience' ? 1 : true }), {
        name: 'ArgumentError', message: `train: ${name} needs a validation, got none`,
      });
    }
  });

  test('a text of its own, or several', () => {
    const other = 'the rat sat on the cat';
    const one = create();
    const { valLoss } = last([...one.train(text, { ...options, steps: 5, validation: { text: other } })]);
    assert.ok(Math.abs(valLoss - one.evaluate(other).loss) < 1e-9);
    const several = create();
    const parts = ['the rat', 'sat on the cat'];
    const report = last([...several.train(text, { ...options, steps: 5, validation: { text: new Set(parts) } })]);
    assert.deepEqual(several.save(), one.save());
    const sums = parts.map((part) => several.evaluate(part).loss * (part.length - 1));
    assert.ok(Math.abs(report.valLoss - (sums[0] + sums[1]) / (6 + 13)) < 1e-9);
    for (const [validation, message] of [
      [{ text: 'a' }, /validation must leave at least 2 characters to measure on, got 1$/],
      [{ text: 'Ω' }, /train: validation.text must only have characters of the model's alphabet/],
      [{ text: 3 }, /train: validation.text must be a string or an iterable of strings, got 3/],
      [{ words: '' }, /train: validation: unknown option "words", expected only text/],
    ]) {
      assert.throws(() => create().train(text, { ...options, validation }), (error) => {
        assert.ok(error instanceof ArgumentError);
        assert.match(error.message, message);
        return true;
      });
    }
  });
});
