// The network that the visitor trains, without the page: what goes wrong leaves its training alone, and is told.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, describe, test } from 'node:test';
import { workers } from './node-worker.js';

const { Session } = await import('../../web/model/learn/Session.js');

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
