// The package as npm packs it: what is in it, and that it runs from Node and its command where it is installed.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { assertLearned } from './learned.js';
import { createProject, learn, run } from './project.js';

/** @type {Awaited<ReturnType<typeof createProject>>} */
let project;
before(async () => {
  project = await createProject();
  await project.write({
    'learn.js': learn,
    'main.js': "import { learn } from './learn.js';\nconsole.log(JSON.stringify(await learn()));\n",
  });
});
after(() => project?.remove());

test('holds the library, its modules and types, and nothing else', () => {
  const pages = ['package.json', 'README.md', 'LICENSE', 'dist/THIRD-PARTY-NOTICES.txt'];
  const variants = 'scalar|simd|relaxed';
  const bundles = '(index|worker|serve|predict|foreign|export|ensemble|team|lstm-worker|(chunk|foreign|export|predicting-(tokens|classifier|translator|forecaster|ensemble))-[A-Z0-9]+)\\.js(\\.map)?';
  const dist = [`(lstm|predict)-(${variants})\\.wasm`, bundles, `copies/((lstm|predict)-(${variants})|lstm-worker)\\.js`, 'types/.*\\.d\\.ts', 'THIRD-PARTY-NOTICES\\.txt'];
  const allowed = new RegExp(`^(src/js/.*\\.js|dist/(${dist.join('|')}))$`);
  assert.deepEqual(project.files.filter((file) => !allowed.test(file) && !pages.includes(file)), []);
  assert.deepEqual(pages.filter((file) => !project.files.includes(file)), []);
});

test('holds every file that its exports and its bin name', () => {
  const manifest = JSON.parse(readFileSync(join(project.folder, 'node_modules/lstm-wasm/package.json'), 'utf8'));
  const named = [manifest.exports, manifest.bin, [manifest.main, manifest.module, manifest.types]].flatMap((entries) =>
    Object.values(entries).flatMap((entry) => (typeof entry === 'string' ? [entry] : Object.values(entry))));
  assert.ok(named.length >= 9);
  assert.deepEqual(named.filter((file) => !project.files.includes(file.replace('./', ''))), []);
  assert.equal(manifest.dependencies, undefined);
});

test('learns in a plain Node script', async () => {
  const result = JSON.parse(await run(process.execPath, ['main.js'], project.folder));
  assertLearned(result, ['relaxed', 'simd']);
});

test('gives each module as a subpath', async () => {
  const script = `
    import { readFileSync } from 'node:fs';
    import { load } from 'lstm-wasm';
    const wasm = readFileSync(new URL(import.meta.resolve('lstm-wasm/lstm-scalar.wasm')));
    console.log((await load({ variant: 'scalar', wasm })).variant);
    readFileSync(new URL(import.meta.resolve('lstm-wasm/lstm-simd.wasm')));
    readFileSync(new URL(import.meta.resolve('lstm-wasm/lstm-relaxed.wasm')));
  `;
  assert.equal(await run(process.execPath, ['--input-type=module', '--eval', script], project.folder), 'scalar\n');
});

test('hides what is not exported', async () => {
  const script = "await import('lstm-wasm/src/js/index.js').catch((error) => console.log(error.code));";
  const output = await run(process.execPath, ['--input-type=module', '--eval', script], project.folder);
  assert.equal(output, 'ERR_PACKAGE_PATH_NOT_EXPORTED\n');
});

test('has a command', async () => {
  const help = await run('npx', ['--no-install', 'lstm-wasm', '--help'], project.folder);
  for (const word of ['train', 'sample', 'predict', 'eval']) assert.match(help, new RegExp(`\\b${word}\\b`));
});
