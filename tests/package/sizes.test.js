// What a page loads, in bytes with gzip: its own script with what a bundler takes of the package, the Worker's script where
// there is one, and one module. Not the copies, which load only where a file cannot be had, nor source maps.
//
// Meant were 34 kB for what predicts, and 70 kB for everything with a SIMD module. These are what they are today: a limit is
// moved down where something was saved, and up only with a word on what it is for.
// Up by 23.6 and 47 kB: token models, forecasters, classifiers and translators, with their outputs and attention in C.
// Up by 1.6 and 2.6 kB: what a stranger found wrong with these: what they take alike and refuse, whole days, a first training
// that came to nothing, properties and iterables of all of them in a Worker.
// Down by 19 kB in what predicts: it loads a kind of models when a file is of it, and only networks and characters count here. A
// bundler that splits makes two files of it: 0.4 kB that one would not take, so that a page without a bundler asks for three scripts
// and not four. Up by 0.4 kB in what trains: gzip finds less in what the other entries no longer share.
// Up by 0.6 kB, and by 1.5 and 1.8 where a Worker's script has it too: what knows another framework's file, and asks for its importer.
// Up by 0.4 kB: each call of pieces keeps the memory that it began with, and each sequence of a batch begins on its own.
// Up by 0.3 kB, and by 0.5 with a Worker: export() of every model, which asks for what writes other frameworks' files.
// Up by 6.4 kB, and by 8.3 in scalar: gradients are summed leaf by leaf in a tree, and a trainer may hold a part of a batch. 0.2 of it: accumulate.
// Up by 4.1 kB, by 5.2 with relaxed SIMD and 6.5 in scalar: products of integers, with which a trainer's cells multiply.
// Up by 0.6 kB for a training that may be one of several Workers, and by 5.3 more in a Worker for what makes several train as one.
// Up by 0.4 kB, and by 0.8 in a Worker: accumulate in every training, and encoders with their decoders on several Workers. Down by 1.6 kB of
// the modules, 0.2 of scalar's: what does not take the time is not inlined, and products are compiled as large as makes them faster.
// Up by 0.8 kB for what predicts, by 1.9 for what trains, by 3.2 with a Worker: ensembles. 0.5 of it is in the modules, that of e^x in double
// and the mean of probabilities; what makes an ensemble of models is loaded when it is asked for, but in a Worker's script.
// Up by 1.3 kB, by 1.7 in scalar, and by 2.9 and 4.2 with training: an LSTM whose products are normalised, with a gate of h.
// Up by 1.0 kB in what predicts, by 1.7 kB and by 1.9 in a Worker: arguments are read before memory is written, a trap ends an instance, no
// step, run or update leaves what is not finite, headers are counted before they are read.
// Up by 0.6 kB, and by 0.4 in what predicts: evaluate in windows, and learning as it reads.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { root } from './project.js';

const sizeOf = (/** @type {string | Uint8Array} */ content) => gzipSync(content, { level: 9 }).length;
const sizeIn = (/** @type {string} */ file) => sizeOf(readFileSync(join(root, 'dist', file)));

/** What a page loads at once of a script and what a bundler makes of the package. @param {string} script */
async function bundled(script) {
  /** @type {import('esbuild').Plugin} */
  const withoutCopies = {
    name: 'without-copies',
    setup: ({ onResolve }) => onResolve({ filter: /\/copies\// }, ({ path }) => ({ path, external: true })),
  };
  const { outputFiles, metafile: { outputs } } = await build({
    stdin: { contents: script, resolveDir: root }, bundle: true, minify: true, write: false, format: 'esm', target: 'es2022',
    charset: 'utf8', plugins: [withoutCopies], splitting: true, outdir: 'out', metafile: true,
  });
  const loaded = new Set(['out/stdin.js']);
  for (const file of loaded) {
    for (const { path, kind } of outputs[file].imports) if (kind === 'import-statement') loaded.add(path);
  }
  return outputFiles.filter(({ path }) => loaded.has(`out/${basename(path)}`)).reduce((sum, { contents }) => sum + sizeOf(contents), 0);
}

const pages = [
  { name: 'that predicts', module: 'predict', others: [], simd: 52_000, scalar: 57_500,
    script: "import { load } from 'lstm-wasm/predict'; globalThis.open = async (bytes) => (await load()).open(bytes);" },
  { name: 'that trains', module: 'lstm', others: [], simd: 144_700, scalar: 168_700,
    script: "import { load } from 'lstm-wasm'; globalThis.create = async (text) => (await load()).createCharModel({ text });" },
  { name: 'that trains in a Worker', module: 'lstm', others: ['lstm-worker.js'], simd: 166_600, scalar: 190_600,
    script: "import { openWorker } from 'lstm-wasm/worker'; globalThis.open = openWorker;" },
  { name: "whose own Worker's script has the library", module: 'lstm', others: ['serve.js'], simd: 167_300, scalar: 191_300,
    script: "import { openWorker } from 'lstm-wasm/worker'; globalThis.open = (worker) => openWorker({ worker });" },
];

for (const { name, module, others, script, ...limits } of pages) {
  test(`a page ${name} loads at most ${limits.simd} bytes with a SIMD module, ${limits.scalar} with the scalar one`, async () => {
    const scripts = [await bundled(script), ...others.map(sizeIn)];
    for (const variant of ['relaxed', 'simd', 'scalar']) {
      const wasm = sizeIn(`${module}-${variant}.wasm`);
      const total = scripts.reduce((sum, size) => sum + size, wasm);
      const limit = variant === 'scalar' ? limits.scalar : limits.simd;
      assert.ok(total <= limit, `${module}-${variant}.wasm ${wasm}, scripts ${scripts.join(' + ')}: ${total} bytes`);
    }
  });
}
