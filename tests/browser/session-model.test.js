// The network that the visitor trains, without the page: what goes wrong leaves its training alone, and is told.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, describe, test } from 'node:test';
import { workers } from './node-worker.js';

const { Emitter } = await import('../../web/model/Emitter.js');
const { EarlierRuns } = await import('../../web/model/learn/EarlierRuns.js');
const { Samples } = await import('../../web/model/learn/Samples.js');
const { Session } = await import('../../web/model/learn/Session.js');
const { Undo } = await import('../../web/model/learn/Undo.js');

after(() => { for (const worker of workers) worker.terminate(); });

const text = { name: 'Tale', text: 'It was the best of times, it was the worst of times. '.repeat(60), characters: 3180 };
const small = { hiddenSize: 16, steps: 4000 };

/** @param {object} [settings] */
async function openSession(settings = small) {
  const session = new Session();
  /** @type {string[]} */
  const problems = [];
  session.addEventListener('problem', (event) => problems.push(/** @type {CustomEvent} */ (event).detail.message));
  session.addEventListener('lost', (event) => problems.push(/** @type {CustomEvent} */ (event).detail.message));
  await session.open();
  await session.choose(settings);
  await session.useText(text);
  return { session, problems };
}

/** @param {import('../../web/model/learn/Session.js').Session} session @param {number} count */
async function reports(session, count) {
  for (let k = 0; k < count; k++) await once(session, 'report');
}

/** @param {import('../../web/model/learn/Session.js').Session} session */
async function untilReady(session) {
  while (session.state !== 'ready') await once(session, 'state');
}

describe('while it trains', () => {
  /** Each asks for what cannot be had, and tells what is said of it. */
  const mistakes = /** @type {const} */ ([
    ['a damaged model', /“x\.safetensors” could not be opened: .*not a safetensors file/, (session) =>
      session.openFile(new TextEncoder().encode('Call me Ishmael. '.repeat(9)), 'x.safetensors')],
    ['a model that was cut off', /“x\.safetensors” could not be opened: .*truncated/, async (session) => {
      const bytes = await session.model.save();
      await session.openFile(bytes.subarray(0, bytes.length - 8), 'x.safetensors');
    }],
    ['a text that no network can be made for', /“Half” cannot be learnt: .*text/, (session) =>
      session.useText({ name: 'Half', text: '', characters: 0 })],
    ['a run that was kept and is damaged', /cannot go on: /, (session) => session.restore({
      checkpoint: new Uint8Array(9), settings: session.settings, text, curve: session.curve.state, last: session.last,
    })],
  ]);
  for (const [what, message, make] of mistakes) {
    test(`${what} leaves the run untouched, and it is said what is wrong`, async () => {
      const { session, problems } = await openSession();
      await session.start();
      await reports(session, 2);
      const { model, settings } = session;
      /** @type {string[]} */
      const states = [];
      session.addEventListener('state', () => states.push(session.state));
      await make(session);
      assert.deepEqual(states, []);
      assert.equal(session.state, 'training');
      assert.equal(session.model, model);
      assert.equal(session.text, text);
      assert.deepEqual(session.settings, settings);
      assert.equal(problems.length, 1);
      assert.match(problems[0], message);
      await reports(session, 2);
      await session.pause();
      assert.equal(problems.length, 1);
    });
  }

  test('the run is the same, bit for bit, as one that nobody disturbed', async () => {
    const ends = [];
    for (const isDisturbed of [false, true]) {
      const { session } = await openSession({ ...small, steps: 400 });
      await session.start();
      await reports(session, 1);
      if (isDisturbed) await session.openFile(new Uint8Array(100), 'x.safetensors');
      await untilReady(session);
      assert.equal(session.last?.step, 400);
      ends.push(await session.model?.save());
    }
    assert.deepEqual(ends[1], ends[0]);
  });

  test('a whole model takes the place of the one that trains', async () => {
    const { session, problems } = await openSession();
    const bytes = await session.model?.save();
    await session.start();
    await reports(session, 1);
    const { model } = session;
    await session.openFile(bytes, 'x.safetensors');
    assert.equal(session.state, 'ready');
    assert.notEqual(session.model, model);
    assert.deepEqual(await session.model?.save(), bytes);
    assert.deepEqual(problems, []);
  });
});

test('a file that is dropped while there is no Worker is not forgotten without a word', async () => {
  const { session, problems } = await openSession();
  const bytes = await session.model?.save();
  session.lose(new Error('out of luck'));
  await session.openFile(bytes, 'x.safetensors');
  assert.match(problems.join(), /“x\.safetensors” could not be opened: .*not running/);
});

test('when the place in a run cannot be kept, it is said', async () => {
  const { session, problems } = await openSession();
  await session.start();
  await reports(session, 1);
  /** @type {any} */ (session.model).checkpoint = () => Promise.reject(new Error('out of memory'));
  await session.pause();
  assert.equal(session.state, 'ready');
  assert.match(problems.join(), /could not be kept.*out of memory/);
});

test('a lost Worker whose run cannot be opened again does not leave the visitor without a network', async () => {
  const { session, problems } = await openSession();
  await session.start();
  await reports(session, 1);
  await session.pause();
  const captured = await session.capture();
  captured.checkpoint.fill(0);
  await [...workers].at(-1)?.terminate();
  session.lose(new Error('out of luck'));
  await session.open();
  assert.match(problems.join(), /cannot go on/);
  assert.equal(session.state, 'ready');
  assert.ok(session.model);
});

