// What fails once does not fail for ever: queues, kept promises, the autosave. No browser is needed.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { latestWins } from '../../web/dom.js';
import { Autosave } from '../../web/model/learn/Autosave.js';
import { Emitter } from '../../web/model/Emitter.js';
import { keep } from '../../web/model/keep.js';
import { Samples } from '../../web/model/learn/Samples.js';
import { Typing } from '../../web/model/cell/Typing.js';

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
    const session = Object.assign(new Emitter(), { state: 'ready', last, trained: true, capture: async () => ({ last }) });
    const written = /** @type {string[]} */ ([]);
    const storage = {
      failing: /** @type {string[]} */ ([]),
      kept: /** @type {any} */ (undefined),
      async find() { return this.do('find', this.kept); },
      async write(/** @type {string} */ name) { written.push(await this.do('write', name)); },
      async remove() {},
      async do(/** @type {string} */ what, /** @type {any} */ value) {
        if (this.failing.includes(what)) throw new Error(`${what} fails`);
        return value;
      },
    };
    const autosave = new Autosave(/** @type {any} */ (session), /** @type {any} */ ({ blocks: [] }), /** @type {any} */ (storage));
    return { autosave, storage, written };
  }
  const visit = { isGiven: false, isReload: false };
  const settings = /** @type {any} */ ({});

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
});

test('after a failure a text is read from its beginning, since nobody knows how far it was read', async () => {
  /** What each reading has read. @type {string[]} */
  const readings = [];
  let isFailing = false;
  const model = /** @type {any} */ ({
    alphabet: ['a', 'b', 'c'],
    async read(/** @type {string} */ text) {
      const k = readings.push(text) - 1;
      return {
        async push(/** @type {string} */ added) {
          readings[k] += added; // it is read, and then something goes wrong
          if (isFailing) throw new Error('out of luck');
        },
        predict: async () => readings[k],
        dispose: async () => {},
      };
    },
  });
  const typing = new Typing();
  assert.equal(await typing.predict(model, 'a'), 'a');
  assert.equal(await typing.predict(model, 'ab'), 'ab');
  isFailing = true;
  await assert.rejects(typing.predict(model, 'abc'), /out of luck/);
  isFailing = false;
  assert.equal(await typing.predict(model, 'abc'), 'abc');
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
