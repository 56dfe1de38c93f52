// fit, and signals in a training: the same bits as train, the event loop goes on, and what ends it keeps what was learnt.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ArgumentError, DisposedError, DivergedError, load } from 'lstm-wasm';

const lstm = await load({ variant: 'simd' });
const text = 'In the beginning the cat sat on the mat, and the rat ran at the hat; '.repeat(40);
const options = { batchSize: 4, window: 12, reportEvery: 5, steps: 40 };
const alphabet = [...new Set(text)].sort();
const create = (more = {}) => lstm.createCharModel({ alphabet, hiddenSize: 10, seed: 1, ...more });
const validation = { validation: 0.3, validateEvery: 10, keepBest: true };

/** What does not depend on the clock. */
const timeless = ({ seconds, secondsLeft, perSecond, charsPerSecond, ...others }) => others;

/** A model whose weights of a character that is only validated on are too large for a float's product. */
const spoilt = () => {
  const model = lstm.createCharModel({ alphabet: [...alphabet, 'Q'], kind: 'rnn', activation: 'relu', hiddenSize: 10, seed: 1 });
  const { weight_ih_l0: weights } = model.network.parameters();
  const size = alphabet.length + 1;
  model.network.setParameters({ weight_ih_l0: weights.map((w, i) => (i % size === size - 1 ? 3e38 : w)) });
  return model;
};

/** A clock that goes on by so much each time that it is looked at. @param {import('node:test').TestContext} t */
function useSlowClock(t, milliseconds = 2) {
  let now = 0;
  t.mock.method(performance, 'now', () => (now += milliseconds));
}

/** Counts the turns of the event loop while something waits. @param {Promise<unknown>} waiting */
async function turnsDuring(waiting, onTurn = () => {}) {
  let turns = 0;
  let isOver = false;
  waiting.then(() => { isOver = true; }, () => { isOver = true; });
  while (!isOver) {
    await new Promise(setImmediate);
    turns++;
    onTurn();
  }
  return turns;
}