describe('a run that is thrown away', () => {
  /** @param {import('../../web/model/learn/Session.js').Session} session */
  function watch(session) {
    const samples = new Samples(session);
    const earlier = new EarlierRuns(session);
    const kept = /** @type {any[]} */ ([]);
    const undo = new Undo(session, samples, (run) => kept.push(run));
    return { samples, earlier, undo, kept };
  }

  /** Each throws it away. @type {[string, (session: any) => Promise<unknown>][]} */
  const ways = [
    ['by Reset', (session) => session.reset()],
    ['by another kind and Reset', async (session) => {
      await session.choose({ kind: 'gru' });
      await session.reset();
    }],
    ['by another text', (session) => session.useText({ ...text, name: 'Other', text: text.text.replaceAll('worst', 'best') })],
    ['by a model', async (session) => session.openFile(await session.model.save(), 'x.safetensors')],
  ];
  for (const [how, throwAway] of ways) {
    for (const isTraining of [true, false]) {
      test(`${how}${isTraining ? ', while it trains,' : ''} can be had back, bit for bit`, async () => {
        const { session, problems } = await openSession();
        const { undo, kept, earlier } = watch(session);
        assert.equal(undo.run, undefined);
        await session.start();
        await reports(session, 3);
        if (!isTraining) await session.pause();
        await throwAway(session);
        const { run } = undo;
        assert.ok(run?.last);
        assert.deepEqual(kept, [run]);
        assert.ok(session.last === undefined && session.curve.chars.length === 0);
        assert.deepEqual(earlier.runs.map(({ id, name }) => [id, name]), [[run.id, 'LSTM, 1 × 16, seed 1, Tale']]);

        await undo.undo();
        assert.deepEqual([session.last, session.text, session.id], [run.last, text, run.id]);
        assert.equal(session.settings.kind, 'lstm');
        assert.deepEqual(session.curve.state, run.curve);
        assert.deepEqual(await session.model?.checkpoint(), run.checkpoint);
        assert.deepEqual(earlier.runs, how === 'by a model' ? earlier.runs : [], 'it is no earlier one any more');
        const before = run.last.step;
        await session.start();
        await reports(session, 1);
        assert.ok(/** @type {any} */ (session.last).step > before);
        await session.pause();
        assert.deepEqual(problems, []);
      });
    }
  }

  test('kept until the next one is, and to go back is a change that can be undone', async () => {
    const { session } = await openSession();
    const { undo } = watch(session);
    const steps = /** @type {number[]} */ ([]);
    for (const more of [2, 4]) {
      await session.start();
      await reports(session, more);
      await session.pause();
      steps.push(/** @type {any} */ (session.last).step);
      await session.reset();
    }
    assert.equal(undo.run?.last?.step, steps[1]);
    await session.reset();
    assert.equal(undo.run?.last?.step, steps[1], 'nothing was learnt, nothing is thrown away');
    await undo.undo();
    assert.equal(undo.run, undefined);
    await session.reset();
    await session.start();
    await reports(session, 1);
    await undo.undo();
    assert.equal(session.last?.step, steps[1]);
    const other = undo.run;
    assert.ok(other?.last && other.id !== session.id);
    await undo.undo();
    assert.equal(session.id, other.id);
  });

  test('what cannot be had back stays on offer, and the run as it is', async () => {
    const { session, problems } = await openSession();
    const { undo } = watch(session);
    await session.start();
    await reports(session, 1);
    await session.reset();
    /** @type {any} */ (undo.run).checkpoint = new Uint8Array(9);
    const { model } = session;
    await undo.undo();
    assert.match(problems.join(), /cannot go on/);
    assert.ok(undo.run && session.model === model);
  });

  test('curves of the last few stay, thinned, and the newest is chosen', async () => {
    const session = /** @type {any} */ (new Emitter());
    const earlier = new EarlierRuns(session);
    const chars = Array.from({ length: 1000 }, (_, k) => k);
    for (let k = 0; k < 6; k++) {
      const curve = { chars, loss: chars.map(() => k), valLoss: chars.map((n) => (n % 100 === 50 ? n : undefined)) };
      session.emit('thrown', { id: `run ${k}`, settings: { kind: 'gru', layers: 1, hiddenSize: 8, seed: k }, text, curve });
    }
    assert.deepEqual(earlier.runs.map(({ id }) => id), ['run 5', 'run 4', 'run 3', 'run 2']);
    assert.equal(earlier.chosen, earlier.runs[0]);
    const [{ loss, valLoss, ...run }] = earlier.runs;
    assert.ok(run.chars.length <= 300 && loss.length === run.chars.length && loss.every((value) => value === 5));
    assert.equal(valLoss.filter((value) => value !== undefined).length, 10, 'no validation is lost');
    earlier.choose('run 3');
    assert.equal(earlier.chosen?.name, 'GRU, 1 × 8, seed 3, Tale');
    earlier.choose(undefined);
    assert.equal(earlier.chosen, undefined);
    session.emit('thrown', { id: 'short', settings: { kind: 'gru', layers: 1, hiddenSize: 8, seed: 1 }, text, curve: { chars: [1], loss: [1], valLoss: [undefined] } });
    assert.equal(earlier.runs[0].id, 'run 5', 'one point is no curve');
  });
});
