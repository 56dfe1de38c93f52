// More than there is memory for is an OutOfMemoryError of the call, and never the engine's own.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { load, OutOfMemoryError } from 'lstm-wasm';

test('load() where the module finds no 16 MB, also a module that is given', () => {
  const script = `
    import { readFileSync } from 'node:fs';
    import { load } from 'lstm-wasm';
    for (const wasm of [undefined, readFileSync(new URL(import.meta.resolve('lstm-wasm/lstm-simd.wasm')))]) {
      await load(wasm && { wasm }).catch(({ name, code, message }) => console.log(name, code, message));
    }`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--wasm-max-mem-pages=100', '--input-type=module', '-e', script],
    { encoding: 'utf8', cwd: new URL('../../..', import.meta.url) });
  const lines = stdout.trim().split('\n');
  assert.equal(lines.length, 2, stderr);
  for (const line of lines) assert.match(line, /^OutOfMemoryError ERR_OUT_OF_MEMORY load: not enough memory for an instance of the WebAssembly module, 16 MB to begin with: /);
});

test('a forecast of too much', async () => {
  const lstm = await load();
  const model = lstm.createForecaster({ columns: ['a'], hiddenSize: 2, window: 4 });
  for (const report of model.train(Array.from({ length: 60 }, (_, i) => [i % 5]), { steps: 1 })) void report;
  for (const [n, paths] of [[2 ** 20, 2 ** 16], [2 ** 20, 257], [2 ** 14 + 1, 2 ** 16 - 1]]) {
    assert.throws(() => model.forecast(n, { paths }), (error) => {
      assert.ok(error instanceof OutOfMemoryError, error.stack);
      assert.match(error.message, new RegExp(`^forecast: not enough memory for ${paths} paths of ${n} steps`));
      return true;
    });
  }
  assert.equal(model.forecast(3).mean.a.length, 3);
});

test('a memory that says that it is longer than any', async () => {
  const lstm = await load();
  const network = lstm.createNetwork({
    input: { tokens: 3 }, layers: [{ kind: 'lstm', hiddenSize: 2 }], output: { classes: 3 }, memory: { size: 2 ** 20, attention: 'product' },
  });
  assert.throws(() => network.setMemory({ values: /** @type {any} */ ({ length: 2 ** 40 }) }), { name: 'OutOfMemoryError' });
});