describe('fit', () => {
  test('learns what train learns, bit for bit, and answers its last report', async () => {
    const [trained, fitted] = [create(), create()];
    const expected = [...trained.train(text, { ...options, ...validation })];
    const reports = [];
    const last = await fitted.fit(text, { ...options, ...validation, onReport: (report) => { reports.push(report); } });
    assert.deepEqual(reports.map(timeless), expected.map(timeless));
    assert.equal(last, reports.at(-1));
    assert.ok(last.done);
    assert.deepEqual(fitted.save(), trained.save());
    assert.equal((await fitted.fit(text, { ...options, steps: 1 })).step, 41);
  });

  test('lets the event loop go on, also within a validation', async (t) => {
    useSlowClock(t);
    const model = create({ hiddenSize: 40 });
    assert.ok(await turnsDuring(model.fit(text, { ...options, steps: 300 })) > 30);
    const other = { text: text.repeat(100) };
    const states = new Set();
    const fitting = model.fit(text, { ...options, steps: 1, validation: other });
    await turnsDuring(fitting, () => states.add(model.steps));
    assert.ok(await turnsDuring(model.fit(text, { ...options, steps: 1, validation: other })) > 5);
    assert.deepEqual([...states], [301]);
    assert.ok((await fitting).valLoss > 0);
  });

  test('waits for what onReport promises, and what that throws ends the training', async () => {
    const model = create();
    let waiting = 0;
    const onReport = async () => {
      assert.equal(++waiting, 1);
      await new Promise(setImmediate);
      waiting--;
    };
    await model.fit(text, { ...options, onReport });
    assert.equal(waiting, 0);
    for (const fail of [() => { throw new RangeError('mine'); }, () => Promise.reject(new RangeError('mine'))]) {
      const { steps } = model;
      const reports = [];
      await assert.rejects(model.fit(text, { ...options, ...validation, onReport: (report) => reports.push(report) && fail() }), {
        name: 'RangeError', message: 'mine',
      });
      assert.equal(reports.length, 1);
      assert.equal(model.steps, steps + 5);
    }
    assert.equal((await model.fit(text, { ...options, steps: 1 })).step, 51);
  });

  test('refuses by name what it cannot take, and rejects with what train throws', async () => {
    const model = create();
    for (const [given, message] of [
      [{ onReport: 'log' }, /^fit: onReport must be a function, got "log"$/], [null, /^fit: options must be an object, got null$/],
      [{ onReport: null }, /^fit: onReport must be/], [{ speed: 1 }, /unknown option "speed"/], [{ signal: 'stop' }, /signal must be an AbortSignal/],
    ]) {
      await assert.rejects(model.fit(text, given), (error) => error instanceof ArgumentError && message.test(error.message));
    }
    await assert.rejects(model.fit('', {}), ArgumentError);
    await assert.rejects(model.quantize().fit(text), ArgumentError);
    await assert.rejects(spoilt().fit(text, { ...options, validation: { text: 'the Qat sat' }, recoveries: 0 }), DivergedError);
  });

  test('ends where another training begins, or the model is disposed', async () => {
    const model = create();
    const first = model.fit(text, { ...options, steps: Infinity });
    await new Promise(setImmediate);
    const second = await model.fit(text, { ...options, steps: 5 });
    assert.ok((await first).step < second.step && !(await first).done);
    const doomed = model.fit(text, { ...options, steps: Infinity });
    await new Promise(setImmediate);
    model.dispose();
    await assert.rejects(doomed, DisposedError);
  });

  test('a checkpoint that is taken anywhere, also within a validation, goes on to the same end', async (t) => {
    useSlowClock(t);
    const asked = { ...options, steps: 12, validation: { text: text.repeat(60) }, validateEvery: 2, keepBest: true };
    const whole = create({ hiddenSize: 40 });
    const fitting = whole.fit(text, asked);
    const checkpoints = [];
    await turnsDuring(fitting, () => { if (!whole.network.disposed && whole.steps < 12) checkpoints.push(whole.checkpoint()); });
    await fitting;
    assert.ok(checkpoints.length >= 3);
    for (const bytes of [checkpoints[0], checkpoints[checkpoints.length >> 1], checkpoints.at(-1)]) {
      const opened = lstm.openCharModel(bytes);
      await opened.fit(text, { validation: asked.validation });
      assert.deepEqual(opened.save(), whole.save());
    }
    const done = lstm.openCharModel(whole.checkpoint());
    await assert.rejects(done.fit(text, { validation: asked.validation }), { name: 'ArgumentError', message: /^train: the run of this checkpoint is over/ });
  });
});

test('a training that has not begun says that the model, or its network, was disposed meanwhile', async () => {
  const text = 'to be, or not to be, that is the question. '.repeat(10);
  for (const dispose of [(/** @type {any} */ model) => model.dispose(), (/** @type {any} */ model) => model.network.dispose()]) {
    const lstm = await load({ variant: 'scalar' });
    const model = lstm.createCharModel({ text, hiddenSize: 4 });
    const reports = [model.train(text, { steps: 2 }), model.train(`${text}é`, { steps: 2 })];
    dispose(model);
    for (const report of reports) assert.throws(() => report.next(), DisposedError);
    await assert.rejects(model.fit(text, { steps: 2 }), DisposedError);
  }
});

