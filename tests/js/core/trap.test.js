// A trap ends an instance: each later call says so, what frees does nothing, and other instances go on.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { load, TrappedError } from 'lstm-wasm';

const layers = [{ kind: /** @type {const} */ ('lstm'), hiddenSize: 3 }];

test('every later call throws a TrappedError, dispose does not', async () => {
  const [lstm, other] = [await load(), await load()];
  const create = (/** @type {any} */ library) => library.createNetwork({ input: { tokens: 3 }, layers, output: { classes: 3 } });
  const [network, well] = [create(lstm), create(other)];
  const trainer = network.createTrainer({ batchSize: 1, window: 2 });
  const model = lstm.createCharModel({ alphabet: 'ab', hiddenSize: 3 });
  const state = network.initialState();
  // A place outside of its memory.
  const { exports } = network.handle.wasm;
  const refusal = (/** @type {any} */ error) => {
    assert.ok(error instanceof TrappedError, error.stack);
    assert.deepEqual([error.name, error.code], ['TrappedError', 'ERR_TRAPPED']);
    assert.match(error.message, /^the WebAssembly module has stopped, and what it made cannot be used any more: load\(\) it anew \(.*(out of bounds|unreachable)/);
    assert.ok(error.cause instanceof WebAssembly.RuntimeError);
    return true;
  };
  assert.throws(() => exports.lstm_network_step(2 ** 31 - 8, 0), refusal);
  /** @type {(() => unknown)[]} */
  const calls = [() => network.step(0, state), () => network.parameters(), () => network.save(), () => network.run([0, 1]), () => trainer.step([0, 1], [1, 2]),
    () => trainer.state(), () => network.createTrainer({}), () => create(lstm), () => model.predict('a'), () => model.generate({ length: 3 }),
    () => [...model.train('abab', { steps: 1 })], () => lstm.createCharModel({ alphabet: 'ab' })];
  for (const call of calls) assert.throws(call, refusal, `${call}`);
  await assert.rejects(lstm.open(well.save()), refusal);
  for (const one of [trainer, network, model]) one.dispose();
  assert.equal(well.step(0, well.initialState()).length, 3);
});

test('finalizers of what was forgotten do nothing', () => {
  const script = `
    import { load } from 'lstm-wasm';
    const lstm = await load();
    const network = lstm.createNetwork({ input: { tokens: 3 }, layers: [{ kind: 'lstm', hiddenSize: 3 }], output: { classes: 3 } });
    for (let i = 0; i < 100; i++) network.createTrainer({ batchSize: 1, window: 2 });
    const { exports } = network.handle.wasm;
    try { exports.lstm_network_step(2 ** 31 - 8, 0); } catch {}
    for (let i = 0; i < 10; i++) { gc(); await new Promise((resolve) => setTimeout(resolve, 5)); }
    console.log('alive');`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--expose-gc', '--input-type=module', '-e', script],
    { encoding: 'utf8', cwd: new URL('../../..', import.meta.url) });
  assert.equal(stdout, 'alive\n', stderr);
});

test('a loop that makes trainers and waits for nothing keeps none of them', () => {
  const script = `
    import { load } from 'lstm-wasm';
    const lstm = await load();
    const network = lstm.createNetwork({ input: { tokens: 3 }, layers: [{ kind: 'lstm', hiddenSize: 3 }], output: { classes: 3 } });
    const make = () => { for (let i = 0; i < 5000; i++) network.createTrainer({ batchSize: 1, window: 2 }).dispose(); gc(); return process.memoryUsage().heapUsed; };
    make();
    const before = make();
    console.log(make() - before);`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--expose-gc', '--input-type=module', '-e', script],
    { encoding: 'utf8', cwd: new URL('../../..', import.meta.url) });
  assert.ok(Number(stdout) < 5000 * 200, `${Number(stdout) / 5000} bytes a trainer ${stderr}`);
});
