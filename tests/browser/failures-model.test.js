// What fails once does not fail for ever: queues, kept promises, the autosave. No browser is needed.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { latestWins } from '../../web/model/latest-wins.js';
import { Autosave } from '../../web/model/learn/Autosave.js';
import { Emitter } from '../../web/model/Emitter.js';
import { keep } from '../../web/model/keep.js';
import { Samples } from '../../web/model/learn/Samples.js';
import { usualSettings } from '../../web/model/learn/settings.js';

/** Node 20 has no navigator. */
globalThis.navigator ??= /** @type {any} */ ({});

describe('latestWins', () => {
  test('a task that is asked for while it runs runs once more after it', async () => {
    let runs = 0;
    const run = latestWins(async () => { runs++; });
    await Promise.all([run(), run(), run()]);
    assert.equal(runs, 2);
  });

  test('rejects with what its task rejects with, and runs again when it is called again', async () => {
    let runs = 0;
    const run = latestWins(async () => {
      runs++;
      if (runs === 1) throw new Error('out of luck');
    });
    await assert.rejects(run(), /out of luck/);
    await run();
    assert.equal(runs, 2);
  });

  test('a failure does not take with it what was asked for meanwhile', async () => {
    let runs = 0;
    const run = latestWins(async () => {
      runs++;
      if (runs === 1) throw new Error('out of luck');
    });
    await Promise.all([run(), run()]);
    assert.equal(runs, 2);
  });

  test('a task that throws before it gives a promise stops nothing either', async () => {
    let runs = 0;
    const run = latestWins(() => {
      runs++;
      if (runs === 1) throw new Error('out of luck');
      return Promise.resolve();
    });
    await assert.rejects(run(), /out of luck/);
    await run();
    assert.equal(runs, 2);
  });
});

describe('keep', () => {
  test('makes one promise, however often it is asked', async () => {
    let made = 0;
    const get = keep(async () => ++made);
    assert.deepEqual(await Promise.all([get(), get()]), [1, 1]);
    assert.equal(await get(), 1);
  });

  test('forgets a failure, so that the next call tries again', async () => {
    let made = 0;
    const get = keep(async () => {
      made++;
      if (made === 1) throw new Error('out of luck');
      return made;
    });
    const first = [get(), get()];
    await Promise.all(first.map((promise) => assert.rejects(promise, /out of luck/)));
    assert.equal(await get(), 2);
    assert.equal(await get(), 2);
  });
});

