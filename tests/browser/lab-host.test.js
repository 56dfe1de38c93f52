// The page's side of the lab, with a Worker, without a browser.
import './node-worker.js';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, describe, test } from 'node:test';
import { load } from 'lstm-wasm';
import { LabHost } from '../../web/model/LabHost.js';
import { workers } from './node-worker.js';

const lstm = await load({ variant: 'simd' });
const file = lstm.createCharModel({ alphabet: [...'\nabc'], hiddenSize: 4, seed: 1 }).save();

after(() => workers.forEach((worker) => worker.terminate()));

describe('the lab of the page', () => {
  test('opens, reads, and says what is wrong; what is asked before it is ready waits', async () => {
    const lab = new LabHost();
    const opening = lab.open('yours', file);
    lab.start();
    assert.equal(lab.state, 'starting');
    const subject = await opening;
    assert.deepEqual([lab.state, lab.variant], ['ready', 'simd']);
    assert.deepEqual([subject.id, subject.alphabet, subject.layers[0].hiddenSize], ['yours', [...'\nabc'], 4]);
    const { untouched, tampered } = await lab.run('yours', {
      text: 'abxc', layer: 0, tampering: { holds: [{ gate: 'forget', value: 0, unit: 'all', from: 1 }] },
    });
    assert.equal(untouched.trace.h.length, 3 * 4);
    assert.deepEqual([...tampered?.trace.gates.forget.slice(4) ?? []], new Array(8).fill(0));
    await assert.rejects(lab.run('moby', { text: 'a' }), { message: 'No network is open as “moby”: open are yours.' });
    await assert.rejects(lab.call('guess', 'yours', {}), /knows no call “guess”/);
    await assert.rejects(lab.open('yours', Uint8Array.of(1, 2, 3)), { name: 'FileFormatError' });
    assert.equal((await lab.run('yours', { text: 'a' })).text, 'a');
  });

  test('a Worker that ends is lost, with what was asked; another starts', async () => {
    const lab = new LabHost();
    lab.start();
    await lab.open('yours', file);
    const losing = once(lab, 'lost');
    const running = assert.rejects(lab.run('yours', { text: 'abc'.repeat(40) }), /has ended: out of luck/);
    [...workers].at(-1)?.emit('error', new Error('out of luck'));
    await Promise.all([losing, running]);
    assert.equal(lab.state, 'lost');
    await assert.rejects(lab.run('yours', { text: 'a' }), /out of luck/);
    lab.start();
    await assert.rejects(lab.run('yours', { text: 'a' }), /No network is open as “yours”: open are none/);
    assert.equal((await lab.open('yours', file)).id, 'yours');
  });
});

describe('what takes long', () => {
  const text = 'abcabbca'.repeat(1000);

  test('lets others in between, and can be stopped', async () => {
    const lab = new LabHost();
    lab.start();
    await lab.open('yours', lstm.createCharModel({ alphabet: [...'\nabc'], hiddenSize: 64, seed: 1 }).save());
    /** @type {string[]} */
    const order = [];
    const controller = new AbortController();
    const costing = lab.cost('yours', { text, tampering: { silenced: [1] } }).then(() => order.push('cost'));
    const stopping = assert.rejects(lab.cost('yours', { text: `b${text}` }, { signal: controller.signal }), /enough/);
    const running = lab.run('yours', { text: 'abc' }).then(() => order.push('run'));
    await running;
    controller.abort(new Error('enough'));
    await Promise.all([costing, stopping]);
    assert.deepEqual(order, ['run', 'cost']);
    await assert.rejects(lab.listensTo('yours', { text: 'abc' }, { signal: AbortSignal.abort() }), { name: 'AbortError' });
    assert.equal((await lab.listensTo('yours', { text: 'abc' })).length, 3);
    assert.equal((await lab.terms('yours', { text: 'abc', unit: 0, at: 1, gate: 'forget' })).gate, 'forget');
    assert.equal(typeof await lab.complete('yours', 'ab'), 'string');
  });

  test('ends with a sentence where another network takes the place of the one it is about', async () => {
    const lab = new LabHost();
    lab.start();
    await lab.open('yours', file);
    const costing = assert.rejects(lab.cost('yours', { text }), /Another network was opened in the place of this one/);
    await lab.open('yours', file);
    await costing;
    assert.equal((await lab.run('yours', { text: 'a' })).text, 'a');
  });
});