describe('a signal', () => {
  test('of train throws its reason after all steps were told, and the training goes on as if its loop had been left', () => {
    const [aborted, left] = [create(), create()];
    const controller = new AbortController();
    const reports = [];
    const run = { ...options, ...validation, steps: 100, schedule: { type: 'constant' } };
    assert.throws(() => {
      for (const report of aborted.train(text, { ...run, signal: controller.signal })) {
        reports.push(report);
        if (report.step === 25) controller.abort('enough');
      }
    }, (reason) => reason === 'enough');
    for (const report of left.train(text, run)) if (report.step === 25) break;
    assert.equal(reports.at(-1).step, 25);
    assert.ok(reports.every(({ done }) => !done));
    assert.deepEqual(aborted.save(), left.save(), 'the best parameters');
    assert.equal(lstm.openCharModel(aborted.checkpoint()).steps, 25);
    const goOn = (model) => [...model.train(text, { ...options, steps: 20 })].map(timeless);
    assert.deepEqual(goOn(aborted), goOn(left));
    assert.deepEqual(aborted.save(), left.save());
  });

  test('that is aborted in a step, as by a schedule, gets a last report of the steps since, and no more is trained', () => {
    const model = create();
    const controller = new AbortController();
    const reports = [];
    const schedule = () => {
      if (model.steps === 7) controller.abort(null);
      return 1;
    };
    assert.throws(() => {
      for (const report of model.train(text, { ...options, ...validation, schedule, signal: controller.signal })) reports.push(report);
    }, (reason) => reason === null);
    assert.deepEqual(reports.map(({ step, done }) => [step, done]), [[5, false], [8, false]]);
    assert.equal(reports[1].valLoss, undefined);
    assert.equal(model.steps, 8);
  });

  test('of fit rejects it, after the last report, and ends a validation that runs', async () => {
    const model = create({ hiddenSize: 40 });
    const controller = new AbortController();
    const reports = [];
    const fitting = model.fit(text, {
      ...options, reportEvery: 1e6, steps: Infinity, signal: controller.signal, onReport: (report) => { reports.push(report); },
    });
    setImmediate(() => controller.abort('enough'));
    await assert.rejects(fitting, (reason) => reason === 'enough');
    assert.deepEqual([reports.length, reports[0].step, reports[0].done], [1, model.steps, false]);

    const other = new AbortController();
    const { steps } = model;
    const validating = model.fit(text, {
      ...options, steps: 1, validation: { text: text.repeat(2000) }, signal: other.signal, onReport: (report) => { reports.push(report); },
    });
    setImmediate(() => other.abort('no more'));
    await assert.rejects(validating, (reason) => reason === 'no more');
    assert.deepEqual([reports.length, model.steps, reports[1].valLoss, reports[1].done], [2, steps + 1, undefined, false]);
    await assert.rejects(model.fit(text, { signal: AbortSignal.abort(0) }), (reason) => reason === 0);
    assert.equal(model.steps, steps + 1);
  });

  test('that is aborted after the last report changes nothing', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const report = await create().fit(text, { ...options, signal, onReport: ({ done }) => { if (done) controller.abort(); } });
    assert.ok(report.done && signal.aborted);
  });
});

describe('a validation whose loss is not finite', () => {
  const asked = { ...options, validation: { text: 'the Qat sat' }, validateEvery: 10 };

  test('is a step that went wrong: it is reported, or ends the training', () => {
    const reports = [];
    assert.throws(() => {
      for (const report of spoilt().train(text, { ...asked, recoveries: 2 })) reports.push(report);
    }, (error) => error instanceof DivergedError && /^train: the loss of the validation is not finite at step /.test(error.message));
    assert.deepEqual(reports.filter(({ event }) => event).map(({ event, reason, recoveries, valLoss }) => [event, reason, recoveries, valLoss]), [
      ['recovered', 'the loss of the validation is not finite', 1, undefined],
      ['recovered', 'the loss of the validation is not finite', 2, undefined],
    ]);
    assert.ok(reports.every((report) => !('valLoss' in report) && Number.isFinite(report.loss)));
    assert.throws(() => [...spoilt().train(text, { ...asked, recoveries: 0 })], {
      name: 'DivergedError', message: 'train: the loss of the validation is not finite at step 10. A lower learningRate may help',
    });
  });
});