describe('the autosave', () => {
  /** A session that has learnt, and a storage that fails where it is told to. */
  function makeAutosave() {
    const last = { step: 7 };
    const checkpoint = new Uint8Array(100);
    const session = Object.assign(new Emitter(), {
      state: 'ready', last, trained: true, id: 'x', capture: async () => ({ last: { ...session.last }, id: session.id, checkpoint }),
    });
    const written = /** @type {string[]} */ ([]);
    const storage = {
      failing: /** @type {string[]} */ ([]),
      kept: /** @type {any} */ (undefined),
      atOnce: /** @type {any[]} */ ([]),
      done: /** @type {string[]} */ ([]),
      isSlow: Promise.resolve(),
      async find() { return this.do('find', this.kept); },
      async write(/** @type {string} */ name) {
        await this.isSlow;
        written.push(await this.do('write', name));
        this.done.push('write');
      },
      writeNow(/** @type {string} */ name, /** @type {any} */ run) { this.atOnce.push(run); },
      async throwAway() { this.done.push('throwAway'); },
      async do(/** @type {string} */ what, /** @type {any} */ value) {
        if (this.failing.includes(what)) throw new Error(`${what} fails`);
        return value;
      },
    };
    const autosave = new Autosave(/** @type {any} */ (session), /** @type {any} */ ({ blocks: [] }), /** @type {any} */ (storage));
    return { autosave, storage, written, session };
  }
  const settings = usualSettings();
  const visit = { isGiven: false, isReturn: false };
  const aWhile = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

  test('keeps the run again after it could not once', async () => {
    const { autosave, storage, written } = makeAutosave();
    await autosave.find(settings, visit);
    storage.failing = ['write'];
    autosave.save();
    const [failed] = await once(autosave, 'failed');
    assert.equal(failed.detail.message, 'write fails');
    storage.failing = [];
    autosave.save();
    const [saved] = await once(autosave, 'saved');
    assert.equal(saved.detail, 7);
    assert.equal(written.length, 1);
  });

  test('does not write over a run that it could not read, or that could not go on', async () => {
    const { autosave, storage, written } = makeAutosave();
    const former = new Set();
    const names = async () => {
      autosave.save();
      await once(autosave, 'saved');
      former.add(written.at(-1));
    };
    await autosave.find(settings, visit);
    await names();
    await names();
    assert.equal(former.size, 1);
    storage.failing = ['find'];
    await autosave.find(settings, visit);
    await names();
    assert.equal(former.size, 2);
    await autosave.keepApart();
    await names();
    assert.equal(former.size, 3);
  });

  test('while it learns a checkpoint is at hand, of which a page that ends writes the newest', async () => {
    const { autosave, storage, session, written } = makeAutosave();
    await autosave.find(settings, visit);
    autosave.hide();
    assert.deepEqual(storage.atOnce, [], 'nothing is written before it has begun');
    autosave.begin();
    session.state = 'training';
    for (let step = 1; step <= 30; step++) {
      session.last.step = step;
      session.emit('report');
      await aWhile(100);
    }
    assert.equal(written.length, 1, 'the disk is spared');
    autosave.hide({ isEnd: true });
    assert.equal(storage.atOnce.length, 1);
    const [{ last: { step } }] = storage.atOnce;
    assert.ok(step > 15 && step <= 30, `${step}`);
    autosave.hide({ isEnd: true });
    assert.equal(storage.atOnce.length, 1, 'once is enough');
  });

  test('a slow disk holds up no checkpoint, and what was thrown away meanwhile is not written as the run', async () => {
    const { autosave, storage, session, written } = makeAutosave();
    await autosave.find(settings, visit);
    autosave.begin();
    /** @type {() => void} */
    let go = () => {};
    storage.isSlow = new Promise((resolve) => { go = () => resolve(undefined); });
    session.emit('report');
    await aWhile(10);
    session.last.step = 12;
    await aWhile(700);
    session.emit('report');
    await aWhile(10);
    autosave.hide({ isEnd: true });
    assert.equal(storage.atOnce[0].last.step, 12);
    autosave.save(); // waits for the disk
    await aWhile(10);
    session.id = 'y';
    autosave.throwAway(/** @type {any} */ ({}), []);
    go();
    await aWhile(10);
    assert.deepEqual(storage.done, ['write', 'throwAway']);
    assert.equal(written.length, 1);
  });

  describe('finds', () => {
    const kept = { settings, savedAt: 1, id: 'kept' };
    const other = { ...settings, hiddenSize: 64 };
    /** @param {object} chosen @param {object} how @param {boolean} [isOwn] */
    const find = async (chosen, how, isOwn = true) => {
      const values = new Map([['lstm-wasm-tab', 'mine']]);
      globalThis.sessionStorage = /** @type {any} */ ({ getItem: (key) => values.get(key) ?? null, setItem: (key, value) => values.set(key, value) });
      const { autosave, storage } = makeAutosave();
      storage.kept = { name: isOwn ? 'mine' : 'another', run: kept, thrown: undefined, earlier: [] };
      const found = await autosave.find({ ...settings, ...chosen }, { isGiven: true, isReturn: false, ...how });
      delete globalThis.sessionStorage;
      return found;
    };

    test('the own run on every way back, whatever was chosen since', async () => {
      for (const chosen of [{}, { temperature: 1.5 }, { hiddenSize: 64 }, { learningRate: 0.1, kind: 'gru' }]) {
        const { run } = await find(chosen, { isReturn: true });
        assert.deepEqual(run, { ...kept, settings: { ...settings, ...chosen } });
      }
    });

    test('the run that a link asks for: the temperature is no part of it', async () => {
      for (const isOwn of [true, false]) {
        assert.deepEqual((await find({ temperature: 1.5 }, {}, isOwn)).run, { ...kept, settings: { ...settings, temperature: 1.5 } });
        assert.deepEqual((await find({}, { isGiven: false }, isOwn)).run, kept);
      }
    });

    test('what a link does not ask for can be had back', async () => {
      for (const chosen of [{ hiddenSize: 64 }, { learningRate: 0.1 }, { seed: 9 }]) {
        const { run, thrown } = await find(chosen, {});
        assert.equal(run, undefined);
        assert.equal(thrown, kept);
      }
      assert.equal((await find(other, { isReturn: true }, false)).thrown, kept, 'a run of another tab is no own one');
    });
  });
});

test('a network that can write no more says so once, and one that is gone says nothing', async () => {
  const session = Object.assign(new Emitter(), { model: undefined, last: undefined, settings: { temperature: 1 }, state: 'ready' });
  new Samples(/** @type {any} */ (session));
  const problems = [];
  session.addEventListener('problem', (event) => problems.push(/** @type {any} */ (event).detail.message));
  const adopt = async (name) => {
    session.model = { generate: () => Promise.reject(Object.assign(new Error(`${name} of a network`), { name })) };
    for (let i = 0; i < 3; i++) {
      session.emit('model', { isRestored: false });
      await new Promise(setImmediate);
    }
  };
  await adopt('DivergedError');
  await adopt('DisposedError');
  await adopt('LstmError');
  await adopt('DivergedError');
  assert.deepEqual(problems, ['DivergedError of a network', 'DivergedError of a network']);
});
